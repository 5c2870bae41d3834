import fc from 'fast-check'
import { expect, it } from 'vitest'
import { entitlement, number, providerName } from '../../test/support/builders.ts'
import type { AccountId } from '../model/ids.ts'
import type { Fact, JournalEntry, PersonRecord } from '../model/record.ts'
import { RecordBook } from '../reconcile/record.ts'
import { entriesOf, recordStatusOf } from './record-status.ts'

const provider = providerName('okta')
const one = number('E1')
const groups = [entitlement('Engineering'), entitlement('Sales'), { ...entitlement('Admins'), privileged: true }]
const owner = { provider, employee: 'ada', retain: false, orphan: false }

const someGroup = fc.constantFrom(...groups)
const login = fc.constantFrom('ada@example.com', 'ada.king@example.com')
const account = fc.constantFrom('00u1', '00u2').map(id => id as AccountId)
const plain = fc.constantFrom(
  ...(['blocked', 'unblocked', 'enabled', 'sessions-ended', 'returned', 'offboarded', 'made', 'deleted'] as const),
)
const fact: fc.Arbitrary<Fact> = fc.oneof(
  plain.map((kind): Fact => ({ kind })),
  fc.constant<Fact>({ kind: 'credential-issued' }),
  fc.record({ kind: fc.constant('bound' as const), account, login }),
  fc.record({ kind: fc.constant('departure-seen' as const), at: fc.nat(), deletes: fc.boolean() }),
  fc.record({ kind: fc.constant('foreign-block' as const), seenAt: fc.option(fc.nat(), { nil: undefined }) }),
  someGroup.map((of): Fact => ({ kind: 'granted', entitlement: of, mappings: ['engineering'] })),
  someGroup.map((of): Fact => ({ kind: 'revoked', entitlement: of.id })),
)

type Step = (at: number) => JournalEntry
const noted = fact.map(
  (one_): Step =>
    at => ({
      kind: 'fact',
      at,
      provider,
      number: one,
      employee: 'ada',
      facts: [one_],
    }),
)
const announced = fc
  .record({
    operation: fc.constantFrom('create' as const, 'block' as const, 'grant' as const),
    login,
    group: someGroup,
  })
  .map(
    ({ operation, login: as, group }): Step =>
      at => ({
        kind: 'intent',
        at,
        provider,
        number: one,
        employee: 'ada',
        id: `intent-${at}`,
        operation,
        detail: '',
        because: '',
        plan: '',
        actor: '',
        ...(operation === 'create' ? { login: as } : {}),
        ...(operation === 'grant' ? { grants: [{ entitlement: group, mappings: ['engineering'] }] } : {}),
      }),
  )

const history = fc
  .array(fc.oneof({ weight: 3, arbitrary: noted }, announced), { maxLength: 12 })
  .map(steps => steps.map((step, index) => step((index + 1) * 1000)))

const recordOf = (entries: readonly JournalEntry[]): PersonRecord | undefined =>
  new RecordBook(entries).of(provider).people.get(one)

it('whatever happened to a person, the record read back from the status is the one that was written', () => {
  fc.assert(
    fc.property(history, entries => {
      const record = recordOf([...entries])
      if (!record) return
      const declared = { ...record, employee: 'ada' }
      const status = JSON.parse(JSON.stringify(recordStatusOf(declared))) as ReturnType<typeof recordStatusOf>
      expect(recordOf(entriesOf(status, owner))).toEqual(declared)
      expect(recordStatusOf(declared)).toEqual(status)
    }),
    { numRuns: 2000 },
  )
})

it('a status that records nothing makes no record', () => {
  expect(entriesOf({}, owner)).toEqual([])
})

it('a legal hold and an orphan annotation come from the Employee, not from its status', () => {
  const status = recordStatusOf({
    number: one,
    employee: 'x',
    enabledOnce: false,
    grants: new Map(),
    retain: false,
    orphan: false,
  })
  expect(recordOf(entriesOf(status, { ...owner, retain: true, orphan: true }))).toMatchObject({
    employee: 'ada',
    retain: true,
    orphan: true,
  })
})
