import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, param, writtenFields } from './call.ts'
import { type Body, bodiesReply, bodyReply, expandedNames, pagedBodiesReply, unknownExpansion } from './collection.ts'
import type { DirectoryObject, RoleAssignment } from './directory.ts'
import { guidBytes, randomGuid } from './guid.ts'
import { shown } from './projection.ts'
import { badRequest, conflictingObject, denied, invalidValues, noContent, notFound, quotaExceeded } from './reply.ts'
import { isActiveRole, keepActive, noteActivation, noteHolder } from './role-members.ts'
import { ROLE, type RoleDefinition, UNIT_ROLES } from './roles.ts'
import type { World } from './world.ts'

const DEFINITIONS = 'roleManagement/directory/roleDefinitions'
const ASSIGNMENTS = 'roleManagement/directory/roleAssignments'
const MAX_SCOPED = 100
/** What assignments can be filtered by ("unifiedRoleAssignment resource type"). */
const FILTERS = {
  type: 'unifiedRoleAssignment',
  properties: ['principalId', 'roleDefinitionId', 'directoryScopeId'],
}

function definitionBody(definition: RoleDefinition): Body {
  const { id, displayName, isBuiltIn, description = displayName, isEnabled = true } = definition
  return {
    id,
    description,
    displayName,
    isBuiltIn,
    isEnabled,
    resourceScopes: ['/'],
    templateId: id,
    version: definition.version === undefined ? '1' : definition.version,
    rolePermissions: definition.rolePermissions ?? [],
  }
}

const listReply = ({ world }: Call) => (world.switches.roleListsPage ? pagedBodiesReply : bodiesReply)

/** GET /roleManagement/directory/roleDefinitions. */
export const listDefinitions = (call: Call): SimulatedReply =>
  listReply(call)(call, DEFINITIONS, call.world.roleDefinitions.map(definitionBody))

function definitionOf(call: Call): RoleDefinition {
  const definition = call.world.roleDefinitions.find(({ id }) => id === param(call).toLowerCase())
  if (definition === undefined) throw notFound(param(call))
  return definition
}

/** GET /roleManagement/directory/roleDefinitions/{id}. */
export const getDefinition = (call: Call): SimulatedReply =>
  bodyReply(call, DEFINITIONS, definitionBody(definitionOf(call)))

function definitionFrom(fields: Readonly<Record<string, unknown>>, before: RoleDefinition): RoleDefinition {
  const { displayName = before.displayName, isEnabled = before.isEnabled ?? true } = fields
  const { rolePermissions = before.rolePermissions ?? [], description = before.description ?? null } = fields
  if (typeof displayName !== 'string' || displayName === '' || typeof isEnabled !== 'boolean') throw invalidValues()
  if (!Array.isArray(rolePermissions)) throw invalidValues()
  const version = typeof fields.version === 'string' ? fields.version : (before.version ?? null)
  const told = typeof description === 'string' ? { description } : {}
  return { ...before, displayName, isEnabled, rolePermissions, version, ...told }
}

/** POST /roleManagement/directory/roleDefinitions: a custom role. */
export function createDefinition(call: Call): SimulatedReply {
  const { world } = call
  const fields = writtenFields(call)
  if (fields.isEnabled === undefined || fields.rolePermissions === undefined) throw invalidValues()
  const id = randomGuid(world.random)
  const definition = definitionFrom(fields, { id, displayName: '', isBuiltIn: false, version: null })
  world.roleDefinitions = [...world.roleDefinitions, definition]
  return bodyReply(call, DEFINITIONS, definitionBody(definition), 201)
}

/** PATCH /roleManagement/directory/roleDefinitions/{id}: custom roles only. */
export function updateDefinition(call: Call): SimulatedReply {
  const { world } = call
  const before = definitionOf(call)
  if (before.isBuiltIn) throw badRequest('The built-in role definition cannot be changed.')
  const after = definitionFrom(writtenFields(call), before)
  world.roleDefinitions = world.roleDefinitions.map(definition => (definition === before ? after : definition))
  return noContent()
}

/** DELETE /roleManagement/directory/roleDefinitions/{id}: custom roles that nobody holds. */
export function deleteDefinition(call: Call): SimulatedReply {
  const { world } = call
  const definition = definitionOf(call)
  const isHeld = [...world.directory.roleAssignments.values()].some(held => held.roleDefinitionId === definition.id)
  if (definition.isBuiltIn || isHeld) throw badRequest('The role definition cannot be deleted.')
  world.roleDefinitions = world.roleDefinitions.filter(other => other !== definition)
  return noContent()
}

function expanded(call: Call, name: string, assignment: RoleAssignment): unknown {
  const { directory, roleDefinitions, identity } = call.world
  const whole = { select: undefined, expand: [], typed: true }
  if (name === 'roleDefinition') {
    const definition = roleDefinitions.find(({ id }) => id === assignment.roleDefinitionId)
    return definition === undefined ? undefined : definitionBody(definition)
  }
  if (name === 'principal') {
    const principal = directory.find(assignment.principalId)
    return principal === undefined ? undefined : shown(directory, principal, whole)
  }
  if (name === 'directoryScope') {
    const scope = directory.find(assignment.directoryScopeId.split('/').at(-1) ?? '')
    if (scope !== undefined) return shown(directory, scope, whole)
    return { '@odata.type': '#microsoft.graph.organization', id: identity.id, displayName: identity.displayName }
  }
  throw unknownExpansion(name, 'unifiedRoleAssignment')
}

function assignmentBody(call: Call, assignment: RoleAssignment): Body {
  const { id, principalId, directoryScopeId, roleDefinitionId } = assignment
  const expansions = expandedNames(call).map(name => [name, expanded(call, name, assignment)] as const)
  return {
    id,
    principalId,
    directoryScopeId,
    roleDefinitionId,
    ...Object.fromEntries(expansions.filter(([, value]) => value !== undefined)),
  }
}

/** GET /roleManagement/directory/roleAssignments. */
export function listAssignments(call: Call): SimulatedReply {
  const { directory } = call.world
  const bodies = [...directory.roleAssignments.values()]
    .filter(({ principalId }) => directory.find(principalId) !== undefined)
    .map(assignment => assignmentBody(call, assignment))
  const names = expandedNames(call).map(name => `${name}()`)
  const context = names.length === 0 ? ASSIGNMENTS : `${ASSIGNMENTS}(${names.join(',')})`
  return listReply(call)(call, context, bodies, FILTERS)
}

/** GET /roleManagement/directory/roleAssignments/{id}. */
export function getAssignment(call: Call): SimulatedReply {
  const assignment = call.world.directory.roleAssignments.get(param(call))
  if (assignment === undefined) throw notFound(param(call))
  return bodyReply(call, ASSIGNMENTS, assignmentBody(call, assignment))
}

/** Refuses whoever cannot hold a role: users, service principals and role-assignable groups can. */
export function checkPrincipal(world: World, principal: DirectoryObject | undefined, id: string): void {
  if (principal === undefined) throw notFound(id)
  const assignable =
    principal.kind === 'user' ||
    principal.kind === 'servicePrincipal' ||
    principal.properties.isAssignableToRole === true
  if (assignable) return
  if (world.switches.rolePrincipalStatus === 403) throw denied()
  throw badRequest('The principal cannot be assigned a role: a group must be role-assignable.')
}

/** Adds an assignment; its id holds the role and the principal, as Microsoft's do, and counts their assignments. */
export function addedAssignment(world: World, given: Omit<RoleAssignment, 'id'>): RoleAssignment {
  const { roleAssignments } = world.directory
  const bytes = Buffer.concat([guidBytes(given.roleDefinitionId), guidBytes(given.principalId)])
  if (!isActiveRole(world, given.roleDefinitionId)) noteActivation(world, given.roleDefinitionId)
  let number = 1
  while (roleAssignments.has(`${bytes.toString('base64url')}-${number}`)) number += 1
  const assignment = { id: `${bytes.toString('base64url')}-${number}`, ...given, at: world.clock.now() }
  roleAssignments.set(assignment.id, assignment)
  noteHolder(world, given, 'linked')
  return assignment
}

/** Takes an assignment away; its role stays activated. */
export function removedAssignment(world: World, assignment: RoleAssignment): void {
  keepActive(world, assignment.roleDefinitionId)
  world.directory.roleAssignments.delete(assignment.id)
  noteHolder(world, assignment, 'unlinked')
}

function checkScope(world: World, role: RoleDefinition, directoryScopeId: string): void {
  if (directoryScopeId === '/') return
  const id = /^\/(?:administrativeUnits\/)?([^/]+)$/.exec(directoryScopeId)?.[1]
  const isUnit = directoryScopeId.startsWith('/administrativeUnits/')
  const scope = world.directory.find(id ?? '', isUnit ? 'administrativeUnit' : undefined)
  if (scope === undefined) throw notFound(id ?? directoryScopeId)
  if (isUnit && role.isBuiltIn && !UNIT_ROLES.has(role.id))
    throw badRequest('The given built-in role is not supported to be assigned to a single resource scope.')
}

/** Refuses an assignment that is there already, and a hundred and first built-in role of a principal outside the tenant scope. */
export function checkNew(
  world: World,
  { principalId, roleDefinitionId, directoryScopeId }: Omit<RoleAssignment, 'id'>,
): void {
  const held = [...world.directory.roleAssignments.values()].filter(other => other.principalId === principalId)
  const same = held.some(
    other => other.roleDefinitionId === roleDefinitionId && other.directoryScopeId === directoryScopeId,
  )
  if (same) throw conflictingObject(world.switches.conflictCode)
  const builtIn = new Set(world.roleDefinitions.filter(({ isBuiltIn }) => isBuiltIn).map(({ id }) => id))
  const scoped = held.filter(other => other.directoryScopeId !== '/' && builtIn.has(other.roleDefinitionId))
  if (directoryScopeId !== '/' && scoped.length >= MAX_SCOPED) throw quotaExceeded()
}

/** POST /roleManagement/directory/roleAssignments. */
export function createAssignment(call: Call): SimulatedReply {
  const { world } = call
  const { roleDefinitionId, principalId, directoryScopeId } = bodyFields(call)
  if (typeof roleDefinitionId !== 'string' || typeof principalId !== 'string' || typeof directoryScopeId !== 'string')
    throw invalidValues()
  const role = world.roleDefinitions.find(({ id }) => id === roleDefinitionId.toLowerCase())
  if (role === undefined) throw notFound(roleDefinitionId)
  checkPrincipal(world, world.directory.find(principalId), principalId)
  checkScope(world, role, directoryScopeId)
  const wanted = { roleDefinitionId: role.id, principalId: principalId.toLowerCase(), directoryScopeId }
  checkNew(world, wanted)
  return bodyReply(call, ASSIGNMENTS, assignmentBody(call, addedAssignment(world, wanted)), 201)
}

/** DELETE /roleManagement/directory/roleAssignments/{id}. Nobody takes the highest role from himself. */
export function deleteAssignment(call: Call): SimulatedReply {
  const assignment = call.world.directory.roleAssignments.get(param(call))
  if (assignment === undefined) throw notFound(param(call))
  const { principalId, roleDefinitionId } = assignment
  if (principalId === call.application.servicePrincipalId && roleDefinitionId === ROLE.globalAdministrator)
    throw badRequest('Removing self from Global Administrator built-in role is not allowed')
  removedAssignment(call.world, assignment)
  return noContent()
}
