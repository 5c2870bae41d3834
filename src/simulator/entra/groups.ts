import type { SimulatedReply } from '../kernel.ts'
import { type Call, type Fields, patchedFields, writtenFields } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { checkNames } from './group-names.ts'
import { checkGroupWritable, checkMembersWritable, groupOf, isDynamic, isUnified } from './group-rules.ts'
import { randomGuid } from './guid.ts'
import { checkDynamicQuota, checkObjectQuota } from './limits.ts'
import { checkedBinds, noteMembers } from './members.ts'
import { newProperties } from './new-object.ts'
import { countReply, type Listing, pageReply } from './page.ts'
import { shown } from './projection.ts'
import { badRequest, denied, GraphError, invalidValues, json, noContent, quotaExceeded } from './reply.ts'
import { objectReply } from './users.ts'
import { checkWritable, invalidValue, write } from './values.ts'

const REQUIRED = ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled'] as const
const IMMUTABLE = new Set(['isAssignableToRole', 'mailEnabled'])
const BINDS = new Set(['members@odata.bind', 'owners@odata.bind'])
const MAX_ROLE_GROUPS = 500

function allGroups(call: Call): Listing {
  return { context: 'groups', kinds: ['group'], objects: call.world.directory.all('group').values(), all: true }
}

/** GET /groups. */
export const listGroups = (call: Call): SimulatedReply => pageReply(call, allGroups(call))

/** GET /groups/$count. */
export const countGroups = (call: Call): SimulatedReply => countReply(call, allGroups(call))

/** GET /groups/{id}. */
export const getGroup = (call: Call): SimulatedReply => objectReply(call, groupOf(call), 'groups')

function checkKind(call: Call, fields: Fields): void {
  const types = (fields.groupTypes ?? []) as readonly unknown[]
  if (types.some(type => type !== 'Unified' && type !== 'DynamicMembership')) throw invalidValue('group', 'groupTypes')
  const unified = types.includes('Unified')
  const dynamic = types.includes('DynamicMembership')
  if (fields.mailEnabled === true && !unified)
    throw badRequest(
      'The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and try again.',
    )
  if (fields.mailEnabled === false && unified) throw invalidValue('group', 'mailEnabled')
  if (!unified && fields.securityEnabled !== true) throw invalidValue('group', 'securityEnabled')
  if (dynamic && typeof fields.membershipRule !== 'string') throw invalidValue('group', 'membershipRule')
  if (fields.visibility === 'HiddenMembership' && !unified) throw invalidValue('group', 'visibility')
  if (fields.isAssignableToRole === true) checkRoleGroup(call, fields, dynamic)
}

function checkRoleGroup(call: Call, fields: Fields, dynamic: boolean): void {
  if (!call.permissions.has('RoleManagement.ReadWrite.Directory')) throw denied()
  if (dynamic || fields.securityEnabled !== true) throw invalidValue('group', 'isAssignableToRole')
  let roleGroups = 0
  for (const { properties } of call.world.directory.all('group').values())
    if (properties.isAssignableToRole === true) roleGroups += 1
  if (roleGroups >= MAX_ROLE_GROUPS) throw quotaExceeded()
}

function plainFields(fields: Fields): [string, unknown][] {
  return Object.entries(fields).filter(([name]) => !BINDS.has(name))
}

/** Makes a group out of a body, as POST /groups and POST /directory/administrativeUnits/{id}/members take it. */
export function createdGroup(call: Call): DirectoryObject {
  const { world } = call
  const fields = writtenFields(call)
  for (const name of REQUIRED) {
    if (fields[name] === undefined || fields[name] === null || fields[name] === '') {
      throw badRequest(`A value is required for property '${name}' of resource 'Group'.`, [
        { code: 'MissingValue', target: name },
      ])
    }
  }
  for (const [name, value] of plainFields(fields)) checkWritable('group', name, value)
  checkKind(call, fields)
  checkObjectQuota(world)
  const id = randomGuid(world.random)
  const given = structuredClone(Object.fromEntries(plainFields(fields).filter(([, value]) => value !== null)))
  const group: DirectoryObject = {
    id,
    kind: 'group',
    properties: { ...newProperties(world, 'group', id, given), ...given },
  }
  checkNames(world, group, given)
  const links = checkedBinds(call, group, fields)
  if (isDynamic(group)) checkDynamicQuota(world)
  if (isDynamic(group) && links.some(([link]) => link === 'members')) throw invalidValues()
  world.directory.add(group)
  for (const [link, object] of links) world.directory.link(link, id, object.id)
  return group
}

/** The 201 for a new group. `typed`: with `@odata.type`, as where other kinds could stand. */
export function createdReply(call: Call, group: DirectoryObject, typed = false): SimulatedReply {
  const body = shown(call.world.directory, group, { select: undefined, expand: [], typed })
  return json({ '@odata.context': `${call.base}/$metadata#groups/$entity`, ...body }, 201)
}

/** POST /groups. */
export const createGroup = (call: Call): SimulatedReply => createdReply(call, createdGroup(call))

/** Whether the value of what never changes after creation would change. */
function isKept(group: DirectoryObject, name: string, value: unknown): boolean {
  if (name === 'groupTypes') return isUnified(group) !== (value as readonly unknown[] | null)?.includes('Unified')
  return IMMUTABLE.has(name) && (value ?? false) !== (group.properties[name] ?? false)
}

/** A group that becomes dynamic, or is, needs a rule; one to which roles can be assigned never becomes dynamic. */
function checkRule(call: Call, group: DirectoryObject, fields: Fields): void {
  if (fields.groupTypes === undefined && fields.membershipRule === undefined) return
  const properties = { ...group.properties, ...fields }
  if (!isDynamic({ ...group, properties })) return
  if (typeof properties.membershipRule !== 'string') throw invalidValue('group', 'membershipRule')
  if (properties.isAssignableToRole === true) throw invalidValue('group', 'groupTypes')
  if (!isDynamic(group)) checkDynamicQuota(call.world)
}

/** PATCH /groups/{id}: properties and up to twenty references to bind, all or nothing. */
export function updateGroup(call: Call): SimulatedReply {
  const group = groupOf(call)
  const fields = patchedFields(call, group)
  checkGroupWritable(call, group)
  if (fields['members@odata.bind'] !== undefined) checkMembersWritable(call, group)
  for (const [name, value] of plainFields(fields)) {
    checkWritable('group', name, value)
    if (isKept(group, name, value)) throw invalidValue('group', name)
    if (name === 'visibility' && value === 'HiddenMembership') throw invalidValue('group', name)
    if (name === 'displayName' && (value === null || value === '')) throw invalidValue('group', name)
  }
  checkRule(call, group, fields)
  checkNames(call.world, group, fields)
  const links = checkedBinds(call, group, fields)
  for (const [name, value] of plainFields(fields)) write(group.properties, name, value)
  for (const [link, object] of links) call.world.directory.link(link, group.id, object.id)
  if (links.some(([link]) => link === 'members')) noteMembers(call, group)
  return noContent()
}

/** PATCH or POST /groups/{id}/members with `members@odata.bind`, where the switch `bulkMemberRoutes` allows it. */
export function bindMembers(call: Call): SimulatedReply {
  const group = groupOf(call)
  if (!call.world.switches.bulkMemberRoutes)
    throw new GraphError(400, 'BadRequest', 'Write requests are only supported on contained entities')
  checkMembersWritable(call, group)
  for (const [link, object] of checkedBinds(call, group, writtenFields(call))) {
    call.world.directory.link(link, group.id, object.id)
  }
  noteMembers(call, group)
  return noContent()
}

/** PATCH /groups/{id}/members/$ref is no way to add members. */
export function refuseBinds(call: Call): SimulatedReply {
  groupOf(call)
  throw new GraphError(400, 'BadRequest', 'The request is currently not supported on the targeted entity set')
}

/** DELETE /groups/{id}: to the bin, or for good where the switch `securityGroupsToBin` is off. */
export function deleteGroup(call: Call): SimulatedReply {
  const group = groupOf(call)
  checkGroupWritable(call, group)
  const { directory, clock, licences, switches } = call.world
  if (licences.groupLicences(group.id).size > 0)
    throw badRequest('The group cannot be deleted because licenses are assigned to it.')
  if (isUnified(group) || switches.securityGroupsToBin) directory.discard(group, clock.now())
  else directory.purge(group)
  return noContent()
}
