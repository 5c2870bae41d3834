import type { SimulatedReply } from '../kernel.ts'
import { boundOwners } from './bound-owners.ts'
import { bodyFields, type Call, type Fields, param, patchedFields, writtenFields } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { randomGuid } from './guid.ts'
import { checkObjectQuota } from './limits.ts'
import { checkOwnerQuota } from './members.ts'
import { graphDate, newProperties } from './new-object.ts'
import { countReply, type Listing, pageReply, refsReply } from './page.ts'
import { type AnyOf, NEEDS } from './permissions.ts'
import { shown } from './projection.ts'
import { memberRef, resolvedReference } from './references.ts'
import {
  alreadyThere,
  badRequest,
  conflictingObject,
  GraphError,
  invalidValues,
  json,
  noContent,
  notFound,
} from './reply.ts'
import { principalOf } from './tenant-routes.ts'
import { objectReply } from './users.ts'
import { checkWritable, write } from './values.ts'

/** What is registered of an application: itself, and its service principal in this tenant. */
export type AppKind = 'application' | 'servicePrincipal'

function allApplications(call: Call): Listing {
  const objects = call.world.directory.all('application').values()
  return { context: 'applications', kinds: ['application'], objects }
}

/** GET /applications. */
export const listApplications = (call: Call): SimulatedReply => pageReply(call, allApplications(call))

/** GET /applications/$count. */
export const countApplications = (call: Call): SimulatedReply => countReply(call, allApplications(call))

function applicationOf(call: Call): DirectoryObject {
  const key = param(call)
  const appId = /^appId='?([^']+)'?$/i.exec(key)?.[1]?.toLowerCase()
  const { directory } = call.world
  const found =
    appId === undefined
      ? directory.find(key, 'application')
      : directory.having('application', 'appId', appId).find(() => true)
  if (found === undefined) throw notFound(appId ?? key)
  return found
}

/** GET /applications/{id} and /applications(appId='{id}'). */
export const getApplication = (call: Call): SimulatedReply => objectReply(call, applicationOf(call), 'applications')

/** Whoever may write only what it owns owns what it makes. */
function ownersOf(call: Call, fields: Fields): readonly DirectoryObject[] {
  const owners = boundOwners(call, fields)
  const { application, permissions, world } = call
  const self = world.directory.find(application.servicePrincipalId)
  const isModest = !NEEDS.writeApplications.some(permission => permissions.has(permission))
  return isModest && self !== undefined && !owners.includes(self) ? [...owners, self] : owners
}

function created(call: Call, kind: AppKind, given: Fields, owners: readonly DirectoryObject[]): SimulatedReply {
  const { world } = call
  checkObjectQuota(world)
  const id = randomGuid(world.random)
  const properties = structuredClone({ ...newProperties(world, kind, id, given), ...given })
  const object: DirectoryObject = { id, kind, properties }
  world.directory.add(object)
  for (const owner of owners) world.directory.link('owners', id, owner.id)
  const body = shown(world.directory, object, { select: undefined, expand: [], typed: false })
  return json({ '@odata.context': `${call.base}/$metadata#${kind}s/$entity`, ...body }, 201)
}

function checked(kind: AppKind, fields: Fields): Fields {
  const plain = Object.entries(fields).filter(([name]) => name !== 'owners@odata.bind')
  for (const [name, value] of plain) checkWritable(kind, name, value)
  return Object.fromEntries(plain.filter(([, value]) => value !== null))
}

/** POST /applications. */
export function createApplication(call: Call): SimulatedReply {
  const { world } = call
  const fields = writtenFields(call)
  const given = checked('application', fields)
  if (typeof given.displayName !== 'string' || given.displayName === '') {
    throw badRequest("A value is required for property 'displayName' of resource 'Application'.", [
      { code: 'MissingValue', target: 'displayName' },
    ])
  }
  const usual = {
    appId: randomGuid(world.random),
    createdDateTime: graphDate(world.clock.now()),
    publisherDomain: world.identity.domains[0] ?? null,
  }
  return created(call, 'application', { ...usual, ...given }, ownersOf(call, fields))
}

function updated(call: Call, object: DirectoryObject, kind: AppKind): SimulatedReply {
  const fields = patchedFields(call, object)
  for (const [name, value] of Object.entries(fields)) checkWritable(kind, name, value)
  for (const [name, value] of Object.entries(fields)) write(object.properties, name, value)
  return noContent()
}

/** PATCH /applications/{id}. */
export const updateApplication = (call: Call): SimulatedReply => updated(call, applicationOf(call), 'application')

/** PATCH /servicePrincipals/{id}. */
export const updatePrincipal = (call: Call): SimulatedReply => updated(call, principalOf(call), 'servicePrincipal')

/** DELETE /applications/{id}: to the bin. */
export function deleteApplication(call: Call): SimulatedReply {
  call.world.directory.discard(applicationOf(call), call.world.clock.now())
  return noContent()
}

/** DELETE /servicePrincipals/{id}: to the bin. */
export function deletePrincipal(call: Call): SimulatedReply {
  call.world.directory.discard(principalOf(call), call.world.clock.now())
  return noContent()
}

/** POST /servicePrincipals: of an application of this tenant, by its `appId`. */
export function createPrincipal(call: Call): SimulatedReply {
  const { directory, identity, switches } = call.world
  const { appId, ...others } = writtenFields(call)
  if (typeof appId !== 'string') throw invalidValues()
  const [application] = directory.having('application', 'appId', appId)
  if (application === undefined)
    throw badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`)
  if (directory.having('servicePrincipal', 'appId', appId).length > 0) throw conflictingObject(switches.conflictCode)
  const { displayName, appRoles = [] } = application.properties
  const usual = {
    appDisplayName: displayName,
    appId,
    appOwnerOrganizationId: identity.id,
    appRoles,
    displayName,
    servicePrincipalNames: [appId],
    signInAudience: 'AzureADMyOrg',
  }
  const given = checked('servicePrincipal', others)
  return created(call, 'servicePrincipal', { ...usual, ...given }, ownersOf(call, others))
}

/** What has owners besides groups. */
const OWNED = { application: applicationOf, servicePrincipal: principalOf }

/** The application or service principal that a path names by id or by `appId=`; throws 404. */
export const appOf = (kind: AppKind, call: Call): DirectoryObject => OWNED[kind](call)

const OWNED_BY = 'Application.ReadWrite.OwnedBy'

function owns(call: Call, kind: AppKind): boolean {
  const { application, permissions, world } = call
  if (!permissions.has(OWNED_BY)) return false
  try {
    return world.directory.has('owners', appOf(kind, call).id, application.servicePrincipalId)
  } catch (error) {
    if (error instanceof GraphError) return false
    throw error
  }
}

/** Reading or writing one of them: an owner with `Application.ReadWrite.OwnedBy` may, too. */
export const ownedNeeds =
  (kind: AppKind, needs: AnyOf) =>
  (call: Call): readonly AnyOf[] =>
    owns(call, kind) ? [] : [needs]

function ownersListing(call: Call, kind: AppKind): Listing {
  return {
    context: 'directoryObjects',
    kinds: ['user', 'servicePrincipal'],
    objects: call.world.directory.linked('owners', appOf(kind, call).id),
    relation: true,
  }
}

/** GET of the owners of an application or service principal. */
export const listAppOwners =
  (kind: AppKind) =>
  (call: Call): SimulatedReply =>
    pageReply(call, ownersListing(call, kind))

/** GET of the references to the owners. */
export const listAppOwnerRefs =
  (kind: AppKind) =>
  (call: Call): SimulatedReply =>
    refsReply(call, ownersListing(call, kind))

/** GET of one owner's reference. */
export const getAppOwnerRef =
  (kind: AppKind) =>
  (call: Call): SimulatedReply => {
    const { directory } = call.world
    const owner = directory.find(param(call, 1))
    if (owner === undefined || !directory.has('owners', appOf(kind, call).id, owner.id)) throw notFound(param(call, 1))
    return memberRef(call, owner)
  }

/** POST of an owner's reference. */
export const addAppOwner =
  (kind: AppKind) =>
  (call: Call): SimulatedReply => {
    const owned = OWNED[kind](call)
    const reference = bodyFields(call)['@odata.id']
    if (typeof reference !== 'string') throw invalidValues()
    const owner = resolvedReference(call, reference, ['user', 'servicePrincipal'])
    if (call.world.directory.has('owners', owned.id, owner.id)) throw alreadyThere('owners')
    checkOwnerQuota(call, owned, 1)
    call.world.directory.link('owners', owned.id, owner.id)
    return noContent()
  }

/** DELETE of an owner's reference. */
export const removeAppOwner =
  (kind: AppKind) =>
  (call: Call): SimulatedReply => {
    const owned = OWNED[kind](call)
    const id = param(call, 1).toLowerCase()
    if (!call.world.directory.has('owners', owned.id, id)) throw notFound(id)
    call.world.directory.unlink('owners', owned.id, id)
    return noContent()
  }
