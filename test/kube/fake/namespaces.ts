import { type Json, listOr, metaOf, textOr } from './answer.ts'
import { type Kind, NAMESPACES } from './kinds.ts'
import { type Ground, remove } from './writes.ts'

/** Deletes what is in namespaces that are being deleted, and then them, as the namespace controller does. */
export class Namespaces {
  readonly #ground: Ground
  readonly #kinds: () => Iterable<Kind>
  readonly #swept = new Set<string>()

  constructor(ground: Ground, kinds: () => Iterable<Kind>) {
    this.#ground = ground
    this.#kinds = kinds
  }

  /** One sweep over all kinds, in no fixed order. True when no namespace is left that waits for its end. */
  sweep(): boolean {
    for (const namespace of this.#dying()) {
      this.#swept.add(namespace)
      for (const kind of this.#shuffled())
        for (const object of this.#contents(kind, namespace)) this.#remove(kind, object)
      this.#endIfEmpty(namespace)
    }
    return this.#dying().length === 0
  }

  /** Ends the namespaces that were swept and whose last object has gone since. */
  look(): void {
    if (this.#swept.size > 0) for (const namespace of this.#dying()) this.#endIfEmpty(namespace)
  }

  #dying(): string[] {
    return this.#ground.store
      .list(NAMESPACES)
      .filter(object => metaOf(object).deletionTimestamp !== undefined)
      .map(object => textOr(metaOf(object).name))
  }

  #shuffled(): Kind[] {
    const spaced = [...this.#kinds()].filter(kind => kind.isNamespaced)
    return spaced
      .map(kind => ({ kind, at: this.#ground.random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ kind }) => kind)
  }

  #contents(kind: Kind, namespace: string): Json[] {
    return this.#ground.store.list(kind, namespace)
  }

  #remove(kind: Kind, object: Json): void {
    const { namespace, name } = metaOf(object)
    const request = { isStatus: false, query: new URLSearchParams(), contentType: 'application/json' }
    const where = { kind, namespace: textOr(namespace), name: textOr(name) }
    remove(this.#ground, { ...request, ...where, body: {}, userAgent: 'namespace-controller' })
  }

  #endIfEmpty(name: string): void {
    const isEmpty = [...this.#kinds()].every(kind => !kind.isNamespaced || this.#contents(kind, name).length === 0)
    const stored = this.#ground.store.get(NAMESPACES, undefined, name)
    if (!isEmpty || stored === undefined || !this.#swept.has(name)) return
    if (listOr(metaOf(stored.object).finalizers).length > 0) return
    this.#swept.delete(name)
    this.#ground.store.delete(NAMESPACES, stored.object)
  }
}
