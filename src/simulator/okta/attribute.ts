import { isObject, type JsonObject } from './json.ts'
import type { Attribute } from './objects.ts'

const types = ['string', 'boolean', 'integer', 'number', 'array'] as const
const mutabilities = ['READ_WRITE', 'READ_ONLY', 'WRITE_ONLY', 'IMMUTABLE'] as const

function numbers(json: JsonObject, ...names: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const name of names) {
    const value = json[name]
    if (typeof value === 'number') found[name] = value
  }
  return found
}

/** An attribute definition out of JSON, or a sentence about what is wrong with it. */
export function attributeFrom(json: JsonObject): Attribute | string {
  const type = types.find(candidate => candidate === json.type)
  if (type === undefined) return `the type must be one of ${types.join(', ')}`
  const title = json.title
  if (typeof title !== 'string' || title === '') return 'the title is missing'
  const unique = json.unique === true ? 'UNIQUE_VALIDATED' : typeof json.unique === 'string' ? json.unique : undefined
  return {
    title,
    type,
    ...(json.required === true ? { required: true } : {}),
    mutability: mutabilities.find(candidate => candidate === json.mutability) ?? 'READ_WRITE',
    scope: json.scope === 'SELF' ? 'SELF' : 'NONE',
    ...(unique === undefined ? {} : { unique }),
    ...numbers(json, 'minLength', 'maxLength', 'minimum', 'maximum'),
    ...(typeof json.description === 'string' ? { description: json.description } : {}),
    ...(typeof json.format === 'string' ? { format: json.format } : {}),
    ...(typeof json.pattern === 'string' || json.pattern === null ? { pattern: json.pattern } : {}),
    ...(isObject(json.items) ? { items: json.items } : {}),
    ...(Array.isArray(json.enum) ? { enum: json.enum } : {}),
    ...(Array.isArray(json.oneOf) ? { oneOf: json.oneOf.filter(isObject) } : {}),
    ...(Array.isArray(json.permissions) ? { permissions: json.permissions.filter(isObject) } : {}),
    ...(isObject(json.master) ? { master: json.master } : {}),
    ...(json.profilePush === true ? { profilePush: true } : {}),
    ...(typeof json.externalName === 'string' ? { externalName: json.externalName } : {}),
    ...(typeof json.externalNamespace === 'string' ? { externalNamespace: json.externalNamespace } : {}),
    ...(json.default === undefined ? {} : { default: json.default }),
  }
}
