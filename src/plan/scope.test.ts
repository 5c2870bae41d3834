import { describe, expect, it } from 'vitest'
import { entitlement, mapping, policy } from '../../test/support/builders.ts'
import type { Catalog, Resolution } from '../model/entitlement.ts'
import type { EntitlementId } from '../model/ids.ts'
import type { MappedRecord } from '../model/record.ts'
import { scopeOf } from './scope.ts'

const catalogOf = (resolutions: Readonly<Record<string, Resolution>>): Catalog => ({
  entitlements: new Map(Object.entries(resolutions).map(([name, resolution]) => [`Group:${name}`, resolution])),
})
const found = (name = 'Engineering', options: Parameters<typeof entitlement>[1] = {}): Resolution => ({
  kind: 'Found',
  entitlement: entitlement(name, options),
})
const nothingMapped = new Map<EntitlementId, MappedRecord>()

describe('the scope of a provider', () => {
  const refusals: readonly (readonly [string, Resolution, string, RegExp])[] = [
    [
      'a name that is not there',
      { kind: 'Missing' },
      'EntitlementMissing',
      /there is no group "Engineering"; create it/,
    ],
    [
      'a name that two share',
      { kind: 'Ambiguous', ids: ['a', 'b'] as never },
      'EntitlementAmbiguous',
      /use one of id:a, id:b/,
    ],
    ['a kind not yet supported', { kind: 'Unsupported', why: 'apps come later' }, 'NotYetSupported', /apps come later/],
    [
      'a rule-managed group',
      found('Engineering', { readOnly: 'Computed' }),
      'EntitlementComputed',
      /a rule computes it/,
    ],
    ['a built-in group', found('Engineering', { readOnly: 'BuiltIn' }), 'EntitlementOwnedElsewhere', /built in/],
    [
      'a synchronised group',
      found('Engineering', { readOnly: 'Synced' }),
      'EntitlementOwnedElsewhere',
      /another directory/,
    ],
    [
      'a privileged group',
      found('Engineering', { privileged: true }),
      'EntitlementPrivileged',
      /allowPrivileged: true/,
    ],
  ]
  it.each(refusals)('refuses %s and says which mapping names it', (_, resolution, reason, message) => {
    const scope = scopeOf([mapping()], policy(), catalogOf({ Engineering: resolution }), nothingMapped)
    expect(scope.entitlements.size).toBe(0)
    expect(scope.findings).toMatchObject([{ reason, subject: { kind: 'GroupMapping', name: 'engineering' } }])
    expect(scope.findings[0]?.message).toMatch(message)
  })

  it.each(['tenure-managed', 'tenure-managed-blocked'])('refuses the marker group %s, however it is named', name => {
    const scope = scopeOf([mapping({ grants: ['id:1'] })], policy(), catalogOf({ 'id:1': found(name) }), nothingMapped)
    expect(scope.findings.map(finding => finding.reason)).toEqual(['EntitlementIsMarker'])
  })

  it('takes a privileged group where the mapping allows it', () => {
    const catalog = catalogOf({ Engineering: found('Engineering', { privileged: true }) })
    expect(scopeOf([mapping({ allowPrivileged: true })], policy(), catalog, nothingMapped).entitlements.size).toBe(1)
  })

  it('is additive for an entitlement as soon as one mapping naming it is', () => {
    const rules = [mapping({ name: 'a' }), mapping({ name: 'b', mode: 'Additive' }), mapping({ name: 'c' })]
    const scope = scopeOf(rules, policy(), catalogOf({ Engineering: found() }), nothingMapped)
    expect([...scope.entitlements.values()]).toMatchObject([{ mode: 'Additive', mappings: ['a', 'b', 'c'] }])
  })

  it('is additive for a directory role, whatever its mapping says', () => {
    const role = entitlement('Helpdesk', { kind: 'DirectoryRole', privileged: true })
    const catalog: Catalog = {
      entitlements: new Map([['DirectoryRole:Helpdesk', { kind: 'Found', entitlement: role }]]),
    }
    const names = [{ kind: 'DirectoryRole' as const, name: 'Helpdesk' }]
    const rule = mapping({
      mode: 'Authoritative',
      allowPrivileged: true,
      grants: [{ provider: 'memory' as never, entitlements: names }],
    })
    expect(scopeOf([rule], policy(), catalog, nothingMapped).entitlements.get(role.id)?.mode).toBe('Additive')
  })

  it('keeps what was mapped before as retiring, unless its mapping said Retain', () => {
    const mappedBefore = (name: string, onDelete: 'Revoke' | 'Retain'): [EntitlementId, MappedRecord] => {
      const one = entitlement(name)
      return [one.id, { entitlement: one, mode: 'Authoritative', mappings: ['old'], onDelete }]
    }
    const mapped = new Map([
      mappedBefore('Sales', 'Revoke'),
      mappedBefore('Chess', 'Retain'),
      mappedBefore('Engineering', 'Revoke'),
    ])
    const scope = scopeOf([mapping()], policy(), catalogOf({ Engineering: found() }), mapped)
    const modes = [...scope.entitlements.values()].map(one => `${one.entitlement.name} ${one.mode}`)
    expect(modes).toEqual(['Engineering Authoritative', 'Sales Retiring'])
  })
})
