import type { Directory, DirectoryObject } from './directory.ts'
import { denied, GraphError } from './reply.ts'
import { HARMLESS_ROLES, HIGHEST_ROLES, LIMITED_ADMIN_ROLES, ROLE } from './roles.ts'
import type { Application, World } from './world.ts'

/** Whether an object is a member of a restricted management administrative unit. */
export function isRestricted(directory: Directory, object: DirectoryObject): boolean {
  return restrictingUnits(directory, object).length > 0
}

function isRestrictedUnit({ kind, properties }: DirectoryObject): boolean {
  return kind === 'administrativeUnit' && properties.isMemberManagementRestricted === true
}

function restrictingUnits(directory: Directory, object: DirectoryObject): DirectoryObject[] {
  return directory.containers('members', object.id).filter(isRestrictedUnit)
}

/** Whether a restricted unit that was deleted a short while ago still protects an object. */
function isStillRestricted({ clock, directory, switches }: World, object: DirectoryObject): boolean {
  if (switches.restrictedMinutes === 0) return false
  const since = clock.now() - switches.restrictedMinutes * 60_000
  for (const unit of directory.bin().values()) {
    const isRecent = isRestrictedUnit(unit) && (unit.deletedAt ?? 0) > since
    if (isRecent && directory.has('members', unit.id, object.id)) return true
  }
  return false
}

function rolesOf(directory: Directory, principalIds: ReadonlySet<string>, scope?: string, until = Infinity): string[] {
  const roles: string[] = []
  for (const { principalId, roleDefinitionId, directoryScopeId, at = 0 } of directory.roleAssignments.values()) {
    if (principalIds.has(principalId) && (scope === undefined || directoryScopeId === scope) && at <= until)
      roles.push(roleDefinitionId)
  }
  return roles
}

/** The roles of the calling application over a scope that have taken effect. */
function ownRoles({ clock, directory, switches }: World, application: Application, scope: string): string[] {
  const until = clock.now() - switches.roleMinutes * 60_000
  return rolesOf(directory, new Set([application.servicePrincipalId]), scope, until)
}

/** Roles a user holds, directly or through a role-assignable group. */
function adminRoles(directory: Directory, user: DirectoryObject): string[] {
  if (directory.roleAssignments.size === 0) return []
  const groups = directory
    .containers('members', user.id)
    .filter(({ properties }) => properties.isAssignableToRole === true)
  const owned = directory
    .containers('owners', user.id)
    .filter(({ properties }) => properties.isAssignableToRole === true)
  const ids = new Set([user.id, ...groups.map(({ id }) => id), ...owned.map(({ id }) => id)])
  return rolesOf(directory, ids).filter(role => !HARMLESS_ROLES.has(role))
}

/** The Entra roles of the calling application over one administrative unit. */
export function callerRolesOver(world: World, application: Application, unit: DirectoryObject): string[] {
  return ownRoles(world, application, `/administrativeUnits/${unit.id}`)
}

/** The tenant-wide Entra roles of the calling application. */
export function callerRoles(world: World, application: Application): string[] {
  return ownRoles(world, application, '/')
}

/** Whether the caller may do sensitive actions on a user who holds admin roles ("Who can perform sensitive actions"). */
export function checkSensitive(world: World, application: Application, user: DirectoryObject): void {
  const held = adminRoles(world.directory, user)
  if (held.length === 0) return
  const own = callerRoles(world, application)
  if (own.some(role => HIGHEST_ROLES.has(role))) return
  if (own.includes(ROLE.userAdministrator) && held.every(role => LIMITED_ADMIN_ROLES.has(role))) return
  throw denied()
}

/** The refusal of a change under a restricted unit. */
export function restricted({ switches }: World): GraphError {
  return new GraphError(switches.restrictedStatus, switches.restrictedCode, denied().message)
}

/** Refuses changes of what is in a restricted unit, unless the caller holds a role over that unit. */
export function checkRestricted(world: World, application: Application, object: DirectoryObject): void {
  if (isStillRestricted(world, object)) throw restricted(world)
  for (const unit of restrictingUnits(world.directory, object)) {
    if (callerRolesOver(world, application, unit).length > 0) continue
    throw restricted(world)
  }
}
