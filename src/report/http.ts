import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TenureError } from '../model/errors.ts'

/** Whether the loop lives and is ready, and what it last did. */
export interface Health {
  /** False asks for a restart. */
  readonly live: boolean
  /** False says: alive, but not (or not yet) of use. */
  readonly ready: boolean
  /** Shown at `/status`; must hold no secret and no personal data. */
  readonly status: object
}

export interface StatusOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly metrics: { text(): Promise<string>; readonly contentType?: string }
  readonly health: () => Health
}

export interface StatusServer {
  readonly url: string
  /** Stops listening and ends every connection, the idle ones at once. */
  close(): Promise<void>
}

/** How long an answer that is under way may take once we close, in milliseconds. */
const closingMs = 500

/** Serves `/metrics`, `/healthz`, `/readyz` and `/status` to GET and HEAD. Throws TenureError when it cannot listen. */
export async function serveStatus(options: StatusOptions): Promise<StatusServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void answer(request, response, options)
  })
  await listening(server, options)
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return { url: `http://${host}:${port}`, close: () => closed(server) }
}

function listening(server: Server, { host, port }: StatusOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === 'EADDRINUSE' ? 'something else listens there' : cause.message
      const message = `--http ${host}:${port}: cannot listen, ${why}; choose another address or port`
      reject(new TenureError(message, { cause }))
    }
    server.once('error', refused)
    server.listen(port, host, () => {
      server.off('error', refused)
      resolve()
    })
  })
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(() => server.closeAllConnections(), closingMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

interface Answer {
  readonly code: number
  readonly type: string
  readonly body: string
}

/** A request that we cannot answer never ends the process. */
async function answer(request: IncomingMessage, response: ServerResponse, options: StatusOptions): Promise<void> {
  const { code, type, body } = await answerTo(request, options)
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  response.writeHead(code, code === 405 ? { ...headers, allow: 'GET, HEAD' } : headers)
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answerTo({ method, url }: IncomingMessage, { metrics, health }: StatusOptions): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD are answered')
  try {
    switch ((url ?? '/').split('?')[0]) {
      case '/metrics': {
        const type = metrics.contentType ?? 'text/plain; version=0.0.4; charset=utf-8'
        return { code: 200, type, body: await metrics.text() }
      }
      case '/healthz':
        return said(health().live, 'live')
      case '/readyz':
        return said(health().ready, 'ready')
      case '/status':
        return { code: 200, type: 'application/json; charset=utf-8', body: `${JSON.stringify(health().status)}\n` }
      default:
        return plain(404, 'there is /metrics, /healthz, /readyz and /status')
    }
  } catch {
    return plain(500, 'the answer could not be made')
  }
}

function said(yes: boolean, what: string): Answer {
  return yes ? plain(200, 'ok') : plain(503, `not ${what}`)
}

function plain(code: number, text: string): Answer {
  return { code, type: 'text/plain; charset=utf-8', body: `${text}\n` }
}
