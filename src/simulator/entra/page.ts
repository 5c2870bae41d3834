import type { PageShape, SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import type { Directory, DirectoryObject } from './directory.ts'
import type { Keys } from './filter.ts'
import { isInOrder, noteOrder } from './links.ts'
import { decodePageToken, encodePageToken, type PageToken, startOf } from './page-token.ts'
import { ordinalOf, picked, walkKey } from './page-walk.ts'
import { reader, shown } from './projection.ts'
import { isIndexed } from './property-index.ts'
import { checkCount, listQuery, type Ordering, type Query } from './query.ts'
import { GraphError, json } from './reply.ts'
import type { Kind } from './schema.ts'

/** A collection that a request lists. */
export interface Listing {
  /** What stands behind `$metadata#` in `@odata.context`. */
  readonly context: string
  readonly kinds: readonly Kind[]
  readonly objects: Iterable<DirectoryObject>
  /** The objects are all live ones of the only kind, so that they can be found by index. */
  readonly all?: boolean
  /** Reached over a relationship: objects carry `@odata.type` when kinds are mixed, filters are restricted. */
  readonly relation?: boolean
}

/** Those objects for which a condition holds, picked only when they are gone through. */
export function only(
  objects: readonly DirectoryObject[],
  keep: (object: DirectoryObject) => boolean,
): Iterable<DirectoryObject> {
  const picked = {
    *[Symbol.iterator]() {
      for (const object of objects) if (keep(object)) yield object
    },
  }
  if (isInOrder(objects)) noteOrder(picked)
  return picked
}

function sorted(call: Call, items: DirectoryObject[], orderBy: readonly Ordering[]): DirectoryObject[] {
  const { directory } = call.world
  const keyed = items.map(item => ({
    item,
    keys: orderBy.map(({ property }) => String(reader(directory, item)(property) ?? '').toLowerCase()),
  }))
  keyed.sort((a, b) => {
    for (const [index, { descending }] of orderBy.entries()) {
      const [left = '', right = ''] = [a.keys[index], b.keys[index]]
      if (left !== right) return left < right !== descending ? -1 : 1
    }
    return 0
  })
  return keyed.map(({ item }) => item)
}

/** Objects among which all that match must be: by index where the filter allows it. */
function candidates(call: Call, { all, kinds, objects }: Listing, keys: Keys | undefined): Iterable<DirectoryObject> {
  const [kind] = kinds
  if (all !== true || kind === undefined || keys === undefined) return objects
  const { directory } = call.world
  const { property, values } = keys
  const found = (value: string): readonly DirectoryObject[] => {
    if (property === 'id') return [directory.find(value, kind) ?? []].flat()
    if (property === 'userPrincipalName' && kind === 'user') return [directory.user(value) ?? []].flat()
    return directory.having(kind, property, value)
  }
  if (property !== 'id' && !isIndexed(property)) return objects
  return new Set(values.flatMap(found))
}

type Conditions = Pick<Query, 'filter' | 'search' | 'orderBy'>

function matcher(call: Call, { filter, search }: Conditions): (object: DirectoryObject) => boolean {
  const { directory } = call.world
  if (filter === undefined && search === undefined) return () => true
  return object => {
    const read = reader(directory, object)
    return filter?.matches(read) !== false && search?.(read) !== false
  }
}

function matching(call: Call, listing: Listing, conditions: Conditions): DirectoryObject[] {
  const { filter, orderBy } = conditions
  const matches = matcher(call, conditions)
  const items: DirectoryObject[] = []
  for (const object of candidates(call, listing, filter?.keys)) if (matches(object)) items.push(object)
  if (orderBy.length > 0) return sorted(call, items, orderBy)
  const isOrdered = items.every((item, at) => at === 0 || ordinalOf(items[at - 1] ?? item) <= ordinalOf(item))
  return isOrdered ? items : items.sort((left, right) => ordinalOf(left) - ordinalOf(right))
}

interface Kept {
  readonly key: string
  readonly version: number
  readonly items: readonly DirectoryObject[]
}

const lastMatches = new WeakMap<Directory, Kept>()

/** What matches, kept until something is written, so that going through the pages does not search anew for each. */
function matchingOnce(call: Call, listing: Listing, query: Conditions): readonly DirectoryObject[] {
  const { directory } = call.world
  const options = ['$filter', '$search', '$orderby'].map(name => call.request.url.searchParams.get(name))
  const isPlain = options.every(option => option === null) && listing.relation !== true
  if (isPlain || directory.truth !== directory) return matching(call, listing, query)
  const key = walkKey(call.request.url)
  const kept = lastMatches.get(directory)
  if (kept?.key === key && kept.version === directory.version) return kept.items
  const items = matching(call, listing, query)
  lastMatches.set(directory, { key, version: directory.version, items })
  return items
}

function queryOf(call: Call, listing: Listing): Query {
  const query = listQuery(call.request.url, call.request.headers, {
    kinds: listing.kinds,
    relation: listing.relation ?? false,
    searchNeedsCount: call.world.switches.searchNeedsCount,
  })
  const mixed = listing.kinds.length > 1 && !call.world.switches.expandOnMixedMembers
  const [expansion] = query.expand
  if (mixed && expansion !== undefined) {
    const what = `Could not find a property named '${expansion.name}' on type 'microsoft.graph.directoryObject'.`
    throw new GraphError(400, 'BadRequest', `Parsing OData Select and Expand failed: ${what}`)
  }
  return query
}

/** The link to the page that a token stands for. */
export function nextLink(call: Call, token: PageToken): string {
  const link = new URL(call.request.url)
  for (const name of [...link.searchParams.keys()]) {
    if (/^\$?skiptoken$/i.test(name)) link.searchParams.delete(name)
  }
  const query = link.search.replaceAll('%24', '$').replaceAll('+', '%20').replaceAll('%2C', ',')
  return `${link.origin}${link.pathname}${query}${query === '' ? '?' : '&'}$skiptoken=${encodePageToken(token)}`
}

interface Window {
  readonly page: readonly DirectoryObject[]
  readonly total: number
  /** Where the next page starts. */
  readonly next: Omit<PageToken, 'issuedAt'> | undefined
}

function after(page: readonly DirectoryObject[], offset: number): Omit<PageToken, 'issuedAt'> | undefined {
  const last = page.at(-1)
  return last === undefined ? undefined : { offset, after: last.id, ordinal: last.ordinal ?? 0 }
}

/** A page of objects that come in their order, without going through more of them than it must. */
function orderedWindow(call: Call, objects: Iterable<DirectoryObject>, query: Query, token: PageToken): Window {
  const { page, more } = picked({
    directory: call.world.directory,
    key: walkKey(call.request.url),
    objects,
    keep: matcher(call, query),
    after: token.ordinal,
    count: query.top,
  })
  return { page, total: 0, next: more ? after(page, token.offset + page.length) : undefined }
}

/** Whether a page can be picked out of the objects as they come: nothing is sorted, counted or found by an index. */
function picksInOrder({ world }: Call, listing: Listing, { filter, orderBy, count }: Query): boolean {
  if (world.directory.truth !== world.directory || count || orderBy.length > 0) return false
  if (filter?.keys !== undefined && listing.all === true) return false
  return listing.all === true || isInOrder(listing.objects)
}

function windowOf(call: Call, listing: Listing, query: Query): Window {
  const fresh = { offset: 0, after: '', ordinal: 0, issuedAt: 0 }
  const token = query.skipToken === undefined ? fresh : decodePageToken(query.skipToken, call.world)
  const [kind] = listing.kinds
  const plain = query.filter === undefined && query.search === undefined && query.orderBy.length === 0
  if (plain && listing.all === true && kind !== undefined) {
    const objects = call.world.directory.all(kind)
    return { ...orderedWindow(call, objects.values(), query, token), total: query.count ? objects.size : 0 }
  }
  if (picksInOrder(call, listing, query)) return orderedWindow(call, listing.objects, query, token)
  const items = matchingOnce(call, listing, query)
  const start = startOf(items, token, query.orderBy.length === 0)
  const page = items.slice(start, start + query.top)
  const end = start + page.length
  return { page, total: items.length, next: end < items.length ? after(page, end) : undefined }
}

/** Answers one page of a collection: filtered, sorted, at most `$top` items, with an opaque link to the next page. */
export function pageReply(call: Call, listing: Listing): SimulatedReply {
  const query = queryOf(call, listing)
  const { page, total, next } = windowOf(call, listing, query)
  const isEmpty = call.world.switches.emptyPages && query.skipToken === undefined && page.length > 0
  const start = { offset: 0, after: '', ordinal: 0 }
  const follow = isEmpty ? start : next
  const shape = { select: query.select, expand: query.expand, typed: listing.kinds.length > 1 }
  const selected = query.select === undefined ? '' : `(${query.select.join(',')})`
  const link = follow === undefined ? undefined : nextLink(call, { ...follow, issuedAt: call.world.clock.now() })
  return json({
    '@odata.context': `${call.base}/$metadata#${listing.context}${selected}`,
    ...(query.count ? { '@odata.count': total } : {}),
    ...(link === undefined ? {} : { '@odata.nextLink': link }),
    value: isEmpty ? [] : page.map(object => shown(call.world.directory, object, shape)),
  })
}

/** Answers a collection that does not support paging: whatever `$top` says, all of it. */
export function wholeReply(call: Call, listing: Listing): SimulatedReply {
  const query = queryOf(call, listing)
  const items = matchingOnce(call, listing, query)
  const shape = { select: query.select, expand: query.expand, typed: listing.kinds.length > 1 }
  const selected = query.select === undefined ? '' : `(${query.select.join(',')})`
  return json({
    '@odata.context': `${call.base}/$metadata#${listing.context}${selected}`,
    ...(query.count ? { '@odata.count': items.length } : {}),
    value: items.map(object => shown(call.world.directory, object, shape)),
  })
}

/** Answers `/$count` of a collection as plain text. */
export function countReply(call: Call, listing: Listing): SimulatedReply {
  checkCount(call.request.headers)
  const url = new URL(call.request.url)
  url.searchParams.set('$count', 'true')
  const counted = { ...call, request: { ...call.request, url } }
  const total = matching(counted, listing, queryOf(counted, listing)).length
  return { status: 200, headers: [['Content-Type', 'text/plain']], body: String(total) }
}

/** Answers `/$ref` of a collection: links only. */
export function refsReply(call: Call, listing: Listing): SimulatedReply {
  const page = pageReply(call, listing)
  const body = page.body as { value: { id: string }[]; '@odata.nextLink'?: string }
  return json({
    '@odata.context': `${call.base}/$metadata#Collection($ref)`,
    ...(body['@odata.nextLink'] === undefined ? {} : { '@odata.nextLink': body['@odata.nextLink'] }),
    value: body.value.map(({ id }) => ({ '@odata.id': `${call.base}/directoryObjects/${id}` })),
  })
}

interface PageBody {
  readonly value: readonly unknown[]
}

function bent(reply: SimulatedReply, bend: (body: PageBody & Record<string, unknown>) => unknown): SimulatedReply {
  const { body } = reply
  if (typeof body !== 'object' || body === null || !Array.isArray((body as { value?: unknown }).value)) return reply
  return { ...reply, body: bend(body as PageBody & Record<string, unknown>) }
}

/** How faults bend a page of Microsoft Graph. */
export const GRAPH_PAGES: PageShape = {
  truncated: reply => bent(reply, ({ '@odata.nextLink': _link, ...rest }) => rest),
  empty: reply => bent(reply, body => ({ ...body, value: [] })),
  duplicate: reply => bent(reply, body => ({ ...body, value: [...body.value, ...body.value] })),
}
