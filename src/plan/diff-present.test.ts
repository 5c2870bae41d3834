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
import type { Account, LookupResult } from '../model/account.ts'
import type { ScopedEntitlement } from '../model/desired.ts'
import type { PersonRecord } from '../model/record.ts'
import { memoryProvider } from '../provider/memory/index.ts'
import { type Difference, diff } from './diff.ts'
import { planOperations } from './plan.ts'

/** Somebody who has not left, in front of the account they are bound to. */

const { traits } = memoryProvider()
const engineering = entitlement('Engineering')
const sales = entitlement('Sales')
const grantOf = (one = engineering) => new Map([[one.id, { entitlement: one, mappings: ['engineering'] }]])
const given = (one = engineering) => new Map([[one.id, { entitlement: one, mappings: ['engineering'], at: 0 }]])

interface Case {
  readonly person?: Parameters<typeof desiredAccount>[0]
  readonly account?: Partial<Account>
  readonly known?: Partial<PersonRecord>
  /** What the lists show the account in. */
  readonly holds?: readonly ReturnType<typeof entitlement>[]
  readonly mode?: ScopedEntitlement['mode']
  /** What the account holds through a group. */
  readonly inherits?: readonly ReturnType<typeof entitlement>[]
  /** The lists could not be read; the account alone was, directly. */
  readonly directly?: true
  readonly policy?: ReturnType<typeof policy>
}

function seen(one: Case): Difference & { readonly planned: readonly string[] } {
  const person = desiredAccount(one.person)
  const present: Account = { ...account({ email: person.login }), ...one.account }
  const known: PersonRecord = {
    number: number('E1'),
    employee: 'ada',
    account: present.id,
    login: present.login,
    enabledOnce: true,
    grants: new Map(),
    retain: false,
    orphan: false,
    ...one.known,
  }
  const scope = new Map(
    [engineering, sales].map(entitlement => [entitlement.id, scoped(entitlement, one.mode ?? 'Authoritative')]),
  )
  const desired = desiredState([person], { scope, ...(one.policy ? { policy: one.policy } : {}) })
  const members = new Map(
    [...scope.keys()].map(id => [id, new Set(one.holds?.some(held => held.id === id) ? [present.id] : [])]),
  )
  const inherited = new Map(one.inherits?.map(held => [held.id, new Set([present.id])]))
  const snapshot = { takenAt: MONDAY, accounts: new Map([[present.id, present]]), members, inherited }
  const key = { kind: 'Id', id: present.id } as const
  const answers = new Map<string, LookupResult>([
    [`Id:${present.id}`, { key, accounts: [{ account: present, held: [] }] }],
  ])
  const record = { people: new Map([[known.number, known]]), mapped: new Map(), empty: false, lost: false }
  const actual = one.directly ? { snapshot: undefined, answers } : { snapshot, answers: new Map() }
  const difference = diff({ desired, actual, record, traits })
  const planned = planOperations(difference.drift, desired, traits).operations.map(operation =>
    'entitlement' in operation ? `${operation.kind} ${operation.entitlement.name}` : operation.kind,
  )
  return { ...difference, planned }
}

const scoped = (one: ReturnType<typeof entitlement>, mode: ScopedEntitlement['mode']): ScopedEntitlement => ({
  entitlement: one,
  mode,
  mappings: ['engineering'],
  onDelete: 'Revoke',
  dated: false,
})

describe('an account that something else masters', () => {
  const differing: Case = {
    person: {
      login: 'ada.king@example.com',
      attributes: { title: 'Countess', department: undefined },
      grants: grantOf(),
    },
    account: { manager: accountId('somebody'), attributes: { title: 'Engineer', department: 'Analysis' } },
  }

  it('keeps its attributes, its login and its manager, and that is told; what it holds is ours to decide', () => {
    const difference = seen({ ...differing, account: { ...differing.account, masteredBy: 'the HR system' } })
    expect(difference.planned).toEqual(['grant Engineering'])
    expect(difference.findings).toMatchObject([{ reason: 'ExternallyMastered', severity: 'Info' }])
    expect(difference.findings[0]?.message).toContain('the HR system')
  })

  it('keeps them when it comes out of the bin too', () => {
    const binned = { ...differing.account, state: 'Deleted' as const, masteredBy: 'the HR system' }
    expect(seen({ ...differing, account: binned }).planned).toEqual(['restore', 'enable', 'grant Engineering'])
  })

  it('is blocked and let in like any other', () => {
    const why = { phase: 'Suspended', basis: 'Declared', source: 'suspended' } as const
    const account = { ...differing.account, masteredBy: 'the HR system' }
    expect(seen({ ...differing, account, person: { ...differing.person, why } }).planned).toContain('block')
  })

  it('is compared in full when nothing else masters it', () => {
    const difference = seen(differing)
    expect(difference.planned).toEqual(['update', 'set-manager', 'grant Engineering'])
    expect(difference.drift.map(one => one.kind)).toEqual([
      'AttributeDiffers',
      'AttributeDiffers',
      'LoginDiffers',
      'ManagerDiffers',
      'EntitlementMissing',
    ])
    expect(difference.findings).toEqual([])
  })
})

describe('what somebody holds and no mapping gives them', () => {
  const table: readonly (readonly [string, Case, readonly string[]])[] = [
    ['goes where the mapping is authoritative', { mode: 'Authoritative' }, ['revoke Engineering']],
    ['stays where it adds only', { mode: 'Additive' }, []],
    ['stays where the mapping went and we did not give it', { mode: 'Retiring' }, []],
    [
      'goes where it adds only and we gave it',
      { mode: 'Additive', known: { grants: given() } },
      ['revoke Engineering'],
    ],
    [
      'goes where the mapping went and we gave it',
      { mode: 'Retiring', known: { grants: given() } },
      ['revoke Engineering'],
    ],
    [
      'goes where we announced it and the answer was lost',
      { mode: 'Additive', known: { announced: given() } },
      ['revoke Engineering'],
    ],
  ]
  it.each(table)('%s', (...[, one, planned]) => {
    expect(seen({ ...one, holds: [engineering] }).planned).toEqual(planned)
  })

  it.each(['Authoritative', 'Additive', 'Retiring'] as const)(
    'stays as it is while a mapping cannot be decided for them (%s)',
    mode => {
      const undecided = { person: { undecided: new Set([engineering.id]) }, known: { grants: given() }, mode }
      expect(seen({ ...undecided, holds: [engineering, sales] }).planned).not.toContain('revoke Engineering')
      expect(seen(undecided).planned).toEqual([])
    },
  )

  it('goes as a loss that counts, and follows from absence', () => {
    const difference = seen({ holds: [engineering] })
    expect(difference.drift).toMatchObject([
      { kind: 'EntitlementExtra', departed: false, because: { basis: 'Inferred' } },
    ])
  })
})

describe('somebody let back in', () => {
  const blocked: Case = {
    person: { grants: grantOf(engineering) },
    account: { state: 'Blocked', blockMarked: true },
    known: { blockedAt: MONDAY },
    holds: [sales],
  }

  it('loses first what they should not have, then comes in, then gains', () => {
    expect(seen(blocked).planned).toEqual(['revoke Sales', 'enable', 'grant Engineering'])
  })

  it('while a mover, who is in, gains before they lose', () => {
    expect(seen({ ...blocked, account: {}, known: {} }).planned).toEqual(['grant Engineering', 'revoke Sales'])
  })

  it('counts as let in, and as nothing on the first day', () => {
    const counted = (known: Partial<PersonRecord>, state: 'Staged' | 'Blocked'): unknown => {
      const { drift } = seen({ ...blocked, known, account: { state, blockMarked: true } })
      return drift.flatMap(one => (one.kind === 'NotEnabled' ? [one.first] : []))
    }
    expect(counted({ blockedAt: MONDAY, enabledOnce: true }, 'Blocked')).toEqual([false])
    expect(counted({ blockedAt: MONDAY, enabledOnce: true }, 'Staged')).toEqual([false])
    expect(counted({ blockedAt: MONDAY, enabledOnce: false }, 'Staged')).toEqual([true])
    expect(counted({ blockedAt: MONDAY, enabledOnce: false, departureSeenAt: MONDAY }, 'Staged')).toEqual([false])
  })
})

describe('a suspension', () => {
  const why = { phase: 'Suspended', basis: 'Declared', source: 'suspended' } as const
  const suspended: Case = {
    person: { why },
    account: { state: 'Blocked', blockMarked: true },
    known: { blockedAt: MONDAY - 1000, sessionsEndedAt: MONDAY - 500 },
  }

  it('ends sessions once, and anew when they were ended before the block that stands', () => {
    expect(seen(suspended).planned).toEqual([])
    expect(seen({ ...suspended, known: { ...suspended.known, sessionsEndedAt: MONDAY - 1500 } }).planned).toEqual([
      'end-sessions',
    ])
    expect(seen({ ...suspended, known: { blockedAt: MONDAY - 1000 } }).planned).toEqual(['end-sessions'])
  })

  it('blocks first, and again when somebody let them in', () => {
    expect(seen({ ...suspended, account: { state: 'Enabled' } }).planned).toEqual(['block', 'end-sessions'])
  })

  it('ends no sessions where that is switched off', () => {
    const quiet = policy({ offboarding: { revokeSessions: false } })
    expect(seen({ ...suspended, account: { state: 'Enabled' }, policy: quiet }).planned).toEqual(['block'])
  })

  it('goes on one direct read while the lists cannot be read, and then nothing else does', () => {
    const person = { why, attributes: { title: 'Countess' }, grants: grantOf() }
    expect(
      seen({ ...suspended, person, account: { state: 'Enabled', marked: false }, directly: true }).planned,
    ).toEqual(['block', 'end-sessions'])
    expect(seen({ person: { attributes: { title: 'Countess' } }, directly: true }).planned).toEqual([])
  })
})

describe('an entitlement that comes through a group', () => {
  it('is not given again where a mapping grants it', () => {
    expect(seen({ person: { grants: grantOf() }, inherits: [engineering] }).planned).toEqual([])
  })

  it('is not taken where no mapping grants it, for there is nothing of their own to take', () => {
    expect(seen({ inherits: [engineering] }).planned).toEqual([])
  })

  it('is taken as far as it is also held directly', () => {
    expect(seen({ holds: [engineering], inherits: [engineering] }).planned).toEqual(['revoke Engineering'])
  })
})

describe('a deactivated account of somebody who may not sign in yet', () => {
  const deactivated = { state: 'Blocked', departed: true, deactivated: true, blockMarked: true } as const
  const suspended = { phase: 'Suspended', basis: 'Declared', source: 'suspended' } as const

  it('is given nothing, for it takes no change, and loses what it should not have', () => {
    const given: Case = {
      person: { why: suspended, grants: grantOf() },
      account: { ...deactivated, marked: false },
      holds: [sales],
      known: { sessionsEndedAt: MONDAY, blockedAt: MONDAY - 1 },
    }
    const { planned, findings } = seen(given)
    expect(planned).toEqual(['revoke Sales'])
    expect(findings.map(one => one.reason)).toContain('AccountDeactivated')
  })

  it('is compared whole as soon as it is to be enabled', () => {
    const { planned } = seen({ person: { grants: grantOf() }, account: deactivated, known: { blockedAt: MONDAY } })
    expect(planned).toEqual(['enable', 'grant Engineering'])
  })
})

describe('a block of ours whose mark could not be written', () => {
  const suspended = { phase: 'Suspended', basis: 'Declared', source: 'suspended' } as const
  const onLeave = { phase: 'OnLeave', basis: 'Declared', source: 'employment.leaves' } as const
  const blocked = { state: 'Blocked', stateSince: MONDAY } as const
  const known = { blockedAt: MONDAY, sessionsEndedAt: MONDAY }

  it.each([suspended, onLeave])('is marked later: $phase', why => {
    expect(seen({ person: { why }, account: blocked, known }).planned).toEqual(['mark'])
  })

  it('is not taken for ours where the provider says that the account was blocked again since', () => {
    const later = { ...blocked, stateSince: MONDAY + 3_600_000 }
    expect(seen({ person: { why: onLeave }, account: later, known }).planned).toEqual([])
  })

  it('is left without where the account is deactivated and takes no mark', () => {
    expect(seen({ person: { why: onLeave }, account: { ...blocked, deactivated: true }, known }).planned).toEqual([])
  })
})
