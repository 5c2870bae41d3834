import type { SimulatedReply } from '../kernel.ts'
import { deleteApplication, deletePrincipal } from './applications.ts'
import { bodyFields, type Call, param } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { groupOf } from './group-rules.ts'
import { deleteGroup } from './groups.ts'
import { checkPermissions, NEEDS } from './permissions.ts'
import { shown } from './projection.ts'
import { objectQuery } from './query.ts'
import { badRequest, denied, GraphError, invalidValues, json, noContent, notFound } from './reply.ts'
import { directoryRoleId } from './role-members.ts'
import { type Kind, SCHEMAS } from './schema.ts'
import { deleteUnit } from './units.ts'
import { deleteUser } from './user-writes.ts'
import { anyObject, memberOfReply, objectReply } from './users.ts'

const MAX_CHECKED_IDS = 20

function texts(value: unknown, most: number): readonly string[] {
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string')) throw invalidValues()
  if (value.length === 0 || value.length > most) throw badRequest(`The number of ids must be between 1 and ${most}.`)
  return value
}

/** POST /directoryObjects/getByIds: those of up to `switches.getByIdsLimit` ids that are there. */
export function getByIds(call: Call): SimulatedReply {
  const fields = bodyFields(call)
  const most = call.world.switches.getByIdsLimit
  const ids = texts(fields.ids, most)
  const types = fields.types == null ? undefined : texts(fields.types, most).map(type => type.toLowerCase())
  const { select } = objectQuery(call.request.url, Object.keys(SCHEMAS) as Kind[])
  const { directory } = call.world
  const found = [...new Set(ids.map(id => id.toLowerCase()))].flatMap(id => directory.find(id) ?? [])
  const wanted = found.filter(
    ({ kind }) => types === undefined || types.includes('directoryobject') || types.includes(kind.toLowerCase()),
  )
  return json({
    '@odata.context': `${call.base}/$metadata#directoryObjects`,
    value: wanted.map(object => shown(directory, object, { select, expand: [], typed: true })),
  })
}

/** GET /directoryObjects/{id}. */
export const getDirectoryObject = (call: Call): SimulatedReply =>
  objectReply(call, anyObject(call), 'directoryObjects', true)

/** DELETE /directoryObjects/{id}: what deleting it under its own collection does, and needs. */
export function deleteDirectoryObject(call: Call): SimulatedReply {
  const { id, kind } = anyObject(call)
  const inner = { ...call, params: [id] }
  const deletions = {
    user: [NEEDS.deleteUsers, deleteUser],
    group: [NEEDS.writeGroups, deleteGroup],
    administrativeUnit: [NEEDS.writeUnits, deleteUnit],
    application: [NEEDS.writeApplications, deleteApplication],
    servicePrincipal: [NEEDS.writeApplications, deletePrincipal],
  } as const
  if (!(kind in deletions)) throw denied()
  const [needs, remove] = deletions[kind as keyof typeof deletions]
  checkPermissions(call, needs)
  return remove(inner)
}

/** DELETE /groups/{id}/members/{id} without `/$ref`: deletes the member itself, if the caller may. */
export function deleteMemberObject(call: Call): SimulatedReply {
  const group = groupOf(call)
  const member = call.world.directory.find(param(call, 1))
  if (member === undefined || !call.world.directory.has('members', group.id, member.id)) throw notFound(param(call, 1))
  return deleteDirectoryObject({ ...call, params: [member.id] })
}

function startOf(call: Call): DirectoryObject {
  return call.world.directory.user(call.params[0] ?? '') ?? anyObject(call)
}

function groupsAround(call: Call, start: DirectoryObject): Set<string> {
  const { directory } = call.world
  const found = new Set<string>()
  const inner = [start.id]
  for (const id of inner) {
    for (const object of directory.containers('members', id)) {
      if (object.kind !== 'group' || found.has(object.id)) continue
      found.add(object.id)
      inner.push(object.id)
    }
  }
  return found
}

/** Groups, directory roles and administrative units around an object, directly or through groups. */
function everythingAround(call: Call, start: DirectoryObject): Set<string> {
  const { world } = call
  const found = groupsAround(call, start)
  for (const { id, kind } of world.directory.containers('members', start.id))
    if (kind === 'administrativeUnit') found.add(id)
  for (const { principalId, roleDefinitionId, directoryScopeId } of world.directory.roleAssignments.values())
    if (principalId === start.id && directoryScopeId === '/') found.add(directoryRoleId(world, roleDefinitionId))
  return found
}

function idsReply(call: Call, value: readonly string[]): SimulatedReply {
  return json({ '@odata.context': `${call.base}/$metadata#Collection(Edm.String)`, value })
}

/** POST …/checkMemberGroups: which of up to twenty groups the object is in, directly or through other groups. */
export function checkMemberGroups(call: Call): SimulatedReply {
  const around = groupsAround(call, startOf(call))
  const ids = texts(bodyFields(call).groupIds, MAX_CHECKED_IDS)
  return idsReply(
    call,
    ids.filter(id => around.has(id.toLowerCase())),
  )
}

/** POST …/checkMemberObjects: the same for groups, directory roles and administrative units. */
export function checkMemberObjects(call: Call): SimulatedReply {
  const around = everythingAround(call, startOf(call))
  const ids = texts(bodyFields(call).ids, MAX_CHECKED_IDS)
  return idsReply(
    call,
    ids.filter(id => around.has(id.toLowerCase())),
  )
}

function securityOnly(call: Call, ids: Iterable<string>): readonly string[] {
  const { securityEnabledOnly } = bodyFields(call)
  if (securityEnabledOnly !== undefined && typeof securityEnabledOnly !== 'boolean') throw invalidValues()
  const { directory } = call.world
  const isShown = (id: string): boolean => directory.find(id, 'group')?.properties.securityEnabled !== false
  return securityEnabledOnly === true ? [...ids].filter(isShown) : [...ids]
}

/** POST …/getMemberGroups: every group the object is in, directly or through other groups. */
export const getMemberGroups = (call: Call): SimulatedReply =>
  idsReply(call, securityOnly(call, groupsAround(call, startOf(call))))

/** POST …/getMemberObjects: every group, directory role and administrative unit the object is in. */
export const getMemberObjects = (call: Call): SimulatedReply =>
  idsReply(call, securityOnly(call, everythingAround(call, startOf(call))))

/** POST /directoryObjects/validateProperties: whether a Microsoft 365 group could be made with these names. */
export function validateProperties(call: Call): SimulatedReply {
  const { entityType, displayName, mailNickname } = bodyFields(call)
  if (entityType !== 'Group' || typeof (mailNickname ?? displayName) !== 'string') throw invalidValues()
  const holders =
    typeof mailNickname === 'string' ? call.world.directory.having('group', 'mailNickname', mailNickname) : []
  if (holders.length > 0) {
    const message = 'Another object with the same value for property mailNickname already exists.'
    throw new GraphError(422, 'UnprocessableEntity', message, [{ code: 'PropertyConflict', target: 'mailNickname' }])
  }
  return noContent()
}

/** GET /groups/{id}/memberOf and /servicePrincipals/{id}/memberOf. */
export const objectMemberOf = (call: Call): SimulatedReply => memberOfReply(call, anyObject(call), false)

/** GET /groups/{id}/transitiveMemberOf and /servicePrincipals/{id}/transitiveMemberOf. */
export const objectTransitiveMemberOf = (call: Call): SimulatedReply => memberOfReply(call, anyObject(call), true)
