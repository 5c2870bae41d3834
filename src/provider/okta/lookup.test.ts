import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountKey } from '../../model/account.ts'
import type { EmployeeNumber } from '../../model/ids.ts'
import { signal, startOrg, type TestOrg } from './testing/org.ts'

let org: TestOrg

beforeEach(async () => {
  org = await startOrg()
})
afterEach(() => org.close())

async function idsFor(key: AccountKey): Promise<readonly string[]> {
  const [result] = await org.provider().lookup([key], signal)
  return result?.accounts.map(({ account }) => account.id) ?? []
}

describe('a lookup', () => {
  test('by login does not take the short name of somebody else for it', async () => {
    await org.user('ada@example.com')
    expect(await idsFor({ kind: 'Login', login: 'ada' })).toEqual([])
  })

  test('of many numbers takes a few searches, and gives each its own', async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => `N${index}`)
    const ids = await Promise.all(
      numbers.slice(0, 20).map(number => org.user(`${number}@example.com`, { profile: { employeeNumber: number } })),
    )
    const keys = numbers.map(number => ({ kind: 'Number', number: number as EmployeeNumber }) as const)
    const results = await org.provider().lookup(keys, signal)
    expect(results.map(({ accounts }) => accounts[0]?.account.id)).toEqual([...ids, ...Array(80).fill(undefined)])
    expect(org.count('GET', '/api/v1/users')).toBeLessThanOrEqual(3)
  })

  test('of many logins takes a few searches, in any case of letters, and a direct read for each of those found', async () => {
    const logins = Array.from({ length: 100 }, (_, index) => `Person${index}@example.com`)
    const ids = await Promise.all(logins.slice(0, 5).map(login => org.user(login.toLowerCase())))
    const keys = logins.map(login => ({ kind: 'Login', login }) as const)
    const results = await org.provider().lookup(keys, signal)
    expect(results.map(({ accounts }) => accounts[0]?.account.id)).toEqual([...ids, ...Array(95).fill(undefined)])
    expect(org.count('GET', '/api/v1/users')).toBeLessThanOrEqual(6)
    expect(org.count('GET', '/api/v1/users/*')).toBe(5)
  })

  test('finds a login with a slash in it', async () => {
    const id = await org.user('a/b@example.com')
    expect(await idsFor({ kind: 'Login', login: 'A/B@example.com' })).toEqual([id])
  })

  test('drops what the index still shows and is not so any more', async () => {
    const id = await org.user('ada@example.com', { profile: { employeeNumber: '7' } })
    const number: AccountKey = { kind: 'Number', number: '7' as EmployeeNumber }
    expect(await idsFor(number)).toEqual([id])
    await org.ask('POST', `/api/v1/users/${id}`, { profile: { employeeNumber: '8' } })
    org.faults.add({ method: 'GET', path: '/api/v1/users', fault: 'stale' })
    expect(await idsFor(number)).toEqual([])
  })

  test.each([
    ['STAGED', 'Staged', true, false],
    ['PROVISIONED', 'Enabled', false, false],
    ['ACTIVE', 'Enabled', false, false],
    ['RECOVERY', 'Enabled', false, false],
    ['PASSWORD_EXPIRED', 'Enabled', false, false],
    ['LOCKED_OUT', 'Enabled', false, false],
    ['SUSPENDED', 'Blocked', true, false],
    ['DEPROVISIONED', 'Blocked', true, true],
  ])('shows %s as %s', async (status, state, bySuspend, byDelete) => {
    const id = await org.user('ada@example.com', { status })
    for (const [offboardingAction, departed] of [
      ['Suspend', bySuspend],
      ['Deactivate', byDelete],
      ['Delete', byDelete],
    ] as const) {
      const [result] = await org.provider({ offboardingAction }).lookup([{ kind: 'Id', id }], signal)
      expect(result?.accounts[0]?.account).toMatchObject({ state, status, departed })
    }
  })

  test('counts a member of a group with an admin role as an administrator', async () => {
    const id = await org.user('ada@example.com')
    const state = org.tenant.state()
    org.tenant.load({
      ...state,
      groups: [...(state.groups ?? []), { name: 'Help desk', roles: ['HELP_DESK_ADMIN'], members: [id] }],
    })
    const [result] = await org.provider().lookup([{ kind: 'Id', id }], signal)
    expect(result?.accounts[0]?.account.admin).toBe(true)
    expect(result?.accounts[0]?.held?.find(({ name }) => name === 'Help desk')?.privileged).toBe(true)
  })

  test('of many people takes two calls for each and a few for all', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => org.user(`user${index}@example.com`)))
    await org.provider().lookup(
      ids.map(id => ({ kind: 'Id', id })),
      signal,
    )
    expect(org.count('GET', '/api/v1/users/*')).toBe(20)
    expect(org.count('GET', '/api/v1/users/*/groups')).toBe(20)
    expect(org.count('GET', '/api/v1/groups')).toBe(1)
    expect(org.count('GET', '/api/v1/groups/rules')).toBe(1)
  })
})
