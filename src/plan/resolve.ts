import type { DesiredAccount, DesiredState, PhaseReason } from '../model/desired.ts'
import type { Employee } from '../model/employee.ts'
import type { Catalog } from '../model/entitlement.ts'
import type { EmployeeNumber, Instant } from '../model/ids.ts'
import type { Manifests } from '../model/manifests.ts'
import type { Finding } from '../model/origin.ts'
import type { ProviderPolicy } from '../model/provider.ts'
import type { PersonRecord, ProviderRecord } from '../model/record.ts'
import type { Traits } from '../model/traits.ts'
import { profilerOf } from './attributes.ts'
import { calendarAt } from './day.ts'
import { matcherOf } from './match.ts'
import { phaseOf } from './phase.ts'
import { scopeOf } from './scope.ts'

export interface ResolveInput {
  readonly manifests: Manifests
  readonly policy: ProviderPolicy
  readonly catalog: Catalog
  readonly record: ProviderRecord
  readonly traits: Traits
  readonly now: Instant
}

/**
 * What should be at one provider: everybody declared for it, with provenance, and everybody we still have an account of whose
 * Employee is gone. The order of the manifests does not matter.
 */
export function resolveDesired(input: ResolveInput): DesiredState {
  const { manifests, policy, record, now } = input
  const scope = scopeOf(manifests.mappings, policy, input.catalog, record.mapped)
  const findings: Finding[] = [...scope.findings]
  const untouchable = untouchableIn(input, findings)
  const people = new Map<EmployeeNumber, DesiredAccount>()
  const today = calendarAt(now)
  const match = matcherOf(scope.mappings)
  const profile = profilerOf(policy, input.traits)
  const numbers = new Map(manifests.employees.map(employee => [employee.name, employee.number]))
  for (const employee of sortedByNumber(manifests.employees)) {
    if (untouchable.has(employee.number)) continue
    const day = today(employee.timeZone)
    const why = phaseOf(employee, policy, day)
    if (why.phase === 'OutOfScope' && !isKnown(employee, record)) continue
    const { login, email, attributes, failures } = profile(employee)
    const { grants, undecided, failures: unmatched } = match(employee, day)
    findings.push(...failures.map(one => attributeFailed(employee, policy, one)))
    findings.push(...unmatched.map(one => expressionFailed(employee, policy, one)))
    if (login === undefined && why.phase !== 'OutOfScope' && why.phase !== 'Left')
      findings.push(loginless(employee, policy))
    const manager = employee.manager === undefined ? undefined : numbers.get(employee.manager)
    people.set(employee.number, {
      number: employee.number,
      employee: employee.name,
      origin: employee.origin,
      why,
      login: login ?? '',
      ...(email === undefined ? {} : { email }),
      attributes,
      ...(manager === undefined ? {} : { manager }),
      keepManager: employee.manager !== undefined && manager === undefined,
      grants,
      undecided,
      previousNumbers: employee.previousNumbers,
      retain: employee.retain,
      orphan: employee.orphan,
      ...(employee.unblockBefore === undefined ? {} : { unblockBefore: employee.unblockBefore }),
    })
  }
  for (const person of departedWithoutManifest(record, people, untouchable, manifests))
    people.set(person.number, person)
  return {
    policy,
    now,
    complete: manifests.complete,
    declaredEmployees: manifests.employees.length,
    declared: new Set(manifests.employees.flatMap(employee => [employee.number, ...employee.previousNumbers])),
    people,
    untouchable,
    scope: scope.entitlements,
    held: scope.held,
    findings,
  }
}

const byNumber = (a: { readonly number: string }, b: { readonly number: string }): number =>
  a.number < b.number ? -1 : a.number > b.number ? 1 : 0

function sortedByNumber(employees: readonly Employee[]): Employee[] {
  return [...employees].sort(byNumber)
}

function isKnown(employee: Employee, record: ProviderRecord): boolean {
  return [employee.number, ...employee.previousNumbers].some(number => {
    const known = record.people.get(number)
    return known?.account !== undefined || known?.intent !== undefined
  })
}

/** Whom nothing may be done for: the manifests say so, or a number was changed in a way that is never meant. */
function untouchableIn({ manifests, record, policy }: ResolveInput, findings: Finding[]): ReadonlySet<EmployeeNumber> {
  const untouchable = new Set([...manifests.untouchable] as EmployeeNumber[])
  for (const renumbered of renumberedByHand(manifests.employees, record)) {
    findings.push(numberChanged(renumbered, policy))
    untouchable.add(renumbered.employee.number).add(renumbered.before.number)
  }
  return untouchable
}

interface Renumbered {
  readonly employee: Employee
  readonly before: PersonRecord
}

/**
 * Employees whose number was changed without naming the old one: taken at its word that would be one person leaving and another
 * joining under the same name and mail. Somebody whose departure is done frees the name.
 */
function renumberedByHand(employees: readonly Employee[], record: ProviderRecord): Renumbered[] {
  const declared = new Set(employees.flatMap(employee => [employee.number, ...employee.previousNumbers]))
  const vanished = new Map<string, PersonRecord>()
  for (const person of record.people.values())
    if (
      person.account &&
      person.offboardedAt === undefined &&
      person.deletedAt === undefined &&
      !declared.has(person.number)
    )
      vanished.set(person.employee, person)
  return employees.flatMap(employee => {
    const before = vanished.get(employee.name)
    return before && !isKnown(employee, record) ? [{ employee, before }] : []
  })
}

function numberChanged({ employee, before }: Renumbered, policy: ProviderPolicy): Finding {
  const message =
    `Employee ${employee.name}: its employeeNumber was ${before.number} and is ${employee.number} now, which is never changed; ` +
    `list "${before.number}" in previousEmployeeNumbers if it is the same person, else give the new person another metadata.name`
  return { reason: 'ManifestInvalid', severity: 'Error', message, ...about(employee, policy) }
}

/** Everybody we are bound to whom no manifest declares any more. */
function departedWithoutManifest(
  record: ProviderRecord,
  declared: ReadonlyMap<EmployeeNumber, DesiredAccount>,
  untouchable: ReadonlySet<EmployeeNumber>,
  manifests: Manifests,
): DesiredAccount[] {
  const taken = new Set<EmployeeNumber>([...declared.keys(), ...untouchable])
  for (const employee of manifests.employees) {
    taken.add(employee.number)
    for (const number of employee.previousNumbers) taken.add(number)
  }
  const gone = [...record.people.values()].filter(
    person => !taken.has(person.number) && (person.account || person.intent),
  )
  return gone.sort(byNumber).map(leaverOf)
}

/** A leaver as our record knows them, when nothing declares them any more. */
export function leaverOf(person: PersonRecord): DesiredAccount {
  const since = person.departureSeenAt
  const why: PhaseReason = {
    phase: 'Left',
    basis: 'Inferred',
    source: 'deleted',
    ...(since === undefined ? {} : { since }),
  }
  return {
    number: person.number,
    employee: person.employee,
    why,
    login: person.login ?? person.intent?.login ?? '',
    attributes: new Map(),
    keepManager: true,
    grants: new Map(),
    undecided: new Set(),
    previousNumbers: [],
    retain: person.retain,
    orphan: person.orphan,
  }
}

function about(employee: Employee, policy: ProviderPolicy): Pick<Finding, 'subject' | 'origin' | 'provider'> {
  return { subject: { kind: 'Employee', name: employee.name }, origin: employee.origin, provider: policy.name }
}

function expressionFailed(
  employee: Employee,
  policy: ProviderPolicy,
  failure: { readonly mapping: { readonly name: string }; readonly message: string },
): Finding {
  const message =
    `Employee ${employee.name}: the expression of GroupMapping ${failure.mapping.name} failed (${failure.message}); ` +
    'their grants of that mapping are kept as they are until it is mended'
  return { reason: 'ExpressionFailed', severity: 'Warning', message, ...about(employee, policy) }
}

function attributeFailed(
  employee: Employee,
  policy: ProviderPolicy,
  failure: { readonly attribute: string; readonly message: string },
): Finding {
  const message =
    `Employee ${employee.name}: the expression for attribute ${failure.attribute} of ${policy.name} failed ` +
    `(${failure.message}); the attribute is left as it is`
  return { reason: 'ExpressionFailed', severity: 'Warning', message, ...about(employee, policy) }
}

function loginless(employee: Employee, policy: ProviderPolicy): Finding {
  const message = `Employee ${employee.name}: has no workEmail, which is the login at ${policy.name}; add one`
  return { reason: 'ManifestInvalid', severity: 'Warning', message, ...about(employee, policy) }
}
