import { GraphError } from './reply.ts'

/** One object's values as a filter reads them. */
export type Reader = (property: string) => unknown

/** A parsed `$filter`. */
export interface Filter {
  readonly matches: (read: Reader) => boolean
  /** Properties it names, with the operator each is used with. */
  readonly uses: readonly { readonly property: string; readonly operator: string }[]
  /** When set, only objects with one of these texts in that property can match. */
  readonly keys: Keys | undefined
}

/** Texts that a property must have one of. */
export interface Keys {
  readonly property: string
  readonly values: readonly string[]
}

interface Test {
  readonly matches: (read: Reader) => boolean
  readonly keys?: Keys | undefined
}
type Literal = string | number | boolean | null

const TOKEN = /\s*(?:('(?:[^']|'')*')|([()/,:])|(\d{4}-\d\d-\d\dT[\d:.Z+-]+|[^\s()',:/]+))/y

const invalid = (why: string): GraphError => new GraphError(400, 'Request_BadRequest', `Invalid filter clause: ${why}`)

function tokens(text: string): string[] {
  const found: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (match === null) throw invalid(`Syntax error at position ${at} in '${text}'.`)
    found.push(match[1] ?? match[2] ?? match[3] ?? '')
  }
  return found
}

function literal(token: string): Literal {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
  if (token === 'null') return null
  if (token === 'true' || token === 'false') return token === 'true'
  if (/^-?\d+(\.\d+)?$/.test(token)) return Number(token)
  if (/^\d{4}-\d\d-\d\dT/.test(token) || /^[0-9a-f-]{36}$/i.test(token)) return token
  throw invalid(`'${token}' is no value.`)
}

function comparable(value: unknown): string | number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return value.toLowerCase()
  if (typeof value === 'boolean') return String(value)
  return undefined
}

function asTime(text: string | number | undefined): number {
  return typeof text === 'string' && text.length >= 17 && /^\d{4}-\d\d-\d\dt/.test(text) ? Date.parse(text) : Number.NaN
}

function compare(left: unknown, right: Literal): number {
  const [a, b] = [comparable(left), comparable(right)]
  if (a === undefined || b === undefined) return Number.NaN
  const [at, bt] = [asTime(a), asTime(b)]
  if (!Number.isNaN(at) && !Number.isNaN(bt)) return at - bt
  if (a === b) return 0
  return a < b ? -1 : 1
}

function equal(left: unknown, right: Literal): boolean {
  if (right === null) return left === null || left === undefined
  if (typeof left === 'string' && typeof right === 'string' && left.length !== right.length) {
    return asTime(left.toLowerCase()) === asTime(right.toLowerCase())
  }
  return compare(left, right) === 0
}

const COMPARISONS: Readonly<Record<string, (left: unknown, right: Literal) => boolean>> = {
  eq: equal,
  ne: (left, right) => !equal(left, right),
  gt: (left, right) => compare(left, right) > 0,
  ge: (left, right) => compare(left, right) >= 0,
  lt: (left, right) => compare(left, right) < 0,
  le: (left, right) => compare(left, right) <= 0,
}

const FUNCTIONS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
}

/** A recursive descent over the tokens of one filter. */
class FilterParser {
  readonly #tokens: readonly string[]
  readonly uses: { property: string; operator: string }[] = []
  #at = 0

  constructor(text: string) {
    this.#tokens = tokens(text)
  }

  whole(): Test {
    const test = this.#or()
    if (this.#at < this.#tokens.length) throw invalid(`'${this.#peek()}' is not expected.`)
    return test
  }

  #peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? ''
  }

  #next(): string {
    const token = this.#peek()
    this.#at += 1
    return token
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw invalid(`'${token}' is expected.`)
  }

  #or(): Test {
    const tests = [this.#and()]
    while (this.#peek() === 'or') {
      this.#next()
      tests.push(this.#and())
    }
    return tests.length === 1 ? (tests[0] as Test) : anyOf(tests)
  }

  #and(): Test {
    const tests = [this.#not()]
    while (this.#peek() === 'and') {
      this.#next()
      tests.push(this.#not())
    }
    if (tests.length === 1) return tests[0] as Test
    return {
      matches: read => tests.every(({ matches }) => matches(read)),
      keys: tests.find(({ keys }) => keys !== undefined)?.keys,
    }
  }

  #not(): Test {
    if (this.#peek() !== 'not') return this.#primary()
    this.#next()
    const before = this.uses.length
    const test = this.#not()
    for (const use of this.uses.slice(before)) this.uses.push({ property: use.property, operator: 'not' })
    return { matches: read => !test.matches(read) }
  }

  #primary(): Test {
    if (this.#peek() === '(') {
      this.#next()
      const test = this.#or()
      this.#expect(')')
      return test
    }
    if (this.#peek(1) === '(') return this.#function()
    return this.#comparison()
  }

  #function(): Test {
    const name = this.#next()
    const apply = FUNCTIONS[name.toLowerCase()]
    if (apply === undefined) throw new GraphError(400, 'Request_UnsupportedQuery', `Unsupported function '${name}'.`)
    this.#expect('(')
    const property = this.#path()
    this.#expect(',')
    const part = String(literal(this.#next())).toLowerCase()
    this.#expect(')')
    this.uses.push({ property, operator: name.toLowerCase() })
    return {
      matches: read => {
        const value = read(property)
        return typeof value === 'string' && apply(value.toLowerCase(), part)
      },
    }
  }

  #path(): string {
    const names = [this.#next()]
    while (this.#peek() === '/' && this.#peek(2) !== '(') {
      this.#next()
      names.push(this.#next())
    }
    return names.join('/')
  }

  #comparison(): Test {
    const property = this.#path()
    if (this.#peek() === '/') return this.#lambda(property)
    if (property.endsWith('/$count')) return this.#counted(property)
    const operator = this.#next()
    this.uses.push({ property, operator })
    if (operator === 'in') {
      const values = this.#list()
      const matches = (read: Reader): boolean => values.some(value => equal(read(property), value))
      return { matches, keys: keysOf(property, values) }
    }
    const apply = COMPARISONS[operator]
    if (apply === undefined) throw invalid(`'${operator}' is no operator.`)
    const value = literal(this.#next())
    return {
      matches: read => apply(read(property), value),
      keys: operator === 'eq' ? keysOf(property, [value]) : undefined,
    }
  }

  #counted(path: string): Test {
    const property = path.slice(0, -'/$count'.length)
    const apply = COMPARISONS[this.#next()]
    const value = literal(this.#next())
    if (apply === undefined || typeof value !== 'number') throw invalid(`'${path}' must be compared with a number.`)
    this.uses.push({ property, operator: 'count' })
    return {
      matches: read => {
        const held = read(property)
        return apply(Array.isArray(held) ? held.length : 0, value)
      },
    }
  }

  #list(): Literal[] {
    this.#expect('(')
    const values = [literal(this.#next())]
    while (this.#peek() === ',') {
      this.#next()
      values.push(literal(this.#next()))
    }
    this.#expect(')')
    return values
  }

  #lambda(property: string): Test {
    this.#expect('/')
    const kind = this.#next()
    if (kind !== 'any') throw invalid(`'${kind}' is not supported.`)
    this.#expect('(')
    const variable = this.#next()
    this.#expect(':')
    const before = this.uses.length
    const test = this.#or()
    for (const use of this.uses.splice(before)) this.uses.push({ property, operator: use.operator })
    this.#expect(')')
    return {
      matches: read => {
        const list = read(property)
        if (!Array.isArray(list)) return false
        return list.some((item: unknown) => test.matches(path => itemValue(item, path, variable)))
      },
    }
  }
}

function keysOf(property: string, values: readonly Literal[]): Keys | undefined {
  const texts = values.filter(value => typeof value === 'string')
  return texts.length === values.length ? { property, values: texts } : undefined
}

function anyOf(tests: readonly Test[]): Test {
  const [first] = tests
  const property = first?.keys?.property
  const same = property !== undefined && tests.every(({ keys }) => keys?.property === property)
  const values = tests.flatMap(({ keys }) => keys?.values ?? [])
  return {
    matches: read => tests.some(({ matches }) => matches(read)),
    keys: same ? { property, values } : undefined,
  }
}

function itemValue(item: unknown, path: string, variable: string): unknown {
  if (path === variable) return item
  const name = path.startsWith(`${variable}/`) ? path.slice(variable.length + 1) : path
  return typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[name] : undefined
}

/** Parses a `$filter`; throws the 400 that Microsoft Graph answers to one it does not understand. */
export function parseFilter(text: string): Filter {
  const parser = new FilterParser(text)
  const { matches, keys } = parser.whole()
  return { matches, uses: parser.uses, keys }
}
