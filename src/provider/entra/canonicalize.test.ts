import { expect, test } from 'vitest'
import { desiredAccount, desiredState } from '../../../test/support/builders.ts'
import type { Catalog } from '../../model/entitlement.ts'
import { canonicalDesired } from './canonicalize.ts'
import { writableAttributes } from './schema.ts'

const catalog = (extra: readonly string[] = []): Catalog => ({
  entitlements: new Map(),
  attributes: writableAttributes(extra),
})

const person = (number: string, attributes: Record<string, string | undefined>) =>
  desiredAccount({ number, employee: `person-${number}`, login: `${number}@example.com`, attributes })

test('a value that cannot be kept is taken out with a finding that names person, attribute and limit', () => {
  const desired = desiredState([person('1', { department: 'x'.repeat(65), jobTitle: ' Analyst ' })])
  const [canonical] = canonicalDesired(desired, catalog()).people.values()
  expect([...(canonical?.attributes.keys() ?? [])]).toEqual(['jobTitle'])
  expect(canonical?.attributes.get('jobTitle')?.value).toBe('Analyst')
  const [finding] = canonicalDesired(desired, catalog()).findings
  expect(finding).toMatchObject({ reason: 'AttributeUnknown', severity: 'Warning', subject: { name: 'person-1' } })
  expect(finding?.message).toMatch(/person-1.*department.*64/)
})

test('an extension attribute passes only when the IdentityProvider names it', () => {
  const extension = `extension_${'a'.repeat(32)}_size`
  const desired = desiredState([person('1', { [extension]: 'M' })])
  expect(canonicalDesired(desired, catalog()).findings).toHaveLength(1)
  expect(canonicalDesired(desired, catalog([extension]))).toBe(desired)
})

test('ten thousand people who are canonical already come back untouched', () => {
  const attributes = { displayName: 'Ada', jobTitle: 'Analyst', usageLocation: 'GB', employeeHireDate: '2026-01-05' }
  const desired = desiredState(Array.from({ length: 10_000 }, (_, index) => person(String(index), attributes)))
  expect(canonicalDesired(desired, catalog())).toBe(desired)
})
