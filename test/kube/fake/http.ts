import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { KubeRequest, KubeResponse } from '../../../src/kube/send.ts'
import type { FakeCluster } from './cluster.ts'

/** A fake cluster that listens on loopback. */
export interface HttpFront {
  readonly url: string
  /** Sockets that were opened in all. */
  readonly sockets: number
  /** Breaks all open connections. */
  cut(): void
  stop(): Promise<void>
}

/** Lets a cluster be reached over a real socket; with a certificate over TLS, and then by HTTP/2 as well. */
export async function listen(
  cluster: FakeCluster,
  tls?: { readonly cert: string; readonly key: string; readonly requestCert?: boolean },
): Promise<HttpFront> {
  const onRequest = (incoming: Incoming, outgoing: Outgoing) => void answer(cluster, incoming, outgoing)
  const server: Server =
    tls === undefined
      ? createServer(onRequest)
      : createSecureServer({ ...tls, rejectUnauthorized: false, allowHTTP1: true }, onRequest)
  const open = new Set<Socket>()
  let sockets = 0
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    cut,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    get sockets() {
      return sockets
    },
    stop: async () => {
      cut()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

async function bodyOf(incoming: Incoming): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function answer(cluster: FakeCluster, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  const gone = new AbortController()
  outgoing.on('close', () => gone.abort(new Error('the client is gone')))
  try {
    const body = await bodyOf(incoming)
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
    const response = await cluster.send({
      method: incoming.method as KubeRequest['method'],
      path: incoming.url ?? '/',
      headers,
      signal: gone.signal,
      ...(body === '' ? {} : { body }),
    })
    begin(outgoing, response)
    for await (const chunk of response.body) write(outgoing, chunk)
    outgoing.end()
  } catch {
    outgoing.destroy(new Error('cut'))
  }
}

/** Sends the head at once. The two kinds of answers declare their methods in ways that do not fit each other. */
function begin(outgoing: Outgoing, { status, headers }: KubeResponse): void {
  const all = { 'content-type': 'application/json', ...headers }
  if ('stream' in outgoing) outgoing.writeHead(status, all)
  else outgoing.writeHead(status, all).flushHeaders()
}

function write(outgoing: Outgoing, chunk: Uint8Array): void {
  if ('stream' in outgoing) outgoing.write(chunk)
  else outgoing.write(chunk)
}
