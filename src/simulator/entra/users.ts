import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import { param } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { countReply, type Listing, pageReply } from './page.ts'
import { shown } from './projection.ts'
import { objectQuery } from './query.ts'
import { json, notFound } from './reply.ts'
import { directoryRole } from './role-members.ts'
import type { Kind } from './schema.ts'
import { userOf } from './user-writes.ts'

/** JSON of one object with its context. `context` stands behind `$metadata#`. */
export function objectReply(call: Call, object: DirectoryObject, context: string, typed = false): SimulatedReply {
  const { select, expand } = objectQuery(call.request.url, [object.kind])
  const selected = select === undefined ? '' : `(${select.join(',')})`
  const body = shown(call.world.directory, object, { select, expand, typed })
  return json({ '@odata.context': `${call.base}/$metadata#${context}${selected}/$entity`, ...body })
}

function everyone(call: Call): Listing {
  return { context: 'users', kinds: ['user'], objects: call.world.directory.all('user').values(), all: true }
}

/** GET /users. */
export const listUsers = (call: Call): SimulatedReply => pageReply(call, everyone(call))

/** GET /users/$count. */
export const countUsers = (call: Call): SimulatedReply => countReply(call, everyone(call))

/** GET /users/{id or userPrincipalName}. */
export const getUser = (call: Call): SimulatedReply => objectReply(call, userOf(call), 'users')

/** GET /users/{id}/manager. */
export function getManager(call: Call): SimulatedReply {
  const manager = call.world.directory.manager(userOf(call).id)
  if (manager === undefined) throw notFound('manager')
  return objectReply(call, manager, 'directoryObjects', true)
}

/** GET /users/{id}/manager/$ref. */
export function getManagerRef(call: Call): SimulatedReply {
  const manager = call.world.directory.manager(userOf(call).id)
  if (manager === undefined) throw notFound('manager')
  return json({
    '@odata.context': `${call.base}/$metadata#$ref`,
    '@odata.id': `${call.base}/directoryObjects/${manager.id}`,
  })
}

/** GET /users/{id}/directReports. */
export function listDirectReports(call: Call): SimulatedReply {
  const objects = call.world.directory.directReports(userOf(call).id)
  return pageReply(call, { context: 'directoryObjects', kinds: ['user', 'group'], objects, relation: true })
}

function castKind(segment: string | undefined): Kind | undefined {
  const name = /^microsoft\.graph\.(group|user|administrativeUnit|directoryRole)$/i.exec(segment ?? '')?.[1]
  return (['group', 'user', 'administrativeUnit', 'directoryRole'] as const).find(
    kind => kind.toLowerCase() === name?.toLowerCase(),
  )
}

function containersOf(call: Call, member: DirectoryObject, transitive: boolean): DirectoryObject[] {
  const { directory, roleDefinitions } = call.world
  const found = new Map(directory.containers('members', member.id).map(object => [object.id, object]))
  if (transitive) {
    for (const object of found.values()) {
      for (const outer of directory.containers('members', object.id)) found.set(outer.id, outer)
    }
  }
  for (const { principalId, roleDefinitionId, directoryScopeId } of directory.roleAssignments.values()) {
    if (principalId !== member.id || directoryScopeId !== '/') continue
    const definition = roleDefinitions.find(({ id }) => id === roleDefinitionId)
    if (definition?.isBuiltIn !== true) continue
    const role = directoryRole(call.world, definition)
    found.set(role.id, role)
  }
  return [...found.values()]
}

function memberOfListing(call: Call, member: DirectoryObject, transitive: boolean): Listing {
  const cast = castKind(call.params[1])
  const objects = containersOf(call, member, transitive).filter(({ kind }) => cast === undefined || kind === cast)
  const kinds: readonly Kind[] = cast === undefined ? ['group', 'administrativeUnit', 'directoryRole'] : [cast]
  return { context: cast === undefined ? 'directoryObjects' : `${cast}s`, kinds, objects, relation: true }
}

/** GET of `memberOf` and `transitiveMemberOf` of an object: groups, directory roles and administrative units. */
export function memberOfReply(call: Call, member: DirectoryObject, transitive: boolean): SimulatedReply {
  return pageReply(call, memberOfListing(call, member, transitive))
}

/** GET /users/{id}/memberOf. */
export const listMemberOf = (call: Call): SimulatedReply => memberOfReply(call, userOf(call), false)

/** GET /users/{id}/transitiveMemberOf. */
export const listTransitiveMemberOf = (call: Call): SimulatedReply => memberOfReply(call, userOf(call), true)

/** GET /users/{id}/memberOf/$count. */
export const countMemberOf = (call: Call): SimulatedReply =>
  countReply(call, memberOfListing(call, userOf(call), false))

/** GET /users/{id}/transitiveMemberOf/$count. */
export const countTransitiveMemberOf = (call: Call): SimulatedReply =>
  countReply(call, memberOfListing(call, userOf(call), true))

/** GET /users/{id}/ownedObjects. */
export function listOwnedObjects(call: Call): SimulatedReply {
  const objects = call.world.directory.containers('owners', userOf(call).id)
  const kinds: readonly Kind[] = ['group', 'application', 'servicePrincipal']
  return pageReply(call, { context: 'directoryObjects', kinds, objects, relation: true })
}

/** The id of the path, for routes that take any directory object. */
export const anyObject = (call: Call): DirectoryObject => {
  const object = call.world.directory.find(param(call))
  if (object === undefined) throw notFound(param(call))
  return object
}
