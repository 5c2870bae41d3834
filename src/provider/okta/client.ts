import { setTimeout as sleep } from 'node:timers/promises'
import { defaultRetryPolicy, type RetryPolicy, withRetry } from '../../http/retry.ts'
import { RateLimitError, TenureError } from '../../model/errors.ts'
import type { Instant } from '../../model/ids.ts'
import { errorOf, faultFrom, type HeaderReader, MalformedError, retryAfterMs, unansweredError } from './errors.ts'
import { jsonOf } from './json.ts'
import type { OktaOptions } from './options.ts'
import { bucketOf, type OktaRequest } from './requests.ts'
import { mintToken, type TokenSource, tokenSource } from './token.ts'
import { headerOf, loadTransport, type SdkResponse, type Transport } from './transport.ts'

/** An answer of the API: parsed JSON (undefined without a body) and what its headers say. */
export interface Reply {
  readonly body: unknown
  readonly requestId: string | undefined
  /** Path and query of the next page of a list. */
  readonly next: string | undefined
}

/** Sends requests with the app's token, keeps to the rate limits and repeats what may be repeated. */
export interface OktaClient {
  /** Throws our errors only. A write that has been sent is never broken off by `signal`: its effect would be unknown. */
  send(request: OktaRequest, signal: AbortSignal, policy?: RetryPolicy): Promise<Reply>
  /** The scopes Okta granted of those that were asked for. */
  scopes(): Promise<ReadonlySet<string>>
  /** Okta's time and ours at the last answer. */
  clock(): { readonly theirs: Instant; readonly ours: Instant } | undefined
  readonly policy: RetryPolicy
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  readonly concurrency: number
  close(): Promise<void>
}

/** A client that loads the vendor's SDK at its first request. */
export function oktaClient(options: OktaOptions): OktaClient {
  const orgUrl = options.orgUrl.replace(/\/+$/, '')
  const timeoutMs = options.requestTimeoutMs ?? 30_000
  const policy = options.retry ?? defaultRetryPolicy
  const gates = new Map<string, number>()
  let clock: ReturnType<OktaClient['clock']>
  let transport: Promise<Transport> | undefined
  const loaded = (): Promise<Transport> => {
    transport ??= loadTransport({ ...options, orgUrl, timeoutMs, tokens: () => tokens })
    return transport
  }
  const mint = async () => {
    const { post } = await loaded()
    const forever = new AbortController().signal
    return withRetry(() => mintToken({ ...options, orgUrl, post }), 'Repeatable', forever, policy)
  }
  const tokens: TokenSource = tokenSource(mint, options.now)
  const note = (request: OktaRequest, header: HeaderReader): void => {
    const theirs = Date.parse(header('date') ?? '')
    if (Number.isFinite(theirs)) clock = { theirs, ours: options.now() }
    if (header('x-rate-limit-remaining') === '0') gates.set(bucketOf(request), performance.now() + retryAfterMs(header))
  }
  const attempt = async (request: OktaRequest, signal: AbortSignal, patience: RetryPolicy): Promise<Reply> => {
    await passGate(gates.get(bucketOf(request)), patience, signal)
    await tokens.get()
    return sendOnce({ transport: await loaded(), orgUrl, timeoutMs, note, signal }, request)
  }
  return {
    send: async (request, signal, patience = policy) =>
      withRetry(() => attempt(request, signal, patience), request.repeatable, signal, patience),
    scopes: async () => (await tokens.get()).scopes,
    clock: () => clock,
    policy,
    timeoutMs,
    concurrency: options.concurrency ?? 10,
    close: async () => (await transport)?.close(),
  }
}

/** Waits until a bucket that was used up opens again. Throws RateLimitError where that is longer than the policy waits. */
async function passGate(opensAt: number | undefined, policy: RetryPolicy, signal: AbortSignal): Promise<void> {
  const wait = (opensAt ?? 0) - performance.now()
  if (wait <= 0) return
  if (wait > policy.maxMs) throw new RateLimitError('The rate limit of Okta is used up.', wait)
  await sleep(wait, undefined, { signal })
}

interface Way {
  readonly transport: Transport
  readonly orgUrl: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly note: (request: OktaRequest, header: HeaderReader) => void
}

async function sendOnce(way: Way, request: OktaRequest): Promise<Reply> {
  way.signal.throwIfAborted()
  const limit = AbortSignal.timeout(way.timeoutMs)
  let response: SdkResponse
  let text: string
  try {
    response = await way.transport.call({
      url: `${way.orgUrl}${request.path}`,
      method: request.method,
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: request.method === 'GET' ? AbortSignal.any([way.signal, limit]) : limit,
    })
    text = await response.text()
  } catch (error) {
    throw sendError(error, request, way)
  }
  const header = headerOf(response)
  way.note(request, header)
  const body = jsonOf(text)
  if (body === undefined && text !== '') {
    const what = `${request.method} ${request.path.replace(/\?.*/, '')}`
    throw new MalformedError(`Okta answered ${what} with something that is not JSON.`, request.method === 'GET')
  }
  return { body, requestId: header('x-okta-request-id'), next: nextOf(header('link')) }
}

/** Our error for what the SDK threw: its own two errors carry a status, everything else means that no answer came. */
function sendError(error: unknown, request: OktaRequest, way: Way): unknown {
  if (error instanceof TenureError) return error
  const thrown = error as { readonly status?: unknown; readonly headers?: SdkResponse['headers'] }
  if (typeof thrown.status === 'number') {
    const header = headerOf(thrown)
    way.note(request, header)
    return errorOf(faultFrom(thrown.status, error, header), request, header)
  }
  if (way.signal.aborted && request.method === 'GET') return way.signal.reason
  return unansweredError(error, request)
}

/** Path and query only: a token is never sent to another host, whatever a link says. */
function nextOf(link: string | undefined): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1]
  if (target === undefined || !URL.canParse(target)) return undefined
  const { pathname, search } = new URL(target)
  return `${pathname}${search}`
}
