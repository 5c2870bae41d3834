import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { declareType } from './cel-values.ts'
import { tooCostly } from './cost.ts'
import { undeclaredField } from './declared-fields.ts'
import { employeeType } from './employee-type.ts'
import { type ExpressionError, errorOf, messageOf, Refusal, runtimeMessage } from './expression-error.ts'
import { childrenOf, foreignFunction, functionNames, registerStringFunctions, renamed } from './functions.ts'
import { nearestName } from './nearest.ts'
import { compilePattern, type Pattern } from './pattern.ts'

export type { ExpressionError } from './expression-error.ts'

/** A person in the form expressions compute with. Make it once per person, evaluate many expressions on it. */
export interface PreparedEmployee {
  readonly employee: unknown
  readonly labels: ReadonlyMap<string, string>
}

/** What came of evaluating: a value, or a sentence that says why there is none (an absent field, say). */
export type Evaluation<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string }

/** An expression that was parsed and type-checked, and whose cost is bounded. */
export interface CompiledExpression<Value> {
  readonly ok: true
  readonly text: string
  /** Never throws, and gives the same for the same person. */
  evaluate(person: PreparedEmployee): Evaluation<Value>
}

/** What an expression is to give. A `string` may also come from a bool or a whole number. */
export interface ExpressionResults {
  readonly bool: boolean
  readonly string: string
}

const lengthLimit = 2048
const resultLimit = 8192
const patterns = new Map<string, Pattern>()

function newEnvironment(): Environment {
  const environment = registerStringFunctions(
    new Environment({
      enableOptionalTypes: true,
      limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 100 },
    }),
  )
  return environment.registerFunction('string.matchesPattern(string): bool', {
    async: false,
    handler: (text: string, pattern: string) => patterns.get(pattern)?.test(text) ?? false,
  })
}

const environment = newEnvironment()
const declared = declareType(environment, 'Employee', employeeType)
const scope = new Map([['employee', declared]])
environment.registerVariable('employee', declared.name).registerVariable('labels', 'map<string, string>')

/** The person as expressions see it. `employee` is the spec of a valid Employee with defaults. */
export function prepareEmployee(
  employee: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, string>>,
): PreparedEmployee {
  return { employee: declared.convert(employee), labels: new Map(Object.entries(labels)) }
}

function learnPattern(call: ASTNode, pattern: ASTNode | undefined): void {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string')
    throw new Refusal('cost', 'the pattern of matches() must be written out as a string', pattern ?? call)
  if (patterns.has(pattern.args)) return
  try {
    patterns.set(pattern.args, compilePattern(pattern.args))
  } catch (error) {
    throw new Refusal('cost', `the pattern ${pattern.args} cannot be used: ${messageOf(error)}`, pattern)
  }
}

/** Turns calls of methods the engine reads wrongly into calls of ours. The tree is not type-checked yet, so it may still change. */
function redirectCalls(node: ASTNode): void {
  if (node.op === 'rcall') {
    if (node.args[0] === 'matches') learnPattern(node, node.args[2][0])
    node.args[0] = renamed.get(node.args[0]) ?? node.args[0]
  }
  for (const child of childrenOf(node)) redirectCalls(child)
}

function refuse(ast: ASTNode): void {
  const foreign = foreignFunction(ast)
  if (foreign) {
    const near = nearestName(foreign.name, functionNames)
    throw new Refusal(
      'type',
      `there is no function ${foreign.name}${near === undefined ? '' : `; did you mean ${near}?`}`,
      foreign.node,
    )
  }
  const field = undeclaredField(ast, scope)
  if (field) {
    const near = nearestName(field.name, field.known)
    const hint = near === undefined ? `; there are ${field.known.join(', ')}` : `; did you mean ${near}?`
    throw new Refusal('type', `there is no field ${field.name}${hint}`, field.node)
  }
  const costly = tooCostly(ast)
  if (costly)
    throw new Refusal('cost', 'evaluating this could take too long: loops within loops, or over long texts', costly)
}

/** The types an expression may have for each result. `dyn` is looked at when there is a value. */
const resultTypes: Readonly<Record<keyof ExpressionResults, ReadonlySet<string>>> = {
  bool: new Set(['bool', 'dyn']),
  string: new Set(['string', 'bool', 'int', 'dyn']),
}

function accept(value: unknown, result: keyof ExpressionResults): boolean | string | undefined {
  if (result === 'bool') return typeof value === 'boolean' ? value : undefined
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined
}

function compiled(
  text: string,
  result: keyof ExpressionResults,
  run: (person: PreparedEmployee) => unknown,
): CompiledExpression<boolean | string> {
  return {
    ok: true,
    text,
    evaluate(person) {
      try {
        const value = accept(run(person), result)
        if (value === undefined) return { ok: false, message: `does not give a ${result}` }
        if (typeof value === 'string' && value.length > resultLimit)
          return { ok: false, message: `gives a text of more than ${resultLimit} characters` }
        return { ok: true, value }
      } catch (error) {
        return { ok: false, message: runtimeMessage(error) }
      }
    },
  }
}

function parseWithin(text: string): ReturnType<Environment['parse']> {
  const parsed = environment.parse(text)
  refuse(parsed.ast)
  redirectCalls(parsed.ast)
  return parsed
}

/**
 * Compiles CEL over `employee` (the spec of an Employee) and `labels`, with the functions Kubernetes 1.30 has. Never throws: what is
 * wrong comes back as a value. An expression that compiles takes bounded time on any valid Employee.
 */
export function compileExpression<Result extends keyof ExpressionResults>(
  text: string,
  result: Result,
): CompiledExpression<ExpressionResults[Result]> | ExpressionError
export function compileExpression(
  text: string,
  result: keyof ExpressionResults,
): CompiledExpression<boolean | string> | ExpressionError {
  const fail = (kind: ExpressionError['kind'], message: string): ExpressionError => ({
    ok: false,
    kind,
    message,
    position: { line: 1, column: 1 },
  })
  if (text.length > lengthLimit) return fail('cost', `the expression is longer than ${lengthLimit} characters`)
  if (text.trim() === '') return fail('syntax', 'the expression is empty')
  let parsed: ReturnType<Environment['parse']>
  try {
    parsed = parseWithin(text)
  } catch (error) {
    return errorOf(text, error, 'syntax')
  }
  const { valid, type = '', error } = parsed.check()
  if (!valid) return errorOf(text, error, 'type')
  if (!resultTypes[result].has(type)) return fail('type', `the expression must give a ${result}, but gives ${type}`)
  return compiled(text, result, parsed as (person: PreparedEmployee) => unknown)
}
