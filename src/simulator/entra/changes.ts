import { randomUUID } from 'node:crypto'
import type { DirectoryObject, Link } from './object.ts'
import type { Kind } from './schema.ts'

/** What happened to one object, in the order in which it happened. */
export type Change = {
  /** Counts up by one. */
  readonly seq: number
  /** Milliseconds since 1970 by the tenant's clock. */
  readonly at: number
  /** Whose delta shows it: a link belongs to the group or unit. */
  readonly id: string
  readonly kind: Kind
} & (
  | { readonly what: 'created' | 'restored' }
  | { readonly what: 'discarded' | 'purged'; readonly object: DirectoryObject }
  /** `before` holds the values of the names that were set before. */
  | { readonly what: 'set'; readonly names: readonly string[]; readonly before: Readonly<Record<string, unknown>> }
  | {
      readonly what: 'linked' | 'unlinked'
      readonly link: Link
      readonly other: string
      readonly otherKind: Kind
      /** The link itself stays: the member went to the bin or came back from it. */
      readonly byMember: boolean
    }
  | { readonly what: 'manager'; readonly manager: string | undefined; readonly before: string | undefined }
)

type Without<C> = C extends unknown ? Omit<C, 'seq' | 'at'> : never
/** A change before the log has numbered it. */
export type NewChange = Without<Change>

const KEPT_MS = 8 * 86_400_000
const PRUNED_EVERY = 4096

/** Everything that happened in a directory since requests are answered, for delta queries and for replicas that lag behind. */
export class ChangeLog {
  readonly #changes: Change[] = []
  /** Ids of objects with the time they were made, oldest first; forgotten after {@link FRESH_MS}. */
  readonly #fresh = new Map<string, number>()
  /** Tells this log from any other, so that a delta token of another one is recognised. */
  readonly epoch = randomUUID()
  #first = 1
  #now: number | undefined

  /** Number of the newest change; 0 before the first. */
  get seq(): number {
    return this.#first + this.#changes.length - 1
  }

  /** The number before the oldest change that is still known. */
  get oldest(): number {
    return this.#first - 1
  }

  /** Whether changes are noted yet. */
  get isOn(): boolean {
    return this.#now !== undefined
  }

  /** Says what time it is; nothing is logged before, so that loading a state leaves no trace. */
  tick(now: number): void {
    this.#now = now
    for (const [id, at] of this.#fresh) {
      if (at > now - FRESH_MS) break
      this.#fresh.delete(id)
    }
  }

  /** Notes a change. */
  add(change: NewChange): void {
    if (this.#now === undefined) return
    if (change.what === 'created') this.#fresh.set(change.id, this.#now)
    this.#changes.push({ ...change, seq: this.seq + 1, at: this.#now })
    if (this.#changes.length % PRUNED_EVERY === 0) this.#prune(this.#now - KEPT_MS)
  }

  /** The changes after a number, oldest first. */
  *after(seq: number): Generator<Change> {
    for (let index = Math.max(0, seq - this.#first + 1); index < this.#changes.length; index += 1) {
      const change = this.#changes[index]
      if (change !== undefined) yield change
    }
  }

  /** The changes that came after a point in time, newest first. */
  *since(at: number): Generator<Change> {
    for (let index = this.#changes.length - 1; index >= 0; index -= 1) {
      const change = this.#changes[index]
      if (change === undefined || change.at <= at) return
      yield change
    }
  }

  /** The number of the last change at or before a point in time. */
  seqAt(at: number): number {
    let [low, high] = [0, this.#changes.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#changes[middle]?.at ?? 0) <= at) low = middle + 1
      else high = middle
    }
    return this.#first + low - 1
  }

  /** Whether any object was made a short while ago. */
  get hasFresh(): boolean {
    return this.#fresh.size > 0
  }

  /** When an object was made, if that is a short while ago. */
  madeAt(id: string): number | undefined {
    return this.#fresh.size === 0 ? undefined : this.#fresh.get(id)
  }

  #prune(until: number): void {
    const keep = this.#changes.findIndex(({ at }) => at > until)
    if (keep <= 0) return
    this.#changes.splice(0, keep)
    this.#first += keep
  }
}

/** How long an object counts as new: longer than any lag. */
const FRESH_MS = 900_000

type Properties = Readonly<Record<string, unknown>>

function isSame(left: unknown, right: unknown): boolean {
  return left === right || (typeof left === 'object' && JSON.stringify(left) === JSON.stringify(right))
}

/** The properties that differ. */
export function changedNames(before: Properties, after: Properties): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter(name => !isSame(before[name], after[name]))
}
