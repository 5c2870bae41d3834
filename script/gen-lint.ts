import type { CustomResourceDefinition, StructuralSchema } from '../src/api/crd.ts'

const allowed = new Set([
  'type',
  'description',
  'format',
  'enum',
  'default',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'maxProperties',
  'required',
  'properties',
  'additionalProperties',
  'items',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
])
const types = new Set(['object', 'array', 'string', 'integer', 'boolean'])
/** `date`, `duration`, `email`, `uuid` and others are read differently by the API server and offline. */
const formats = new Set(['int32', 'int64', 'date-time'])
/** Written the same in RE2 and JavaScript, but meaning different things, or known to one of them only. */
const ambiguousPattern = /\\[sSbBpPAzQ]|\(\?/

interface Place {
  readonly path: string
  /** Below `items` of a list, where a default would look like drift to Argo CD for ever. */
  readonly inList: boolean
}

function lintBounds(schema: StructuralSchema, at: string): string[] {
  const faults: string[] = []
  if (schema.type === 'string' && !schema.enum && schema.format !== 'date-time' && schema.maxLength === undefined)
    faults.push(`${at}: a string needs maxLength`)
  if (schema.type === 'array' && schema.maxItems === undefined) faults.push(`${at}: a list needs maxItems`)
  if (schema.type === 'array' && schema['x-kubernetes-list-type'] === undefined)
    faults.push(`${at}: a list needs x-kubernetes-list-type`)
  if (schema.additionalProperties && schema.maxProperties === undefined) faults.push(`${at}: a map needs maxProperties`)
  if (schema.pattern !== undefined && ambiguousPattern.test(schema.pattern))
    faults.push(`${at}: RE2 and JavaScript read the pattern ${schema.pattern} differently`)
  if (schema.format !== undefined && !formats.has(schema.format))
    faults.push(`${at}: format ${schema.format} is not checked alike everywhere, use a pattern`)
  return faults
}

function lintNode(schema: StructuralSchema, { path, inList }: Place): string[] {
  const faults = Object.keys(schema)
    .filter(key => !allowed.has(key))
    .map(key => `${path}: ${key} is not part of the schemas used here`)
  if (!types.has(schema.type ?? '')) faults.push(`${path}: needs a type, one of ${[...types].join(', ')}`)
  if (inList && schema.default !== undefined) faults.push(`${path}: no default inside a list`)
  if (schema.type === 'array' && !schema.items) faults.push(`${path}: a list needs items`)
  if (schema.properties && schema.additionalProperties)
    faults.push(`${path}: properties and additionalProperties exclude each other`)
  for (const key of schema.required ?? [])
    if (!schema.properties?.[key]) faults.push(`${path}: requires ${key}, which it does not declare`)
  return [...faults, ...lintBounds(schema, path), ...lintListKeys(schema, path), ...lintRules(schema, path)]
}

function lintListKeys(schema: StructuralSchema, path: string): string[] {
  const keys = schema['x-kubernetes-list-map-keys']
  if ((schema['x-kubernetes-list-type'] === 'map') !== (keys !== undefined))
    return [`${path}: list type map and list-map-keys go together`]
  return (keys ?? [])
    .filter(key => !schema.items?.required?.includes(key))
    .map(key => `${path}: list-map key ${key} must be required in the items`)
}

function lintRules(schema: StructuralSchema, path: string): string[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap(rule => {
    const faults = rule.message === undefined ? [`${path}: rule ${rule.rule} needs a message`] : []
    const names = rule.fieldPath?.split('.').slice(1) ?? []
    let node: StructuralSchema | undefined = schema
    for (const name of names) node = node?.properties?.[name]
    return node ? faults : [...faults, `${path}: fieldPath ${rule.fieldPath} leads nowhere`]
  })
}

function lint(schema: StructuralSchema, place: Place, described: boolean): string[] {
  const faults = lintNode(schema, place)
  if (described && schema.description === undefined) faults.push(`${place.path}: needs a description`)
  const { path, inList } = place
  for (const [key, child] of Object.entries(schema.properties ?? {}))
    faults.push(...lint(child, { path: `${path}.${key}`, inList }, true))
  if (schema.items) faults.push(...lint(schema.items, { path: `${path}[]`, inList: true }, false))
  if (schema.additionalProperties)
    faults.push(...lint(schema.additionalProperties, { path: `${path}{}`, inList }, false))
  return faults
}

/** One sentence for each breach of the rules for structural schemas, and of our own: bounds, descriptions, no default in lists. */
export function lintCrd(crd: CustomResourceDefinition): string[] {
  return crd.spec.versions.flatMap(({ schema }) => {
    const { apiVersion, kind, metadata, ...own } = schema.openAPIV3Schema.properties ?? {}
    const faults =
      apiVersion && kind && metadata ? [] : [`${crd.spec.names.kind}: declare apiVersion, kind and metadata`]
    return [
      ...faults,
      ...lint({ ...schema.openAPIV3Schema, properties: own }, { path: crd.spec.names.kind, inList: false }, true),
    ]
  })
}
