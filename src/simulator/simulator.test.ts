import { createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { Agent } from 'node:http'
import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from './index.ts'
import { rawAnswer, send, Wire, type WireReply } from './testing/wire.ts'

let simulator: Simulator
let wire: Wire
const graph: Wire['graph'] = (path, options) => wire.graph(path, options)
const okta: Wire['okta'] = (path, options) => wire.okta(path, options)
const control: Wire['control'] = (...request) => wire.control(...request)

beforeAll(async () => {
  const users = ['ada', 'bob', 'cyn'].map(name => ({ userPrincipalName: `${name}@example.com` }))
  simulator = await startSimulator({ seed: { version: 1, now: '2026-03-02T09:00:00Z', entra: { users } } })
  wire = new Wire(simulator)
  await wire.signIn()
})

afterEach(() => {
  simulator.faults.clear()
  simulator.forgetRequests()
})

afterAll(() => simulator.close())

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
    expect((await control('/clock', 'POST', { advance: '1d', speed: 2 })).text).toContain('or {\\"speed\\": 60}')
  })

  it('makes the clock run faster: tokens end and date headers move with it', async () => {
    const { now } = JSON.parse((await control('/clock')).text) as { now: string }
    expect(JSON.parse((await control('/clock', 'POST', { speed: 50_000 })).text)).toMatchObject({ speed: 50_000 })
    await new Promise(resolve => setTimeout(resolve, 120))
    const late = await graph('/users')
    expect([late.status, late.text]).toEqual([401, expect.stringContaining('the token is expired')])
    expect(Date.parse(String(late.headers.date)) - Date.parse(now)).toBeGreaterThan(3_600_000)
    expect((await control('/clock', 'POST', { speed: -1 })).text).toContain('-1 is no speed of a clock')
    await control('/clock', 'POST', { speed: 1 })
    await control('/clock', 'POST', { set: now })
    expect((await graph('/users')).status).toBe(200)
  })

  it('leaves assertions good that a client signs by the machine’s clock, unless a switch says no', async () => {
    const { orgUrl, clientId, privateKeyFile } = simulator.okta
    const endpoint = `${orgUrl}/oauth2/v1/token`
    const ask = async (): Promise<WireReply> => {
      const now = Math.floor(Date.now() / 1000)
      const claims = { iss: clientId, sub: clientId, aud: endpoint, iat: now, exp: now + 300 }
      const key = createPrivateKey(readFileSync(privateKeyFile, 'utf8'))
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'okta.users.read',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(key),
      })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return send(endpoint, { method: 'POST', body: form.toString(), headers })
    }
    await control('/clock', 'POST', { set: '2031-01-01T00:00:00Z' })
    const { access_token } = JSON.parse((await ask()).text) as { access_token: string }
    expect((await okta('/api/v1/users', { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(200)
    const before = simulator.tenants.okta.state()
    await control('/state', 'PUT', { okta: { ...before, switches: { assertionsByMachineClock: false } } })
    expect((await ask()).text).toContain('The client_assertion token is expired.')
    await control('/state', 'PUT', { okta: before })
    await control('/clock', 'POST', { set: '2026-03-02T09:00:00Z' })
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

describe('the options of a start', () => {
  it('turn limits and delays on at both tenants, and let rate windows pass at the speed of the clock', async () => {
    const fast = await startSimulator({ quota: 'on', lag: 'on', speed: 6_000, now: '2026-03-02T09:00:00Z' })
    try {
      expect(fast.tenants.okta.state()).toMatchObject({ quota: { enforced: true }, lag: { enforced: true } })
      expect(fast.tenants.entra.state().switches).toMatchObject({ quota: true, lag: true })
      const reset = async (): Promise<number> => {
        const headers = { authorization: `SSWS ${fast.okta.apiToken}` }
        const { headers: told } = await send(`${fast.okta.orgUrl}/api/v1/users`, { headers })
        return Number(told['x-rate-limit-reset'])
      }
      const first = await reset()
      await new Promise(resolve => setTimeout(resolve, 30))
      expect((await reset()) - first).toBeGreaterThanOrEqual(60)
    } finally {
      await fast.close()
    }
  })

  it('are refused when they make no sense', async () => {
    await expect(startSimulator({ speed: -1 })).rejects.toThrow('-1 is no speed of a clock')
    await expect(startSimulator({ now: 'soon' })).rejects.toThrow('"soon" is no point in time')
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

  it('send one Link line per link, to a client that writes the absolute form as well', async () => {
    for (const login of ['a', 'b']) {
      const profile = { firstName: login, lastName: 'X', login: `${login}@example.com`, email: `${login}@example.com` }
      await okta('/api/v1/users', { method: 'POST', body: JSON.stringify({ profile }) })
    }
    const { orgUrl, apiToken } = simulator.okta
    for (const target of ['/api/v1/users?limit=1', `${orgUrl}/api/v1/users?limit=1`]) {
      const answer = await rawAnswer(orgUrl, [
        `GET ${target} HTTP/1.1`,
        `Host: ${new URL(orgUrl).host}`,
        `Authorization: SSWS ${apiToken}`,
      ])
      const links = answer.split('\r\n').filter(line => /^link:/i.test(line))
      expect(links).toHaveLength(2)
      expect(links[0]).toMatch(/^link: <http:\/\/127\.0\.0\.1:\d+\/api\/v1\/users\?limit=1>; rel="self"$/i)
      expect(links[1]).toMatch(/^link: <http:\/\/127\.0\.0\.1:\d+\/api\/v1\/users\?after=[^>]+>; rel="next"$/i)
    }
  })

  it('date every answer by the tenants’ clock, that of the token service and of a fault as well', async () => {
    const date = ({ headers }: WireReply): number => Date.parse(String(headers.date))
    simulator.faults.add({ path: '/api/v1/users', fault: 'status', status: 503, count: 1 })
    for (const reply of [await wire.signIn(), await graph('/users'), await okta('/api/v1/users')])
      expect(Math.abs(date(reply) - simulator.clock.now())).toBeLessThan(5_000)
  })
})
