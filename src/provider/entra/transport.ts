import { randomUUID } from 'node:crypto'
import type { Client } from '@microsoft/microsoft-graph-client'
import type { Dispatcher } from 'undici'
import type { RetryPolicy } from '../../http/retry.ts'
import { TransientError } from '../../model/errors.ts'
import { Call, FetchMiddleware, type GraphAnswer, RetryMiddleware, TokenMiddleware } from './middleware.ts'
import type { GraphRequest } from './requests.ts'
import type { TokenSource } from './token.ts'

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
}

/** Sends plain requests; throws the errors of the model, with the cause kept. */
export interface Transport {
  send(request: GraphRequest, signal: AbortSignal): Promise<GraphAnswer>
  close(): Promise<void>
}

async function openChain(options: TransportOptions): Promise<{ readonly client: Client; readonly agent: Dispatcher }> {
  const [sdk, undici, tls] = await Promise.all([
    import('@microsoft/microsoft-graph-client'),
    import('undici'),
    import('node:tls'),
  ])
  // Made once: parsing all root certificates anew for each connection costs more than the connection.
  const trust =
    options.ca === undefined
      ? {}
      : { secureContext: tls.createSecureContext({ ca: [...tls.rootCertificates, options.ca] }) }
  // The proxy of the environment, as the identity library uses it too; without one it is a plain agent.
  const agent = new undici.EnvHttpProxyAgent({
    connections: options.connections,
    connect: trust,
    requestTls: trust,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
  })
  const client = sdk.Client.initWithMiddleware({
    baseUrl: options.graphUrl,
    defaultVersion: 'v1.0',
    customHosts: new Set([new URL(options.graphUrl).hostname]),
    middleware: [
      new TokenMiddleware(options.graphUrl, options.token),
      new RetryMiddleware(options.retry),
      new FetchMiddleware({ agent, fetch: undici.fetch, timeoutMs: options.timeoutMs, maxWaitMs: options.retry.maxMs }),
    ],
  })
  return { client, agent }
}

/**
 * Microsoft Graph through the vendor's client, with a chain of our own: its own retries POST after a lost answer, never retries a
 * broken connection, leaves bodies unread and hides the cause. The client and undici are loaded at the first call.
 */
export function graphTransport(options: TransportOptions): Transport {
  let chain: ReturnType<typeof openChain> | undefined
  return {
    async send(request, signal) {
      chain ??= openChain(options)
      const { client } = await chain
      return await dispatch(client, request, signal)
    },
    async close() {
      const opened = chain
      chain = undefined
      if (opened !== undefined) await (await opened).agent.destroy()
    },
  }
}

async function dispatch(client: Client, request: GraphRequest, signal: AbortSignal): Promise<GraphAnswer> {
  const call = new Call(request.repeatable, signal)
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
