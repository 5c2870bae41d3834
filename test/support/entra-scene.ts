import type { Entitlement } from '../../src/model/entitlement.ts'
import type { AccountId, EmployeeNumber, EntitlementId, ProviderName } from '../../src/model/ids.ts'
import type { ApprovedOperation, OperationVerb, Outcome } from '../../src/model/plan.ts'
import type { EntraOptions } from '../../src/provider/entra/index.ts'
import type { Provider } from '../../src/provider/provider.ts'
import { approve, type ResolvedAccounts } from './approved.ts'
import { operation } from './builders.ts'
import { type EntraTenant, entraTenant } from './entra-tenant.ts'

/** A tenant with both marker groups and a provider connected to it: what the tests of single operations need. */
export class EntraScene {
  readonly tenant: EntraTenant
  provider: Provider

  constructor(tenant: EntraTenant) {
    this.tenant = tenant
    this.provider = tenant.provider()
  }

  /** Connects anew with other options. */
  reconnect(options: Partial<EntraOptions>): void {
    this.provider = this.tenant.provider(options)
  }

  approved(verb: OperationVerb, resolved: ResolvedAccounts = {}): ApprovedOperation {
    const person = { number: '7' as EmployeeNumber, employee: 'ada', login: 'ada@example.com' }
    return approve(operation(verb, { person, provider: 'entra' as ProviderName }), resolved)
  }

  /** Carries out one operation on an account. */
  async run(verb: OperationVerb, account?: AccountId, managerAccount?: AccountId): Promise<Outcome> {
    const resolved = {
      ...(account === undefined ? {} : { account }),
      ...(managerAccount === undefined ? {} : { managerAccount }),
    }
    const signal = new AbortController().signal
    for await (const outcome of this.provider.apply([this.approved(verb, resolved)], signal)) return outcome
    throw new Error('apply yielded no outcome')
  }

  /** Makes a user by hand. */
  seed(name: string, more: Readonly<Record<string, unknown>> = {}): AccountId {
    return this.tenant.add('users', {
      userPrincipalName: `${name}@example.com`,
      displayName: name,
      ...more,
    }) as AccountId
  }

  /** Gives a user the highest role. */
  admin(id: AccountId): AccountId {
    this.tenant.set({ roleAssignments: [{ role: 'Global Administrator', principal: id }] })
    return id
  }

  /** Puts a user into the bin by hand. */
  bin(id: AccountId): void {
    this.tenant.change(id, user => ({ ...user, deletedDateTime: new Date().toISOString() }))
  }

  /** Makes a group or unit by hand, called `Target` unless it says otherwise. */
  entitlement(kind: 'Group' | 'AdministrativeUnit', object: Readonly<Record<string, unknown>> = {}): Entitlement {
    const all = { displayName: 'Target', ...object }
    const id = this.tenant.add(kind === 'Group' ? 'groups' : 'administrativeUnits', all)
    return { kind, id: id as EntitlementId, name: all.displayName, privileged: false }
  }

  membersOf(id: string): readonly string[] {
    const { groups = [], administrativeUnits = [], users = [] } = this.tenant.state
    const members = [...groups, ...administrativeUnits].find(object => object.id === id)?.members ?? []
    return members.map(member => String(users.find(user => user.userPrincipalName === member)?.id ?? member))
  }

  marked(name: 'tenure-managed' | 'tenure-managed-blocked', id: AccountId): boolean {
    const group = this.tenant.state.groups?.find(one => one.displayName === name)
    return this.membersOf(String(group?.id)).includes(id)
  }
}

/** Starts a tenant that holds the two markers and nothing else. */
export async function entraScene(): Promise<EntraScene> {
  const groups = [{ displayName: 'tenure-managed' }, { displayName: 'tenure-managed-blocked' }]
  return new EntraScene(await entraTenant({ groups }))
}
