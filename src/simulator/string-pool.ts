const LONGEST = 64
const MOST = 20_000

/** Gives equal texts as one and the same string, so that what 100,000 people share, such as a department, is held once. */
export class StringPool {
  readonly #texts = new Map<string, string>()

  /** The same text; the first of its like where it is short and was seen among the first 20,000. */
  shared<Value>(value: Value): Value | string {
    if (typeof value !== 'string' || value.length > LONGEST) return value
    const known = this.#texts.get(value)
    if (known !== undefined) return known
    if (this.#texts.size < MOST) this.#texts.set(value, value)
    return value
  }
}
