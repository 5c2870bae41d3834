import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FastTime } from '../../../test/support/fast-time.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import type { AccountId, EmployeeNumber, EntitlementId } from '../../model/ids.ts'
import { SimulatedClock } from '../../simulator/clock.ts'
import { Faults } from '../../simulator/faults.ts'
import type { Provider } from '../provider.ts'
import { defaultRetry, marker, markerGroups, operation, runOne, signal, startOrg, type TestOrg } from './testing/org.ts'

let org: TestOrg
let clock: SimulatedClock
let time: FastTime
let provider: Provider

beforeEach(async () => {
  clock = new SimulatedClock({ running: false })
  time = new FastTime(clock)
  const groups = [...markerGroups, { name: 'Engineering' }]
  // Nothing shows in a list before five seconds have passed.
  const lag = { enforced: true, minMs: 5000, maxMs: 5000 }
  org = await startOrg({ groups, lag }, new Faults(), clock)
  provider = fast()
})
afterEach(() => org.close())

function fast(): Provider {
  return org.provider({ time, now: () => clock.now(), retry: defaultRetry })
}

async function engineering(): Promise<Entitlement> {
  const id = (await org.groupId('Engineering')) as EntitlementId
  return { kind: 'Group', id, name: 'Engineering', privileged: false }
}

async function join(): Promise<AccountId> {
  const login = 'ada@example.com'
  const attributes = { email: login, firstName: 'Ada', lastName: 'Lovelace', employeeNumber: '1001' }
  const grants = [await engineering()]
  const outcome = await runOne(provider, operation({ kind: 'create', state: 'Enabled', login, attributes, grants }))
  if (outcome.kind !== 'applied' || outcome.account === undefined) throw new Error(JSON.stringify(outcome))
  return outcome.account
}

async function found(id: AccountId) {
  const [result] = await provider.lookup([{ kind: 'Id', id }], signal)
  return result?.accounts[0]
}

describe('while lists lag', () => {
  test('a direct read shows marks, groups, attributes and state as they are', async () => {
    const id = await join()
    expect(await found(id)).toMatchObject({ account: { marked: true, blockMarked: false }, held: { length: 2 } })
    const group = await engineering()
    await runOne(provider, operation({ kind: 'revoke', entitlement: group }, { account: id }))
    const update = { kind: 'update', set: { title: 'Countess' }, before: { title: null } } as const
    await runOne(provider, operation(update, { account: id }))
    const block = operation({ kind: 'block', why: 'Departure' }, { account: id })
    expect(await runOne(provider, block)).toMatchObject({ kind: 'applied' })
    expect(await runOne(provider, block)).toMatchObject({ kind: 'applied' })
    const after = await found(id)
    expect(after?.account).toMatchObject({ blockMarked: true, state: 'Blocked', attributes: { title: 'Countess' } })
    expect(after?.held?.map(({ name }) => name)).toEqual(['Everyone'])
  })

  test('an account that was just made is found by its login, though not by its number', async () => {
    const id = await join()
    const keys = [
      { kind: 'Login', login: 'Ada@example.com' },
      { kind: 'Number', number: '1001' as EmployeeNumber },
    ] as const
    const [byLogin, byNumber] = await provider.lookup(keys, signal)
    expect(byLogin?.accounts.map(({ account }) => account.id)).toEqual([id])
    expect(byNumber?.accounts).toEqual([])
    await time.sleep(6_000)
    const [, later] = await provider.lookup(keys, signal)
    expect(later?.accounts.map(({ account }) => account.id)).toEqual([id])
  })

  test('markers that were just made are seen by who made them, and waited for by others', async () => {
    const state = org.tenant.state()
    org.tenant.load({ ...state, groups: [] })
    const owner = { owner: 'acme', by: 'me' }
    expect(await provider.claim(owner, signal)).toEqual({ kind: 'Found', ...owner })
    expect((await provider.probe(signal)).marker).toEqual({ kind: 'Found', ...owner })
    expect(await fast().claim(owner, signal)).toEqual({ kind: 'Found', ...owner })
    const groups = (await org.ask('GET', '/api/v1/groups')) as { profile: { name: string } }[]
    await time.sleep(6_000)
    expect(groups.filter(({ profile }) => profile.name === marker).length).toBeLessThanOrEqual(1)
  })

  test('a snapshot shows a write some seconds later, and never takes an empty marker for proof', async () => {
    const id = await join()
    const read = async (incremental: boolean) =>
      provider.snapshot({ bound: [id], entitlements: [await engineering()], incremental }, signal)
    const { accounts } = await read(false)
    expect(accounts.get(id)).toMatchObject({ marked: true })
    await time.sleep(6_000)
    const { members } = await read(true)
    expect([...members.values()][0]).toEqual(new Set([id]))
  })
})
