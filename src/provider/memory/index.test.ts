import { expect, test } from 'vitest'
import { approve } from '../../../test/support/approved.ts'
import { accountId, entitlementId, operation } from '../../../test/support/builders.ts'
import type { Account, Snapshot } from '../../model/account.ts'
import { AuthError, RateLimitError, SnapshotError, TransientError } from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import type { OperationVerb, Outcome } from '../../model/plan.ts'
import { type MemoryOptions, type MemoryProvider, memoryProvider } from './index.ts'

const NOON = Date.UTC(2026, 2, 2, 12)
const ADA = accountId('ada')
const SIGNAL = new AbortController().signal
const CREATE: OperationVerb = { kind: 'create', state: 'Staged', login: 'ada@example.com', attributes: {}, grants: [] }

/** A tenant with markers, a group `Engineering`, and Ada, who is managed and in it. */
function provider(options: MemoryOptions = {}): MemoryProvider {
  return memoryProvider({
    now: () => NOON,
    state: {
      accounts: [{ id: 'ada', login: 'ada@example.com', attributes: { employeeNumber: 'E1', title: 'Analyst' } }],
      groups: [
        { id: 'marker', name: 'tenure-managed', members: ['ada'] },
        { id: 'blocked', name: 'tenure-managed-blocked' },
        { id: 'engineering', name: 'Engineering', members: ['ada'] },
      ],
    },
    ...options,
  })
}

const ENGINEERING = { kind: 'Group', id: entitlementId('engineering'), name: 'Engineering', privileged: false } as const

function snapshot(of: MemoryProvider): Promise<Snapshot> {
  return of.snapshot({ bound: [], entitlements: [ENGINEERING] }, SIGNAL)
}

async function run(on: MemoryProvider, verb: OperationVerb, account?: AccountId): Promise<Outcome | undefined> {
  const approved = approve(operation(verb), account === undefined ? {} : { account })
  for await (const outcome of on.apply([approved], SIGNAL)) return outcome
  return undefined
}

async function readAda(from: MemoryProvider): Promise<Account | undefined> {
  const [result] = await from.lookup([{ kind: 'Id', id: ADA }], SIGNAL)
  return result?.accounts[0]?.account
}

test('a snapshot shows the state before a write until the lag has passed, a direct read does not lag', async () => {
  let now = NOON
  const lagging = provider({ readLagMs: 60_000, now: () => now })
  await run(lagging, { kind: 'block', why: 'Departure' }, ADA)
  await run(lagging, { kind: 'revoke', entitlement: ENGINEERING }, ADA)
  await run(lagging, { ...CREATE, login: 'grace@example.com' })

  now += 59_999
  const stale = await snapshot(lagging)
  expect([...stale.accounts.keys()]).toEqual([ADA])
  expect(stale.accounts.get(ADA)).toMatchObject({ state: 'Enabled', blockMarked: false })
  expect(stale.members.get(ENGINEERING.id)).toEqual(new Set([ADA]))
  expect(await readAda(lagging)).toMatchObject({ state: 'Blocked', blockMarked: true })

  now += 1
  const fresh = await snapshot(lagging)
  expect(fresh.accounts.size).toBe(2)
  expect(fresh.accounts.get(ADA)).toMatchObject({ state: 'Blocked', blockMarked: true })
  expect(fresh.members.get(ENGINEERING.id)).toEqual(new Set())
})

test('a lagging snapshot still shows who was erased meanwhile', async () => {
  let now = NOON
  const lagging = provider({ readLagMs: 1000, now: () => now })
  lagging.tenant.erase(ADA)
  expect((await snapshot(lagging)).accounts.get(ADA)).toMatchObject({ state: 'Enabled', marked: true })
  now += 1000
  expect((await snapshot(lagging)).accounts.size).toBe(0)
})

test('the state that was taken out can be put in again', async () => {
  const first = provider()
  await run(first, { ...CREATE, login: 'grace@example.com' })
  await run(first, { kind: 'block', why: 'Departure' }, ADA)
  await run(first, { kind: 'delete' }, ADA)
  const second = memoryProvider({ now: () => NOON })
  second.load(JSON.parse(JSON.stringify(first.state())))
  expect(second.state()).toEqual(first.state())
  expect((await snapshot(second)).accounts).toEqual((await snapshot(first)).accounts)
})

test('an account that an administrator takes out of the bin is in its groups again', async () => {
  const one = provider()
  one.tenant.setState(ADA, 'Deleted')
  expect((await snapshot(one)).members.get(ENGINEERING.id)).toEqual(new Set())
  one.tenant.setState(ADA, 'Enabled')
  expect((await snapshot(one)).members.get(ENGINEERING.id)).toEqual(new Set([ADA]))
  expect((await readAda(one))?.marked).toBe(true)
})

test('a torn snapshot throws, one that hides accounts does not tell', async () => {
  const one = provider()
  one.fail({ snapshot: 'Torn' })
  await expect(snapshot(one)).rejects.toThrow(SnapshotError)
  one.fail({ snapshot: { hidden: 1 } })
  expect((await snapshot(one)).accounts.size).toBe(0)
  one.fail({})
  expect((await snapshot(one)).accounts.size).toBe(1)
})

test('reads fail as they are told to', async () => {
  const one = provider()
  for (const [faults, kind] of [
    [{ reads: 'Unavailable' }, TransientError],
    [{ reads: 'RateLimited' }, RateLimitError],
    [{ credential: 'Rejected' }, AuthError],
  ] as const) {
    one.fail(faults)
    await expect(snapshot(one)).rejects.toThrow(kind)
    await expect(readAda(one)).rejects.toThrow(kind)
  }
})

test('the write that is struck decides how far an operation gets', async () => {
  const block: OperationVerb = { kind: 'block', why: 'Departure' }
  const cases = [
    [{ nth: 1, fault: 'Lost' }, 'applied', 'Blocked', false],
    [{ nth: 2, fault: 'Lost' }, 'unknown', 'Enabled', true],
    [{ nth: 2, fault: 'Unanswered' }, 'unknown', 'Blocked', true],
    [{ nth: 2, fault: 'Refused' }, 'failed', 'Enabled', true],
    [{ nth: 3, fault: 'Refused' }, 'applied', 'Blocked', true],
  ] as const
  for (const [fault, kind, state, blockMarked] of cases) {
    const one = provider()
    one.fail({ writes: [fault] })
    expect((await run(one, block, ADA))?.kind).toBe(kind)
    expect(await readAda(one)).toMatchObject({ state, blockMarked })
  }
})

test('a create whose marks fail is applied, and its note says what is left to do', async () => {
  const one = provider({ groupsOnCreate: 0 })
  one.fail({ writes: [{ nth: 2, fault: 'Refused' }] })
  const outcome = await run(one, { ...CREATE, login: 'grace@example.com' })
  expect(outcome).toMatchObject({ kind: 'applied', login: 'grace@example.com' })
  expect(outcome?.kind === 'applied' && outcome.note).toContain('tenure-managed')
  const id = outcome?.kind === 'applied' ? outcome.account : undefined
  expect((await snapshot(one)).accounts.get(id ?? ADA)).toMatchObject({ marked: false, blockMarked: true })
})

test('no account is made while a marker group is missing', async () => {
  const one = provider()
  one.tenant.removeGroup(entitlementId('blocked'))
  const outcome = await run(one, { ...CREATE, login: 'grace@example.com' })
  expect(outcome).toMatchObject({ kind: 'failed' })
  expect(one.state().accounts).toHaveLength(1)
})

test('what is so already costs no write', async () => {
  const one = provider()
  await run(one, { kind: 'grant', entitlement: ENGINEERING, mappings: ['engineering'] }, ADA)
  await run(one, { kind: 'mark', marker: 'Managed' }, ADA)
  expect(one.writes).toBe(0)
  await run(one, { kind: 'revoke', entitlement: ENGINEERING }, ADA)
  expect(one.writes).toBe(1)
})

test('accounts nobody changed come out of every snapshot as the same objects', async () => {
  const one = provider()
  const before = (await snapshot(one)).accounts.get(ADA)
  expect((await snapshot(one)).accounts.get(ADA)).toBe(before)
  one.tenant.edit(ADA, { attributes: { title: 'Countess' } })
  expect((await snapshot(one)).accounts.get(ADA)).not.toBe(before)
  expect(before?.attributes.title).toBe('Analyst')
})

test('a login outside the domains of the tenant is refused', async () => {
  const one = provider({ loginDomains: ['example.com'] })
  const outcome = await run(one, { ...CREATE, login: 'grace@example.org' })
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'ProviderFailed' })
  expect((await one.catalog([], SIGNAL)).loginDomains).toEqual(['example.com'])
})

test('the tenant does not let anybody block an administrator', async () => {
  const one = provider()
  one.tenant.edit(ADA, { admin: true })
  const outcome = await run(one, { kind: 'block', why: 'Departure' }, ADA)
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'LeaverNotBlocked' })
  expect(await readAda(one)).toMatchObject({ state: 'Enabled', blockMarked: false, admin: true })
})

test('a repeated snapshot of 10,000 accounts and 200 groups copies no member list', async () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `a${index}`)
  const groups = Array.from({ length: 200 }, (_, index) => ({ id: `g${index}`, name: `Team ${index}`, members: ids }))
  const big = memoryProvider({
    state: {
      accounts: ids.map(id => ({ id, login: `${id}@example.com`, attributes: { employeeNumber: id } })),
      groups: [{ name: 'tenure-managed', members: ids }, { name: 'tenure-managed-blocked' }, ...groups],
    },
  })
  const entitlements = groups.map(({ id, name }) => ({ ...ENGINEERING, id: entitlementId(id), name }))
  const first = await big.snapshot({ bound: [], entitlements }, SIGNAL)
  const second = await big.snapshot({ bound: [], entitlements }, SIGNAL)
  expect(second.accounts.size).toBe(10_000)
  for (const { id } of entitlements) expect(second.members.get(id)).toBe(first.members.get(id))
})
