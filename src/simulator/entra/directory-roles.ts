import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, param } from './call.ts'
import { bodiesReply, bodyReply } from './collection.ts'
import type { DirectoryObject } from './directory.ts'
import { namedGuid } from './guid.ts'
import { linkedListing } from './members.ts'
import { pageReply, refsReply } from './page.ts'
import { memberRef, resolvedReference } from './references.ts'
import { badRequest, conflictingObject, invalidValues, noContent, notFound } from './reply.ts'
import { addedAssignment, checkPrincipal } from './role-routes.ts'
import type { RoleDefinition } from './roles.ts'
import type { World } from './world.ts'

/** Object id of a role in this tenant; it is not the template's. */
export function directoryRoleId(world: World, template: string): string {
  return namedGuid(`${world.identity.id} role ${template}`)
}

/** Whether a role was activated: by request, or because somebody holds it. */
function isActive(world: World, template: string): boolean {
  if (world.activeRoles.has(template)) return true
  for (const { roleDefinitionId } of world.directory.roleAssignments.values())
    if (roleDefinitionId === template) return true
  return false
}

/** A role as a directory object. */
export function directoryRole(world: World, { id, displayName, description }: RoleDefinition): DirectoryObject {
  const properties = { displayName, description: description ?? displayName, roleTemplateId: id }
  return { id: directoryRoleId(world, id), kind: 'directoryRole', properties }
}

function roleBody(world: World, role: RoleDefinition): Record<string, unknown> {
  const { id, properties } = directoryRole(world, role)
  return { id, deletedDateTime: null, ...properties }
}

function templates(world: World): readonly RoleDefinition[] {
  return world.roleDefinitions.filter(({ isBuiltIn }) => isBuiltIn)
}

/** The activated role that a path or body names by its object id; undefined when there is none. */
export function activeRole(world: World, id: string): RoleDefinition | undefined {
  const key = id.toLowerCase()
  return templates(world).find(role => directoryRoleId(world, role.id) === key && isActive(world, role.id))
}

function roleOf(call: Call): RoleDefinition {
  const key = param(call)
  const template = /^roleTemplateId='?([^']+)'?$/i.exec(key)?.[1]?.toLowerCase()
  const role =
    template === undefined
      ? activeRole(call.world, key)
      : templates(call.world).find(({ id }) => id === template && isActive(call.world, id))
  if (role === undefined) throw notFound(template ?? key)
  return role
}

/** GET /directoryRoleTemplates. */
export function listTemplates(call: Call): SimulatedReply {
  const bodies = templates(call.world).map(templateBody)
  return bodiesReply(call, 'directoryRoleTemplates', bodies)
}

function templateBody({ id, displayName, description }: RoleDefinition): Record<string, unknown> {
  return { id, deletedDateTime: null, description: description ?? displayName, displayName }
}

/** GET /directoryRoleTemplates/{id}. */
export function getTemplate(call: Call): SimulatedReply {
  const template = templates(call.world).find(({ id }) => id === param(call).toLowerCase())
  if (template === undefined) throw notFound(param(call))
  return bodyReply(call, 'directoryRoleTemplates', templateBody(template))
}

/** GET /directoryRoles: those that were activated, always all of them. */
export function listDirectoryRoles(call: Call): SimulatedReply {
  const active = templates(call.world).filter(({ id }) => isActive(call.world, id))
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
  const template = templates(world).find(({ id }) => id === roleTemplateId.toLowerCase())
  if (template === undefined) throw notFound(roleTemplateId)
  if (isActive(world, template.id)) throw conflictingObject(world.switches.conflictCode)
  world.activeRoles.add(template.id)
  return bodyReply(call, 'directoryRoles', roleBody(world, template), 201)
}

function holders(call: Call): DirectoryObject[] {
  const { directory } = call.world
  const role = roleOf(call)
  return [...directory.roleAssignments.values()]
    .filter(({ roleDefinitionId, directoryScopeId }) => roleDefinitionId === role.id && directoryScopeId === '/')
    .flatMap(({ principalId }) => directory.find(principalId) ?? [])
}

function listing(call: Call) {
  const shown = { ...linkedListing({ ...call, request: { ...call.request, segments: ['beta'] } }, holders(call)) }
  return { ...shown, relation: true }
}

/** GET /directoryRoles/{id}/members. */
export const listRoleMembers = (call: Call): SimulatedReply => pageReply(call, listing(call))

/** GET /directoryRoles/{id}/members/$ref. */
export const listRoleMemberRefs = (call: Call): SimulatedReply => refsReply(call, listing(call))

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
  checkPrincipal(member, member.id)
  if (holders(call).some(({ id }) => id === member.id)) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'members'.",
    )
  }
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
  call.world.activeRoles.add(role.id)
  roleAssignments.delete(held.id)
  return noContent()
}
