import { type EntraTenant, entraTenant, stateAttributes } from '../../../test/support/entra-tenant.ts'
import type { AccountId, AttributeName, EntitlementId } from '../../model/ids.ts'
import type { ObjectState } from '../../simulator/entra/index.ts'
import { DEFAULT_PERMISSIONS } from '../../simulator/entra/roles.ts'
import type { Fault } from '../../simulator/index.ts'
import {
  describeConformance,
  type OutsideAccount,
  type OutsideState,
  type OutsideTenant,
  type SeedGroup,
  type World,
  type WorldFault,
} from '../conformance.ts'
import { entraTraits } from './schema.ts'

const GLOBAL_ADMINISTRATOR = 'Global Administrator'

const refusedToken: readonly Fault[] = [
  {
    provider: 'entra',
    path: '/v1.0/*',
    fault: 'status',
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken', message: 'Access token validation failure.' } },
  },
  {
    provider: 'entra',
    method: 'POST',
    path: '/*/oauth2/v2.0/token',
    fault: 'status',
    status: 401,
    body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.' },
  },
]

const writes = (fault: Omit<Fault, 'path'>): readonly Fault[] =>
  ['POST', 'PATCH', 'PUT', 'DELETE'].map(method => ({ provider: 'entra', method, path: '/v1.0/*', ...fault }))

const FAULTS: Readonly<Record<WorldFault, readonly Fault[]>> = {
  None: [],
  ReadTruncated: [{ provider: 'entra', method: 'GET', path: '/v1.0/groups/*/members/*', fault: 'empty' }],
  WriteUnanswered: writes({ fault: 'resetAfter', count: 1 }),
  WriteLost: writes({ fault: 'resetBefore' }),
  WriteBusy: writes({ fault: 'status', status: 429, headers: { 'Retry-After': '1' }, count: 1 }),
  CredentialRejected: refusedToken,
}

function outsideState(user: ObjectState): OutsideState {
  if (user.deletedDateTime != null) return 'Deleted'
  return user.accountEnabled === false ? 'Departed' : 'Enabled'
}

/** The attributes that the default table names, read from the state without the code under test. */
function attributesOf(user: ObjectState): Record<AttributeName, string> {
  const attributes: Record<AttributeName, string> = {}
  for (const { to } of entraTraits.attributes) {
    const [outer = to, inner] = to.split('.')
    const found = inner === undefined ? user[outer] : (user[outer] as Record<string, unknown> | undefined)?.[inner]
    const value: unknown = Array.isArray(found) ? found[0] : found
    if (to === 'employeeId' || value === undefined || value === null || value === '') continue
    attributes[to] = to === 'employeeHireDate' ? String(value).slice(0, 10) : String(value)
  }
  return attributes
}

function loginOf(user: ObjectState): string {
  const login = String(user.userPrincipalName)
  const mangled = String(user.id).replaceAll('-', '')
  return login.startsWith(mangled) ? login.slice(mangled.length) : login
}

function outsideAccount(user: ObjectState, users: readonly ObjectState[]): OutsideAccount {
  const manager = users.find(one => one.id === user.manager || one.userPrincipalName === user.manager)
  return {
    id: String(user.id) as AccountId,
    login: loginOf(user),
    state: outsideState(user),
    attributes: attributesOf(user),
    ...(user.employeeId == null ? {} : { number: String(user.employeeId) }),
    ...(user.manager === undefined || manager === undefined ? {} : { manager: String(manager.id) as AccountId }),
  }
}

const GROUP_KINDS: Readonly<Record<NonNullable<SeedGroup['kind']>, ObjectState>> = {
  Static: {},
  Computed: { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Sales"' },
  Synced: { onPremisesSyncEnabled: true },
  BuiltIn: {},
  AdministrativeUnit: {},
  App: {},
}

function withMember(group: ObjectState, account: string, on: boolean): ObjectState {
  const members = new Set(group.members ?? [])
  if (on) members.add(account)
  else members.delete(account)
  return { ...group, members: [...members] }
}

/** The tenant through the simulator's state. */
function outsideTenant(tenant: EntraTenant): OutsideTenant {
  const { simulator } = tenant
  const signIns = new Map<AccountId, number>()
  const isoNow = (): string => new Date(simulator.clock.now()).toISOString()
  const groupsOf = (): readonly ObjectState[] => [
    ...(tenant.state.groups ?? []),
    ...(tenant.state.administrativeUnits ?? []),
  ]
  return {
    seedAccount: async ({ login, state = 'Enabled', number, email = login, attributes = {}, admin, mastered }) => {
      const id = tenant.add('users', {
        displayName: login,
        mail: email,
        ...stateAttributes(attributes),
        userPrincipalName: login,
        accountEnabled: state === 'Enabled' || state === 'Deleted',
        ...(number === undefined ? {} : { employeeId: number }),
        ...(mastered === true ? { onPremisesSyncEnabled: true } : {}),
        ...(state === 'Deleted' ? { deletedDateTime: isoNow() } : {}),
      }) as AccountId
      if (admin === true) {
        const assignment = { role: GLOBAL_ADMINISTRATOR, principal: id }
        tenant.set({ roleAssignments: [...(tenant.state.roleAssignments ?? []), assignment] })
      }
      return id
    },
    seedGroup: async ({ name, kind = 'Static', privileged }) => {
      if (kind === 'App') return appEntitlement(tenant.add('servicePrincipals', { displayName: name }))
      if (kind === 'AdministrativeUnit')
        return tenant.add('administrativeUnits', { displayName: name }) as EntitlementId
      const role = privileged === true ? { isAssignableToRole: true } : {}
      return tenant.add('groups', { displayName: name, ...GROUP_KINDS[kind], ...role }) as EntitlementId
    },
    addMember: async (group, account) => {
      const assignments = tenant.state.appRoleAssignments ?? []
      if (isApp(group))
        tenant.set({ appRoleAssignments: [...assignments, { principal: account, resource: resourceOf(group) }] })
      else tenant.change(group, one => withMember(one, account, true))
    },
    removeMember: async (group, account) => tenant.change(group, one => withMember(one, account, false)),
    removeGroup: async group => {
      const resource = resourceOf(group)
      const left = (tenant.state.appRoleAssignments ?? []).filter(one => one.resource !== resource)
      tenant.set({ appRoleAssignments: left })
      tenant.change(resource, () => undefined)
    },
    setState: async (account, state) => {
      if (state === 'Gone') {
        for (const group of groupsOf()) tenant.change(String(group.id), one => withMember(one, account, false))
        tenant.change(account, () => undefined)
      } else if (state === 'Deleted') tenant.change(account, user => ({ ...user, deletedDateTime: isoNow() }))
      else tenant.change(account, user => ({ ...user, accountEnabled: state === 'Enabled' }))
    },
    edit: async (account, attributes) => tenant.change(account, user => ({ ...user, ...stateAttributes(attributes) })),
    setManager: async (account, manager) =>
      tenant.change(account, ({ manager: _before, ...user }) => (manager === undefined ? user : { ...user, manager })),
    signIn: async account => {
      simulator.clock.advance(2000)
      signIns.set(account, simulator.clock.now())
      simulator.clock.advance(2000)
    },
    signedIn: async account => {
      const validFrom = Date.parse(String(tenant.user(account)?.signInSessionsValidFromDateTime))
      return validFrom <= (signIns.get(account) ?? Number.NEGATIVE_INFINITY)
    },
    accounts: async () => {
      const users = tenant.state.users ?? []
      return users.map(user => outsideAccount(user, users))
    },
    groups: async () =>
      groupsOf().map(group => ({
        id: String(group.id) as EntitlementId,
        name: String(group.displayName),
        description: typeof group.description === 'string' ? group.description : '',
      })),
    members: async group =>
      holdersOf(tenant, group) ??
      membersOf(
        tenant,
        groupsOf().find(one => one.id === group),
      ),
    fail: async fault => {
      simulator.faults.clear()
      for (const one of FAULTS[fault]) simulator.faults.add(one)
    },
    deleteRequests: async () => tenant.requests('DELETE', /^\/v1\.0\/users\/\*$/),
  }
}

function membersOf(tenant: EntraTenant, group: ObjectState | undefined): ReadonlySet<AccountId> {
  const live = (tenant.state.users ?? []).filter(user => user.deletedDateTime == null)
  const members = (group?.members ?? []).flatMap(member =>
    live.flatMap(user =>
      user.id === member || user.userPrincipalName === member ? [String(user.id) as AccountId] : [],
    ),
  )
  return new Set(members)
}

/** Everybody's access to an app without a role, as the provider names it. */
const appEntitlement = (app: string): EntitlementId => `${app}/00000000-0000-0000-0000-000000000000` as EntitlementId
const isApp = (id: string): boolean => id.includes('/')
const resourceOf = (id: string): string => id.split('/')[0] ?? id

/** Who is assigned to an app; undefined for what is none. */
function holdersOf(tenant: EntraTenant, id: string): ReadonlySet<AccountId> | undefined {
  if (!isApp(id)) return undefined
  const assignments = (tenant.state.appRoleAssignments ?? []).filter(one => one.resource === resourceOf(id))
  return new Set(assignments.map(({ principal }) => principal as AccountId))
}

async function entraWorld(): Promise<World> {
  const permissions = [...DEFAULT_PERMISSIONS, 'AppRoleAssignment.ReadWrite.All']
  const tenant = await entraTenant({ applications: [{ permissions }] })
  return {
    provider: tenant.provider(),
    tenant: outsideTenant(tenant),
    marker: 'tenure-managed',
    loginDomain: 'example.com',
    refused: { attribute: 'mail', value: 'no-address' },
    lacks: {
      StagedState: 'Entra ID does not tell a user who was never enabled from one who is disabled',
      ShallowBlock: 'Entra ID has one kind of block',
      BuiltInGroups: 'Entra ID has no built-in groups',
    },
    end: () => tenant.close(),
  }
}

describeConformance('the Entra ID provider', entraWorld)
