import { approve, type ResolvedAccounts } from '../../../test/support/approved.ts'
import { desiredAccount, operation } from '../../../test/support/builders.ts'
import type { Account, AccountKey, FoundAccount, Snapshot } from '../../model/account.ts'
import type { DesiredAccount } from '../../model/desired.ts'
import type { EmployeeField } from '../../model/employee.ts'
import type { Entitlement, EntitlementName, Resolution } from '../../model/entitlement.ts'
import type { AccountId, AttributeName, EmployeeNumber, EntitlementId, ProviderName } from '../../model/ids.ts'
import { blockedMarkerOf, entitlementKey } from '../../model/keys.ts'
import type { ApprovedOperation, MarkerKind, OperationVerb, Outcome } from '../../model/plan.ts'
import type { Provider } from '../provider.ts'
import type { OutsideAccount, OutsideTenant, SeedGroup, World } from './world.ts'

/** Who an operation of a case is about, and the accounts it names. */
export interface About extends ResolvedAccounts {
  /** Employee number; `E1` when absent. */
  readonly number?: string
  readonly login?: string
}

/** Another employee to be made by the product. */
export interface Joiner {
  /** Employee number, and the local part of the login; `E1` when absent. */
  readonly number?: string
  readonly state?: 'Staged' | 'Enabled'
  readonly grants?: readonly Entitlement[]
  readonly fields?: Partial<Record<EmployeeField, string>>
}

/** One case's world with the short ways its sentences need. */
export class Scene {
  readonly world: World
  readonly provider: Provider
  readonly tenant: OutsideTenant
  readonly signal: AbortSignal = new AbortController().signal

  constructor(world: World) {
    this.world = world
    this.provider = world.provider
    this.tenant = world.tenant
  }

  login(name: string): string {
    return `${name.toLowerCase()}@${this.world.loginDomain}`
  }

  /** Where the provider puts an Employee field, if it does. */
  attribute(field: EmployeeField): AttributeName | undefined {
    return this.provider.traits.attributes.find(({ from }) => from === field)?.to
  }

  /** Employee fields as this provider's attributes; those it has no place for are left out. */
  attributes(fields: Partial<Record<EmployeeField, string>>): Record<AttributeName, string> {
    const attributes: Record<AttributeName, string> = {}
    for (const { to, from } of this.provider.traits.attributes) {
      const value = fields[from]
      if (value !== undefined) attributes[to] = value
    }
    return attributes
  }

  /** What every employee has: names, e-mail, number. */
  basics(number: string): Partial<Record<EmployeeField, string>> {
    return {
      employeeNumber: number,
      givenName: 'Ada',
      familyName: 'Lovelace',
      displayName: 'Ada Lovelace',
      workEmail: this.login(number),
    }
  }

  approved(verb: OperationVerb, about: About = {}): ApprovedOperation {
    const { number = 'E1', login = this.login(number), ...accounts } = about
    const person = { number: number as EmployeeNumber, employee: `person-${number.toLowerCase()}`, login }
    return approve(operation(verb, { person, provider: 'conformance' as ProviderName }), accounts)
  }

  /** Carries out one operation. */
  async run(verb: OperationVerb, about: About = {}): Promise<Outcome> {
    const [outcome] = await this.runAll([this.approved(verb, about)])
    if (outcome === undefined) throw new Error(`apply yielded no outcome for ${verb.kind}`)
    return outcome
  }

  async runAll(
    operations: readonly ApprovedOperation[],
    signal: AbortSignal = this.signal,
  ): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = []
    for await (const outcome of this.provider.apply(operations, signal)) outcomes.push(outcome)
    return outcomes
  }

  createVerb({ number = 'E1', state = 'Enabled', grants = [], fields = {} }: Joiner = {}): OperationVerb {
    const attributes = this.attributes({ ...this.basics(number), ...fields })
    return { kind: 'create', state, login: this.login(number), attributes, grants }
  }

  /** Makes an employee's account with the product and gives its id. */
  async joined(joiner: Joiner = {}): Promise<AccountId> {
    const outcome = await this.run(this.createVerb(joiner), { number: joiner.number ?? 'E1' })
    if (outcome.kind !== 'applied' || outcome.account === undefined) {
      throw new Error(`create was ${outcome.kind}: ${'message' in outcome ? outcome.message : 'without an account'}`)
    }
    return outcome.account
  }

  /** A stranger: no number, no marks. */
  async stranger(name = 'stranger'): Promise<AccountId> {
    return this.tenant.seedAccount({ login: this.login(name) })
  }

  async find(key: AccountKey): Promise<readonly FoundAccount[]> {
    const [result] = await this.provider.lookup([key], this.signal)
    return result?.accounts ?? []
  }

  /** The account as a direct read gives it. */
  async read(id: AccountId): Promise<Account | undefined> {
    const [found] = await this.find({ kind: 'Id', id })
    return found?.account
  }

  /** The account as it is at the tenant. */
  async seen(id: AccountId): Promise<OutsideAccount | undefined> {
    return (await this.tenant.accounts()).find(account => account.id === id)
  }

  async resolve(name: string, kind: EntitlementName['kind'] = 'Group'): Promise<Resolution | undefined> {
    const catalog = await this.provider.catalog([{ kind, name }], this.signal)
    return catalog.entitlements.get(entitlementKey({ kind, name }))
  }

  /** Makes a group, administrative unit or app by hand and resolves it. */
  async group(seed: SeedGroup): Promise<Entitlement> {
    const id = await this.tenant.seedGroup(seed)
    const kind = seed.kind === 'AdministrativeUnit' || seed.kind === 'App' ? seed.kind : 'Group'
    const resolution = await this.resolve(`id:${id}`, kind)
    if (resolution?.kind !== 'Found')
      throw new Error(`${kind} ${seed.name} (${id}) is ${resolution?.kind ?? 'not'} resolved`)
    return resolution.entitlement
  }

  /** Id of a marker group, seen from outside. */
  async marker(kind: MarkerKind): Promise<EntitlementId> {
    const name = kind === 'Managed' ? this.world.marker : blockedMarkerOf(this.world.marker)
    const found = (await this.tenant.groups()).find(group => group.name === name)
    if (found === undefined) throw new Error(`there is no group ${name}`)
    return found.id
  }

  /** Whether the account is in the marker, and in the blocked marker, seen from outside. */
  async marks(id: AccountId): Promise<{ readonly managed: boolean; readonly blocked: boolean }> {
    const members = async (kind: MarkerKind): Promise<boolean> =>
      (await this.tenant.members(await this.marker(kind))).has(id)
    return { managed: await members('Managed'), blocked: await members('Blocked') }
  }

  async snapshot(entitlements: readonly Entitlement[] = [], bound: readonly AccountId[] = []): Promise<Snapshot> {
    return this.provider.snapshot({ bound, entitlements }, this.signal)
  }

  /** Everything at the tenant as one text, to see whether anything changed. */
  async fingerprint(): Promise<string> {
    const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)
    const accounts = [...(await this.tenant.accounts())].sort(byId)
    const groups = [...(await this.tenant.groups())].sort(byId)
    const members = await Promise.all(groups.map(async ({ id }) => [...(await this.tenant.members(id))].sort()))
    return JSON.stringify({ accounts, groups, members })
  }

  /** A person as desired, for `canonicalize`. */
  desired(number: string, attributes: Readonly<Record<AttributeName, string | undefined>>): DesiredAccount {
    const login = this.login(number)
    return desiredAccount({ number, employee: `person-${number.toLowerCase()}`, login, email: login, attributes })
  }
}
