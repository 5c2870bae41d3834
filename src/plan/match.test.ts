import { describe, expect, it } from 'vitest'
import { day, employee, entitlement, mapping } from '../../test/support/builders.ts'
import { matcherOf } from './match.ts'

type Rule = Parameters<typeof mapping>[0]
type Person = Parameters<typeof employee>[0]
const today = day('2026-03-02')

/** Names of the entitlements one rule grants a person, and of those it could not decide. */
function matched(
  rules: readonly Rule[],
  person: Person,
): { readonly granted: string[]; readonly undecided: string[]; readonly failures: string[] } {
  const scopes = rules.map((rule, index) => {
    const declared = mapping({ name: `m${index}`, ...rule })
    return {
      mapping: declared,
      entitlements: declared.grants.flatMap(grant => grant.entitlements.map(one => entitlement(one.name))),
    }
  })
  const match = matcherOf(scopes)(employee(person), today)
  return {
    granted: [...match.grants.values()].map(one => `${one.entitlement.name} by ${one.mappings.join('+')}`),
    undecided: [...match.undecided],
    failures: match.failures.map(one => one.mapping.name),
  }
}

const grants = (...rule: readonly [Rule, Person]): boolean => matched([rule[0]], rule[1]).granted.length > 0

describe('a mapping', () => {
  it.each([
    ['any of its groups', { groups: ['a', 'b'] }, { groups: ['b'] }, true],
    ['none of its groups', { groups: ['a', 'b'] }, { groups: ['c'] }, false],
    [
      'a selector that matches',
      { selector: { matchLabels: { site: 'x' }, matchExpressions: [] } },
      { labels: { site: 'x' } },
      true,
    ],
    [
      'groups and a selector that does not match',
      { groups: ['a'], selector: { matchLabels: { site: 'x' }, matchExpressions: [] } },
      { groups: ['a'] },
      false,
    ],
    ['an expression', { expression: "employee.givenName == 'Ada'" }, {}, true],
    [
      'an expression over labels',
      { expression: "'site' in labels && labels['site'] == 'x'" },
      { labels: { site: 'x' } },
      true,
    ],
    ['groups and an expression that is false', { groups: ['a'], expression: 'false' }, { groups: ['a'] }, false],
    ['the first day of its window', { groups: ['a'], validFrom: '2026-03-02' }, { groups: ['a'] }, true],
    ['the last day of its window', { groups: ['a'], validUntil: '2026-03-02' }, { groups: ['a'] }, true],
    ['the day before its window', { groups: ['a'], validFrom: '2026-03-03' }, { groups: ['a'] }, false],
    ['the day after its window', { groups: ['a'], validUntil: '2026-03-01' }, { groups: ['a'] }, false],
  ] as const)('with %s', (_, rule, person, expected) => {
    expect(grants(rule as unknown as Rule, person as Person)).toBe(expected)
  })

  it('that two groups lead to grants once, and every mapping behind a grant is named', () => {
    const both = [{ groups: ['a', 'b'] }, { groups: ['b'] }, { groups: ['c'] }]
    expect(matched(both, { groups: ['a', 'b'] }).granted).toEqual(['Engineering by m0+m1'])
  })

  it('whose expression fails for a person decides nothing for that person, and says so', () => {
    const rules = [{ expression: "employee.title == 'Director'" }]
    expect(matched(rules, {})).toEqual({ granted: [], undecided: ['group-Engineering'], failures: ['m0'] })
    expect(matched(rules, { fields: { title: 'Director' } }).granted).toEqual(['Engineering by m0'])
  })

  it('that fails takes nothing from what another one grants', () => {
    const rules = [{ expression: "employee.title == 'Director'" }, { groups: ['a'] }]
    expect(matched(rules, { groups: ['a'] })).toEqual({
      granted: ['Engineering by m1'],
      undecided: [],
      failures: ['m0'],
    })
  })
})
