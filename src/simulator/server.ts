import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServerCertificate } from './certificate.ts'
import type { ConnectionFault } from './faults.ts'
import type { Outcome } from './front.ts'
import type { SimulatedReply, SimulatedRequest } from './kernel.ts'

/** A listener on the loopback address. */
export interface LocalServer {
  readonly port: number
  /** Closes connections that wait for another request, so that the next one has to connect anew. */
  dropIdle(): void
  /** Stops listening and breaks what is still open. */
  close(): Promise<void>
}

/** Where and how to listen. Port 0 takes a free one; with `tls` it speaks HTTPS. */
export interface ListenOptions {
  readonly port: number
  readonly tls?: {
    readonly cert: string
    readonly key: string
    /** Asked for every new connection: how its handshake is to fail. */
    readonly fault?: () => ConnectionFault | undefined
  }
}

const MAX_HEADER_BYTES = 65_536
const SILENT_MS = 1_000

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** The decoded, non-empty segments of a URL's path. */
export function segmentsOf(url: URL): readonly string[] {
  return url.pathname
    .split('/')
    .filter(segment => segment !== '')
    .map(decoded)
}

function requestFrom(incoming: IncomingMessage, scheme: string, body: Buffer): SimulatedRequest {
  const target = incoming.url ?? '/'
  const host = incoming.headers.host ?? 'localhost'
  // A leading "//" would be read as another host, so only a target with a scheme is taken for absolute.
  const url = /^https?:\/\//i.test(target) ? new URL(target) : new URL(`${scheme}://${host}${target}`)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return { method: incoming.method ?? 'GET', url, segments: segmentsOf(url), headers, body }
}

function bodyText(body: unknown): string {
  if (body === undefined) return ''
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** Sends a reply; `broken` cuts its body in half. */
function sendReply(response: ServerResponse, reply: SimulatedReply, broken = false): void {
  const grouped = new Map<string, string[]>()
  for (const [name, value] of reply.headers) grouped.set(name, [...(grouped.get(name) ?? []), value])
  for (const [name, values] of grouped) response.setHeader(name, values)
  const whole = bodyText(reply.body)
  const text = broken ? `${whole.slice(0, Math.max(1, whole.length / 2))}` || '{"' : whole
  if (text !== '' && !response.hasHeader('content-type')) response.setHeader('content-type', 'application/json')
  response.writeHead(reply.status)
  response.end(text)
}

function perform(outcome: Outcome, incoming: IncomingMessage, response: ServerResponse): void {
  if (outcome.kind === 'reset') incoming.socket.destroy()
  if (outcome.kind === 'reply') sendReply(response, outcome.reply, outcome.broken)
}

/** An HTTPS server whose handshakes fail where `tls.fault` says so. */
function secureServer(settings: object, listener: RequestListener, tls: NonNullable<ListenOptions['tls']>) {
  const { fault, ...own } = tls
  const server = createHttpsServer({ ...settings, ...own }, listener)
  if (fault === undefined) return server
  let stranger: { cert: string; key: string } | undefined
  const accept = takeConnections(server)
  server.on('connection', (socket: Socket) => {
    const kind = fault()
    if (kind === 'tlsBroken') {
      socket.on('error', () => undefined)
      // Once the client has greeted; one that stays silent does not keep the server from closing.
      socket.once('data', () => socket.destroy())
      socket.setTimeout(SILENT_MS, () => socket.destroy())
    } else if (kind === 'tlsUntrusted') {
      stranger ??= strangerCertificate()
      // A handshake takes the certificate that the server has at this moment.
      server.setSecureContext(stranger)
      accept(socket)
      server.setSecureContext(own)
    } else accept(socket)
  })
  server.on('tlsClientError', () => undefined)
  return server
}

function strangerCertificate(): { cert: string; key: string } {
  const { certPem, keyPem } = createServerCertificate()
  return { cert: certPem, key: keyPem }
}

/** What the server did with a new connection, taken from it. */
function takeConnections(server: Server): (socket: Socket) => void {
  const listeners = server.listeners('connection')
  server.removeAllListeners('connection')
  return socket => {
    for (const listener of listeners) listener.call(server, socket)
  }
}

/** Listens on 127.0.0.1. A failure of `answer` is answered with 500 and its message, so that a test shows it. */
export async function listen(
  options: ListenOptions,
  answer: (request: SimulatedRequest) => Promise<Outcome>,
): Promise<LocalServer> {
  const scheme = options.tls === undefined ? 'http' : 'https'
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      perform(await answer(requestFrom(incoming, scheme, await bodyOf(incoming))), incoming, response)
    } catch (error) {
      if (response.headersSent) incoming.socket.destroy()
      else sendReply(response, { status: 500, headers: [], body: { simulatorFailure: String(error) } })
    }
  }
  const listener: RequestListener = (incoming, response) => {
    incoming.on('error', () => undefined)
    void serve(incoming, response)
  }
  const settings = { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 30_000 }
  const server =
    options.tls === undefined ? createHttpServer(settings, listener) : secureServer(settings, listener, options.tls)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    dropIdle: () => server.closeIdleConnections(),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
