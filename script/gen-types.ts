import { compile, type JSONSchema } from 'json-schema-to-typescript'
import type { CustomResourceDefinition, StructuralSchema } from '../src/api/crd.ts'

const objectMeta = `/** What the API server and people note about an object, as far as this project reads it. */
export interface ObjectMeta {
  name: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  finalizers?: string[]
}
`

/** Types that several kinds share, recognised by the fields they have. */
const shared: readonly { readonly name: string; readonly fields: string; readonly description: string }[] = [
  {
    name: 'LabelSelector',
    fields: 'matchLabels matchExpressions',
    description: 'A label selector; an empty one matches everything.',
  },
  {
    name: 'SecretValue',
    fields: 'secretRef env file',
    description: 'Where a secret is read from; exactly one is given.',
  },
  {
    name: 'Condition',
    fields: 'type status reason message lastTransitionTime observedGeneration',
    description: 'One condition of an object, as Kubernetes tools read it.',
  },
]

const sharedBy = (schema: StructuralSchema) =>
  shared.find(one => one.fields === Object.keys(schema.properties ?? {}).join(' '))

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const singular = (word: string) => word.replace(/ies$/, 'y').replace(/([^su])s$/, '$1')
const optionsOf = (banner: string) => ({
  bannerComment: banner,
  additionalProperties: false,
  ignoreMinAndMaxItems: true,
  style: { semi: false, singleQuote: true, printWidth: 120 },
})

/** JSON schema for the type of an object that was validated: what has a default is there. */
function jsonSchema(schema: StructuralSchema, name: string): JSONSchema {
  const { required = [], properties, items, additionalProperties } = schema
  const described: JSONSchema = schema.description === undefined ? {} : { description: schema.description }
  if (schema.enum) return { ...described, enum: [...schema.enum] }
  if (items) return { ...described, type: 'array', items: referenced(items, singular(name)) }
  if (additionalProperties) return { ...described, type: 'object', tsType: 'Record<string, string>' }
  if (!properties) return { ...described, type: schema.type === 'integer' ? 'integer' : (schema.type as 'string') }
  const children = Object.entries(properties)
  return {
    ...described,
    title: name,
    type: 'object',
    additionalProperties: false,
    required: children
      .filter(([key, child]) => required.includes(key) || child.default !== undefined)
      .map(([key]) => key),
    properties: Object.fromEntries(
      children.map(([key, child]) => [key, referenced(child, name.replace(/(Spec|Status)$/, '') + capital(key))]),
    ),
  }
}

function referenced(schema: StructuralSchema, name: string): JSONSchema {
  const one = sharedBy(schema)
  return one
    ? { ...(schema.description === undefined ? {} : { description: schema.description }), tsType: one.name }
    : jsonSchema(schema, name)
}

/** Module with the types of one kind: `Employee`, `EmployeeSpec`, `EmployeeStatus` and what they are made of. */
export async function typesModule(crd: CustomResourceDefinition): Promise<string> {
  const { kind } = crd.spec.names
  const [version] = crd.spec.versions
  const schema = version?.schema.openAPIV3Schema
  if (!version || !schema?.properties) throw new Error(`${kind} has no version with a schema`)
  const part = (key: string) => jsonSchema(schema.properties?.[key] ?? {}, kind + capital(key))
  const whole: JSONSchema = {
    title: kind,
    description: schema.description ?? kind,
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { tsType: `'${crd.spec.group}/${version.name}'` },
      kind: { tsType: `'${kind}'` },
      metadata: { tsType: 'ObjectMeta' },
      spec: part('spec'),
      status: statusNames(part('status'), kind),
    },
  }
  const text = await compile(whole, kind, optionsOf(''))
  const used = ['ObjectMeta', ...shared.map(one => one.name)].filter(name => new RegExp(`\\b${name}\\b`).test(text))
  return `import type { ${used.sort().join(', ')} } from './shared.ts'\n\n${text.trim()}\n`
}

/** Types below status are told apart from those below spec where both have the same field. */
function statusNames(status: JSONSchema, kind: string): JSONSchema {
  if (status.properties?.guard) {
    const { guard } = status.properties
    return { ...status, properties: { ...status.properties, guard: { ...guard, title: `${kind}GuardStatus` } } }
  }
  return status
}

/** Module with the types the kinds share. */
export async function sharedModule(crds: readonly CustomResourceDefinition[]): Promise<string> {
  const parts = [objectMeta]
  for (const one of shared) {
    const schema = crds
      .map(crd => crd.spec.versions[0]?.schema.openAPIV3Schema)
      .map(node => node && find(node, one.name))
    const first = schema.find(node => node !== undefined)
    if (!first) throw new Error(`no CRD uses ${one.name}`)
    parts.push(await compile({ ...jsonSchema(first, one.name), description: one.description }, one.name, optionsOf('')))
  }
  return `${parts.map(part => part.trim()).join('\n\n')}\n`
}

function find(schema: StructuralSchema, name: string): StructuralSchema | undefined {
  if (sharedBy(schema)?.name === name) return schema
  const children = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])]
  return children.map(child => find(child, name)).find(found => found !== undefined)
}
