import { isDeepStrictEqual } from 'node:util'
import type { KubeClient } from '../kube/client.ts'
import { Conflict, NotFound } from '../kube/errors.ts'
import { pathOf } from '../kube/object.ts'
import { type DeclaredKind, resources } from '../source/kubernetes.ts'
import { type Declared, finalizer, nameKey } from './objects.ts'

/** How often a write is tried that others overtake. */
const attempts = 6

/** A status computed from the object as it is; undefined leaves it alone. */
export type StatusOf = (object: Declared) => object | undefined

export interface StatusWriterOptions {
  readonly client: KubeClient
  readonly namespace: string
  /** The object as the watch cache has it. */
  readonly cached: (kind: DeclaredKind, name: string) => Declared | undefined
}

/**
 * Writes statuses: each from the newest object we know of, only when it changes, one write of an object at a time. What we wrote
 * ourselves is newer than a cache that lags.
 */
export class StatusWriter {
  readonly #options: StatusWriterOptions
  readonly #written = new Map<string, Declared>()
  readonly #turns = new Map<string, Promise<unknown>>()
  /** Requests made, for metrics and tests. */
  writes = 0

  constructor(options: StatusWriterOptions) {
    this.#options = options
  }

  /** The object as we know it last: what we wrote, or what the cache has since then. */
  latest(kind: DeclaredKind, name: string): Declared | undefined {
    const [written, cached] = [this.#written.get(nameKey(kind, name)), this.#options.cached(kind, name)]
    if (written === undefined || (cached !== undefined && !isOlder(cached, written))) {
      this.#written.delete(nameKey(kind, name))
      return cached
    }
    return written
  }

  /** Writes a status. `Gone` when there is no such object. Throws what the API server says but for a conflict. */
  status(kind: DeclaredKind, name: string, of: StatusOf, signal?: AbortSignal): Promise<'Written' | 'Same' | 'Gone'> {
    return this.#change(kind, name, signal, async object => {
      const status = of(object)
      if (status === undefined || isDeepStrictEqual(plain(status), plain(object.status ?? {}))) return undefined
      const { apiVersion = 'tenure.dev/v1alpha1', metadata } = object
      const body = { apiVersion, kind, metadata, status }
      return this.#options.client.applyStatus<Declared>(this.#path(kind, name), body, signal)
    })
  }

  /** Puts our finalizer on an object, or takes it off. An object that is being deleted takes no new one. */
  finalizer(kind: DeclaredKind, name: string, on: boolean, signal?: AbortSignal): Promise<'Written' | 'Same' | 'Gone'> {
    return this.#change(kind, name, signal, async object => {
      const held = object.metadata.finalizers ?? []
      if (held.includes(finalizer) === on || (on && object.metadata.deletionTimestamp !== undefined)) return undefined
      const finalizers = on ? [...held, finalizer] : held.filter(one => one !== finalizer)
      const { resourceVersion = '' } = object.metadata
      return this.#options.client.mergePatch<Declared>(
        this.#path(kind, name),
        resourceVersion,
        { metadata: { finalizers } },
        { fieldManager: 'tenure-finalizer', ...(signal ? { signal } : {}) },
      )
    })
  }

  #path(kind: DeclaredKind, name: string): string {
    return pathOf(resources[kind], this.#options.namespace, name)
  }

  async #change(
    kind: DeclaredKind,
    name: string,
    signal: AbortSignal | undefined,
    write: (object: Declared) => Promise<Declared | undefined>,
  ): Promise<'Written' | 'Same' | 'Gone'> {
    const key = nameKey(kind, name)
    const before = this.#turns.get(key) ?? Promise.resolve()
    const turn = before.then(
      () => this.#attempt(kind, name, signal, write),
      () => this.#attempt(kind, name, signal, write),
    )
    this.#turns.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(key) === turn) this.#turns.delete(key)
    }
  }

  async #attempt(
    kind: DeclaredKind,
    name: string,
    signal: AbortSignal | undefined,
    write: (object: Declared) => Promise<Declared | undefined>,
  ): Promise<'Written' | 'Same' | 'Gone'> {
    let object = this.latest(kind, name)
    for (let attempt = 1; ; attempt += 1) {
      try {
        object ??= await this.#options.client.get<Declared>(this.#path(kind, name), signal)
        const written = await write(object)
        if (written === undefined) return 'Same'
        this.writes += 1
        this.#written.set(nameKey(kind, name), written)
        return 'Written'
      } catch (error) {
        if (error instanceof NotFound) {
          this.#written.delete(nameKey(kind, name))
          return 'Gone'
        }
        if (!(error instanceof Conflict) || attempt >= attempts) throw error
        object = undefined
      }
    }
  }
}

/** Revisions of one object can be compared as numbers (KEP-5504, comparable resource versions). */
function isOlder(one: Declared, other: Declared): boolean {
  const [left = '', right = ''] = [one.metadata.resourceVersion, other.metadata.resourceVersion]
  if (!/^\d+$/.test(left) || !/^\d+$/.test(right)) return false
  return left.length === right.length ? left < right : left.length < right.length
}

/** As the API server would give it back: members that are undefined are none. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value))
}
