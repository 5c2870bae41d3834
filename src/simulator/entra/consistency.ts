import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { replicaLag } from './lag.ts'
import { isRead } from './quota.ts'
import { isHidden, Replica } from './replica.ts'
import { badRequest, GraphError, notFound } from './reply.ts'
import type { Route } from './routes.ts'

/** When objects were last written to, by id, in milliseconds since 1970. */
export type LastWrites = Map<string, number>

const EXCHANGE_PROPERTIES: ReadonlySet<string> = new Set([
  'allowExternalSenders',
  'autoSubscribeNewMembers',
  'hideFromAddressLists',
  'hideFromOutlookClients',
])
const CONCURRENT = 'Due to concurrent requests, the object could not be changed. Repeat the request after a delay.'
const NEW_SOURCE = 'The source resource object or one of the objects being referenced do not exist.'

function targetOf(call: Call): DirectoryObject | undefined {
  const key = call.params[0] ?? ''
  return call.world.directory.find(key) ?? call.world.directory.user(key)
}

/** A group that was made inside a unit a short while ago is not found where `$select` names what Exchange keeps. */
function checkUnitGroup(call: Call): void {
  const { directory, lag, clock } = call.world
  const select = call.request.url.searchParams.get('$select')?.split(',') ?? []
  const [id = ''] = call.params
  const madeAt = directory.changes.madeAt(id.toLowerCase())
  if (madeAt === undefined || !select.some(name => EXCHANGE_PROPERTIES.has(name))) return
  if (clock.now() >= madeAt + lag.unitGroupSeconds * 1000 || directory.find(id, 'group') === undefined) return
  if (directory.containers('members', id.toLowerCase()).some(({ kind }) => kind === 'administrativeUnit'))
    throw notFound(id)
}

/** The call as a replica answers it that may lag behind. */
function atReplica(call: Call): Call {
  const { world, request } = call
  const now = world.clock.now()
  const asOf = now - replicaLag(world.lag, now, `${request.method} ${request.url.pathname}${request.url.search}`)
  const ofUnits = /administrativeUnits|memberOf/i.test(request.url.pathname)
  const unitMembersAsOf = ofUnits ? Math.min(asOf, now - world.lag.unitMemberSeconds * 1000) : asOf
  const directory = new Replica(world.directory, { lag: world.lag, now, asOf, unitMembersAsOf })
  return directory.isCurrent ? call : { ...call, world: { ...world, directory } }
}

function checkConcurrency(call: Call, id: string, lastWrites: LastWrites): void {
  const { clock, switches } = call.world
  if (switches.concurrentWriteMs === 0 && switches.transientInvalidMs === 0) return
  const now = clock.now()
  const last = lastWrites.get(id)
  lastWrites.set(id, now)
  if (last !== undefined && now - last < switches.transientInvalidMs) {
    lastWrites.delete(id)
    throw badRequest('One or more property values specified are invalid.')
  }
  if (last === undefined || now - last >= switches.concurrentWriteMs) return
  const error = new GraphError(409, 'Directory_ConcurrencyViolation', CONCURRENT)
  if (switches.retryAfter) error.headers = [['Retry-After', '1']]
  throw error
}

/** Answers a write and has the directory note what changed of the object that the path names. */
function written(call: Call, route: Route, lastWrites: LastWrites): SimulatedReply {
  const { directory } = call.world
  const target = targetOf(call)
  directory.version += 1
  if (target === undefined) return route.answer(call)
  checkConcurrency(call, target.id, lastWrites)
  const before = structuredClone(target.properties)
  try {
    return route.answer(call)
  } finally {
    if (directory.all(target.kind).get(target.id) === target) directory.changed(target, before)
  }
}

/** Answers a call by the tenant's consistency: all at once, or, with lag on, as replicas and new objects let it. */
export function consistentReply(call: Call, route: Route, lastWrites: LastWrites): SimulatedReply {
  const { directory, switches, lag, clock } = call.world
  const reading = isRead(call.request)
  if (!switches.lag) return reading ? route.answer(call) : written(call, route, lastWrites)
  if (reading) {
    checkUnitGroup(call)
    return route.answer(atReplica(call))
  }
  const time = { lag, now: clock.now() }
  const isNew = (object: DirectoryObject): boolean => isHidden(directory, object, time)
  const target = targetOf(call)
  const linking = call.request.method === 'POST' && call.request.url.pathname.endsWith('/$ref')
  if (linking && target !== undefined && isNew(target)) throw badRequest(NEW_SOURCE)
  return directory.whileHiding(isNew, () => written(call, route, lastWrites))
}
