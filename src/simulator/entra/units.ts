import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, param, writtenFields } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { isUnified } from './group-rules.ts'
import { createdGroup, createdReply } from './groups.ts'
import { randomGuid } from './guid.ts'
import { linkedListing } from './members.ts'
import { newProperties } from './new-object.ts'
import { countReply, type Listing, pageReply, refsReply } from './page.ts'
import { shown } from './projection.ts'
import { callerRoles } from './protection.ts'
import { resolvedReference } from './references.ts'
import {
  badRequest,
  conflictingObject,
  denied,
  GraphError,
  invalidValues,
  json,
  noContent,
  notFound,
  unsupportedQuery,
} from './reply.ts'
import { ROLE } from './roles.ts'
import { objectReply } from './users.ts'
import { checkWritable, invalidValue, write } from './values.ts'

const IMMUTABLE = new Set(['isMemberManagementRestricted', 'visibility'])
const MAX_UNITS_PER_OBJECT = 30
const MAX_RESTRICTED_UNITS = 100

function quotaExceeded(): GraphError {
  return new GraphError(
    403,
    'Directory_QuotaExceeded',
    'The directory object quota limit for the Tenant has been exceeded.',
  )
}

function unitOf(call: Call): DirectoryObject {
  const unit = call.world.directory.find(param(call), 'administrativeUnit')
  if (unit === undefined) throw notFound(param(call))
  return unit
}

function isRestrictedUnit(unit: DirectoryObject): boolean {
  return unit.properties.isMemberManagementRestricted === true
}

function allUnits(call: Call): Listing {
  return {
    context: 'directory/administrativeUnits',
    kinds: ['administrativeUnit'],
    objects: call.world.directory.all('administrativeUnit').values(),
  }
}

/** GET /directory/administrativeUnits. */
export const listUnits = (call: Call): SimulatedReply => pageReply(call, allUnits(call))

/** GET /directory/administrativeUnits/$count. */
export const countUnits = (call: Call): SimulatedReply => countReply(call, allUnits(call))

/** GET /directory/administrativeUnits/{id}. */
export const getUnit = (call: Call): SimulatedReply => objectReply(call, unitOf(call), 'directory/administrativeUnits')

/** POST /directory/administrativeUnits. */
export function createUnit(call: Call): SimulatedReply {
  const { world } = call
  const fields = writtenFields(call)
  if (typeof fields.displayName !== 'string' || fields.displayName === '') {
    throw badRequest("A value is required for property 'displayName' of resource 'AdministrativeUnit'.", [
      { code: 'MissingValue', target: 'displayName' },
    ])
  }
  const plain = Object.entries(fields)
  for (const [name, value] of plain) checkWritable('administrativeUnit', name, value)
  const dynamic = fields.membershipType === 'Dynamic'
  if (dynamic && typeof fields.membershipRule !== 'string') throw invalidValue('administrativeUnit', 'membershipRule')
  if (fields.isMemberManagementRestricted === true) {
    const restricted = [...world.directory.all('administrativeUnit').values()].filter(isRestrictedUnit).length
    if (restricted >= MAX_RESTRICTED_UNITS) throw quotaExceeded()
  }
  const id = randomGuid(world.random)
  const given = Object.fromEntries(plain.filter(([, value]) => value !== null))
  const unit: DirectoryObject = {
    id,
    kind: 'administrativeUnit',
    properties: { ...newProperties(world, 'administrativeUnit', id, given), ...given },
  }
  world.directory.add(unit)
  const body = shown(world.directory, unit, { select: undefined, expand: [], typed: false })
  return json({ '@odata.context': `${call.base}/$metadata#directory/administrativeUnits/$entity`, ...body }, 201)
}

/** PATCH /directory/administrativeUnits/{id}. */
export function updateUnit(call: Call): SimulatedReply {
  const unit = unitOf(call)
  const fields = Object.entries(writtenFields(call))
  checkUnitManageable(call, unit)
  for (const [name, value] of fields) {
    checkWritable('administrativeUnit', name, value)
    if (IMMUTABLE.has(name) && value !== unit.properties[name]) throw invalidValue('administrativeUnit', name)
    if (name === 'displayName' && !value) throw invalidValue('administrativeUnit', name)
  }
  for (const [name, value] of fields) write(unit.properties, name, value)
  return noContent()
}

/** DELETE /directory/administrativeUnits/{id}: to the bin. */
export function deleteUnit(call: Call): SimulatedReply {
  const unit = unitOf(call)
  checkUnitManageable(call, unit)
  call.world.directory.discard(unit, call.world.clock.now())
  return noContent()
}

/** A restricted unit itself is managed at tenant scope by privileged role administrators, or by a role over the unit. */
function checkUnitManageable(call: Call, unit: DirectoryObject): void {
  if (!isRestrictedUnit(unit)) return
  const { world, application } = call
  const own = callerRoles(world, application)
  if (own.includes(ROLE.privilegedRoleAdministrator) || own.includes(ROLE.globalAdministrator)) return
  for (const { principalId, directoryScopeId } of world.directory.roleAssignments.values()) {
    if (principalId === application.servicePrincipalId && directoryScopeId === `/administrativeUnits/${unit.id}`) return
  }
  throw new GraphError(world.switches.restrictedStatus, denied().code, denied().message)
}

function checkByHand(call: Call, unit: DirectoryObject): void {
  checkUnitManageable(call, unit)
  if (unit.properties.membershipType !== 'Dynamic') return
  if (call.world.switches.dynamicUnitStatus === 403) throw denied()
  throw badRequest('Members of a dynamic administrative unit cannot be changed.')
}

function checkJoin(call: Call, unit: DirectoryObject, object: DirectoryObject): void {
  const { directory, switches } = call.world
  if (directory.has('members', unit.id, object.id)) throw conflictingObject(switches.conflictCode)
  if (
    isRestrictedUnit(unit) &&
    object.kind === 'group' &&
    (isUnified(object) || object.properties.mailEnabled === true)
  )
    throw invalidValues()
  const units = directory.containers('members', object.id).filter(({ kind }) => kind === 'administrativeUnit')
  if (units.length >= MAX_UNITS_PER_OBJECT) throw quotaExceeded()
}

/** POST /directory/administrativeUnits/{id}/members/$ref: one at a time. */
export function addUnitMember(call: Call): SimulatedReply {
  const unit = unitOf(call)
  const reference = bodyFields(call)['@odata.id']
  if (typeof reference !== 'string') throw invalidValues()
  checkByHand(call, unit)
  const object = resolvedReference(call, reference, ['user', 'group', 'device'])
  checkJoin(call, unit, object)
  call.world.directory.link('members', unit.id, object.id)
  return noContent()
}

/** POST /directory/administrativeUnits/{id}/members: makes a group inside the unit. */
export function createGroupInUnit(call: Call): SimulatedReply {
  const unit = unitOf(call)
  if (bodyFields(call)['@odata.type'] !== '#microsoft.graph.group') throw invalidValues()
  checkByHand(call, unit)
  const group = createdGroup(call)
  call.world.directory.link('members', unit.id, group.id)
  return createdReply(call, group)
}

/** DELETE /directory/administrativeUnits/{id}/members/{id}/$ref. */
export function removeUnitMember(call: Call): SimulatedReply {
  const unit = unitOf(call)
  checkByHand(call, unit)
  const id = param(call, 1).toLowerCase()
  const { directory, switches } = call.world
  if (!directory.has('members', unit.id, id) || directory.find(id) === undefined) {
    if (switches.removeNonMemberStatus === 404) throw notFound(id)
    throw badRequest(
      "One or more removed object references do not exist for the following modified properties: 'members'.",
    )
  }
  directory.unlink('members', unit.id, id)
  return noContent()
}

function members(call: Call): Listing {
  const unit = unitOf(call)
  const eventual = call.request.headers.consistencylevel?.toLowerCase() === 'eventual'
  const options = [...call.request.url.searchParams.keys()].map(name => name.replace('$', '').toLowerCase())
  if (!eventual && options.some(name => name === 'filter' || name === 'search')) {
    throw unsupportedQuery('The specified filter to the reference property query is currently not supported.')
  }
  return linkedListing(call, call.world.directory.linked('members', unit.id))
}

/** GET /directory/administrativeUnits/{id}/members, also cast to one kind. */
export const listUnitMembers = (call: Call): SimulatedReply => pageReply(call, members(call))

/** GET /directory/administrativeUnits/{id}/members/$ref. */
export const listUnitMemberRefs = (call: Call): SimulatedReply => refsReply(call, members(call))

/** GET /directory/administrativeUnits/{id}/members/$count. */
export const countUnitMembers = (call: Call): SimulatedReply => countReply(call, members(call))
