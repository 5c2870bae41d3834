import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { account, entitlement, operation } from '../../test/support/builders.ts'
import type { Operation } from '../model/plan.ts'
import { planHash, setHash } from './hash.ts'

const bound = (id: string): Operation['target'] => ({ kind: 'Bound', account: account({ id }) })
const operations: readonly Operation[] = [
  operation({
    kind: 'create',
    state: 'Enabled',
    login: 'a@example.com',
    attributes: { title: 'x', city: 'y' },
    grants: [],
  }),
  operation({ kind: 'update', set: { title: 'x', city: null }, before: {} }, { target: bound('1') }),
  operation({ kind: 'grant', entitlement: entitlement('A'), mappings: [] }, { target: bound('1') }),
  operation({ kind: 'revoke', entitlement: entitlement('A') }, { target: bound('1') }),
  operation({ kind: 'block', why: 'Departure' }, { target: bound('2') }),
  operation({ kind: 'delete' }, { target: bound('2') }),
]

describe('the hash of a plan', () => {
  it('does not depend on the order of operations, nor on what they say of themselves', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...operations], { minLength: operations.length }), shuffled => {
        const reworded = shuffled.map(one => ({
          ...one,
          because: { ...one.because, text: 'other words', confirmedAt: 7 },
        }))
        expect(planHash(reworded)).toBe(planHash(operations))
      }),
    )
  })

  it.each([
    ['one operation less', operations.slice(1)],
    ['another account', [...operations.slice(0, 5), operation({ kind: 'delete' }, { target: bound('3') })]],
    ['another verb', [...operations.slice(0, 5), operation({ kind: 'end-sessions' }, { target: bound('2') })]],
    [
      'another target',
      [
        ...operations.slice(0, 2),
        operation({ kind: 'grant', entitlement: entitlement('B'), mappings: [] }, { target: bound('1') }),
        ...operations.slice(3),
      ],
    ],
    [
      'another value',
      [
        operations[0] as Operation,
        operation({ kind: 'update', set: { title: 'z', city: null }, before: {} }, { target: bound('1') }),
        ...operations.slice(2),
      ],
    ],
  ] as const)('changes with %s', (_, changed) => {
    expect(planHash(changed)).not.toBe(planHash(operations))
  })

  it('is never taken for the hash of a set', () => {
    expect(setHash(operations)).not.toBe(planHash(operations))
    expect(setHash(operations)).toMatch(/^sha256:[0-9a-f]{64}$/)
  })
})
