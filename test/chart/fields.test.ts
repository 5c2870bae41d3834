import { describe, expect, test } from 'vitest'
import { fieldFaults } from './fields.ts'

const deployment = (container: object, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'x' },
  spec: { ...spec, template: { spec: { containers: [{ name: 'a', image: 'b', ...container }] } } },
})

describe('the check of fields', () => {
  test('lets what is right pass, numbers or texts where both may stand, and anything in free fields', () => {
    expect(
      fieldFaults(deployment({ ports: [{ containerPort: 1 }], livenessProbe: { httpGet: { port: 'http' } } })),
    ).toEqual([])
    expect(fieldFaults(deployment({ livenessProbe: { httpGet: { port: 80 } } }, { replicas: 2 }))).toEqual([])
  })

  test.each([
    ['a misspelt field', deployment({ imagePullPolcy: 'Always' }), 'imagePullPolcy: V1Container has no such field'],
    ['a text for a number', deployment({}, { replicas: '2' }), 'replicas: number expected, string given'],
    ['a number for a text', deployment({ args: [1] }), 'args[0]: string expected, number given'],
    ['an object for a list', deployment({ env: {} }), 'env: a list expected'],
    ['a list for an object', deployment({ securityContext: [] }), 'securityContext: an object expected'],
    ['null', deployment({ resources: null }), 'resources: an object expected'],
    [
      'a label that is no text',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x', labels: { a: true as unknown as string } } },
      'labels.a: string expected, boolean given',
    ],
  ])('finds %s', (_, object, fault) => {
    expect(fieldFaults(object)).toEqual([expect.stringContaining(fault)])
  })

  test('throws for a kind it does not know, rather than let it pass', () => {
    expect(() => fieldFaults({ apiVersion: 'apps/v1', kind: 'Deploiment', metadata: { name: 'x' } })).toThrow(
      'V1Deploiment',
    )
  })
})
