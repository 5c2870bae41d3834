import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RateLimitError, TransientError } from '../../model/errors.ts'
import { oktaClient } from './client.ts'
import { isProxied } from './proxy.ts'
import { createUser, readUser } from './requests.ts'
import { signal, startOrg, type TestOrg } from './testing/org.ts'

let org: TestOrg

beforeEach(async () => {
  org = await startOrg()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await org.close()
})

const create = createUser({
  profile: { login: 'ada@example.com', email: 'ada@example.com', firstName: 'Ada', lastName: 'L' },
  groupIds: [],
  activate: false,
})

async function withClient<T>(use: (client: ReturnType<typeof oktaClient>) => Promise<T>, changes = {}): Promise<T> {
  const client = oktaClient({ ...org.options, ...changes })
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

describe('the client', () => {
  test('goes where it is told, whatever the environment of the SDK says', async () => {
    vi.stubEnv('OKTA_CLIENT_ORGURL', 'http://127.0.0.1:9')
    vi.stubEnv('OKTA_CLIENT_CLIENTID', '0oanother')
    vi.stubEnv('OKTA_CLIENT_AUTHORIZATIONMODE', 'SSWS')
    vi.stubEnv('OKTA_CLIENT_TOKEN', 'another')
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9')
    const id = await org.user('ada@example.com')
    const reply = await withClient(client => client.send(readUser(id), signal))
    expect(reply.body).toMatchObject({ id })
  })

  test('repeats a read that failed, and gives up after its tries', async () => {
    const id = await org.user('ada@example.com')
    org.faults.add({ method: 'GET', path: '/api/v1/users/*', fault: 'status', status: 500, count: 1 })
    org.faults.add({ method: 'GET', path: '/api/v1/users/*', fault: 'resetBefore', count: 1 })
    expect((await withClient(client => client.send(readUser(id), signal))).body).toMatchObject({ id })
    org.faults.add({ method: 'GET', path: '/api/v1/users/*', fault: 'malformed' })
    await expect(withClient(client => client.send(readUser(id), signal))).rejects.toThrow(TransientError)
    expect(org.count('GET', '/api/v1/users/*')).toBe(6)
  })

  test('sends a create without an answer once only', async () => {
    for (const fault of ['resetAfter', 'malformed'] as const) {
      org.faults.clear()
      org.faults.add({ method: 'POST', path: '/api/v1/users', fault })
      await expect(withClient(client => client.send(create, signal))).rejects.toMatchObject({ answered: false })
      const users = (await org.ask('GET', '/api/v1/users')) as { id: string }[]
      expect(users).toHaveLength(1)
      for (const { id } of users) for (const _time of [1, 2]) await org.ask('DELETE', `/api/v1/users/${id}`)
    }
    expect(org.count('POST', '/api/v1/users')).toBe(2)
  })

  test('repeats a create that the rate limit refused, after the window', async () => {
    const reset = `${Math.floor(Date.now() / 1000) + 1}`
    org.faults.add({
      method: 'POST',
      path: '/api/v1/users',
      fault: 'status',
      status: 429,
      count: 1,
      headers: { 'x-rate-limit-reset': reset },
    })
    expect((await withClient(client => client.send(create, signal))).body).toMatchObject({ status: 'STAGED' })
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(Number(reset))
  })

  test('does not wait longer than it may', async () => {
    const reset = `${Math.floor(Date.now() / 1000) + 60}`
    org.faults.add({ path: '/api/v1/users', fault: 'status', status: 429, headers: { 'x-rate-limit-reset': reset } })
    await expect(withClient(client => client.send(create, signal))).rejects.toThrow(RateLimitError)
    expect(org.count('POST', '/api/v1/users')).toBe(1)
  })

  test('gives up on a server that never answers', async () => {
    org.faults.add({ method: 'POST', path: '/api/v1/users', fault: 'hang' })
    const hung = withClient(client => client.send(create, signal), { requestTimeoutMs: 200 })
    await expect(hung).rejects.toMatchObject({ answered: false })
  })

  test('reads chunked answers whole on few connections, however much is asked at once', async () => {
    let connections = 0
    const server = createServer((_request, response) => {
      response.writeHead(200)
      response.write('{"access_token":"t",')
      setImmediate(() => response.end('"expires_in":3600}'))
    })
    server.on('connection', () => {
      connections += 1
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const replies = await withClient(
        client => Promise.all(Array.from({ length: 300 }, () => client.send(readUser('x'), signal))),
        { orgUrl: `http://127.0.0.1:${port}` },
      )
      for (const { body } of replies) expect(body).toEqual({ access_token: 't', expires_in: 3600 })
    } finally {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
    expect(connections).toBeLessThanOrEqual(10)
  })

  test('follows no redirect with its token', async () => {
    org.faults.add({
      method: 'GET',
      path: '/api/v1/users/*',
      fault: 'status',
      status: 302,
      headers: { location: 'http://127.0.0.1:9/' },
    })
    await expect(withClient(client => client.send(readUser('x'), signal))).rejects.toThrow(/redirect/)
  })
})

describe('the proxy of the environment', () => {
  test.each([
    ['acme.okta.com', undefined, true],
    ['127.0.0.1', undefined, false],
    ['localhost', undefined, false],
    ['acme.okta.com', 'okta.com', false],
    ['acme.okta.com', '.okta.com, other', false],
    ['acme.okta.com', 'kta.com', true],
    ['acme.okta.com', '*', false],
  ])('serves %s with NO_PROXY=%s: %s', (host, noProxy, expected) => {
    expect(isProxied(host, noProxy)).toBe(expected)
  })
})
