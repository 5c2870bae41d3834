import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ReadScope } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import type { OktaState } from '../../simulator/okta/index.ts'
import type { Provider } from '../provider.ts'
import { marker, markerGroups, operation, runOne, signal, startOrg, type TestOrg } from './testing/org.ts'

const members = '/api/v1/groups/*/users'
let org: TestOrg
let provider: Provider
let groups: readonly Entitlement[]

const people = 30
const login = (index: number): string => `user${index}@example.com`

beforeEach(async () => {
  org = await startOrg()
  const users = Array.from({ length: people }, (_, index) => ({
    profile: { firstName: 'A', lastName: `${index}`, login: login(index), email: login(index) },
  }))
  const everybody = users.map((_, index) => login(index))
  const teams: NonNullable<OktaState['groups']> = Array.from({ length: 40 }, (_, index) => ({
    name: `Team ${index}`,
    members: everybody,
  }))
  org.tenant.load({ users, groups: [{ ...markerGroups[0], members: everybody }, markerGroups[1], ...teams] })
  org.clock.advance(3_600_000)
  groups = await Promise.all(
    teams.map(async ({ name = '' }) => ({
      kind: 'Group' as const,
      id: (await org.groupId(name)) as EntitlementId,
      name,
      privileged: false,
    })),
  )
  provider = org.provider()
})
afterEach(() => org.close())

function scope(more: Partial<ReadScope> = {}): ReadScope {
  return { bound: [], entitlements: groups, ...more }
}

/** What an incremental read shows, after what was just done has become old or not; a whole one must show the same. */
async function changes(more: Partial<ReadScope> = {}) {
  const incremental = await provider.snapshot(scope({ ...more, incremental: true }), signal)
  const whole = await org.provider().snapshot(scope(more), signal)
  expect(new Map([...incremental.accounts].sort())).toEqual(new Map([...whole.accounts].sort()))
  expect(incremental.members).toEqual(whole.members)
  return incremental
}

async function userAt(index: number): Promise<AccountId> {
  return ((await org.ask('GET', `/api/v1/users/${login(index)}`)) as { id: AccountId }).id
}

describe('an incremental snapshot', () => {
  test('of a quiet org takes a handful of requests, and shows the same objects', async () => {
    const first = await provider.snapshot(scope(), signal)
    org.clock.advance(600_000)
    org.forgetRequests()
    const again = await provider.snapshot(scope({ incremental: true }), signal)
    expect(org.countAll()).toBeLessThanOrEqual(3)
    expect(again.accounts).toEqual(first.accounts)
    expect([...again.accounts.values()][0]).toBe([...first.accounts.values()][0])
    expect(again.members).toEqual(first.members)
  })

  test('keeps a whole quiet pass, probe and catalogue included, below a dozen requests', async () => {
    const names = groups.map(({ name }) => ({ kind: 'Group', name }) as const)
    const pass = async (incremental: boolean) => {
      await provider.probe(signal)
      await provider.catalog(names, signal)
      await provider.snapshot(scope({ incremental }), signal)
    }
    await pass(false)
    org.clock.advance(600_000)
    org.forgetRequests()
    await pass(true)
    expect(org.countAll()).toBeLessThan(12)
  })

  test('is a whole one the first time, and whenever it is not asked for', async () => {
    await provider.snapshot(scope({ incremental: true }), signal)
    expect(org.count('GET', members)).toBeGreaterThanOrEqual(groups.length)
    org.forgetRequests()
    await provider.snapshot(scope(), signal)
    expect(org.count('GET', members)).toBeGreaterThanOrEqual(groups.length)
  })

  test('lists only the groups again whose members were changed by hand', async () => {
    await provider.snapshot(scope(), signal)
    org.clock.advance(60_000)
    await org.ask('DELETE', `/api/v1/groups/${groups[3]?.id}/users/${await userAt(1)}`)
    org.forgetRequests()
    const { members: held } = await provider.snapshot(scope({ incremental: true }), signal)
    expect(held.get(groups[3]?.id as EntitlementId)?.size).toBe(people - 1)
    expect(org.count('GET', members)).toBe(1)
    await changes()
  })

  test('shows profiles, logins and statuses that were changed by hand, and only reads who changed', async () => {
    await provider.snapshot(scope(), signal)
    const [one, two] = [await userAt(1), await userAt(2)]
    await org.ask('POST', `/api/v1/users/${one}`, { profile: { title: 'Grand Vizier', login: 'new@example.com' } })
    await org.ask('POST', `/api/v1/users/${two}/lifecycle/deactivate`)
    org.forgetRequests()
    const { accounts } = await provider.snapshot(scope({ incremental: true }), signal)
    expect(accounts.get(one)).toMatchObject({ login: 'new@example.com', attributes: { title: 'Grand Vizier' } })
    expect(accounts.get(two)).toMatchObject({ status: 'DEPROVISIONED', state: 'Blocked', marked: true })
    expect(org.countAll()).toBeLessThanOrEqual(3)
    await changes()
  })

  test('shows who was put into a marker, and who was taken out of it', async () => {
    const stranger = await org.user('stranger@example.com')
    await provider.snapshot(scope({ bound: [await userAt(1)] }), signal)
    org.clock.advance(600_000)
    const managed = await org.groupId(marker)
    const blocked = await org.groupId(`${marker}-blocked`)
    await org.ask('PUT', `/api/v1/groups/${managed}/users/${stranger}`)
    await org.ask('PUT', `/api/v1/groups/${blocked}/users/${await userAt(2)}`)
    await org.ask('DELETE', `/api/v1/groups/${managed}/users/${await userAt(0)}`)
    await org.ask('DELETE', `/api/v1/groups/${managed}/users/${await userAt(1)}`)
    const { accounts } = await changes({ bound: [await userAt(1)] })
    expect(accounts.get(stranger)?.marked).toBe(true)
    expect(accounts.get(await userAt(2))?.blockMarked).toBe(true)
    expect(accounts.has(await userAt(0))).toBe(false)
    expect(accounts.get(await userAt(1))?.marked).toBe(false)
  })

  test('shows our own writes', async () => {
    await provider.snapshot(scope(), signal)
    const account = await userAt(4)
    await runOne(provider, operation({ kind: 'block', why: 'Suspension' }, { account }))
    const { accounts } = await changes()
    expect(accounts.get(account)).toMatchObject({ status: 'SUSPENDED', blockMarked: true })
  })

  test('knows at once whom we deleted', async () => {
    const account = await userAt(4)
    await org.ask('POST', `/api/v1/users/${account}/lifecycle/deactivate`)
    await provider.snapshot(scope(), signal)
    expect(await runOne(provider, operation({ kind: 'delete' }, { account }))).toMatchObject({ kind: 'applied' })
    org.clock.advance(600_000)
    expect((await provider.snapshot(scope({ incremental: true }), signal)).accounts.has(account)).toBe(false)
  })

  test('reads a group whole that has come into its scope', async () => {
    await provider.snapshot(scope({ entitlements: groups.slice(0, 5) }), signal)
    org.forgetRequests()
    const { members: held } = await provider.snapshot(
      scope({ incremental: true, entitlements: groups.slice(0, 7) }),
      signal,
    )
    expect(held.size).toBe(7)
    expect(org.count('GET', members)).toBe(2)
  })

  test('reads a bound account directly that has come into its scope', async () => {
    const bound = await org.user('bound@example.com')
    await provider.snapshot(scope(), signal)
    const { accounts } = await changes({ bound: [bound] })
    expect(accounts.get(bound)).toMatchObject({ marked: false })
    org.forgetRequests()
    await provider.snapshot(scope({ bound: [bound], incremental: true }), signal)
    expect(org.count('GET', '/api/v1/users/*')).toBeLessThanOrEqual(1)
  })

  test.each([
    [
      'what changed cannot be asked for',
      () => org.faults.add({ method: 'GET', path: '/api/v1/users', fault: 'duplicate' }),
    ],
    ['the last reading is long ago', () => org.clock.advance(2 * 3_600_000)],
    ['the clock went back', () => org.clock.advance(-3_600_000)],
  ])('reads everything anew when %s', async (_what, happens) => {
    // Somebody vanishes, which no list of changes tells.
    await provider.snapshot(scope(), signal)
    org.clock.advance(600_000)
    const gone = await userAt(9)
    for (const _time of [1, 2]) await org.ask('DELETE', `/api/v1/users/${gone}`)
    org.clock.advance(600_000)
    happens()
    const { accounts } = await provider.snapshot(scope({ incremental: true }), signal)
    expect(accounts.has(gone)).toBe(false)
    expect(org.count('GET', members)).toBeGreaterThan(groups.length)
  })

  test('is refused like a whole one when the markers cannot be seen', async () => {
    await provider.snapshot(scope(), signal)
    const { apps: _before, ...state } = org.tenant.state()
    org.tenant.load({ ...state, apps: [{ id: org.tenant.clientId, scopes: [...org.options.scopes], roles: [] }] })
    await expect(provider.snapshot(scope({ incremental: true }), signal)).rejects.toThrow(/no group named/)
  })
})

describe('an incremental snapshot of an org whose lists lag', () => {
  test('misses a change for some seconds and then has it, however the lags of its lists fall', async () => {
    await provider.snapshot(scope(), signal)
    org.tenant.turn('lag', true)
    for (const index of [0, 1, 2, 3, 4, 5]) {
      org.clock.advance(45_000)
      await org.ask('DELETE', `/api/v1/groups/${groups[index]?.id}/users/${await userAt(index)}`)
      await org.ask('POST', `/api/v1/users/${await userAt(index)}`, { profile: { title: `Title ${index}` } })
      org.clock.advance(1_000 * index)
      await provider.snapshot(scope({ incremental: true }), signal)
    }
    org.clock.advance(10_000)
    const { accounts } = await changes()
    for (const index of [0, 5]) expect(accounts.get(await userAt(index))?.attributes.title).toBe(`Title ${index}`)
  })
})
