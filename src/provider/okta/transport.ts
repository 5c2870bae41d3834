import { rootCertificates } from 'node:tls'
import type { Client, RequestExecutor } from '@okta/okta-sdk-nodejs'
import type { Dispatcher } from 'undici'
import { AuthError, TransientError } from '../../model/errors.ts'
import { type HeaderReader, unansweredError } from './errors.ts'
import { jsonOf } from './json.ts'
import type { OktaOptions } from './options.ts'
import { isProxied } from './proxy.ts'
import type { TokenReply } from './token.ts'

/** An answer as the SDK's HTTP client gives it. */
export interface SdkResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** What is to be sent, in the terms of the SDK's HTTP client. */
export interface SdkRequest {
  readonly url: string
  readonly method: string
  readonly body?: string
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
}

/** A form to be sent. */
export interface Form {
  readonly url: string
  readonly form: string
  readonly headers: Readonly<Record<string, string>>
}

/** The vendor's SDK, loaded, with our sockets. */
export interface Transport {
  /** Sends. Throws what the SDK throws: an error with `status` and `headers` for a refusal. */
  call(request: SdkRequest): Promise<SdkResponse>
  /** Sends a form. Throws TransientError when no answer came. */
  post(form: Form): Promise<TokenReply>
  /** Waits a moment for what is in flight, then closes all connections. */
  close(): Promise<void>
}

/** What `loadTransport` is made from. */
export interface TransportOptions extends Pick<OktaOptions, 'clientId' | 'scopes' | 'keyId' | 'ca' | 'concurrency'> {
  readonly orgUrl: string
  readonly timeoutMs: number
}

/** Reads the headers of an answer. */
export function headerOf(response: { readonly headers?: SdkResponse['headers'] | undefined }): HeaderReader {
  return name => response.headers?.get(name) ?? undefined
}

type Undici = typeof import('undici')

/** Sends one request. */
type Send = (request: SdkRequest) => Promise<SdkResponse>

/** Connections that stay open, never more than `concurrency`; through the environment's proxy where that serves the host. */
function dispatcherFor(undici: Undici, { orgUrl, ca, concurrency = 10 }: TransportOptions): Dispatcher {
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] }
  const settings = { connections: concurrency, connect: trust }
  const proxied = isProxied(new URL(orgUrl).hostname, process.env.NO_PROXY ?? process.env.no_proxy)
  return proxied ? new undici.EnvHttpProxyAgent({ ...settings, requestTls: trust }) : new undici.Agent(settings)
}

/**
 * Loads the SDK (most of a second) and makes its client with our own connections and no cache. What the SDK would otherwise take from the
 * environment or from an `okta.yaml` is given here, since arguments win over both. Its own way of sending is left out: node-fetch 2
 * takes a chunked answer for broken off when its kept-alive socket is used again at once. So is its way of signing in: it takes a
 * refusal for a token, proves possession with the app's own key, and sends again by itself what no limit was asked for.
 */
export async function loadTransport(options: TransportOptions): Promise<Transport> {
  const [sdk, undici] = await Promise.all([import('@okta/okta-sdk-nodejs'), import('undici')])
  const dispatcher = dispatcherFor(undici, options)
  const send = sender(undici, dispatcher)
  class Executor extends sdk.RequestExecutor {
    override async fetch(given: Parameters<RequestExecutor['fetch']>[0]): Promise<SdkResponse> {
      return send(given as SdkRequest)
    }
  }
  const client = startedClient(sdk, options, new Executor())
  Reflect.deleteProperty(client.http, 'oauth')
  return {
    // A copy: the SDK writes into what it is given.
    call: async request => client.http.http(request.url, { ...request, headers: { ...request.headers } }),
    post: async form => postForm(send, form, options.timeoutMs),
    close: () => drained(dispatcher),
  }
}

/** The SDK reads `okta.yaml` and the environment while it starts, and fails on what it cannot read there. */
function startedClient(
  sdk: typeof import('@okta/okta-sdk-nodejs'),
  options: TransportOptions,
  requestExecutor: RequestExecutor,
): Client {
  const { orgUrl, clientId, scopes, keyId = '' } = options
  const privateKey = 'not used: tokens come from our own source'
  const auth = { authorizationMode: 'PrivateKey', clientId, scopes: [...scopes], privateKey, keyId, token: '' }
  try {
    return new sdk.Client({ orgUrl, ...auth, cacheMiddleware: null, requestExecutor })
  } catch (error) {
    const why = error instanceof Error ? error.message : `${error}`
    const message = `The Okta SDK does not start (${why}): mend or remove okta.yaml in this folder and in ~/.okta, and HTTPS_PROXY.`
    throw new AuthError(message, { cause: error })
  }
}

/** No redirect is followed, so that a token goes to the org only. */
function sender(undici: Undici, dispatcher: Dispatcher): Send {
  return async ({ url, method, headers, signal, body }) =>
    undici.fetch(url, {
      method,
      headers,
      signal,
      dispatcher,
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
    })
}

async function postForm(send: Send, { url, form, headers }: Form, timeoutMs: number): Promise<TokenReply> {
  try {
    const response = await send({
      url,
      method: 'POST',
      body: form,
      headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { status: response.status, header: headerOf(response), body: jsonOf(await response.text()) }
  } catch (error) {
    const { message } = unansweredError(error, { method: 'POST', path: '/oauth2/v1/token' })
    throw new TransientError(message, true, { cause: error })
  }
}

/** Longest wait for what is still in flight when everything is closed, in milliseconds. */
const drainMs = 1000

async function drained(dispatcher: Dispatcher): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>(resolve => {
    timer = setTimeout(resolve, drainMs)
  })
  await Promise.race([dispatcher.close(), patience])
  clearTimeout(timer)
  await dispatcher.destroy()
}
