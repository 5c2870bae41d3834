import { describe, expect, it } from 'vitest'
import {
  account,
  accountId,
  desiredState,
  entitlement,
  MONDAY,
  number,
  operation,
  policy,
} from '../../test/support/builders.ts'
import type { Account } from '../model/account.ts'
import type { Reason } from '../model/origin.ts'
import type { Because, Operation, OperationVerb, Verdict } from '../model/plan.ts'
import type { ProviderPolicy } from '../model/provider.ts'
import { setHash } from '../plan/hash.ts'
import { judgePlan } from './judge.ts'

/** Whom no operation may name: protected people, admins, strangers. */

const confirmed: Because = { text: 'a reason', sources: ['suspended'], basis: 'Declared', confirmedAt: MONDAY }
const unconfirmed: Because = { text: 'a reason', sources: ['suspended'], basis: 'Declared' }
const inferred: Because = { ...confirmed, sources: ['deleted'], basis: 'Inferred' }

const held = entitlement()
const verbs: readonly OperationVerb[] = [
  { kind: 'adopt', how: 'Intent' },
  { kind: 'mark', marker: 'Managed' },
  { kind: 'unmark', marker: 'Managed' },
  { kind: 'update', set: { title: 'Countess' }, before: { title: null } },
  { kind: 'set-manager', manager: undefined },
  { kind: 'enable', first: false },
  { kind: 'block', why: 'Suspension' },
  { kind: 'end-sessions' },
  { kind: 'grant', entitlement: held, mappings: ['engineering'] },
  { kind: 'revoke', entitlement: held },
  { kind: 'delete' },
]
const takingAccess = verbs.filter(verb => ['block', 'end-sessions', 'revoke', 'delete'].includes(verb.kind))
const harmless = verbs.filter(verb => !takingAccess.includes(verb) && verb.kind !== 'adopt')

const blocked: Partial<Account> = { state: 'Blocked', departed: true, blockMarked: true }

/** An operation on an account, in the lane of a departure unless another is given. */
function on(target: Account, verb: OperationVerb, options: Parameters<typeof operation>[1] = {}): Operation {
  const person = { number: number('E1'), employee: 'ada', login: 'ada@example.com' }
  return operation(verb, {
    person,
    target: { kind: 'Bound', account: target },
    lane: 'Leaver',
    because: confirmed,
    ...options,
  })
}

interface Options {
  readonly policy?: ProviderPolicy
  /** Ids our record binds; every account named when absent. */
  readonly bound?: readonly string[]
}

function judged(operations: readonly Operation[], options: Options = {}): Verdict {
  const named = operations.flatMap(one => (one.target.kind === 'Bound' ? [one.target.account.id] : []))
  return judgePlan({
    plan: { provider: policy().name, operations, hash: 'sha256:0' as Verdict['plan']['hash'] },
    desired: desiredState([], { declaredEmployees: 10, ...(options.policy ? { policy: options.policy } : {}) }),
    bound: new Set(options.bound?.map(accountId) ?? named),
    population: { accounts: 100, grants: 1000, holders: new Map() },
    reading: { kind: 'Whole' },
    ownership: { kind: 'Ours' },
    clockSkewMs: 0,
    recordLost: false,
    approved: [],
    hashOf: setHash,
  })
}

const left = (verdict: Verdict): string[] => verdict.plan.operations.map(one => one.kind)
const reasons = (verdict: Verdict): Reason[] => verdict.refusals.map(refusal => refusal.reason)

describe('a protected account', () => {
  const protecting = (name: string): Options => ({ policy: policy({ guard: { protected: [name] } }) })
  const target = account({ id: '00uABC', login: 'ada.old@example.com', email: 'Ada.Mail@example.com', ...blocked })

  it.each([
    ['its id', '00uabc'],
    ['the login it has', 'ADA.OLD@example.com'],
    ['the login it is to have', 'Ada@Example.com'],
    ['its e-mail', 'ada.mail@EXAMPLE.com'],
  ])('is known by %s, without case, and no verb touches it', (...[, name]) => {
    for (const verb of verbs) {
      const verdict = judged([on(target, verb)], protecting(name))
      expect([verb.kind, left(verdict), reasons(verdict)]).toEqual([verb.kind, [], ['Protected']])
    }
  })

  it('is not made either', () => {
    const create: OperationVerb = {
      kind: 'create',
      state: 'Enabled',
      login: 'ada@example.com',
      attributes: {},
      grants: [],
    }
    const joiner = operation(create, { lane: 'Joiner', because: confirmed })
    expect(reasons(judged([joiner], protecting('ada@example.com')))).toEqual(['Protected'])
    expect(left(judged([joiner], protecting('ada')))).toEqual(['create'])
  })

  it('protects nobody whose name only begins alike', () => {
    expect(left(judged([on(target, { kind: 'end-sessions' })], protecting('00uabcd')))).toEqual(['end-sessions'])
  })
})

describe('a holder of an admin role', () => {
  const admin = account({ ...blocked, admin: true })

  it.each(takingAccess)(
    'loses nothing ($kind) by inference, nor by a declared departure no direct read confirmed',
    verb => {
      expect(left(judged([on(admin, verb)]))).toEqual([verb.kind])
      expect(reasons(judged([on(admin, verb, { because: inferred })]))).toEqual(['Protected'])
      expect(reasons(judged([on(admin, verb, { because: unconfirmed })]))).toEqual(['Protected'])
      expect(reasons(judged([on(admin, verb, { lane: 'Mover' })]))).toEqual(['Protected'])
    },
  )

  it.each(harmless)('is in reach of "$kind" as anybody else', verb => {
    expect(left(judged([on(admin, verb, { lane: 'Mover' })]))).toEqual([verb.kind])
  })

  it('is known only where roles can be read: absent and false protect nobody', () => {
    const plain = [account({ ...blocked }), account({ ...blocked, admin: false })]
    for (const target of plain)
      expect(left(judged([on(target, { kind: 'block', why: 'Departure' }, { because: inferred })]))).toEqual(['block'])
  })
})

describe('a stranger', () => {
  const stranger = account({ id: 'stranger', number: 'E1', marked: false })
  const strange: Options = { bound: ['somebody-else'] }

  it.each(verbs.filter(verb => verb.kind !== 'adopt'))('is out of reach of "$kind"', verb => {
    expect(reasons(judged([on({ ...stranger, ...blocked }, verb)], strange))).toEqual(['Stranger'])
  })

  it.each([
    ['carries its number, and the policy adopts by number', 'ByEmployeeNumber', 'E1', true],
    ['carries its number, and the policy adopts by e-mail too', 'ByEmail', 'E1', true],
    ['carries no number, and the policy adopts by e-mail', 'ByEmail', undefined, true],
    ['carries no number, and the policy adopts by number', 'ByEmployeeNumber', undefined, false],
    ['carries another number, and the policy adopts by e-mail', 'ByEmail', 'E9', false],
    ['carries its number, and the policy adopts nobody', 'Never', 'E1', false],
  ] as const)('that %s (adopt: %s, number %s): adopted %s', (...[, adopt, carried, adopted]) => {
    const { number: _, ...numberless } = stranger
    const target = carried === undefined ? numberless : { ...numberless, number: number(carried) }
    const adoption = on(target, { kind: 'adopt', how: 'Adoption' }, { lane: 'Joiner' })
    const grant = on(target, { kind: 'grant', entitlement: held, mappings: ['engineering'] }, { lane: 'Joiner' })
    const verdict = judged([adoption, grant], { ...strange, policy: policy({ adopt }) })
    expect(left(verdict)).toEqual(adopted ? ['adopt', 'grant'] : [])
  })

  it('is bound again as marked only when it is marked', () => {
    const marked = { kind: 'adopt', how: 'Marked' } as const
    const never = { ...strange, policy: policy({ adopt: 'Never' }) }
    expect(left(judged([on({ ...stranger, marked: true }, marked)], never))).toEqual(['adopt'])
    expect(reasons(judged([on(stranger, marked)], never))).toEqual(['Stranger'])
  })

  it('is no leaver of ours unless marked, blocked-marked and blocked, all three', () => {
    const ours = { ...stranger, ...blocked, marked: true }
    const strip = (target: Account): Verdict => judged([on(target, { kind: 'revoke', entitlement: held })], strange)
    expect(left(strip(ours))).toEqual(['revoke'])
    for (const lacking of [{ marked: false }, { blockMarked: false }, { state: 'Enabled' as const }])
      expect([lacking, reasons(strip({ ...ours, ...lacking }))]).toEqual([lacking, ['Stranger']])
  })
})
