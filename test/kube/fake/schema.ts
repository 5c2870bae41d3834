import { asJson, type FieldFault, isJson, type Json, listOr } from './answer.ts'
import type { Schema } from './kinds.ts'

const propertiesOf = (schema: Schema) => asJson(schema.properties)
const isOpen = (schema: Schema) => schema['x-kubernetes-preserve-unknown-fields'] === true
const memberSchema = (schema: Schema, name: string): Schema | undefined => {
  const own = propertiesOf(schema)[name]
  if (isJson(own)) return own
  return isJson(schema.additionalProperties) ? schema.additionalProperties : undefined
}

/** Paths of members the schema does not declare. */
export function unknownFields(value: unknown, schema: Schema, path = ''): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => unknownFields(item, asJson(schema.items), `${path}[${index}]`))
  if (!isJson(value) || isOpen(schema) || schema.additionalProperties === true) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const own = memberSchema(schema, name)
    const at = path === '' ? name : `${path}.${name}`
    if (own !== undefined) return unknownFields(member, own, at)
    return schema.type === 'object' || 'properties' in schema ? [at] : []
  })
}

/** The value without undeclared members, without nulls where null is not allowed, and with defaults filled in. */
export function normalised(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) return value.map(item => normalised(item, asJson(schema.items)))
  if (!isJson(value)) return value
  const kept: Json = {}
  for (const [name, member] of Object.entries(value)) {
    const own = memberSchema(schema, name)
    if (own === undefined && !isOpen(schema) && ('properties' in schema || schema.type === 'object')) continue
    if (member === null && own?.nullable !== true && own !== undefined) continue
    kept[name] = own === undefined ? member : normalised(member, own)
  }
  for (const [name, own] of Object.entries(propertiesOf(schema)))
    if (kept[name] === undefined && isJson(own) && 'default' in own)
      kept[name] = normalised(structuredClone(own.default), own)
  return kept
}

const typeOf = (value: unknown) => {
  if (Array.isArray(value)) return 'array'
  if (value === null) return 'null'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

/** Whether the value is of the schema's type; `integer` is a number too. */
export function hasType(value: unknown, schema: Schema): boolean {
  const type = typeOf(value)
  if (schema['x-kubernetes-int-or-string'] === true) return type === 'integer' || type === 'string'
  if (type === 'null') return schema.nullable === true
  return schema.type === undefined || schema.type === type || (schema.type === 'number' && type === 'integer')
}

/** What the schema has against the value: types, enumerations, bounds, patterns, required members, keys of lists. No CEL. */
export function faultsOf(value: unknown, schema: Schema, field = ''): FieldFault[] {
  if (!hasType(value, schema))
    return [
      {
        field,
        message: `Invalid value: "${typeOf(value)}": ${field} in body must be of type ${schema.type}: "${value}"`,
      },
    ]
  const own = [...scalarFaults(value, schema, field), ...sizeFaults(value, schema, field)]
  if (Array.isArray(value)) {
    own.push(...twiceFaults(value, schema, field))
    return [...own, ...value.flatMap((item, at) => faultsOf(item, asJson(schema.items), `${field}[${at}]`))]
  }
  if (!isJson(value)) return own
  for (const name of listOr(schema.required).map(String))
    if (value[name] === undefined)
      own.push({ field: inside(field, name), message: 'Required value', reason: 'FieldValueRequired' })
  const inner = Object.entries(value).flatMap(([name, member]) => {
    const declared = memberSchema(schema, name)
    return declared === undefined ? [] : faultsOf(member, declared, inside(field, name))
  })
  return [...own, ...inner]
}

const inside = (field: string, name: string) => (field === '' ? name : `${field}.${name}`)

function* scalarFaults(value: unknown, schema: Schema, field: string): Generator<FieldFault> {
  const options = listOr(schema.enum)
  if (options.length > 0 && !options.includes(value)) {
    const supported = options.map(option => `"${option}"`).join(', ')
    const message = `Unsupported value: "${value}": supported values: ${supported}`
    yield { field, message, reason: 'FieldValueNotSupported' }
  }
  if (typeof value === 'string') {
    if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(value))
      yield { field, message: `Invalid value: "${value}": ${field} in body should match '${schema.pattern}'` }
    if (typeof schema.maxLength === 'number' && [...value].length > schema.maxLength)
      yield { field, message: `Too long: may not be more than ${schema.maxLength} bytes`, reason: 'FieldValueTooLong' }
    if (typeof schema.minLength === 'number' && [...value].length < schema.minLength)
      yield {
        field,
        message: `Invalid value: "${value}": ${field} in body should be at least ${schema.minLength} chars`,
      }
  }
  if (typeof value === 'number') {
    if (typeof schema.minimum === 'number' && value < schema.minimum)
      yield {
        field,
        message: `Invalid value: ${value}: ${field} in body should be greater than or equal to ${schema.minimum}`,
      }
    if (typeof schema.maximum === 'number' && value > schema.maximum)
      yield {
        field,
        message: `Invalid value: ${value}: ${field} in body should be less than or equal to ${schema.maximum}`,
      }
  }
}

/** How many items or members there may be. */
function* sizeFaults(value: unknown, schema: Schema, field: string): Generator<FieldFault> {
  const isList = Array.isArray(value)
  if (!isList && !isJson(value)) return
  const size = isList ? value.length : Object.keys(value).length
  const [least, most] = isList ? [schema.minItems, schema.maxItems] : [schema.minProperties, schema.maxProperties]
  if (typeof least === 'number' && size < least)
    yield { field, message: `Invalid value: ${size}: ${field} in body should have at least ${least} items` }
  if (typeof most === 'number' && size > most)
    yield { field, message: `Too many: ${size}: must have at most ${most} items`, reason: 'FieldValueTooMany' }
}

/** Items of a set, and keys of a keyed list, are there once. */
function twiceFaults(list: readonly unknown[], schema: Schema, field: string): FieldFault[] {
  const keys = listKeys(schema)
  if (keys === undefined && schema['x-kubernetes-list-type'] !== 'set') return []
  const seen = new Set<string>()
  return list.flatMap((item, at) => {
    const key = keys === undefined ? JSON.stringify(item) : itemKey(item, keys)
    const isSecond = seen.has(key)
    seen.add(key)
    return isSecond
      ? [{ field: `${field}[${at}]`, message: `Duplicate value: ${key}`, reason: 'FieldValueDuplicate' }]
      : []
  })
}

/** Names of the members that tell items of a list apart; undefined when the list is one value (atomic). */
export function listKeys(schema: Schema): readonly string[] | undefined {
  return schema['x-kubernetes-list-type'] === 'map'
    ? listOr(schema['x-kubernetes-list-map-keys']).map(String)
    : undefined
}

/** The key of an item of such a list. */
export const itemKey = (item: unknown, keys: readonly string[]) =>
  JSON.stringify(Object.fromEntries(keys.map(key => [key, asJson(item)[key]])))

/** The schema of a member, as far as one is declared. */
export const schemaAt = (schema: Schema | undefined, name: string): Schema | undefined =>
  schema === undefined ? undefined : memberSchema(schema, name)
