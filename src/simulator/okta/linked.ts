import type { SimulatedReply } from '../kernel.ts'
import { body, type Call, noContent, ok, origin, parameter, part, type Route, userOf } from './call.ts'
import { forbidden, invalid, notFound, OktaError } from './errors.ts'
import { type JsonObject, stringOr } from './json.ts'
import { type LinkedDefinition, type LinkedEnd, unlink } from './objects.ts'

const most = 200

function definitionView(definition: LinkedDefinition, base: string): unknown {
  const end = (of: LinkedEnd): unknown => ({
    name: of.name,
    title: of.title,
    description: of.description,
    type: 'USER',
  })
  return {
    primary: end(definition.primary),
    associated: end(definition.associated),
    _links: { self: { href: `${base}/api/v1/meta/schemas/user/linkedObjects/${definition.primary.name}` } },
  }
}

/** The definition with this name at either end. */
function definitionOf(call: Call, name: string): LinkedDefinition {
  for (const definition of call.org.linkedDefinitions.values()) {
    if (definition.primary.name === name || definition.associated.name === name) return definition
  }
  throw notFound(name, 'LinkedObjectProperty')
}

function endOf(given: JsonObject, side: string): LinkedEnd {
  const end = part(given, side)
  const name = stringOr(end?.name) ?? ''
  if (!/^[A-Za-z]\w*$/.test(name)) throw invalid('linkedObject', `${side}.name: The field cannot be left blank`)
  return { name, title: stringOr(end?.title) ?? name, description: stringOr(end?.description) ?? '' }
}

function createDefinition(call: Call): SimulatedReply {
  const { linkedDefinitions } = call.org
  const given = body(call)
  const definition = { primary: endOf(given, 'primary'), associated: endOf(given, 'associated') }
  const names = [...linkedDefinitions.values()].flatMap(held => [held.primary.name, held.associated.name])
  const taken = names.includes(definition.primary.name) || names.includes(definition.associated.name)
  if (taken || definition.primary.name === definition.associated.name || linkedDefinitions.size >= most) {
    throw new OktaError(409, 'E0000127', {
      summary: 'The linked object definition is not valid.',
      causes: ['The names must be new and different.'],
    })
  }
  linkedDefinitions.set(definition.primary.name, definition)
  return { status: 201, headers: [], body: definitionView(definition, origin(call)) }
}

function deleteDefinition(call: Call): SimulatedReply {
  const { primary } = definitionOf(call, parameter(call, 'name'))
  call.org.linkedDefinitions.delete(primary.name)
  for (const user of call.org.users.values()) unlink(user, primary.name)
  return noContent
}

/** The definition with this primary name: links are written from the associated user alone. */
function primaryOf(call: Call): LinkedEnd {
  const name = parameter(call, 'name')
  const { primary } = definitionOf(call, name)
  if (primary.name !== name) throw notFound(name, 'LinkedObjectProperty')
  return primary
}

function setPrimary(call: Call): SimulatedReply {
  if (call.org.switches.linkedPutNeedsOAuth && call.principal.scopes === undefined) throw forbidden()
  const user = userOf(call)
  const primary = primaryOf(call)
  const target = userOf(call, { name: 'primary' })
  if (target === user) throw invalid('linkedObject', 'A user cannot be linked to himself.')
  user.linked = new Map(user.linked).set(primary.name, target.id)
  return noContent
}

/** One primary for the primary name, any number of associated users for the associated name. */
function listLinked(call: Call): SimulatedReply {
  const user = userOf(call)
  const name = parameter(call, 'name')
  const definition = definitionOf(call, name)
  const href = (id: string): unknown => ({ _links: { self: { href: `${origin(call)}/api/v1/users/${id}` } } })
  if (definition.primary.name === name) {
    const primary = user.linked.get(name)
    return ok(primary === undefined ? [] : [href(primary)])
  }
  const associated = [...call.org.users.values()].filter(other => other.linked.get(definition.primary.name) === user.id)
  return ok(associated.map(other => href(other.id)))
}

function deleteLinked(call: Call): SimulatedReply {
  const user = userOf(call)
  const primary = primaryOf(call)
  unlink(user, primary.name)
  return noContent
}

const definitions = '/api/v1/meta/schemas/user/linkedObjects'
const readDefinitions = { scope: 'okta.linkedObjects.read', needs: 'okta.linkedObjects.read', bucket: 'other' } as const
const writeDefinitions = {
  scope: 'okta.linkedObjects.manage',
  needs: 'okta.linkedObjects.manage',
  bucket: 'other',
} as const
const readValues = { scope: 'okta.users.read', needs: 'okta.users.read', bucket: 'users' } as const
const writeValues = { scope: 'okta.users.manage', needs: 'okta.users.userprofile.manage', bucket: 'users' } as const
const values = '/api/v1/users/:user/linkedObjects/:name'

/** Links from user to user, such as manager and subordinate. Source: Okta, Linked Objects API. */
export const linkedRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: definitions,
    ...readDefinitions,
    answer: call =>
      ok([...call.org.linkedDefinitions.values()].map(definition => definitionView(definition, origin(call)))),
  },
  { method: 'POST', path: definitions, ...writeDefinitions, answer: createDefinition },
  {
    method: 'GET',
    path: `${definitions}/:name`,
    ...readDefinitions,
    answer: call => ok(definitionView(definitionOf(call, parameter(call, 'name')), origin(call))),
  },
  { method: 'DELETE', path: `${definitions}/:name`, ...writeDefinitions, answer: deleteDefinition },
  { method: 'PUT', path: `${values}/:primary`, ...writeValues, answer: setPrimary },
  { method: 'GET', path: values, ...readValues, answer: listLinked },
  { method: 'DELETE', path: values, ...writeValues, answer: deleteLinked },
]
