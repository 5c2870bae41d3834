/** Ids by a text that each carries, without case. */
export class TextIndex<Id extends string> {
  readonly #ids = new Map<string, Set<Id>>()

  find(text: string): readonly Id[] {
    const ids = this.#ids.get(text.toLowerCase())
    return ids === undefined ? [] : [...ids]
  }

  add(text: string | undefined, id: Id): void {
    if (text === undefined) return
    const key = text.toLowerCase()
    const ids = this.#ids.get(key)
    if (ids === undefined) this.#ids.set(key, new Set([id]))
    else ids.add(id)
  }

  remove(text: string | undefined, id: Id): void {
    if (text !== undefined) this.#ids.get(text.toLowerCase())?.delete(id)
  }
}
