import type { SimulatedReply } from '../kernel.ts'
import type { AppRoleAssignment } from './app-role-assignment.ts'
import { bodyFields, type Call, param } from './call.ts'
import { type Body, bodyReply, pagedBodiesReply } from './collection.ts'
import type { DirectoryObject } from './directory.ts'
import { guidBytes, namedGuid, randomGuid } from './guid.ts'
import { graphDate } from './new-object.ts'
import { badRequest, invalidValues, noContent, notFound, quotaExceeded } from './reply.ts'
import { PERMISSIONS } from './roles.ts'
import { principalOf, withAppRoles } from './tenant-routes.ts'
import { type Application, graphPrincipalId, type World } from './world.ts'

const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000'
const MAX_PER_PRINCIPAL = 1500
const PRINCIPAL_TYPES = { user: 'User', group: 'Group', servicePrincipal: 'ServicePrincipal' } as const

/** Permissions of Microsoft Graph that an application was granted, as assignments of Graph's app roles. */
function grantsOf(world: World, application: Application): readonly AppRoleAssignment[] {
  return application.permissions.map(permission => ({
    id: namedGuid(`${application.servicePrincipalId} ${permission}`),
    appRoleId: namedGuid(permission),
    principalId: application.servicePrincipalId,
    resourceId: graphPrincipalId(world),
    createdDateTime: null,
  }))
}

function everything(world: World): readonly AppRoleAssignment[] {
  return [...world.applications.flatMap(application => grantsOf(world, application)), ...world.appRoles.values()]
}

function assignmentBody(world: World, assignment: AppRoleAssignment): Body | undefined {
  const principal = world.directory.find(assignment.principalId)
  const resource = world.directory.find(assignment.resourceId, 'servicePrincipal')
  if (principal === undefined || resource === undefined) return undefined
  return {
    id: assignment.id,
    deletedDateTime: null,
    appRoleId: assignment.appRoleId,
    createdDateTime: assignment.createdDateTime,
    principalDisplayName: principal.properties.displayName ?? null,
    principalId: principal.id,
    principalType: PRINCIPAL_TYPES[principal.kind as keyof typeof PRINCIPAL_TYPES],
    resourceDisplayName: resource.properties.displayName ?? null,
    resourceId: resource.id,
  }
}

/** How a path names one side of the assignments. */
interface Side {
  /** Segment after the id. */
  readonly list: 'appRoleAssignments' | 'appRoleAssignedTo'
  readonly key: 'principalId' | 'resourceId'
  readonly collection: 'users' | 'groups' | 'servicePrincipals'
}

/** The three collections under which assignments are reached by principal, and the one by resource. */
export const SIDES: readonly Side[] = [
  { list: 'appRoleAssignments', key: 'principalId', collection: 'users' },
  { list: 'appRoleAssignments', key: 'principalId', collection: 'groups' },
  { list: 'appRoleAssignments', key: 'principalId', collection: 'servicePrincipals' },
  { list: 'appRoleAssignedTo', key: 'resourceId', collection: 'servicePrincipals' },
]

function ownerOf(call: Call, { collection }: Side): DirectoryObject {
  if (collection === 'servicePrincipals') return principalOf(call)
  const { directory } = call.world
  const found = collection === 'users' ? directory.user(param(call)) : directory.find(param(call), 'group')
  if (found === undefined) throw notFound(param(call))
  return found
}

function context(side: Side, owner: DirectoryObject): string {
  return `${side.collection}('${owner.id}')/${side.list}`
}

/** Whose assignments a list shows: for a user also those of the groups that he is a direct member of. */
function holdersOf(call: Call, side: Side, owner: DirectoryObject): ReadonlySet<string> {
  if (side.collection !== 'users') return new Set([owner.id])
  const around = call.world.directory.containers('members', owner.id)
  return new Set([owner.id, ...around.filter(({ kind }) => kind === 'group').map(({ id }) => id)])
}

/** GET /users/{id}/appRoleAssignments and its like. */
export const listAppRoles =
  (side: Side) =>
  (call: Call): SimulatedReply => {
    const owner = ownerOf(call, side)
    const owners = holdersOf(call, side, owner)
    const own = everything(call.world).filter(assignment => owners.has(assignment[side.key]))
    const bodies = own.flatMap((assignment): readonly Body[] => {
      const body = assignmentBody(call.world, assignment)
      return body === undefined ? [] : [body]
    })
    return pagedBodiesReply(call, side.collection === 'servicePrincipals' ? side.list : context(side, owner), bodies)
  }

function assignmentOf(call: Call, side: Side): AppRoleAssignment {
  const owner = ownerOf(call, side)
  const found = everything(call.world).find(({ id, [side.key]: own }) => id === param(call, 1) && own === owner.id)
  if (found === undefined) throw notFound(param(call, 1))
  return found
}

/** GET /users/{id}/appRoleAssignments/{id} and its like. */
export const getAppRole =
  (side: Side) =>
  (call: Call): SimulatedReply => {
    const body = assignmentBody(call.world, assignmentOf(call, side))
    if (body === undefined) throw notFound(param(call, 1))
    return bodyReply(call, context(side, ownerOf(call, side)), body)
  }

const unknownReference = () => badRequest('Not a valid reference update.')

function checkRole(call: Call, resource: DirectoryObject, principal: DirectoryObject, appRoleId: string): void {
  if (appRoleId === DEFAULT_ACCESS) return
  const roles = (withAppRoles(call, resource).properties.appRoles ?? []) as readonly Body[]
  const role = roles.find(({ id }) => String(id).toLowerCase() === appRoleId)
  if (role === undefined) throw unknownReference()
  const types = (role.allowedMemberTypes ?? ['User']) as readonly string[]
  if (!types.includes(principal.kind === 'servicePrincipal' ? 'Application' : 'User')) throw unknownReference()
}

function requested(call: Call): Pick<AppRoleAssignment, 'principalId' | 'resourceId' | 'appRoleId'> {
  const { principalId, resourceId, appRoleId } = bodyFields(call)
  if (typeof principalId !== 'string' || typeof resourceId !== 'string' || typeof appRoleId !== 'string')
    throw invalidValues()
  return {
    principalId: principalId.toLowerCase(),
    resourceId: resourceId.toLowerCase(),
    appRoleId: appRoleId.toLowerCase(),
  }
}

function checkAssignable(call: Call, wanted: ReturnType<typeof requested>): void {
  const { directory } = call.world
  const principal = directory.find(wanted.principalId)
  const resource = directory.find(wanted.resourceId, 'servicePrincipal')
  if (principal === undefined || resource === undefined || !(principal.kind in PRINCIPAL_TYPES))
    throw unknownReference()
  checkRole(call, resource, principal, wanted.appRoleId)
  const held = everything(call.world).filter(({ principalId }) => principalId === principal.id)
  if (held.some(({ appRoleId, resourceId }) => appRoleId === wanted.appRoleId && resourceId === resource.id))
    throw badRequest('Permission being assigned already exists on the object.')
  if (held.length >= MAX_PER_PRINCIPAL) throw quotaExceeded()
}

/** The permission of Microsoft Graph that an app role stands for. */
function permissionOf(world: World, { resourceId, appRoleId }: { resourceId: string; appRoleId: string }) {
  if (resourceId !== graphPrincipalId(world)) return undefined
  return PERMISSIONS.find(permission => namedGuid(permission) === appRoleId)
}

function replacePermissions(world: World, principalId: string, change: (held: readonly string[]) => readonly string[]) {
  world.applications = world.applications.map(application =>
    application.servicePrincipalId === principalId
      ? { ...application, permissions: change(application.permissions) }
      : application,
  )
}

function stored(call: Call, wanted: ReturnType<typeof requested>): AppRoleAssignment {
  const { world } = call
  const permission = permissionOf(world, wanted)
  const registered = world.applications.some(({ servicePrincipalId }) => servicePrincipalId === wanted.principalId)
  if (permission !== undefined && registered) {
    replacePermissions(world, wanted.principalId, held => [...held, permission])
    return { id: namedGuid(`${wanted.principalId} ${permission}`), ...wanted, createdDateTime: null }
  }
  const bytes = Buffer.concat([guidBytes(wanted.principalId), guidBytes(randomGuid(world.random))])
  const id = bytes.toString('base64url')
  const assignment = { id, ...wanted, createdDateTime: graphDate(world.clock.now()) }
  world.appRoles.set(id, assignment)
  return assignment
}

/** POST /servicePrincipals/{id}/appRoleAssignedTo and /users|groups|servicePrincipals/{id}/appRoleAssignments. */
export const createAppRole =
  (side: Side) =>
  (call: Call): SimulatedReply => {
    const owner = ownerOf(call, side)
    const wanted = requested(call)
    if (wanted[side.key] !== owner.id) throw invalidValues()
    checkAssignable(call, wanted)
    const body = assignmentBody(call.world, stored(call, wanted))
    return bodyReply(call, context(side, owner), body ?? {}, 201)
  }

/** DELETE of an assignment under any of its paths. */
export const deleteAppRole =
  (side: Side) =>
  (call: Call): SimulatedReply => {
    const assignment = assignmentOf(call, side)
    const permission = permissionOf(call.world, assignment)
    if (!call.world.appRoles.delete(assignment.id) && permission !== undefined)
      replacePermissions(call.world, assignment.principalId, held => held.filter(name => name !== permission))
    return noContent()
  }
