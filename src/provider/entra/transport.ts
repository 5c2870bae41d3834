import { randomUUID } from 'node:crypto'
import type { Client } from '@microsoft/microsoft-graph-client'
import type { PaceLane } from '../../http/lane-queue.ts'
import type { RetryPolicy } from '../../http/retry.ts'
import { machineTime, type Time } from '../../http/time.ts'
import { TransientError } from '../../model/errors.ts'
import { Agents } from './agents.ts'
import { costOf } from './cost.ts'
import { Call, FetchMiddleware, type GraphAnswer, PaceMiddleware, type Passage, TokenMiddleware } from './middleware.ts'
import { GraphPace } from './pace.ts'
import { repeated } from './repeat.ts'
import type { GraphRequest } from './requests.ts'
import type { TokenSource } from './token.ts'
import { trustIn } from './trust.ts'

/** How to reach Microsoft Graph. */
export interface TransportOptions {
  /** Such as `https://graph.microsoft.com`. */
  readonly graphUrl: string
  readonly token: TokenSource
  /** A PEM to trust besides the well-known authorities. */
  readonly ca?: string
  /** Sockets, and so calls, at one time. */
  readonly connections: number
  /** Longest wait for one whole answer, in milliseconds. */
  readonly timeoutMs: number
  readonly retry: RetryPolicy
  /** What waiting is measured by; the machine's time when absent. */
  readonly time?: Time
  /** Share of the vendor's limits to use, in percent; 50 when absent. */
  readonly quotaPercent?: number
}

/** Sends plain requests; throws the errors of the model, with the cause kept. */
export interface Transport {
  readonly pace: GraphPace
  /** Repeats what may be repeated. */
  send(request: GraphRequest, signal: AbortSignal, lane?: PaceLane): Promise<GraphAnswer>
  /** Tries once. */
  once(request: GraphRequest, passage: Passage): Promise<GraphAnswer>
  close(): Promise<void>
}

interface Chain {
  readonly client: Client
  readonly agents: Agents
}

async function openChain(options: TransportOptions, pace: GraphPace): Promise<Chain> {
  const [sdk, undici] = await Promise.all([import('@microsoft/microsoft-graph-client'), import('undici')])
  const trust = options.ca === undefined ? {} : { secureContext: await trustIn(options.ca) }
  // The proxy of the environment, as the identity library uses it too; without one it is a plain agent.
  const agents = new Agents(
    () =>
      new undici.EnvHttpProxyAgent({
        connections: options.connections,
        connect: trust,
        requestTls: trust,
        headersTimeout: options.timeoutMs,
        bodyTimeout: options.timeoutMs,
      }),
  )
  const { timeoutMs, retry } = options
  const client = sdk.Client.initWithMiddleware({
    baseUrl: options.graphUrl,
    defaultVersion: 'v1.0',
    customHosts: new Set([new URL(options.graphUrl).hostname]),
    middleware: [
      new PaceMiddleware(pace),
      new TokenMiddleware(options.graphUrl, options.token),
      new FetchMiddleware({ agents, fetch: undici.fetch, timeoutMs, maxWaitMs: retry.maxMs }),
    ],
  })
  return { client, agents }
}

/**
 * Microsoft Graph through the vendor's client, with a chain of our own: its own retries POST after a lost answer, never retries a
 * broken connection, leaves bodies unread and hides the cause. The client and undici are loaded at the first call.
 */
export function graphTransport(options: TransportOptions): Transport {
  const { connections, retry, quotaPercent = 50, time = machineTime } = options
  const pace = new GraphPace({ quotaPercent, connections, time, longestWaitMs: retry.maxMs })
  let chain: Promise<Chain> | undefined
  const once = async (request: GraphRequest, passage: Passage): Promise<GraphAnswer> => {
    chain ??= openChain(options, pace)
    const { client } = await chain
    return await dispatch(client, request, passage)
  }
  return {
    pace,
    once,
    send(request, signal, lane = 'Repair') {
      const call = (): Promise<GraphAnswer> => once(request, { lane, signal, cost: costOf(request) })
      return repeated(call, { repeatable: request.repeatable, policy: retry, time, signal })
    },
    async close() {
      const opened = chain
      chain = undefined
      if (opened !== undefined) await (await opened).agents.destroy()
    },
  }
}

async function dispatch(client: Client, request: GraphRequest, passage: Passage): Promise<GraphAnswer> {
  const call = new Call(passage)
  const prepared = client
    .api(request.path)
    .headers({ ...request.headers, 'client-request-id': randomUUID() })
    .middlewareOptions([call])
  try {
    await verb(prepared, request)
  } catch (error) {
    throw call.error ?? error
  }
  if (call.answer === undefined) throw new TransientError('Microsoft Graph gave no answer.', false)
  return call.answer
}

function verb(prepared: ReturnType<Client['api']>, { method, body }: GraphRequest): Promise<unknown> {
  switch (method) {
    case 'GET':
      return prepared.get()
    case 'POST':
      return prepared.post(body)
    case 'PATCH':
      return prepared.patch(body)
    case 'PUT':
      return prepared.put(body)
    case 'DELETE':
      return prepared.delete()
  }
}
