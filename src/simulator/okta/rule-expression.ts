import type { Json } from './json.ts'
import type { User } from './objects.ts'

/** Okta's expression language as far as group rules use it. Source: Okta, Expression language, group rules. */

type Value = Json | undefined
type Evaluation = (user: User) => Value

const token = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|&&|\|\||==|!=|>=|<=|[()!,<>]|[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?)/y

/** Thrown with a sentence for people when a rule's expression cannot be read. */
export class RuleExpressionError extends Error {}

const text = (value: Value): string => (value === undefined || value === null ? '' : String(value))
const truth = (value: Value): boolean => value === true

const functions: Readonly<Record<string, (user: User, values: readonly Value[]) => Value>> = {
  'String.stringContains': (_, [where, what]) => text(where).includes(text(what)),
  'String.startsWith': (_, [where, what]) => text(where).startsWith(text(what)),
  'String.toLowerCase': (_, [value]) => text(value).toLowerCase(),
  'String.toUpperCase': (_, [value]) => text(value).toUpperCase(),
  'Arrays.contains': (_, [list, what]) => Array.isArray(list) && list.includes(what ?? null),
  'Arrays.isEmpty': (_, [list]) => !Array.isArray(list) || list.length === 0,
  isMemberOfGroup: (user, [id]) => user.groups.has(text(id)),
  isMemberOfAnyGroup: (user, ids) => ids.some(id => user.groups.has(text(id))),
  isMemberOfGroupName: (user, [name]) => names(user).some(held => held === text(name)),
  isMemberOfGroupNameStartsWith: (user, [name]) => names(user).some(held => held.startsWith(text(name))),
  isMemberOfGroupNameContains: (user, [name]) => names(user).some(held => held.includes(text(name))),
}

function names(user: User): readonly string[] {
  return [...user.groups.values()].map(group => String(group.profile.name ?? ''))
}

/** Whether an expression asks about memberships, so that it must be asked again when those change. */
export function asksMembership(expression: string): boolean {
  return expression.includes('isMemberOf')
}

/** The expression as a question about a user. Throws a RuleExpressionError for what cannot be read. */
export function ruleCondition(expression: string): (user: User) => boolean {
  const parser = new Parser(expression)
  const evaluation = parser.whole()
  return user => truth(evaluation(user))
}

class Parser {
  readonly #tokens: string[] = []
  #at = 0

  constructor(source: string) {
    token.lastIndex = 0
    const end = source.trimEnd().length
    while (token.lastIndex < end) {
      const match = token.exec(source)?.[1]
      if (match === undefined) throw new RuleExpressionError('The expression cannot be parsed.')
      this.#tokens.push(match)
    }
  }

  whole(): Evaluation {
    const evaluation = this.#either()
    if (this.#at < this.#tokens.length) throw new RuleExpressionError('The expression has text behind its end.')
    return evaluation
  }

  #takes(...words: readonly string[]): string | undefined {
    const next = this.#tokens[this.#at]
    if (next === undefined || !words.includes(next)) return undefined
    this.#at += 1
    return next
  }

  #either(): Evaluation {
    let left = this.#both()
    while (this.#takes('||', 'or', 'OR') !== undefined) {
      const [first, second] = [left, this.#both()]
      left = user => truth(first(user)) || truth(second(user))
    }
    return left
  }

  #both(): Evaluation {
    let left = this.#comparison()
    while (this.#takes('&&', 'and', 'AND') !== undefined) {
      const [first, second] = [left, this.#comparison()]
      left = user => truth(first(user)) && truth(second(user))
    }
    return left
  }

  #comparison(): Evaluation {
    const left = this.#single()
    const operator = this.#takes('==', '!=', '<', '>', '<=', '>=')
    if (operator === undefined) return left
    const right = this.#single()
    return user => compare(left(user) ?? null, operator, right(user) ?? null)
  }

  #single(): Evaluation {
    if (this.#takes('!', 'not', 'NOT') !== undefined) {
      const inner = this.#single()
      return user => !truth(inner(user))
    }
    if (this.#takes('(') !== undefined) {
      const inner = this.#either()
      if (this.#takes(')') === undefined) throw new RuleExpressionError('A closing bracket is missing.')
      return inner
    }
    const word = this.#tokens[this.#at]
    if (word === undefined) throw new RuleExpressionError('The expression ends too early.')
    this.#at += 1
    return this.#takes('(') === undefined ? constantOrAttribute(word) : this.#call(word)
  }

  #call(name: string): Evaluation {
    const bare = name.replace(/^user\./, '')
    const called = functions[bare]
    if (called === undefined) throw new RuleExpressionError(`The function ${name} is not known.`)
    const values: Evaluation[] = []
    while (this.#takes(')') === undefined) {
      values.push(this.#either())
      if (this.#takes(',') === undefined && this.#tokens[this.#at] !== ')')
        throw new RuleExpressionError(`The call of ${name} does not end.`)
    }
    return user =>
      called(
        user,
        values.map(value => value(user)),
      )
  }
}

function constantOrAttribute(word: string): Evaluation {
  if (word.startsWith('"') || word.startsWith("'")) {
    const content = word.slice(1, -1).replace(/\\(.)/g, '$1')
    return () => content
  }
  if (/^-?\d/.test(word)) return () => Number(word)
  if (word === 'true' || word === 'false') return () => word === 'true'
  if (word === 'null') return () => null
  const attribute = /^user\.(?:profile\.)?(\w+)$/.exec(word)?.[1]
  if (attribute === undefined) throw new RuleExpressionError(`${word} is neither a value nor an attribute of user.`)
  return user => (attribute === 'status' ? user.status : user.profile[attribute])
}

function compare(left: Json, operator: string, right: Json): boolean {
  if (operator === '==') return left === right
  if (operator === '!=') return left !== right
  if (left === null || right === null) return false
  if (operator === '<') return left < right
  if (operator === '>') return left > right
  return operator === '<=' ? left <= right : left >= right
}
