import { type ASTNode, TypeError as CelTypeError, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import { renamed } from './functions.ts'

/** Why a text is no expression. Nothing of it can be evaluated. */
export interface ExpressionError {
  readonly ok: false
  /** `syntax`: not CEL; `type`: names, types or functions are wrong; `cost`: evaluating it could take too long. */
  readonly kind: 'syntax' | 'type' | 'cost'
  /** One clause for people, without the position. */
  readonly message: string
  /** Where in the text, counted from 1. */
  readonly position: { readonly line: number; readonly column: number }
}

function positionOf(text: string, offset: number): ExpressionError['position'] {
  const before = text.slice(0, Math.min(offset, text.length)).split('\n')
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 }
}

/** A refusal of ours that came up while looking at the parsed text. Thrown and caught within this folder. */
export class Refusal extends Error {
  readonly kind: ExpressionError['kind']
  readonly at: ASTNode

  constructor(kind: ExpressionError['kind'], message: string, at: ASTNode) {
    super(message)
    this.kind = kind
    this.at = at
  }
}

/** What an error of the engine, or any other, says; without the lines of source the engine adds. */
export function messageOf(error: unknown): string {
  const summary =
    error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError
      ? error.summary
      : undefined
  return summary ?? (error instanceof Error ? error.message : String(error))
}

/** What the engine says, and how people would. The order does not matter: no two fit the same message. */
const typeWords: readonly (readonly [RegExp, string])[] = [
  [/^Unknown variable: (.*)$/, 'there is no variable $1; there are employee (the spec of the Employee) and labels'],
  [/^no such overload: (.*)$/, 'there is no operation $1'],
  [/^found no matching overload for '(.*)'$/, 'there is no function $1'],
  [/^Unexpected token: EOF$/, 'the expression ends too early'],
  [/^Exceeded maxAstNodes \((\d+)\)$/, 'the expression has more than $1 parts'],
  [/^Exceeded maxDepth \((\d+)\)$/, 'the expression is nested more than $1 deep'],
  [/^Exceeded max(?:List|Map|Call)\w+ \((\d+)\)$/, 'a list in the expression has more than $1 entries'],
]

function typeMessage(error: unknown): string {
  let message = messageOf(error)
  for (const [name, ours] of renamed) message = message.replaceAll(ours, name)
  const [pattern, words] = typeWords.find(([pattern]) => pattern.test(message)) ?? []
  return pattern && words ? message.replace(pattern, words) : message
}

/** Makes of anything thrown while compiling what `compileExpression` returns. */
export function errorOf(text: string, error: unknown, kind: ExpressionError['kind']): ExpressionError {
  if (error instanceof Refusal)
    return { ok: false, kind: error.kind, message: error.message, position: positionOf(text, error.at.pos) }
  const code = error instanceof ParseError ? error.code : ''
  const start =
    error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError
      ? (error.range?.start ?? 0)
      : 0
  return {
    ok: false,
    kind: code === 'limit_exceeded' ? 'cost' : kind,
    message: typeMessage(error),
    position: positionOf(text, start),
  }
}

/** Why there is no value, for people. Values of the person are left out: the message may end up in a status. */
export function runtimeMessage(error: unknown): string {
  const message = messageOf(error).replace(/: invalid string value ".*"$/s, '')
  const field = /^No such key: (.*)$/.exec(message)?.[1]
  return field === undefined || field.startsWith('index') ? message : `${field} is not set; ask with has() first`
}
