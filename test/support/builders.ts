import type { Account } from '../../src/model/account.ts'
import type { DesiredAccount, DesiredState } from '../../src/model/desired.ts'
import type { Employee, EmployeeField } from '../../src/model/employee.ts'
import type { Entitlement, EntitlementName } from '../../src/model/entitlement.ts'
import type { AccountId, Day, EmployeeNumber, EntitlementId, ProviderName } from '../../src/model/ids.ts'
import type { Manifests } from '../../src/model/manifests.ts'
import type { GroupMapping, Selector } from '../../src/model/mapping.ts'
import type { Origin } from '../../src/model/origin.ts'
import type { Operation, OperationVerb } from '../../src/model/plan.ts'
import type { GuardPolicy, IdentityProvider, ProviderPolicy } from '../../src/model/provider.ts'

/*
 * Builders of model values with defaults that make sense together: employee `E1` is Ada Lovelace, started in 2020, and matches every
 * provider; `policy()` is an enforcing provider named `memory` with generous budgets. Each takes what a test is about, in plain
 * strings where the model has brands, and nothing else.
 */

export const number = (text: string): EmployeeNumber => text as EmployeeNumber
export const accountId = (text: string): AccountId => text as AccountId
export const entitlementId = (text: string): EntitlementId => text as EntitlementId
export const providerName = (text: string): ProviderName => text as ProviderName
export const day = (text: string): Day => text as Day
/** `2026-03-02T09:00:00Z`, a Monday morning: the moment tests happen at unless they say otherwise. */
export const MONDAY = Date.UTC(2026, 2, 2, 9)

/** Matches everything. */
const everybody: Selector = { matchLabels: {}, matchExpressions: [] }

/** A place in a file of manifests. */
function origin(file = 'people.yaml', line = 1): Origin {
  return { kind: 'File', file, line, column: 1 }
}

type EmployeeOptions = Partial<Omit<Employee, 'number' | 'startDate' | 'endDate' | 'previousNumbers' | 'fields'>> & {
  readonly number?: string
  readonly startDate?: string
  readonly endDate?: string
  readonly previousNumbers?: readonly string[]
  /** Beside the names, e-mail, number and days that are always set. */
  readonly fields?: Partial<Record<EmployeeField, string>>
}

/** A person as declared. `fields` and `declared` follow from what is given. */
export function employee(options: EmployeeOptions = {}): Employee {
  const { number: id = 'E1', startDate = '2020-01-01', endDate, previousNumbers = [], fields = {}, ...rest } = options
  const name = rest.name ?? (id === 'E1' ? 'ada' : `person-${id.toLowerCase()}`)
  const all: Partial<Record<EmployeeField, string>> = {
    employeeNumber: id,
    givenName: 'Ada',
    familyName: 'Lovelace',
    displayName: 'Ada Lovelace',
    workEmail: `${name}@example.com`,
    'employment.startDate': startDate,
    ...(endDate === undefined ? {} : { 'employment.endDate': endDate }),
    'employment.timeZone': rest.timeZone ?? 'UTC',
    ...fields,
  }
  return {
    namespace: 'default',
    origin: origin(`${name}.yaml`),
    labels: {},
    groups: [],
    timeZone: 'UTC',
    leaves: [],
    suspended: false,
    retain: false,
    orphan: false,
    declared: declaredSpec(all, rest.groups ?? []),
    ...rest,
    name,
    number: number(id),
    previousNumbers: previousNumbers.map(number),
    fields: all,
    startDate: day(startDate),
    ...(endDate === undefined ? {} : { endDate: day(endDate) }),
  }
}

/** `spec` as expressions see it: `address.city` becomes `address: { city }`. */
function declaredSpec(
  fields: Partial<Record<EmployeeField, string>>,
  groups: readonly string[],
): Record<string, unknown> {
  const spec: Record<string, unknown> = { groups }
  for (const [path, value] of Object.entries(fields)) {
    const [head = path, tail] = path.split('.')
    if (tail === undefined) spec[head] = value
    else spec[head] = { ...(spec[head] as Record<string, unknown> | undefined), [tail]: value }
  }
  return spec
}

type MappingOptions = Partial<Omit<GroupMapping, 'grants' | 'validFrom' | 'validUntil'>> & {
  readonly validFrom?: string
  readonly validUntil?: string
  /** Names of groups at the provider `memory`; other kinds and providers in full. */
  readonly grants?: readonly string[] | GroupMapping['grants']
}

/** A rule that gives the group `Engineering` of the provider `memory` to everybody. */
export function mapping(options: MappingOptions = {}): GroupMapping {
  const { grants = ['Engineering'], validFrom, validUntil, ...rest } = options
  const grouped = !('groups' in rest || 'selector' in rest || 'expression' in rest)
  return {
    name: 'engineering',
    namespace: 'default',
    origin: origin('mappings.yaml'),
    mode: 'Authoritative',
    onDelete: 'Revoke',
    allowPrivileged: false,
    ...(grouped ? { selector: everybody } : {}),
    ...rest,
    ...(validFrom === undefined ? {} : { validFrom: day(validFrom) }),
    ...(validUntil === undefined ? {} : { validUntil: day(validUntil) }),
    grants: grants.flatMap((grant): GroupMapping['grants'] =>
      typeof grant === 'string' ? [{ provider: 'memory', entitlements: [groupName(grant)] }] : [grant],
    ),
  }
}

/** The name of a group at a provider. */
/** How a mapping names an entitlement. */
export function entitlementName(kind: EntitlementName['kind'], name: string): EntitlementName {
  return { kind, name }
}

function groupName(name: string): EntitlementName {
  return { kind: 'Group', name }
}

type PolicyOptions = Partial<Omit<ProviderPolicy, 'name' | 'lifecycle' | 'offboarding' | 'guard'>> & {
  readonly name?: string
  readonly lifecycle?: Partial<ProviderPolicy['lifecycle']>
  readonly offboarding?: Partial<ProviderPolicy['offboarding']>
  readonly guard?: Partial<GuardPolicy>
}

/** An enforcing provider that nothing holds back: every budget is 100 percent. */
export function policy(options: PolicyOptions = {}): ProviderPolicy {
  const { name = 'memory', lifecycle, offboarding, guard, ...rest } = options
  const all = { percent: 100, atLeast: 5 }
  return {
    namespace: 'default',
    origin: origin('providers.yaml'),
    employeeSelector: everybody,
    onUnmatched: 'Retain',
    marker: 'tenure-managed',
    owner: 'acme',
    adopt: 'ByEmployeeNumber',
    firstCredential: false,
    attributes: [],
    mode: 'Enforce',
    fullReadEveryMs: 3_600_000,
    paused: false,
    ...rest,
    name: providerName(name),
    lifecycle: { create: true, update: true, offboard: true, stageBeforeDays: 7, ...lifecycle },
    offboarding: { delete: false, graceDays: 30, revokeSessions: true, revokeGrants: true, ...offboarding },
    guard: {
      limits: { leave: all, block: all, revoke: all, enable: all, rename: all },
      protected: [],
      approved: [],
      ...guard,
    },
  }
}

/** An IdentityProvider around a policy. */
export function identityProvider(options: PolicyOptions = {}): IdentityProvider {
  return { policy: policy(options), connection: {} }
}

type AccountOptions = Partial<Omit<Account, 'id' | 'number' | 'manager'>> & {
  readonly id?: string
  readonly number?: string
  readonly manager?: string
}

/** An enabled, marked account of employee `E1`. A test that sets `state` to blocked sets `departed` too where it matters. */
export function account(options: AccountOptions = {}): Account {
  const { id = 'account-E1', number: employeeNumber = 'E1', manager, ...rest } = options
  const login = rest.login ?? 'ada@example.com'
  return {
    login,
    email: login,
    state: 'Enabled',
    status: rest.state ?? 'Enabled',
    departed: rest.state === 'Deleted',
    marked: true,
    blockMarked: false,
    attributes: {},
    ...rest,
    id: accountId(id),
    number: number(employeeNumber),
    ...(manager === undefined ? {} : { manager: accountId(manager) }),
  }
}

/** A static group that may be written; its id is `group-` and its name. */
export function entitlement(name = 'Engineering', options: Partial<Entitlement> = {}): Entitlement {
  return { kind: 'Group', id: entitlementId(`group-${name}`), name, privileged: false, ...options }
}

/** Everything that was declared: one employee, one mapping and one provider unless the test says otherwise; whole and without faults. */
export function manifests(options: Partial<Manifests> = {}): Manifests {
  return {
    employees: [employee()],
    mappings: [mapping()],
    providers: [identityProvider()],
    findings: [],
    complete: true,
    untouchable: new Set(),
    ...options,
  }
}

type DesiredAccountOptions = Partial<Omit<DesiredAccount, 'number' | 'manager' | 'attributes'>> & {
  readonly number?: string
  readonly manager?: string
  /** Owned by git. */
  readonly attributes?: Readonly<Record<string, string | undefined>>
}

/** What the account of an active employee should be. */
export function desiredAccount(options: DesiredAccountOptions = {}): DesiredAccount {
  const { number: id = 'E1', manager, attributes = {}, ...rest } = options
  const login = rest.login ?? 'ada@example.com'
  return {
    employee: 'ada',
    origin: origin('ada.yaml'),
    why: { phase: 'Active', basis: 'Declared', source: 'employment.startDate' },
    login,
    email: login,
    keepManager: false,
    grants: new Map(),
    undecided: new Set(),
    previousNumbers: [],
    retain: false,
    orphan: false,
    ...rest,
    number: number(id),
    ...(manager === undefined ? {} : { manager: number(manager) }),
    attributes: new Map(
      Object.entries(attributes).map(([name, value]) => [name, { value, owner: 'Git', source: name } as const]),
    ),
  }
}

/** What should be at one provider, for these people. */
export function desiredState(
  people: readonly DesiredAccount[] = [],
  options: Partial<DesiredState> = {},
): DesiredState {
  return {
    policy: policy(),
    now: MONDAY,
    complete: true,
    declaredEmployees: people.length,
    declared: new Set(people.map(person => person.number)),
    untouchable: new Set(),
    scope: new Map(),
    held: [],
    findings: [],
    ...options,
    people: new Map(people.map(person => [person.number, person])),
  }
}

type OperationOptions = Partial<Pick<Operation, 'person' | 'target' | 'lane' | 'because' | 'provider' | 'counts'>>

/** One verb about employee `E1`, bound to nothing unless `target` says so. */
export function operation(verb: OperationVerb, options: OperationOptions = {}): Operation {
  return {
    provider: providerName('memory'),
    person: { number: number('E1'), employee: 'ada', login: 'ada@example.com' },
    target: { kind: 'Created' },
    lane: 'Repair',
    because: { text: 'a test asks for it', sources: [], basis: 'Declared' },
    ...options,
    ...verb,
  }
}
