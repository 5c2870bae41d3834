import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { CustomResourceDefinition } from '../../src/api/crd.ts'
import { compileCrd, type Validator } from '../../src/source/schema.ts'
import { allCases } from './all-cases.ts'
import type { PolicyCase, Resource, Thing } from './cases.ts'
import { loosenCases } from './loosen-cases.ts'
import { compile, judge } from './offline.ts'
import { listedFiles, type Policy, policies, policyFiles, readPolicyFile } from './policy.ts'

const validators = new Map<string, Validator>(
  ['employees', 'groupmappings', 'identityproviders'].map(resource => {
    const file = join(import.meta.dirname, `../../crds/${resource}.tenure.dev.yaml`)
    return [resource, compileCrd(parse(readFileSync(file, 'utf8')) as CustomResourceDefinition)]
  }),
)

/** With the defaults of the CRD, as policies see it. */
function stored(resource: Resource, object: Thing | undefined): Thing | null {
  if (!object) return null
  const validator = validators.get(resource)
  if (!validator) return object
  const { findings, object: complete } = validator.validate(object)
  expect(findings).toEqual([])
  return complete
}

const groups: Readonly<Record<Resource, readonly [group: string, version: string]>> = {
  employees: ['tenure.dev', 'v1alpha1'],
  groupmappings: ['tenure.dev', 'v1alpha1'],
  identityproviders: ['tenure.dev', 'v1alpha1'],
  namespaces: ['', 'v1'],
  customresourcedefinitions: ['apiextensions.k8s.io', 'v1'],
}

/** Which objects are judged without the defaults of the CRD. */
interface Bare {
  readonly before?: boolean
  readonly after?: boolean
}

/** What all policies together say. */
function refusals({ resource, rights = [], before, after }: PolicyCase, bare: Bare = {}): readonly string[] {
  const [group, version] = groups[resource]
  const request = {
    operation: after ? (before ? 'UPDATE' : 'CREATE') : 'DELETE',
    resource: { group, version, resource },
    namespace: group === 'tenure.dev' ? 'people' : '',
    object: bare.after ? (after ?? null) : stored(resource, after),
    oldObject: bare.before ? (before ?? null) : stored(resource, before),
    rights,
  } as const
  return policies.flatMap(policy => judge(policy, request))
}

describe.each(Object.entries(allCases))('admission policies, judged without a server: %s', (_, cases) => {
  it.each(cases)('$title', one => {
    const expected = one.refused === undefined ? [] : [expect.stringContaining(one.refused)]
    expect(refusals(one)).toEqual(expected)
  })
})

describe('tenure-loosen', () => {
  it('judges by the defaults of the CRD where a field is absent', () => {
    for (const one of loosenCases)
      for (const bare of [{ before: true }, { after: true }, { before: true, after: true }])
        expect({ one, bare, said: refusals(one, bare) }).toEqual({ one, bare, said: refusals(one) })
  })
})

describe('the files of config/policies', () => {
  it('are all listed for kustomize', () => {
    expect([...listedFiles()].sort()).toEqual(policyFiles)
  })

  it.each(policyFiles)('%s holds one policy and what puts it in force', file => {
    const [policy, binding, ...rest] = readPolicyFile(file)
    expect(rest).toEqual([])
    const name = policy?.metadata.name
    expect(binding).toMatchObject({
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny', 'Audit'] },
    })
  })

  const expressionsOf = ({ spec }: Policy): readonly string[] => [
    ...[...(spec.matchConditions ?? []), ...(spec.variables ?? [])].map(({ expression }) => expression),
    ...spec.validations.flatMap(({ expression, messageExpression }) => [expression, messageExpression]),
  ]

  it.each(policies)('$metadata.name fails closed, is type-checked, and keeps to what Kubernetes 1.30 has', policy => {
    expect(policy.spec.failurePolicy).toBe('Fail')
    for (const rule of policy.spec.matchConstraints.resourceRules)
      expect(rule.apiVersions).toEqual([expect.stringMatching(/^v1(alpha1)?$/)])
    for (const expression of expressionsOf(policy)) expect(() => compile(expression)).not.toThrow()
  })

  it.each(policies)('$metadata.name asks about rights within the namespace of the object', policy => {
    const checks = expressionsOf(policy).filter(expression => expression.includes('authorizer.'))
    expect(checks).toHaveLength(1)
    const clusterWide = policy.metadata.name === 'tenure-cluster-protection'
    expect(checks[0]?.includes('.namespace(request.namespace)')).toBe(!clusterWide)
  })

  it.each(policies)('$metadata.name leaves writes of status alone', policy => {
    const resources = policy.spec.matchConstraints.resourceRules.flatMap(rule => rule.resources)
    expect(resources.filter(resource => /[/*]/.test(resource))).toEqual([])
  })
})
