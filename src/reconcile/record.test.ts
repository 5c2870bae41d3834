import { describe, expect, it } from 'vitest'
import { accountId, entitlement, number, providerName } from '../../test/support/builders.ts'
import type { Fact, JournalEntry, PersonRecord, ProviderRecord, RecordedGrant } from '../model/record.ts'
import { RecordBook } from './record.ts'

const memory = providerName('memory')
const one = number('E1')
const group = entitlement()
const other = entitlement('Sales')
const grantOf = (of = group, at?: number): RecordedGrant => ({
  entitlement: of,
  mappings: ['engineering'],
  ...(at === undefined ? {} : { at }),
})

const frame = { provider: memory, number: one } as const
const facts = (at: number, ...said: Fact[]): JournalEntry => ({
  ...frame,
  kind: 'fact',
  at,
  employee: 'ada',
  facts: said,
})
type Intent = JournalEntry & { readonly kind: 'intent' }
type Outcome = JournalEntry & { readonly kind: 'outcome' }
const intent = (id: string, operation: Intent['operation'], more: Partial<Intent> = {}): JournalEntry => ({
  ...frame,
  kind: 'intent',
  at: 10,
  id,
  operation,
  employee: 'ada',
  login: 'ada@example.com',
  detail: '',
  because: '',
  plan: '',
  actor: 'test',
  ...more,
})
const outcome = (id: string, operation: Outcome['operation'], more: Partial<Outcome> = {}): JournalEntry => ({
  ...frame,
  kind: 'outcome',
  at: 20,
  id,
  operation,
  result: 'applied',
  facts: [],
  ...more,
})

const recordOf = (...entries: readonly JournalEntry[]): ProviderRecord => new RecordBook(entries).of(memory)
const personOf = (...entries: readonly JournalEntry[]): PersonRecord | undefined => recordOf(...entries).people.get(one)

const nobody: PersonRecord = {
  number: one,
  employee: 'ada',
  enabledOnce: false,
  grants: new Map(),
  retain: false,
  orphan: false,
}
const bound: Fact = { kind: 'bound', account: accountId('a'), login: 'ada@example.com' }
const known = { ...nobody, account: accountId('a'), login: 'ada@example.com' }
const granted = (of = group): Fact => ({ kind: 'granted', entitlement: of, mappings: ['engineering'] })

/** Everything a departure leaves behind, of an account that holds one grant and was blocked by somebody else before. */
const past: readonly Fact[] = [
  bound,
  { kind: 'enabled' },
  { kind: 'blocked' },
  { kind: 'sessions-ended' },
  { kind: 'departure-seen', at: 3, deletes: true },
  { kind: 'offboarded' },
  { kind: 'foreign-block', seenAt: 4 },
  granted(),
]
const all: PersonRecord = {
  ...known,
  enabledOnce: true,
  firstEnabledAt: 5,
  blockedAt: 5,
  sessionsEndedAt: 5,
  departureSeenAt: 3,
  departureDeletes: true,
  offboardedAt: 5,
  foreignBlockSeenAt: 4,
  grants: new Map([[group.id, grantOf(group, 5)]]),
}
const without = (record: PersonRecord, ...parts: (keyof PersonRecord)[]): unknown =>
  Object.fromEntries(Object.entries(record).filter(([part]) => !parts.includes(part as keyof PersonRecord)))

describe('what each fact makes of a person', () => {
  const table: readonly (readonly [string, readonly Fact[], Fact, unknown])[] = [
    ['bound', [], bound, known],
    [
      'bound to the same account under another login',
      past,
      { ...bound, login: 'a2@example.com' },
      { ...all, login: 'a2@example.com' },
    ],
    [
      'bound to another account: nothing of the old one is true of it',
      past,
      { ...bound, account: accountId('b') },
      { ...known, account: 'b' },
    ],
    ['bound again after a deletion', [bound, { kind: 'deleted' }], bound, known],
    ['unbound', past, { kind: 'unbound' }, undefined],
    ['blocked', [bound], { kind: 'blocked' }, { ...known, blockedAt: 9 }],
    [
      'unblocked: the next block is a new one, and its sessions are ended anew',
      past,
      { kind: 'unblocked' },
      without(all, 'blockedAt', 'foreignBlockSeenAt', 'sessionsEndedAt'),
    ],
    ['enabled', [bound], { kind: 'enabled' }, { ...known, enabledOnce: true, firstEnabledAt: 9 }],
    ['enabled again: the first time stays', past, { kind: 'enabled' }, all],
    ['made by us', [bound], { kind: 'made' }, { ...known, made: true }],
    ['credential-issued', [bound], { kind: 'credential-issued' }, { ...known, credentialIssued: true }],
    [
      'bound to another account, which we are not known to have made',
      [bound, { kind: 'made' }, { kind: 'enabled' }, { kind: 'credential-issued' }],
      { ...bound, account: accountId('b') },
      { ...known, account: 'b' },
    ],
    ['sessions-ended', [bound], { kind: 'sessions-ended' }, { ...known, sessionsEndedAt: 9 }],
    [
      'departure-seen',
      [bound],
      { kind: 'departure-seen', at: 7, deletes: false },
      { ...known, departureSeenAt: 7, departureDeletes: false },
    ],
    [
      'returned: the departure is over, the block stands until it is lifted',
      past,
      { kind: 'returned' },
      without(all, 'departureSeenAt', 'departureDeletes', 'offboardedAt', 'sessionsEndedAt'),
    ],
    ['offboarded', [bound], { kind: 'offboarded' }, { ...known, offboardedAt: 9 }],
    ['deleted: with all it held', past, { kind: 'deleted' }, { ...all, deletedAt: 9, grants: new Map() }],
    ['granted', [bound], granted(), { ...known, grants: new Map([[group.id, grantOf(group, 9)]]) }],
    [
      'granted another',
      [bound, granted()],
      granted(other),
      {
        ...known,
        grants: new Map([
          [group.id, grantOf(group, 5)],
          [other.id, grantOf(other, 9)],
        ]),
      },
    ],
    ['revoked', [bound, granted()], { kind: 'revoked', entitlement: group.id }, known],
    ['foreign-block', [bound], { kind: 'foreign-block', seenAt: 6 }, { ...known, foreignBlockSeenAt: 6 }],
    ['foreign-block, lifted', past, { kind: 'foreign-block', seenAt: undefined }, without(all, 'foreignBlockSeenAt')],
    [
      'declared: what the manifest says outlives it',
      [bound],
      { kind: 'declared', employee: 'countess', retain: true, orphan: true },
      { ...known, employee: 'countess', retain: true, orphan: true },
    ],
  ]
  it.each(table)('%s', (...[, before, fact, expected]) => {
    expect(personOf(facts(5, ...before), facts(9, fact))).toEqual(expected)
  })

  it('renumbered: everything moves to the new number, and nothing stays under the old', () => {
    const record = recordOf(facts(5, ...past), {
      ...facts(9, { kind: 'renumbered', from: one }),
      number: number('E7'),
    } as JournalEntry)
    expect([...record.people]).toEqual([['E7', { ...all, number: 'E7' }]])
  })

  it('facts of an outcome count as those learned by reading, whatever the outcome was', () => {
    expect(personOf(facts(5, bound), outcome('1', 'block', { facts: [{ kind: 'blocked' }] }))?.blockedAt).toBe(20)
  })

  it('one person’s facts are not another’s, nor one provider’s another’s', () => {
    const entries = [
      facts(5, ...past),
      { ...facts(6, bound), number: number('E2') },
      { ...facts(7, bound), provider: providerName('second') },
    ]
    const book = new RecordBook(entries as JournalEntry[])
    expect([...book.of(memory).people.keys()]).toEqual(['E1', 'E2'])
    expect(book.of(memory).people.get(one)).toEqual(all)
    expect(book.of(providerName('second')).people.get(one)).toEqual(known)
  })
})

describe('what was announced and not answered', () => {
  const grants = [grantOf()]

  it('a create is remembered by its login and its first announcement, with what it was to give', () => {
    const twice = personOf(intent('1', 'create', { at: 10, grants }), intent('2', 'create', { at: 30, grants }))
    expect(twice?.intent).toEqual({ login: 'ada@example.com', at: 10 })
    expect(twice?.announced).toEqual(new Map([[group.id, grantOf()]]))
    const renamed = personOf(
      intent('1', 'create', { at: 10 }),
      intent('2', 'create', { at: 30, login: 'a2@example.com' }),
    )
    expect(renamed?.intent).toEqual({ login: 'a2@example.com', at: 30 })
  })

  it.each(['applied', 'failed', 'skipped'] as const)('is settled by an answer (%s)', result => {
    const settled = (operation: Intent['operation']): PersonRecord | undefined =>
      personOf(
        facts(5, bound),
        intent('1', operation, { grants: operation === 'block' ? [] : grants }),
        outcome('1', operation, { result }),
      )
    for (const operation of ['create', 'grant', 'block'] as const)
      expect([operation, settled(operation)]).toEqual([operation, known])
  })

  it('stays open without one (unknown), and is ours once the account is bound', () => {
    const open = [intent('1', 'create', { grants }), outcome('1', 'create', { result: 'unknown' })]
    expect(personOf(...open)).toMatchObject({ intent: { at: 10 }, announced: new Map([[group.id, grantOf()]]) })
    expect(personOf(...open, facts(30, bound, granted()))).toEqual({
      ...known,
      grants: new Map([[group.id, grantOf(group, 30)]]),
    })
    const block = [facts(5, bound), intent('2', 'block'), outcome('2', 'block', { result: 'unknown' })]
    expect(personOf(...block)?.blockAnnounced).toBe(true)
    expect(personOf(...block, facts(30, { kind: 'blocked' }))).toEqual({ ...known, blockedAt: 30 })
    expect(personOf(...block, facts(30, { kind: 'unblocked' }))).toEqual(known)
  })

  it('is of no account any more once that is deleted', () => {
    const announced = [facts(5, bound), intent('1', 'grant', { grants })]
    expect(personOf(...announced)?.announced).toBeDefined()
    expect(personOf(...announced, facts(30, { kind: 'deleted' }))).toEqual({ ...known, deletedAt: 30 })
  })

  it('of several grants only the answered one is settled', () => {
    const two = intent('1', 'create', { grants: [grantOf(), grantOf(other)] })
    const left = personOf(two, facts(15, granted()))?.announced
    expect(left).toEqual(new Map([[other.id, grantOf(other)]]))
  })

  it('binds nothing and takes nothing by itself', () => {
    for (const operation of [
      'revoke',
      'enable',
      'update',
      'delete',
      'end-sessions',
      'mark',
      'unmark',
      'adopt',
    ] as const)
      expect(personOf(facts(5, ...past), intent('1', operation))).toEqual(all)
  })
})

describe('what is known of a provider', () => {
  const emptyAfter = (...entries: readonly JournalEntry[]): boolean => recordOf(...entries).empty

  it('is nothing until something was announced or learned of a person', () => {
    const aside: JournalEntry[] = [
      { kind: 'mapped', at: 1, provider: memory, mapped: [] },
      { kind: 'trusted', at: 1, provider: memory, accounts: 3 },
      { kind: 'owner', at: 1, provider: memory, owner: 'acme', by: 'here' },
      { kind: 'lost', at: 1, provider: memory, lost: true },
    ]
    expect(emptyAfter(...aside)).toBe(true)
    expect(emptyAfter(intent('1', 'create'))).toBe(false)
    expect(emptyAfter(facts(1, bound))).toBe(false)
  })

  it('is the last word on the trusted count, the mappings and the loss', () => {
    const mapped = { entitlement: group, mode: 'Additive', mappings: ['engineering'], onDelete: 'Revoke' } as const
    const record = recordOf(
      { kind: 'trusted', at: 1, provider: memory, accounts: 3 },
      { kind: 'trusted', at: 2, provider: memory, accounts: 2 },
      { kind: 'mapped', at: 1, provider: memory, mapped: [{ ...mapped, entitlement: other }] },
      { kind: 'mapped', at: 2, provider: memory, mapped: [mapped] },
      { kind: 'lost', at: 1, provider: memory, lost: true },
    )
    expect([record.trustedAccounts, [...record.mapped.values()], record.lost]).toEqual([2, [mapped], true])
    expect(
      recordOf(
        { kind: 'lost', at: 1, provider: memory, lost: true },
        { kind: 'lost', at: 2, provider: memory, lost: false },
      ).lost,
    ).toBe(false)
  })

  it('is the same folded at once or entry by entry', () => {
    const entries = [
      intent('1', 'create', { grants: [grantOf()] }),
      outcome('1', 'create', { facts: [bound, granted()] }),
      facts(30, { kind: 'blocked' }),
    ]
    const book = new RecordBook([])
    for (const entry of entries) book.enter(entry)
    expect(book.of(memory).people).toEqual(recordOf(...entries).people)
    expect(book.of(memory).people.get(one)?.blockedAt).toBe(30)
  })
})
