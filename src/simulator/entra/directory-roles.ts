import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, param } from './call.ts'
import { bodiesReply, bodyReply } from './collection.ts'
import type { DirectoryObject } from './directory.ts'
import { wholeReply } from './page.ts'
import { memberRef, resolvedReference } from './references.ts'
import { alreadyThere, conflictingObject, invalidValues, json, noContent, notFound } from './reply.ts'
import {
  directoryRole,
  directoryRoleId,
  isActiveRole,
  noteActivation,
  roleHolders,
  roleTemplates,
} from './role-members.ts'
import { addedAssignment, checkPrincipal, removedAssignment } from './role-routes.ts'
import type { RoleDefinition } from './roles.ts'
import type { Kind } from './schema.ts'
import type { World } from './world.ts'

function roleBody(world: World, role: RoleDefinition): Record<string, unknown> {
  const { id, properties } = directoryRole(world, role)
  return { id, deletedDateTime: null, ...properties }
}

/** The activated role that a path or body names by its object id; undefined when there is none. */
export function activeRole(world: World, id: string): RoleDefinition | undefined {
  const key = id.toLowerCase()
  return roleTemplates(world).find(role => directoryRoleId(world, role.id) === key && isActiveRole(world, role.id))
}

function roleOf(call: Call): RoleDefinition {
  const key = param(call)
  const template = /^roleTemplateId='?([^']+)'?$/i.exec(key)?.[1]?.toLowerCase()
  const role =
    template === undefined
      ? activeRole(call.world, key)
      : roleTemplates(call.world).find(({ id }) => id === template && isActiveRole(call.world, id))
  if (role === undefined) throw notFound(template ?? key)
  return role
}

/** GET /directoryRoleTemplates. */
export function listTemplates(call: Call): SimulatedReply {
  const bodies = roleTemplates(call.world).map(templateBody)
  return bodiesReply(call, 'directoryRoleTemplates', bodies)
}

function templateBody({ id, displayName, description }: RoleDefinition): Record<string, unknown> {
  return { id, deletedDateTime: null, description: description ?? displayName, displayName }
}

/** GET /directoryRoleTemplates/{id}. */
export function getTemplate(call: Call): SimulatedReply {
  const template = roleTemplates(call.world).find(({ id }) => id === param(call).toLowerCase())
  if (template === undefined) throw notFound(param(call))
  return bodyReply(call, 'directoryRoleTemplates', templateBody(template))
}

/** GET /directoryRoles: those that were activated, always all of them. */
export function listDirectoryRoles(call: Call): SimulatedReply {
  const active = roleTemplates(call.world).filter(({ id }) => isActiveRole(call.world, id))
  const bodies = active.map(role => roleBody(call.world, role))
  return bodiesReply(call, 'directoryRoles', bodies)
}

/** GET /directoryRoles/{id} and /directoryRoles/roleTemplateId={id}. */
export const getDirectoryRole = (call: Call): SimulatedReply =>
  bodyReply(call, 'directoryRoles', roleBody(call.world, roleOf(call)))

/** POST /directoryRoles: activates a role from its template. */
export function activateRole(call: Call): SimulatedReply {
  const { world } = call
  const { roleTemplateId } = bodyFields(call)
  if (typeof roleTemplateId !== 'string') throw invalidValues()
  const template = roleTemplates(world).find(({ id }) => id === roleTemplateId.toLowerCase())
  if (template === undefined) throw notFound(roleTemplateId)
  if (isActiveRole(world, template.id)) throw conflictingObject(world.switches.conflictCode)
  world.activeRoles.add(template.id)
  noteActivation(world, template.id)
  return bodyReply(call, 'directoryRoles', roleBody(world, template), 201)
}

const holders = (call: Call): DirectoryObject[] => roleHolders(call.world, roleOf(call).id)

const HOLDER_KINDS: readonly Kind[] = ['user', 'group', 'servicePrincipal']

/** GET /directoryRoles/{id}/members: always all of them, service principals too ("Paging Microsoft Graph data in your app"). */
export const listRoleMembers = (call: Call): SimulatedReply =>
  wholeReply(call, { context: 'directoryObjects', kinds: HOLDER_KINDS, objects: holders(call), relation: true })

/** GET /directoryRoles/{id}/members/$ref. */
export function listRoleMemberRefs(call: Call): SimulatedReply {
  const value = holders(call).map(({ id }) => ({ '@odata.id': `${call.base}/directoryObjects/${id}` }))
  return json({ '@odata.context': `${call.base}/$metadata#Collection($ref)`, value })
}

/** GET /directoryRoles/{id}/members/{id}/$ref. */
export function getRoleMemberRef(call: Call): SimulatedReply {
  const member = holders(call).find(({ id }) => id === param(call, 1).toLowerCase())
  if (member === undefined) throw notFound(param(call, 1))
  return memberRef(call, member)
}

/** POST /directoryRoles/{id}/members/$ref. */
export function addRoleMember(call: Call): SimulatedReply {
  const role = roleOf(call)
  const reference = bodyFields(call)['@odata.id']
  if (typeof reference !== 'string') throw invalidValues()
  const member = resolvedReference(call, reference, ['user', 'group', 'servicePrincipal'])
  checkPrincipal(call.world, member, member.id)
  if (holders(call).some(({ id }) => id === member.id)) throw alreadyThere('members')
  addedAssignment(call.world, { roleDefinitionId: role.id, principalId: member.id, directoryScopeId: '/' })
  return noContent()
}

/** DELETE /directoryRoles/{id}/members/{id}/$ref. */
export function removeRoleMember(call: Call): SimulatedReply {
  const role = roleOf(call)
  const { roleAssignments } = call.world.directory
  const principal = param(call, 1).toLowerCase()
  const held = [...roleAssignments.values()].find(
    assignment =>
      assignment.roleDefinitionId === role.id &&
      assignment.principalId === principal &&
      assignment.directoryScopeId === '/',
  )
  if (held === undefined) throw notFound(param(call, 1))
  removedAssignment(call.world, held)
  return noContent()
}
