import { describe, expect, test } from 'vitest'
import { desiredAccount, desiredState } from '../../../test/support/builders.ts'
import type { DesiredAccount, DesiredAttribute, DesiredState } from '../../model/desired.ts'
import type { Catalog } from '../../model/entitlement.ts'
import type { EmployeeNumber } from '../../model/ids.ts'
import { canonicalDesired } from './canonical.ts'

const catalog: Catalog = { entitlements: new Map() }

function person(attributes: Readonly<Record<string, string | undefined>>, number = '1001'): DesiredAccount {
  const login = `p${number}@example.com`
  return desiredAccount({ number, employee: `person-${number}`, login, email: login, attributes })
}

function attributesOf(state: DesiredState, number = '1001'): ReadonlyMap<string, DesiredAttribute> {
  return state.people.get(number as EmployeeNumber)?.attributes ?? new Map()
}

describe('the canonical form', () => {
  test('has no spaces around a value, and nothing is the same as unset', () => {
    const state = canonicalDesired(desiredState([person({ title: '  Analyst ', city: '  ', state: '' })]), catalog)
    expect([...attributesOf(state)].map(([name, { value }]) => [name, value])).toEqual([
      ['title', 'Analyst'],
      ['city', undefined],
      ['state', undefined],
    ])
  })

  test('is the same object when there is nothing to change, for the whole state', () => {
    const desired = desiredState([person({ title: 'Analyst' })])
    expect(canonicalDesired(desired, catalog)).toBe(desired)
  })

  test('leaves people alone whom it does not concern', () => {
    const other = person({ title: 'Analyst' }, '1002')
    const state = canonicalDesired(desiredState([person({ title: ' x ' }), other]), catalog)
    expect(state.people.get(other.number)).toBe(other)
  })

  test.each([
    ['zipCode', '1'.repeat(51), 'at most 50'],
    ['countryCode', 'GER', 'at most 2'],
    ['email', 'a@b', 'no fewer than 5'],
    ['title', 'Analyst 🦉', 'emoji'],
    ['firstName', '  ', 'cannot be cleared'],
  ])('leaves out %s that Okta would refuse, and says why', (name, value, why) => {
    const state = canonicalDesired(desiredState([person({ [name]: value, department: 'Mathematics' })]), catalog)
    expect([...attributesOf(state).keys()]).toEqual(['department'])
    expect(state.findings).toHaveLength(1)
    expect(state.findings[0]).toMatchObject({ reason: 'AttributeUnknown', severity: 'Warning' })
    expect(state.findings[0]?.message).toMatch(new RegExp(`person-1001.*${name}.*${why}`))
  })

  test('leaves out what the schema of the org does not have or keeps read-only, when it can be read', () => {
    const known: Catalog = {
      ...catalog,
      attributes: new Map([
        ['title', { writable: true }],
        ['badge', { writable: false }],
      ]),
    }
    const desired = desiredState([person({ title: 'Analyst', badge: '1', shoe: '3' })])
    expect([...attributesOf(canonicalDesired(desired, known)).keys()]).toEqual(['title'])
    expect(canonicalDesired(desired, known).findings).toHaveLength(2)
    expect(canonicalDesired(desired, catalog)).toBe(desired)
  })
})
