import type { CustomResourceDefinition, StructuralSchema } from '../api/crd.ts'

/** A JSON schema for ajv. */
export type JsonSchema = { [keyword: string]: unknown }

const strings = { type: 'object', additionalProperties: { type: 'string' } }
const dnsSubdomain = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'
/** Fields of metadata that the API server keeps; people hardly write them. */
const serverFields = ['generateName', 'uid', 'resourceVersion', 'creationTimestamp', 'generation', 'ownerReferences']
const rareFields = ['managedFields', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds']
/** What the API server checks in metadata of every kind. */
const objectMeta: JsonSchema = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 253, pattern: dnsSubdomain },
    namespace: { type: 'string', maxLength: 63 },
    labels: { ...strings, 'x-labels': true },
    annotations: strings,
    finalizers: { type: 'array', items: { type: 'string' } },
    ...Object.fromEntries([...serverFields, ...rareFields].map(name => [name, {}])),
  },
}

const sameInBoth = [
  'type',
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
  'minProperties',
  'maxProperties',
  'required',
] as const
const formats = new Set(['int32', 'int64', 'date-time'])

/** The node as ajv reads it: objects closed, list types as keywords. What the API server and ajv would read differently throws. */
function jsonSchema(schema: StructuralSchema): JsonSchema {
  if (/\\[sSbBpPAzQ]|\(\?/.test(schema.pattern ?? ''))
    throw new Error(`pattern ${schema.pattern}: RE2 and JavaScript read it differently`)
  if (schema.format !== undefined && !formats.has(schema.format))
    throw new Error(`format ${schema.format}: ajv and the API server differ, use a pattern`)
  const result: JsonSchema = {}
  for (const key of sameInBoth) if (schema[key] !== undefined) result[key] = schema[key]
  if (schema.nullable) result.type = [schema.type, 'null']
  if (schema.properties) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, child]) => [key, jsonSchema(child)]),
    )
    result.additionalProperties = false
  }
  if (schema.additionalProperties) result.additionalProperties = jsonSchema(schema.additionalProperties)
  if (schema.items) result.items = jsonSchema(schema.items)
  if (schema['x-kubernetes-list-type'] === 'set') result.uniqueItems = true
  if (schema['x-kubernetes-list-map-keys']) result['x-keys'] = schema['x-kubernetes-list-map-keys']
  return result
}

/** The whole object: what the CRD says of spec and status, and what holds for every kind. */
export function objectSchema(crd: CustomResourceDefinition): JsonSchema {
  const [version] = crd.spec.versions
  if (!version) throw new Error(`${crd.spec.names.kind} has no version`)
  const schema = jsonSchema(version.schema.openAPIV3Schema)
  return {
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', ...((schema.required as string[] | undefined) ?? [])],
    properties: {
      ...(schema.properties as JsonSchema),
      apiVersion: { const: `${crd.spec.group}/${version.name}` },
      kind: { const: crd.spec.names.kind },
      metadata: objectMeta,
    },
  }
}
