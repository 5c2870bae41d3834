import { type CompiledExpression, compileExpression, prepareEmployee } from '../expression/expression.ts'
import type { DesiredGrant } from '../model/desired.ts'
import type { Employee } from '../model/employee.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { Day, EntitlementId } from '../model/ids.ts'
import type { GroupMapping } from '../model/mapping.ts'
import type { MappingScope } from './scope.ts'
import { selects } from './selector.ts'

/** What the mappings say of one person. */
export interface Match {
  readonly grants: ReadonlyMap<EntitlementId, DesiredGrant>
  /** Entitlements of mappings whose expression failed for this person, less those granted otherwise. */
  readonly undecided: ReadonlySet<EntitlementId>
  readonly failures: readonly { readonly mapping: GroupMapping; readonly message: string }[]
}

interface Rule {
  readonly scope: MappingScope
  readonly expression: CompiledExpression<boolean> | undefined
  readonly index: number
}

const noEntitlements: ReadonlySet<EntitlementId> = new Set()

/**
 * Prepares mappings for many people. Mappings that name groups are found by group, so that a person costs as much as the
 * mappings that may concern them. People matched by the same mappings share one set of grants.
 */
export function matcherOf(scopes: readonly MappingScope[]): (employee: Employee, today: Day) => Match {
  const byGroup = new Map<string, Rule[]>()
  const forAnyone: Rule[] = []
  for (const [index, scope] of scopes.entries()) {
    const rule = { scope, expression: compiled(scope.mapping), index }
    if (!scope.mapping.groups) forAnyone.push(rule)
    for (const group of new Set(scope.mapping.groups ?? [])) {
      const rules = byGroup.get(group) ?? []
      rules.push(rule)
      byGroup.set(group, rules)
    }
  }
  const shared = new Map<string, ReadonlyMap<EntitlementId, DesiredGrant>>()
  return (employee, today) => {
    const candidates = candidatesOf(employee, byGroup, forAnyone)
    const { granted, failures } = decide(candidates, employee, today)
    const key = granted.map(rule => rule.index).join(' ')
    let grants = shared.get(key)
    if (!grants) {
      grants = grantsOf(granted)
      shared.set(key, grants)
    }
    return { grants, undecided: undecidedBy(failures, grants), failures: failures.map(reported) }
  }
}

interface Failure {
  readonly rule: Rule
  readonly message: string
}

const reported = (failure: Failure): Match['failures'][number] => ({
  mapping: failure.rule.scope.mapping,
  message: failure.message,
})

function compiled(mapping: GroupMapping): CompiledExpression<boolean> | undefined {
  if (mapping.expression === undefined) return undefined
  const expression = compileExpression(mapping.expression, 'bool')
  if ('evaluate' in expression) return expression
  throw new Error(
    `the expression of GroupMapping ${mapping.name} was not checked before planning: ${expression.message}`,
  )
}

function candidatesOf(
  employee: Employee,
  byGroup: ReadonlyMap<string, readonly Rule[]>,
  forAnyone: readonly Rule[],
): Rule[] {
  const found = new Set<Rule>(forAnyone)
  for (const group of employee.groups) for (const rule of byGroup.get(group) ?? []) found.add(rule)
  return [...found].sort((a, b) => a.index - b.index)
}

function decide(candidates: readonly Rule[], employee: Employee, today: Day): { granted: Rule[]; failures: Failure[] } {
  const granted: Rule[] = []
  const failures: Failure[] = []
  let prepared: ReturnType<typeof prepareEmployee> | undefined
  for (const rule of candidates) {
    const { selector, validFrom, validUntil } = rule.scope.mapping
    if ((validFrom !== undefined && today < validFrom) || (validUntil !== undefined && validUntil < today)) continue
    if (selector && !selects(selector, employee.labels)) continue
    if (!rule.expression) {
      granted.push(rule)
      continue
    }
    prepared ??= prepareEmployee(employee.declared, employee.labels)
    const result = rule.expression.evaluate(prepared)
    if (!result.ok) failures.push({ rule, message: result.message })
    else if (result.value === true) granted.push(rule)
  }
  return { granted, failures }
}

function grantsOf(granted: readonly Rule[]): ReadonlyMap<EntitlementId, DesiredGrant> {
  const grants = new Map<EntitlementId, { entitlement: Entitlement; mappings: string[] }>()
  for (const { scope } of granted)
    for (const entitlement of scope.entitlements) {
      const known = grants.get(entitlement.id)
      if (!known) grants.set(entitlement.id, { entitlement, mappings: [scope.mapping.name] })
      else if (!known.mappings.includes(scope.mapping.name)) known.mappings.push(scope.mapping.name)
    }
  return grants
}

function undecidedBy(
  failures: readonly Failure[],
  grants: ReadonlyMap<EntitlementId, DesiredGrant>,
): ReadonlySet<EntitlementId> {
  if (failures.length === 0) return noEntitlements
  const ids = failures.flatMap(failure => failure.rule.scope.entitlements.map(entitlement => entitlement.id))
  return new Set(ids.filter(id => !grants.has(id)))
}
