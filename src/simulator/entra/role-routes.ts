import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, param } from './call.ts'
import type { DirectoryObject, RoleAssignment } from './directory.ts'
import { parseFilter } from './filter.ts'
import { randomGuid } from './guid.ts'
import { linkedListing } from './members.ts'
import { pageReply } from './page.ts'
import { shown } from './projection.ts'
import { badRequest, conflictingObject, invalidValues, json, noContent, notFound } from './reply.ts'
import type { RoleDefinition } from './roles.ts'

type Body = Record<string, unknown>

function definitionBody({ id, displayName, isBuiltIn }: RoleDefinition): Body {
  return {
    id,
    displayName,
    description: displayName,
    isBuiltIn,
    isEnabled: true,
    resourceScopes: ['/'],
    templateId: id,
    version: '1',
    rolePermissions: [],
  }
}

function filtered(call: Call, bodies: readonly Body[]): readonly Body[] {
  const text = call.request.url.searchParams.get('$filter')
  if (text === null) return bodies
  const { matches } = parseFilter(text)
  return bodies.filter(body => matches(property => body[property]))
}

function list(call: Call, context: string, bodies: readonly Body[]): SimulatedReply {
  const select = call.request.url.searchParams.get('$select')?.split(',')
  const value = filtered(call, bodies).map(body =>
    select === undefined ? body : Object.fromEntries(Object.entries(body).filter(([name]) => select.includes(name))),
  )
  return json({ '@odata.context': `${call.base}/$metadata#${context}`, value })
}

/** GET /roleManagement/directory/roleDefinitions. */
export const listDefinitions = (call: Call): SimulatedReply =>
  list(call, 'roleManagement/directory/roleDefinitions', call.world.roleDefinitions.map(definitionBody))

/** GET /roleManagement/directory/roleDefinitions/{id}. */
export function getDefinition(call: Call): SimulatedReply {
  const definition = call.world.roleDefinitions.find(({ id }) => id === param(call).toLowerCase())
  if (definition === undefined) throw notFound(param(call))
  return json({
    '@odata.context': `${call.base}/$metadata#roleManagement/directory/roleDefinitions/$entity`,
    ...definitionBody(definition),
  })
}

function assignmentBody(call: Call, assignment: RoleAssignment): Body {
  const { directory, roleDefinitions } = call.world
  const expand = call.request.url.searchParams.get('$expand')?.split(',') ?? []
  const body: Body = { ...assignment, appScopeId: null, condition: null }
  const definition = roleDefinitions.find(({ id }) => id === assignment.roleDefinitionId)
  if (expand.includes('roleDefinition') && definition !== undefined) body.roleDefinition = definitionBody(definition)
  const principal = directory.find(assignment.principalId)
  if (expand.includes('principal') && principal !== undefined) {
    body.principal = shown(directory, principal, { select: undefined, expand: [], typed: true })
  }
  return body
}

/** GET /roleManagement/directory/roleAssignments. */
export function listAssignments(call: Call): SimulatedReply {
  const assignments = [...call.world.directory.roleAssignments.values()]
  return list(
    call,
    'roleManagement/directory/roleAssignments',
    assignments.map(assignment => assignmentBody(call, assignment)),
  )
}

/** GET /roleManagement/directory/roleAssignments/{id}. */
export function getAssignment(call: Call): SimulatedReply {
  const assignment = call.world.directory.roleAssignments.get(param(call))
  if (assignment === undefined) throw notFound(param(call))
  return json({
    '@odata.context': `${call.base}/$metadata#roleManagement/directory/roleAssignments/$entity`,
    ...assignmentBody(call, assignment),
  })
}

function checkPrincipal(principal: DirectoryObject | undefined, id: string): void {
  if (principal === undefined) throw notFound(id)
  const assignable =
    principal.kind === 'user' ||
    principal.kind === 'servicePrincipal' ||
    principal.properties.isAssignableToRole === true
  if (!assignable) throw badRequest('The principal cannot be assigned a role: a group must be role-assignable.')
}

/** POST /roleManagement/directory/roleAssignments. */
export function createAssignment(call: Call): SimulatedReply {
  const { directory, roleDefinitions, random, switches } = call.world
  const { roleDefinitionId, principalId, directoryScopeId } = bodyFields(call)
  if (typeof roleDefinitionId !== 'string' || typeof principalId !== 'string' || typeof directoryScopeId !== 'string')
    throw invalidValues()
  if (!roleDefinitions.some(({ id }) => id === roleDefinitionId)) throw notFound(roleDefinitionId)
  checkPrincipal(directory.find(principalId), principalId)
  const scoped = /^\/(?:administrativeUnits\/)?([^/]+)$/.exec(directoryScopeId)?.[1]
  if (directoryScopeId !== '/' && (scoped === undefined || directory.find(scoped) === undefined))
    throw notFound(scoped ?? directoryScopeId)
  for (const held of directory.roleAssignments.values()) {
    if (
      held.principalId === principalId &&
      held.roleDefinitionId === roleDefinitionId &&
      held.directoryScopeId === directoryScopeId
    ) {
      throw conflictingObject(switches.conflictCode)
    }
  }
  const id = `${Buffer.from(randomGuid(random).replaceAll('-', ''), 'hex').toString('base64url')}-1`
  const assignment = { id, roleDefinitionId, principalId, directoryScopeId }
  directory.roleAssignments.set(id, assignment)
  return json(
    { '@odata.context': `${call.base}/$metadata#roleManagement/directory/roleAssignments/$entity`, ...assignment },
    201,
  )
}

/** DELETE /roleManagement/directory/roleAssignments/{id}. */
export function deleteAssignment(call: Call): SimulatedReply {
  if (!call.world.directory.roleAssignments.delete(param(call))) throw notFound(param(call))
  return noContent()
}

function holders(call: Call, role: string): DirectoryObject[] {
  const { directory } = call.world
  return [...directory.roleAssignments.values()]
    .filter(({ roleDefinitionId, directoryScopeId }) => roleDefinitionId === role && directoryScopeId === '/')
    .flatMap(({ principalId }) => directory.find(principalId) ?? [])
}

function roleBody({ id, displayName }: RoleDefinition): Body {
  return { id, deletedDateTime: null, description: displayName, displayName, roleTemplateId: id }
}

/** GET /directoryRoles: the built-in roles that somebody holds, as those are activated. */
export function listDirectoryRoles(call: Call): SimulatedReply {
  const active = call.world.roleDefinitions.filter(({ id, isBuiltIn }) => isBuiltIn && holders(call, id).length > 0)
  return list(call, 'directoryRoles', active.map(roleBody))
}

/** GET /directoryRoles/{id}/members. */
export function listRoleMembers(call: Call): SimulatedReply {
  const key = /^roleTemplateId='?([^']+)'?$/i.exec(param(call))?.[1] ?? param(call)
  if (!call.world.roleDefinitions.some(({ id }) => id === key.toLowerCase())) throw notFound(key)
  return pageReply(call, { ...linkedListing(call, holders(call, key.toLowerCase())), relation: true })
}
