import { describe, expect, test } from 'vitest'
import { keyOf, partsOf, pathOf } from './object.ts'

describe('paths', () => {
  const employees = { group: 'tenure.dev', version: 'v1alpha1', plural: 'employees' }
  const secrets = { group: '', version: 'v1', plural: 'secrets' }

  test('name a kind everywhere, in a namespace, or one object', () => {
    expect(pathOf(employees)).toBe('/apis/tenure.dev/v1alpha1/employees')
    expect(pathOf(employees, 'people')).toBe('/apis/tenure.dev/v1alpha1/namespaces/people/employees')
    expect(pathOf(secrets, 'people', 'okta')).toBe('/api/v1/namespaces/people/secrets/okta')
    expect(pathOf({ ...secrets, plural: 'namespaces' }, undefined, 'people')).toBe('/api/v1/namespaces/people')
  })

  test('let no name leave its place', () => {
    expect(pathOf(secrets, 'a/../b', '../x?y')).toBe('/api/v1/namespaces/a%2F..%2Fb/secrets/..%2Fx%3Fy')
  })
})

describe('keys', () => {
  test('are read back as they were made', () => {
    const keys = [{ name: 'a', namespace: 'n' }, { name: 'b' }].map(metadata => keyOf({ metadata }))
    expect(keys).toEqual(['n/a', 'b'])
    expect(keys.map(partsOf)).toEqual([{ namespace: 'n', name: 'a' }, { name: 'b' }])
  })
})
