import { expect } from 'vitest'
import { type Answer, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const GROUP = 'bbbbbbbb-0000-4000-8000-000000000001'
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ userPrincipalName: `u${index}@example.com` }))
const STATE = { users: people(3), groups: [{ id: GROUP, displayName: 'Eng', members: ['u0@example.com'] }] }
const on = { quota: true } as const
const EVENTUAL = { consistencylevel: 'eventual' }

const units = async (line: string, tenant = testTenant(STATE), body?: unknown): Promise<string | undefined> =>
  (await tenant.call(line, body)).header('x-ms-resource-unit')

/** Sends until it is refused; answers how many were let through, and the refusal. */
async function until429({ call }: TestTenant, line: string, body?: unknown): Promise<{ let: number; answer: Answer }> {
  for (let sent = 0; ; sent += 1) {
    const answer = await call(line, body)
    if (answer.status === 429) return { let: sent, answer }
  }
}

const WRITE = 'PATCH /users/u0@example.com'
/** Costs five resource units, and is answered shortly: the header for counting is missing. */
const READ = `GET /groups/${GROUP}/transitiveMembers/$count`

/** Spends so many writes at one stroke: a PATCH of members costs one for three of them, though this one is refused for having too many. */
async function spend({ call }: TestTenant, writes: number): Promise<Answer> {
  return call(`PATCH /groups/${GROUP}`, { 'members@odata.bind': Array.from({ length: 3 * writes }, () => 'x') })
}
const third = { quota: true, memberPatchCost: 'third' } as const

rule(
  {
    area: 'Throttling: costs',
    says: 'GET users costs 2 resource units, members 3, transitiveMembers 5, memberOf and transitiveMemberOf 2, other reads 1',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    expect(await units('GET /users')).toBe('2')
    expect(await units(`GET /groups/${GROUP}/members`)).toBe('3')
    expect(await units(`GET /groups/${GROUP}/transitiveMembers`)).toBe('5')
    expect(await units('GET /users/u0@example.com/memberOf')).toBe('2')
    expect(await units('GET /users/u0@example.com/transitiveMemberOf')).toBe('2')
    expect(await units('GET /groups')).toBe('1')
    expect(await units('GET /users/u0@example.com')).toBe('1')
  },
)

rule(
  {
    area: 'Throttling: costs',
    says: 'a page of a delta costs 5 resource units',
    source: 'microsoftgraph/group-membership-management',
  },
  async () => {
    expect(await units('GET /users/delta')).toBe('5')
    expect(await units('GET /groups/delta')).toBe('5')
  },
)

rule(
  {
    area: 'Throttling: costs',
    says: 'getByIds costs 3, checkMemberGroups 4 and getMemberGroups 2 resource units, and none of them a write',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    const tenant = testTenant({ ...STATE, switches: { ...third } })
    expect(await units('POST /directoryObjects/getByIds', tenant, { ids: [GROUP] })).toBe('3')
    expect(await units('POST /users/u0@example.com/checkMemberGroups', tenant, { groupIds: [GROUP] })).toBe('4')
    expect(await units('POST /users/u0@example.com/getMemberGroups', tenant, { securityEnabledOnly: false })).toBe('2')
    await spend(tenant, 2999)
    expect((await tenant.call(WRITE, { jobTitle: 'X' })).status).toBe(204)
    expect((await tenant.call(WRITE, { jobTitle: 'X' })).status).toBe(429)
  },
)

rule(
  {
    area: 'Throttling: costs',
    says: '$select takes 1 off, $top below 20 takes 1 off, $expand adds 1; never below 1',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    expect(await units(`GET /groups/${GROUP}/members?$select=id`)).toBe('2')
    expect(await units(`GET /groups/${GROUP}/members?$select=id&$top=19`)).toBe('1')
    expect(await units(`GET /groups/${GROUP}/members?$top=20`)).toBe('3')
    expect(await units('GET /users?$select=id&$top=5')).toBe('1')
    expect(await units('GET /users?$expand=manager')).toBe('3')
  },
)

rule(
  {
    area: 'Throttling: limits',
    says: 'an application has 3,500 resource units per 10 s in a tenant below 50 users, 5,000 up to 500, 8,000 above',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    for (const [count, limit] of [
      [49, 3500],
      [50, 5000],
      [500, 5000],
      [501, 8000],
    ] as const) {
      const tenant = testTenant({ users: people(count), groups: STATE.groups, switches: { ...on } })
      const { let: passed } = await until429(tenant, READ)
      expect(passed).toBe(limit / 5)
    }
  },
)

rule(
  {
    area: 'Throttling: limits',
    says: 'a tenant that grows comes into the next size class',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    const tenant = testTenant({ ...STATE, users: people(49), switches: { ...on } })
    expect((await until429(tenant, READ)).let).toBe(700)
    tenant.clock.advance(60_000)
    await tenant.call('POST /users', {
      userPrincipalName: 'new@example.com',
      displayName: 'New',
      mailNickname: 'new',
      accountEnabled: true,
      passwordProfile: { password: 'Correct-Horse-9' },
    })
    tenant.clock.advance(60_000)
    expect((await until429(tenant, READ)).let).toBe(1000)
  },
)

rule(
  {
    area: 'Throttling: limits',
    says: 'an application has 3,000 writes per 150 s in a tenant, refilled evenly at 20 a second',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    const tenant = testTenant({ ...STATE, switches: { ...third } })
    await spend(tenant, 2990)
    const first = await until429(tenant, WRITE, { jobTitle: 'X' })
    expect(first.let).toBe(10)
    expect((await tenant.call('GET /users?$select=id')).status).toBe(200)
    tenant.clock.advance(1000)
    expect((await until429(tenant, WRITE, { jobTitle: 'X' })).let).toBe(19)
    tenant.clock.advance(150_000 * 2)
    await spend(tenant, 3000)
    expect((await until429(tenant, WRITE, { jobTitle: 'X' })).let).toBe(0)
  },
)

rule(
  {
    area: 'Throttling: limits',
    says: 'all applications together have 18,000 writes per 5 min in a tenant; then the scope is Tenant/Write',
    source: 'Microsoft Graph, Identity and access service limits',
  },
  async () => {
    const secret = 'a secret'
    const applications = Array.from({ length: 7 }, (_, index) => ({
      appId: `aaaaaaaa-0000-4000-8000-00000000000${index}`,
      secrets: [secret],
      permissions: ['Group.ReadWrite.All'],
    }))
    const tenant = testTenant({ ...STATE, applications, switches: { ...third } })
    const tokenOf = async (appId: string): Promise<string> => {
      const form = new URLSearchParams({
        client_id: appId,
        client_secret: secret,
        grant_type: 'client_credentials',
        scope: 'https://graph.microsoft.com/.default',
      })
      const { body } = await tenant.raw(`POST /${tenant.tenant.tenantId}/oauth2/v2.0/token`, form.toString())
      return String(body.access_token)
    }
    const body = JSON.stringify({ 'members@odata.bind': Array.from({ length: 3 * 3000 }, () => 'x') })
    const answers: Answer[] = []
    for (const { appId } of applications) {
      const authorization = `Bearer ${await tokenOf(appId)}`
      answers.push(await tenant.raw(`PATCH /v1.0/groups/${GROUP}`, body, { authorization }))
    }
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400, 429])
    expect(answers.at(-1)?.header('x-ms-throttle-scope')).toMatch(/^Tenant\/Write\//)
  },
)

rule(
  {
    area: 'Throttling: limits',
    says: 'requests made while throttled count: who hammers waits longer',
    source: 'Microsoft Graph throttling guidance',
  },
  async () => {
    const tenant = testTenant({ ...STATE, switches: { ...third } })
    await spend(tenant, 3000)
    expect((await tenant.call(WRITE, { jobTitle: 'X' })).header('retry-after')).toBe('1')
    for (let more = 0; more < 99; more += 1) await tenant.call(WRITE, { jobTitle: 'X' })
    expect((await tenant.call(WRITE, { jobTitle: 'X' })).header('retry-after')).toBe('6')
  },
)

rule(
  {
    area: 'Throttling: answers',
    says: 'a 429 has Retry-After in seconds, x-ms-throttle-scope Tenant_Application/Write/{appId}/{tenantId} and x-ms-throttle-information WriteLimitExceeded',
    source: 'Microsoft Graph throttling guidance',
  },
  async () => {
    const tenant = testTenant({ ...STATE, switches: { ...third } })
    await spend(tenant, 3000)
    const answer = await tenant.call(WRITE, { jobTitle: 'X' })
    const { clientId, tenantId } = tenant.tenant
    expect(answer.header('x-ms-throttle-scope')).toBe(`Tenant_Application/Write/${clientId}/${tenantId}`)
    expect(answer.header('x-ms-throttle-information')).toBe('WriteLimitExceeded')
    expect(answer.header('retry-after')).toMatch(/^\d+$/)
    tenant.clock.advance(Number(answer.header('retry-after')) * 1000)
    expect((await tenant.call(WRITE, { jobTitle: 'X' })).status).toBe(204)
  },
)

rule(
  {
    area: 'Throttling: answers',
    says: 'too many resource units are 429 with scope Tenant_Application/ReadWrite and information ResourceUnitLimitExceeded',
    source: 'Microsoft Graph throttling guidance',
  },
  async () => {
    const tenant = testTenant({ ...STATE, switches: { ...on } })
    const { answer } = await until429(tenant, READ)
    expect(answer.header('x-ms-throttle-scope')).toMatch(/^Tenant_Application\/ReadWrite\//)
    expect(answer.header('x-ms-throttle-information')).toBe('ResourceUnitLimitExceeded')
    expect((await tenant.call('GET /users/$count', undefined, EVENTUAL)).status).toBe(429)
  },
)

rule(
  {
    area: 'Throttling: answers',
    says: 'the body of a 429 is code TooManyRequests with innerError {code: "429", date, message, request-id, status: "429"}',
    source: 'Microsoft Graph throttling guidance',
  },
  async () => {
    const { answer } = await until429(
      testTenant({ ...STATE, switches: { ...on } }),
      `GET /groups/${GROUP}/transitiveMembers`,
    )
    const error = answer.body.error as { code: string; innerError: Record<string, unknown> }
    expect(error.code).toBe('TooManyRequests')
    expect(error.innerError).toMatchObject({ code: '429', status: '429' })
    expect(Object.keys(error.innerError)).toEqual(['code', 'date', 'message', 'request-id', 'status'])
  },
)

rule(
  {
    area: 'Throttling: answers',
    says: 'Retry-After may be absent from a 429 of the identity services',
    source: 'microsoftgraph/group-membership-management; Canvas LMS',
    unconfirmed: 'retryAfter',
  },
  async () => {
    const tenant = testTenant({ ...STATE, switches: { ...on, retryAfter: false } })
    const { answer } = await until429(tenant, READ)
    expect([answer.status, answer.header('retry-after')]).toEqual([429, undefined])
  },
)

rule(
  {
    area: 'Throttling: answers',
    says: 'x-ms-throttle-limit-percentage stands on answers only above 0.8 of a limit, up to 1.8',
    source: 'Microsoft Graph throttling guidance',
  },
  async () => {
    const tenant = testTenant({ ...STATE, switches: { ...third } })
    const share = async (writes: number) => (await spend(tenant, writes)).header('x-ms-throttle-limit-percentage')
    expect(await share(2400)).toBe(undefined)
    expect([await share(30), await share(570)]).toEqual(['0.81', '1'])
    expect([await share(1500), await share(2000), await share(2000)]).toEqual(['1.5', '1.8', '1.8'])
  },
)

rule(
  {
    area: 'Throttling: costs',
    says: 'a PATCH that binds 20 members costs 1 write, or about one for three of them, 7',
    source: 'Canvas LMS, Microsoft sync',
    unconfirmed: 'memberPatchCost',
  },
  async () => {
    for (const [memberPatchCost, writes] of [
      ['one', 1],
      ['third', 7],
    ] as const) {
      const tenant = testTenant({ users: people(25), groups: STATE.groups, switches: { ...on, memberPatchCost } })
      const { value } = await tenant.call('GET /users?$select=id&$top=25')
      const binds = value.slice(1, 21).map(({ id }) => ref(String(id))['@odata.id'])
      for (let spent = 0; spent < 2990; spent += 1) await tenant.call('PATCH /groups/x', {})
      expect((await tenant.call(`PATCH /groups/${GROUP}`, { 'members@odata.bind': binds })).status).toBe(204)
      expect((await until429(tenant, 'PATCH /groups/x', {})).let).toBe(10 - writes)
    }
  },
)

rule(
  {
    area: 'Throttling: limits',
    says: 'the limits are off until they are turned on',
    source: 'Simulated tenant',
    unconfirmed: 'quota',
  },
  async () => {
    const tenant = testTenant(STATE)
    for (let sent = 0; sent < 800; sent += 1) expect((await tenant.call(READ)).status).toBe(400)
    tenant.tenant.turn('quota', true)
    expect((await until429(tenant, READ)).let).toBe(700)
    tenant.tenant.turn('quota', false)
    expect((await tenant.call('GET /users')).status).toBe(200)
  },
)
