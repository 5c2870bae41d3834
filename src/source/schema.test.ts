import { describe, expect, test } from 'vitest'
import type { StructuralSchema } from '../api/crd.ts'
import { employeeCrd, identityProviderCrd } from '../api/schemas.ts'
import { compileCrd } from './schema.ts'

const employees = compileCrd(employeeCrd)
const providers = compileCrd(identityProviderCrd)

const ada = (spec: object = {}, rest: object = {}) => ({
  apiVersion: 'tenure.dev/v1alpha1',
  kind: 'Employee',
  metadata: { name: 'ada' },
  spec: {
    employeeNumber: '1001',
    givenName: 'Ada',
    familyName: 'Lovelace',
    employment: { startDate: '2026-01-05' },
    ...spec,
  },
  ...rest,
})
const okta = (spec: object = {}) => ({
  apiVersion: 'tenure.dev/v1alpha1',
  kind: 'IdentityProvider',
  metadata: { name: 'okta' },
  spec: {
    okta: { orgUrl: 'https://acme.okta.com', clientId: '0oa1', privateKey: { secretRef: { name: 'a', key: 'b' } } },
    ownership: { marker: 'tenure-managed' },
    ...spec,
  },
})
const told = (object: unknown, stored?: unknown) =>
  employees.validate(object, stored).findings.map(({ path, message }) => `${path}: ${message}`)

describe('a valid object', () => {
  test('gets its defaults, as the API server would set them', () => {
    const { object, findings } = employees.validate(ada())
    expect(findings).toEqual([])
    expect(object.spec).toEqual({
      ...ada().spec,
      employment: { startDate: '2026-01-05', timeZone: 'UTC' },
      suspended: false,
      retain: false,
    })
    expect(object.status).toEqual({ observedGeneration: -1 })
  })

  test('of an IdentityProvider gets the whole guard, and no action that would fit only one vendor', () => {
    expect(providers.validate(okta()).object.spec).toMatchObject({
      employeeSelector: {},
      onUnmatched: 'Retain',
      ownership: { marker: 'tenure-managed', adopt: 'Never' },
      lifecycle: { create: true, update: true, offboard: true, stageBeforeDays: 7 },
      offboarding: { graceDays: 30, revokeSessions: true, revokeGrants: true },
      firstCredential: 'None',
      mode: 'Enforce',
      guard: {
        window: '24h',
        leave: { percent: 10, atLeast: 10 },
        block: { percent: 2, atLeast: 2, atMost: 25 },
        revoke: { percent: 5, atLeast: 20, perEntitlementPercent: 25 },
        enable: { percent: 2, atLeast: 3, atMost: 50 },
        rename: { percent: 2, atLeast: 3, atMost: 50 },
      },
      quota: { percent: 50 },
      fullReadEvery: '10m',
      paused: false,
      okta: { scopes: ['okta.users.read', 'okta.users.manage', 'okta.groups.read', 'okta.groups.manage'] },
    })
    expect(providers.validate(okta()).object.spec).not.toHaveProperty('offboarding.action')
    expect(providers.validate(okta({ guard: { block: { atMost: 5 } } })).object.spec).toMatchObject({
      guard: { block: { percent: 2, atLeast: 2, atMost: 5 }, leave: { percent: 10 } },
    })
  })

  test('is copied: what was given stays as it was, and two results share no defaults', () => {
    const given = ada({ department: null, attributes: { desk: null } })
    const before = structuredClone(given)
    const [first, second] = [employees.validate(given), employees.validate(given)]
    expect(given).toEqual(before)
    expect(first.object.spec).not.toHaveProperty('department')
    expect(first.object.spec).toMatchObject({ attributes: {} })
    expect(first.object.status).not.toBe(second.object.status)
  })

  test('keeps a valid status, and loses one that is not valid', () => {
    const status = { observedGeneration: 3, accounts: [{ provider: 'okta', id: '00u1', state: 'Enabled' }] }
    expect(employees.validate(ada({}, { status })).object.status).toEqual(status)
    const bad = employees.validate(ada({}, { status: { phase: 'Nonsense' } }))
    expect(bad.findings).toEqual([])
    expect(bad.object).not.toHaveProperty('status')
  })

  test('may carry what the API server writes into metadata, and nulls there', () => {
    const metadata = {
      name: 'ada',
      namespace: 'people',
      uid: 'u',
      resourceVersion: '7',
      generation: 2,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [{ manager: 'kubectl' }],
      labels: { site: null },
      annotations: null,
    }
    const { object, findings } = employees.validate(ada({}, { metadata }))
    expect(findings).toEqual([])
    expect(object.metadata).toMatchObject({ labels: { site: '' } })
  })
})

describe('a finding', () => {
  test('says where in words and in parts', () => {
    const { findings } = employees.validate(
      ada({ employment: { startDate: '2026-01-05', leaves: [{ from: '2026-02-01' }] } }),
    )
    expect(findings).toEqual([
      {
        path: 'spec.employment.leaves[0].until',
        segments: ['spec', 'employment', 'leaves', 0, 'until'],
        message: 'is missing; it is required',
        keyword: 'required',
      },
    ])
  })

  test('is told once for each place, all places at once', () => {
    expect(told(ada({ employeeNumber: '', givenName: 7, sufended: true, familyName: null })).sort()).toEqual([
      'spec.employeeNumber: must not be empty',
      'spec.familyName: is missing; it is required',
      'spec.givenName: must be a string, not 7; put it in quotes',
      'spec.sufended: unknown field sufended; did you mean suspended?',
    ])
  })

  test('about an odd key shows the key in brackets', () => {
    expect(told(ada({}, { metadata: { name: 'ada', labels: { 'a b/c': 'x' } } }))).toEqual([
      'metadata.labels[a b/c]: "a b/c" is no label name; one is such as site or example.com/site',
    ])
  })

  test('about an unknown field names the known ones where they are few', () => {
    expect(told(ada({ phone: { fax: '1' } }))).toEqual(['spec.phone.fax: unknown field fax; known here: work, mobile'])
  })

  test('shows a long value shortened, and a secret not at all', () => {
    expect(told(ada({ suspended: 'x'.repeat(500) }))[0]?.length).toBeLessThan(150)
    const key = '-----BEGIN PRIVATE KEY-----MIIEvQ'
    for (const privateKey of [key, { env: key }, { secretRef: { name: key, key: 'k' } }, { secretRef: key }]) {
      const { findings } = providers.validate(okta({ okta: { ...okta().spec.okta, privateKey } }))
      expect(findings).not.toEqual([])
      expect(JSON.stringify(findings)).not.toContain('MIIEvQ')
    }
  })

  test.each([[null], ['text'], [42], [[]], [undefined]])('tells that %j is no object at all', given => {
    expect(employees.validate(given).findings).toMatchObject([{ path: '', keyword: 'type' }])
  })

  test('tells a wrong kind or version', () => {
    expect(told({ ...ada(), apiVersion: 'tenure.dev/v1' })).toEqual([
      'apiVersion: must be tenure.dev/v1alpha1, not the string "tenure.dev/v1"',
    ])
  })
})

describe('input made to do harm', () => {
  test('keys of JavaScript objects are ordinary unknown fields', () => {
    const given = JSON.parse(
      '{"apiVersion":"tenure.dev/v1alpha1","kind":"Employee","metadata":{"name":"a"},"spec":{"employeeNumber":"1","givenName":"A","familyName":"B","employment":{"startDate":"2026-01-05"},"__proto__":{"retain":true},"constructor":"x","toString":"y"}}',
    )
    const { object, findings } = employees.validate(given)
    expect(findings.map(finding => finding.path).sort()).toEqual([
      'spec.__proto__',
      'spec.constructor',
      'spec.toString',
    ])
    expect(object.spec).toMatchObject({ retain: false })
    expect(Object.getPrototypeOf(object.spec)).toBe(Object.prototype)
  })

  test('attributes may have such names', () => {
    const attributes = { constructor: 'x', hasOwnProperty: 'y', valueOf: 'z' }
    expect(told(ada({ attributes }))).toEqual([])
  })

  test('a cycle in an unknown field ends', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(told(ada({ extra: cycle }))).toEqual([expect.stringContaining('unknown field extra')])
  })
})

describe('a change of an object', () => {
  test('is not looked at when nothing is stored', () => {
    expect(told(ada({ employeeNumber: '2001' }))).toEqual([])
  })

  test('is compared with what is stored, defaults set on both sides', () => {
    expect(told(ada({ employeeNumber: '2001' }), ada())).toEqual([
      'spec.employeeNumber: is immutable (it was 1001); to replace it, list the old number in previousEmployeeNumbers',
    ])
  })
})

describe('a CRD that is wrong does not compile', () => {
  const withField = (field: StructuralSchema) =>
    compileCrd({
      spec: {
        group: 'x',
        names: { kind: 'Thing', plural: 'things' },
        versions: [{ name: 'v1', schema: { openAPIV3Schema: { type: 'object', properties: { spec: field } } } }],
      },
    })
  const rule = (text: string): StructuralSchema => ({
    type: 'object',
    properties: { n: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule: text, message: 'x' }],
  })
  test.each([
    ['a rule over an undeclared field', rule('self.nope == 1'), /nope/],
    ['a rule that confuses types', rule("self.n == 'x'"), /no such overload/],
    ['a rule with a function Kubernetes does not have', rule('cel.bind(x, 1, x == self.n)'), /bind/],
    ['a pattern RE2 reads otherwise', { type: 'string', pattern: '^\\s' }, /RE2/],
    ['a format that is not checked alike', { type: 'string', format: 'email' }, /format email/],
  ] as const)('for %s', (_, field, message) => {
    expect(() => withField(field)).toThrow(message)
  })

  test('and one with a correct rule does', () => {
    const validator = withField(rule('self.n < 3'))
    const object = (n: number) => ({ apiVersion: 'x/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { n } })
    expect(validator.validate(object(2)).findings).toEqual([])
    expect(validator.validate(object(3)).findings).toMatchObject([{ path: 'spec', message: 'x', keyword: 'rule' }])
  })
})
