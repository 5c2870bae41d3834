import { afterEach, expect, test } from 'vitest'
import { EntraScene } from '../../../test/support/entra-scene.ts'
import { entraTenant } from '../../../test/support/entra-tenant.ts'
import { FastTime } from '../../../test/support/fast-time.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import type { OperationVerb, Outcome } from '../../model/plan.ts'
import type { EntraState } from '../../simulator/entra/index.ts'

const signal = new AbortController().signal
const MARKERS = [{ displayName: 'tenure-managed' }, { displayName: 'tenure-managed-blocked' }]
let scene: EntraScene

afterEach(async () => {
  await scene.tenant.close()
})

async function start(state: EntraState = {}): Promise<void> {
  scene = new EntraScene(await entraTenant({ ...state, groups: [...MARKERS, ...(state.groups ?? [])] }))
}

const people = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({
    userPrincipalName: `p${from + index}@example.com`,
    displayName: `P ${from + index}`,
  }))

const idsOf = (): AccountId[] => (scene.tenant.state.users ?? []).map(user => String(user.id) as AccountId)

function group(name: string): Entitlement {
  const found = scene.tenant.state.groups?.find(one => one.displayName === name)
  return { kind: 'Group', id: String(found?.id) as EntitlementId, name, privileged: false }
}

const creation = (index: number): OperationVerb => ({
  kind: 'create',
  state: 'Enabled',
  login: `n${index}@example.com`,
  attributes: { displayName: `N ${index}`, employeeId: `e${index}` },
  grants: [],
})

interface Sent {
  readonly verb: OperationVerb
  readonly account?: AccountId
}

/** One wave: all operations together, as the executor sends them. */
async function wave(sent: readonly Sent[]): Promise<readonly Outcome[]> {
  const operations = sent.map(({ verb, account }) => scene.approved(verb, account === undefined ? {} : { account }))
  const outcomes: Outcome[] = []
  for await (const outcome of scene.provider.apply(operations, signal)) outcomes.push(outcome)
  return outcomes
}

const granted = (entitlement: Entitlement, accounts: readonly AccountId[]): Sent[] =>
  accounts.map(account => ({ verb: { kind: 'grant', entitlement, mappings: [] }, account }))

const kinds = (outcomes: readonly Outcome[]): string[] => [...new Set(outcomes.map(({ kind }) => kind))]

/** HTTP calls, those inside a batch left out: what the front door counted minus what stood in batches. */
const batches = (): number => scene.tenant.requests('POST', /\$batch$/)
const patches = (): number => scene.tenant.requests('PATCH', /^\/v1\.0\/groups\/\*$/)
const singles = (): number => scene.tenant.requests('POST', /groups\/\*\/members\/\$ref$/)

test('a wave of 100 joiners is made by five batches, and marked by five changes of twenty members', async () => {
  await start()
  const outcomes = await wave(Array.from({ length: 100 }, (_, index) => ({ verb: creation(index) })))
  expect(kinds(outcomes)).toEqual(['applied'])
  expect(outcomes.every(outcome => !('note' in outcome))).toBe(true)
  expect(scene.membersOf(group('tenure-managed').id)).toHaveLength(100)
  expect([patches(), singles()]).toEqual([5, 0])
  expect(batches()).toBeLessThanOrEqual(10)
})

test('a wave of one is one plain request', async () => {
  await start({ users: people(1), groups: [{ displayName: 'Eng' }] })
  expect(kinds(await wave(granted(group('Eng'), idsOf())))).toEqual(['applied'])
  expect([batches(), patches(), singles()]).toEqual([0, 0, 1])
})

test('who is in the group already does not keep the nineteen others out', async () => {
  await start({ users: people(20), groups: [{ displayName: 'Eng', members: ['p7@example.com'] }] })
  expect(kinds(await wave(granted(group('Eng'), idsOf())))).toEqual(['applied'])
  expect(scene.membersOf(group('Eng').id)).toHaveLength(20)
  expect([patches(), singles()]).toEqual([1, 20])
})

test('an id that nobody has fails alone; it is left out of the next try, and the others need no request of their own', async () => {
  await start({ users: people(19), groups: [{ displayName: 'Eng' }] })
  const nobody = '0b9d7f11-5a54-4c3a-9a51-7f4c0f6f1a2b' as AccountId
  const outcomes = await wave(granted(group('Eng'), [...idsOf(), nobody]))
  const failures = outcomes.filter(({ kind }) => kind !== 'applied')
  expect(failures.map(({ kind, operation }) => [kind, operation.account])).toEqual([['failed', nobody]])
  expect(scene.membersOf(group('Eng').id)).toHaveLength(19)
  expect([patches(), singles()]).toEqual([2, 1])
})

test('one request of a batch that is told to wait does so alone, and each is made once', async () => {
  await start()
  scene.tenant.simulator.faults.add({
    method: 'POST',
    path: '/v1.0/users',
    fault: 'status',
    status: 429,
    headers: { 'Retry-After': '1' },
    skip: 3,
    count: 1,
  })
  const outcomes = await wave(Array.from({ length: 20 }, (_, index) => ({ verb: creation(index) })))
  expect(kinds(outcomes)).toEqual(['applied'])
  expect(scene.tenant.requests('POST', /^\/v1\.0\/users$/)).toBe(21)
  expect(scene.tenant.state.users).toHaveLength(20)
})

test('a batch whose answer is lost leaves creates unknown, and repeats what may be repeated', async () => {
  await start({ users: people(3) })
  scene.tenant.simulator.faults.add({ method: 'POST', path: '/v1.0/$batch', fault: 'resetAfter', count: 1 })
  const outcomes = await wave([{ verb: creation(1) }, { verb: creation(2) }])
  expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'unknown'])
  expect(scene.tenant.requests('POST', /^\/v1\.0\/users$/)).toBe(2)
  scene.tenant.simulator.faults.add({ method: 'POST', path: '/v1.0/$batch', fault: 'resetAfter', count: 1 })
  const ended = await wave(idsOf().map(account => ({ verb: { kind: 'end-sessions' }, account })))
  expect(kinds(ended)).toEqual(['applied'])
})

test('a batch that the tenant does not take as such is sent piece by piece', async () => {
  await start({ users: people(3) })
  const body = { error: { code: 'BadRequest', message: 'Invalid batch payload format.' } }
  scene.tenant.simulator.faults.add({ method: 'POST', path: '/v1.0/$batch', fault: 'status', status: 400, body })
  expect(kinds(await wave(idsOf().map(account => ({ verb: { kind: 'end-sessions' }, account }))))).toEqual(['applied'])
})

test('a token that is refused inside a batch is replaced', async () => {
  await start({ users: people(2) })
  const body = { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed.' } }
  const path = '/v1.0/users/*/revokeSignInSessions'
  scene.tenant.simulator.faults.add({ method: 'POST', path, fault: 'status', status: 401, body, count: 2 })
  expect(kinds(await wave(idsOf().map(account => ({ verb: { kind: 'end-sessions' }, account }))))).toEqual(['applied'])
})

const throttled = (): number =>
  scene.tenant.simulator
    .requests()
    .filter(row => row.provider === 'entra' && row.status === 429)
    .reduce((sum, row) => sum + row.count, 0)

test.each([50, 90])(
  'at %i percent of the quota nobody is ever told to wait, and nine tenths of that share are used',
  async quotaPercent => {
    await start({ groups: [{ displayName: 'A' }, { displayName: 'B' }] })
    const { simulator } = scene.tenant
    simulator.tenants.entra.turn('quota', true)
    scene.reconnect({ quotaPercent, time: new FastTime(simulator.clock) })
    const from = simulator.clock.now()
    for (let at = 0; at < 4; at += 1) {
      const verbs = Array.from({ length: 100 }, (_, index) => ({ verb: creation(at * 100 + index) }))
      expect(kinds(await wave(verbs))).toEqual(['applied'])
    }
    const ids = idsOf()
    for (const name of ['A', 'B']) expect(kinds(await wave(granted(group(name), ids)))).toEqual(['applied'])
    expect(new Set(scene.membersOf(group('B').id))).toEqual(new Set(ids))
    const seconds = (simulator.clock.now() - from) / 1000
    const writes = 400 + patches() + singles()
    expect(throttled()).toBe(0)
    expect(writes).toBe(460)
    expect(writes / seconds).toBeGreaterThan(0.85 * 20 * (quotaPercent / 100))
  },
)

test('joiners of a tenant that lags are made once, marked and granted', async () => {
  await start({ groups: [{ displayName: 'A' }] })
  const { simulator } = scene.tenant
  simulator.tenants.entra.turn('lag', true)
  scene.reconnect({
    time: new FastTime(simulator.clock),
    retry: { tries: 5, baseMs: 250, maxMs: 170_000, random: () => 0.5 },
  })
  const outcomes = await wave(Array.from({ length: 60 }, (_, index) => ({ verb: creation(index) })))
  expect(kinds(outcomes)).toEqual(['applied'])
  expect(outcomes.flatMap(outcome => ('note' in outcome ? [outcome.note] : []))).toEqual([])
  const ids = outcomes.flatMap(outcome => ('account' in outcome ? [outcome.account as AccountId] : []))
  expect(kinds(await wave(granted(group('A'), ids)))).toEqual(['applied'])
  expect(kinds(await wave(ids.map(account => ({ verb: { kind: 'block', why: 'Departure' }, account }))))).toEqual([
    'applied',
  ])
  const users = scene.tenant.state.users ?? []
  expect([users.length, new Set(users.map(user => user.employeeId)).size]).toEqual([60, 60])
  expect(scene.membersOf(group('A').id)).toHaveLength(60)
  expect(scene.membersOf(group('tenure-managed-blocked').id)).toHaveLength(60)
})
