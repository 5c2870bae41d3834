import type { PaceLane } from '../../http/lane-queue.ts'
import { defaultRetryPolicy, type RetryPolicy } from '../../http/retry.ts'
import { machineTime, type Time } from '../../http/time.ts'
import type { Deliver } from '../../model/credential.ts'
import type { AttributeName, Instant, ProviderName } from '../../model/ids.ts'
import { Batcher } from './batch.ts'
import { type Listing, type ListName, wholeList } from './list.ts'
import type { GraphAnswer } from './middleware.ts'
import type { GraphRequest } from './requests.ts'
import { type EntraAttribute, readAttributes, selectedProperties } from './schema.ts'
import { type TokenSource, tokenSource } from './token.ts'
import type { EntraCredential } from './token-options.ts'
import { graphTransport } from './transport.ts'
import { Fresh } from './visibility.ts'

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

/** What every part of this provider works with. */
export interface EntraClient {
  readonly options: EntraOptions
  readonly graphUrl: string
  readonly concurrency: number
  readonly retry: RetryPolicy
  readonly token: TokenSource
  /** Aborted when the client is closed; for work that is nobody's alone. */
  readonly closing: AbortSignal
  /** Attributes that are read, and the properties that hold them. */
  readonly attributes: readonly EntraAttribute[]
  readonly select: readonly string[]
  /** What waiting is measured by. */
  readonly time: Time
  /** The same client, whose calls wait in this lane. */
  at(lane: PaceLane): EntraClient
  /** Sends a request, together with others that come at the same moment. */
  send(request: GraphRequest, signal: AbortSignal): Promise<GraphAnswer>
  /** Every page of a list, its chain of links closed, or SnapshotError. */
  list(request: GraphRequest, list: ListName, signal: AbortSignal): Promise<Listing>
  /** Like `list`, for short lists that are read for many at the same moment. */
  listTogether(request: GraphRequest, list: ListName, signal: AbortSignal): Promise<Listing>
  /** The tenant has so many users, which decides over how much may be read. */
  learnSize(users: number): void
  /** Says that we have just made this object, which reads and links may not see for a while. */
  noteCreated(id: string): void
  /** Says that we have just deleted it, so that missing it is no surprise. */
  noteDeleted(id: string): void
  /** Like `send`, and patient with a refusal that only says that an object of ours is not visible yet. */
  sendWhenVisible(request: GraphRequest, ids: readonly string[], signal: AbortSignal): Promise<GraphAnswer>
  close(): Promise<void>
}

/** So long a 429 is waited for, in milliseconds: the window of writes, and a margin. */
const livePolicy: RetryPolicy = { ...defaultRetryPolicy, maxMs: 170_000 }

/** Connects to nothing yet; the first call does. */
export function entraClient(options: EntraOptions): EntraClient {
  const graphUrl = (options.graphUrl ?? 'https://graph.microsoft.com').replace(/\/+$/, '')
  const { retry = livePolicy, time = machineTime, requestTimeoutMs: timeoutMs = 30_000, concurrency = 10 } = options
  const ca = options.ca === undefined ? {} : { ca: options.ca }
  const { tenantId, clientId, credential, authorityHost = 'https://login.microsoftonline.com' } = options
  const token = tokenSource({ tenantId, clientId, credential, authorityHost, graphUrl, retry, timeoutMs, time, ...ca })
  const quota = options.quotaPercent === undefined ? {} : { quotaPercent: options.quotaPercent }
  const sending = { graphUrl, token, connections: concurrency, timeoutMs, retry, time }
  const transport = graphTransport({ ...sending, ...quota, ...ca })
  const fresh = new Fresh(time, retry)
  const closing = new AbortController()
  const batcher = new Batcher({ transport, retry, time })
  const shared = {
    options,
    graphUrl,
    concurrency,
    retry,
    time,
    token,
    closing: closing.signal,
    attributes: readAttributes(options.extraAttributes),
    select: selectedProperties(options.extraAttributes),
    learnSize: (users: number) => transport.pace.learnSize(users),
    noteCreated: (id: string) => fresh.add(id),
    noteDeleted: (id: string) => fresh.remove(id),
    close: async () => {
      closing.abort()
      token.close()
      await transport.close()
    },
  }
  const at = (lane: PaceLane): EntraClient => {
    const send = (request: GraphRequest, signal: AbortSignal): Promise<GraphAnswer> =>
      batcher.send(request, signal, lane)
    const plainly = (request: GraphRequest, signal: AbortSignal): Promise<GraphAnswer> =>
      transport.send(request, signal, lane)
    return {
      ...shared,
      at,
      send,
      list: (request, list, signal) => wholeList(plainly, { request, list }, signal),
      listTogether: (request, list, signal) => wholeList(send, { request, list }, signal),
      sendWhenVisible: (request, ids, signal) =>
        fresh.patiently(() => send(request, signal), { ids, writing: request.method !== 'GET', signal }),
    }
  }
  return at('Repair')
}
