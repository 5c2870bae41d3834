import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, type Simulator, startSimulator } from './index.ts'
import { send, Wire } from './testing/wire.ts'

let simulator: Simulator
let wire: Wire
const arm = (fault: Fault): void => simulator.faults.add(fault)
const graph: Wire['graph'] = (path, options) => wire.graph(path, options)
/** What stands in a batch, by the ids of its requests; a batch answers in any order. */
function inOrder(text: string): { id: string; status: number; headers: Record<string, string> }[] {
  const { responses } = JSON.parse(text) as {
    responses: { id: string; status: number; headers: Record<string, string> }[]
  }
  return responses.sort((a, b) => (a.id < b.id ? -1 : 1))
}
const okta: Wire['okta'] = (path, options) => wire.okta(path, options)

beforeAll(async () => {
  const users = ['ada', 'bob', 'cyn'].map(name => ({ userPrincipalName: `${name}@example.com` }))
  const people = ['ada', 'bob', 'cyn'].map(login => ({
    profile: { firstName: login, lastName: 'X', login: `${login}@example.com`, email: `${login}@example.com` },
  }))
  const seed = { version: 1, now: '2026-03-02T09:00:00Z', entra: { users }, okta: { users: people } }
  simulator = await startSimulator({ seed })
  wire = new Wire(simulator)
  await wire.signIn()
})

afterEach(() => {
  simulator.faults.clear()
  simulator.forgetRequests()
})

afterAll(() => simulator.close())

describe('faults', () => {
  const USERS = { provider: 'entra', method: 'GET', path: '/v1.0/users' } as const

  it('answer a status with headers and body, as often as told, and leave no effect', async () => {
    arm({
      provider: 'entra',
      method: 'PATCH',
      path: '/v1.0/users/*',
      fault: 'status',
      status: 503,
      headers: { 'Retry-After': '7' },
      body: { error: 'x' },
      count: 1,
    })
    const patch = { method: 'PATCH', body: JSON.stringify({ department: 'new' }) }
    const first = await graph('/users/ada@example.com', patch)
    expect([first.status, first.headers['retry-after'], first.text]).toEqual([503, '7', '{"error":"x"}'])
    expect((await graph('/users/ada@example.com?$select=department')).text).toContain('"department":null')
    expect((await graph('/users/ada@example.com', patch)).status).toBe(204)
  })

  it('answer a status after the effect when applied', async () => {
    arm({ method: 'PATCH', path: '/v1.0/users/*', fault: 'status', status: 504, applied: true, count: 1 })
    expect((await graph('/users/bob@example.com', { method: 'PATCH', body: '{"department":"late"}' })).status).toBe(504)
    expect((await graph('/users/bob@example.com?$select=department')).text).toContain('late')
  })

  it.each([
    ['resetBefore', false],
    ['resetAfter', true],
  ] as const)('break the connection: %s, effect %s', async (fault, effect) => {
    arm({ path: '/v1.0/users/*', method: 'PATCH', fault, count: 1 })
    await expect(
      graph('/users/cyn@example.com', { method: 'PATCH', body: `{"department":"${fault}"}` }),
    ).rejects.toThrow(/socket hang up|ECONNRESET/)
    expect((await graph('/users/cyn@example.com?$select=department')).text.includes(fault)).toBe(effect)
  })

  it('never answer a hanging request', async () => {
    arm({ ...USERS, fault: 'hang', count: 1 })
    const hanging = graph('/users').then(
      () => 'answered',
      () => 'broken',
    )
    const waited = new Promise<string>(resolve => setTimeout(() => resolve('silent'), 100))
    expect(await Promise.race([hanging, waited])).toBe('silent')
  })

  it('cut, empty and double pages', async () => {
    const page = async (fault: Fault['fault']) => {
      arm({ ...USERS, fault, count: 1 })
      const { text } = await graph('/users?$top=2&$select=id')
      const { value, ...rest } = JSON.parse(text) as { value: unknown[] }
      return [value.length, '@odata.nextLink' in rest]
    }
    expect(await page('truncated')).toEqual([2, false])
    expect(await page('empty')).toEqual([0, true])
    expect(await page('duplicate')).toEqual([4, true])
  })

  it('answer what the same URL answered before, and JSON that breaks off', async () => {
    const path = '/users/ada@example.com?$select=jobTitle'
    await graph(path)
    await graph('/users/ada@example.com', { method: 'PATCH', body: '{"jobTitle":"fresh"}' })
    arm({ path: '/v1.0/users/*', fault: 'stale', count: 1 })
    expect((await graph(path)).text).toContain('"jobTitle":null')
    expect((await graph(path)).text).toContain('fresh')
    arm({ path: '/v1.0/users/*', fault: 'malformed', count: 1 })
    const broken = await graph(path)
    expect(broken.status).toBe(200)
    expect(() => JSON.parse(broken.text)).toThrow(SyntaxError)
  })

  it('strike by chance, the same for the same seed', async () => {
    const struck = async () => {
      simulator.faults.clear()
      arm({ ...USERS, fault: 'status', status: 500, probability: 0.5, seed: 42 })
      const statuses: number[] = []
      for (let index = 0; index < 12; index += 1) statuses.push((await graph('/users?$top=1')).status)
      return statuses.join()
    }
    const first = await struck()
    expect(first).toContain('500')
    expect(first).toContain('200')
    expect(await struck()).toBe(first)
  })

  it('strike the token endpoints of both and requests inside a batch', async () => {
    arm({ provider: 'entra', path: '/*/oauth2/v2.0/token', fault: 'status', status: 429 })
    arm({ provider: 'okta', path: '/oauth2/v1/token', fault: 'status', status: 429 })
    expect(
      (
        await send(`${simulator.entra.authorityHost}/${simulator.entra.tenantId}/oauth2/v2.0/token`, {
          method: 'POST',
          ca: wire.ca,
        })
      ).status,
    ).toBe(429)
    expect((await send(`${simulator.okta.orgUrl}/oauth2/v1/token`, { method: 'POST' })).status).toBe(429)
    arm({
      provider: 'entra',
      method: 'GET',
      path: '/v1.0/users/*',
      fault: 'status',
      status: 429,
      headers: { 'Retry-After': '3' },
      count: 1,
    })
    const requests = ['1', '2'].map(id => ({ id, method: 'GET', url: '/users/ada@example.com' }))
    const { text } = await graph('/$batch', { method: 'POST', body: JSON.stringify({ requests }) })
    const responses = inOrder(text)
    expect(responses.map(({ status }) => status)).toEqual([429, 200])
    expect(responses[0]?.headers['Retry-After']).toBe('3')
  })

  it('match one segment by a star, the rest by a last one, and only their provider and method', async () => {
    arm({ provider: 'entra', method: 'GET', path: '/v1.0/users/*/manager', fault: 'status', status: 418 })
    expect((await graph('/users/ada@example.com/manager')).status).toBe(418)
    expect((await graph('/users/ada@example.com')).status).toBe(200)
    arm({ provider: 'okta', path: '/v1.0/*', fault: 'status', status: 500 })
    expect((await graph('/users')).status).toBe(200)
    arm({ path: '/v1.0/*', fault: 'status', status: 500 })
    expect((await graph('/groups/x/members')).status).toBe(500)
  })
})

describe('faults as a vendor plays them', () => {
  it('throttle in the middle of paging with the vendor’s own body and headers', async () => {
    arm({ provider: 'okta', path: '/api/v1/users', fault: 'status', status: 429, skip: 1, count: 1 })
    const first = await okta('/api/v1/users?limit=1')
    const next = /<[^>]*?(\/api[^>]*)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
    const second = await okta(next)
    expect([first.status, second.status]).toEqual([200, 429])
    expect(JSON.parse(second.text)).toEqual({
      errorCode: 'E0000047',
      errorSummary: 'API call exceeded rate limit due to too many requests.',
      errorLink: 'E0000047',
      errorId: expect.stringMatching(/^oae/),
      errorCauses: [],
    })
    expect(second.headers['x-rate-limit-remaining']).toBe('0')
    const until = Number(second.headers['x-rate-limit-reset']) - Date.parse(String(second.headers.date)) / 1000
    expect(until).toBeGreaterThan(0)
    expect(until).toBeLessThanOrEqual(60)
    expect((await okta(next)).status).toBe(200)

    arm({ provider: 'entra', path: '/v1.0/users', fault: 'status', status: 429, skip: 1, count: 1 })
    const page = JSON.parse((await graph('/users?$top=1&$select=id')).text) as { '@odata.nextLink': string }
    const path = page['@odata.nextLink'].split('/v1.0')[1] ?? ''
    const refused = await graph(path)
    expect([refused.status, refused.headers['retry-after'], refused.headers['x-ms-throttle-information']]).toEqual([
      429,
      '10',
      'ResourceUnitLimitExceeded',
    ])
    expect(JSON.parse(refused.text)).toMatchObject({
      error: { code: 'TooManyRequests', innerError: { status: '429' } },
    })
    expect((await graph(path)).status).toBe(200)
  })

  it('keep what a throttling fault says itself', async () => {
    arm({
      path: '/v1.0/users',
      fault: 'status',
      status: 429,
      headers: { 'Retry-After': '1' },
      body: { x: 1 },
      count: 1,
    })
    const refused = await graph('/users')
    expect([refused.headers['retry-after'], refused.text]).toEqual(['1', '{"x":1}'])
    expect(refused.headers['x-ms-throttle-information']).toBeUndefined()
  })

  it('refuse a good token as one that has run out, and do nothing', async () => {
    arm({ path: '/v1.0/*', fault: 'expiredToken', count: 1 })
    const refused = await graph('/users/ada@example.com', { method: 'PATCH', body: '{"department":"never"}' })
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      401,
      expect.objectContaining({
        error: expect.objectContaining({
          code: 'InvalidAuthenticationToken',
          message: 'Lifetime validation failed, the token is expired.',
        }),
      }),
    ])
    expect((await graph('/users/ada@example.com?$select=department')).text).not.toContain('never')

    arm({ path: '/api/*', fault: 'expiredToken', count: 2 })
    const bearer = await okta('/api/v1/users', { headers: { authorization: 'Bearer whatever' } })
    expect([bearer.status, bearer.text]).toEqual([401, ''])
    expect(bearer.headers['www-authenticate']).toContain(
      'error="invalid_token", error_description="The token has expired."',
    )
    expect((await okta('/api/v1/users')).text).toContain('E0000011')
    expect((await okta('/api/v1/users')).status).toBe(200)
  })

  it('answer as a machine whose clock is off: its date and its view of tokens', async () => {
    const date = async (): Promise<number> => Date.parse(String((await graph('/users?$top=1')).headers.date))
    const right = await date()
    arm({ path: '/v1.0/users', fault: 'clockSkew', by: '30m', count: 1 })
    expect(Math.round(((await date()) - right) / 60_000)).toBe(30)
    arm({ path: '/v1.0/users', fault: 'clockSkew', by: '2h', count: 1 })
    expect((await graph('/users')).text).toContain('the token is expired')
    expect((await graph('/users')).status).toBe(200)

    arm({ path: '/*/oauth2/v2.0/token', fault: 'clockSkew', by: '-2h', count: 1 })
    const token = JSON.parse((await wire.signIn()).text) as { access_token: string }
    const claims = JSON.parse(Buffer.from(token.access_token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp: number
    }
    expect(Math.round((claims.exp * 1000 - simulator.clock.now()) / 3_600_000)).toBe(-1)
    expect((await graph('/users')).status).toBe(401)
    await wire.signIn()
    expect((await graph('/users')).status).toBe(200)
  })

  it('strike inside a batch as well', async () => {
    arm({ path: '/v1.0/users/*', fault: 'status', status: 429, count: 1 })
    arm({ path: '/v1.0/users/*', fault: 'expiredToken', count: 1 })
    arm({ path: '/v1.0/users/*', fault: 'clockSkew', by: '2h', count: 1 })
    const requests = ['1', '2', '3', '4'].map(id => ({ id, method: 'GET', url: '/users/ada@example.com' }))
    const { text } = await graph('/$batch', { method: 'POST', body: JSON.stringify({ requests }) })
    const responses = inOrder(text)
    expect(responses.map(({ status }) => status)).toEqual([429, 401, 401, 200])
    expect(responses[0]?.headers['Retry-After']).toBe('10')
  })

  it('break the TLS handshake of the next connection only, even where one waited to be used again', async () => {
    const { Agent } = await import('node:https')
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    try {
      expect((await graph('/users', { agent })).status).toBe(200)
      arm({ fault: 'tlsBroken', count: 1 })
      await expect.poll(() => Object.keys(agent.freeSockets)).toEqual([])
      await expect(graph('/users', { agent })).rejects.toThrow(/socket|ECONNRESET|TLS/)
      expect((await graph('/users', { agent })).status).toBe(200)
    } finally {
      agent.destroy()
    }
  })

  it('show the certificate of an authority nobody knows', async () => {
    arm({ fault: 'tlsUntrusted', count: 1 })
    await expect(graph('/users')).rejects.toThrow(/self-signed|unable to verify/)
    expect((await graph('/users')).status).toBe(200)
  })

  it('are refused where they make no sense', async () => {
    for (const [fault, words] of [
      [{ fault: 'tlsBroken', provider: 'okta' }, 'The Okta org speaks plain HTTP; TLS can fail at \\"entra\\" only.'],
      [{ fault: 'tlsBroken', path: '/x' }, 'The fault \\"tlsBroken\\" strikes connections and takes no \\"path\\".'],
      [{ fault: 'clockSkew', path: '/x' }, 'The fault \\"clockSkew\\" lacks \\"by\\", such as \\"10m\\" or \\"-1h\\".'],
      [{ fault: 'clockSkew', path: '/x', by: 'late' }, 'The fault\'s \\"by\\" cannot be \\"late\\".'],
      [{ fault: 'expiredToken' }, 'The fault lacks \\"path\\".'],
    ] as const) {
      const reply = await wire.control('/faults', 'POST', fault)
      expect([reply.status, reply.text]).toEqual([400, `{"error":"${words}"}`])
    }
  })
})
