import { describe, expect, test } from 'vitest'
import { lintCrd } from '../../script/gen-lint.ts'
import { readCases } from '../../test/control-plane/cases.ts'
import type { StructuralSchema } from '../api/crd.ts'
import { crds } from '../api/schemas.ts'
import { compileCrd, type SchemaFinding } from './schema.ts'
import { patternWords } from './schema-messages.ts'

const validators = new Map(crds.map(crd => [crd.spec.names.kind, compileCrd(crd)]))

function findings(object: Readonly<Record<string, unknown>>, stored?: unknown): readonly SchemaFinding[] {
  const validator = validators.get(String(object.kind))
  if (!validator) throw new Error(`there is no kind ${String(object.kind)}`)
  return validator.validate(object, stored).findings
}

const told = (object: Readonly<Record<string, unknown>>, stored?: unknown) =>
  findings(object, stored).map(({ path, message }) => `${path}: ${message}`)

describe('every object of crds/testdata/valid is accepted', () => {
  test.each(readCases('valid'))('$name', ({ objects }) => {
    expect(objects).toHaveLength(1)
    expect(told(objects[0] ?? {})).toEqual([])
  })
})

describe('every object of crds/testdata/invalid is refused for one reason, which is told', () => {
  test.each(readCases('invalid'))('$name', ({ objects, expect: message }) => {
    expect(message).toBeDefined()
    expect(told(objects[0] ?? {})).toEqual([expect.stringContaining(message ?? '')])
  })
})

describe('every change of crds/testdata/transition is judged by what was there before', () => {
  test.each(readCases('transition'))('$name', ({ objects: [before = {}, after = {}], expect: message }) => {
    expect(told(before)).toEqual([])
    expect(told(after, before)).toEqual(message === undefined ? [] : [expect.stringContaining(message)])
  })
})

/** Every CEL rule of a schema as `Kind.path: message`. */
function rulesOf(schema: StructuralSchema, path: string): string[] {
  return [
    ...(schema['x-kubernetes-validations'] ?? []).map(rule => `${path}: ${rule.message}`),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => rulesOf(child, `${path}.${key}`)),
    ...(schema.items ? rulesOf(schema.items, `${path}[]`) : []),
    ...(schema.additionalProperties ? rulesOf(schema.additionalProperties, `${path}{}`) : []),
  ]
}

function patternsOf(schema: StructuralSchema): string[] {
  const children = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties]
  const below = children.flatMap(child => (child ? patternsOf(child) : []))
  return schema.pattern === undefined ? below : [schema.pattern, ...below]
}

const roots = crds.map(crd => {
  const schema = crd.spec.versions[0]?.schema.openAPIV3Schema ?? {}
  return { kind: crd.spec.names.kind, schema }
})
const bounds = ['required', 'type', 'enum', 'pattern', 'unknown field', 'null', 'status', 'metadata']
const limits = ['minLength', 'maxLength', 'minItems', 'maxItems', 'maxProperties', 'minimum', 'maximum']
const lists = ['x-kubernetes-list-type: set', 'x-kubernetes-list-type: map']

describe('the test data leaves nothing out', () => {
  const rules = roots.flatMap(({ kind, schema }) => rulesOf(schema, kind))
  const changes = readCases('transition')
  const accepted = [...readCases('valid'), ...changes.filter(one => one.expect === undefined)].flatMap(
    one => one.covers,
  )
  const refused = [...readCases('invalid'), ...changes.filter(one => one.expect !== undefined)].flatMap(
    one => one.covers,
  )

  test('every CEL rule has an object that keeps it', () => {
    expect(rules.length).toBeGreaterThan(40)
    expect(rules.filter(rule => !accepted.includes(rule))).toEqual([])
  })

  test('every CEL rule has an object that breaks it', () => {
    expect(rules.filter(rule => !refused.includes(rule))).toEqual([])
  })

  test('every kind of bound has an object that breaks it', () => {
    expect([...bounds, ...limits, ...lists].filter(bound => !refused.includes(bound))).toEqual([])
  })

  test('no case is about a rule that is gone', () => {
    const ruleLike = [...accepted, ...refused].filter(text =>
      /^(Employee|GroupMapping|IdentityProvider)[.:]/.test(text),
    )
    expect(ruleLike.filter(text => !rules.includes(text))).toEqual([])
  })

  test('every pattern is put into words, and no words are left over', () => {
    const patterns = new Set(roots.flatMap(({ schema }) => patternsOf(schema)))
    expect(Object.keys(patternWords).sort()).toEqual([...patterns].sort())
  })
})

describe('the linter of structural schemas', () => {
  const withField = (field: StructuralSchema) => {
    const [crd] = crds
    const root = crd?.spec.versions[0]?.schema.openAPIV3Schema
    if (!crd || !root) throw new Error('there is no CRD')
    const schema = {
      ...root,
      description: 'x',
      properties: {
        ...root.properties,
        spec: { type: 'object', description: 'x', properties: { field } },
        status: { type: 'object', description: 'x' },
      },
    }
    return lintCrd({ spec: { ...crd.spec, versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] } })
  }
  const described = { description: 'x' }
  const cases: readonly (readonly [string, StructuralSchema, string])[] = [
    ['a string without maxLength', { ...described, type: 'string' }, 'a string needs maxLength'],
    [
      'a list without maxItems',
      { ...described, type: 'array', 'x-kubernetes-list-type': 'atomic', items: { type: 'boolean' } },
      'a list needs maxItems',
    ],
    [
      'a map without maxProperties',
      { ...described, type: 'object', additionalProperties: { type: 'boolean' } },
      'a map needs maxProperties',
    ],
    ['a field without description', { type: 'boolean' }, 'needs a description'],
    [
      'a pattern RE2 reads otherwise',
      { ...described, type: 'string', maxLength: 9, pattern: '^\\s$' },
      'RE2 and JavaScript',
    ],
    [
      'a format that is not checked alike',
      { ...described, type: 'string', maxLength: 9, format: 'email' },
      'format email',
    ],
    [
      'a default within a list',
      {
        ...described,
        type: 'array',
        maxItems: 9,
        'x-kubernetes-list-type': 'atomic',
        items: { type: 'object', properties: { a: { ...described, type: 'boolean', default: true } } },
      },
      'no default inside a list',
    ],
    [
      'a list without its type',
      { ...described, type: 'array', maxItems: 9, items: { type: 'boolean' } },
      'x-kubernetes-list-type',
    ],
    ['a required field that is not declared', { ...described, type: 'object', required: ['a'] }, 'requires a'],
    [
      'a key of a map-list that may be absent',
      {
        ...described,
        type: 'array',
        maxItems: 9,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a'],
        items: { type: 'object', properties: { a: { ...described, type: 'boolean' } } },
      },
      'must be required',
    ],
    [
      'a rule without message',
      { ...described, type: 'boolean', 'x-kubernetes-validations': [{ rule: 'self' }] },
      'needs a message',
    ],
    [
      'a fieldPath that leads nowhere',
      { ...described, type: 'object', 'x-kubernetes-validations': [{ rule: 'true', message: 'x', fieldPath: '.a' }] },
      'leads nowhere',
    ],
    ['a node without type', { ...described }, 'needs a type'],
  ]
  test.each(cases)('refuses %s', (_, field, fault) => {
    expect(withField(field)).toContainEqual(expect.stringContaining(fault))
  })
})
