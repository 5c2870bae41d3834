import { describe, expect, it } from 'vitest'
import { account, desiredState, entitlement, MONDAY, number, operation, policy } from '../../test/support/builders.ts'
import type { Account } from '../model/account.ts'
import type { ScopedEntitlement } from '../model/desired.ts'
import type { Reason } from '../model/origin.ts'
import type { Because, Operation, OperationVerb, Verdict } from '../model/plan.ts'
import type { Limit, LossClass } from '../model/provider.ts'
import { setHash } from '../plan/hash.ts'
import type { GuardInput } from './check.ts'
import { judgePlan } from './judge.ts'

/** What waits although it names the right account: over budget, due by a clock that is wrong, inferred from too little. */

const declared: Because = { text: 'a reason', sources: ['engineering'], basis: 'Declared', confirmedAt: MONDAY }
const inferred: Because = { ...declared, sources: ['deleted'], basis: 'Inferred' }
const because = (...sources: string[]): Because => ({ ...declared, sources })

const held = entitlement()
const grant: OperationVerb = { kind: 'grant', entitlement: held, mappings: ['engineering'] }
const revoke: OperationVerb = { kind: 'revoke', entitlement: held }

type Options = Parameters<typeof operation>[1] & { readonly account?: Partial<Account> }

/** An operation on the bound account of the employee with this number. */
function on(employee: string, verb: OperationVerb, { account: fields, ...options }: Options = {}): Operation {
  const login = `${employee}@example.com`
  const target = { ...account({ id: `account-${employee}`, number: employee, login }), ...fields }
  const person = { number: number(employee), employee, login }
  return operation(verb, {
    person,
    target: { kind: 'Bound', account: target },
    because: declared,
    lane: 'Mover',
    ...options,
  })
}

function judged(operations: readonly Operation[], input: Partial<GuardInput> = {}): Verdict {
  return judgePlan({
    plan: { provider: policy().name, operations, hash: 'sha256:0' as Verdict['plan']['hash'] },
    desired: desiredState([], { declaredEmployees: 10 }),
    bound: new Set(operations.flatMap(one => (one.target.kind === 'Bound' ? [one.target.account.id] : []))),
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

const left = (verdict: Verdict): string[] => verdict.plan.operations.map(one => `${one.kind} ${one.person.employee}`)
const reasons = (verdict: Verdict): Reason[] => verdict.refusals.map(refusal => refusal.reason)

describe('each class of loss has a budget of its own', () => {
  const classes: readonly (readonly [LossClass, OperationVerb, Options])[] = [
    ['leave', { kind: 'block', why: 'Departure' }, { lane: 'Leaver' }],
    ['block', { kind: 'block', why: 'Departure' }, { lane: 'Leaver', because: inferred }],
    ['revoke', revoke, { because: { ...inferred, sources: ['engineering'] } }],
    ['enable', { kind: 'enable', first: false }, { lane: 'Joiner' }],
    ['rename', { kind: 'update', set: {}, before: {}, login: { from: 'a', to: 'b' } }, {}],
  ]
  const roomy: Limit = { percent: 100, atLeast: 100 }
  const limits = (only: LossClass, atLeast: number): Partial<GuardInput> => {
    const all = { leave: roomy, block: roomy, revoke: roomy, enable: roomy, rename: roomy }
    const guard = { limits: { ...all, [only]: { percent: 0, atLeast } } }
    return { desired: desiredState([], { declaredEmployees: 10, policy: policy({ guard }) }) }
  }

  it.each(classes)(
    '%s: three with room for two are withheld, all three; what does not count goes on',
    (one, verb, options) => {
      const operations = ['E1', 'E2', 'E3'].map(employee => on(employee, verb, { ...options, counts: one }))
      const verdict = judged([...operations, on('E4', grant)], limits(one, 2))
      expect(verdict.refusals).toMatchObject([{ reason: 'OverBudget', withheld: { class: one, count: 3, limit: 2 } }])
      expect(left(verdict)).toEqual(['grant E4'])
      expect(left(judged(operations, limits(one, 3)))).toHaveLength(3)
    },
  )

  it.each(classes)('%s: what counts in no class is not held up by it', (one, verb, options) => {
    const operations = ['E1', 'E2', 'E3'].map(employee => on(employee, verb, options))
    expect(left(judged(operations, limits(one, 0)))).toHaveLength(3)
  })

  it('revokes are a share of the grants, everything else a share of the people', () => {
    const share = (only: LossClass): Partial<GuardInput> => {
      const all = { leave: roomy, block: roomy, revoke: roomy, enable: roomy, rename: roomy }
      const guard = { limits: { ...all, [only]: { percent: 1, atLeast: 0 } } }
      return { desired: desiredState([], { declaredEmployees: 10, policy: policy({ guard }) }) }
    }
    const three = (counts: LossClass, verb: OperationVerb): Operation[] =>
      ['E1', 'E2', 'E3'].map(employee => on(employee, verb, { counts }))
    expect(left(judged(three('revoke', revoke), share('revoke')))).toHaveLength(3)
    expect(judged(three('enable', { kind: 'enable', first: false }), share('enable')).refusals).toMatchObject([
      { withheld: { class: 'enable', limit: 1 } },
    ])
  })
})

describe('a clock that differs from the provider’s', () => {
  const minutes = (count: number): Partial<GuardInput> => ({ clockSkewMs: count * 60_000 })
  const leaver: Options = { lane: 'Leaver', because: because('employment.endDate') }
  const proven = { state: 'Blocked' as const, departed: true }
  const scope = (dated: boolean): Partial<GuardInput> => {
    const scoped: ScopedEntitlement = {
      entitlement: held,
      mode: 'Authoritative',
      mappings: ['engineering'],
      onDelete: 'Revoke',
      dated,
    }
    return { desired: desiredState([], { declaredEmployees: 10, scope: new Map([[held.id, scoped]]) }) }
  }
  const due: readonly (readonly [string, Operation, Partial<GuardInput>])[] = [
    ['a departure on a day', on('E1', { kind: 'block', why: 'Departure' }, leaver), {}],
    ['a first day', on('E1', { kind: 'enable', first: true }, { because: because('employment.startDate') }), {}],
    ['a leave', on('E1', { kind: 'block', why: 'Leave' }, { because: because('employment.leaves') }), {}],
    [
      'a deletion after the grace',
      on('E1', { kind: 'delete' }, { lane: 'Leaver', because: because('offboarding.graceDays'), account: proven }),
      {},
    ],
    ['a grant of a mapping with a window', on('E1', grant), scope(true)],
    [
      'a revoke of a mapping with a window',
      on('E1', revoke, { because: { ...inferred, sources: ['engineering'] } }),
      scope(true),
    ],
  ]

  it.each(due)('stops %s, beyond five minutes either way', (...[, one, input]) => {
    for (const wrong of [5.1, -5.1, 600]) {
      const verdict = judged([one], { ...input, ...minutes(wrong) })
      expect([wrong, left(verdict), reasons(verdict)]).toEqual([wrong, [], ['ClockSkewed']])
    }
    for (const right of [5, -5, 0]) expect(left(judged([one], { ...input, ...minutes(right) }))).toHaveLength(1)
    expect(left(judged([one], { ...input, clockSkewMs: undefined }))).toHaveLength(1)
  })

  it('stops nothing that no date decides', () => {
    const operations = [
      on('E1', { kind: 'block', why: 'Suspension' }, { lane: 'Leaver', because: because('suspended') }),
      on('E2', { kind: 'block', why: 'Departure' }, { lane: 'Leaver', because: inferred }),
      on('E2', revoke, { lane: 'Leaver', because: inferred }),
      on('E3', grant),
      on('E4', { kind: 'update', set: { title: 'Countess' }, before: { title: null } }, { because: because('title') }),
    ]
    const still = ['block E1', 'block E2', 'revoke E2', 'grant E3', 'update E4']
    expect(left(judged(operations, { ...scope(false), ...minutes(10) }))).toEqual(still)
  })

  it('holds up no leaver because the group they lose has a window for others', () => {
    const strip = on('E2', revoke, { lane: 'Leaver', because: because('suspended') })
    expect(left(judged([strip], { ...scope(true), ...minutes(10) }))).toEqual(['revoke E2'])
  })
})

describe('what follows from absence', () => {
  const losses = [
    on('E1', { kind: 'block', why: 'Departure' }, { lane: 'Leaver', because: inferred }),
    on('E1', { kind: 'end-sessions' }, { lane: 'Leaver', because: inferred }),
    on('E2', revoke, { because: inferred }),
    on('E3', { kind: 'delete' }, { lane: 'Leaver', because: inferred, account: { state: 'Blocked', departed: true } }),
    on('E4', { kind: 'unmark', marker: 'Managed' }, { because: inferred }),
  ]
  it.each([
    ['while a manifest is unreadable', { complete: false, declaredEmployees: 10 }, 'DesiredIncomplete'],
    ['when no Employee is declared', { complete: true, declaredEmployees: 0 }, 'DesiredEmpty'],
  ] as const)('waits %s, every kind of it', (...[, desired, reason]) => {
    for (const loss of losses) {
      const verdict = judged([loss], { desired: desiredState([], desired) })
      expect([loss.kind, left(verdict), reasons(verdict)]).toEqual([loss.kind, [], [reason]])
      expect(left(judged([loss]))).toHaveLength(1)
    }
  })
})

describe('what rests on a direct read', () => {
  const { confirmedAt: _, ...unconfirmed } = declared
  const proven = { state: 'Blocked' as const, departed: true }
  const resting: readonly (readonly [OperationVerb, Partial<Account>])[] = [
    [{ kind: 'adopt', how: 'Adoption' }, {}],
    [{ kind: 'adopt', how: 'Intent' }, {}],
    [{ kind: 'restore', login: 'e1@example.com' }, { state: 'Deleted' }],
    [{ kind: 'block', why: 'Departure' }, {}],
    [{ kind: 'end-sessions' }, {}],
    [{ kind: 'delete' }, proven],
  ]
  it.each(resting)('waits without one: %j', (verb, fields) => {
    expect(reasons(judged([on('E1', verb, { because: unconfirmed, account: fields })]))).toEqual(['Unconfirmed'])
    expect(left(judged([on('E1', verb, { account: fields })]))).toHaveLength(1)
  })

  it.each([
    ['not blocked', { state: 'Enabled' as const, departed: false }],
    ['blocked less deep than a departure', { state: 'Blocked' as const, departed: false }],
    ['staged, never blocked', { state: 'Staged' as const, departed: true }],
  ])('is no deletion of an account that is %s', (...[, fields]) => {
    expect(reasons(judged([on('E1', { kind: 'delete' }, { lane: 'Leaver', account: fields })]))).toEqual([
      'Unconfirmed',
    ])
  })
})
