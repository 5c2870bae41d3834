import { gone, type Json, metaOf, textOr } from './answer.ts'
import { idOf, type Kind } from './kinds.ts'
import type { Owners } from './ownership.ts'

/** An object at rest. Never changed in place. */
export interface Stored {
  readonly object: Json
  readonly owners: Owners
  /** At rest it lacks a status that reading fills in by default: its first update writes that, and so changes it. */
  readonly lacksStatus?: boolean
}

/** One change of one object. */
export interface Change {
  readonly revision: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Json
  /** How it was before, for watches that select by labels or fields. */
  readonly before?: Json
}

type Listener = (change: Change) => void

/** The key of an object among those of its kind; a NUL sorts namespaces like the real one. */
const keyFor = (namespace: string | undefined, name: string) => `${namespace ?? ''}\u0000${name}`

interface Shelf {
  readonly objects: Map<string, Stored>
  changes: Change[]
  readonly listeners: Set<Listener>
}

/** Objects with one revision that rises with every write, like etcd, and the changes since the oldest one it remembers. */
export class Store {
  #revision = 1
  #oldest = 0
  readonly #shelves = new Map<string, Shelf>()

  get revision(): number {
    return this.#revision
  }

  /** Raises the revision without a change of any object, as writes of other kinds would. */
  skip(revisions: number): void {
    this.#revision += revisions
  }

  /** Forgets all changes until now: watches and continued lists from before are gone. */
  forget(): void {
    this.#oldest = this.#revision
    for (const shelf of this.#shelves.values()) shelf.changes = []
  }

  /** @throws Refusal 410 */
  refuseForgotten(revision: number): void {
    if (revision < this.#oldest) throw gone(`too old resource version: ${revision} (${this.#oldest})`)
  }

  get(kind: Kind, namespace: string | undefined, name: string): Stored | undefined {
    return this.#shelf(kind).objects.get(keyFor(namespace, name))
  }

  /** The objects of a kind, in the order lists have; of one namespace or of all. */
  list(kind: Kind, namespace?: string): Json[] {
    const { objects } = this.#shelf(kind)
    const keys = [...objects.keys()].sort()
    return keys.flatMap(key => {
      const stored = objects.get(key)
      if (stored === undefined || (namespace !== undefined && metaOf(stored.object).namespace !== namespace)) return []
      return [stored.object]
    })
  }

  /** Writes an object under a new revision, which it gets. */
  put(kind: Kind, object: Json, owners: Owners, lacksStatus = false): Json {
    const shelf = this.#shelf(kind)
    const { namespace, name } = metaOf(object)
    const key = keyFor(namespace as string | undefined, textOr(name))
    const before = shelf.objects.get(key)?.object
    const written = this.#numbered(object)
    shelf.objects.set(key, { object: written, owners, lacksStatus })
    const change = { revision: this.#revision, object: written }
    this.#tell(shelf, before ? { ...change, type: 'MODIFIED', before } : { ...change, type: 'ADDED' })
    return written
  }

  /** Takes an object away; the last it was heard of has the revision of its end. */
  delete(kind: Kind, object: Json): void {
    const shelf = this.#shelf(kind)
    const { namespace, name } = metaOf(object)
    shelf.objects.delete(keyFor(namespace as string | undefined, textOr(name)))
    const last = this.#numbered(object)
    this.#tell(shelf, { revision: this.#revision, type: 'DELETED', object: last, before: object })
  }

  /** The changes of a kind after a revision, as far as they are remembered. */
  since(kind: Kind, revision: number): readonly Change[] {
    return this.#shelf(kind).changes.filter(change => change.revision > revision)
  }

  /** Tells of every change of a kind from now on; gives back how to stop. */
  listen(kind: Kind, listener: Listener): () => void {
    const { listeners } = this.#shelf(kind)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** All objects of all kinds with their owners, to go back to. */
  snapshot(): ReadonlyMap<string, ReadonlyMap<string, Stored>> {
    return new Map([...this.#shelves].map(([id, shelf]) => [id, new Map(shelf.objects)]))
  }

  /** Goes back to a snapshot and its revision, as an etcd restored from a backup: no watch hears of it. */
  restore(snapshot: ReadonlyMap<string, ReadonlyMap<string, Stored>>, revision: number): void {
    for (const [id, shelf] of this.#shelves) {
      shelf.objects.clear()
      shelf.changes = []
      for (const [key, stored] of snapshot.get(id) ?? []) shelf.objects.set(key, stored)
    }
    this.#revision = revision
    this.#oldest = revision
  }

  #numbered(object: Json): Json {
    this.#revision += 1
    return { ...object, metadata: { ...metaOf(object), resourceVersion: String(this.#revision) } }
  }

  #tell(shelf: Shelf, change: Change): void {
    shelf.changes.push(change)
    for (const listener of [...shelf.listeners]) listener(change)
  }

  #shelf(kind: Kind): Shelf {
    const id = idOf(kind)
    const found = this.#shelves.get(id)
    if (found !== undefined) return found
    const made: Shelf = { objects: new Map(), changes: [], listeners: new Set() }
    this.#shelves.set(id, made)
    return made
  }
}
