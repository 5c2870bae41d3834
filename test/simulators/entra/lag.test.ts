import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { binds, ref, START, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { Faults } from '../../../src/simulator/faults.ts'
import { Front } from '../../../src/simulator/front.ts'
import { RequestLog } from '../../../src/simulator/requests.ts'
import { rule } from '../rule.ts'

const GROUP = 'bbbbbbbb-0000-4000-8000-000000000001'
const UNIT = 'cccccccc-0000-4000-8000-000000000001'
const PASSWORD = { password: 'Correct-Horse-9', forceChangePasswordNextSignIn: true }
const STATE: EntraState = {
  users: [{ userPrincipalName: 'ada@example.com', displayName: 'Ada' }, { userPrincipalName: 'bob@example.com' }],
  groups: [{ id: GROUP, displayName: 'Eng', members: ['ada@example.com'] }],
  administrativeUnits: [{ id: UNIT, displayName: 'Emea' }],
}
/** Nobody sees a new object for a while; replicas are all up to date. */
const UNSEEN = { visibleSeconds: 60, staleProbability: 0, unitMemberSeconds: 0 }
/** Every read is served by a replica that lags behind. */
const STALE = { visibleSeconds: 0, staleProbability: 1, staleSeconds: 30, unitMemberSeconds: 0 }

const lagging = (lag: NonNullable<EntraState['lag']>, more: EntraState = {}): TestTenant =>
  testTenant({ ...STATE, ...more, lag, switches: { lag: true } })

const newUser = (name: string) => ({
  userPrincipalName: `${name}@example.com`,
  displayName: name,
  mailNickname: name,
  accountEnabled: true,
  passwordProfile: PASSWORD,
})
const newGroup = { displayName: 'Ops', mailNickname: 'ops', mailEnabled: false, securityEnabled: true }

async function idOf({ call }: TestTenant, line: string, body?: unknown): Promise<string> {
  return String((await call(line, body)).body.id)
}

rule(
  {
    area: 'Eventual consistency',
    says: 'a new object answers GET, PATCH and DELETE with 404 Request_ResourceNotFound and is in no list until replicas have it; the 201 has it whole',
    source: 'Microsoft Entra, Designing for eventual consistency',
  },
  async () => {
    const tenant = lagging(UNSEEN)
    const created = await tenant.call('POST /users', newUser('cyn'))
    expect(created).toMatchObject({ status: 201, body: { userPrincipalName: 'cyn@example.com' } })
    const path = `/users/${created.body.id}`
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect(await tenant.call(`${method} ${path}`, method === 'PATCH' ? { jobTitle: 'X' } : undefined)).toMatchObject({
        status: 404,
        code: 'Request_ResourceNotFound',
      })
    expect((await tenant.call('GET /users/cyn@example.com')).status).toBe(404)
    expect((await tenant.call('GET /users?$select=id')).value).toHaveLength(2)
    expect((await tenant.call(`GET /users?$filter=${encodeURIComponent("displayName eq 'cyn'")}`)).value).toEqual([])
    tenant.clock.advance(60_000)
    expect((await tenant.call(`GET ${path}`)).status).toBe(200)
    expect((await tenant.call('GET /users?$select=id')).value).toHaveLength(3)
    expect((await tenant.call(`PATCH ${path}`, { jobTitle: 'X' })).status).toBe(204)
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'a second create with the same userPrincipalName is refused at once, though the first is not to be found yet',
    source: 'Microsoft Entra, Designing for eventual consistency',
  },
  async () => {
    const { call } = lagging(UNSEEN)
    await call('POST /users', newUser('cyn'))
    const { status, message } = await call('POST /users', newUser('cyn'))
    expect([status, message]).toEqual([
      400,
      'Another object with the same value for property userPrincipalName already exists.',
    ])
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: '$ref to a group that was just created is 400 "The source resource object or one of the objects being referenced do not exist."',
    source: 'Microsoft Graph, Add members',
  },
  async () => {
    const tenant = lagging(UNSEEN)
    const group = await idOf(tenant, 'POST /groups', newGroup)
    const ada = await idOf(tenant, 'GET /users/ada@example.com')
    expect(await tenant.call(`POST /groups/${group}/members/$ref`, ref(ada))).toMatchObject({
      status: 400,
      code: 'Request_BadRequest',
      message: 'The source resource object or one of the objects being referenced do not exist.',
    })
    tenant.clock.advance(60_000)
    expect((await tenant.call(`POST /groups/${group}/members/$ref`, ref(ada))).status).toBe(204)
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'a reference to a user that was just created is 404 Request_ResourceNotFound that names it, and a PATCH with it binds nobody',
    source: 'Microsoft Entra, Designing for eventual consistency',
  },
  async () => {
    const tenant = lagging(UNSEEN)
    const bob = await idOf(tenant, 'GET /users/bob@example.com')
    const cyn = await idOf(tenant, 'POST /users', newUser('cyn'))
    const single = await tenant.call(`POST /groups/${GROUP}/members/$ref`, ref(cyn))
    expect([single.status, single.code]).toEqual([404, 'Request_ResourceNotFound'])
    expect(single.message).toContain(cyn)
    expect((await tenant.call(`PATCH /groups/${GROUP}`, { 'members@odata.bind': binds(bob, cyn) })).status).toBe(404)
    expect((await tenant.call(`GET /groups/${GROUP}/members`)).value).toHaveLength(1)
    tenant.clock.advance(60_000)
    expect((await tenant.call(`PATCH /groups/${GROUP}`, { 'members@odata.bind': binds(bob, cyn) })).status).toBe(204)
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'each new object has its own delay up to the longest, the same for the same seed',
    source: 'Microsoft Entra, Designing for eventual consistency',
    unconfirmed: 'lag.visibleSeconds',
  },
  async () => {
    const delays = async (seed: number): Promise<number[]> => {
      const tenant = lagging({ ...UNSEEN, seed })
      const ids: string[] = []
      for (const name of ['cyn', 'dan', 'eve']) ids.push(await idOf(tenant, 'POST /users', newUser(name)))
      const seen = ids.map(() => 0)
      while (seen.includes(0)) {
        tenant.clock.advance(1000)
        for (const [index, id] of ids.entries())
          if (seen[index] === 0 && (await tenant.call(`GET /users/${id}`)).status === 200)
            seen[index] = (tenant.clock.now() - START) / 1000
      }
      return seen
    }
    const first = await delays(1)
    expect(new Set(first).size).toBe(3)
    expect(Math.max(...first)).toBeLessThanOrEqual(60)
    expect(await delays(1)).toEqual(first)
    expect(await delays(2)).not.toEqual(first)
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'a read may be served by a replica that lags behind: properties, lists and members then are those of before',
    source: 'Microsoft Entra, Designing for eventual consistency',
    unconfirmed: 'lag.staleProbability',
  },
  async () => {
    const tenant = lagging(STALE)
    const [ada, bob] = [
      await idOf(tenant, 'GET /users/ada@example.com'),
      await idOf(tenant, 'GET /users/bob@example.com'),
    ]
    tenant.clock.advance(60_000)
    expect((await tenant.call(`PATCH /users/${ada}`, { displayName: 'Ada L.' })).status).toBe(204)
    await tenant.call(`POST /groups/${GROUP}/members/$ref`, ref(bob))
    await tenant.call(`DELETE /groups/${GROUP}/members/${ada}/$ref`)
    await tenant.call(`DELETE /users/${bob}`)
    expect((await tenant.call(`GET /users/${ada}`)).body.displayName).toBe('Ada')
    expect((await tenant.call(`GET /users/${bob}`)).status).toBe(200)
    expect((await tenant.call('GET /users?$select=displayName')).value).toHaveLength(2)
    const found = await tenant.call(`GET /users?$filter=${encodeURIComponent("displayName eq 'Ada'")}`)
    expect(found.value).toHaveLength(1)
    expect((await tenant.call(`GET /groups/${GROUP}/members?$select=id`)).value).toMatchObject([{ id: ada }])
    expect((await tenant.call(`GET /users/${ada}/memberOf`)).value).toHaveLength(1)
    tenant.clock.advance(30_000)
    expect((await tenant.call(`GET /users/${ada}`)).body.displayName).toBe('Ada L.')
    expect((await tenant.call(`GET /users/${bob}`)).status).toBe(404)
    expect((await tenant.call(`GET /groups/${GROUP}/members`)).value).toEqual([])
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'a member who was just deleted is still in the lists of a replica that lags behind',
    source: 'Microsoft Entra, Designing for eventual consistency',
  },
  async () => {
    const tenant = lagging(STALE)
    const ada = await idOf(tenant, 'GET /users/ada@example.com')
    await tenant.call(`DELETE /users/${ada}`)
    const members = `GET /groups/${GROUP}/members?$select=id`
    expect((await tenant.call(members)).value).toMatchObject([{ id: ada }])
    tenant.clock.advance(30_000)
    expect((await tenant.call(members)).value).toEqual([])
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'replicas lag by different times, none by more than the longest',
    source: 'Microsoft Entra, Designing for eventual consistency',
    unconfirmed: 'lag.staleSeconds',
  },
  async () => {
    const tenant = lagging({ ...STALE, staleSeconds: 100 })
    await tenant.call('PATCH /users/ada@example.com', { displayName: 'new' })
    const seen: boolean[] = []
    for (let second = 1; second <= 110; second += 1) {
      tenant.clock.advance(1000)
      seen.push((await tenant.call('GET /users/ada@example.com')).body.displayName === 'new')
    }
    expect(seen.slice(99)).not.toContain(false)
    expect(seen.slice(0, 99)).toContain(true)
    expect(seen.lastIndexOf(false)).toBeGreaterThan(seen.indexOf(true))
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'writes are decided by what is so, not by what a replica shows: adding a member whom a stale list does not show is 400',
    source: 'Microsoft Entra, Designing for eventual consistency',
  },
  async () => {
    const tenant = lagging(STALE)
    const bob = await idOf(tenant, 'GET /users/bob@example.com')
    await tenant.call(`POST /groups/${GROUP}/members/$ref`, ref(bob))
    expect((await tenant.call(`GET /groups/${GROUP}/members`)).value).toHaveLength(1)
    const again = await tenant.call(`POST /groups/${GROUP}/members/$ref`, ref(bob))
    expect([again.status, again.message]).toEqual([
      400,
      "One or more added object references already exist for the following modified properties: 'members'.",
    ])
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'whether a read is stale is chance, and the same for the same seed, time and request',
    source: 'Microsoft Entra, Designing for eventual consistency',
    unconfirmed: 'lag.seed',
  },
  async () => {
    const reads = async (seed: number): Promise<string> => {
      const tenant = lagging({ ...STALE, staleProbability: 0.4, staleSeconds: 3600, seed })
      await tenant.call('PATCH /users/ada@example.com', { displayName: 'new' })
      let seen = ''
      for (let read = 0; read < 40; read += 1) {
        tenant.clock.advance(10)
        seen += (await tenant.call('GET /users/ada@example.com')).body.displayName === 'new' ? 'n' : 'o'
      }
      return seen
    }
    const first = await reads(1)
    expect(first).toMatch(/n/)
    expect(first).toMatch(/o/)
    expect(await reads(1)).toBe(first)
    expect(await reads(2)).not.toBe(first)
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'the member list of an administrative unit is short for longer',
    source: 'A public PowerShell module that seeds real tenants',
    unconfirmed: 'lag.unitMemberSeconds',
  },
  async () => {
    const tenant = lagging({ visibleSeconds: 0, staleProbability: 0, unitMemberSeconds: 120 })
    const ada = await idOf(tenant, 'GET /users/ada@example.com')
    const bob = await idOf(tenant, 'GET /users/bob@example.com')
    await tenant.call(`POST /directory/administrativeUnits/${UNIT}/members/$ref`, ref(ada))
    await tenant.call(`POST /groups/${GROUP}/members/$ref`, ref(bob))
    const members = `GET /directory/administrativeUnits/${UNIT}/members`
    tenant.clock.advance(119_000)
    expect((await tenant.call(members)).value).toEqual([])
    expect((await tenant.call(`GET /groups/${GROUP}/members`)).value).toHaveLength(2)
    tenant.clock.advance(1000)
    expect((await tenant.call(members)).value).toHaveLength(1)
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'a group made inside an administrative unit is 404 for 11 minutes where $select names what Exchange keeps',
    source: 'HashiCorp, terraform-provider-azuread',
    unconfirmed: 'lag.unitGroupSeconds',
  },
  async () => {
    const tenant = lagging({ visibleSeconds: 0, staleProbability: 0 })
    const body = { '@odata.type': '#microsoft.graph.group', ...newGroup }
    const inside = await idOf(tenant, `POST /directory/administrativeUnits/${UNIT}/members`, body)
    const outside = await idOf(tenant, 'POST /groups', { ...newGroup, displayName: 'Free' })
    tenant.clock.advance(659_000)
    const status = async (id: string, select: string) =>
      (await tenant.call(`GET /groups/${id}?$select=${select}`)).status
    expect(await status(inside, 'id,hideFromAddressLists')).toBe(404)
    expect([await status(inside, 'id'), await status(outside, 'id,hideFromAddressLists')]).toEqual([200, 200])
    tenant.clock.advance(1000)
    expect(await status(inside, 'id,hideFromAddressLists')).toBe(200)
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'deltas show a change after a delay, later than the reads, and then surely',
    source: 'Microsoft Graph, Use delta query',
    unconfirmed: 'lag.deltaSeconds',
  },
  async () => {
    const tenant = lagging({ ...UNSEEN, visibleSeconds: 10, staleSeconds: 0, deltaSeconds: 90 })
    const start = await tenant.call('GET /users/delta?$select=displayName')
    const cyn = await idOf(tenant, 'POST /users', newUser('cyn'))
    expect((await tenant.call('GET /users/delta?$select=displayName')).value).toHaveLength(2)
    tenant.clock.advance(89_000)
    expect((await tenant.call(`GET /users/${cyn}`)).status).toBe(200)
    const early = await tenant.call(`GET ${start.body['@odata.deltaLink']}`)
    expect(early.value).toEqual([])
    tenant.clock.advance(1000)
    expect((await tenant.call(`GET ${early.body['@odata.deltaLink']}`)).value).toEqual([
      { id: cyn, displayName: 'cyn' },
    ])
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'the delays are off until they are turned on, and gone when they are turned off',
    source: 'Simulated tenant',
    unconfirmed: 'lag',
  },
  async () => {
    const tenant = testTenant({ ...STATE, lag: { ...STALE, visibleSeconds: 600 } })
    const cyn = await idOf(tenant, 'POST /users', newUser('cyn'))
    expect((await tenant.call(`GET /users/${cyn}`)).status).toBe(200)
    tenant.tenant.turn('lag', true)
    const dan = await idOf(tenant, 'POST /users', newUser('dan'))
    expect((await tenant.call(`GET /users/${dan}`)).status).toBe(404)
    tenant.tenant.turn('lag', false)
    expect((await tenant.call(`GET /users/${dan}`)).status).toBe(200)
    expect(tenant.tenant.state().lag).toMatchObject({ visibleSeconds: 600, staleProbability: 1 })
  },
)

rule(
  {
    area: 'Eventual consistency',
    says: 'a state with an unknown or senseless delay is refused with the name of the field',
    source: 'Simulated tenant',
  },
  () => {
    expect(() => testTenant({ lag: { forever: 1 } as never })).toThrow('entra.lag has no "forever".')
    expect(() => testTenant({ lag: { staleSeconds: -1 } })).toThrow(
      'entra.lag.staleSeconds must be a number, 0 or more.',
    )
  },
)

rule(
  {
    area: 'Concurrent writes',
    says: 'overlapping writes to one object are 409 Directory_ConcurrencyViolation, to be repeated after a delay; here within a window by switch',
    source: 'Microsoft Graph error responses',
    unconfirmed: 'concurrentWriteMs',
  },
  async () => {
    const { call, clock } = testTenant({ ...STATE, switches: { concurrentWriteMs: 200 } })
    const write = () => call('PATCH /users/ada@example.com', { jobTitle: 'X' })
    expect((await write()).status).toBe(204)
    const second = await write()
    expect([second.status, second.code, second.header('retry-after')]).toEqual([
      409,
      'Directory_ConcurrencyViolation',
      '1',
    ])
    expect((await call('PATCH /users/bob@example.com', { jobTitle: 'X' })).status).toBe(204)
    clock.advance(200)
    expect((await write()).status).toBe(204)
    const calm = testTenant(STATE)
    for (let times = 0; times < 3; times += 1)
      expect((await calm.call('PATCH /users/ada@example.com', { jobTitle: 'X' })).status).toBe(204)
  },
)

rule(
  {
    area: 'Faults',
    says: 'a 504 may come after the write took effect, so that repeating a create finds its own object in the way',
    source: 'Microsoft Graph error responses',
  },
  async () => {
    const tenant = testTenant(STATE)
    const faults = new Faults()
    const front = new Front(tenant.tenant, { faults, log: new RequestLog(), clock: tenant.clock })
    faults.add({ method: 'POST', path: '/v1.0/users', fault: 'status', status: 504, applied: true, count: 1 })
    const authorization = `Bearer ${await tenant.signIn()}`
    const create = () =>
      front.answer({
        method: 'POST',
        url: new URL('https://localhost/v1.0/users'),
        segments: ['v1.0', 'users'],
        headers: { authorization },
        body: Buffer.from(JSON.stringify(newUser('cyn'))),
      })
    expect(await create()).toMatchObject({ reply: { status: 504 } })
    expect((await tenant.call('GET /users/cyn@example.com')).status).toBe(200)
    expect(await create()).toMatchObject({ reply: { status: 400 } })
  },
)

rule(
  {
    area: 'Faults',
    says: 'a 503 may come after the write took effect as well, with a Retry-After: an addition that is tried again is refused as one that is there already',
    source: 'Microsoft Graph error responses',
  },
  async () => {
    const tenant = testTenant(STATE)
    const faults = new Faults()
    const front = new Front(tenant.tenant, { faults, log: new RequestLog(), clock: tenant.clock })
    const { body: user } = await tenant.call('POST /users', newUser('dan'))
    const path = `/v1.0/groups/${GROUP}/members/$ref`
    const headers = { 'Retry-After': '5' }
    faults.add({ method: 'POST', path, fault: 'status', status: 503, headers, applied: true, count: 1 })
    const authorization = `Bearer ${await tenant.signIn()}`
    const url = new URL(`https://localhost${path}`)
    const add = () =>
      front.answer({
        method: 'POST',
        url,
        segments: url.pathname.split('/').slice(1),
        headers: { authorization },
        body: Buffer.from(JSON.stringify(ref(String(user.id)))),
      })
    expect(await add()).toMatchObject({ reply: { status: 503 } })
    expect(await add()).toMatchObject({ reply: { status: 400, body: { error: { code: 'Request_BadRequest' } } } })
  },
)
