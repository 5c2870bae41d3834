import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { AuthError, RateLimitError, SnapshotError, TransientError } from '../../model/errors.ts'
import { createServerCertificate } from '../../simulator/certificate.ts'
import { MissingError, NotSentError, RefusedError } from './errors.ts'
import type { GraphRequest } from './requests.ts'
import type { TokenSource } from './token.ts'
import { graphTransport, type Transport } from './transport.ts'

const signal = new AbortController().signal
const certificate = createServerCertificate()
const open: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const read: GraphRequest = { method: 'GET', path: '/users/a%23b?$select=id', repeatable: 'Repeatable' }
const write: GraphRequest = { method: 'POST', path: '/users', repeatable: 'Once', body: { a: 1 } }

function tokens(...given: string[]): TokenSource {
  let at = 0
  return {
    get: async () => given[Math.min(at, given.length - 1)] ?? '',
    forget: () => {
      at += 1
    },
    close: () => undefined,
    claims: async () => ({ objectId: undefined, roles: [], directoryRoles: [] }),
  }
}

async function listen(answer: RequestListener): Promise<Server> {
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem }, answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  open.push(
    () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return server
}

const urlOf = (server: Server): string => `https://localhost:${(server.address() as AddressInfo).port}`

function transportTo(
  graphUrl: string,
  more: { ca?: string; token?: TokenSource; timeoutMs?: number; connections?: number } = {},
): Transport {
  const made = graphTransport({
    graphUrl,
    token: more.token ?? tokens('t1'),
    ca: more.ca ?? certificate.caPem,
    connections: more.connections ?? 4,
    timeoutMs: more.timeoutMs ?? 5000,
    retry: { tries: 3, baseMs: 1, maxMs: 2000, random: () => 0.5 },
  })
  open.push(() => made.close())
  return made
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener => {
  return (request, response) => {
    request.resume()
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

/** Answers one after another; the last again and again. Says how many came. */
function sequence(...answers: readonly RequestListener[]): { listener: RequestListener; count: () => number } {
  let came = 0
  return {
    count: () => came,
    listener: (request, response) => {
      const answer = answers[Math.min(came, answers.length - 1)]
      came += 1
      answer?.(request, response)
    },
  }
}

const graphError = (code: string, message: string) => ({ error: { code, message } })
const reset: RequestListener = request => request.socket.destroy()

test('a request arrives encoded, below the version, with token and ids; the answer brings request id and date', async () => {
  const seen: string[] = []
  const server = await listen((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    seen.push(String(request.headers['client-request-id']))
    json(200, { id: 'x' }, { 'request-id': 'r1', date: 'Sun, 04 Jan 2026 00:00:00 GMT' })(request, response)
  })
  const answer = await transportTo(urlOf(server)).send(read, signal)
  expect(seen[0]).toBe('GET /v1.0/users/a%23b?$select=id Bearer t1')
  expect(seen[1]).toMatch(/^[0-9a-f-]{36}$/)
  expect(answer).toEqual({ body: { id: 'x' }, requestId: 'r1', date: Date.UTC(2026, 0, 4) })
})

test('a read is repeated after a broken connection and after 503; a create after neither', async () => {
  for (const broken of [reset, json(503, {})]) {
    const reads = sequence(broken, json(200, { id: 'x' }))
    expect((await transportTo(urlOf(await listen(reads.listener))).send(read, signal)).body).toEqual({ id: 'x' })
    const writes = sequence(broken, json(201, {}))
    const sent = transportTo(urlOf(await listen(writes.listener))).send(write, signal)
    await expect(sent).rejects.toThrow(TransientError)
    expect([reads.count(), writes.count()]).toEqual([2, 1])
  }
})

test('a rate limit was refused before any effect, so that a create is repeated after it', async () => {
  const writes = sequence(
    json(429, graphError('TooManyRequests', 'wait'), { 'retry-after': '0' }),
    json(201, { id: 'x' }),
  )
  const server = await listen(writes.listener)
  expect((await transportTo(urlOf(server)).send(write, signal)).body).toEqual({ id: 'x' })
})

test('two writes that meet at one object are told apart from a refusal, and repeated', async () => {
  const conflict = json(409, graphError('Directory_ConcurrencyViolation', 'try again'))
  const writes = sequence(conflict, json(201, { id: 'x' }))
  await transportTo(urlOf(await listen(writes.listener))).send(write, signal)
  expect(writes.count()).toBe(2)
})

test("a wait longer than allowed is the caller's to know, at once", async () => {
  const server = await listen(json(429, graphError('TooManyRequests', 'wait'), { 'retry-after': '3600' }))
  const error = await transportTo(urlOf(server))
    .send(read, signal)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RateLimitError)
  expect(error).toMatchObject({ retryAfterMs: 3_600_000 })
})

test('the cause of a broken connection is kept, and a connection that never was is told apart', async () => {
  const server = await listen(reset)
  const broken = await transportTo(urlOf(server))
    .send(write, signal)
    .catch((error: unknown) => error)
  expect(broken).toMatchObject({ answered: false })
  expect((broken as Error).cause).toBeInstanceOf(Error)
  const { port } = server.address() as AddressInfo
  await open.splice(0).at(-1)?.()
  await new Promise(resolve => server.close(resolve))
  const never = transportTo(`https://localhost:${port}`).send(write, signal)
  await expect(never).rejects.toThrow(NotSentError)
  await expect(never).rejects.toThrow(/ECONNREFUSED/)
})

test('a certificate that nobody vouches for names caBundle', async () => {
  const server = await listen(json(200, {}))
  const stranger = createServerCertificate()
  await expect(transportTo(urlOf(server), { ca: stranger.caPem }).send(read, signal)).rejects.toThrow(/caBundle/)
})

test('an answer that does not come in time, or breaks off, is no answer', async () => {
  const silent = await listen(() => undefined)
  await expect(transportTo(urlOf(silent), { timeoutMs: 50 }).send(write, signal)).rejects.toMatchObject({
    answered: false,
  })
  const half = await listen((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"value":[')
  })
  await expect(transportTo(urlOf(half)).send(write, signal)).rejects.toMatchObject({ answered: false })
})

test('refusals keep the words of the vendor; a page of a proxy has none', async () => {
  const missing = await listen(
    json(404, graphError('Request_ResourceNotFound', "Resource 'x' does not exist"), { 'request-id': 'r9' }),
  )
  const notFound = await transportTo(urlOf(missing))
    .send(read, signal)
    .catch((error: unknown) => error)
  expect(notFound).toBeInstanceOf(MissingError)
  expect((notFound as MissingError).refusal).toMatchObject({ code: 'Request_ResourceNotFound', requestId: 'r9' })
  const proxy = await listen((_request, response) => {
    response.writeHead(400, { 'content-type': 'text/html' }).end('<html>')
  })
  const page = transportTo(urlOf(proxy)).send(read, signal)
  await expect(page).rejects.toThrow(RefusedError)
  await expect(page).rejects.toThrow(/not from Microsoft Graph/)
})

test('a refused token is replaced once, and a second refusal stops', async () => {
  const answers = (request: Parameters<RequestListener>[0], response: Parameters<RequestListener>[1]): void => {
    const good = request.headers.authorization === 'Bearer t2'
    json(good ? 201 : 401, good ? { id: 'x' } : graphError('InvalidAuthenticationToken', 'expired'))(request, response)
  }
  const server = await listen(answers)
  const renewed = transportTo(urlOf(server), { token: tokens('t1', 't2') })
  expect((await renewed.send(write, signal)).body).toEqual({ id: 'x' })
  await expect(transportTo(urlOf(server), { token: tokens('t1', 't3') }).send(write, signal)).rejects.toThrow(AuthError)
})

test('a paging link that leads elsewhere is neither followed nor given the token', async () => {
  const elsewhere = sequence(json(200, {}))
  const thief = await listen(elsewhere.listener)
  const server = await listen(json(200, {}))
  const link: GraphRequest = { ...read, path: `${urlOf(thief)}/v1.0/users?$skiptoken=x` }
  await expect(transportTo(urlOf(server)).send(link, signal)).rejects.toThrow(SnapshotError)
  expect(elsewhere.count()).toBe(0)
})

test('many large refusals share the few sockets, since every body is read to its end', async () => {
  const sockets = new Set<unknown>()
  const server = await listen((request, response) => {
    sockets.add(request.socket)
    json(404, graphError('Request_ResourceNotFound', 'x'.repeat(200_000)))(request, response)
  })
  const transport = transportTo(urlOf(server))
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => transport.send(read, signal)))
  expect(results.every(({ status }) => status === 'rejected')).toBe(true)
  expect(sockets.size).toBeLessThanOrEqual(4)
})

test('a caller who stops is answered at once, though the server is silent', async () => {
  const stop = new AbortController()
  const server = await listen(() => stop.abort())
  await expect(transportTo(urlOf(server)).send(read, stop.signal)).rejects.toThrow()
})

test('after a 503 the next try comes over a new connection', async () => {
  const sockets: unknown[] = []
  const answers = sequence(json(503, {}), json(200, { id: 'x' }), json(200, { id: 'x' }))
  const server = await listen((request, response) => {
    sockets.push(request.socket)
    answers.listener(request, response)
  })
  const transport = transportTo(urlOf(server), { connections: 1 })
  await transport.send(read, signal)
  await transport.send(read, signal)
  expect([sockets[1] === sockets[0], sockets[2] === sockets[1]]).toEqual([false, true])
})

test('a date to wait for counts from the clock of the server', async () => {
  const headers = { 'retry-after': 'Sun, 04 Jan 2026 00:00:01 GMT', date: 'Sun, 04 Jan 2026 00:00:00 GMT' }
  const answers = sequence(json(429, graphError('TooManyRequests', 'wait'), headers), json(200, { id: 'x' }))
  const transport = transportTo(urlOf(await listen(answers.listener)))
  const from = performance.now()
  await transport.send(read, signal)
  expect(performance.now() - from).toBeGreaterThan(900)
})
