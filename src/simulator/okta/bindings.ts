import type { SimulatedReply } from '../kernel.ts'
import { body, type Call, noContent, origin, parameter, type Route, record } from './call.ts'
import { invalid, notFound } from './errors.ts'
import type { CustomRole, ResourceSet } from './iam.ts'
import { stringOr, stringsOf } from './json.ts'
import type { RoleAssignment } from './objects.ts'
import {
  boundRole,
  customRoleOf,
  giveRole,
  type Holder,
  holderAt,
  holders,
  iamReply,
  resourceSetOf,
  takeRole,
} from './role-assignments.ts'
import { timestamp } from './time.ts'

/** A custom role over a resource set: it lives in the assignments of those who hold it. */
interface Binding {
  readonly set: ResourceSet
  readonly role: CustomRole
}

function membersOf(call: Call, { set, role }: Binding): readonly (readonly [Holder, RoleAssignment])[] {
  return [...holders(call.org, held => held.resourceSet === set.id && held.customRole === role.id)]
}

function setOf(call: Call): ResourceSet {
  return resourceSetOf(call.org, parameter(call, 'set'))
}

/** The binding a path names; 404 where nobody holds the role over the set. */
function bindingOf(call: Call): Binding {
  const given = parameter(call, 'role')
  const binding = { set: setOf(call), role: customRoleOf(call.org, given) }
  if (membersOf(call, binding).length === 0) throw notFound(given, 'ResourceSetBinding')
  return binding
}

function setPath(call: Call, set: ResourceSet): string {
  return `${origin(call)}/api/v1/iam/resource-sets/${set.id}`
}

function view(call: Call, { set, role }: Binding): unknown {
  const here = setPath(call, set)
  const self = `${here}/bindings/${role.id}`
  return {
    id: role.id,
    _links: { self: { href: self }, members: { href: `${self}/members` }, 'resource-set': { href: here } },
  }
}

function edited(call: Call, { set, role }: Binding): SimulatedReply {
  const here = setPath(call, set)
  const links = {
    self: { href: `${here}/bindings/${role.id}` },
    bindings: { href: `${here}/bindings` },
    'resource-set': { href: here },
  }
  return iamReply(call, { _links: links })
}

function list(call: Call): SimulatedReply {
  const set = setOf(call)
  const ids = new Set([...holders(call.org, held => held.resourceSet === set.id)].map(([, held]) => held.customRole))
  const here = setPath(call, set)
  const roles = [...ids].map(id => ({
    id,
    _links: {
      self: { href: `${origin(call)}/api/v1/iam/roles/${id}` },
      members: { href: `${here}/bindings/${id}/members` },
    },
  }))
  return iamReply(call, { roles, _links: { self: { href: `${here}/bindings` }, 'resource-set': { href: here } } })
}

function addMembers(call: Call, binding: Binding, urls: readonly string[]): void {
  const added = urls.map(url => {
    const holder = holderAt(call.org, url)
    if (holder === undefined) throw invalid('members', `members: ${url} is not a valid member`)
    return holder
  })
  for (const holder of added) giveRole(call.org, holder, boundRole(call.org, binding.role, binding.set))
  recordBinding(call, 'add', binding)
}

function recordBinding(call: Call, what: 'add' | 'delete', { set, role }: Binding): void {
  record(call, `iam.resourceset.bindings.${what}`, [
    { id: set.id, type: 'RESOURCE_SET', alternateId: 'unknown', displayName: set.label },
    { id: role.id, type: 'ROLE', alternateId: 'unknown', displayName: role.label },
  ])
}

function create(call: Call): SimulatedReply {
  const given = body(call)
  const binding = { set: setOf(call), role: customRoleOf(call.org, stringOr(given.role) ?? '') }
  addMembers(call, binding, stringsOf(given.members))
  return edited(call, binding)
}

function remove(call: Call): SimulatedReply {
  const binding = bindingOf(call)
  for (const [holder, held] of membersOf(call, binding)) takeRole(holder, held)
  recordBinding(call, 'delete', binding)
  return noContent
}

function memberView(call: Call, [holder, held]: readonly [Holder, RoleAssignment]): unknown {
  const at = timestamp(held.created)
  return { id: held.id, created: at, lastUpdated: at, _links: { self: { href: `${origin(call)}${holder.path}` } } }
}

function listMembers(call: Call): SimulatedReply {
  const binding = bindingOf(call)
  const self = `${setPath(call, binding.set)}/bindings/${binding.role.id}`
  const members = membersOf(call, binding).map(member => memberView(call, member))
  return iamReply(call, { members, _links: { self: { href: `${self}/members` }, binding: { href: self } } })
}

function patchMembers(call: Call): SimulatedReply {
  const binding = { set: setOf(call), role: customRoleOf(call.org, parameter(call, 'role')) }
  addMembers(call, binding, stringsOf(body(call).additions))
  return edited(call, binding)
}

function memberOf(call: Call, binding: Binding): readonly [Holder, RoleAssignment] {
  const id = parameter(call, 'member')
  const member = membersOf(call, binding).find(([, held]) => held.id === id)
  if (member === undefined) throw notFound(id, 'ResourceSetBindingMember')
  return member
}

function removeMember(call: Call): SimulatedReply {
  const binding = bindingOf(call)
  const [holder, held] = memberOf(call, binding)
  takeRole(holder, held)
  recordBinding(call, 'delete', binding)
  return noContent
}

const read = { scope: 'okta.roles.read', needs: 'okta.roles.read', bucket: 'other' } as const
const write = { scope: 'okta.roles.manage', needs: 'okta.roles.manage', bucket: 'other' } as const
const all = '/api/v1/iam/resource-sets/:set/bindings'
const one = `${all}/:role`
const member = `${one}/members/:member`

/** Who holds which custom role over a resource set. Source: Okta, Role Resource Set Bindings API. */
export const bindingRoutes: readonly Route[] = [
  { method: 'GET', path: all, ...read, answer: list },
  { method: 'POST', path: all, ...write, answer: create },
  { method: 'GET', path: one, ...read, answer: call => iamReply(call, view(call, bindingOf(call))) },
  { method: 'DELETE', path: one, ...write, answer: remove },
  { method: 'GET', path: `${one}/members`, ...read, answer: listMembers },
  { method: 'PATCH', path: `${one}/members`, ...write, answer: patchMembers },
  {
    method: 'GET',
    path: member,
    ...read,
    answer: call => iamReply(call, memberView(call, memberOf(call, bindingOf(call)))),
  },
  { method: 'DELETE', path: member, ...write, answer: removeMember },
]
