import { describe, expect, it } from 'vitest'
import {
  account,
  accountId,
  desiredAccount,
  desiredState,
  MONDAY,
  number,
  policy,
} from '../../test/support/builders.ts'
import type { Account, AccountKey, LookupResult, Snapshot } from '../model/account.ts'
import type { DesiredState } from '../model/desired.ts'
import { lookupKey } from '../model/keys.ts'
import type { Reason } from '../model/origin.ts'
import type { PersonRecord, ProviderRecord } from '../model/record.ts'
import { memoryProvider } from '../provider/memory/index.ts'
import { type Difference, diff } from './diff.ts'

/** Somebody we have no account of, and the accounts a direct read finds under their number and login. */

const minute = 60_000
const announcedAt = MONDAY - 60 * minute
const { traits } = memoryProvider()

interface Case {
  readonly person?: Parameters<typeof desiredAccount>[0]
  /** Found under the number and the login of the person. */
  readonly found?: readonly Account[]
  /** Members of the marker group, as the list shows them. */
  readonly marked?: readonly Account[]
  readonly known?: Partial<PersonRecord>
  readonly record?: Partial<ProviderRecord>
  readonly desired?: Partial<DesiredState>
}

function seen({ person, found = [], marked = [], known, record, desired }: Case): Difference {
  const keys: AccountKey[] = [
    { kind: 'Number', number: number('E1') },
    { kind: 'Login', login: 'ada@example.com' },
    { kind: 'Email', email: 'ada@example.com' },
  ]
  const answers = new Map<string, LookupResult>(
    keys.map(key => [lookupKey(key), { key, accounts: found.map(asFound) }]),
  )
  for (const one of marked) {
    const key: AccountKey = { kind: 'Id', id: one.id }
    answers.set(lookupKey(key), { key, accounts: [asFound(one)] })
  }
  const snapshot: Snapshot = {
    takenAt: MONDAY,
    accounts: new Map(marked.map(one => [one.id, one])),
    members: new Map(),
  }
  const people = new Map(known ? [[number('E1'), { ...unknown, ...known }]] : [])
  return diff({
    desired: desiredState([desiredAccount(person)], desired),
    actual: { snapshot, answers },
    record: { people, mapped: new Map(), empty: false, lost: false, ...record },
    traits,
  })
}

const asFound = (one: Account): { readonly account: Account } => ({ account: one })
const unknown: PersonRecord = {
  number: number('E1'),
  employee: 'ada',
  enabledOnce: false,
  grants: new Map(),
  retain: false,
  orphan: false,
}
const said = ({ drift }: Difference): string[] => drift.map(one => (one.kind === 'AccountUnbound' ? one.how : one.kind))
const reasons = ({ findings }: Difference): Reason[] => findings.map(one => one.reason)
const numberless = ({ number: _, ...rest }: Account): Account => rest
const stranger = (options: Parameters<typeof account>[0] = {}): Account =>
  account({ id: 'found', marked: false, createdAt: announcedAt, ...options })

describe('the account of a create that got no answer', () => {
  const intent = { login: 'ada@example.com', at: announcedAt }
  const comparing = (
    found: Account,
    desired: Partial<DesiredState> = { policy: policy({ adopt: 'Never' }) },
  ): Difference => seen({ found: [found], known: { intent }, desired })

  it.each([
    ['made when we announced it', stranger()],
    ['made later', stranger({ createdAt: announcedAt + 10 * minute })],
    ['made up to five minutes before, by a clock that is behind', stranger({ createdAt: announcedAt - 5 * minute })],
    ['without a number, since the answer was lost before it was set', numberless(stranger())],
    ['under the login in other letters', stranger({ login: 'ADA@example.com' })],
  ])('is ours: %s', (...[, found]) => {
    expect(said(comparing(found))).toEqual(['Intent'])
  })

  it.each([
    ['was made before we announced ours', stranger({ createdAt: announcedAt - 5 * minute - 1 }), 'AccountUnmanaged'],
    ['carries another number', stranger({ number: 'E9' }), 'AdoptionRefused'],
    ['has another login', stranger({ login: 'ada2@example.com' }), 'AccountUnmanaged'],
  ] as const)('is not an account that %s: it is told of and no second one is made', (...[, found, reason]) => {
    const difference = comparing(found)
    expect([said(difference), reasons(difference)]).toEqual([[], [reason]])
  })

  it('is not an account of which nobody says when it was made', () => {
    const { createdAt: _, ...undated } = stranger()
    expect([said(comparing(undated)), reasons(comparing(undated))]).toEqual([[], ['AccountUnmanaged']])
  })

  it('is adopted as a stranger, not recognised as ours, when only the policy speaks for it', () => {
    const old = stranger({ createdAt: announcedAt - 10 * minute })
    expect(said(comparing(old, {}))).toEqual(['Adoption'])
  })

  it('is bound also when the person has left meanwhile, and nothing is made for them when it does not exist', () => {
    const why = { phase: 'Left', basis: 'Declared', source: 'employment.endDate', since: MONDAY } as const
    expect(said(seen({ person: { why }, found: [stranger()], known: { intent } }))).toEqual(['Intent'])
    expect(said(seen({ person: { why }, known: { intent } }))).toEqual([])
    expect(said(seen({ person: { why }, found: [stranger({ createdAt: 0 })], known: { intent } }))).toEqual([])
  })

  it('is one that the marker group shows too, though no mark binds anybody while the record is whole', () => {
    const ours = stranger({ marked: true })
    expect(said(seen({ marked: [ours], found: [ours], known: { intent } }))).toEqual(['Intent'])
    const old = stranger({ marked: true, createdAt: 0 })
    const desired = { policy: policy({ adopt: 'Never' }) }
    expect(said(seen({ marked: [old], found: [old], known: { intent }, desired }))).toEqual([])
  })
})

describe('two accounts that may be somebody’s', () => {
  const one = account({ id: 'one', login: 'ada@example.com' })
  const other = account({ id: 'other', login: 'ada2@example.com' })
  const lost = { empty: true, lost: true }

  it('both marked with the number, while the record is lost: neither is bound, and no third one made', () => {
    const difference = seen({ marked: [one, other], record: lost })
    expect([said(difference), reasons(difference)]).toEqual([[], ['AdoptionAmbiguous']])
    expect(difference.findings[0]?.message).toMatch(/\(one\).*\(other\)/)
    expect(said(seen({ marked: [one], record: lost }))).toEqual(['Marked'])
  })

  it('both marked with the number of a leaver: neither is blocked by guess', () => {
    const why = { phase: 'Left', basis: 'Declared', source: 'employment.endDate', since: MONDAY } as const
    const difference = seen({ person: { why }, marked: [one, other], record: lost })
    expect([said(difference), reasons(difference)]).toEqual([[], ['AdoptionAmbiguous']])
  })

  it('found under number and login: neither is adopted', () => {
    const found = [one, other].map(found => ({ ...found, marked: false }))
    const difference = seen({ found })
    expect([said(difference), reasons(difference)]).toEqual([[], ['AdoptionAmbiguous']])
  })

  it('of which one lies in the bin are not two', () => {
    const found = [stranger(), stranger({ id: 'binned', state: 'Deleted' })]
    expect(said(seen({ found }))).toEqual(['Adoption'])
  })
})

describe('a stranger in the way', () => {
  it.each(['ByEmployeeNumber', 'ByEmail'] as const)('who is deactivated is never adopted (%s)', adopt => {
    const deactivated = stranger({ state: 'Blocked', departed: true, deactivated: true })
    const difference = seen({ found: [deactivated], desired: { policy: policy({ adopt }) } })
    expect([said(difference), reasons(difference)]).toEqual([[], ['AdoptionRefused']])
    expect(said(seen({ found: [stranger({ state: 'Blocked' })], desired: { policy: policy({ adopt }) } }))).toEqual([
      'Adoption',
    ])
  })

  it.each([
    ['carries another number', stranger({ number: 'E9' }), 'ByEmail', [], ['AdoptionRefused']],
    ['carries no number, by e-mail', numberless(stranger()), 'ByEmail', ['Adoption'], []],
    ['carries no number, by number', numberless(stranger()), 'ByEmployeeNumber', [], ['AccountUnmanaged']],
    ['carries the number, by nothing', stranger(), 'Never', [], ['AccountUnmanaged']],
  ] as const)('who %s', (...[, found, adopt, drift, told]) => {
    const difference = seen({ found: [found], desired: { policy: policy({ adopt }) } })
    expect([said(difference), reasons(difference)]).toEqual([drift, told])
  })

  it('who is somebody else’s of ours is nobody’s to take', () => {
    const elsewhere = { ...unknown, number: number('E2'), account: accountId('found') }
    const people = new Map([[number('E2'), elsewhere]])
    expect(said(seen({ found: [stranger()], record: { people } }))).toEqual(['AccountMissing'])
  })
})

it('an untouchable number makes no leaver of the blocked and marked account that carries it', () => {
  const leaver = account({ id: 'theirs', number: 'E5', state: 'Blocked', departed: true, blockMarked: true })
  const of = (untouchable: ReadonlySet<ReturnType<typeof number>>): Difference =>
    seen({ marked: [leaver], found: [], record: { empty: true }, desired: { untouchable } })
  const facts = (difference: Difference): string[] => difference.observations.map(one => one.number)
  expect(facts(of(new Set([number('E5')])))).toEqual([])
  expect(facts(of(new Set()))).toContain('E5')
})
