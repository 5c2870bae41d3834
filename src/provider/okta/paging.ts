import { NotFoundError, SnapshotError, TransientError } from '../../model/errors.ts'
import type { OktaClient } from './client.ts'
import { MalformedError } from './errors.ts'
import { listOf, objectOf, textOf } from './json.ts'
import type { OktaRequest } from './requests.ts'

/** A list that must be whole. */
export interface WholeList<Item extends { readonly id: string }> {
  /** What is read, for messages: `the members of group tenure-managed`. */
  readonly what: string
  /** The first page with so many items a page. */
  readonly page: (limit: number) => OktaRequest
  readonly parse: (json: unknown) => Item
  /** Page sizes of the first and of the second reading; pages must end elsewhere the second time. */
  readonly limits: readonly [number, number]
}

interface Reading<Item> {
  readonly items: Map<string, Item>
  /** Why it may not be whole. `Hard`: the pages contradict each other. `Soft`: it may have been cut off where a page ends. */
  readonly doubt?: { readonly kind: 'Hard' | 'Soft'; readonly why: string }
}

/**
 * Reads a list to its end, keyed by id. Okta gives no count and marks the last page only by leaving out the link to the next, so a
 * list is proven whole when it ends with a page that is not full; else it is read again with pages of another size, and both must
 * agree. Throws SnapshotError when it cannot be proven.
 */
export async function wholeList<Item extends { readonly id: string }>(
  client: OktaClient,
  list: WholeList<Item>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Item>> {
  try {
    const first = await firstReading(client, list, signal)
    if (first !== undefined && first.doubt === undefined) return first.items
    const second = await readPages(client, { list, limit: list.limits[1] }, signal)
    if (second.doubt === undefined) return second.items
    if (second.doubt.kind === 'Soft' && first?.doubt?.kind === 'Soft' && sameKeys(first.items, second.items))
      return second.items
    throw new SnapshotError(`Okta does not show ${list.what} in full: ${second.doubt.why}.`)
  } catch (error) {
    if (!(error instanceof NotFoundError || error instanceof MalformedError)) throw error
    throw new SnapshotError(`Okta does not show ${list.what}: ${error.message}`, { cause: error })
  }
}

/** Undefined when Okta fails on pages of this size: it answers 500 when a page takes too long. Source: Okta, Users API. */
async function firstReading<Item extends { readonly id: string }>(
  client: OktaClient,
  list: WholeList<Item>,
  signal: AbortSignal,
): Promise<Reading<Item> | undefined> {
  try {
    return await readPages(client, { list, limit: list.limits[0] }, signal)
  } catch (error) {
    if (error instanceof TransientError && error.answered && !(error instanceof MalformedError)) return undefined
    throw error
  }
}

async function readPages<Item extends { readonly id: string }>(
  client: OktaClient,
  { list, limit }: { readonly list: WholeList<Item>; readonly limit: number },
  signal: AbortSignal,
): Promise<Reading<Item>> {
  const items = new Map<string, Item>()
  const lengths: number[] = []
  const seen = new Set<string>()
  let request: OktaRequest = list.page(limit)
  for (;;) {
    seen.add(request.path)
    const { body, next } = await client.send(request, signal)
    if (!Array.isArray(body)) throw new MalformedError(`Okta answered ${list.what} with no list.`, true)
    const before = items.size
    const onPage = body.map(list.parse)
    for (const item of onPage) items.set(item.id, item)
    const why = contradiction(onPage, { known: before, total: items.size, loops: next !== undefined && seen.has(next) })
    if (why !== undefined) return { items, doubt: { kind: 'Hard', why } }
    lengths.push(body.length)
    if (next === undefined) return { items, ...endDoubt(lengths, limit) }
    request = { method: 'GET', path: next, repeatable: 'Repeatable' }
  }
}

/** What about a page cannot be right, whatever comes after it. */
function contradiction(
  page: readonly { readonly id: string }[],
  list: { readonly known: number; readonly total: number; readonly loops: boolean },
): string | undefined {
  if (new Set(page.map(item => item.id)).size < page.length) return 'a page names one entry twice'
  if (list.known > 0 && page.length > 0 && list.total === list.known) return 'a page repeats what came before'
  return list.loops ? 'a page leads back to one already read' : undefined
}

function endDoubt(lengths: readonly number[], limit: number): Pick<Reading<never>, 'doubt'> {
  const last = lengths.at(-1) ?? 0
  const earlier = lengths.slice(0, -1)
  if (earlier.length > 0 && lengths.every(length => length === 0))
    return { doubt: { kind: 'Hard', why: 'all of its pages are empty' } }
  if (last >= limit || (earlier.length > 0 && last >= Math.max(...earlier)))
    return { doubt: { kind: 'Soft', why: 'its last page is full, so more may have been cut off' } }
  return earlier.length > 0 && lengths.includes(0) ? { doubt: { kind: 'Soft', why: 'one of its pages is empty' } } : {}
}

function sameKeys(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): boolean {
  return one.size === other.size && [...one.keys()].every(key => other.has(key))
}

/** All items of a list whose completeness nothing destructive rests on. */
export async function allItems(
  client: OktaClient,
  first: OktaRequest,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const items: unknown[] = []
  const seen = new Set<string>()
  let request = first
  for (;;) {
    seen.add(request.path)
    const { body, next } = await client.send(request, signal)
    const inside = Array.isArray(body) ? body : listOf(objectOf(body).value)
    items.push(...inside)
    const following = next ?? linkOf(body)
    if (following === undefined || seen.has(following)) return items
    request = { method: 'GET', path: following, repeatable: 'Repeatable' }
  }
}

/** Some newer lists carry the link to the next page in the body. */
function linkOf(body: unknown): string | undefined {
  const href = textOf(objectOf(objectOf(objectOf(body)._links).next).href)
  if (href === undefined || !URL.canParse(href)) return undefined
  const { pathname, search } = new URL(href)
  return `${pathname}${search}`
}
