import type { PageShape, SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { reader, shown } from './projection.ts'
import { checkCount, listQuery, type Ordering, type Query } from './query.ts'
import { GraphError, json } from './reply.ts'
import type { Kind } from './schema.ts'

/** A collection that a request lists. */
export interface Listing {
  /** What stands behind `$metadata#` in `@odata.context`. */
  readonly context: string
  readonly kinds: readonly Kind[]
  readonly objects: Iterable<DirectoryObject>
  /** Reached over a relationship: objects carry `@odata.type` when kinds are mixed, filters are restricted. */
  readonly relation?: boolean
}

interface PageToken {
  readonly offset: number
  /** The last id of the page before, so that objects added or removed meanwhile do not shift the next one. */
  readonly after: string
  readonly issuedAt: number
}

function encodeToken(token: PageToken): string {
  return Buffer.from(JSON.stringify([token.offset, token.after, token.issuedAt])).toString('base64url')
}

function decodeToken(text: string, call: Call): PageToken {
  const expired = new GraphError(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in your request.',
  )
  try {
    const [offset, after, issuedAt] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[]
    if (typeof offset !== 'number' || typeof after !== 'string' || typeof issuedAt !== 'number') throw expired
    if (call.world.clock.now() - issuedAt > call.world.switches.pageTokenSeconds * 1000) throw expired
    return { offset, after, issuedAt }
  } catch {
    throw expired
  }
}

function startOf(items: readonly DirectoryObject[], token: PageToken): number {
  if (items[token.offset - 1]?.id === token.after) return token.offset
  const found = items.findIndex(({ id }) => id === token.after)
  return found === -1 ? Math.min(token.offset, items.length) : found + 1
}

function sorted(call: Call, items: DirectoryObject[], orderBy: readonly Ordering[]): DirectoryObject[] {
  if (orderBy.length === 0) return items
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

function matching(
  call: Call,
  listing: Listing,
  query: Pick<Query, 'filter' | 'search' | 'orderBy'>,
): DirectoryObject[] {
  const { directory } = call.world
  const items: DirectoryObject[] = []
  for (const object of listing.objects) {
    const read = reader(directory, object)
    if (query.filter?.matches(read) === false || query.search?.(read) === false) continue
    items.push(object)
  }
  return sorted(call, items, query.orderBy)
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

function nextLink(call: Call, token: PageToken): string {
  const link = new URL(call.request.url)
  for (const name of [...link.searchParams.keys()]) {
    if (/^\$?skiptoken$/i.test(name)) link.searchParams.delete(name)
  }
  const query = link.search.replaceAll('%24', '$').replaceAll('+', '%20').replaceAll('%2C', ',')
  return `${link.origin}${link.pathname}${query}${query === '' ? '?' : '&'}$skiptoken=${encodeToken(token)}`
}

/** Answers one page of a collection: filtered, sorted, at most `$top` items, with an opaque link to the next page. */
export function pageReply(call: Call, listing: Listing): SimulatedReply {
  const query = queryOf(call, listing)
  const items = matching(call, listing, query)
  const start = query.skipToken === undefined ? 0 : startOf(items, decodeToken(query.skipToken, call))
  const page = items.slice(start, start + query.top)
  const last = page.at(-1)
  const more = last !== undefined && start + page.length < items.length
  const shape = { select: query.select, expand: query.expand, typed: listing.kinds.length > 1 }
  const selected = query.select === undefined ? '' : `(${query.select.join(',')})`
  return json({
    '@odata.context': `${call.base}/$metadata#${listing.context}${selected}`,
    ...(query.count ? { '@odata.count': items.length } : {}),
    ...(more
      ? {
          '@odata.nextLink': nextLink(call, {
            offset: start + page.length,
            after: last.id,
            issuedAt: call.world.clock.now(),
          }),
        }
      : {}),
    value: page.map(object => shown(call.world.directory, object, shape)),
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
