import type { Fields } from './call.ts'
import { badRequest, type ErrorDetail, GraphError, invalidValues } from './reply.ts'
import {
  EXTENSION_ATTRIBUTE_NAMES,
  type Kind,
  MAX_LENGTHS,
  type PropertyType,
  READ_ONLY,
  SCHEMAS,
  SHAREPOINT_PROPERTIES,
} from './schema.ts'

/** Truth values of other kinds than users that may be null. */
const NULLABLE = new Set(['isDeviceOnlyAuthSupported', 'isFallbackPublicClient'])

const DETAIL = (target: string): readonly ErrorDetail[] => [{ code: 'InvalidValue', target }]

/** A known property with a value that is not acceptable; which one only `details` says. */
export function invalidValue(_kind: Kind, name: string): GraphError {
  return badRequest('One or more property values specified are invalid.', DETAIL(name))
}

/** `Property userPrincipalName is invalid.` and its like. */
export function invalidNamed(name: string): GraphError {
  return badRequest(`Property ${name} is invalid.`, DETAIL(name))
}

function hasType(value: unknown, type: PropertyType): boolean {
  switch (type) {
    case 'string':
    case 'guid':
      return typeof value === 'string'
    case 'dateTime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    case 'boolean':
    case 'number':
      return typeof value === type
    case 'strings':
      return Array.isArray(value) && value.every(item => typeof item === 'string')
    case 'objects':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && !Array.isArray(value)
  }
}

function checkExtensionAttributes(kind: Kind, value: unknown): void {
  for (const [name, text] of Object.entries(value as Fields)) {
    if (!EXTENSION_ATTRIBUTE_NAMES.has(name)) throw invalidValues()
    if (text !== null && (typeof text !== 'string' || text.length > 1024)) throw invalidValue(kind, name)
  }
}

function checkUserValue(name: string, value: unknown): void {
  if (name === 'usageLocation' && !/^[A-Z]{2}$/i.test(String(value))) throw invalidValue('user', name)
  if (name === 'businessPhones' && (value as unknown[]).length > 1) throw invalidValue('user', name)
  if (
    name === 'otherMails' &&
    ((value as string[]).length > 250 || (value as string[]).some(mail => !mail.includes('@')))
  ) {
    throw invalidValue('user', name)
  }
  if (name === 'mail' && !/^[^@\s]+@[^@\s]+$/.test(String(value))) throw invalidValue('user', name)
  if (name === 'displayName' && value === '') throw invalidValue('user', name)
}

/** Checks what a client wants to write to one property; throws the refusal of Microsoft Graph. */
export function checkWritable(kind: Kind, name: string, value: unknown): void {
  const type = SCHEMAS[kind][name]
  if (type === undefined) throw invalidValues()
  if (READ_ONLY[kind]?.has(name) === true) {
    throw badRequest(`Property '${name}' is read-only and cannot be set.`, DETAIL(name))
  }
  if (kind === 'user' && SHAREPOINT_PROPERTIES.has(name)) {
    throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
  }
  if (value === null) {
    if (type === 'boolean' && kind !== 'user' && !NULLABLE.has(name)) throw invalidValue(kind, name)
    return
  }
  if (!hasType(value, type)) throw invalidValues()
  const longest = MAX_LENGTHS[kind]?.[name]
  if (typeof value === 'string' && longest !== undefined && value.length > longest) throw invalidValue(kind, name)
  if (name === 'onPremisesExtensionAttributes') checkExtensionAttributes(kind, value)
  if (kind === 'user') checkUserValue(name, value)
}

/** Merges a written value into what an object holds: null clears, complex types are merged, the rest is replaced. */
export function write(properties: Record<string, unknown>, name: string, value: unknown): void {
  const before = properties[name]
  if (value === null) delete properties[name]
  else if (typeof value === 'object' && !Array.isArray(value) && typeof before === 'object') {
    properties[name] = { ...before, ...value }
  } else properties[name] = structuredClone(value)
}
