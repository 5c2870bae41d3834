import { type KubeObject, keyOf, type ObjectKey } from './object.ts'

/** Values an object is found by in an index; none, one or more. */
export type Indexer<T> = (object: T) => readonly string[]

const NONE: ReadonlySet<ObjectKey> = new Set()

/** Objects by key, and by what the indexers make of them. */
export class ObjectStore<T extends KubeObject> {
  readonly #objects = new Map<ObjectKey, T>()
  readonly #indexers: Readonly<Record<string, Indexer<T>>>
  readonly #indexes = new Map<string, Map<string, Set<ObjectKey>>>()
  readonly #report: (error: unknown) => void

  /** An indexer that throws finds the object by nothing, and is reported. */
  constructor(indexers: Readonly<Record<string, Indexer<T>>>, report: (error: unknown) => void) {
    this.#indexers = indexers
    this.#report = report
    for (const name of Object.keys(indexers)) this.#indexes.set(name, new Map())
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key)
  }

  keys(): ObjectKey[] {
    return [...this.#objects.keys()]
  }

  list(): T[] {
    return [...this.#objects.values()]
  }

  /** The objects with this value in an index. @throws TypeError when there is no such index */
  by(index: string, value: string): T[] {
    const values = this.#indexes.get(index)
    if (values === undefined) throw new TypeError(`there is no index ${index}`)
    return [...(values.get(value) ?? NONE)].flatMap(key => this.#objects.get(key) ?? [])
  }

  set(object: T): void {
    const key = keyOf(object)
    this.#unindex(key)
    this.#objects.set(key, object)
    for (const [name, values] of this.#indexes)
      for (const value of this.#valuesOf(name, object)) {
        const keys = values.get(value)
        if (keys === undefined) values.set(value, new Set([key]))
        else keys.add(key)
      }
  }

  delete(key: ObjectKey): void {
    this.#unindex(key)
    this.#objects.delete(key)
  }

  #unindex(key: ObjectKey): void {
    const old = this.#objects.get(key)
    if (old === undefined) return
    for (const [name, values] of this.#indexes)
      for (const value of this.#valuesOf(name, old)) {
        const keys = values.get(value)
        keys?.delete(key)
        if (keys?.size === 0) values.delete(value)
      }
  }

  #valuesOf(name: string, object: T): readonly string[] {
    try {
      return this.#indexers[name]?.(object) ?? []
    } catch (error) {
      this.#report(error)
      return []
    }
  }
}
