const LONGEST = 64
/** So many different texts of one sort are held; and after so many of which most differed, the sort is left alone. */
const MOST = 5000
const TRIED = 500

interface Sort {
  readonly texts: Map<string, string>
  seen: number
}

/** Gives equal texts as one and the same string, so that what 100,000 people share, such as a department, is held once. */
export class StringPool {
  readonly #sorts = new Map<string, Sort | undefined>()

  /** The same text; the first of its like where it is short and of a sort (a property) whose texts repeat. */
  shared<Value>(sort: string, value: Value): Value | string {
    if (typeof value !== 'string' || value.length > LONGEST) return value
    const pooled = this.#sortOf(sort)
    if (pooled === undefined) return value
    pooled.seen += 1
    const known = pooled.texts.get(value)
    if (known !== undefined) return known
    if (pooled.texts.size < MOST) pooled.texts.set(value, value)
    if (pooled.seen === TRIED && pooled.texts.size > TRIED / 2) this.#sorts.set(sort, undefined)
    return value
  }

  #sortOf(name: string): Sort | undefined {
    if (!this.#sorts.has(name)) this.#sorts.set(name, { texts: new Map(), seen: 0 })
    return this.#sorts.get(name)
  }
}
