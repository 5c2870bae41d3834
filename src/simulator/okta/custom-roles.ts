import type { SimulatedReply } from '../kernel.ts'
import { body, type Call, noContent, ok, origin, parameter, type Route, record } from './call.ts'
import { invalid, notFound } from './errors.ts'
import type { CustomRole } from './iam.ts'
import { type JsonObject, stringOr, stringsOf } from './json.ts'
import { conditionsOf } from './load-iam.ts'
import { customRoleOf, freeLabel, holders, iamReply, takeRole, wrappedPage } from './role-assignments.ts'
import { timestamp } from './time.ts'

function roleOf(call: Call): CustomRole {
  return customRoleOf(call.org, parameter(call, 'role'))
}

function view(role: CustomRole, base: string): unknown {
  const self = `${base}/api/v1/iam/roles/${role.id}`
  return {
    id: role.id,
    label: role.label,
    isCloneable: false,
    description: role.description,
    created: timestamp(role.created),
    lastUpdated: timestamp(role.lastUpdated),
    _links: { permissions: { href: `${self}/permissions` }, self: { href: self } },
  }
}

function permissionView(role: CustomRole, permission: string, base: string): unknown {
  const self = `${base}/api/v1/iam/roles/${role.id}`
  return {
    label: permission,
    created: timestamp(role.created),
    lastUpdated: timestamp(role.lastUpdated),
    conditions: role.conditions[permission] ?? null,
    _links: { role: { href: self }, self: { href: `${self}/permissions/${permission}` } },
  }
}

function recordCustom(call: Call, what: string, role: CustomRole): void {
  const target = { id: role.id, type: 'ROLE', alternateId: 'unknown', displayName: role.label }
  record(call, `iam.role.${what}`, [target])
}

function list(call: Call): SimulatedReply {
  const { page, links } = wrappedPage(call, [...call.org.customRoles.values()])
  return iamReply(call, { roles: page.map(role => view(role, origin(call))), _links: links })
}

function checkedPermission(name: string): string {
  if (!/^okta(\.\w+)+$/.test(name)) throw invalid('permissions', `permissions: ${name} is not a valid permission`)
  return name
}

function create(call: Call): SimulatedReply {
  const { org } = call
  const given = body(call)
  const label = freeLabel(given, org.customRoles.values(), 'an admin role')
  const permissions = [...new Set(stringsOf(given.permissions))].map(checkedPermission)
  if (permissions.length === 0) throw invalid('permissions', 'permissions: The field cannot be left blank')
  const now = org.now()
  const description = stringOr(given.description) ?? ''
  const role = { id: org.id('cr0'), label, description, permissions, conditions: {}, created: now, lastUpdated: now }
  org.customRoles.set(role.id, role)
  recordCustom(call, 'create', role)
  return iamReply(call, view(role, origin(call)))
}

function replace(call: Call): SimulatedReply {
  const role = roleOf(call)
  const given = body(call)
  role.label = freeLabel(
    given,
    [...call.org.customRoles.values()].filter(other => other !== role),
    'an admin role',
  )
  role.description = stringOr(given.description) ?? ''
  role.lastUpdated = call.org.now()
  recordCustom(call, 'update', role)
  return iamReply(call, view(role, origin(call)))
}

/** Who held the role loses it. */
function remove(call: Call): SimulatedReply {
  const role = roleOf(call)
  for (const [holder, held] of [...holders(call.org, each => each.customRole === role.id)]) takeRole(holder, held)
  call.org.customRoles.delete(role.id)
  recordCustom(call, 'delete', role)
  return noContent
}

function listPermissions(call: Call): SimulatedReply {
  const role = roleOf(call)
  return ok({ permissions: role.permissions.map(permission => permissionView(role, permission, origin(call))) })
}

function heldPermission(call: Call, role: CustomRole): string {
  const permission = parameter(call, 'permission')
  if (!role.permissions.includes(permission)) throw notFound(permission, 'Permission')
  return permission
}

function getPermission(call: Call): SimulatedReply {
  const role = roleOf(call)
  return iamReply(call, permissionView(role, heldPermission(call, role), origin(call)))
}

function setConditions(role: CustomRole, permission: string, given: JsonObject): void {
  const { [permission]: _, ...others } = role.conditions
  const conditions = conditionsOf(given.conditions)
  role.conditions = conditions === null ? others : { ...others, [permission]: conditions }
}

function addPermission(call: Call): SimulatedReply {
  const role = roleOf(call)
  const permission = checkedPermission(parameter(call, 'permission'))
  role.permissions = [...new Set([...role.permissions, permission])]
  setConditions(role, permission, body(call))
  role.lastUpdated = call.org.now()
  recordCustom(call, 'permissions.add', role)
  return noContent
}

function replacePermission(call: Call): SimulatedReply {
  const role = roleOf(call)
  const permission = heldPermission(call, role)
  setConditions(role, permission, body(call))
  role.lastUpdated = call.org.now()
  recordCustom(call, 'permissions.add', role)
  return iamReply(call, permissionView(role, permission, origin(call)))
}

function removePermission(call: Call): SimulatedReply {
  const role = roleOf(call)
  const permission = heldPermission(call, role)
  role.permissions = role.permissions.filter(held => held !== permission)
  setConditions(role, permission, {})
  role.lastUpdated = call.org.now()
  recordCustom(call, 'permissions.delete', role)
  return noContent
}

const read = { scope: 'okta.roles.read', needs: 'okta.roles.read', bucket: 'other' } as const
const write = { scope: 'okta.roles.manage', needs: 'okta.roles.manage', bucket: 'other' } as const
const all = '/api/v1/iam/roles'
const one = `${all}/:role`
const permission = `${one}/permissions/:permission`

/** Custom roles and their permissions. Source: Okta, Custom Roles API. */
export const customRoleRoutes: readonly Route[] = [
  { method: 'GET', path: all, ...read, answer: list },
  { method: 'POST', path: all, ...write, answer: create },
  { method: 'GET', path: one, ...read, answer: call => iamReply(call, view(roleOf(call), origin(call))) },
  { method: 'PUT', path: one, ...write, answer: replace },
  { method: 'DELETE', path: one, ...write, answer: remove },
  { method: 'GET', path: `${one}/permissions`, ...read, answer: listPermissions },
  { method: 'GET', path: permission, ...read, answer: getPermission },
  { method: 'POST', path: permission, ...write, answer: addPermission },
  { method: 'PUT', path: permission, ...write, answer: replacePermission },
  { method: 'DELETE', path: permission, ...write, answer: removePermission },
]
