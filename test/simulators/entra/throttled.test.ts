import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import type { SimulatedReply, SimulatedRequest } from '../../../src/simulator/kernel.ts'
import { rule } from '../rule.ts'

const GROUP = 'bbbbbbbb-0000-4000-8000-000000000001'
const APP = 'eeeeeeee-0000-4000-8000-00000000000a'
const SP = 'ffffffff-0000-4000-8000-00000000000a'

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    users: [{ userPrincipalName: 'u0@example.com' }],
    groups: [{ id: GROUP, displayName: 'Eng' }],
    applications: [{ appId: APP, servicePrincipalId: SP }],
    ...more,
  })

function throttled(tenant: TestTenant, path: string): SimulatedReply {
  const url = new URL(path, 'https://localhost:8443')
  const segments = url.pathname.slice(1).split('/')
  const request: SimulatedRequest = { method: 'GET', url, segments, headers: {}, body: Buffer.alloc(0) }
  return tenant.tenant.refuse(request, 'throttled')
}

const header = ({ headers }: SimulatedReply, wanted: string): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1]

rule(
  {
    area: 'Throttling: token service',
    says: 'too many sign-ins are 429 with AADSTS90055 "There are too many incoming requests." and Retry-After',
    source: 'Microsoft Entra authentication and authorization error codes',
  },
  () => {
    const reply = throttled(seeded(), '/t/oauth2/v2.0/token')
    const body = reply.body as Record<string, unknown>
    expect([reply.status, header(reply, 'retry-after'), body.error_codes]).toEqual([429, '10', [90055]])
    expect(String(body.error_description)).toMatch(/^AADSTS90055: There are too many incoming requests\. Trace ID: /)
  },
)

rule(
  {
    area: 'Throttling: token service',
    says: 'the error of a throttled sign-in is temporarily_unavailable, or what the switch says',
    source: 'RFC 6749, Error response',
    unconfirmed: 'loginThrottledError',
  },
  () => {
    const error = (tenant: TestTenant): unknown =>
      (throttled(tenant, '/t/oauth2/v2.0/token').body as Record<string, unknown>).error
    expect(error(seeded())).toBe('temporarily_unavailable')
    expect(error(seeded({ switches: { loginThrottledError: 'server_error' } }))).toBe('server_error')
  },
)

rule(
  {
    area: 'Throttling: answers',
    says: 'a 429 that a fault plays, of Microsoft Graph or the token service, has the scope with application and tenant, and no Retry-After where the switch leaves it out',
    source: 'microsoftgraph/group-membership-management; @azure/identity with MSAL, tried against a local server',
    unconfirmed: 'retryAfter',
  },
  () => {
    const tenant = seeded()
    const reply = throttled(tenant, '/v1.0/users')
    expect([reply.status, header(reply, 'retry-after'), header(reply, 'x-ms-throttle-scope')]).toEqual([
      429,
      '10',
      `Tenant_Application/ReadWrite/${APP}/${tenant.tenant.tenantId}`,
    ])
    const without = seeded({ switches: { retryAfter: false } })
    for (const path of ['/v1.0/users', '/t/oauth2/v2.0/token'])
      expect(header(throttled(without, path), 'retry-after')).toBeUndefined()
  },
)

rule(
  {
    area: 'Throttling: limits',
    says: 'the published limits are of 2023 and may be others today: the switch makes them so many times as high',
    source: 'Microsoft Graph, Identity and access service limits',
    unconfirmed: 'quotaShare',
  },
  async () => {
    const { call } = seeded({ switches: { quota: true, quotaShare: 0.01 } })
    const answers: Answer[] = []
    for (let sent = 0; sent < 31; sent += 1) answers.push(await call(`PATCH /groups/${GROUP}`, { description: 'x' }))
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 30 }, () => 204), 429])
  },
)

rule(
  {
    area: 'Throttling: costs',
    says: 'appRoleAssignments of a service principal, applications, licenseDetails and ownedObjects cost 2 resource units, subscribedSkus 3; POST, PATCH, PUT and DELETE 1',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    const { call } = seeded()
    const units = async (line: string, body?: unknown): Promise<unknown> => {
      const answer = await call(line, body)
      expect([line, answer.status < 300]).toEqual([line, true])
      return answer.header('x-ms-resource-unit')
    }
    expect(await units(`GET /servicePrincipals/${SP}/appRoleAssignments`)).toBe('2')
    expect(await units('GET /applications')).toBe('2')
    expect(await units('GET /users/u0@example.com/licenseDetails')).toBe('2')
    expect(await units('GET /users/u0@example.com/ownedObjects')).toBe('2')
    expect(await units('GET /subscribedSkus')).toBe('3')
    expect(await units(`GET /groups/${GROUP}`)).toBe('1')
    expect(await units(`PATCH /groups/${GROUP}`, { description: 'x' })).toBe('1')
    expect(await units('POST /users/u0@example.com/revokeSignInSessions')).toBe('1')
    expect(await units('DELETE /users/u0@example.com')).toBe('1')
  },
)

rule(
  {
    area: 'Throttling: costs',
    says: 'getByIds costs 3 resource units in the table of 2023 and 5 in later ones, with $select 2 in both',
    source: 'Microsoft Graph, Identity and access service limits',
    unconfirmed: 'getByIdsCost',
  },
  async () => {
    const units = async (tenant: TestTenant, query = ''): Promise<unknown> =>
      (await tenant.call(`POST /directoryObjects/getByIds${query}`, { ids: [GROUP] })).header('x-ms-resource-unit')
    const later = seeded({ switches: { getByIdsCost: 5 } })
    expect([await units(seeded()), await units(later), await units(later, '?$select=id')]).toEqual(['3', '5', '2'])
    expect(await units(seeded(), '?$select=id')).toBe('2')
  },
)

rule(
  {
    area: 'Throttling: limits',
    says: 'x-ms-throttle-priority of a request, Low, Normal or High, does not change the limits',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    for (const priority of ['Low', 'Normal', 'High']) {
      const { call } = seeded({ switches: { quota: true, quotaShare: 0.001 } })
      const statuses: number[] = []
      for (let sent = 0; sent < 4; sent += 1) {
        const headers = { 'x-ms-throttle-priority': priority }
        statuses.push((await call(`PATCH /groups/${GROUP}`, { description: 'x' }, headers)).status)
      }
      expect([priority, statuses]).toEqual([priority, [204, 204, 204, 429]])
    }
  },
)

rule(
  {
    area: '$batch',
    says: 'batches that bind many members draw 503: by switch the PATCHes of members beyond so many in one batch, which then bind nobody; the other requests are answered',
    source: 'microsoftgraph/group-membership-management',
    unconfirmed: 'batchBinds',
  },
  async () => {
    const users = Array.from({ length: 3 }, (_, index) => ({
      id: `aaaaaaaa-0000-4000-8000-00000000000${index}`,
      userPrincipalName: `u${index}@example.com`,
    }))
    const add = (index: number): Record<string, unknown> => ({
      id: String(index),
      method: 'PATCH',
      url: `/groups/${GROUP}`,
      headers: { 'Content-Type': 'application/json' },
      body: { 'members@odata.bind': binds(users[index]?.id ?? '') },
    })
    const requests = [add(0), add(1), add(2), { id: 'read', method: 'GET', url: '/users' }]
    const statuses = async ({ call }: TestTenant): Promise<unknown> => {
      const { body } = await call('POST /$batch', { requests })
      const responses = body.responses as readonly { id: string; status: number }[]
      return Object.fromEntries(responses.map(({ id, status }) => [id, status]))
    }
    expect(await statuses(seeded({ users }))).toEqual({ 0: 204, 1: 204, 2: 204, read: 200 })
    const tenant = seeded({ users, switches: { batchBinds: 2 } })
    expect(await statuses(tenant)).toEqual({ 0: 204, 1: 204, 2: 503, read: 200 })
    expect((await tenant.call(`GET /groups/${GROUP}/members`)).value).toHaveLength(2)
  },
)
