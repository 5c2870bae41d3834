import { OktaError } from './errors.ts'
import { parseTime } from './time.ts'

/** The SCIM-like expressions of `filter` and `search`. Source: Okta, Core Okta API, Filter and Search. */

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly inner: Expression }
  | Test

export interface Test {
  readonly kind: 'test'
  readonly property: string
  readonly operator: string
  readonly value: string | number | boolean | null
}

interface Token {
  readonly text: string
  readonly quoted: boolean
}

const operators = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'ew', 'co', 'pr'])
const token = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y

function badSearch(): OktaError {
  return new OktaError(400, 'E0000031')
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  token.lastIndex = 0
  const end = text.trimEnd().length
  while (token.lastIndex < end) {
    const match = token.exec(text)
    if (match === null) throw badSearch()
    const [, bracket, quoted, word] = match
    if (quoted !== undefined) tokens.push({ text: unescaped(quoted), quoted: true })
    else tokens.push({ text: bracket ?? word ?? '', quoted: false })
  }
  return tokens
}

function unescaped(text: string): string {
  try {
    const parsed: unknown = JSON.parse(`"${text}"`)
    return String(parsed)
  } catch {
    throw badSearch()
  }
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  whole(): Expression {
    const expression = this.#either()
    if (this.#at < this.#tokens.length) throw badSearch()
    return expression
  }

  #either(): Expression {
    let left = this.#both()
    while (this.#takes('or')) left = { kind: 'or', left, right: this.#both() }
    return left
  }

  #both(): Expression {
    let left = this.#single()
    while (this.#takes('and')) left = { kind: 'and', left, right: this.#single() }
    return left
  }

  #single(): Expression {
    if (this.#takes('not')) return { kind: 'not', inner: this.#single() }
    if (!this.#takes('(')) return this.#test()
    const inner = this.#either()
    if (!this.#takes(')')) throw badSearch()
    return inner
  }

  #test(): Test {
    const property = this.#word()
    const operator = this.#word().toLowerCase()
    if (!operators.has(operator)) throw badSearch()
    if (operator === 'pr') return { kind: 'test', property, operator, value: null }
    const value = this.#tokens[this.#at]
    if (value === undefined || value.text === '(' || value.text === ')') throw badSearch()
    this.#at += 1
    return { kind: 'test', property, operator, value: value.quoted ? value.text : literal(value.text) }
  }

  #word(): string {
    const next = this.#tokens[this.#at]
    if (next === undefined || next.quoted || next.text === '(' || next.text === ')') throw badSearch()
    this.#at += 1
    return next.text
  }

  #takes(word: string): boolean {
    const next = this.#tokens[this.#at]
    if (next === undefined || next.quoted || next.text.toLowerCase() !== word) return false
    this.#at += 1
    return true
  }
}

function literal(text: string): string | number | boolean | null {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (parseTime(text) !== undefined) return text
  throw badSearch()
}

/** Parses an expression; refuses with E0000031 what is none. Users and groups know no `not`, the System Log does. */
export function parseExpression(text: string, dialect: { readonly not: boolean } = { not: false }): Expression {
  const expression = new Reader(text).whole()
  if (!dialect.not && negates(expression)) throw badSearch()
  return expression
}

function negates(expression: Expression): boolean {
  if (expression.kind === 'test') return false
  return expression.kind === 'not' || negates(expression.left) || negates(expression.right)
}

/** All comparisons of an expression. */
export function testsOf(expression: Expression): readonly Test[] {
  if (expression.kind === 'test') return [expression]
  if (expression.kind === 'not') return testsOf(expression.inner)
  return [...testsOf(expression.left), ...testsOf(expression.right)]
}

/** Comparisons that every match must pass: those joined by `and` at the top. */
export function required(expression: Expression): readonly Test[] {
  if (expression.kind === 'test') return [expression]
  return expression.kind === 'and' ? [...required(expression.left), ...required(expression.right)] : []
}

/** How an expression reads its items. */
export interface Reading<Item> {
  /** The value or values under a property name; undefined for nothing. Times are numbers (ms since 1970). */
  readonly value: (item: Item, property: string) => unknown
  /** Whether a property is a time, whose comparisons take ISO dates (E0000030 otherwise). */
  readonly isTime: (property: string) => boolean
  readonly ignoreCase: boolean
}

/** The expression as a predicate, made once per request. */
export function predicate<Item>(expression: Expression, reading: Reading<Item>): (item: Item) => boolean {
  if (expression.kind === 'test') return testPredicate(expression, reading)
  if (expression.kind === 'not') {
    const inner = predicate(expression.inner, reading)
    return item => !inner(item)
  }
  const left = predicate(expression.left, reading)
  const right = predicate(expression.right, reading)
  return expression.kind === 'and' ? item => left(item) && right(item) : item => left(item) || right(item)
}

function testPredicate<Item>(test: Test, reading: Reading<Item>): (item: Item) => boolean {
  const { property, operator } = test
  const wanted = wantedValue(test, reading)
  const fold = (value: unknown): unknown =>
    reading.ignoreCase && typeof value === 'string' ? value.toLowerCase() : value
  return item => {
    const held = reading.value(item, property)
    const values = Array.isArray(held) ? held : held === undefined || held === null ? [] : [held]
    if (operator === 'pr') return values.length > 0
    if (operator === 'ne') return !values.some(value => compares(fold(value), 'eq', wanted))
    return values.some(value => compares(fold(value), operator, wanted))
  }
}

function wantedValue<Item>(test: Test, reading: Reading<Item>): string | number | boolean | null {
  if (test.operator === 'pr') return null
  if (!reading.isTime(test.property)) {
    return reading.ignoreCase && typeof test.value === 'string' ? test.value.toLowerCase() : test.value
  }
  const time = typeof test.value === 'string' ? parseTime(test.value) : undefined
  if (time === undefined) throw new OktaError(400, 'E0000030')
  return time
}

function compares(held: unknown, operator: string, wanted: string | number | boolean | null): boolean {
  if (typeof held === 'string' && (typeof wanted === 'string' || typeof wanted === 'number')) {
    const text = String(wanted)
    if (operator === 'sw') return held.startsWith(text)
    if (operator === 'ew') return held.endsWith(text)
    if (operator === 'co') return held.includes(text)
    return ordered(held < text ? -1 : held > text ? 1 : 0, operator)
  }
  if (typeof held === 'number' && wanted !== null && typeof wanted !== 'boolean') {
    const number = Number(wanted)
    return !Number.isNaN(number) && ordered(held - number, operator)
  }
  return operator === 'eq' && String(held) === String(wanted)
}

function ordered(difference: number, operator: string): boolean {
  if (operator === 'eq') return difference === 0
  if (operator === 'gt') return difference > 0
  if (operator === 'ge') return difference >= 0
  if (operator === 'lt') return difference < 0
  return operator === 'le' && difference <= 0
}
