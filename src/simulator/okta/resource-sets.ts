import type { SimulatedReply } from '../kernel.ts'
import { body, type Call, noContent, origin, parameter, type Route, record } from './call.ts'
import { invalid, notFound } from './errors.ts'
import { ornOf, type ResourceSet, resourcePath, type SetResource } from './iam.ts'
import { stringOr, stringsOf } from './json.ts'
import { conditionsOf } from './load-iam.ts'
import type { Org } from './org.ts'
import { freeLabel, holders, iamReply, resourceSetOf, takeRole, wrappedPage } from './role-assignments.ts'
import { timestamp } from './time.ts'

const most = 1000

function setOf(call: Call): ResourceSet {
  return resourceSetOf(call.org, parameter(call, 'set'))
}

function view(set: ResourceSet, base: string): unknown {
  const self = `${base}/api/v1/iam/resource-sets/${set.id}`
  return {
    id: set.id,
    label: set.label,
    description: set.description,
    created: timestamp(set.created),
    lastUpdated: timestamp(set.lastUpdated),
    _links: { self: { href: self }, resources: { href: `${self}/resources` }, bindings: { href: `${self}/bindings` } },
  }
}

function resourceView(set: ResourceSet, resource: SetResource, base: string): unknown {
  return {
    id: resource.id,
    orn: ornOf(resource.path),
    created: timestamp(resource.created),
    lastUpdated: timestamp(resource.created),
    ...(resource.conditions === null ? {} : { conditions: resource.conditions }),
    _links: {
      self: { href: `${base}${resource.path}` },
      resource: { href: `${base}/api/v1/iam/resource-sets/${set.id}/resources/${resource.id}` },
    },
  }
}

function recordSet(call: Call, what: string, set: ResourceSet): void {
  const target = { id: set.id, type: 'RESOURCE_SET', alternateId: 'unknown', displayName: set.label }
  record(call, `iam.resourceset.${what}`, [target])
}

/** Adds resources; what is in the set already stays once. Refuses what names nothing, and more than 1,000. */
function addResources(org: Org, set: ResourceSet, given: readonly string[]): readonly SetResource[] {
  const paths = given.map(url => {
    const path = resourcePath(url)
    if (path === undefined) throw invalid('resources', `resources: ${url} is not a valid resource`)
    const group = /^\/api\/v1\/groups\/([^/]+)/.exec(path)?.[1]
    if (group !== undefined && !org.groups.has(group)) throw notFound(group, 'UserGroup')
    return path
  })
  const known = new Map([...set.resources.values()].map(resource => [resource.path, resource]))
  if (new Set([...known.keys(), ...paths]).size > most)
    throw invalid('resources', `resources: A resource set can hold at most ${most} resources`)
  return paths.map(path => {
    const resource = known.get(path) ?? { id: org.id('ire'), path, conditions: null, created: org.now() }
    known.set(path, resource)
    set.resources.set(resource.id, resource)
    return resource
  })
}

function list(call: Call): SimulatedReply {
  const { page, links } = wrappedPage(call, [...call.org.resourceSets.values()])
  return iamReply(call, { 'resource-sets': page.map(set => view(set, origin(call))), _links: links })
}

function create(call: Call): SimulatedReply {
  const { org } = call
  const given = body(call)
  const label = freeLabel(given, org.resourceSets.values(), 'a resource set')
  const now = org.now()
  const description = stringOr(given.description) ?? ''
  const set: ResourceSet = {
    id: org.id('iam'),
    label,
    description,
    resources: new Map(),
    created: now,
    lastUpdated: now,
  }
  addResources(org, set, stringsOf(given.resources))
  org.resourceSets.set(set.id, set)
  recordSet(call, 'create', set)
  return iamReply(call, view(set, origin(call)))
}

function replace(call: Call): SimulatedReply {
  const set = setOf(call)
  const given = body(call)
  set.label = freeLabel(
    given,
    [...call.org.resourceSets.values()].filter(other => other !== set),
    'a resource set',
  )
  set.description = stringOr(given.description) ?? ''
  set.lastUpdated = call.org.now()
  recordSet(call, 'update', set)
  return iamReply(call, view(set, origin(call)))
}

/** Who held a role over the set loses it. */
function remove(call: Call): SimulatedReply {
  const set = setOf(call)
  for (const [holder, held] of [...holders(call.org, role => role.resourceSet === set.id)]) takeRole(holder, held)
  call.org.resourceSets.delete(set.id)
  recordSet(call, 'delete', set)
  return noContent
}

function listResources(call: Call): SimulatedReply {
  const set = setOf(call)
  const { page, links } = wrappedPage(call, [...set.resources.values()])
  const all = { ...links, 'resource-set': { href: `${origin(call)}/api/v1/iam/resource-sets/${set.id}` } }
  return iamReply(call, { resources: page.map(resource => resourceView(set, resource, origin(call))), _links: all })
}

function patchResources(call: Call): SimulatedReply {
  const set = setOf(call)
  addResources(call.org, set, stringsOf(body(call).additions))
  set.lastUpdated = call.org.now()
  recordSet(call, 'resources.add', set)
  return iamReply(call, view(set, origin(call)))
}

function addResource(call: Call): SimulatedReply {
  const set = setOf(call)
  const given = body(call)
  const [resource] = addResources(call.org, set, [stringOr(given.resourceOrnOrUrl) ?? ''])
  if (resource === undefined) throw invalid('resourceOrnOrUrl', 'resourceOrnOrUrl: The field cannot be left blank')
  resource.conditions = conditionsOf(given.conditions)
  set.lastUpdated = call.org.now()
  recordSet(call, 'resources.add', set)
  return iamReply(call, resourceView(set, resource, origin(call)))
}

function resourceOf(call: Call, set: ResourceSet): SetResource {
  const id = parameter(call, 'resource')
  const resource = set.resources.get(id)
  if (resource === undefined) throw notFound(id, 'ResourceSetResource')
  return resource
}

function getResource(call: Call): SimulatedReply {
  const set = setOf(call)
  return iamReply(call, resourceView(set, resourceOf(call, set), origin(call)))
}

function replaceResource(call: Call): SimulatedReply {
  const set = setOf(call)
  const resource = resourceOf(call, set)
  resource.conditions = conditionsOf(body(call).conditions)
  recordSet(call, 'update', set)
  return iamReply(call, resourceView(set, resource, origin(call)))
}

function removeResource(call: Call): SimulatedReply {
  const set = setOf(call)
  set.resources.delete(resourceOf(call, set).id)
  set.lastUpdated = call.org.now()
  recordSet(call, 'resources.delete', set)
  return noContent
}

const read = { scope: 'okta.roles.read', needs: 'okta.roles.read', bucket: 'other' } as const
const write = { scope: 'okta.roles.manage', needs: 'okta.roles.manage', bucket: 'other' } as const
const all = '/api/v1/iam/resource-sets'
const one = `${all}/:set`
const resource = `${one}/resources/:resource`

/** What custom roles are confined to. Source: Okta, Resource Sets API. */
export const resourceSetRoutes: readonly Route[] = [
  { method: 'GET', path: all, ...read, answer: list },
  { method: 'POST', path: all, ...write, answer: create },
  { method: 'GET', path: one, ...read, answer: call => iamReply(call, view(setOf(call), origin(call))) },
  { method: 'PUT', path: one, ...write, answer: replace },
  { method: 'DELETE', path: one, ...write, answer: remove },
  { method: 'GET', path: `${one}/resources`, ...read, answer: listResources },
  { method: 'POST', path: `${one}/resources`, ...write, answer: addResource },
  { method: 'PATCH', path: `${one}/resources`, ...write, answer: patchResources },
  { method: 'GET', path: resource, ...read, answer: getResource },
  { method: 'PUT', path: resource, ...write, answer: replaceResource },
  { method: 'DELETE', path: resource, ...write, answer: removeResource },
]
