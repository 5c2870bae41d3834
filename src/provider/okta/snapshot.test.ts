import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Entitlement } from '../../model/entitlement.ts'
import { AuthError, SnapshotError } from '../../model/errors.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import type { OktaState } from '../../simulator/okta/index.ts'
import { marker, markerGroups, signal, startOrg, type TestOrg } from './testing/org.ts'

const members = '/api/v1/groups/*/users'
const nothing = { bound: [], entitlements: [] }
let org: TestOrg

beforeEach(async () => {
  org = await startOrg()
})
afterEach(() => org.close())

/** An org with so many users, all of them members of the marker and of the group Engineering. */
async function orgOf(count: number): Promise<void> {
  const login = (index: number): string => `user${index}@example.com`
  const users = Array.from({ length: count }, (_, index) => ({
    profile: {
      firstName: 'A',
      lastName: `${index}`,
      login: login(index),
      email: login(index),
      employeeNumber: `${index}`,
    },
  }))
  const everybody = users.map((_, index) => login(index))
  const groups: OktaState['groups'] = [
    { ...markerGroups[0], members: everybody },
    markerGroups[1],
    { name: 'Engineering', members: everybody },
  ]
  org.tenant.load({ users, groups })
}

async function engineering(): Promise<Entitlement> {
  return {
    kind: 'Group',
    id: (await org.groupId('Engineering')) as EntitlementId,
    name: 'Engineering',
    privileged: false,
  }
}

describe('a snapshot', () => {
  test('reads whole groups, never one call per person', async () => {
    await orgOf(2_500)
    const scope = { bound: [], entitlements: [await engineering()] }
    const { accounts, members: held } = await org.provider().snapshot(scope, signal)
    expect(accounts.size).toBe(2_500)
    expect([...held.values()][0]?.size).toBe(2_500)
    expect(org.count('GET', members)).toBe(3 + 3 + 2)
    expect(org.count('GET', '/api/v1/users/*')).toBe(0)
  })

  test('asks only for bound accounts that the marker does not show', async () => {
    await orgOf(3)
    const stranger = await org.user('bound@example.com', { status: 'SUSPENDED' })
    const provider = org.provider()
    const known = [...(await provider.snapshot(nothing, signal)).accounts.keys()]
    org.forgetRequests()
    const { accounts } = await provider.snapshot(
      { bound: [...known, stranger, '00ugone' as AccountId], entitlements: [] },
      signal,
    )
    expect(accounts.get(stranger)).toMatchObject({
      marked: false,
      blockMarked: false,
      state: 'Blocked',
      status: 'SUSPENDED',
    })
    expect(accounts.size).toBe(4)
    expect(org.count('GET', '/api/v1/users/*')).toBe(2)
  })

  test.each(['truncated', 'empty'] as const)('is refused while pages are %s', async fault => {
    await orgOf(1_200)
    org.faults.add({ method: 'GET', path: members, fault })
    await expect(org.provider().snapshot(nothing, signal)).rejects.toThrow(SnapshotError)
  })

  test.each(['truncated', 'empty', 'duplicate', 'malformed', 'resetBefore'] as const)(
    'survives one page that is %s',
    async fault => {
      await orgOf(1_200)
      org.faults.add({ method: 'GET', path: members, fault, count: 1 })
      expect((await org.provider().snapshot(nothing, signal)).accounts.size).toBe(1_200)
    },
  )

  test('falls back to smaller pages where Okta fails on large ones', async () => {
    await orgOf(300)
    org.faults.add({ method: 'GET', path: members, fault: 'status', status: 500, count: 3 })
    expect((await org.provider({ concurrency: 1 }).snapshot(nothing, signal)).accounts.size).toBe(300)
  })

  test('that shows nobody is refused while Okta counts members', async () => {
    await orgOf(5)
    org.faults.add({ method: 'GET', path: members, fault: 'status', status: 200, body: [] })
    await expect(org.provider().snapshot(nothing, signal)).rejects.toThrow(
      /counts 5 members of group tenure-managed and shows none/,
    )
  })

  test('that shows nobody is believed once the count agrees, or direct reads explain it', async () => {
    org.tenant.load({ ...org.tenant.state(), switches: { membersIncludeDeprovisioned: false } })
    const account = await org.user('ada@example.com')
    const put = async (name: string) => org.ask('PUT', `/api/v1/groups/${await org.groupId(name)}/users/${account}`)
    await Promise.all([put(marker), put(`${marker}-blocked`)])
    await org.ask('POST', `/api/v1/users/${account}/lifecycle/deactivate`)
    const provider = org.provider()
    const { accounts } = await provider.snapshot({ bound: [account], entitlements: [] }, signal)
    expect(accounts.get(account)).toMatchObject({ status: 'DEPROVISIONED', marked: true, blockMarked: true })
    await expect(provider.snapshot(nothing, signal)).rejects.toThrow(/counts 1 members/)
  })

  test('waits for a list that lags behind', async () => {
    await orgOf(5)
    org.faults.add({ method: 'GET', path: members, fault: 'status', status: 200, body: [], count: 3 })
    expect((await org.provider().snapshot(nothing, signal)).accounts.size).toBe(5)
  })

  test('is refused without a role, although Okta answers 200 and an empty list', async () => {
    const scopes = [...org.options.scopes]
    org.tenant.load({ groups: markerGroups, apps: [{ id: org.tenant.clientId, scopes, roles: [] }] })
    await expect(org.provider().snapshot(nothing, signal)).rejects.toThrow(/no group named tenure-managed/)
  })

  test('names the scope that is missing', async () => {
    org.tenant.load({
      groups: markerGroups,
      apps: [{ id: org.tenant.clientId, scopes: ['okta.users.read'], roles: ['SUPER_ADMIN'] }],
    })
    const reading = org.provider().snapshot(nothing, signal)
    await expect(reading).rejects.toThrow(AuthError)
    await expect(reading).rejects.toThrow(/scope okta\.groups\.read/)
  })

  test('tells who holds an admin role where roles can be read, and else leaves it open', async () => {
    await orgOf(2)
    const state = org.tenant.state()
    org.tenant.load({
      ...state,
      users: state.users?.map((user, index) => (index === 0 ? { ...user, roles: ['HELP_DESK_ADMIN'] } : user)) ?? [],
    })
    const admins = async (scopes: readonly string[]) =>
      [...(await org.provider({ scopes }).snapshot(nothing, signal)).accounts.values()].map(account => account.admin)
    expect(await admins([...org.options.scopes, 'okta.roles.read'])).toEqual([true, false])
    expect(await admins(org.options.scopes)).toEqual([undefined, undefined])
  })

  test('holds text of custom attributes that are no text, and no login among the attributes', async () => {
    const attributes = {
      badge: { title: 'Badge', type: 'integer' },
      remote: { title: 'Remote', type: 'boolean' },
    } as const
    const profile = {
      firstName: 'Ada',
      lastName: 'L',
      login: 'ada@example.com',
      email: 'ada@example.com',
      badge: 7,
      remote: false,
      managerId: '00u1',
    }
    org.tenant.load({
      attributes,
      users: [{ profile }],
      groups: [{ name: marker, members: ['ada@example.com'] }, markerGroups[1]],
    })
    const { accounts } = await org.provider({ extraAttributes: ['badge', 'remote'] }).snapshot(nothing, signal)
    const [account] = accounts.values()
    expect(account?.attributes).toEqual({
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'L',
      badge: '7',
      remote: 'false',
    })
    expect(account?.manager).toBe('00u1')
  })
})
