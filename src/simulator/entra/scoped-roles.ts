import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, param } from './call.ts'
import { bodiesReply, bodyReply } from './collection.ts'
import type { RoleAssignment } from './directory.ts'
import { activeRole } from './directory-roles.ts'
import { invalidValues, noContent, notFound } from './reply.ts'
import { directoryRoleId } from './role-members.ts'
import { addedAssignment, checkNew, checkPrincipal, removedAssignment } from './role-routes.ts'
import { unitOf } from './unit-rules.ts'

function scopeOf(call: Call): string {
  return `/administrativeUnits/${unitOf(call).id}`
}

function body(call: Call, assignment: RoleAssignment): Record<string, unknown> {
  const principal = call.world.directory.find(assignment.principalId)
  return {
    administrativeUnitId: assignment.directoryScopeId.split('/').at(-1),
    id: assignment.id,
    roleId: directoryRoleId(call.world, assignment.roleDefinitionId),
    roleMemberInfo: { displayName: principal?.properties.displayName ?? null, id: assignment.principalId },
  }
}

function scoped(call: Call): readonly RoleAssignment[] {
  const scope = scopeOf(call)
  return [...call.world.directory.roleAssignments.values()].filter(
    ({ directoryScopeId, principalId }) =>
      directoryScopeId === scope && call.world.directory.find(principalId) !== undefined,
  )
}

/** GET /directory/administrativeUnits/{id}/scopedRoleMembers. */
export function listScopedRoles(call: Call): SimulatedReply {
  const bodies = scoped(call).map(assignment => body(call, assignment))
  return bodiesReply(call, 'scopedRoleMemberships', bodies)
}

function scopedOf(call: Call): RoleAssignment {
  const found = scoped(call).find(({ id }) => id === param(call, 1))
  if (found === undefined) throw notFound(param(call, 1))
  return found
}

/** GET /directory/administrativeUnits/{id}/scopedRoleMembers/{id}. */
export const getScopedRole = (call: Call): SimulatedReply =>
  bodyReply(call, 'scopedRoleMemberships', body(call, scopedOf(call)))

/** POST /directory/administrativeUnits/{id}/scopedRoleMembers. `roleId` is the id of an activated directory role. */
export function addScopedRole(call: Call): SimulatedReply {
  const { world } = call
  const scope = scopeOf(call)
  const { roleId, roleMemberInfo } = bodyFields(call)
  const member = typeof roleMemberInfo === 'object' && roleMemberInfo !== null ? roleMemberInfo : {}
  const principalId = (member as Record<string, unknown>).id
  if (typeof roleId !== 'string' || typeof principalId !== 'string') throw invalidValues()
  const role = activeRole(world, roleId)
  if (role === undefined) throw notFound(roleId)
  const principal = world.directory.find(principalId)
  checkPrincipal(world, principal, principalId)
  const wanted = { roleDefinitionId: role.id, principalId: principalId.toLowerCase(), directoryScopeId: scope }
  checkNew(world, wanted)
  const assignment = addedAssignment(world, wanted)
  return bodyReply(call, 'scopedRoleMemberships', body(call, assignment), 201)
}

/** DELETE /directory/administrativeUnits/{id}/scopedRoleMembers/{id}. */
export function removeScopedRole(call: Call): SimulatedReply {
  removedAssignment(call.world, scopedOf(call))
  return noContent()
}
