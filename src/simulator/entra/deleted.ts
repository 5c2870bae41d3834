import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, type Fields, param } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { countReply, type Listing, pageReply } from './page.ts'
import { shown } from './projection.ts'
import { checkSensitive } from './protection.ts'
import { badRequest, conflictingObject, json, noContent, notFound } from './reply.ts'
import type { Kind } from './schema.ts'
import { originalName, uniqueUserValues } from './unique.ts'
import { objectReply } from './users.ts'

const CASTS: Readonly<Record<string, Kind>> = {
  'microsoft.graph.user': 'user',
  'microsoft.graph.group': 'group',
  'microsoft.graph.administrativeunit': 'administrativeUnit',
  'microsoft.graph.device': 'device',
  'microsoft.graph.application': 'application',
  'microsoft.graph.serviceprincipal': 'servicePrincipal',
}

function discardedOf(call: Call): DirectoryObject {
  const object = call.world.directory.bin().get(param(call).toLowerCase())
  if (object === undefined) throw notFound(param(call))
  return object
}

/** GET /directory/deletedItems/microsoft.graph.user and its like; without a kind it is refused. */
export function listDeleted(call: Call): SimulatedReply {
  const kind = CASTS[param(call).toLowerCase()]
  if (kind === undefined) return objectReply(call, discardedOf(call), 'directoryObjects', true)
  return pageReply(call, binListing(call, kind))
}

function binListing(call: Call, kind: Kind): Listing {
  const objects = [...call.world.directory.bin().values()].filter(object => object.kind === kind)
  return { context: `${kind}s`, kinds: [kind], objects }
}

/** GET /directory/deletedItems/microsoft.graph.user/$count. */
export function countDeleted(call: Call): SimulatedReply {
  const kind = CASTS[param(call).toLowerCase()]
  if (kind === undefined) throw notFound(param(call))
  return countReply(call, binListing(call, kind))
}

/** GET /directory/deletedItems. */
export function listAllDeleted(): SimulatedReply {
  throw badRequest('Retrieving deleted items needs a type: /directory/deletedItems/microsoft.graph.user')
}

function restoreOptions(call: Call): Fields {
  if (call.request.body.length === 0 || !call.world.switches.restoreOptions) return {}
  return bodyFields(call)
}

function restoreNames(call: Call, user: DirectoryObject, options: Fields): void {
  const { directory, switches } = call.world
  const wanted = options.newUserPrincipalName
  const name = typeof wanted === 'string' ? wanted : originalName(user)
  if (directory.holder('userPrincipalName', name) !== undefined) throw conflictingObject(switches.conflictCode)
  const proxies = (user.properties.proxyAddresses ?? []) as string[]
  const free = proxies.filter(proxy => directory.holder('proxyAddresses', proxy) === undefined)
  if (free.length < proxies.length && options.autoReconcileProxyConflict !== true)
    throw conflictingObject(switches.conflictCode)
  user.properties.userPrincipalName = name
  if (proxies.length > 0) user.properties.proxyAddresses = free
  for (const [property, values] of uniqueUserValues(user)) {
    for (const value of values) directory.claim(property, value, user.id)
  }
}

/** POST /directory/deletedItems/{id}/restore: the object is back with its links. */
export function restoreDeleted(call: Call): SimulatedReply {
  const object = discardedOf(call)
  const { directory } = call.world
  if (object.kind === 'user') {
    checkSensitive(call.world, call.application, object)
    restoreNames(call, object, restoreOptions(call))
  }
  directory.restore(object)
  const body = shown(directory, object, { select: undefined, expand: [], typed: true })
  return json({ '@odata.context': `${call.base}/$metadata#directoryObjects/$entity`, ...body })
}

/** DELETE /directory/deletedItems/{id}: gone for good. */
export function purgeDeleted(call: Call): SimulatedReply {
  const object = discardedOf(call)
  if (object.kind === 'user') checkSensitive(call.world, call.application, object)
  call.world.directory.purge(object)
  return noContent()
}
