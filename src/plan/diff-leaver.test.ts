import { describe, expect, it } from 'vitest'
import {
  account,
  accountId,
  desiredAccount,
  desiredState,
  entitlement,
  MONDAY,
  number,
  policy,
} from '../../test/support/builders.ts'
import type { Account, FoundAccount } from '../model/account.ts'
import type { Drift, Plan } from '../model/plan.ts'
import type { ProviderPolicy } from '../model/provider.ts'
import type { PersonRecord } from '../model/record.ts'
import { memoryProvider } from '../provider/memory/index.ts'
import { type Difference, diff } from './diff.ts'
import { planOperations } from './plan.ts'

/** Somebody who has left, in front of an account that is read directly. */

const dayMs = 86_400_000
const daysAgo = (count: number): number => MONDAY - count * dayMs
const { traits } = memoryProvider()

/** Blocked by us forty days ago, signed out, proven out; the departure was counted with its deletion. */
const offboarded: Partial<PersonRecord> = {
  blockedAt: daysAgo(40),
  departureSeenAt: daysAgo(40),
  departureDeletes: true,
  sessionsEndedAt: daysAgo(40),
  offboardedAt: daysAgo(40),
  enabledOnce: true,
}
const out: Partial<Account> = { state: 'Blocked', departed: true, blockMarked: true, stateSince: daysAgo(40) }
const deleting = policy({ offboarding: { delete: true, graceDays: 30 } })

interface Case {
  readonly person?: Parameters<typeof desiredAccount>[0]
  readonly since?: number
  readonly known?: Partial<PersonRecord>
  readonly account?: Partial<Account>
  readonly held?: FoundAccount['held']
  readonly policy?: ProviderPolicy
}

function seen(one: Case): Difference & { readonly plan: Plan } {
  const why = {
    phase: 'Left',
    basis: 'Declared',
    source: 'employment.endDate',
    since: one.since ?? daysAgo(40),
  } as const
  const person = desiredAccount({ why, ...one.person })
  const known: PersonRecord = {
    number: number('E1'),
    employee: 'ada',
    account: accountId('account-E1'),
    login: 'ada@example.com',
    enabledOnce: true,
    grants: new Map(),
    retain: false,
    orphan: false,
    ...one.known,
  }
  const found: FoundAccount = { account: { ...account(), ...one.account }, held: one.held ?? [] }
  const key = { kind: 'Id', id: found.account.id } as const
  const desired = desiredState([person], { policy: one.policy ?? policy() })
  const actual = { snapshot: undefined, answers: new Map([[`Id:${key.id}`, { key, accounts: [found] }]]) }
  const record = { people: new Map([[known.number, known]]), mapped: new Map(), empty: false, lost: false }
  const difference = diff({ desired, actual, record, traits })
  return { ...difference, plan: planOperations(difference.drift, desired, traits) }
}

const kinds = (difference: Difference): Drift['kind'][] => difference.drift.map(one => one.kind)
const without = (known: Partial<PersonRecord>, ...parts: (keyof PersonRecord)[]): Partial<PersonRecord> =>
  Object.fromEntries(Object.entries(known).filter(([part]) => !parts.includes(part as keyof PersonRecord)))

describe('the grace before a deletion', () => {
  const due = { known: offboarded, account: out, policy: deleting }

  it('is over when everything it runs from lies further back than it', () => {
    const difference = seen(due)
    expect(difference.drift).toMatchObject([
      { kind: 'DeletionDue', because: { sources: ['offboarding.graceDays'], confirmedAt: MONDAY } },
    ])
  })

  const youngest: readonly (readonly [string, (at: number) => Case])[] = [
    ['the moment the departure took effect', at => ({ ...due, since: at })],
    [
      'the moment we saw the departure',
      at => ({ ...due, known: { ...offboarded, departureSeenAt: at, sessionsEndedAt: at } }),
    ],
    ['our own block', at => ({ ...due, known: { ...offboarded, blockedAt: at, sessionsEndedAt: at } })],
    ['the time the provider gives for the state', at => ({ ...due, account: { ...out, stateSince: at } })],
  ]
  it.each(youngest)('runs from %s when that is the latest', (...[, latest]) => {
    expect(kinds(seen(latest(daysAgo(10))))).toEqual([])
    expect(kinds(seen(latest(daysAgo(30) + 1)))).toEqual([])
    expect(kinds(seen(latest(daysAgo(30))))).toEqual(['DeletionDue'])
  })

  it('never ends where only blocking is the action, nor for somebody who is retained', () => {
    expect(kinds(seen({ ...due, policy: policy() }))).toEqual([])
    const held = seen({ ...due, person: { retain: true } })
    expect([kinds(held), held.findings.map(one => one.reason)]).toEqual([[], ['Retained']])
  })

  it('does not even begin in the run that first sees the departure', () => {
    const first = seen({ ...due, known: { ...without(offboarded, 'departureSeenAt'), sessionsEndedAt: MONDAY } })
    expect(kinds(first)).not.toContain('DeletionDue')
    const quiet = policy({ offboarding: { delete: true, graceDays: 30, revokeSessions: false } })
    expect(kinds(seen({ ...due, known: without(offboarded, 'departureSeenAt'), policy: quiet }))).toEqual([])
    expect(first.observations[0]?.facts).toContainEqual({ kind: 'departure-seen', at: MONDAY, deletes: true })
  })

  it('does not end for an account that is not out: it is blocked again instead', () => {
    expect(kinds(seen({ ...due, account: { state: 'Enabled', departed: false } }))).toEqual([
      'NotBlocked',
      'SessionsOpen',
    ])
  })
})

describe('a deletion', () => {
  it.each([
    ['was counted with the departure that we blocked', {}, undefined],
    ['was not what the departure was seen under', { departureDeletes: false }, 'block'],
    ['follows a block that was not ours, so that the departure cost nothing', { blockedAt: undefined }, 'block'],
  ])('that %s', (...[, changes, counts]) => {
    const parts = Object.entries(changes).flatMap(([part, value]) => (value === undefined ? [part] : []))
    const known = without(
      { ...offboarded, ...(changes as Partial<PersonRecord>) },
      ...(parts as (keyof PersonRecord)[]),
    )
    const [deletion, ...others] = seen({ known, account: out, policy: deleting }).plan.operations
    expect([deletion?.kind, deletion?.counts, others]).toEqual(['delete', counts, []])
  })
})

describe('sessions', () => {
  const left = { known: offboarded, account: out }

  it('are ended once for each departure', () => {
    expect(kinds(seen(left))).toEqual([])
  })

  it.each([
    [
      'the departure is seen for the first time, after a suspension that ended them',
      without(offboarded, 'departureSeenAt'),
    ],
    ['they were ended before this departure was seen', { ...offboarded, sessionsEndedAt: daysAgo(41) }],
    ['they were ended before our block', { ...offboarded, blockedAt: daysAgo(39) }],
    ['they never were', without(offboarded, 'sessionsEndedAt')],
  ])('are ended anew when %s', (...[, known]) => {
    expect(kinds(seen({ ...left, known }))).toEqual(['SessionsOpen'])
  })

  it('are left alone where that is switched off, and where the account was never enabled', () => {
    const known = without(offboarded, 'sessionsEndedAt')
    expect(kinds(seen({ account: out, known, policy: policy({ offboarding: { revokeSessions: false } }) }))).toEqual([])
    expect(kinds(seen({ account: { ...out, state: 'Staged' }, known }))).toEqual([])
  })
})

describe('what a leaver holds', () => {
  const groups = [entitlement('Sales'), entitlement('Zone-Admins', { privileged: true }), entitlement('Engineering')]
  const names = (difference: Difference): string[] =>
    difference.drift.flatMap(one => (one.kind === 'EntitlementExtra' ? [one.entitlement.name] : []))

  it('goes, what gives administrative rights first, and is part of the departure in its budget', () => {
    const difference = seen({ known: offboarded, account: out, held: groups })
    expect(names(difference)).toEqual(['Zone-Admins', 'Engineering', 'Sales'])
    const revoked = difference.plan.operations.map(one => (one.kind === 'revoke' ? one.entitlement.name : one.kind))
    expect(revoked).toEqual(names(difference))
    expect(difference.plan.operations.map(one => [one.lane, one.counts])).toEqual(Array(3).fill(['Leaver', 'leave']))
  })

  it('stays where a rule or somebody else decides who holds it', () => {
    const readOnly = (['Computed', 'BuiltIn', 'AppOwned', 'Synced', 'MailEnabled', 'Restricted'] as const).map(why =>
      entitlement(why, { readOnly: why }),
    )
    expect(names(seen({ known: offboarded, account: out, held: [...readOnly, ...groups.slice(0, 1)] }))).toEqual([
      'Sales',
    ])
  })

  it('keeps its licences until the account is deleted, which frees them', () => {
    const licence = entitlement('E5', { kind: 'License' })
    expect(seen({ account: out, known: offboarded, held: [licence] }).drift).toEqual([])
  })

  it('stays where stripping is switched off', () => {
    const keeping = policy({ offboarding: { revokeGrants: false } })
    expect(names(seen({ known: offboarded, account: out, held: groups, policy: keeping }))).toEqual([])
  })

  it('is not ours any more when the direct read does not show it', () => {
    const [sales, admins] = groups
    const grants = new Map(groups.slice(0, 2).map(one => [one.id, { entitlement: one, mappings: [], at: daysAgo(50) }]))
    const difference = seen({ known: { ...offboarded, grants }, account: out, held: sales ? [sales] : [] })
    expect(difference.observations[0]?.facts).toEqual([{ kind: 'revoked', entitlement: admins?.id }])
  })
})

it('a whole departure is blocked before anything else and counts as one loss of one class', () => {
  const { operations } = seen({ since: daysAgo(1), held: [entitlement()], account: { marked: false } }).plan
  expect(operations.map(one => one.kind)).toEqual(['block', 'mark', 'end-sessions', 'revoke'])
  expect(new Set(operations.flatMap(one => one.counts ?? []))).toEqual(new Set(['leave']))
})

it('what a leaver holds goes by the name that its mapping used, where the direct read knows no more than an id', () => {
  const role = entitlement('Helpdesk', { kind: 'DirectoryRole', privileged: true })
  const grants = new Map([[role.id, { entitlement: role, mappings: ['help-desk'], at: daysAgo(50) }]])
  const held = [{ ...role, name: role.id }]
  const { drift } = seen({ known: { ...offboarded, grants }, account: out, held })
  expect(drift.map(one => 'entitlement' in one && one.entitlement.name)).toEqual(['Helpdesk'])
})
