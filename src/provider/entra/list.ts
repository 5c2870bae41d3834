import { SnapshotError } from '../../model/errors.ts'
import { isRefusal } from './errors.ts'
import type { GraphAnswer } from './middleware.ts'
import type { GraphRequest } from './requests.ts'

/** One page after another of a list. */
export interface Listing {
  readonly items: readonly GraphItem[]
  /** `@odata.count` of the first page, where it was asked for. */
  readonly count: number | undefined
}

/** A list's name for people, and which of its items to keep, all when absent. */
export type ListName = string | { readonly name: string; readonly keep: (item: GraphItem) => boolean }

/** One item of a list. */
export type GraphItem = Readonly<Record<string, unknown>>

/** Sends one request for a page. */
export type SendPage = (request: GraphRequest, signal: AbortSignal) => Promise<GraphAnswer>

const MOST_PAGES = 100_000

/** Every page of a list, its chain of links closed, or SnapshotError. */
export async function wholeList(
  send: SendPage,
  { request, list }: { readonly request: GraphRequest; readonly list: ListName },
  signal: AbortSignal,
): Promise<Listing> {
  const items: GraphItem[] = []
  const { name, keep } = typeof list === 'string' ? { name: list, keep: () => true } : list
  const seen = new Set<string>()
  let count: number | undefined
  let page: GraphRequest | undefined = request
  while (page !== undefined) {
    seen.add(page.path)
    const body = pageOf((await readPage(send, page, { list: name, first: page === request, signal })).body, name)
    if (page === request) count = body.count
    for (const item of body.items) if (keep(item)) items.push(item)
    if (body.next !== undefined && (seen.has(body.next) || seen.size >= MOST_PAGES)) {
      throw new SnapshotError(
        `The pages of ${name} lead back to one already read, so the list is not known to be whole.`,
      )
    }
    page = body.next === undefined ? undefined : { ...request, path: body.next }
  }
  return { items, count }
}

interface PageRead {
  readonly list: string
  readonly first: boolean
  readonly signal: AbortSignal
}

/** A refused first page is the caller's to judge; a refused later one means that the chain of pages broke. */
async function readPage(send: SendPage, page: GraphRequest, { list, first, signal }: PageRead): Promise<GraphAnswer> {
  try {
    return await send(page, signal)
  } catch (error) {
    if (first || !isRefusal(error)) throw error
    throw new SnapshotError(`The pages of ${list} broke off: ${error.message}`, { cause: error })
  }
}

interface Page {
  readonly items: readonly GraphItem[]
  readonly next: string | undefined
  readonly count: number | undefined
}

function pageOf(body: unknown, list: string): Page {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const { value, '@odata.nextLink': next, '@odata.count': count } = fields
  if (!Array.isArray(value)) throw new SnapshotError(`A page of ${list} holds no list.`)
  return {
    items: value as readonly GraphItem[],
    next: typeof next === 'string' ? next : undefined,
    count: typeof count === 'number' ? count : undefined,
  }
}
