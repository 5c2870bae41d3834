import { afterEach, expect, test } from 'vitest'
import { type EntraTenant, entraTenant } from '../../../test/support/entra-tenant.ts'
import { FastTime } from '../../../test/support/fast-time.ts'
import type { AccountKey } from '../../model/account.ts'
import type { EmployeeNumber } from '../../model/ids.ts'

const signal = new AbortController().signal
let tenant: EntraTenant

afterEach(async () => {
  await tenant.close()
})

const GROUPS = [{ displayName: 'tenure-managed' }, { displayName: 'tenure-managed-blocked' }]

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    userPrincipalName: `p${index}@example.com`,
    displayName: `P ${index}`,
    employeeId: `e${index}`,
    mail: `P${index}@Example.com`,
  }))

/** Plain HTTP calls: what stands in a batch is not one. */
const calls = (): number =>
  tenant.simulator
    .requests()
    .filter(row => row.provider === 'entra' && row.batched !== true && row.path.startsWith('/v1.0'))
    .reduce((sum, row) => sum + row.count, 0)

const keysOf = (index: number): readonly AccountKey[] => [
  { kind: 'Number', number: `e${index}` as EmployeeNumber },
  { kind: 'Login', login: `P${index}@example.com` },
  { kind: 'Email', email: `p${index}@example.com` },
]

test('3,000 joiners nobody has heard of are looked for with a few dozen calls', async () => {
  tenant = await entraTenant({ users: people(10), groups: GROUPS })
  const provider = tenant.provider({ time: new FastTime(tenant.simulator.clock) })
  const keys = Array.from({ length: 3000 }, (_, index) => keysOf(index + 100)).flat()
  const results = await provider.lookup(keys, signal)
  expect(results.map(({ key }) => key)).toEqual(keys)
  expect(results.every(({ accounts }) => accounts.length === 0)).toBe(true)
  expect(calls()).toBeLessThan(60)
})

test('each finds its own among many, whatever the case of letters, and whoever is not there finds nobody', async () => {
  tenant = await entraTenant({ users: people(60), groups: GROUPS })
  const keys = Array.from({ length: 70 }, (_, index) => keysOf(index)).flat()
  const results = await tenant.provider().lookup(keys, signal)
  for (const [at, { accounts }] of results.entries()) {
    const index = Math.floor(at / 3)
    expect(accounts.map(({ account }) => account.login)).toEqual(index < 60 ? [`p${index}@example.com`] : [])
  }
})

test('who is known by number, login and address at once is read with everything but what was not asked for', async () => {
  tenant = await entraTenant({
    users: people(1),
    groups: [{ ...GROUPS[0], members: ['p0@example.com'] }, ...GROUPS.slice(1)],
  })
  const results = await tenant.provider().lookup(keysOf(0), signal)
  for (const { accounts } of results) {
    expect(accounts[0]?.account).toMatchObject({ marked: true, number: 'e0' })
    expect(accounts[0]).not.toHaveProperty('held')
  }
})

test('a search that has not heard of somebody yet does not hide a login that is read directly', async () => {
  tenant = await entraTenant({ users: people(1), groups: GROUPS })
  const [byNumber, byLogin] = keysOf(0)
  tenant.simulator.faults.add({ method: 'GET', path: '/v1.0/users', fault: 'empty' })
  const results = await tenant.provider().lookup([byNumber, byLogin] as readonly AccountKey[], signal)
  expect(results.map(({ accounts }) => accounts.length)).toEqual([0, 1])
})
