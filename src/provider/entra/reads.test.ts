import { afterEach, expect, test } from 'vitest'
import { type EntraTenant, entraTenant } from '../../../test/support/entra-tenant.ts'
import { AuthError, SnapshotError } from '../../model/errors.ts'
import type { AccountId, EmployeeNumber, EntitlementId } from '../../model/ids.ts'
import type { EntraState } from '../../simulator/entra/index.ts'

const signal = new AbortController().signal
let tenant: EntraTenant

afterEach(async () => {
  await tenant.close()
})

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    userPrincipalName: `p${index}@example.com`,
    displayName: `P ${index}`,
    employeeId: String(index),
    ...(index > 0 ? { manager: 'p0@example.com' } : {}),
  }))

const markers = (members: readonly string[]) => [
  { displayName: 'tenure-managed', members },
  { displayName: 'tenure-managed-blocked' },
]

async function start(state: EntraState): Promise<void> {
  tenant = await entraTenant(state)
}

/** A tenant of so many people, all of them marked: more than a page of 999 holds. */
async function startWith(count: number): Promise<void> {
  const users = people(count)
  await start({ users, groups: markers(users.map(user => user.userPrincipalName)) })
}

const nothing = { bound: [], entitlements: [] } as const
const MEMBERS = '/v1.0/groups/*/members/microsoft.graph.user'

test('everybody is read page by page, with managers, and no request per person', async () => {
  await startWith(1500)
  const { accounts } = await tenant.provider().snapshot(nothing, signal)
  expect(accounts.size).toBe(1500)
  const manager = [...accounts.values()].find(({ login }) => login === 'p0@example.com')?.id
  expect([...accounts.values()].filter(account => account.manager === manager)).toHaveLength(1499)
  expect(tenant.requests('GET', /users\/\*$/)).toBe(0)
  const all = tenant.simulator.requests().reduce((sum, row) => sum + row.count, 0)
  expect(all).toBeLessThan(15)
})

test('a member list that loses its link to the next page is read again, and believed only when it is whole', async () => {
  await startWith(1100)
  tenant.simulator.faults.add({ path: MEMBERS, fault: 'truncated', count: 1 })
  expect((await tenant.provider().snapshot(nothing, signal)).accounts.size).toBe(1100)
  tenant.simulator.faults.add({ path: MEMBERS, fault: 'truncated' })
  const short = tenant.provider().snapshot(nothing, signal)
  await expect(short).rejects.toThrow(SnapshotError)
  await expect(short).rejects.toThrow(/999 of 1100/)
})

test('a marker list that reads empty though people are counted proves nothing', async () => {
  await startWith(3)
  tenant.simulator.faults.add({ path: MEMBERS, fault: 'empty' })
  await expect(tenant.provider().snapshot(nothing, signal)).rejects.toThrow(SnapshotError)
})

test('items that come twice do no harm', async () => {
  await startWith(3)
  tenant.simulator.faults.add({ path: MEMBERS, fault: 'duplicate' })
  expect((await tenant.provider().snapshot(nothing, signal)).accounts.size).toBe(3)
})

test('pages that lead back to one already read end in an error, not in a loop', async () => {
  await startWith(3)
  const { graphUrl } = tenant.simulator.entra
  const link = `${graphUrl}${MEMBERS.replace('*', 'g1')}?$skiptoken=same`
  const body = { '@odata.count': 3, '@odata.nextLink': link, value: [] }
  tenant.simulator.faults.add({ path: MEMBERS, fault: 'status', status: 200, body })
  await expect(tenant.provider().snapshot(nothing, signal)).rejects.toThrow(/lead back/)
  expect(tenant.requests('GET', /members/)).toBeLessThan(10)
})

test('a page that is refused half-way is an unfinished list', async () => {
  await startWith(1100)
  const body = { error: { code: 'Directory_ExpiredPageToken', message: 'expired' } }
  tenant.simulator.faults.add({ path: MEMBERS, fault: 'status', status: 400, body, skip: 2 })
  await expect(tenant.provider().snapshot(nothing, signal)).rejects.toThrow(SnapshotError)
})

test('a list of users that ends early is made good by direct reads, or given up when too many are left out', async () => {
  await startWith(1100)
  tenant.simulator.faults.add({ path: '/v1.0/users', fault: 'truncated' })
  expect((await tenant.provider().snapshot(nothing, signal)).accounts.size).toBe(1100)
  tenant.simulator.faults.clear()
  tenant.simulator.faults.add({ path: '/v1.0/users', fault: 'empty', count: 1 })
  await expect(tenant.provider().snapshot(nothing, signal)).rejects.toThrow(/left out 999 of 1100/)
})

test('an empty marker means nothing to an application that may not read groups', async () => {
  await start({ groups: markers([]), applications: [{ permissions: ['User.Read.All'] }] })
  await expect(tenant.provider().snapshot(nothing, signal)).rejects.toThrow(AuthError)
})

test('accounts say who masters them and whether they hold a role, by themselves or through a group', async () => {
  const users = [
    ...people(4).slice(0, 3),
    { userPrincipalName: 'p3@example.com', displayName: 'S', onPremisesSyncEnabled: true },
  ]
  await start({
    users,
    groups: [
      ...markers(users.map(user => user.userPrincipalName)),
      { displayName: 'Admins', isAssignableToRole: true, members: ['p1@example.com'] },
    ],
    roleAssignments: [
      { role: 'User Administrator', principal: 'p0@example.com' },
      { role: 'Helpdesk Administrator', principal: 'Admins' },
      { role: 'Directory Readers', principal: 'p2@example.com' },
    ],
  })
  const { accounts } = await tenant.provider().snapshot(nothing, signal)
  const by = new Map([...accounts.values()].map(account => [account.login.slice(0, 2), account]))
  expect(['p0', 'p1', 'p2', 'p3'].map(name => by.get(name)?.admin)).toEqual([true, true, false, false])
  expect(by.get('p3')?.masteredBy).toBe('on-premises directory')
})

test('admin rights that cannot be read are absent, not false', async () => {
  const users = people(1)
  const permissions = ['User.ReadWrite.All', 'GroupMember.ReadWrite.All']
  await start({ users, groups: markers(['p0@example.com']), applications: [{ permissions }] })
  const [account] = (await tenant.provider().snapshot(nothing, signal)).accounts.values()
  expect(account).toBeDefined()
  expect(account).not.toHaveProperty('admin')
})

test('service principals and devices in a group are neither members nor missing from the count', async () => {
  await start({ users: people(2), devices: [{ displayName: 'laptop' }] })
  const laptop = String(tenant.state.devices?.[0]?.id)
  tenant.set({ groups: [...markers([]), { displayName: 'Mixed', members: ['p0@example.com', laptop] }] })
  const id = String(tenant.state.groups?.find(group => group.displayName === 'Mixed')?.id) as EntitlementId
  const entitlement = { kind: 'Group', id, name: 'Mixed', privileged: false } as const
  const { members } = await tenant.provider().snapshot({ bound: [], entitlements: [entitlement] }, signal)
  expect([...(members.get(id) ?? [])]).toEqual([tenant.state.users?.[0]?.id])
})

test('a guest is found by a login that would end the URL', async () => {
  const login = "o'brien_partner.com#EXT#@example.com"
  await start({ users: [{ userPrincipalName: login, displayName: 'G' }], groups: markers([]) })
  const [found] = await tenant.provider().lookup([{ kind: 'Login', login: login.toUpperCase() }], signal)
  expect(found?.accounts.map(({ account }) => account.login)).toEqual([login])
})

test('somebody in the bin is found by number, e-mail, id and the login they had', async () => {
  const user = { userPrincipalName: 'ada@example.com', displayName: 'A', employeeId: '7', mail: 'ada@example.com' }
  await start({ users: [{ ...user, deletedDateTime: new Date().toISOString() }], groups: markers([]) })
  const id = String(tenant.state.users?.[0]?.id) as AccountId
  const keys = [
    { kind: 'Number', number: '7' as EmployeeNumber },
    { kind: 'Email', email: 'ADA@example.com' },
    { kind: 'Id', id },
    { kind: 'Login', login: 'Ada@Example.com' },
  ] as const
  const results = await tenant.provider().lookup(keys, signal)
  for (const { accounts } of results) {
    expect(accounts.map(({ account }) => [account.id, account.state, account.login])).toEqual([
      [id, 'Deleted', 'ada@example.com'],
    ])
  }
  expect(tenant.requests('GET', /deletedItems/)).toBe(1)
})

test('two live people with one number are both told', async () => {
  const twin = (name: string) => ({ userPrincipalName: `${name}@example.com`, displayName: name, employeeId: '7' })
  await start({ users: [twin('a'), twin('b')], groups: markers([]) })
  const [found] = await tenant.provider().lookup([{ kind: 'Number', number: '7' as EmployeeNumber }], signal)
  expect(found?.accounts).toHaveLength(2)
})

test('the probe names each missing permission and what will not work, and warns about what is only comfort', async () => {
  await start({ applications: [{ permissions: ['User.Read.All', 'GroupMember.Read.All'] }] })
  const { problems, identity } = await tenant.provider().probe(signal)
  expect(identity).toBe(tenant.simulator.entra.clientId)
  const errors = problems.filter(({ severity }) => severity === 'Error').map(({ missing }) => missing)
  expect(errors).toEqual(['GroupMember.ReadWrite.All', 'User.EnableDisableAccount.All'])
  expect(problems.find(({ missing }) => missing === 'User.RevokeSessions.All')?.message).toMatch(/sessions.*consent/)
})

test('an application that may read nothing is told what to ask for', async () => {
  await start({ applications: [{ permissions: [] }] })
  const probe = tenant.provider().probe(signal)
  await expect(probe).rejects.toThrow(AuthError)
  await expect(probe).rejects.toThrow(/User\.Read\.All/)
})

test('the right to delete is only missed by whoever deletes', async () => {
  const permissions = ['User.Read.All', 'User.EnableDisableAccount.All', 'GroupMember.ReadWrite.All']
  await start({ applications: [{ permissions }] })
  const missing = async (offboardingAction: 'Disable' | 'Delete'): Promise<readonly string[]> =>
    (await tenant.provider({ offboardingAction }).probe(signal)).problems.map(problem => problem.missing)
  expect(await missing('Delete')).toContain('User.DeleteRestore.All')
  expect(await missing('Disable')).not.toContain('User.DeleteRestore.All')
})

test('the clock of the tenant is told beside ours', async () => {
  await start({})
  tenant.simulator.clock.advance(3_600_000)
  const { clock } = await tenant.provider({ now: () => Date.now() }).probe(signal)
  expect((clock?.theirs ?? 0) - (clock?.ours ?? 0)).toBeGreaterThan(3_500_000)
})
