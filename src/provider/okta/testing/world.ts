import type { AccountId, AttributeName, EntitlementId } from '../../../model/ids.ts'
import { type Fault, Faults } from '../../../simulator/faults.ts'
import type { OktaState } from '../../../simulator/okta/index.ts'
import type { OutsideAccount, OutsideState, OutsideTenant, World, WorldFault } from '../../conformance.ts'
import { requiredScopes } from '../index.ts'
import { oktaTraits } from '../schema.ts'
import { marker, startOrg, type TestOrg } from './org.ts'

type User = NonNullable<OktaState['users']>[number]
type Group = NonNullable<OktaState['groups']>[number]

const statusOf: Readonly<Record<OutsideState, NonNullable<User['status']>>> = {
  Staged: 'STAGED',
  Enabled: 'ACTIVE',
  Blocked: 'SUSPENDED',
  Departed: 'DEPROVISIONED',
  Deleted: 'DEPROVISIONED',
}

/** Strikes the next writing request, whichever it is. */
class NextWrite extends Faults {
  next: { readonly fault: Fault; left: number } | undefined

  override strike(provider: 'okta' | 'entra', method: string, path: string): Fault | undefined {
    const armed = this.next
    if (armed === undefined || method === 'GET' || !path.startsWith('/api/v1/') || armed.left <= 0)
      return super.strike(provider, method, path)
    armed.left -= 1
    return armed.fault
  }
}

const anywhere = { path: '/*' } as const

function writeFault(kind: WorldFault): NextWrite['next'] {
  if (kind === 'WriteUnanswered') return { fault: { ...anywhere, fault: 'resetAfter' }, left: 1 }
  if (kind === 'WriteLost') return { fault: { ...anywhere, fault: 'resetBefore' }, left: Number.POSITIVE_INFINITY }
  if (kind !== 'WriteBusy') return undefined
  const reset = `${Math.floor(Date.now() / 1000) + 1}`
  const headers = { 'x-rate-limit-limit': '50', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset }
  return { fault: { ...anywhere, fault: 'status', status: 429, headers, body: { errorCode: 'E0000047' } }, left: 1 }
}

/** A simulated org and a provider of it, for the conformance suite. */
export async function oktaWorld(): Promise<World> {
  const faults = new NextWrite()
  const org = await startOrg({ groups: [], switches: { passwordOptional: true } }, faults)
  const provider = org.provider({
    offboardingAction: 'Delete',
    scopes: [...requiredScopes, 'okta.schemas.read', 'okta.roles.read', 'okta.apps.read', 'okta.apps.manage'],
    retry: { tries: 3, baseMs: 1, maxMs: 2_000, random: () => 0.5 },
  })
  return {
    provider,
    tenant: outsideTenant(org, faults),
    marker,
    loginDomain: 'example.com',
    refused: { attribute: 'secondEmail', value: 'no address' },
    lacks: { AdministrativeUnits: 'Okta has no administrative units' },
    end: () => org.close(),
  }
}

function outsideTenant(org: TestOrg, faults: NextWrite): OutsideTenant {
  const { tenant } = org
  const edit = (change: (state: OktaState) => OktaState): void => tenant.load(change(tenant.state()))
  const editUser = (id: string, change: Partial<User>): void =>
    edit(state => ({
      ...state,
      users: (state.users ?? []).map(user => (user.id === id ? { ...user, ...change } : user)),
    }))
  const userIn = (id: string): User | undefined => tenant.state().users?.find(user => user.id === id)
  const groupIn = (id: string): Group | undefined => tenant.state().groups?.find(group => group.id === id)
  let keys: OktaState['apps']
  return {
    seedAccount: async seed => {
      const { login, number, email = login, attributes = {} } = seed
      const profile = { email, ...(number === undefined ? {} : { employeeNumber: number }), ...attributes }
      const id = await org.user(login, { profile })
      editUser(id, {
        status: statusOf[seed.state ?? 'Enabled'],
        ...(seed.admin ? { roles: ['HELP_DESK_ADMIN'] } : {}),
        ...(seed.mastered
          ? { profileMaster: 'ACTIVE_DIRECTORY', provider: { type: 'ACTIVE_DIRECTORY', name: 'corp' } }
          : {}),
      })
      return id
    },
    seedGroup: async ({ name, kind = 'Static', privileged = false }) => {
      if (kind === 'App') return makeApp(org, name)
      const type = kind === 'BuiltIn' ? 'BUILT_IN' : kind === 'Synced' ? 'APP_GROUP' : 'OKTA_GROUP'
      const before = new Set(tenant.state().groups?.map(group => group.id))
      edit(state => ({
        ...state,
        groups: [...(state.groups ?? []), { name, type, ...(privileged ? { roles: ['HELP_DESK_ADMIN'] } : {}) }],
      }))
      const id = tenant.state().groups?.find(group => !before.has(group.id))?.id ?? ''
      const rule = {
        name: `Fills ${id}`,
        status: 'ACTIVE',
        expression: `user.nickName=="${id}"`,
        groups: [id],
      } as const
      if (kind === 'Computed') edit(state => ({ ...state, rules: [...(state.rules ?? []), rule] }))
      return id as EntitlementId
    },
    addMember: async (group, account) => {
      if (isApp(group)) return void (await org.ask('POST', `/api/v1/apps/${group}/users`, { id: account }))
      const isComputed = tenant.state().rules?.some(({ groups }) => groups.includes(group))
      if (isComputed) return void (await org.ask('POST', `/api/v1/users/${account}`, { profile: { nickName: group } }))
      edit(state => ({
        ...state,
        groups: (state.groups ?? []).map(one =>
          one.id === group ? { ...one, members: [...(one.members ?? []), account] } : one,
        ),
      }))
    },
    removeMember: async (group, account) => void (await org.ask('DELETE', `/api/v1/groups/${group}/users/${account}`)),
    removeGroup: async group => {
      if (isApp(group)) await org.ask('POST', `/api/v1/apps/${group}/lifecycle/deactivate`)
      await org.ask('DELETE', `/api/v1/${isApp(group) ? 'apps' : 'groups'}/${group}`)
    },
    setState: async (account, state) => {
      if (state !== 'Gone') return editUser(account, { status: statusOf[state] })
      editUser(account, { status: 'DEPROVISIONED' })
      await org.ask('DELETE', `/api/v1/users/${account}`)
    },
    edit: async (account, attributes) =>
      void (await org.ask('POST', `/api/v1/users/${account}`, { profile: attributes })),
    setManager: async (account, manager) =>
      void (await org.ask('POST', `/api/v1/users/${account}`, {
        profile: { managerId: manager ?? null, manager: manager ?? null },
      })),
    signIn: async account => editUser(account, { sessions: 1 }),
    signedIn: async account => (userIn(account)?.sessions ?? 0) > 0,
    accounts: async () => (tenant.state().users ?? []).map(outsideAccount),
    groups: async () =>
      (tenant.state().groups ?? []).map(group => ({
        id: (group.id ?? '') as EntitlementId,
        name: `${group.name ?? group.profile?.name}`,
        description: group.description ?? `${group.profile?.description ?? ''}`,
      })),
    members: async group => {
      if (isApp(group)) return appUsers(org, group)
      return new Set(
        (groupIn(group)?.members ?? []).map(member => (typeof member === 'string' ? member : member.user) as AccountId),
      )
    },
    fail: async kind => {
      faults.clear()
      faults.next = writeFault(kind)
      if (kind === 'ReadTruncated') faults.add({ method: 'GET', path: '/api/v1/groups/*/users', fault: 'duplicate' })
      if (kind === 'CredentialRejected') {
        keys = tenant.state().apps
        edit(state => ({ ...state, apps: (state.apps ?? []).map(app => ({ ...app, status: 'INACTIVE' })) }))
      }
      if (kind === 'None' && keys !== undefined) {
        const apps = keys
        edit(state => ({ ...state, apps }))
      }
    },
    deleteRequests: async () => org.count('DELETE', '/api/v1/users/*'),
  }
}

async function makeApp(org: TestOrg, label: string): Promise<EntitlementId> {
  const settings = { app: { requestIntegration: false, url: 'https://app.example.com' } }
  const made = await org.ask('POST', '/api/v1/apps', { name: 'bookmark', label, signOnMode: 'BOOKMARK', settings })
  return (made as { readonly id: EntitlementId }).id
}

async function appUsers(org: TestOrg, app: EntitlementId): Promise<ReadonlySet<AccountId>> {
  const users = await org.ask('GET', `/api/v1/apps/${app}/users`)
  return Array.isArray(users) ? new Set(users.map((user: { readonly id: AccountId }) => user.id)) : new Set()
}

/** Ids of apps and of groups begin differently. */
const isApp = (id: string): boolean => id.startsWith('0oa')

const outsideAttributes = oktaTraits.attributes.map(({ to }) => to).filter(name => name !== oktaTraits.numberAttribute)

function outsideAccount(user: User): OutsideAccount {
  const { profile } = user
  const attributes: Record<AttributeName, string> = {}
  for (const name of outsideAttributes) {
    const value = profile[name]
    if (value !== undefined && value !== null && value !== '') attributes[name] = `${value}`
  }
  return {
    id: (user.id ?? '') as AccountId,
    login: `${profile.login}`,
    ...(profile.employeeNumber ? { number: `${profile.employeeNumber}` } : {}),
    state: outsideState(user.status ?? 'ACTIVE'),
    attributes,
    ...(profile.managerId ? { manager: `${profile.managerId}` as AccountId } : {}),
  }
}

function outsideState(status: NonNullable<User['status']>): OutsideState {
  if (status === 'STAGED') return 'Staged'
  if (status === 'SUSPENDED') return 'Blocked'
  return status === 'DEPROVISIONED' ? 'Departed' : 'Enabled'
}
