import { existsSync, readFileSync, statSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, type Simulator, startSimulator } from './index.ts'

interface Reply {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

let simulator: Simulator
let ca: string
let token: string

function send(
  address: string,
  options: { method?: string; body?: string; headers?: Record<string, string>; agent?: Agent; path?: string } = {},
): Promise<Reply> {
  const secure = address.startsWith('https:')
  const { body = '', method = 'GET', ...rest } = options
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(
      address,
      { method, ...(secure ? { ca } : {}), ...rest },
      response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk as Buffer))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            headers: response.headers,
          }),
        )
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

const graph = (path: string, options: Parameters<typeof send>[1] = {}) =>
  send(`${simulator.entra.graphUrl}/v1.0${path}`, {
    ...options,
    headers: { authorization: `Bearer ${token}`, ...options.headers },
  })

const okta = (path: string, options: Parameters<typeof send>[1] = {}) =>
  send(`${simulator.okta.orgUrl}${path}`, {
    ...options,
    headers: { authorization: `SSWS ${simulator.okta.apiToken}`, accept: 'application/json' },
  })

const control = (path: string, method = 'GET', body?: unknown) =>
  send(`${simulator.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

beforeAll(async () => {
  const users = ['ada', 'bob', 'cyn'].map(name => ({ userPrincipalName: `${name}@example.com` }))
  simulator = await startSimulator({ seed: { version: 1, now: '2026-03-02T09:00:00Z', entra: { users } } })
  ca = readFileSync(simulator.entra.caFile, 'utf8')
  const { tenantId, clientId, clientSecret, authorityHost } = simulator.entra
  const body = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
  })
  const { text } = await send(`${authorityHost}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: body.toString(),
  })
  token = String((JSON.parse(text) as { access_token: string }).access_token)
})

afterEach(() => {
  simulator.faults.clear()
  simulator.forgetRequests()
})

afterAll(() => simulator.close())

describe('faults', () => {
  const arm = (fault: Fault) => simulator.faults.add(fault)
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
      (await send(`${simulator.entra.authorityHost}/${simulator.entra.tenantId}/oauth2/v2.0/token`, { method: 'POST' }))
        .status,
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
    const { responses } = JSON.parse(text) as { responses: { status: number; headers: Record<string, string> }[] }
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

describe('the control port', () => {
  it('shows and replaces the state of what it names', async () => {
    const before = JSON.parse((await control('/state')).text) as Record<string, Record<string, unknown[]>>
    expect(Object.keys(before)).toEqual(['version', 'now', 'okta', 'entra'])
    expect(
      (await control('/state', 'PUT', { version: 1, entra: { users: [{ userPrincipalName: 'new@example.com' }] } }))
        .status,
    ).toBe(204)
    expect((await graph('/users?$select=userPrincipalName')).text).toContain('new@example.com')
    expect((await control('/state', 'PUT', before)).status).toBe(204)
    expect(before.entra?.users).toHaveLength(3)
    const wrong = await control('/state', 'PUT', { entra: { users: [{ nope: 1 }] } })
    expect([wrong.status, wrong.text]).toEqual([400, '{"error":"entra.users[0].nope: a user has no such property."}'])
  })

  it('moves the clock of both tenants', async () => {
    const { now } = JSON.parse((await control('/clock')).text) as { now: string }
    const moved = JSON.parse((await control('/clock', 'POST', { advance: '40d' })).text) as { now: string }
    expect(Math.round((Date.parse(moved.now) - Date.parse(now)) / 86_400_000)).toBe(40)
    expect((await graph('/users')).status).toBe(401)
    await control('/clock', 'POST', { set: now })
    expect((await graph('/users')).status).toBe(200)
    expect((await control('/clock', 'POST', { advance: 'soon' })).status).toBe(400)
  })

  it('counts requests by pattern, those in a batch apart', async () => {
    await graph('/users/ada@example.com')
    await graph('/users/bob@example.com')
    await graph('/users/nobody')
    await graph('/$batch', {
      method: 'POST',
      body: JSON.stringify({ requests: [{ id: '1', method: 'GET', url: '/users/ada@example.com' }] }),
    })
    await okta('/api/v1/users?limit=1')
    const row = { provider: 'entra', method: 'GET', path: '/v1.0/users/*', status: 200 }
    expect(JSON.parse((await control('/requests')).text)).toEqual([
      { ...row, count: 2 },
      { ...row, status: 404, count: 1 },
      { ...row, batched: true, count: 1 },
      { provider: 'entra', method: 'POST', path: '/v1.0/$batch', status: 200, count: 1 },
      { provider: 'okta', method: 'GET', path: '/api/v1/users', status: 200, count: 1 },
    ])
    await control('/requests', 'DELETE')
    expect((await control('/requests')).text).toBe('[]')
  })

  it('arms and disarms faults, and says what is wrong with one', async () => {
    expect(
      (await control('/faults', 'POST', { provider: 'entra', path: '/v1.0/users', fault: 'status', status: 500 }))
        .status,
    ).toBe(204)
    expect((await graph('/users')).status).toBe(500)
    await control('/faults', 'DELETE')
    expect((await graph('/users')).status).toBe(200)
    for (const [fault, words] of [
      [{ path: '/x', fault: 'explode' }, 'The fault\'s \\"fault\\" cannot be \\"explode\\".'],
      [{ fault: 'hang' }, 'The fault lacks \\"path\\".'],
      [{ path: '/x', fault: 'hang', when: 'now' }, 'A fault has no field \\"when\\".'],
    ] as const) {
      expect((await control('/faults', 'POST', fault)).text).toContain(words)
    }
  })
})

describe('the listeners', () => {
  it('take an absolute request target and keep connections alive', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const absolute = `${simulator.okta.orgUrl}/api/v1/users`
    const reply = await send(absolute, {
      path: absolute,
      agent,
      headers: { authorization: `SSWS ${simulator.okta.apiToken}` },
    })
    expect(reply.status).toBe(200)
    expect(reply.headers.connection).not.toBe('close')
    agent.destroy()
  })

  it('keep secrets to their owner, and remove them when closed although a connection is open', async () => {
    const file = `${process.env.TMPDIR ?? '/tmp'}/ready-${process.pid}.json`
    const second = await startSimulator({ readyFile: file })
    const line = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    expect(Object.keys(line)).toEqual(['okta', 'entra', 'control'])
    for (const secret of [second.entra.caFile, second.okta.privateKeyFile, file])
      expect(statSync(secret).mode & 0o777).toBe(0o600)
    second.faults.add({ path: '/api/*', fault: 'hang' })
    const hanging = send(`${second.okta.orgUrl}/api/v1/users`).then(
      () => 'answered',
      () => 'broken',
    )
    await second.close()
    expect([await hanging, existsSync(second.entra.caFile)]).toEqual(['broken', false])
    const { rm } = await import('node:fs/promises')
    await rm(file)
  })

  it('refuse lag, which they do not have yet', async () => {
    await expect(startSimulator({ lag: 'on' })).rejects.toThrow(
      'The simulated tenants cannot lag yet; leave --lag off.',
    )
  })
})
