import { type Call, param } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { checkRestricted } from './protection.ts'
import { badRequest, denied, notFound, synced } from './reply.ts'

/** Whether a rule keeps the group's members. */
export function isDynamic(group: DirectoryObject): boolean {
  return types(group).includes('DynamicMembership')
}

/** Whether it is a Microsoft 365 group. */
export function isUnified(group: DirectoryObject): boolean {
  return types(group).includes('Unified')
}

function types(group: DirectoryObject): readonly unknown[] {
  const { groupTypes } = group.properties
  return Array.isArray(groupTypes) ? groupTypes : []
}

/** Refuses what nobody may change by hand, whatever part of the group it is. */
export function checkGroupWritable(call: Call, group: DirectoryObject): void {
  const { properties } = group
  checkRestricted(call.world, call.application, group)
  if (properties.isAssignableToRole === true && !call.permissions.has('RoleManagement.ReadWrite.Directory'))
    throw denied()
  if (properties.onPremisesSyncEnabled === true) throw synced()
  if (properties.mailEnabled === true && !isUnified(group)) {
    throw badRequest('Cannot Update a mail-enabled security groups and or distribution list.')
  }
}

/** Refuses a change of members by hand. */
export function checkMembersWritable(call: Call, group: DirectoryObject): void {
  checkGroupWritable(call, group)
  if (isDynamic(group)) throw denied()
}

/** The group a path names; throws 404. */
export function groupOf(call: Call): DirectoryObject {
  const group = call.world.directory.find(param(call), 'group')
  if (group === undefined) throw notFound(param(call))
  return group
}

/** Whether guests may be added to the group. */
export function allowsGuests(call: Call, group: string): boolean {
  const values = (call.world.groupSettings.get(group) ?? []).flatMap(setting => setting.values)
  return values.findLast(({ name }) => name === 'AllowToAddGuests')?.value.toLowerCase() !== 'false'
}
