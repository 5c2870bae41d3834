import { type Call, param } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { isUnified } from './group-rules.ts'
import { callerRoles, callerRolesOver, restricted } from './protection.ts'
import { alreadyThere, conflictingObject, denied, GraphError, invalidValues, notFound, quotaExceeded } from './reply.ts'
import { ROLE } from './roles.ts'

const MAX_UNITS_PER_OBJECT = 30

/** The administrative unit a path names; throws 404. */
export function unitOf(call: Call): DirectoryObject {
  const unit = call.world.directory.find(param(call), 'administrativeUnit')
  if (unit === undefined) throw notFound(param(call))
  return unit
}

/** Whether only those with a role over it may manage what is in the unit. */
export function isRestrictedUnit(unit: DirectoryObject): boolean {
  return unit.properties.isMemberManagementRestricted === true
}

/** A restricted unit itself is managed at tenant scope by privileged role administrators, or by a role over the unit. */
export function checkUnitManageable(call: Call, unit: DirectoryObject): void {
  if (!isRestrictedUnit(unit)) return
  const { world, application } = call
  const own = callerRoles(world, application)
  if (own.includes(ROLE.privilegedRoleAdministrator) || own.includes(ROLE.globalAdministrator)) return
  if (callerRolesOver(world, application, unit).length > 0) return
  throw restricted(world)
}

/** Refuses members by hand where a rule keeps them. */
export function checkByHand(call: Call, unit: DirectoryObject): void {
  checkUnitManageable(call, unit)
  if (unit.properties.membershipType !== 'Dynamic') return
  const { dynamicUnitStatus, dynamicUnitCode, dynamicUnitMessage } = call.world.switches
  throw new GraphError(dynamicUnitStatus, dynamicUnitCode, dynamicUnitMessage)
}

/** A restricted unit holds users, devices and security groups: no Microsoft 365 group and none with mail. */
export function checkHolds(unit: DirectoryObject, isMailGroup: boolean): void {
  if (isRestrictedUnit(unit) && isMailGroup) throw invalidValues()
}

/** Refuses a new member that is there already, that the unit cannot hold, or that is in thirty units. */
export function checkJoin(call: Call, unit: DirectoryObject, object: DirectoryObject): void {
  const { directory, switches } = call.world
  if (directory.has('members', unit.id, object.id))
    throw switches.unitDuplicate === 'reference' ? alreadyThere('members') : conflictingObject(switches.conflictCode)
  checkHolds(unit, object.kind === 'group' && (isUnified(object) || object.properties.mailEnabled === true))
  const units = directory.containers('members', object.id).filter(({ kind }) => kind === 'administrativeUnit')
  if (units.length >= MAX_UNITS_PER_OBJECT) throw quotaExceeded()
}

/**
 * A group is made inside a unit by whoever may write units, or by whoever may only read them and holds a role over groups or
 * users there.
 */
export function checkGroupInside(call: Call, unit: DirectoryObject): void {
  const writes = ['AdministrativeUnit.ReadWrite.All', 'Directory.ReadWrite.All']
  if (writes.some(permission => call.permissions.has(permission))) return
  const roles = callerRolesOver(call.world, call.application, unit)
  if (!roles.includes(ROLE.groupsAdministrator) && !roles.includes(ROLE.userAdministrator)) throw denied()
}
