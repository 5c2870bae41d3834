import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, type Fields, param, patchedFields, writtenFields } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { createdGroup, createdReply } from './groups.ts'
import { randomGuid } from './guid.ts'
import { checkDynamicQuota, checkObjectQuota } from './limits.ts'
import { linkedListing } from './members.ts'
import { newProperties } from './new-object.ts'
import { countReply, type Listing, pageReply, refsReply } from './page.ts'
import { shown } from './projection.ts'
import { memberRef, resolvedReference } from './references.ts'
import {
  badRequest,
  denied,
  invalidValues,
  json,
  noContent,
  notFound,
  notThere,
  quotaExceeded,
  unsupportedQuery,
} from './reply.ts'
import {
  checkByHand,
  checkGroupInside,
  checkHolds,
  checkJoin,
  checkUnitManageable,
  isRestrictedUnit,
  unitOf,
} from './unit-rules.ts'
import { objectReply } from './users.ts'
import { checkWritable, invalidValue, write } from './values.ts'

const IMMUTABLE = new Set(['isMemberManagementRestricted', 'visibility'])
/** What an immutable property means that was never set. */
const UNSET: Readonly<Record<string, unknown>> = { isMemberManagementRestricted: false, visibility: 'Public' }
const MAX_RESTRICTED_UNITS = 100

function allUnits(call: Call): Listing {
  return {
    context: 'directory/administrativeUnits',
    kinds: ['administrativeUnit'],
    objects: call.world.directory.all('administrativeUnit').values(),
    all: true,
  }
}

/** GET /directory/administrativeUnits. */
export const listUnits = (call: Call): SimulatedReply => pageReply(call, allUnits(call))

/** GET /directory/administrativeUnits/$count. */
export const countUnits = (call: Call): SimulatedReply => countReply(call, allUnits(call))

/** GET /directory/administrativeUnits/{id}. */
export const getUnit = (call: Call): SimulatedReply => objectReply(call, unitOf(call), 'directory/administrativeUnits')

/** A dynamic unit needs a rule, and there are only so many of them. */
function checkRule(call: Call, fields: Fields, before: DirectoryObject | undefined): void {
  const { membershipType = null, membershipRule } = fields
  if (membershipType !== null && membershipType !== 'Dynamic' && membershipType !== 'Assigned')
    throw invalidValue('administrativeUnit', 'membershipType')
  if (membershipType !== 'Dynamic') return
  if (typeof membershipRule !== 'string') throw invalidValue('administrativeUnit', 'membershipRule')
  if (before?.properties.membershipType !== 'Dynamic') checkDynamicQuota(call.world)
}

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
  checkRule(call, fields, undefined)
  checkObjectQuota(world)
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
  const fields = Object.entries(patchedFields(call, unit))
  checkUnitManageable(call, unit)
  for (const [name, value] of fields) {
    checkWritable('administrativeUnit', name, value)
    if (IMMUTABLE.has(name) && (value ?? UNSET[name]) !== (unit.properties[name] ?? UNSET[name]))
      throw invalidValue('administrativeUnit', name)
    if (name === 'displayName' && !value) throw invalidValue('administrativeUnit', name)
  }
  checkRule(call, { ...unit.properties, ...Object.fromEntries(fields) }, unit)
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
  checkGroupInside(call, unit)
  const { groupTypes, mailEnabled } = bodyFields(call)
  checkHolds(unit, mailEnabled === true || (Array.isArray(groupTypes) && groupTypes.includes('Unified')))
  const group = createdGroup(call)
  call.world.directory.link('members', unit.id, group.id)
  return createdReply(call, group, true)
}

/** DELETE /directory/administrativeUnits/{id}/members/{id}/$ref. */
export function removeUnitMember(call: Call): SimulatedReply {
  const unit = unitOf(call)
  checkByHand(call, unit)
  const id = param(call, 1).toLowerCase()
  const { directory, switches } = call.world
  if (!directory.has('members', unit.id, id) || directory.find(id) === undefined) {
    throw switches.removeNonMemberStatus === 404 ? notFound(id) : notThere('members')
  }
  directory.unlink('members', unit.id, id)
  return noContent()
}

const ID_FILTER = /^\s*id eq '?[0-9a-f-]{36}'?\s*$/i

function members(call: Call): Listing {
  const unit = unitOf(call)
  const hidden = unit.properties.visibility === 'HiddenMembership'
  if (hidden && !call.permissions.has('Member.Read.Hidden')) throw denied()
  const eventual = call.request.headers.consistencylevel?.toLowerCase() === 'eventual'
  const options = new Map([...call.request.url.searchParams].map(([name, value]) => [name.replace('$', ''), value]))
  const filter = options.get('filter')
  if (!eventual && (options.has('search') || (filter !== undefined && !ID_FILTER.test(filter)))) {
    throw unsupportedQuery('The specified filter to the reference property query is currently not supported.')
  }
  return linkedListing(call, call.world.directory.linked('members', unit.id))
}

/** GET /directory/administrativeUnits/{id}/members/{id}/$ref. */
export function getUnitMemberRef(call: Call): SimulatedReply {
  const unit = unitOf(call)
  const member = call.world.directory.find(param(call, 1))
  if (member === undefined || !call.world.directory.has('members', unit.id, member.id)) throw notFound(param(call, 1))
  return memberRef(call, member)
}

/** GET /directory/administrativeUnits/{id}/members, also cast to one kind. */
export const listUnitMembers = (call: Call): SimulatedReply => pageReply(call, members(call))

/** GET /directory/administrativeUnits/{id}/members/$ref. */
export const listUnitMemberRefs = (call: Call): SimulatedReply => refsReply(call, members(call))

/** GET /directory/administrativeUnits/{id}/members/$count. */
export const countUnitMembers = (call: Call): SimulatedReply => countReply(call, members(call))
