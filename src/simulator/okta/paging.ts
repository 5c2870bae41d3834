import type { PageShape, SimulatedReply } from '../kernel.ts'
import { type Call, ok, query } from './call.ts'
import { invalid, invalidCursor, OktaError } from './errors.ts'

/** How long the pages of a list are. */
export interface PageSize {
  readonly byDefault: number
  readonly max: number
  /** Shorter pages than this are made this long; 1 where absent. */
  readonly min?: number
}

/** The `limit` of a call. Text that is no number and limits below 1 are refused; ones that are too long are cut. */
export function limitOf(call: Call, size: PageSize): number {
  const limit = limitSaid(call, size)
  const { slowPageLimit } = call.org.switches
  if (slowPageLimit > 0 && limit > slowPageLimit) throw new OktaError(500, 'E0000009')
  return limit
}

function limitSaid(call: Call, size: PageSize): number {
  const given = query(call, 'limit')
  if (given === undefined || given === '') return size.byDefault
  const limit = Number(given)
  if (!Number.isInteger(limit) || limit < 1) throw invalid('limit', 'limit: The limit must be a positive integer')
  return Math.max(Math.min(limit, size.max), size.min ?? 1)
}

/** Hides what a list needs to go on behind the last item of a page. */
export function cursorText(content: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** What `cursorText` hid, undefined without `after`. Refuses with E0000029 what this org never gave out. */
export function cursorOf(call: Call): readonly (string | number)[] | undefined {
  const after = query(call, 'after')
  if (after === undefined || after === '') return undefined
  try {
    const parsed: unknown = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'))
    if (Array.isArray(parsed) && parsed.every(item => typeof item === 'string' || typeof item === 'number'))
      return parsed
  } catch {
    throw invalidCursor()
  }
  throw invalidCursor()
}

/** The number a cursor of a list in order of creation holds; 0 at the start. */
export function seqOf(call: Call): number {
  const cursor = cursorOf(call)
  if (cursor === undefined) return 0
  const [seq] = cursor
  if (cursor.length !== 1 || typeof seq !== 'number') throw invalidCursor()
  return seq
}

/** A page with its two `Link` lines: `self`, and `next` where the list goes on behind `after`. */
export function pageReply(
  call: Call,
  items: readonly unknown[],
  next: { after: string; limit: number } | undefined,
  size?: PageSize,
): SimulatedReply {
  const { url } = call.request
  const links: [string, string][] = [['link', selfLink(url, size?.byDefault)]]
  if (next !== undefined) {
    const rest = [...url.searchParams].filter(([name]) => name !== 'after' && name !== 'limit')
    const search = new URLSearchParams([['after', next.after], ['limit', String(next.limit)], ...rest])
    links.push(['link', `<${url.origin}${url.pathname}?${search}>; rel="next"`])
  }
  return ok(items, links)
}

/** The `Link` line that leads back to the page itself; `limit` is what it says where the request said none. */
export function selfLink(url: URL, limit?: number): string {
  const said = url.searchParams.has('limit') || limit === undefined
  const parameters = new URLSearchParams([
    ...url.searchParams,
    ...(said ? [] : [['limit', String(limit)] as [string, string]]),
  ])
  const search = parameters.size === 0 ? '' : `?${parameters}`
  return `<${url.origin}${url.pathname}${search}>; rel="self"`
}

/** One page out of items in order of creation, starting behind the cursor. Stops as soon as the page is full. */
export function pageOf<Item extends { readonly seq: number }>(
  call: Call,
  items: Iterable<Item>,
  options: { readonly size: PageSize; readonly view: (item: Item) => unknown },
): SimulatedReply {
  const limit = limitOf(call, options.size)
  const start = seqOf(call)
  const page: Item[] = []
  for (const item of items) {
    if (item.seq <= start) continue
    if (page.length === limit)
      return pageReply(
        call,
        page.map(options.view),
        { after: cursorText([page.at(-1)?.seq ?? 0]), limit },
        options.size,
      )
    page.push(item)
  }
  return pageReply(call, page.map(options.view), undefined, options.size)
}

/** How faults bend a page of this org. */
export const oktaPages: PageShape = {
  truncated: reply => ({
    ...reply,
    headers: reply.headers.filter(([name, value]) => name.toLowerCase() !== 'link' || !value.includes('rel="next"')),
  }),
  empty: reply => (Array.isArray(reply.body) ? { ...reply, body: [] } : reply),
  duplicate: reply => (Array.isArray(reply.body) ? { ...reply, body: [...reply.body, ...reply.body] } : reply),
}
