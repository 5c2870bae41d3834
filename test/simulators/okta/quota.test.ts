import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Answer, type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer, token } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { profile, refused } from './apps-cast.ts'

const scopes =
  'okta.users.read okta.users.manage okta.groups.read okta.groups.manage okta.apps.read okta.apps.manage okta.logs.read'
const cast: OktaState = {
  users: [{ id: 'u1', profile: profile('ada@example.com') }],
  groups: [{ id: 'g1', name: 'One' }],
}

/** An org with a workforce's limits. */
function workforce(more: OktaState = {}): Bench {
  const org = bench({ ...cast, ...more })
  org.tenant.turn('quota', true)
  return org
}

function standing(reply: Answer): readonly number[] {
  return ['limit', 'remaining', 'reset'].map(name => Number(reply.headers.get(`x-rate-limit-${name}`)))
}

function at(org: Bench): number {
  return Math.floor(org.clock.now() / 1000)
}

async function times(count: number, ask: () => Promise<Answer>): Promise<Answer> {
  for (let index = 1; index < count; index += 1) await ask()
  return ask()
}

rule(
  {
    area: 'Rate limits: windows',
    says: 'every answer has x-rate-limit-limit, x-rate-limit-remaining and x-rate-limit-reset (UTC seconds), and Date; none has Retry-After',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = workforce()
    for (const [method, path] of [
      ['GET', '/api/v1/users/u1'],
      ['GET', '/api/v1/users/none'],
      ['DELETE', '/api/v1/groups/g1'],
      ['GET', '/api/v1/nothing'],
      ['POST', '/oauth2/v1/token'],
    ] as const) {
      const reply = await org.ask(method, path)
      expect(standing(reply).every(Number.isInteger)).toBe(true)
      expect([reply.headers.has('date'), reply.headers.has('retry-after')]).toEqual([true, false])
    }
  },
)

rule(
  {
    area: 'Rate limits: windows',
    says: 'a window of 60 s opens at the first request after the last one ended: remaining is limit-1 and reset that second + 60',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = workforce()
    org.clock.advance(17.4)
    const start = at(org)
    const list = (): Promise<Answer> => org.ask('GET', '/api/v1/users')
    expect(standing(await list())).toEqual([300, 299, start + 60])
    org.clock.advance(59)
    expect(standing(await list())).toEqual([300, 298, start + 60])
    org.clock.advance(100)
    expect(standing(await list())).toEqual([300, 299, at(org) + 60])
  },
)

rule(
  {
    area: 'Rate limits: windows',
    says: 'beyond the limit: 429 E0000047 "API call exceeded rate limit due to too many requests." with remaining 0 and the reset of the window, until then and not longer',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = workforce()
    const list = (): Promise<Answer> => org.ask('GET', '/api/v1/apps')
    const start = at(org)
    expect(standing(await times(50, list))).toEqual([50, 0, start + 60])
    const over = await list()
    refused(over, 429, 'E0000047', ['API call exceeded rate limit due to too many requests.'])
    expect([standing(over), over.headers.has('date')]).toEqual([[50, 0, start + 60], true])
    org.clock.advance(59)
    expect((await list()).status).toBe(429)
    org.clock.advance(1)
    expect((await list()).status).toBe(200)
  },
)

const buckets: readonly (readonly [limit: number, calls: readonly (readonly [string, string])[]])[] = [
  [
    300,
    [
      ['GET', '/api/v1/users'],
      ['POST', '/api/v1/users'],
      ['POST', '/api/v1/users/u1/lifecycle/suspend'],
      ['GET', '/api/v1/users/u1/groups'],
      ['DELETE', '/api/v1/users/u1/sessions'],
      ['GET', '/api/v1/users/u1/appLinks'],
      ['GET', '/api/v1/users/u1/roles'],
    ],
  ],
  [
    300,
    [
      ['POST', '/api/v1/users/u1'],
      ['PUT', '/api/v1/users/u1'],
      ['DELETE', '/api/v1/users/u1'],
    ],
  ],
  [1000, [['GET', '/api/v1/users/u1']]],
  [
    250,
    [
      ['GET', '/api/v1/groups'],
      ['POST', '/api/v1/groups'],
      ['PUT', '/api/v1/groups/g1/users/u1'],
      ['GET', '/api/v1/groups/g1/users'],
      ['GET', '/api/v1/groups/rules'],
      ['GET', '/api/v1/groups/g1/apps'],
    ],
  ],
  [
    500,
    [
      ['GET', '/api/v1/groups/g1'],
      ['PUT', '/api/v1/groups/g1'],
      ['DELETE', '/api/v1/groups/g1'],
    ],
  ],
  [
    50,
    [
      ['GET', '/api/v1/apps'],
      ['GET', '/api/v1/apps/none/users'],
      ['PUT', '/api/v1/apps/none/groups/g1'],
      ['POST', '/api/v1/apps/none/lifecycle/activate'],
    ],
  ],
  [
    250,
    [
      ['GET', '/api/v1/apps/none'],
      ['DELETE', '/api/v1/apps/none'],
    ],
  ],
  [60, [['GET', '/api/v1/logs']]],
  [
    600,
    [
      ['GET', '/api/v1/meta/schemas/user/default'],
      ['GET', '/api/v1/meta/types/user'],
    ],
  ],
]

rule(
  {
    area: 'Rate limits: buckets',
    says: 'users, one user written, one user read, groups, one group, apps, one app, logs and the rest are separate buckets with the half of 600, 600, 2000, 500, 1000, 100, 500, 120 and 1200 a minute',
    source: 'Okta, Rate limits, Workforce, December 2025',
  },
  async () => {
    const org = workforce()
    for (const [limit, calls] of buckets) {
      for (const [index, [method, path]] of calls.entries()) {
        const reply = await org.ask(method, path, { body: method === 'POST' || method === 'PUT' ? {} : undefined })
        expect([path, standing(reply)[0], standing(reply)[1]]).toEqual([path, limit, limit - index - 1])
      }
    }
  },
)

rule(
  {
    area: 'Rate limits: principals',
    says: 'each app and API token has half of each bucket by default, counted for itself, and its headers show the capped number',
    source: 'Okta, Rate limits for API tokens and OAuth apps',
  },
  async () => {
    const org = workforce({ tokens: [{}, { value: 'second' }] })
    const list = (as?: string): Promise<Answer> => org.ask('GET', '/api/v1/apps', as === undefined ? {} : { as })
    await times(50, () => list())
    expect((await list()).status).toBe(429)
    expect(standing(await list('SSWS second')).slice(0, 2)).toEqual([50, 49])
    const org2 = workforce()
    expect(standing(await org2.ask('GET', '/api/v1/users', { as: await bearer(org2, scopes) })).slice(0, 2)).toEqual([
      300, 299,
    ])
  },
)

rule(
  {
    area: 'Rate limits: principals',
    says: 'all principals together have no more than the whole bucket: with two at their half, a third gets 429',
    source: 'Okta, Rate limits',
  },
  async () => {
    const org = workforce({ tokens: [{}, { value: 'second' }, { value: 'third' }] })
    const list = (as: string): Promise<Answer> => org.ask('GET', '/api/v1/apps', { as })
    await times(50, () => org.ask('GET', '/api/v1/apps'))
    await times(49, () => list('SSWS second'))
    expect((await list('SSWS third')).status).toBe(200)
    const over = await list('SSWS third')
    expect([over.status, standing(over)[1]]).toEqual([429, 0])
  },
)

rule(
  {
    area: 'Rate limits: principals',
    says: '/principal-rate-limits shows the share of each app and token and changes it; the list needs a filter by principalType',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = workforce()
    const filter = encodeURIComponent('principalType eq "SSWS_TOKEN"')
    const entry = (await org.ask('GET', `/api/v1/principal-rate-limits?filter=${filter}`)).body.at(0)
    expect(entry).toMatchObject({
      principalType: 'SSWS_TOKEN',
      defaultPercentage: 50,
      defaultConcurrencyPercentage: 50,
    })
    const { id, principalId } = Object(entry)
    const body = { principalId, principalType: 'SSWS_TOKEN', defaultPercentage: 80 }
    expect((await org.ask('PUT', `/api/v1/principal-rate-limits/${id}`, { body })).body.at('defaultPercentage')).toBe(
      80,
    )
    expect(standing(await org.ask('GET', '/api/v1/users'))[0]).toBe(480)
    refused(await org.ask('GET', '/api/v1/principal-rate-limits'), 400, 'E0000001', [
      'Api validation failed: principalRateLimitMediated',
      'The provided filter parameter did not contain the required attrbute filter "principalType"',
    ])
    refused(await org.ask('GET', '/api/v1/principal-rate-limits/none'), 404, 'E0000007', [
      'Not found: Resource not found: none (PrincipalRateLimit)',
    ])
  },
)

rule(
  {
    area: 'Rate limits: principals',
    says: 'an entry cannot be created twice: 400 E0000001 principalRateLimitMediated',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'principalLimitsExist',
  },
  async () => {
    for (const [principalLimitsExist, status] of [
      [true, 400],
      [false, 201],
    ] as const) {
      const org = bench({ apps: [{ id: 'a1' }], switches: { principalLimitsExist } })
      const body = { principalId: 'a1', principalType: 'OAUTH_CLIENT', defaultPercentage: 70 }
      expect((await org.ask('POST', '/api/v1/principal-rate-limits', { body })).status).toBe(status)
    }
  },
)

rule(
  {
    area: 'Rate limits: token endpoint',
    says: 'the token endpoint has its own bucket, of which a client sees 150 a minute, and on which requests with an invalid client do not draw',
    source: 'Okta, Release notes 2020',
  },
  async () => {
    const org = workforce()
    expect(standing(await token(org)).slice(0, 2)).toEqual([150, 149])
    for (let index = 0; index < 5; index += 1)
      expect((await token(org, { claims: { exp: 1, jti: `j${index}` } })).status).toBe(401)
    expect(standing(await token(org)).slice(0, 2)).toEqual([150, 148])
  },
)

rule(
  {
    area: 'Rate limits: token endpoint',
    says: 'beyond its limit the token endpoint answers 429 with E0000047, or in the shape of an OAuth error',
    source: 'Okta, OAuth 2.0 error codes',
    unconfirmed: 'tokenLimitBody',
  },
  async () => {
    for (const [tokenLimitBody, field] of [
      ['E0000047', 'errorCode'],
      ['oauth', 'error'],
    ] as const) {
      const org = bench({ switches: { tokenLimitBody }, quota: { enforced: true, limits: { token: 1 } } })
      await token(org)
      const over = await token(org)
      expect([over.status, over.body.at(field) === undefined]).toEqual([429, false])
    }
  },
)

rule(
  {
    area: 'Rate limits: concurrency',
    says: 'more than 75 simultaneous requests: 429 E0000047 with limit 0, remaining 0 and an estimated reset, and core.concurrency.org.limit.violation in the log',
    source: 'Okta, Rate limits, concurrency',
  },
  async () => {
    const org = workforce()
    const all = await Promise.all(Array.from({ length: 80 }, () => org.ask('GET', '/api/v1/users/u1')))
    const over = all.filter(reply => reply.status === 429)
    expect(over).toHaveLength(5)
    for (const reply of over) {
      expect([reply.code, standing(reply)[0], standing(reply)[1]]).toEqual(['E0000047', 0, 0])
      expect(standing(reply)[2]).toBeGreaterThan(at(org))
    }
    expect((await org.ask('GET', '/api/v1/users/u1')).status).toBe(200)
    const log = await org.ask(
      'GET',
      `/api/v1/logs?filter=${encodeURIComponent('eventType eq "core.concurrency.org.limit.violation"')}`,
    )
    expect(log.body.list).toHaveLength(5)
  },
)

rule(
  {
    area: 'Rate limits: concurrency',
    says: 'ten requests in flight are no violation, and neither is any number where the limits are off',
    source: 'Okta, Rate limits, concurrency',
  },
  async () => {
    const flood = async (org: Bench, count: number): Promise<ReadonlySet<number>> =>
      new Set(
        (await Promise.all(Array.from({ length: count }, () => org.ask('GET', '/api/v1/users/u1')))).map(
          reply => reply.status,
        ),
      )
    expect(await flood(workforce(), 10)).toEqual(new Set([200]))
    expect(await flood(bench(cast), 200)).toEqual(new Set([200]))
  },
)

rule(
  {
    area: 'Rate limits: log',
    says: 'the log has system.org.rate_limit.warning once per window at 90 % of a limit and system.org.rate_limit.violation once beyond it',
    source: 'Okta, OpenAPI description of the management API, rate limit settings',
  },
  async () => {
    const org = bench({ ...cast, quota: { enforced: true, limits: { users: 10 } } })
    await times(15, () => org.ask('GET', '/api/v1/users'))
    const log = await org.ask('GET', '/api/v1/logs')
    expect(log.body.list.map(event => [event.at('eventType'), event.at('severity')])).toEqual([
      ['system.org.rate_limit.warning', 'WARN'],
      ['system.org.rate_limit.violation', 'WARN'],
    ])
  },
)

rule(
  {
    area: 'Rate limits: log',
    says: 'turned on, limits outlive a change of state that does not say otherwise',
    source: 'Okta, Rate limits',
  },
  async () => {
    const org = workforce()
    org.tenant.load(cast)
    expect(standing(await org.ask('GET', '/api/v1/users'))[0]).toBe(300)
    org.tenant.load({ ...cast, quota: { enforced: false } })
    expect(standing(await org.ask('GET', '/api/v1/users'))[0]).toBeGreaterThan(100_000)
  },
)

rule(
  {
    area: 'Rate limits: token endpoint',
    says: 'fields of a token request that the body lacks may stand in the query',
    source: 'okta-sdk-golang',
  },
  async () => {
    const org = bench()
    const reply = await token(org, { form: { scope: undefined } })
    expect(reply.body.at('error')).toBe('invalid_scope')
    const body = new URLSearchParams({ grant_type: 'client_credentials' }).toString()
    const inQuery = await org.ask('POST', '/oauth2/v1/token?grant_type=none', {
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(inQuery.body.at('error_description')).toBe('No client credentials found.')
    const missing = await org.ask('POST', '/oauth2/v1/token?grant_type=none')
    expect(missing.body.at('error')).toBe('unsupported_grant_type')
  },
)

rule(
  {
    area: 'Rate limits: windows',
    says: 'every answer has Date, Content-Type application/json where it has a body, cache-control no-cache, no-store, x-okta-request-id, server nginx and a JSESSIONID cookie',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const { headers } = await bench(cast).ask('GET', '/api/v1/users/u1')
    expect([headers.get('content-type'), headers.get('cache-control'), headers.get('server')]).toEqual([
      'application/json',
      'no-cache, no-store',
      'nginx',
    ])
    expect(headers.get('x-okta-request-id')).toMatch(/^.{20,}$/)
    expect(headers.get('set-cookie')).toMatch(/^JSESSIONID=[0-9A-F]{32}; Path=\/; Secure; HttpOnly$/)
  },
)
