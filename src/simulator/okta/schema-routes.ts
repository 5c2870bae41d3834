import type { SimulatedReply } from '../kernel.ts'
import { attributeFrom } from './attribute.ts'
import { body, type Call, noContent, ok, origin, parameter, part, type Route, record } from './call.ts'
import { invalid, notFound, OktaError } from './errors.ts'
import { isObject, type JsonObject, stringOr } from './json.ts'
import { newUserType } from './load-types.ts'
import type { Attribute, UserType } from './objects.ts'
import { attributeView, subschema } from './schema-view.ts'
import { noteSchemaChange } from './seldom.ts'
import { timestamp } from './time.ts'
import { defaultType } from './user-types.ts'

function schemaView({ org, ...call }: Call, type: UserType): unknown {
  const { origin: base } = call.request.url
  const self = `${base}/api/v1/meta/schemas/user/${type.schemaId}`
  const view = (attribute: Attribute): unknown => attributeView(org, attribute)
  return {
    id: `${base}/meta/schemas/user/${type.isDefault ? 'default' : type.schemaId}`,
    $schema: 'http://json-schema.org/draft-04/schema#',
    name: type.name,
    title: type.displayName,
    description: type.description,
    lastUpdated: timestamp(type.lastUpdated),
    created: timestamp(type.created),
    definitions: { custom: subschema('#custom', type.custom, view), base: subschema('#base', type.base, view) },
    type: 'object',
    properties: { profile: { allOf: [{ $ref: '#/definitions/custom' }, { $ref: '#/definitions/base' }] } },
    _links: {
      self: { rel: 'self', href: self, method: 'GET' },
      type: { rel: 'type', href: `${base}/api/v1/meta/types/user/${type.id}`, method: 'GET' },
    },
  }
}

function typeOfSchema(call: Call): UserType {
  const id = parameter(call, 'schema')
  if (id === 'default') return defaultType(call.org)
  for (const type of call.org.types.values()) if (type.schemaId === id) return type
  throw notFound(id, 'UserSchema')
}

/** A partial update: attributes named are added or changed, those set to null go. */
function updateSchema(call: Call): SimulatedReply {
  const type = typeOfSchema(call)
  const definitions = part(body(call), 'definitions') ?? {}
  const custom = part(part(definitions, 'custom') ?? {}, 'properties') ?? {}
  const base = part(part(definitions, 'base') ?? {}, 'properties') ?? {}
  const next = new Map(type.custom)
  for (const [name, value] of Object.entries(custom)) {
    if (value === null) next.delete(name)
    else next.set(name, customAttribute(type, name, value))
  }
  if (
    [...next.values()].filter(attribute => attribute.unique !== undefined && attribute.unique !== 'NOT_UNIQUE').length >
    5
  ) {
    throw invalid('schema', 'unique: Up to 5 attributes of a user type can be unique')
  }
  for (const [name, value] of Object.entries(base)) changeBase(type, name, isObject(value) ? value : {})
  if (Object.keys(custom).some(name => type.custom.has(name))) noteSchemaChange(call.org)
  type.custom.clear()
  for (const [name, attribute] of next) type.custom.set(name, attribute)
  type.lastUpdated = call.org.now()
  record(call, 'schema.user.update', [])
  return ok(schemaView(call, type))
}

function customAttribute(type: UserType, name: string, value: unknown): Attribute {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw invalid('schema', `${name}: The variable name is not valid`)
  if (type.base.has(name)) throw invalid('schema', `${name}: An attribute with this name is part of the base schema`)
  const before = type.custom.get(name)
  const given: JsonObject = isObject(value) ? value : {}
  if (before !== undefined && given.type !== undefined && given.type !== before.type)
    throw invalid('schema', `${name}: The type cannot be changed`)
  const attribute = attributeFrom({ title: name, ...before, ...given })
  if (typeof attribute === 'string') throw invalid('schema', `${name}: ${attribute}`)
  return attribute
}

/** Of base attributes only permissions, master, the need for first and last name and the pattern of login may change. */
function changeBase(type: UserType, name: string, given: JsonObject): void {
  const before = type.base.get(name)
  if (before === undefined) throw invalid('schema', `${name}: There is no such base attribute`)
  const changeable: Record<string, JsonObject[string]> = {}
  for (const key of ['permissions', 'master']) if (given[key] !== undefined) changeable[key] = given[key]
  if (given.required !== undefined && (name === 'firstName' || name === 'lastName'))
    changeable.required = given.required
  if (given.pattern !== undefined && name === 'login') changeable.pattern = given.pattern
  const attribute = attributeFrom({ ...before, ...changeable })
  if (typeof attribute !== 'string') type.base.set(name, attribute)
}

function typeView(type: UserType, base: string): unknown {
  return {
    id: type.id,
    displayName: type.displayName,
    name: type.name,
    description: type.description,
    createdBy: 'sprz9fj1ycBcsgopy1d6',
    lastUpdatedBy: 'sprz9fj1ycBcsgopy1d6',
    created: timestamp(type.created),
    lastUpdated: timestamp(type.lastUpdated),
    default: type.isDefault,
    _links: {
      self: { rel: 'self', href: `${base}/api/v1/meta/types/user/${type.id}`, method: 'GET' },
      schema: { rel: 'schema', href: `${base}/api/v1/meta/schemas/user/${type.schemaId}`, method: 'GET' },
    },
  }
}

function userTypeOf(call: Call): UserType {
  const id = parameter(call, 'type')
  const type = id === 'default' ? defaultType(call.org) : call.org.types.get(id)
  if (type === undefined) throw notFound(id, 'CVDType')
  return type
}

function createType(call: Call): SimulatedReply {
  const given = body(call)
  const name = stringOr(given.name) ?? ''
  if (!/^[A-Za-z]\w*$/.test(name))
    throw invalid('name', 'name: The name must start with a letter and hold letters, digits and underscores only')
  if ([...call.org.types.values()].some(type => type.name === name))
    throw invalid('name', 'name: An object with this field already exists in the current organization')
  const displayName = stringOr(given.displayName)
  if (displayName === undefined || displayName === '')
    throw invalid('displayName', 'displayName: The field cannot be left blank')
  const type = newUserType(call.org, {
    name,
    displayName,
    description: stringOr(given.description) ?? '',
    isDefault: false,
  })
  call.org.types.set(type.id, type)
  return ok(typeView(type, origin(call)))
}

function changeType(call: Call): SimulatedReply {
  const type = userTypeOf(call)
  const given = body(call)
  type.displayName = stringOr(given.displayName) ?? type.displayName
  type.description = stringOr(given.description) ?? type.description
  type.lastUpdated = call.org.now()
  return ok(typeView(type, origin(call)))
}

function deleteType(call: Call): SimulatedReply {
  const type = userTypeOf(call)
  const used = [...call.org.users.values()].some(user => user.typeId === type.id)
  if (type.isDefault || used) throw new OktaError(403, 'E0000142')
  call.org.types.delete(type.id)
  return noContent
}

const readSchema = { scope: 'okta.schemas.read', needs: 'okta.schemas.read', bucket: 'other' } as const
const writeSchema = { scope: 'okta.schemas.manage', needs: 'okta.schemas.manage', bucket: 'other' } as const
const readTypes = { scope: 'okta.userTypes.read', needs: 'okta.userTypes.read', bucket: 'other' } as const
const writeTypes = { scope: 'okta.userTypes.manage', needs: 'okta.userTypes.manage', bucket: 'other' } as const
const schema = '/api/v1/meta/schemas/user/:schema'
const types = '/api/v1/meta/types/user'

/** User schemas and user types. Source: Okta, Schemas API and User Types API. */
export const schemaRoutes: readonly Route[] = [
  { method: 'GET', path: schema, ...readSchema, answer: call => ok(schemaView(call, typeOfSchema(call))) },
  { method: 'POST', path: schema, ...writeSchema, answer: updateSchema },
  {
    method: 'GET',
    path: types,
    ...readTypes,
    answer: call => ok([...call.org.types.values()].map(type => typeView(type, origin(call)))),
  },
  { method: 'POST', path: types, ...writeTypes, answer: createType },
  { method: 'GET', path: `${types}/:type`, ...readTypes, answer: call => ok(typeView(userTypeOf(call), origin(call))) },
  { method: 'POST', path: `${types}/:type`, ...writeTypes, answer: changeType },
  { method: 'PUT', path: `${types}/:type`, ...writeTypes, answer: changeType },
  { method: 'DELETE', path: `${types}/:type`, ...writeTypes, answer: deleteType },
]
