import { Environment } from '@marcbachmann/cel-js'
import type { StructuralSchema, ValidationRule } from '../api/crd.ts'
import { type DeclaredType, declareType } from '../expression/cel-values.ts'
import { refuseForeignFunctions } from '../expression/functions.ts'
import type { Path } from './schema-path.ts'

/** A CEL rule that does not hold. */
export interface RuleFault {
  readonly path: Path
  readonly message: string
}

/** Checks the CEL rules of a CRD on a valid object; `stored` is what an update replaces, for rules with `oldSelf`. */
export type RuleCheck = (object: unknown, stored?: unknown) => RuleFault[]

type Context = { readonly self: unknown; readonly oldSelf?: unknown }

interface CompiledRule {
  readonly holds: (context: Context) => unknown
  readonly message: (context: Context) => string
  readonly transition: boolean
  readonly at: Path
}

/** A node of the schema with rules on it or below it. */
interface RuleNode {
  readonly rules: readonly CompiledRule[]
  readonly fields: readonly (readonly [string, RuleNode])[]
  readonly items?: RuleNode
  readonly values?: RuleNode
  /** Field that tells the entries of a list apart, so that `oldSelf` of an entry is known. */
  readonly keys?: readonly string[]
}

const firstLine = (error: unknown) => String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''

function compileRule(
  environment: Environment,
  { rule, message, messageExpression, fieldPath }: ValidationRule,
): CompiledRule {
  const program = (text: string) => {
    const parsed = environment.parse(text)
    refuseForeignFunctions(parsed.ast)
    const checked = parsed.check()
    if (!checked.valid) throw new Error(`rule ${text}: ${firstLine(checked.error)}`)
    return parsed as (context: Context) => unknown
  }
  const spoken = messageExpression === undefined ? undefined : program(messageExpression)
  const fallback = message ?? `does not satisfy ${rule}`
  return {
    holds: program(rule),
    message: context => {
      try {
        return spoken ? String(spoken(context)) : fallback
      } catch {
        return fallback
      }
    },
    transition: /\boldSelf\b/.test(rule),
    at: fieldPath?.split('.').slice(1) ?? [],
  }
}

function compileNode(base: Environment, schema: StructuralSchema, type: DeclaredType): RuleNode | undefined {
  const validations = schema['x-kubernetes-validations'] ?? []
  const rules: CompiledRule[] = []
  if (validations.length > 0) {
    const environment = base.clone().registerVariable('self', type.name).registerVariable('oldSelf', type.name)
    for (const validation of validations) rules.push(compileRule(environment, validation))
  }
  const fields = [...(type.fields ?? [])].flatMap(([key, child]) => {
    const node = compileNode(base, schema.properties?.[key] ?? {}, child)
    return node ? [[key, node] as const] : []
  })
  const items = schema.items && type.items ? compileNode(base, schema.items, type.items) : undefined
  const values =
    schema.additionalProperties && type.values ? compileNode(base, schema.additionalProperties, type.values) : undefined
  if (rules.length === 0 && fields.length === 0 && !items && !values) return undefined
  const keys = schema['x-kubernetes-list-map-keys']
  return { rules, fields, ...(items && { items }), ...(values && { values }), ...(keys && { keys }) }
}

type Fields = Readonly<Record<string, unknown>>

/** The entry of a map-list that was there before under the same keys. Entries of other lists have no past. */
function entryBefore(entry: unknown, before: unknown, keys: readonly string[] | undefined): unknown {
  if (!keys || !Array.isArray(before)) return undefined
  return before.find((old: Fields) => keys.every(key => old[key] === (entry as Fields)[key]))
}

function checkRules(node: RuleNode, context: Context, path: Path, faults: RuleFault[]): void {
  for (const rule of node.rules) {
    if (rule.transition && context.oldSelf === undefined) continue
    try {
      if (rule.holds(context) === true) continue
      faults.push({ path: [...path, ...rule.at], message: rule.message(context) })
    } catch {
      faults.push({ path: [...path, ...rule.at], message: rule.message(context) })
    }
  }
}

function checkNode(node: RuleNode, context: Context, path: Path, faults: RuleFault[]): void {
  const { self, oldSelf } = context
  if (self === undefined) return
  checkRules(node, context, path, faults)
  for (const [key, child] of node.fields) {
    const part = (self as Fields)[key]
    if (part !== undefined)
      checkNode(child, { self: part, oldSelf: (oldSelf as Fields | undefined)?.[key] }, [...path, key], faults)
  }
  const { items, values } = node
  if (items)
    for (const [index, entry] of (self as unknown[]).entries())
      checkNode(items, { self: entry, oldSelf: entryBefore(entry, oldSelf, node.keys) }, [...path, index], faults)
  if (values)
    for (const [key, value] of self as ReadonlyMap<string, unknown>)
      checkNode(
        values,
        { self: value, oldSelf: (oldSelf as ReadonlyMap<string, unknown> | undefined)?.get(key) },
        [...path, key],
        faults,
      )
}

/**
 * Compiles the CEL rules of a kind. A rule that is wrong, or uses what Kubernetes 1.30 does not have, throws here. A rule that
 * cannot be evaluated counts as broken, as on the API server. Status is not looked at: a write of the object leaves it alone.
 */
export function compileRules(kind: string, schema: StructuralSchema): RuleCheck {
  const { status: _, ...properties } = schema.properties ?? {}
  const metadata: StructuralSchema = {
    type: 'object',
    properties: { name: { type: 'string' }, generateName: { type: 'string' } },
  }
  const root: StructuralSchema = { ...schema, properties: { ...properties, metadata } }
  const environment = new Environment({ enableOptionalTypes: true })
  const type = declareType(environment, kind, root)
  const node = compileNode(environment, root, type)
  return (object, stored) => {
    const faults: RuleFault[] = []
    if (!node) return faults
    const oldSelf = stored === undefined ? undefined : type.convert(stored)
    checkNode(node, { self: type.convert(object), oldSelf }, [], faults)
    return faults
  }
}
