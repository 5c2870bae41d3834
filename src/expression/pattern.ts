/** A regular expression whose worst case is known. */
export interface Pattern {
  /** Whether it matches somewhere in the text. Throws when the text is so long that matching could take too long. */
  test(text: string): boolean
}

/** How a part of a pattern can make a backtracking matcher try again: `ways` to read it, times length to the power of `degree`. */
interface Shape {
  readonly source: string
  readonly ways: number
  readonly degree: number
}

/** Steps a match may take at worst: some ten milliseconds. */
const stepLimit = 1e7
const lengthLimit = 256
const degreeLimit = 5
const plainEscapes = /[dDwWtnrfv]/
const syntaxCharacters = /[\^$\\.*+?()[\]{}|/]/

/** Reads the part of RE2's syntax that means the same in JavaScript, and refuses what could run for ever. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string, start: number) {
    this.#text = text
    this.#at = start
  }

  whole(): Shape {
    const shape = this.#alternatives()
    if (this.#at < this.#text.length) throw new Error('there is a ) without its (')
    return shape
  }

  #alternatives(): Shape {
    const branches = [this.#sequence()]
    while (this.#take('|')) branches.push(this.#sequence())
    return {
      source: branches.map(branch => branch.source).join('|'),
      ways: branches.reduce((sum, branch) => sum + branch.ways, 0),
      degree: Math.max(...branches.map(branch => branch.degree)),
    }
  }

  #sequence(): Shape {
    let shape: Shape = { source: '', ways: 1, degree: 0 }
    while (this.#at < this.#text.length && !'|)'.includes(this.#peek())) {
      const part = this.#quantified(this.#atom())
      shape = { source: shape.source + part.source, ways: shape.ways * part.ways, degree: shape.degree + part.degree }
    }
    return shape
  }

  #quantified(atom: Shape): Shape {
    const match = /^([*+?]|\{(\d+)(,(\d*))?\})(\??)/.exec(this.#text.slice(this.#at))
    if (!match) return atom
    this.#at += match[0].length
    if (/^[*+?]|^\{\d/.test(this.#text.slice(this.#at))) throw new Error(`${match[0]} is repeated itself`)
    const [quantifier = '', mark, least = '0', comma, most] = match
    const source = atom.source + quantifier
    if (mark === '?') return { source, ways: atom.ways + 1, degree: atom.degree }
    const endless = mark === '*' || mark === '+' || (comma !== undefined && most === '')
    if (endless) {
      if (atom.ways > 1 || atom.degree > 0)
        throw new Error(
          `${quantifier} repeats a group that holds a repetition or a choice itself; that can take for ever`,
        )
      return { source, ways: 1, degree: 1 }
    }
    const upper = Number(comma === undefined ? least : most)
    if (upper > 1000 || upper < Number(least)) throw new Error(`${quantifier} must rise and stay below 1000`)
    return { source, ways: atom.ways ** upper * (upper - Number(least) + 1), degree: atom.degree * upper }
  }

  #atom(): Shape {
    const char = this.#next()
    const one = (source: string): Shape => ({ source, ways: 1, degree: 0 })
    if (char === '(') return this.#group()
    if (char === '[') return one(this.#set())
    if (char === '\\') return one(this.#escape())
    if (char === '.') return one('[^\\n]')
    if (char === '^' || char === '$') return one(char)
    if ('*+?'.includes(char)) throw new Error(`${char} repeats nothing`)
    return one(syntaxCharacters.test(char) ? `\\${char}` : char)
  }

  #group(): Shape {
    if (this.#take('?') && !this.#take(':')) throw new Error('of the groups that begin with (? only (?: is allowed')
    const inner = this.#alternatives()
    if (!this.#take(')')) throw new Error('there is a ( without its )')
    return { ...inner, source: `(?:${inner.source})` }
  }

  #set(): string {
    let source = this.#take('^') ? '[^' : '['
    if (this.#peek() === ']') throw new Error('write \\] for a ] in a set')
    while (this.#peek() !== ']') {
      const char = this.#next()
      if (char === '[' && this.#peek() === ':') throw new Error('named sets such as [:alpha:] are not allowed')
      source += char === '\\' ? this.#escapeInSet() : char === '[' ? '\\[' : char
    }
    this.#at++
    return `${source}]`
  }

  #escapeInSet(): string {
    return this.#take('-') ? '\\-' : this.#escape()
  }

  #escape(): string {
    const char = this.#next()
    if (plainEscapes.test(char)) return `\\${char}`
    if (char === 'x' && /^[0-9A-Fa-f]{2}/.test(this.#text.slice(this.#at))) return `\\x${this.#next()}${this.#next()}`
    if (/[A-Za-z0-9]/.test(char)) throw new Error(`\\${char} is not allowed`)
    return syntaxCharacters.test(char) ? `\\${char}` : char
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #next(): string {
    if (this.#at >= this.#text.length) throw new Error('it ends too early')
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
    this.#at += char.length
    return char
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false
    this.#at++
    return true
  }
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

/**
 * Compiles a regular expression. Kubernetes matches with RE2, which takes time in proportion to the text; JavaScript tries all
 * ways a pattern can be read, which may be beyond number. So what grows exponentially is refused here, and what grows with a
 * power of the text's length is bounded by that length. Throws an Error that says what is wrong.
 */
export function compilePattern(text: string): Pattern {
  if (text.length > lengthLimit) throw new Error(`it is longer than ${lengthLimit} characters`)
  const insensitive = text.startsWith('(?i)')
  const { source, ways, degree } = new Reader(text, insensitive ? 4 : 0).whole()
  const power = degree + (source.startsWith('^') ? 0 : 1)
  if (ways > 10_000 || power > degreeLimit) throw new Error('it holds too many repetitions and choices')
  const longest = power === 0 ? Number.POSITIVE_INFINITY : ((stepLimit * factorial(power)) / ways) ** (1 / power)
  const regExp = new RegExp(source, insensitive ? 'iu' : 'u')
  return {
    test(value) {
      if (value.length > longest) throw new Error(`a text of ${value.length} characters is too long for this pattern`)
      return regExp.test(value)
    },
  }
}
