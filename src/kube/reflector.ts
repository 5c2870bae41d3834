import { isDeepStrictEqual } from 'node:util'
import { type Growth, waitAfter } from './backoff.ts'
import type { KubeClient } from './client.ts'
import { Gone, KubeError, NotFound } from './errors.ts'
import { type KubeObject, keyOf, type ObjectKey } from './object.ts'
import { type Indexer, ObjectStore } from './object-store.ts'
import { machineTime, paused, type Time } from './time.ts'
import { eventsOf, type WatchEvent } from './watch-events.ts'

/**
 * What happened to an object. An object that was deleted and made anew is told as two changes, also when that was missed.
 * `resync` is nothing new: every object comes by once in a while so that nothing is forgotten for ever.
 */
export type Change<T> =
  | { readonly type: 'add' | 'delete' | 'resync'; readonly object: T }
  | { readonly type: 'update'; readonly object: T; readonly old: T }

/** What did not go well; the reflector goes on by itself. `gone` and `idle` are followed by a new list. */
export interface Problem {
  readonly during: 'list' | 'watch' | 'listener' | 'index'
  readonly error: unknown
}

/** What a reflector follows, and whom it tells. */
export interface ReflectorOptions<T> {
  readonly client: KubeClient
  /** Path of the list. */
  readonly path: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly indexers?: Readonly<Record<string, Indexer<T>>>
  /** Told of every change after the store has it. One that fails is reported and keeps nothing from the others. */
  readonly listeners?: readonly ((change: Change<T>) => void | Promise<void>)[]
  readonly onProblem?: (problem: Problem) => void
  readonly time?: Time
  /** Numbers in [0, 1). */
  readonly random?: () => number
  /** A watch without a byte for so long is given up, and the list is read anew; bookmarks come every 60 s. */
  readonly idleMs?: number
  /** All objects come by as `resync` that often, give or take a tenth. */
  readonly resyncMs?: number
  /** Objects in one answer of a list. */
  readonly pageSize?: number
}

/** The watch was silent for too long. A revision from the future, after a restored backup, is watched in silence: list. */
class Idle extends Error {}

const BACKOFF: Growth = { firstMs: 800, longestMs: 30_000, jitter: 0.5 }
/** A watch that lived so long had worked: what ends it is no failure in a row. */
const WORKED_MS = 10_000
/** A watch that ends in good order within that is not what was asked for. */
const SHORTEST_WATCH_MS = 1000
/**
 * After a silence of that length the list is read anew, even if the old revision would be taken: a backup may have been
 * restored meanwhile, whose revision has caught up with ours, so that the watch would go on over a world that is lost.
 */
const OUTAGE_MS = 30_000
const WATCH_SECONDS = { least: 300, most: 600 }
const IDLE_MS = 90_000
const RESYNC_MS = 36_000_000

/** What a spell of listing and watching ended with. */
interface Ending {
  readonly error?: unknown
  readonly during: 'list' | 'watch'
  readonly lastedMs: number
}

/**
 * Keeps a copy of all objects of a kind: lists them, then watches from the list's revision on. Comes back from whatever breaks
 * it, and never tells of an object's end that it has not seen or proven by a complete list.
 */
export class Reflector<T extends KubeObject> {
  readonly store: ObjectStore<T>
  /** Resolves after the first complete list was told to the listeners; rejects when it was stopped before. */
  readonly synced: Promise<void>
  readonly #options: ReflectorOptions<T>
  readonly #time: Time
  readonly #random: () => number
  #isRunning = false
  #isSynced = false
  #arrive: () => void = () => {}
  #fail: (reason: unknown) => void = () => {}
  /** Where to watch from; empty when the list has to be read first. */
  #revision = ''
  #failures = 0
  #gone = 0
  /** When the server was heard last. */
  #heardAt = 0

  constructor(options: ReflectorOptions<T>) {
    this.#options = options
    this.#time = options.time ?? machineTime
    this.#random = options.random ?? Math.random
    this.store = new ObjectStore(options.indexers ?? {}, error => this.#report('index', error))
    this.synced = new Promise((resolve, reject) => {
      this.#arrive = resolve
      this.#fail = reject
    })
    this.synced.catch(() => {})
  }

  /** Whether the store was complete once. */
  get isSynced(): boolean {
    return this.#isSynced
  }

  /** Follows until the signal is aborted. No request is made and no listener is told after that. Runs once. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#isRunning) throw new TypeError(`a reflector of ${this.#options.path} runs already, or has`)
    this.#isRunning = true
    const resyncs = this.#resync(signal)
    while (!signal.aborted) {
      const ending = await this.#spell(signal)
      if (signal.aborted) break
      await paused(this.#time, this.#pauseAfter(ending), signal)
    }
    this.#fail(signal.reason)
    await resyncs
  }

  async #spell(signal: AbortSignal): Promise<Ending> {
    const began = this.#time.now()
    const lasted = () => this.#time.now() - began
    let during: Ending['during'] = 'list'
    try {
      if (this.#revision === '' || began - this.#heardAt > OUTAGE_MS) await this.#list(signal)
      during = 'watch'
      if (!signal.aborted) await this.#watch(signal)
      return { during, lastedMs: lasted() }
    } catch (error) {
      if (!signal.aborted) this.#report(during, error)
      return { error, during, lastedMs: lasted() }
    }
  }

  /** How long to wait before the next spell, and where that has to begin. */
  #pauseAfter({ error, during, lastedMs }: Ending): number {
    if (lastedMs > WORKED_MS) {
      this.#failures = 0
      this.#gone = 0
    }
    if (error === undefined && lastedMs >= SHORTEST_WATCH_MS) return 0
    if (error instanceof Idle) {
      this.#revision = ''
      return 0
    }
    if (error instanceof NotFound) this.#revision = ''
    if (error instanceof Gone) {
      this.#revision = ''
      this.#gone += 1
      // After a restart of the server one list is normal: at once. Then not in a circle.
      if (during === 'watch' && this.#gone === 1) return 0
    }
    this.#failures += 1
    const wait = waitAfter(this.#failures, BACKOFF, this.#random())
    return (error instanceof KubeError ? error.retryAfterMs : undefined) ?? wait
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, path, labelSelector, fieldSelector, pageSize } = this.#options
    const items = new Map<ObjectKey, T>()
    let revision = ''
    const asked = { labelSelector, fieldSelector, limit: pageSize, signal }
    for await (const page of client.pages<T>(path, defined(asked))) {
      for (const item of page.items) items.set(keyOf(item), trimmed(item))
      revision = page.resourceVersion
      this.#heardAt = this.#time.now()
    }
    for (const key of this.store.keys()) {
      const old = this.store.get(key)
      if (old !== undefined && !items.has(key)) this.#delete(key, old)
    }
    // After a backup was restored, a revision may be another's by now: equal revisions prove nothing between two lists.
    for (const item of items.values()) this.#put(item, isDeepStrictEqual)
    this.#revision = revision
    this.#isSynced = true
    this.#arrive()
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, path, labelSelector, fieldSelector } = this.#options
    const { least, most } = WATCH_SECONDS
    const timeoutSeconds = Math.round(least + (most - least) * this.#random())
    const idle = new AbortController()
    const ended = new AbortController()
    void this.#silence(ended.signal).then(isSilent => {
      if (isSilent) idle.abort(new Idle(`watch ${path}: nothing came for too long`))
    })
    const asked = { labelSelector, fieldSelector, resourceVersion: this.#revision, timeoutSeconds }
    const both = AbortSignal.any([signal, idle.signal])
    try {
      const body = await client.watch(path, { ...defined(asked), signal: both })
      for await (const event of eventsOf<T>(this.#heard(body), path)) {
        both.throwIfAborted()
        this.#take(event)
      }
    } catch (error) {
      throw idle.signal.aborted && !signal.aborted ? idle.signal.reason : error
    } finally {
      ended.abort()
    }
  }

  /** Notes the time of every piece that comes, be it less than a line. */
  async *#heard(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      this.#heardAt = this.#time.now()
      yield chunk
    }
  }

  /** True once nothing was heard for too long; false when the watch ended before. */
  async #silence(ended: AbortSignal): Promise<boolean> {
    const idleMs = this.#options.idleMs ?? IDLE_MS
    const opened = this.#time.now()
    for (;;) {
      const left = Math.max(opened, this.#heardAt) + idleMs - this.#time.now()
      if (left <= 0) return true
      if (!(await paused(this.#time, left, ended))) return false
    }
  }

  #take({ type, object }: WatchEvent<T>): void {
    if (type === 'DELETED') {
      const key = keyOf(object)
      const old = this.store.get(key)
      if (old !== undefined && old.metadata.uid === object.metadata.uid) this.#delete(key, trimmed(object))
    } else if (type !== 'BOOKMARK') {
      this.#put(trimmed(object))
    }
    this.#revision = object.metadata.resourceVersion ?? this.#revision
    this.#failures = 0
    this.#gone = 0
  }

  #put(object: T, isEqual: (one: T, other: T) => boolean = () => true): void {
    const key = keyOf(object)
    const old = this.store.get(key)
    const isSame = old !== undefined && old.metadata.uid === object.metadata.uid
    if (isSame && old.metadata.resourceVersion === object.metadata.resourceVersion && isEqual(old, object)) return
    if (old !== undefined && !isSame) this.#delete(key, old)
    this.store.set(object)
    this.#tell(isSame ? { type: 'update', object, old } : { type: 'add', object })
  }

  #delete(key: ObjectKey, object: T): void {
    this.store.delete(key)
    this.#tell({ type: 'delete', object })
  }

  async #resync(signal: AbortSignal): Promise<void> {
    const everyMs = this.#options.resyncMs ?? RESYNC_MS
    while (await paused(this.#time, everyMs * (0.9 + 0.2 * this.#random()), signal))
      for (const object of this.store.list()) this.#tell({ type: 'resync', object })
  }

  #tell(change: Change<T>): void {
    for (const listener of this.#options.listeners ?? [])
      try {
        listener(change)?.catch(error => this.#report('listener', error))
      } catch (error) {
        this.#report('listener', error)
      }
  }

  #report(during: Problem['during'], error: unknown): void {
    try {
      this.#options.onProblem?.({ during, error })
    } catch {
      // Who is told of problems has one: there is nobody left to tell.
    }
  }
}

/** Without what only the server needs to know; it is half of an object's size. */
function trimmed<T extends KubeObject>(object: T): T {
  delete (object.metadata as { managedFields?: unknown }).managedFields
  return object
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The members that are not undefined. */
const defined = <T extends object>(object: T): Defined<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>
