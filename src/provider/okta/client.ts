import type { PaceLane } from '../../http/lane-queue.ts'
import { defaultRetryPolicy, type RetryPolicy, withRetry } from '../../http/retry.ts'
import { machineTime, type Time } from '../../http/time.ts'
import { TenureError } from '../../model/errors.ts'
import type { Instant } from '../../model/ids.ts'
import { Possession } from './dpop.ts'
import { errorOf, faultFrom, type HeaderReader, MalformedError, TokenRefusedError, unansweredError } from './errors.ts'
import { jsonOf } from './json.ts'
import type { OktaOptions } from './options.ts'
import { type Heard, Pacing } from './pacing.ts'
import { bucketOf, type OktaRequest } from './requests.ts'
import { type AccessToken, mintToken, type TokenSource, tokenSource } from './token.ts'
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
  /** The same client, whose calls wait in another lane. */
  inLane(lane: PaceLane): OktaClient
  /** The scopes Okta granted of those that were asked for. */
  scopes(): Promise<ReadonlySet<string>>
  /** Okta's time and ours at the last answer. */
  clock(): { readonly theirs: Instant; readonly ours: Instant } | undefined
  readonly policy: RetryPolicy
  /** What waiting is measured by. */
  readonly time: Time
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number
  readonly concurrency: number
  /** Gives up what waits, lets what is in flight end, and closes all connections. */
  close(): Promise<void>
}

/** A client that loads the vendor's SDK at its first request. */
export function oktaClient(options: OktaOptions): OktaClient {
  const connection = new Connection(options)
  const view = (lane: PaceLane): OktaClient => ({
    send: async (request, signal, policy = connection.policy) =>
      withRetry(() => connection.attempt(request, lane, signal), request.repeatable, signal, policy),
    inLane: view,
    scopes: () => connection.scopes(lane),
    clock: () => connection.clock,
    policy: connection.policy,
    time: connection.time,
    timeoutMs: connection.timeoutMs,
    concurrency: connection.concurrency,
    close: () => connection.close(),
  })
  return view('Repair')
}

/** What all lanes share: the token, the limits, the sockets and the clock. */
class Connection {
  readonly policy: RetryPolicy
  readonly time: Time
  readonly timeoutMs: number
  readonly concurrency: number
  readonly #options: OktaOptions
  readonly #orgUrl: string
  readonly #pacing: Pacing
  readonly #possession = new Possession()
  readonly #tokens: TokenSource
  readonly #closing = new AbortController()
  #transport: Promise<Transport> | undefined
  clock: ReturnType<OktaClient['clock']>

  constructor(options: OktaOptions) {
    this.#options = options
    this.#orgUrl = options.orgUrl.replace(/\/+$/, '')
    this.time = options.time ?? machineTime
    this.timeoutMs = options.requestTimeoutMs ?? 30_000
    this.concurrency = options.concurrency ?? 10
    this.policy = { time: this.time, ...(options.retry ?? defaultRetryPolicy) }
    const { quotaPercent = 50 } = options
    this.#pacing = new Pacing({ share: quotaPercent / 100, concurrency: this.concurrency, time: this.time })
    this.#tokens = tokenSource(() => this.#mint(), options.now)
  }

  /** One try; a token that Okta does not take any more, or whose proof lacks a nonce, is one more. */
  async attempt(request: OktaRequest, lane: PaceLane, signal: AbortSignal): Promise<Reply> {
    try {
      return await this.#once(request, lane, signal)
    } catch (error) {
      if (!(error instanceof TokenRefusedError)) throw error
      return this.#once(request, lane, signal)
    }
  }

  async scopes(lane: PaceLane): Promise<ReadonlySet<string>> {
    const { signal } = this.#closing
    return (await this.#pacing.inSlot({ lane, signal }, () => this.#tokens.get())).scopes
  }

  async close(): Promise<void> {
    this.#closing.abort(new TenureError('The connection to Okta was closed.'))
    await (await this.#transport?.catch(() => undefined))?.close()
  }

  async #once(request: OktaRequest, lane: PaceLane, given: AbortSignal): Promise<Reply> {
    const signal = AbortSignal.any([given, this.#closing.signal])
    return this.#pacing.run({ bucket: bucketOf(request), lane, signal }, async heard => {
      const token = await this.#tokens.get()
      signal.throwIfAborted()
      try {
        return await this.#sent(request, { token, signal, heard })
      } catch (error) {
        if (error instanceof TokenRefusedError && !error.wantsNonce) this.#tokens.reject(token.value)
        throw error
      }
    })
  }

  async #sent(
    request: OktaRequest,
    { token, signal, heard }: { readonly token: AccessToken; readonly signal: AbortSignal; readonly heard: Heard },
  ): Promise<Reply> {
    const url = `${this.#orgUrl}${request.path}`
    const call = { method: request.method, url, at: this.#theirNow() }
    const headers = {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      ...(await this.#possession.forCall(token, call)),
    }
    const note: Heard = (status, header) => {
      this.#note(header)
      heard(status, header)
    }
    return sendOnce({ transport: await this.#loaded(), url, headers, timeoutMs: this.timeoutMs, note, signal }, request)
  }

  async #mint(): Promise<AccessToken> {
    const { post } = await this.#loaded()
    const { signal } = this.#closing
    const paced = async (url: string, form: string, headers: Readonly<Record<string, string>>) =>
      this.#pacing.runWithin({ bucket: 'token', lane: 'Leaver', signal }, async heard => {
        const reply = await post({ url, form, headers })
        this.#noteTime(reply.header)
        heard(reply.status, reply.header)
        return reply
      })
    const source = { ...this.#options, orgUrl: this.#orgUrl, possession: this.#possession, post: paced }
    return withRetry(() => mintToken(source), 'Repeatable', signal, this.policy)
  }

  #loaded(): Promise<Transport> {
    this.#transport ??= loadTransport({ ...this.#options, orgUrl: this.#orgUrl, timeoutMs: this.timeoutMs })
    return this.#transport
  }

  #note(header: HeaderReader): void {
    this.#possession.learn(header('dpop-nonce'))
    this.#noteTime(header)
  }

  #noteTime(header: HeaderReader): void {
    const theirs = Date.parse(header('date') ?? '')
    if (Number.isFinite(theirs)) this.clock = { theirs, ours: this.#options.now() }
  }

  /** Okta's time, as far as its answers told. */
  #theirNow(): Instant {
    const { clock } = this
    return this.#options.now() + (clock === undefined ? 0 : clock.theirs - clock.ours)
  }
}

interface Sending {
  readonly transport: Transport
  readonly url: string
  readonly headers: Record<string, string>
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly note: Heard
}

async function sendOnce(way: Sending, request: OktaRequest): Promise<Reply> {
  const limit = AbortSignal.timeout(way.timeoutMs)
  let response: SdkResponse
  let text: string
  try {
    response = await way.transport.call({
      url: way.url,
      method: request.method,
      headers: way.headers,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: request.method === 'GET' ? AbortSignal.any([way.signal, limit]) : limit,
    })
    text = await response.text()
  } catch (error) {
    throw sendError(error, request, way)
  }
  const header = headerOf(response)
  way.note(response.status, header)
  const body = jsonOf(text)
  if (body === undefined && text !== '') {
    const what = `${request.method} ${request.path.replace(/\?.*/, '')}`
    throw new MalformedError(`Okta answered ${what} with something that is not JSON.`, request.method === 'GET')
  }
  return { body, requestId: header('x-okta-request-id'), next: nextOf(header('link')) }
}

/** Our error for what the SDK threw: its own two errors carry a status, everything else means that no answer came. */
function sendError(error: unknown, request: OktaRequest, way: Sending): unknown {
  if (error instanceof TenureError) return error
  const thrown = error as { readonly status?: unknown; readonly headers?: SdkResponse['headers'] }
  if (typeof thrown.status === 'number') {
    const header = headerOf(thrown)
    way.note(thrown.status, header)
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
