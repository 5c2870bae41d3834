import type { EntraClient } from './client.ts'
import { isRefusal } from './errors.ts'
import type { GraphItem } from './list.ts'
import { type DeltaRoot, followFromNow, followLink, type GraphRequest } from './requests.ts'

/** What changed since a link was given, and the link for the next time. */
export interface DeltaRound {
  readonly items: readonly GraphItem[]
  readonly link: string
}

/** What is followed: properties and relations of all objects, or of these. */
export interface Followed {
  readonly root: DeltaRoot
  readonly select: readonly string[]
  /** All when empty. */
  readonly ids: readonly string[]
}

/** More pages than these are not worth following: reading everything anew is as quick. */
const MOST_PAGES = 300

/** A link from now on; undefined where the tenant gives none, so that everything has to be read every time. */
export async function startDelta(
  client: EntraClient,
  { root, select, ids }: Followed,
  signal: AbortSignal,
): Promise<string | undefined> {
  return (await readRound(client, followFromNow(root, select, ids), signal))?.link
}

/**
 * What changed since a link was given; undefined when the tenant asks for a new start ("Use delta query": 410, `syncStateNotFound`,
 * `resyncRequired`, an expired token) or the answer is not clear.
 */
export async function readDelta(
  client: EntraClient,
  link: string,
  signal: AbortSignal,
): Promise<DeltaRound | undefined> {
  return await readRound(client, followLink(link), signal)
}

async function readRound(
  client: EntraClient,
  first: GraphRequest,
  signal: AbortSignal,
): Promise<DeltaRound | undefined> {
  const items: GraphItem[] = []
  const seen = new Set<string>()
  let request = first
  while (seen.size < MOST_PAGES && !seen.has(request.path)) {
    seen.add(request.path)
    const page = await readPage(client, request, signal)
    if (page === undefined) return undefined
    for (const item of page.items) items.push(item)
    if (page.done !== undefined) return { items, link: page.done }
    if (page.next === undefined) return undefined
    request = followLink(page.next)
  }
  return undefined
}

interface Page {
  readonly items: readonly GraphItem[]
  readonly next: string | undefined
  readonly done: string | undefined
}

async function readPage(client: EntraClient, request: GraphRequest, signal: AbortSignal): Promise<Page | undefined> {
  try {
    const { body } = await client.send(request, signal)
    const fields = (typeof body === 'object' && body !== null ? body : {}) as GraphItem
    const { value, '@odata.nextLink': next, '@odata.deltaLink': done } = fields
    if (!Array.isArray(value)) return undefined
    const text = (link: unknown): string | undefined => (typeof link === 'string' ? link : undefined)
    return { items: value as readonly GraphItem[], next: text(next), done: text(done) }
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}
