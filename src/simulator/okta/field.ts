import { isObject, type Json, type JsonObject } from './json.ts'
import { parseTime } from './time.ts'

/** A place in a state that somebody wrote; every refusal names it. */
export class Field {
  readonly #value: unknown
  readonly #within: Field | undefined
  readonly #name: string | number

  /** `within` is the field that holds it, under a name or an index. */
  constructor(value: unknown, name: string | number, within?: Field) {
    this.#value = value
    this.#name = name
    this.#within = within
  }

  /** Put together only for a refusal: a state of 100,000 people has millions of fields. */
  get #path(): string {
    if (this.#within === undefined) return String(this.#name)
    return `${this.#within.#path}${typeof this.#name === 'number' ? `[${this.#name}]` : `.${this.#name}`}`
  }

  /** An Error that says where and what. */
  wrong(what: string): Error {
    return new Error(`${this.#path}: ${what}`)
  }

  get absent(): boolean {
    return this.#value === undefined
  }

  /** The fields of an object; refuses a name that is not among `known`. */
  object<Name extends string>(...known: readonly Name[]): Readonly<Record<Name, Field>> {
    const value = this.json()
    for (const name of Object.keys(value)) {
      if (!(known as readonly string[]).includes(name))
        throw this.wrong(`has no field "${name}"; known are ${known.join(', ')}`)
    }
    const fields: Partial<Record<Name, Field>> = {}
    for (const name of known) fields[name] = new Field(value[name], name, this)
    return fields as Record<Name, Field>
  }

  /** Any JSON object, taken as it is. */
  json(): JsonObject {
    if (this.#value === undefined) return {}
    if (!isObject(this.#value)) throw this.wrong('must be an object')
    return this.#value
  }

  /** The values of an object by name. */
  entries(): readonly (readonly [string, Field])[] {
    return Object.entries(this.json()).map(([name, value]) => [name, new Field(value, name, this)])
  }

  /** The items of an array; none where absent. */
  list(): readonly Field[] {
    return [...this.items()]
  }

  /** The same one at a time: a state of 100,000 people is not held a second time. */
  *items(): Generator<Field> {
    if (this.#value === undefined) return
    if (!Array.isArray(this.#value)) throw this.wrong('must be an array')
    for (const [index, item] of this.#value.entries()) yield new Field(item, index, this)
  }

  /** True for a plain string. */
  get isText(): boolean {
    return typeof this.#value === 'string'
  }

  text(byDefault?: string): string {
    if (this.#value === undefined && byDefault !== undefined) return byDefault
    if (typeof this.#value !== 'string' || this.#value === '') throw this.wrong('must be a text')
    return this.#value
  }

  /** A text, which may be empty, or null. */
  textOrNull(byDefault: string | null = null): string | null {
    if (this.#value === '') return ''
    return this.#value === null ? null : this.#value === undefined ? byDefault : this.text()
  }

  oneOf<Word extends string>(words: readonly Word[], byDefault: Word): Word {
    if (this.#value === undefined) return byDefault
    const word = words.find(candidate => candidate === this.#value)
    if (word === undefined) throw this.wrong(`must be one of ${words.join(', ')}`)
    return word
  }

  flag(byDefault: boolean): boolean {
    if (this.#value === undefined) return byDefault
    if (typeof this.#value !== 'boolean') throw this.wrong('must be true or false')
    return this.#value
  }

  number(byDefault: number): number {
    if (this.#value === undefined) return byDefault
    if (typeof this.#value !== 'number' || this.#value < 0) throw this.wrong('must be a number that is not negative')
    return this.#value
  }

  texts(byDefault: readonly string[] = []): readonly string[] {
    return this.#value === undefined ? byDefault : this.list().map(item => item.text())
  }

  /** Milliseconds since 1970, cut to the second. */
  time(byDefault: number): number {
    if (this.#value === undefined) return byDefault
    const ms = typeof this.#value === 'string' ? parseTime(this.#value) : undefined
    if (ms === undefined) throw this.wrong('must be a time such as 2026-01-31T09:00:00.000Z')
    return Math.floor(ms / 1000) * 1000
  }

  timeOrNull(byDefault: number | null): number | null {
    if (this.#value === null) return null
    return this.#value === undefined ? byDefault : this.time(0)
  }

  /** The JSON value of a profile attribute. */
  value(): Json {
    const value: unknown = this.#value
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return value
    if (Array.isArray(value)) return value.map((item, index) => new Field(item, index, this).value())
    if (isObject(value)) return value
    throw this.wrong('must be a JSON value')
  }
}
