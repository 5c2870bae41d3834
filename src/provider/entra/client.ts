import { setTimeout as sleep } from 'node:timers/promises'
import { defaultRetryPolicy, type RetryPolicy } from '../../http/retry.ts'
import type { Time } from '../../http/time.ts'
import type { Deliver } from '../../model/credential.ts'
import { SnapshotError } from '../../model/errors.ts'
import type { AttributeName, Instant, ProviderName } from '../../model/ids.ts'
import { isRefusal, MissingError, RefusedError } from './errors.ts'
import type { GraphAnswer } from './middleware.ts'
import type { GraphRequest } from './requests.ts'
import { type EntraAttribute, readAttributes, selectedProperties } from './schema.ts'
import { type TokenSource, tokenSource } from './token.ts'
import type { EntraCredential } from './token-options.ts'
import { graphTransport, type Transport } from './transport.ts'

/** How to reach and manage one Entra tenant. */
export interface EntraOptions {
  readonly name: ProviderName
  readonly tenantId: string
  readonly clientId: string
  readonly credential: EntraCredential
  /** Microsoft Graph; another for a national cloud. `https://graph.microsoft.com` when absent. */
  readonly graphUrl?: string
  /** Where tokens come from. `https://login.microsoftonline.com` when absent. */
  readonly authorityHost?: string
  /** Exact name of the marker group; the other one is it and `-blocked`. */
  readonly marker: string
  /** A PEM to trust besides the well-known authorities. */
  readonly ca?: string
  /** Both block a leaver by disabling; with `Delete` the chain deletes after the grace. */
  readonly offboardingAction: 'Disable' | 'Delete'
  readonly now: () => Instant
  /** Attributes outside the default table that an IdentityProvider names. */
  readonly extraAttributes: readonly AttributeName[]
  readonly retry?: RetryPolicy
  /** 30 seconds when absent. */
  readonly requestTimeoutMs?: number
  /** Calls at one time; 10 when absent. */
  readonly concurrency?: number
  /** Share of the vendor's rate limits to use, in percent; 50 when absent. */
  readonly quotaPercent?: number
  /** What waiting is measured by; the machine's time when absent. */
  readonly time?: Time
  /** Where a Temporary Access Pass goes; none is made when absent. */
  readonly deliver?: Deliver
}

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

/** What every part of this provider works with. */
export interface EntraClient {
  readonly options: EntraOptions
  readonly graphUrl: string
  readonly concurrency: number
  readonly retry: RetryPolicy
  readonly token: TokenSource
  /** Attributes that are read, and the properties that hold them. */
  readonly attributes: readonly EntraAttribute[]
  readonly select: readonly string[]
  send(request: GraphRequest, signal: AbortSignal): Promise<GraphAnswer>
  /** Every page of a list, its chain of links closed, or SnapshotError. */
  list(request: GraphRequest, list: ListName, signal: AbortSignal): Promise<Listing>
  /** Says that we have just made this object, which reads and links may not see for a while. */
  noteCreated(id: string): void
  /** Says that we have just deleted it, so that missing it is no surprise. */
  noteDeleted(id: string): void
  /** Like `send`, and patient with a refusal that only says that an object of ours is not visible yet. */
  sendWhenVisible(request: GraphRequest, ids: readonly string[], signal: AbortSignal): Promise<GraphAnswer>
  close(): Promise<void>
}

/** How long after we made it an object may be missing from what Graph knows, in milliseconds. */
const VISIBLE_AFTER_MS = 60_000
const LONGEST_PAUSE_MS = 8000
const MOST_PAGES = 100_000

/** Connects to nothing yet; the first call does. */
export function entraClient(options: EntraOptions): EntraClient {
  const graphUrl = (options.graphUrl ?? 'https://graph.microsoft.com').replace(/\/+$/, '')
  const retry = options.retry ?? defaultRetryPolicy
  const timeoutMs = options.requestTimeoutMs ?? 30_000
  const concurrency = options.concurrency ?? 10
  const ca = options.ca === undefined ? {} : { ca: options.ca }
  const token = tokenSource({
    tenantId: options.tenantId,
    clientId: options.clientId,
    credential: options.credential,
    authorityHost: options.authorityHost ?? 'https://login.microsoftonline.com',
    graphUrl,
    retry,
    timeoutMs,
    ...ca,
  })
  const transport = graphTransport({ graphUrl, token, connections: concurrency, timeoutMs, retry, ...ca })
  const created = new Map<string, number>()
  return {
    options,
    graphUrl,
    concurrency,
    retry,
    token,
    attributes: readAttributes(options.extraAttributes),
    select: selectedProperties(options.extraAttributes),
    send: (request, signal) => transport.send(request, signal),
    list: (request, list, signal) => wholeList(transport, { request, list }, signal),
    noteCreated: id => noteCreated(created, id),
    noteDeleted: id => {
      created.delete(id)
    },
    sendWhenVisible: (request, ids, signal) => {
      const since = performance.now() - VISIBLE_AFTER_MS
      const fresh = ids.filter(id => (created.get(id) ?? since) > since)
      const call = (): Promise<GraphAnswer> => transport.send(request, signal)
      return fresh.length === 0 ? call() : patiently(call, { fresh, retry, signal })
    },
    close: async () => {
      token.close()
      await transport.close()
    },
  }
}

function noteCreated(created: Map<string, number>, id: string): void {
  const now = performance.now()
  for (const [known, at] of created) if (now - at >= VISIBLE_AFTER_MS) created.delete(known)
  created.set(id, now)
}

const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i

/**
 * What a fresh object looks like to a replica that has not heard of it: "does not exist" with its id, or with no id, and sometimes
 * "invalid values". When another id is named, that one is missing, and waiting does not help.
 */
function mayBeLag(error: unknown, fresh: readonly string[]): boolean {
  if (!(error instanceof MissingError || error instanceof RefusedError)) return false
  const { message } = error.refusal
  if (error instanceof MissingError) return !GUID.test(message) || fresh.some(id => message.includes(id))
  return /do(es)? not exist|One or more property values specified are invalid/i.test(message)
}

interface Patience {
  readonly fresh: readonly string[]
  readonly retry: RetryPolicy
  readonly signal: AbortSignal
}

async function patiently<T>(call: () => Promise<T>, { fresh, retry, signal }: Patience): Promise<T> {
  const end = performance.now() + VISIBLE_AFTER_MS
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      const pause = Math.min(LONGEST_PAUSE_MS, retry.maxMs, retry.baseMs * 2 ** (attempt - 1))
      if (!mayBeLag(error, fresh) || attempt > 12 || performance.now() + pause > end) throw error
      await sleep(pause, undefined, { signal })
    }
  }
}

async function wholeList(
  transport: Transport,
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
    const body = pageOf((await readPage(transport, page, { list: name, first: page === request, signal })).body, name)
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
async function readPage(
  transport: Transport,
  page: GraphRequest,
  { list, first, signal }: PageRead,
): Promise<GraphAnswer> {
  try {
    return await transport.send(page, signal)
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
