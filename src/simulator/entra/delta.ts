import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import { deltaBody, isTracked, linkCount, newSummary, type Summary, summarize, type Tracked } from './delta-changes.ts'
import { firstPage, LINKS_PER_PAGE } from './delta-first.ts'
import { type DeltaPosition, decodeDelta, encodeDelta } from './delta-token.ts'
import type { Directory } from './directory.ts'
import { deltaLag } from './lag.ts'
import { type DeltaOptions, deltaOptions } from './query.ts'
import { badRequest, GraphError, json } from './reply.ts'
import { roleSource } from './role-members.ts'
import type { Kind } from './schema.ts'

const TOKEN_MS = 7 * 86_400_000
const REPLAYED = 5

interface DeltaRoot {
  readonly kinds: readonly Kind[]
  /** What `$select` may name besides properties. */
  readonly relations: readonly string[]
  /** Relations that are followed without `$select`. */
  readonly usual: readonly string[]
  readonly typed: boolean
}

const ROOTS: Readonly<Record<string, DeltaRoot>> = {
  users: { kinds: ['user'], relations: ['manager'], usual: [], typed: false },
  groups: { kinds: ['group'], relations: ['members', 'owners'], usual: ['members'], typed: false },
  'directory/administrativeUnits': {
    kinds: ['administrativeUnit'],
    relations: ['members'],
    usual: ['members'],
    typed: false,
  },
  servicePrincipals: { kinds: ['servicePrincipal'], relations: [], usual: [], typed: false },
  applications: { kinds: ['application'], relations: [], usual: [], typed: false },
  directoryRoles: { kinds: ['directoryRole'], relations: ['members'], usual: ['members'], typed: false },
  contacts: { kinds: ['orgContact'], relations: [], usual: [], typed: false },
  // There are none of these in the tenant, so that their delta stays empty.
  oauth2PermissionGrants: { kinds: [], relations: [], usual: [], typed: false },
  devices: { kinds: ['device'], relations: [], usual: [], typed: false },
  directoryObjects: {
    kinds: ['user', 'group', 'administrativeUnit', 'device', 'servicePrincipal'],
    relations: [],
    usual: [],
    typed: true,
  },
}

function rootOf(name: string): DeltaRoot {
  const root = ROOTS[name]
  if (root === undefined) throw new Error(`There is no delta of ${name}.`)
  return root
}

/** The changes that this delta may know by now: with lag, only those that every replica has. */
function known(call: Call, directory: Directory): number {
  const { switches, lag, clock } = call.world
  return switches.lag ? directory.changes.seqAt(clock.now() - deltaLag(lag)) : directory.changes.seq
}

function started(call: Call, name: string, options: DeltaOptions): DeltaPosition {
  const directory = call.world.directory.truth
  return {
    epoch: directory.changes.epoch,
    root: name,
    select: options.select,
    ids: options.ids,
    kinds: options.kinds,
    seq: known(call, directory),
    issuedAt: call.world.clock.now(),
    first: options.latest ? undefined : { ordinal: 0, links: undefined, bin: undefined },
  }
}

function resync(call: Call): GraphError {
  const { origin, pathname } = call.request.url
  if (call.world.switches.deltaExpired === 'syncStateNotFound')
    return new GraphError(400, 'syncStateNotFound', 'The sync state generation is not found. A full sync is required.')
  const gone = new GraphError(410, 'resyncRequired', 'Resync required. The delta token is no longer valid.')
  gone.headers = [['Location', `${origin}${pathname}?$deltatoken=`]]
  return gone
}

function continued(call: Call, name: string, { token = '', begins }: DeltaOptions): DeltaPosition {
  const position = decodeDelta(token)
  if (position === undefined || position.root !== name) throw badRequest('Badly formed token.')
  const { changes } = call.world.directory.truth
  const { clock, switches } = call.world
  const lost = position.epoch !== changes.epoch || position.seq < changes.oldest
  if (lost || clock.now() - position.issuedAt > TOKEN_MS) throw resync(call)
  if (!switches.deltaReplays || !begins) return position
  return { ...position, seq: Math.max(changes.oldest, position.seq - REPLAYED) }
}

function trackedBy(call: Call, root: DeltaRoot, position: DeltaPosition): Tracked {
  const { select, ids } = position
  const relations = select === undefined ? root.usual : root.relations.filter(name => select.includes(name))
  return {
    kinds: position.kinds ?? root.kinds,
    ids: ids === undefined ? undefined : new Set(ids),
    select: select?.filter(name => !root.relations.includes(name)),
    relations,
    typed: root.typed,
    byMember: call.world.switches.deltaMemberRemovals,
    roles: root.kinds.includes('directoryRole') ? roleSource(call.world) : undefined,
  }
}

interface Page {
  readonly value: readonly unknown[]
  readonly next: DeltaPosition
  readonly more: boolean
}

function changesPage(call: Call, position: DeltaPosition, tracked: Tracked): Page {
  const directory = call.world.directory.truth
  const limit = known(call, directory)
  const summaries = new Map<string, Summary>()
  let [seq, links, more] = [position.seq, 0, false]
  for (const change of directory.changes.after(position.seq)) {
    if (change.seq > limit) break
    if (isTracked(change, tracked)) {
      const full = summaries.size >= call.world.switches.deltaPageSize && !summaries.has(change.id)
      more = full || links >= LINKS_PER_PAGE
      if (more) break
      const summary = summaries.get(change.id) ?? newSummary()
      const before = linkCount(summary)
      summarize(summary, change)
      links += linkCount(summary) - before
      summaries.set(change.id, summary)
    }
    seq = change.seq
  }
  const { switches } = call.world
  const minimal = /\breturn=minimal\b/i.test(call.request.headers.prefer ?? '')
  const value = [...summaries].map(([id, summary]) => deltaBody(directory, id, summary, { tracked, minimal }))
  return { value: switches.deltaOrder === 'any' ? value.reverse() : value, next: { ...position, seq }, more }
}

function pageOf(call: Call, position: DeltaPosition, tracked: Tracked, begun: boolean): Page {
  if (!begun && call.world.switches.emptyPages) return { value: [], next: position, more: true }
  if (position.first === undefined) return changesPage(call, position, tracked)
  const { value, first } = firstPage(call, position.first, tracked)
  return { value, next: { ...position, first }, more: first !== undefined }
}

/** GET of a delta function: `root` is the path before `/delta`. */
export function deltaReply(root: string): (call: Call) => SimulatedReply {
  return call => {
    const refusing = call.world.switches.deltaOptions === 'refused'
    const options = deltaOptions(call.request.url, { ...rootOf(root), refusing })
    const begun = options.token !== undefined
    const position = options.token === undefined ? started(call, root, options) : continued(call, root, options)
    const tracked = trackedBy(call, rootOf(root), position)
    const page = options.latest ? { value: [], next: position, more: false } : pageOf(call, position, tracked, begun)
    const token = encodeDelta({ ...page.next, issuedAt: call.world.clock.now() })
    const { origin, pathname } = call.request.url
    const link = `${origin}${pathname}?${page.more ? '$skiptoken' : '$deltatoken'}=${token}`
    const selected = position.select === undefined ? '' : `(${position.select.join(',')})`
    return json({
      '@odata.context': `${call.base}/$metadata#${root}${selected}`,
      [page.more ? '@odata.nextLink' : '@odata.deltaLink']: link,
      value: page.value,
    })
  }
}
