import { Environment, Optional } from '@marcbachmann/cel-js'
import { refuseForeignFunctions, registerStringFunctions } from '../../src/expression/functions.ts'
import type { Thing } from './cases.ts'
import type { Policy } from './policy.ts'

/** A request as a policy sees it, and the rights of the one who makes it. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string }
  readonly namespace: string
  readonly object: Thing | null
  readonly oldObject: Thing | null
  /** As `verb resource`, within the namespace of the request. */
  readonly rights: readonly string[]
}

/** What is asked of the authorizer, word by word. */
class Question {
  readonly asked: Readonly<Record<string, string>>
  readonly #request: AdmissionRequest
  constructor(request: AdmissionRequest, asked: Readonly<Record<string, string>> = {}) {
    this.#request = request
    this.asked = asked
  }
  with(key: string, value: string): Question {
    return new Question(this.#request, { ...this.asked, [key]: value })
  }
  /** As RBAC answers: a right within a namespace is seen only when that namespace is asked about. */
  get allowed(): boolean {
    const { group, resource, subresource, namespace = '', verb } = this.asked
    const { resource: requested, namespace: here, rights } = this.#request
    const what = subresource === undefined ? resource : `${resource}/${subresource}`
    return group === requested.group && namespace === here && rights.includes(`${verb} ${what}`)
  }
}

function newEnvironment(): Environment {
  const environment = registerStringFunctions(new Environment({ enableOptionalTypes: true }))
  environment.registerType('Authorizer', { ctor: Question, fields: {} })
  const words = ['group', 'resource', 'subresource', 'namespace', 'name'].map(word => [word, word] as const)
  for (const [method, key] of [...words, ['check', 'verb'] as const])
    environment.registerFunction(`Authorizer.${method}(string): Authorizer`, {
      async: false,
      handler: (question: Question, value: string) => question.with(key, value),
    })
  environment.registerFunction('Authorizer.allowed(): bool', {
    async: false,
    handler: (question: Question) => question.allowed,
  })
  environment.registerVariable('authorizer', 'Authorizer')
  for (const name of ['object', 'oldObject', 'request', 'variables']) environment.registerVariable(name, 'dyn')
  return environment
}

const environment = newEnvironment()
/** Methods of the authorizer, which the allow-list for manifests does not have. */
const authorizerMethods = /\.(group|resource|subresource|namespace|name|check|allowed)\(/g

type Program = (context: Record<string, unknown>) => unknown
const compiled = new Map<string, Program>()

/** Parses an expression and refuses what Kubernetes 1.30 does not have. */
export function compile(expression: string): Program {
  const known = compiled.get(expression)
  if (known) return known
  refuseForeignFunctions(environment.parse(expression.replaceAll(authorizerMethods, '.startsWith(')).ast)
  const program = environment.parse(expression) as Program
  compiled.set(expression, program)
  return program
}

/** Whole numbers as CEL has them. */
function celValue(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (Array.isArray(value)) return value.map(celValue)
  if (typeof value !== 'object' || value === null) return value
  const given = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(given.map(([key, one]) => [key, celValue(one)]))
}

const concerns = ({ spec }: Policy, { operation, resource }: AdmissionRequest): boolean =>
  spec.matchConstraints.resourceRules.some(
    rule =>
      rule.apiGroups.includes(resource.group) &&
      rule.apiVersions.includes(resource.version) &&
      rule.operations.includes(operation) &&
      rule.resources.includes(resource.resource),
  )

/** The API server takes an optional in a variable for an absent one, so no variable may hold one. */
function settled(name: string, value: unknown): unknown {
  if (value instanceof Optional) throw new Error(`variable ${name} holds an optional`)
  return value
}

/** Messages are made without the authorizer, and so without the variables that rest on it. */
function withoutAuthorizer(declared: Policy['spec']['variables'], values: Readonly<Record<string, unknown>>) {
  const hidden = new Set(['authorizer'])
  for (const { name, expression } of declared ?? [])
    if ([...hidden].some(word => new RegExp(`\\b${word}\\b`).test(expression))) hidden.add(`variables.${name}`)
  return Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.has(`variables.${name}`)))
}

/** The messages with which a policy refuses a request; none when it passes. Throws where the API server would meet an error. */
export function judge(policy: Policy, request: AdmissionRequest): readonly string[] {
  if (!concerns(policy, request)) return []
  const { operation, resource, namespace } = request
  const variables: Record<string, unknown> = {}
  const context = {
    object: celValue(request.object),
    oldObject: celValue(request.oldObject),
    request: { operation, resource, namespace },
    authorizer: new Question(request),
    variables,
  }
  const { matchConditions = [], variables: declared = [], validations } = policy.spec
  if (!matchConditions.every(({ expression }) => compile(expression)(context) === true)) return []
  for (const { name, expression } of declared) variables[name] = settled(name, compile(expression)(context))
  const spoken = { ...context, authorizer: undefined, variables: withoutAuthorizer(declared, variables) }
  return validations
    .filter(({ expression }) => compile(expression)(context) !== true)
    .map(({ messageExpression }) => String(compile(messageExpression)(spoken)))
}
