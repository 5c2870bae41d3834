import type { Context, Middleware, MiddlewareOptions } from '@microsoft/microsoft-graph-client'
import type { RequestInit as UndiciRequestInit } from 'undici'
import type { PaceLane } from '../../http/lane-queue.ts'
import { AuthError, RateLimitError, SnapshotError, TransientError } from '../../model/errors.ts'
import type { Agents } from './agents.ts'
import type { Cost } from './cost.ts'
import { connectionError, errorFrom, TokenRefusedError } from './errors.ts'
import type { GraphPace } from './pace.ts'
import type { TokenSource } from './token.ts'

/** What Microsoft Graph answered to a call that succeeded. */
export interface GraphAnswer {
  /** The JSON of the answer; undefined when it had none. */
  readonly body: unknown
  readonly requestId: string | undefined
  /** `Date` of the answer, in milliseconds since 1970. */
  readonly date: number | undefined
}

/** One try of one call. */
export interface Passage {
  readonly lane: PaceLane
  readonly signal: AbortSignal
  readonly cost: Cost
}

/** Rides along one call through the chain, since the SDK turns every error into one of its own and drops the cause. */
export class Call implements MiddlewareOptions {
  readonly passage: Passage
  answer: GraphAnswer | undefined
  /** Status and headers of whatever came back. */
  heard: { readonly status: number; readonly headers: Headers } | undefined
  error: unknown

  constructor(passage: Passage) {
    this.passage = passage
  }
}

function callOf(context: Context): Call {
  const call = context.middlewareControl?.getMiddlewareOptions(Call)
  if (!(call instanceof Call)) throw new TypeError('A Graph request must be sent through send().')
  return call
}

function urlOf(context: Context): string {
  return typeof context.request === 'string' ? context.request : context.request.url
}

/**
 * Puts the token on, for this one origin only; a link to elsewhere gets none and is not followed. A token that is refused is
 * replaced once: a changed credential, or a clock that moved.
 */
export class TokenMiddleware implements Middleware {
  readonly #origin: string
  readonly #token: TokenSource
  #next: Middleware | undefined

  constructor(graphUrl: string, token: TokenSource) {
    this.#origin = new URL(graphUrl).origin
    this.#token = token
  }

  setNext(next: Middleware): void {
    this.#next = next
  }

  async execute(context: Context): Promise<void> {
    const call = callOf(context)
    try {
      await this.#withFreshToken(context, call)
    } catch (error) {
      call.error = error
      throw error
    }
  }

  async #withFreshToken(context: Context, call: Call): Promise<void> {
    try {
      await this.#authorized(context, call)
    } catch (error) {
      if (!(error instanceof TokenRefusedError)) throw error
      this.#token.forget()
      await this.#authorized(context, call).catch((again: unknown) => {
        if (!(again instanceof TokenRefusedError)) throw again
        throw new AuthError(`${again.message} The token is fresh; check that graphUrl fits authorityHost.`, {
          cause: again,
        })
      })
    }
  }

  async #authorized(context: Context, call: Call): Promise<void> {
    const { origin } = new URL(urlOf(context))
    if (origin !== this.#origin)
      throw new SnapshotError(`A link of Microsoft Graph leads to ${origin}; it was not followed.`)
    const token = await this.#token.get(call.passage.signal)
    const headers = { ...(context.options?.headers as Record<string, string> | undefined) }
    context.options = { ...context.options, headers: { ...headers, Authorization: `Bearer ${token}` } }
    await this.#next?.execute(context)
  }
}

/** Holds a call back until the limits of the vendor allow it, and takes up what the answer says about them. */
export class PaceMiddleware implements Middleware {
  readonly #pace: GraphPace
  #next: Middleware | undefined

  constructor(pace: GraphPace) {
    this.#pace = pace
  }

  setNext(next: Middleware): void {
    this.#next = next
  }

  async execute(context: Context): Promise<void> {
    const call = callOf(context)
    const { cost, lane, signal } = call.passage
    try {
      await this.#pace.enter(cost, lane, signal)
    } catch (error) {
      call.error = error
      throw error
    }
    try {
      await this.#next?.execute(context)
    } finally {
      this.#pace.leave()
      const { error, heard } = call
      const waitMs = error instanceof RateLimitError ? error.retryAfterMs : undefined
      if (heard !== undefined) this.#pace.hear({ ...heard, cost, waitMs })
    }
  }
}

/** What HTTP is spoken with. */
export interface FetchOptions {
  readonly agents: Agents
  readonly fetch: typeof import('undici').fetch
  /** Longest wait for one whole answer, in milliseconds. */
  readonly timeoutMs: number
  /** Caps a wait that an answer leaves open, in milliseconds. */
  readonly maxWaitMs: number
}

/** Speaks HTTP over an agent of its own, reads every body to its end, and says what an answer means. */
export class FetchMiddleware implements Middleware {
  readonly #agents: Agents
  readonly #fetch: typeof import('undici').fetch
  readonly #timeoutMs: number
  readonly #maxWaitMs: number

  constructor({ agents, fetch, timeoutMs, maxWaitMs }: FetchOptions) {
    this.#agents = agents
    this.#fetch = fetch
    this.#timeoutMs = timeoutMs
    this.#maxWaitMs = maxWaitMs
  }

  async execute(context: Context): Promise<void> {
    const call = callOf(context)
    const url = urlOf(context)
    const method = context.options?.method ?? 'GET'
    const { response, text } = await this.#exchange(url, context, call)
    const headers = new Headers([...response.headers])
    call.heard = { status: response.status, headers }
    if (!response.ok) {
      throw errorFrom({ status: response.status, method, headers, body: text, maxWaitMs: this.#maxWaitMs })
    }
    const date = Date.parse(headers.get('date') ?? '')
    call.answer = {
      body: bodyOf(text, headers.get('content-type'), new URL(url).host),
      requestId: headers.get('request-id') ?? undefined,
      date: Number.isNaN(date) ? undefined : date,
    }
    context.response = new Response(null, { status: 204 })
  }

  async #exchange(url: string, context: Context, call: Call) {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    const agent = this.#agents.current
    const { method, body, headers } = context.options ?? {}
    const init: UndiciRequestInit = {
      method: method ?? 'GET',
      headers: headers as Record<string, string>,
      redirect: 'manual',
      dispatcher: agent,
      signal: AbortSignal.any([call.passage.signal, timeout]),
      ...(typeof body === 'string' ? { body } : {}),
    }
    try {
      const response = await this.#fetch(url, init)
      const text = await response.text()
      // "For 503, retry over a new HTTP connection" (Microsoft Graph, Best practices to avoid throttling).
      if (response.status === 503) this.#agents.renew(agent)
      return { response, text }
    } catch (error) {
      if (timeout.aborted) {
        const host = new URL(url).host
        const message = `${host} gave no answer within ${this.#timeoutMs} ms.`
        throw new TransientError(message, false, { cause: error })
      }
      throw connectionError(error, new URL(url).host)
    }
  }
}

function bodyOf(text: string, type: string | null, host: string): unknown {
  if (text === '') return undefined
  if (type?.startsWith('text/plain') === true) return text
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new TransientError(`The answer of ${host} is no JSON or broke off.`, false, { cause: error })
  }
}
