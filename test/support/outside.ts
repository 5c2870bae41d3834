import type { Simulator } from '../../src/simulator/index.ts'

type Fields = Readonly<Record<string, unknown>>

interface TenantsState {
  readonly okta: {
    readonly users: readonly OktaUser[]
    readonly groups: readonly OktaGroup[]
    readonly apps?: readonly OktaApp[]
  }
  readonly entra: {
    readonly users: readonly Fields[]
    readonly groups: readonly EntraGroup[]
    readonly administrativeUnits: readonly EntraGroup[]
    readonly servicePrincipals?: readonly Fields[]
    readonly appRoleAssignments?: readonly Fields[]
    readonly roleAssignments?: readonly Fields[]
    readonly roleDefinitions?: readonly Fields[]
    readonly subscribedSkus?: readonly Fields[]
  }
}

interface OktaUser {
  readonly id: string
  readonly status: string
  readonly profile: Fields
}

interface OktaGroup {
  readonly profile: { readonly name: string }
  readonly members: readonly (string | { readonly user: string })[]
}

/** An app and who is assigned to it by themselves. */
interface OktaApp {
  readonly label: string
  readonly users: readonly (string | { readonly user: string; readonly scope?: string })[]
}

interface EntraGroup extends Fields {
  readonly displayName: string
  readonly members?: readonly string[]
}

/** Both tenants as their control port shows them: people by login, memberships by name, no ids and no times. */
export async function seenFromOutside(simulator: Simulator): Promise<unknown> {
  const response = await fetch(`${simulator.control}/state`)
  const { okta, entra } = (await response.json()) as TenantsState
  return { okta: oktaPeople(okta), entra: entraPeople(entra) }
}

function oktaPeople({ users, groups, apps = [] }: TenantsState['okta']): Fields {
  const logins = new Map(users.map(user => [user.id, String(user.profile.login)]))
  return byName(
    users.map(({ id, status, profile }) => {
      const { login, managerId, ...rest } = profile
      const held = groups.filter(group =>
        group.members.some(member => (typeof member === 'string' ? member : member.user) === id),
      )
      const facts = {
        status,
        ...withoutEmpty(rest),
        ...(typeof managerId === 'string' ? { managerId: logins.get(managerId) ?? managerId } : {}),
        groups: held
          .map(group => group.profile.name)
          .filter(name => name !== 'Everyone')
          .sort(),
        ...withoutEmpty({
          apps: apps
            .filter(app => isAssigned(app, id))
            .map(app => app.label)
            .sort(),
        }),
      }
      return [String(login), facts]
    }),
  )
}

function isAssigned({ users }: OktaApp, id: string): boolean {
  return users.some(one => (typeof one === 'string' ? one === id : one.user === id && one.scope !== 'GROUP'))
}

function entraPeople(tenant: TenantsState['entra']): Fields {
  const { users, groups, administrativeUnits } = tenant
  const logins = new Map(users.map(user => [String(user.id), String(user.userPrincipalName)]))
  const holdings = (sets: readonly EntraGroup[], id: unknown): string[] =>
    sets
      .filter(set => set.members?.includes(String(id)))
      .map(set => set.displayName)
      .sort()
  return byName(
    users.map(user => {
      const shown = Object.fromEntries(Object.entries(user).filter(([name]) => entraFacts.has(name)))
      const { manager, ...rest } = shown
      const facts = {
        ...withoutEmpty(rest),
        ...(user.deletedDateTime === undefined || user.deletedDateTime === null ? {} : { binned: true }),
        ...(typeof manager === 'string' ? { manager: logins.get(manager) ?? manager } : {}),
        groups: holdings(groups, user.id),
        units: holdings(administrativeUnits, user.id),
        ...withoutEmpty(otherHoldings(tenant, user)),
      }
      return [String(user.userPrincipalName).replace(/^[0-9a-f]{32}/, '(binned) '), facts]
    }),
  )
}

/** Enterprise applications, directory roles and licences of a user. */
function otherHoldings(tenant: TenantsState['entra'], user: Fields): Fields {
  const ours = (rows: readonly Fields[] = []): readonly Fields[] =>
    rows.filter(({ principal }) => principal === user.id)
  const named = (rows: readonly Fields[] = [], id: unknown): string =>
    String(rows.find(row => row.id === id)?.displayName ?? id)
  const licences = (user.assignedLicenses ?? []) as readonly Fields[]
  const product = ({ skuId }: Fields): string =>
    String(tenant.subscribedSkus?.find(sku => sku.skuId === skuId)?.skuPartNumber ?? skuId)
  return {
    apps: ours(tenant.appRoleAssignments)
      .map(({ resource }) => named(tenant.servicePrincipals, resource))
      .sort(),
    roles: ours(tenant.roleAssignments)
      .map(({ role }) => named(tenant.roleDefinitions, role))
      .sort(),
    licences: licences.map(product).sort(),
  }
}

/** What a reader of an example wants to see; everything else is ids, times or the vendor's own. */
const entraFacts = new Set([
  'accountEnabled',
  'businessPhones',
  'city',
  'companyName',
  'country',
  'department',
  'displayName',
  'employeeId',
  'employeeType',
  'givenName',
  'jobTitle',
  'mail',
  'manager',
  'mobilePhone',
  'otherMails',
  'postalCode',
  'preferredLanguage',
  'state',
  'streetAddress',
  'surname',
  'usageLocation',
])

function withoutEmpty(fields: Fields): Fields {
  const empty = (value: unknown): boolean =>
    value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => !empty(value))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function byName(entries: readonly (readonly [string, unknown])[]): Fields {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}
