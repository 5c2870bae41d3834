import { describe, expect, it } from 'vitest'
import {
  account,
  accountId,
  desiredState,
  entitlement,
  entitlementId,
  MONDAY,
  number,
  operation,
  policy,
} from '../../test/support/builders.ts'
import type { Reason } from '../model/origin.ts'
import type { Because, Operation, OperationVerb, Plan, Verdict } from '../model/plan.ts'
import type { Limit } from '../model/provider.ts'
import { setHash } from '../plan/hash.ts'
import { budgetOf } from './budgets.ts'
import type { GuardInput } from './check.ts'
import { judgePlan } from './judge.ts'

const confirmed: Because = { text: 'a reason', sources: ['employment.endDate'], basis: 'Declared', confirmedAt: MONDAY }
const inferred: Because = { ...confirmed, sources: ['deleted'], basis: 'Inferred' }
const declared: Because = { text: 'a reason', sources: ['engineering'], basis: 'Declared' }

type Options = Parameters<typeof operation>[1]

/** An operation on the bound account of the employee with this number. */
function on(employee: string, verb: OperationVerb, options: Options = {}): Operation {
  const bound = account({ id: `account-${employee}`, number: employee, login: `${employee}@example.com` })
  const person = { number: number(employee), employee, login: `${employee}@example.com` }
  return operation(verb, { person, target: { kind: 'Bound', account: bound }, because: declared, ...options })
}

const block = (employee: string, because = inferred): Operation =>
  on(
    employee,
    { kind: 'block', why: 'Departure' },
    { lane: 'Leaver', because, counts: because.basis === 'Declared' ? 'leave' : 'block' },
  )
const revoke = (employee: string): Operation =>
  on(
    employee,
    { kind: 'revoke', entitlement: entitlement() },
    { lane: 'Mover', because: { ...inferred, sources: ['engineering'] }, counts: 'revoke' },
  )
const grant = (employee: string): Operation =>
  on(employee, { kind: 'grant', entitlement: entitlement(), mappings: ['engineering'] }, { lane: 'Mover' })

function judged(operations: readonly Operation[], input: Partial<GuardInput> = {}): Verdict {
  const plan: Plan = { provider: policy().name, operations, hash: 'sha256:0' as Plan['hash'] }
  const bound = operations.flatMap(one => (one.target.kind === 'Bound' ? [one.target.account.id] : []))
  return judgePlan({
    plan,
    desired: desiredState([], { declaredEmployees: 10 }),
    bound: new Set(bound),
    population: { accounts: 100, grants: 1000, holders: new Map() },
    reading: { kind: 'Whole' },
    ownership: { kind: 'Ours' },
    clockSkewMs: 0,
    recordLost: false,
    approved: [],
    hashOf: setHash,
    ...input,
  })
}

const said = (verdict: Verdict): string[] => verdict.plan.operations.map(one => `${one.kind} ${one.person.employee}`)
const reasons = (verdict: Verdict): Reason[] => verdict.refusals.map(refusal => refusal.reason)
const limited = (limit: Limit): Partial<GuardInput> => {
  const limits = { leave: limit, block: limit, revoke: limit, enable: limit, rename: limit }
  return { desired: desiredState([], { declaredEmployees: 10, policy: policy({ guard: { limits } }) }) }
}

describe('the guard', () => {
  it('lets through what nothing speaks against', () => {
    const verdict = judged([block('E1', confirmed), grant('E2')])
    expect([said(verdict), verdict.refusals]).toEqual([['block E1', 'grant E2'], []])
  })

  const everything = [block('E1', confirmed), grant('E2')]
  const stops: readonly (readonly [string, readonly Operation[], Partial<GuardInput>, Reason, readonly string[]])[] = [
    [
      'another owner stops every write',
      everything,
      { ownership: { kind: 'Foreign', message: 'not ours' } },
      'OwnedElsewhere',
      [],
    ],
    [
      'missing markers stop every write',
      everything,
      { ownership: { kind: 'Missing', message: 'none' } },
      'MarkerMissing',
      [],
    ],
    [
      'paused stops every write',
      everything,
      { desired: desiredState([], { policy: policy({ paused: true }) }) },
      'Paused',
      [],
    ],
    [
      'Observe writes nothing',
      everything,
      { desired: desiredState([], { policy: policy({ mode: 'Observe' }) }) },
      'Observing',
      [],
    ],
    [
      'a skewed clock stops what is due by date, and only that',
      everything,
      { clockSkewMs: 6 * 60_000 },
      'ClockSkewed',
      ['grant E2'],
    ],
    [
      'an unbound account is out of reach',
      everything,
      { bound: new Set([accountId('account-E2')]) },
      'Stranger',
      ['grant E2'],
    ],
    [
      'an unreadable manifest stops what follows from absence',
      [block('E1'), revoke('E3'), block('E4', confirmed), grant('E2')],
      { desired: desiredState([], { complete: false, declaredEmployees: 10 }) },
      'DesiredIncomplete',
      ['block E4', 'grant E2'],
    ],
    [
      'an empty folder removes nobody',
      [block('E1'), block('E4', confirmed)],
      { desired: desiredState([], { declaredEmployees: 0 }) },
      'DesiredEmpty',
      ['block E4'],
    ],
    [
      'a partial read leaves declared departures alone',
      [block('E1'), grant('E2'), block('E4', confirmed)],
      { reading: { kind: 'Partial', why: 'a page is missing' } },
      'ReadIncomplete',
      ['block E4'],
    ],
    [
      'a departure that no direct read confirmed waits',
      [on('E1', { kind: 'block', why: 'Departure' }, { because: declared, lane: 'Leaver' })],
      {},
      'Unconfirmed',
      [],
    ],
    [
      'a protected login is touched by nobody, even to leave',
      [block('E1', confirmed), grant('E2')],
      { desired: desiredState([], { policy: policy({ guard: { protected: ['E1@EXAMPLE.com'] } }) }) },
      'Protected',
      ['grant E2'],
    ],
    [
      'a lost record makes inferred losses wait',
      [block('E1'), block('E4', confirmed), grant('E2')],
      { recordLost: true },
      'RecordLost',
      ['block E4', 'grant E2'],
    ],
  ]
  it.each(stops)('%s', (...[, operations, input, reason, left]) => {
    const verdict = judged(operations, input)
    expect(reasons(verdict)).toEqual([reason])
    expect(said(verdict)).toEqual(left)
  })

  it('holders of admin roles lose access only by their own declared departure', () => {
    const admin = (employee: string, because: Because): Operation => ({
      ...block(employee, because),
      target: { kind: 'Bound', account: account({ id: `account-${employee}`, admin: true }) },
    })
    expect(said(judged([admin('E1', inferred), admin('E4', confirmed)]))).toEqual(['block E4'])
  })

  it('deletes only what is proven blocked', () => {
    const remove = (employee: string, state: 'Enabled' | 'Blocked'): Operation => {
      const target = {
        kind: 'Bound' as const,
        account: account({ id: `account-${employee}`, state, departed: state === 'Blocked' }),
      }
      return { ...on(employee, { kind: 'delete' }, { lane: 'Leaver', because: confirmed }), target }
    }
    const verdict = judged([remove('E1', 'Enabled'), remove('E4', 'Blocked')])
    expect([said(verdict), reasons(verdict)]).toEqual([['delete E4'], ['Unconfirmed']])
  })

  it('adopts only as the policy says', () => {
    const stranger = account({ id: 'stranger', number: 'E9', marked: false })
    const adopt = on(
      'E1',
      { kind: 'adopt', how: 'Adoption' },
      { target: { kind: 'Bound', account: stranger }, because: confirmed },
    )
    for (const policyOf of ['Never', 'ByEmployeeNumber'] as const) {
      const verdict = judged([adopt], {
        bound: new Set(),
        desired: desiredState([], { declaredEmployees: 1, policy: policy({ adopt: policyOf }) }),
      })
      expect(reasons(verdict)).toEqual(['Stranger'])
    }
  })

  describe('budgets', () => {
    it.each([
      [{ percent: 2, atLeast: 2, atMost: 25 }, 10, 2],
      [{ percent: 2, atLeast: 2, atMost: 25 }, 101, 3],
      [{ percent: 2, atLeast: 2, atMost: 25 }, 10_000, 25],
      [{ percent: 10, atLeast: 10 }, 100_000, 10_000],
      [{ percent: 0, atLeast: 0 }, 100, 0],
    ])('%j of %i allow %i', (limit, population, expected) => {
      expect(budgetOf(limit, population)).toBe(expected)
    })

    it('withhold a whole class under one hash, and let everything else go on', () => {
      const verdict = judged([block('E1'), block('E3'), grant('E2')], limited({ percent: 0, atLeast: 1 }))
      expect(said(verdict)).toEqual(['grant E2'])
      expect(verdict.refusals).toMatchObject([
        { reason: 'OverBudget', withheld: { class: 'block', count: 2, limit: 1 } },
      ])
      expect(verdict.refusals[0]?.operations).toHaveLength(2)
    })

    it('count a person once, however many operations their departure has', () => {
      const sessions = on('E1', { kind: 'end-sessions' }, { lane: 'Leaver', because: inferred, counts: 'block' })
      expect(said(judged([block('E1'), sessions], limited({ percent: 0, atLeast: 1 })))).toEqual([
        'block E1',
        'end-sessions E1',
      ])
    })

    it('are released by the hash of exactly that set', () => {
      const tight = limited({ percent: 0, atLeast: 1 })
      const hash = judged([block('E1'), block('E3')], tight).refusals[0]?.withheld?.hash
      if (!hash) throw new Error('nothing was withheld')
      expect(said(judged([block('E3'), block('E1')], { ...tight, approved: [hash] }))).toEqual(['block E3', 'block E1'])
      expect(said(judged([block('E1'), block('E3'), block('E4')], { ...tight, approved: [hash] }))).toEqual([])
    })

    it('keep one entitlement from being emptied although the class is within its budget', () => {
      const limit = { percent: 100, atLeast: 2, perEntitlementPercent: 25 }
      const population = { accounts: 100, grants: 1000, holders: new Map([[entitlementId('group-Engineering'), 8]]) }
      const input = { ...limited(limit), population }
      expect(reasons(judged(['E1', 'E2', 'E3'].map(revoke), input))).toEqual(['OverBudget'])
      expect(reasons(judged(['E1', 'E2'].map(revoke), input))).toEqual([])
    })
  })

  describe('what stands on a refusal', () => {
    const created: Options = { target: { kind: 'Created' }, lane: 'Joiner', because: confirmed }
    const create = on(
      'E1',
      { kind: 'create', state: 'Enabled', login: 'e1@example.com', attributes: {}, grants: [] },
      created,
    )
    const later = on('E1', { kind: 'grant', entitlement: entitlement(), mappings: ['engineering'] }, created)

    it('falls with it', () => {
      const off = desiredState([], {
        declaredEmployees: 1,
        policy: policy({ lifecycle: { create: false, update: true } }),
      })
      expect(said(judged([create, later], { desired: off }))).toEqual([])
      expect(said(judged([create, later]))).toEqual(['create E1', 'grant E1'])
    })

    it('is a manager who gets no account', () => {
      const manager = { number: number('E1'), id: undefined, displayName: 'Ada' }
      const report = on('E2', { kind: 'set-manager', manager })
      expect(said(judged([report]))).toEqual([])
      expect(said(judged([create, report]))).toEqual(['create E1', 'set-manager E2'])
    })
  })

  it.each([
    ['create-only', { create: true, update: false, offboard: false }, []],
    ['offboard-only', { create: false, update: false, offboard: true }, ['block E1']],
    ['update-only', { create: false, update: true, offboard: false }, ['grant E2', 'revoke E3']],
  ] as const)('%s switches leave only that kind of work', (_, lifecycle, left) => {
    const desired = desiredState([], { declaredEmployees: 10, policy: policy({ lifecycle }) })
    expect(said(judged([block('E1', confirmed), grant('E2'), revoke('E3')], { desired }))).toEqual(left)
  })
})
