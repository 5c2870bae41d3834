import { expect, test } from 'vitest'
import { bodyWith, canonicalValue, entraAttribute, entraTraits, selectedProperties, storedValue } from './schema.ts'

function canonical(name: string, value: string | undefined) {
  const known = entraAttribute(name)
  if (known === undefined) throw new Error(`no attribute ${name}`)
  return canonicalValue(known, value)
}

test.each([
  ['jobTitle', '  Analyst ', { value: 'Analyst' }],
  ['jobTitle', '   ', { value: undefined }],
  ['usageLocation', 'de', { value: 'DE' }],
  ['usageLocation', 'Germany', { refused: 'a country code of two letters' }],
  ['country', 'Germany', { value: 'Germany' }],
  ['department', 'x'.repeat(65), { refused: 'at most 64 characters' }],
  ['mail', 'zoë@example.com', { refused: 'letters without accents' }],
  ['employeeHireDate', '2026-01-05', { value: '2026-01-05' }],
  ['employeeHireDate', '2026-01-05T00:00:00Z', { value: '2026-01-05' }],
  ['employeeHireDate', '2026-01-05T00:00:00+01:00', { value: '2026-01-04T23:00:00.000Z' }],
  ['employeeHireDate', 'soon', { refused: 'a day (YYYY-MM-DD) or a moment in ISO 8601' }],
])('%s of "%s" is kept as %j', (name, value, expected) => {
  expect(canonical(name, value)).toEqual(expected)
})

test('what Microsoft Graph stores reads back as what was wanted, for every default attribute', () => {
  const sample = { employeeHireDate: '2026-01-05', usageLocation: 'GB', country: 'GB' } as Record<string, string>
  for (const { to } of entraTraits.attributes) {
    const known = entraAttribute(to)
    if (known === undefined) throw new Error(`${to} is in the default table but not known`)
    const value = sample[to] ?? 'a@b.example'
    expect(storedValue(known, bodyWith(new Map([[to, value]])))).toBe(value)
    expect(canonicalValue(known, value)).toEqual({ value })
    expect(storedValue(known, bodyWith(new Map([[to, null]])))).toBeUndefined()
  }
})

test('nested attributes share one object, lists hold one value, days become moments', () => {
  const body = bodyWith(
    new Map([
      ['employeeOrgData.division', 'Product'],
      ['employeeOrgData.costCenter', null],
      ['businessPhones', '+44 20'],
      ['otherMails', null],
      ['employeeHireDate', '2026-01-05'],
    ]),
  )
  expect(body).toEqual({
    employeeOrgData: { division: 'Product', costCenter: null },
    businessPhones: ['+44 20'],
    otherMails: [],
    employeeHireDate: '2026-01-05T00:00:00Z',
  })
})

test('extra attributes are read only where users have them', () => {
  const extension = `extension_${'0'.repeat(32)}_shirtSize`
  const selected = selectedProperties([
    extension,
    'onPremisesExtensionAttributes.extensionAttribute15',
    'shoeSize',
    'onPremisesExtensionAttributes.extensionAttribute16',
  ])
  expect(selected).toContain(extension)
  expect(selected).toContain('onPremisesExtensionAttributes')
  expect(selected).not.toContain('shoeSize')
  expect(entraAttribute('onPremisesExtensionAttributes.extensionAttribute16')).toBeUndefined()
})

test('every property asked for is asked for once, nested ones by their outer name', () => {
  const selected = selectedProperties([])
  expect(new Set(selected).size).toBe(selected.length)
  expect(selected).toContain('employeeOrgData')
  expect(selected.join()).not.toContain('.')
})
