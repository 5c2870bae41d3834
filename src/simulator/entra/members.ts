import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, param } from './call.ts'
import type { DirectoryObject, Link } from './directory.ts'
import { allowsGuests, checkGroupWritable, checkMembersWritable, groupOf, isUnified } from './group-rules.ts'
import { countReply, type Listing, only, pageReply, refsReply } from './page.ts'
import { checkPermissions, NEEDS } from './permissions.ts'
import { memberRef, referencedId, resolvedReference } from './references.ts'
import {
  alreadyThere,
  badRequest,
  denied,
  GraphError,
  invalidValues,
  noContent,
  notFound,
  notThere,
  quotaExceeded,
} from './reply.ts'
import type { Kind } from './schema.ts'

/** Most references that one request may bind, members and owners together. */
const MAX_BINDS = 20
const MAX_OWNERS = 100
const UNIFIED_IN_UNIFIED =
  'Unified Groups cannot be added to Unified Groups. paramName: Members, paramValue: , objectType: Microsoft.Online.DirectoryServices.Group'
const MEMBER_KINDS: readonly Kind[] = ['user', 'group', 'device', 'servicePrincipal', 'orgContact']

/** Members that are no users or groups need a permission of their own, to be added and to be removed. */
function checkMemberKind(call: Call, member: DirectoryObject): void {
  if (call.world.switches.memberAddNeedsUserPermission && member.kind === 'user')
    checkPermissions(call, NEEDS.writeUsers)
  if (member.kind === 'device') checkPermissions(call, NEEDS.writeDevices)
  if (member.kind === 'servicePrincipal') checkPermissions(call, NEEDS.writeApplications)
  if (member.kind === 'orgContact') checkPermissions(call, NEEDS.readContacts)
}

const wrongMember = (message: string): GraphError => badRequest(message, [{ target: 'members', code: 'InvalidValue' }])

function checkUnifiedMember(call: Call, group: DirectoryObject, added: DirectoryObject): void {
  if (added.kind === 'group' && isUnified(added)) throw wrongMember(UNIFIED_IN_UNIFIED)
  if (added.kind !== 'user') throw invalidValues()
  if (added.properties.userType === 'Guest' && !allowsGuests(call, group.id)) {
    const message = 'Guests users are not allowed to join this Unified Group due to policy setting.'
    throw new GraphError(403, 'Authorization_RequestDenied', message)
  }
}

/** Says that the members of a group changed, so that its licences follow. */
export function noteMembers({ world }: Call, group: DirectoryObject): void {
  const moment = { directory: world.directory, now: world.clock.now() }
  world.licences.membersChanged(moment, group, world.switches.licenceSeconds * 1000)
}

function checkAddition(call: Call, group: DirectoryObject, link: Link, added: DirectoryObject): void {
  if (link === 'members') {
    checkMemberKind(call, added)
    if (isUnified(group)) checkUnifiedMember(call, group, added)
    else if (added.kind === 'group' && isUnified(added)) throw wrongMember(call.world.switches.nestedUnifiedMessage)
    if (added.id === group.id) throw invalidValues()
  }
  if (call.world.directory.has(link, group.id, added.id)) throw alreadyThere(link)
}

/** Refuses more than a hundred owners of a group, an application or a service principal. */
export function checkOwnerQuota(call: Call, owned: DirectoryObject, more: number): void {
  const total = call.world.directory.linked('owners', owned.id).length + more
  if (total > MAX_OWNERS) {
    throw quotaExceeded(
      `Unable to perform operation as '${total}' would exceed the maximum quota count '${MAX_OWNERS}' for forward-link owners.`,
    )
  }
}

/** The references in `members@odata.bind` or `owners@odata.bind`. */
function bindsOf(fields: Readonly<Record<string, unknown>>, link: Link): readonly string[] {
  const binds = fields[`${link}@odata.bind`] ?? []
  if (!Array.isArray(binds) || !binds.every(bind => typeof bind === 'string')) throw invalidValues()
  return binds
}

/** Checks all binds of a request and gives back what to link; throws for the first bad one, so that nothing is linked then. */
export function checkedBinds(
  call: Call,
  group: DirectoryObject,
  fields: Readonly<Record<string, unknown>>,
): readonly (readonly [Link, DirectoryObject])[] {
  const all = (['members', 'owners'] as const).map(link => [link, bindsOf(fields, link)] as const)
  const count = all.reduce((sum, [, binds]) => sum + binds.length, 0)
  if (count > MAX_BINDS) throw badRequest(call.world.switches.bindLimitMessage)
  const found: [Link, DirectoryObject][] = []
  for (const [link, binds] of all) {
    const ids = binds.map(bind => referencedId(bind).id)
    if (new Set(ids).size < ids.length) throw badRequest('Request contains a property with duplicate values')
    const kinds: readonly Kind[] = link === 'members' ? MEMBER_KINDS : ['user', 'servicePrincipal']
    for (const bind of binds) found.push([link, resolvedReference(call, bind, kinds)])
  }
  for (const [link, added] of found) checkAddition(call, group, link, added)
  checkOwnerQuota(call, group, found.filter(([link]) => link === 'owners').length)
  return found
}

function addRef(call: Call, link: Link): SimulatedReply {
  const group = groupOf(call)
  const reference = bodyFields(call)['@odata.id']
  if (typeof reference !== 'string') throw invalidValues()
  if (link === 'members') checkMembersWritable(call, group)
  else checkGroupWritable(call, group)
  const added = resolvedReference(call, reference, link === 'members' ? MEMBER_KINDS : ['user', 'servicePrincipal'])
  checkAddition(call, group, link, added)
  if (link === 'owners') checkOwnerQuota(call, group, 1)
  call.world.directory.link(link, group.id, added.id)
  if (link === 'members') noteMembers(call, group)
  return noContent()
}

/** POST /groups/{id}/members/$ref. */
export const addMember = (call: Call): SimulatedReply => addRef(call, 'members')

/** POST /groups/{id}/owners/$ref. */
export const addOwner = (call: Call): SimulatedReply => addRef(call, 'owners')

/** DELETE /groups/{id}/members/{id}/$ref. */
export function removeMember(call: Call): SimulatedReply {
  const group = groupOf(call)
  checkMembersWritable(call, group)
  const id = param(call, 1).toLowerCase()
  const member = call.world.directory.find(id)
  if (member === undefined || !call.world.directory.has('members', group.id, id)) {
    throw call.world.switches.removeNonMemberStatus === 404 ? notFound(id) : notThere('members')
  }
  if (member.kind !== 'user') checkMemberKind(call, member)
  call.world.directory.unlink('members', group.id, id)
  noteMembers(call, group)
  return noContent()
}

/** DELETE /groups/{id}/owners/{id}/$ref. A Microsoft 365 group keeps its last owner. */
export function removeOwner(call: Call): SimulatedReply {
  const group = groupOf(call)
  checkGroupWritable(call, group)
  const id = param(call, 1).toLowerCase()
  const { directory } = call.world
  if (!directory.has('owners', group.id, id)) throw notFound(id)
  if (isUnified(group) && directory.linked('owners', group.id).length === 1) {
    throw badRequest('The group must have at least one owner, hence this owner cannot be removed.')
  }
  directory.unlink('owners', group.id, id)
  return noContent()
}

function transitiveMembers(call: Call, group: DirectoryObject): DirectoryObject[] {
  const { directory } = call.world
  const found = new Map<string, DirectoryObject>()
  const inner = [group.id]
  for (const id of inner) {
    for (const object of directory.linked('members', id)) {
      if (found.has(object.id)) continue
      found.set(object.id, object)
      if (object.kind === 'group') inner.push(object.id)
    }
  }
  return [...found.values()]
}

const CASTS: Readonly<Record<string, Kind>> = {
  'microsoft.graph.user': 'user',
  'microsoft.graph.group': 'group',
  'microsoft.graph.device': 'device',
  'microsoft.graph.serviceprincipal': 'servicePrincipal',
  'microsoft.graph.orgcontact': 'orgContact',
}

/** What a list of linked objects shows; a cast to one kind stands last in the path. v1.0 leaves out service principals. */
export function linkedListing(call: Call, objects: readonly DirectoryObject[]): Listing {
  const segments = call.request.segments.map(segment => segment.toLowerCase())
  const cast = segments.map(segment => CASTS[segment]).find(kind => kind !== undefined)
  if (cast !== undefined) {
    const context = cast === 'orgContact' ? 'contacts' : `${cast}s`
    return { context, kinds: [cast], objects: only(objects, ({ kind }) => kind === cast), relation: true }
  }
  const beta = segments[0] === 'beta'
  const shown = beta ? objects : only(objects, ({ kind }) => kind !== 'servicePrincipal')
  return {
    context: 'directoryObjects',
    kinds: MEMBER_KINDS,
    objects: shown,
    relation: true,
  }
}

function listing(call: Call, link: Link | 'transitiveMembers'): Listing {
  const group = groupOf(call)
  const hidden = group.properties.visibility === 'HiddenMembership'
  if (hidden && link !== 'owners' && !call.permissions.has('Member.Read.Hidden')) throw denied()
  const objects =
    link === 'transitiveMembers' ? transitiveMembers(call, group) : call.world.directory.linked(link, group.id)
  return linkedListing(call, objects)
}

/** GET /groups/{id}/members, also cast to one kind. */
export const listMembers = (call: Call): SimulatedReply => pageReply(call, listing(call, 'members'))

/** GET /groups/{id}/members/$ref. */
export const listMemberRefs = (call: Call): SimulatedReply => refsReply(call, listing(call, 'members'))

/** GET /groups/{id}/members/$count. */
export const countMembers = (call: Call): SimulatedReply => countReply(call, listing(call, 'members'))

function getRef(call: Call, link: Link): SimulatedReply {
  const group = groupOf(call)
  const member = call.world.directory.find(param(call, 1))
  if (member === undefined || !call.world.directory.has(link, group.id, member.id)) throw notFound(param(call, 1))
  return memberRef(call, member)
}

/** GET /groups/{id}/members/{id}/$ref. */
export const getMemberRef = (call: Call): SimulatedReply => getRef(call, 'members')

/** GET /groups/{id}/owners/{id}/$ref. */
export const getOwnerRef = (call: Call): SimulatedReply => getRef(call, 'owners')

/** GET /groups/{id}/owners. */
export const listOwners = (call: Call): SimulatedReply => pageReply(call, listing(call, 'owners'))

/** GET /groups/{id}/owners/$ref. */
export const listOwnerRefs = (call: Call): SimulatedReply => refsReply(call, listing(call, 'owners'))

/** GET /groups/{id}/transitiveMembers. */
export const listTransitiveMembers = (call: Call): SimulatedReply => pageReply(call, listing(call, 'transitiveMembers'))

/** GET /groups/{id}/transitiveMembers/$count. */
export const countTransitiveMembers = (call: Call): SimulatedReply =>
  countReply(call, listing(call, 'transitiveMembers'))
