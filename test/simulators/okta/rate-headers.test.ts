import { get } from 'node:http'
import { expect } from 'vitest'
import { startSimulator } from '../../../src/simulator/index.ts'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Answer, type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { profile } from './apps-cast.ts'

const cast: OktaState = { users: [{ id: 'u1', profile: profile('ada@example.com') }] }
const three = ['x-rate-limit-limit', 'x-rate-limit-remaining', 'x-rate-limit-reset']

function workforce(more: OktaState = {}): Bench {
  const org = bench({ ...cast, ...more })
  org.tenant.turn('quota', true)
  return org
}

function standing(reply: Answer): readonly number[] {
  return three.map(name => Number(reply.headers.get(name)))
}

rule(
  {
    area: 'Rate limits: windows',
    says: 'refusals have the three headers too: no or bad credentials, an expired token, a missing scope, a missing role, a wrong method, and everything at the token endpoint',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = workforce({ apps: [{ roles: ['READ_ONLY_ADMIN'], scopes: ['okta.users.read', 'okta.users.manage'] }] })
    const expired = await bearer(org)
    org.clock.advance(3600)
    const as = await bearer(org)
    for (const [status, method, path, who] of [
      [403, 'GET', '/api/v1/users', ''],
      [401, 'GET', '/api/v1/users', 'SSWS nonsense'],
      [401, 'GET', '/api/v1/users', expired],
      [403, 'GET', '/api/v1/groups', as],
      [403, 'POST', '/api/v1/users/u1/lifecycle/suspend', as],
      [405, 'PATCH', '/api/v1/users', as],
      [405, 'GET', '/oauth2/v1/token', ''],
      [400, 'POST', '/oauth2/v1/token', ''],
    ] as const) {
      const reply = await org.ask(method, path, { as: who })
      expect([path, who === '', reply.status, three.map(name => reply.headers.has(name))]).toEqual([
        path,
        who === '',
        status,
        [true, true, true],
      ])
    }
    const url = new URL('http://acme.test/api/v1/users')
    const asked = { method: 'GET', url, segments: ['api', 'v1', 'users'], headers: {}, body: Buffer.alloc(0) }
    for (const why of ['throttled', 'expiredToken'] as const) {
      const names = org.tenant.refuse(asked, why).headers.map(([name]) => name)
      expect(names.filter(name => three.includes(name))).toEqual(three)
    }
  },
)

rule(
  {
    area: 'Rate limits: windows',
    says: 'on the wire the names of the headers are in lower case',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const simulator = await startSimulator({})
    try {
      const names = await new Promise<readonly string[]>((resolve, reject) => {
        get(`${simulator.okta.orgUrl}/api/v1/users`, response => {
          response.resume()
          response.on('end', () => resolve(response.rawHeaders.filter((_, index) => index % 2 === 0)))
        }).on('error', reject)
      })
      expect(names.filter(name => /rate-limit/i.test(name))).toEqual(three)
    } finally {
      await simulator.close()
    }
  },
)

rule(
  {
    area: 'Rate limits: principals',
    says: 'the share of an app can be changed for it alone, and its headers show the new number',
    source: 'Okta, Principal Rate Limits API',
  },
  async () => {
    const org = workforce()
    const list = '/api/v1/principal-rate-limits'
    const filter = encodeURIComponent('principalType eq "OAUTH_CLIENT"')
    const id = (await org.ask('GET', `${list}?filter=${filter}`)).body.at(0, 'id')
    const body = { principalId: org.tenant.clientId, principalType: 'OAUTH_CLIENT', defaultPercentage: 100 }
    expect((await org.ask('PUT', `${list}/${id}`, { body })).status).toBe(200)
    const as = await bearer(org)
    expect(standing(await org.ask('GET', '/api/v1/users', { as }))[0]).toBe(600)
    expect(standing(await org.ask('GET', '/api/v1/users'))[0]).toBe(300)
  },
)

const integrator = { apps: 20, 'apps-id': 100, groups: 100, 'groups-id': 100, users: 100, logs: 20, other: 100 }

rule(
  {
    area: 'Rate limits: buckets',
    says: 'orgs differ in their limits: an Integrator org has 20 a minute for /apps and /logs, 100 for users, groups, one group, one app and the rest, and 35 requests at a time',
    source: 'Okta, Rate limits, Integrator Free Plan, December 2025',
  },
  async () => {
    const org = bench({ ...cast, quota: { enforced: true, share: 1, concurrency: 35, limits: integrator } })
    const limits = []
    for (const path of ['/api/v1/apps', '/api/v1/apps/a1', '/api/v1/groups', '/api/v1/groups/g1', '/api/v1/users'])
      limits.push(standing(await org.ask('GET', path))[0])
    expect(limits).toEqual([20, 100, 100, 100, 100])
    const all = await Promise.all(Array.from({ length: 36 }, () => org.ask('GET', '/api/v1/logs')))
    expect(all.filter(reply => reply.headers.get('x-rate-limit-limit') === '0')).toHaveLength(1)
  },
)
