import { describe, expect, it } from 'vitest'
import { testTenant } from './testkit.ts'

const JSON_HEADERS = { 'Content-Type': 'application/json' }

function batchTenant() {
  return testTenant({ users: [{ id: '00000000-0000-4000-8000-000000000001', userPrincipalName: 'ada@example.com' }] })
}

interface ItemReply {
  readonly id: string
  readonly status: number
  readonly headers: Record<string, string>
  readonly body?: Record<string, unknown>
}

async function batch(
  requests: unknown,
  call: ReturnType<typeof testTenant>['call'],
): Promise<ReadonlyMap<string, ItemReply>> {
  const { body } = await call('POST /$batch', { requests })
  return new Map((body.responses as ItemReply[]).map(item => [item.id, item]))
}

describe('$batch', () => {
  it('answers each request for itself, headers in the usual letters, 204 without type and body', async () => {
    const { call } = batchTenant()
    const replies = await batch(
      [
        { id: '1', method: 'GET', url: '/users/ada@example.com?$select=id' },
        { id: '2', method: 'PATCH', url: '/users/ada@example.com', headers: JSON_HEADERS, body: { department: 'x' } },
        { id: '3', method: 'GET', url: '/users/nobody@example.com' },
      ],
      call,
    )
    expect(replies.get('1')).toMatchObject({ status: 200, body: { id: '00000000-0000-4000-8000-000000000001' } })
    expect(replies.get('1')?.headers['Content-Type']).toMatch(/^application\/json/)
    expect(replies.get('2')).toEqual({
      id: '2',
      status: 204,
      headers: expect.not.objectContaining({ 'Content-Type': expect.anything() }),
    })
    expect(replies.get('3')).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } })
  })

  it('does not run what depends on a failure, and runs what depends on a success after it', async () => {
    const { call } = batchTenant()
    const replies = await batch(
      [
        { id: 'c', method: 'GET', url: '/users/ada@example.com?$select=department', dependsOn: ['b'] },
        { id: 'b', method: 'PATCH', url: '/users/ada@example.com', headers: JSON_HEADERS, body: { department: 'new' } },
        { id: 'd', method: 'DELETE', url: '/users/ada@example.com', dependsOn: ['a'] },
        { id: 'a', method: 'GET', url: '/users/nobody' },
      ],
      call,
    )
    expect(replies.get('c')?.body?.department).toBe('new')
    expect(replies.get('d')?.status).toBe(424)
    expect((await call('GET /users/ada@example.com')).status).toBe(200)
  })

  it('does not inherit the headers of the batch', async () => {
    const { call } = batchTenant()
    const answer = await call(
      'POST /$batch',
      { requests: [{ id: '1', method: 'GET', url: '/users/$count' }] },
      { consistencylevel: 'eventual' },
    )
    expect((answer.body.responses as ItemReply[])[0]?.status).toBe(400)
  })

  const get = (id: string, url = '/users') => ({ id, method: 'GET', url })
  it.each<[string, unknown, string?]>([
    ['twenty-one requests', Array.from({ length: 21 }, (_, index) => get(String(index)))],
    ['ids that differ in letter case only', [get('a'), get('A')]],
    ['an absolute URL', [get('1', 'https://graph.microsoft.com/v1.0/users')], 'Invalid batch payload format.'],
    ['a body without Content-Type', [{ id: '1', method: 'POST', url: '/users', body: {} }]],
    ['a dependency that is not there', [{ ...get('1'), dependsOn: ['9'] }]],
    ['nothing', []],
  ])('refuses %s as a whole', async (_what, requests, words) => {
    const { status, message } = await batchTenant().call('POST /$batch', { requests })
    expect(status).toBe(400)
    if (words !== undefined) expect(message).toBe(words)
  })

  it('answers a version in the url with 400 for that request', async () => {
    const replies = await batch([get('1', '/v1.0/users')], batchTenant().call)
    expect(replies.get('1')).toMatchObject({
      status: 400,
      body: { error: { message: "Resource not found for the segment 'v1.0'." } },
    })
  })
})

describe('every answer', () => {
  it('carries ids, diagnostics and the OData type', async () => {
    const answer = await batchTenant().call('GET /users', undefined, { 'client-request-id': 'mine' })
    expect(answer.header('client-request-id')).toBe('mine')
    expect(answer.header('request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.header('odata-version')).toBe('4.0')
    expect(answer.header('x-ms-resource-unit')).toBe('2')
    expect(answer.header('date')).toBe('Mon, 02 Mar 2026 09:00:00 GMT')
    expect(answer.header('content-type')).toBe(
      'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    )
  })

  it('wraps an error in the envelope', async () => {
    const { body } = await batchTenant().call('GET /users/nobody', undefined, { 'client-request-id': 'mine' })
    expect(body).toEqual({
      error: {
        code: 'Request_ResourceNotFound',
        message: "Resource 'nobody' does not exist or one of its queried reference-property objects are not present.",
        innerError: { date: '2026-03-02T09:00:00', 'request-id': expect.any(String), 'client-request-id': 'mine' },
      },
    })
  })
})

describe('permissions', () => {
  it.each<[string, string, readonly string[], number]>([
    ['GET /users', 'no permission', [], 403],
    ['GET /users', 'User.ReadBasic.All', ['User.ReadBasic.All'], 200],
    ['DELETE /users/ada@example.com', 'User.Read.All', ['User.Read.All'], 403],
    ['DELETE /users/ada@example.com', 'User.DeleteRestore.All', ['User.DeleteRestore.All'], 204],
    ['POST /users/ada@example.com/revokeSignInSessions', 'User.RevokeSessions.All', ['User.RevokeSessions.All'], 200],
    ['GET /groups', 'User.Read.All', ['User.Read.All'], 403],
    ['GET /directory/administrativeUnits', 'AdministrativeUnit.Read.All', ['AdministrativeUnit.Read.All'], 200],
    ['GET /organization', 'Organization.Read.All', ['Organization.Read.All'], 200],
  ])('%s with %s', async (line, _name, permissions, status) => {
    const { tenant, call } = batchTenant()
    tenant.load({ ...tenant.state(), applications: [{ permissions }] })
    const answer = await call(line)
    expect(answer.status).toBe(status)
    if (status === 403)
      expect([answer.code, answer.message]).toEqual([
        'Authorization_RequestDenied',
        'Insufficient privileges to complete the operation.',
      ])
  })

  it('for accountEnabled alone do not reach to other properties', async () => {
    const { tenant, call } = batchTenant()
    tenant.load({
      ...tenant.state(),
      applications: [{ permissions: ['User.EnableDisableAccount.All', 'User.Read.All'] }],
    })
    expect((await call('PATCH /users/ada@example.com', { accountEnabled: false })).status).toBe(204)
    expect((await call('PATCH /users/ada@example.com', { accountEnabled: true, department: 'x' })).status).toBe(403)
  })

  it('can be learnt from the service principal and stand in the token', async () => {
    const { tenant, call, signIn } = batchTenant()
    tenant.load({ ...tenant.state(), applications: [{ permissions: ['Application.Read.All', 'User.Read.All'] }] })
    const claims = JSON.parse(Buffer.from((await signIn()).split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >
    expect(claims).toMatchObject({
      appid: tenant.clientId,
      tid: tenant.tenantId,
      roles: ['Application.Read.All', 'User.Read.All'],
    })
    const [own] = (await call(`GET /servicePrincipals?$filter=appId eq '${tenant.clientId}'`)).value
    expect(own?.id).toBe(claims.oid)
    const grants = (await call(`GET /servicePrincipals/${own?.id}/appRoleAssignments`)).value
    const graph = await call("GET /servicePrincipals(appId='00000003-0000-0000-c000-000000000000')?$select=id,appRoles")
    const roles = graph.body.appRoles as { id: string; value: string }[]
    expect(grants.map(grant => roles.find(({ id }) => id === grant.appRoleId)?.value)).toEqual([
      'Application.Read.All',
      'User.Read.All',
    ])
  })
})

describe('the quota', () => {
  it('is off by default and limits writes to 3,000 in 150 seconds when on', async () => {
    const { tenant, call, clock } = batchTenant()
    tenant.load({ ...tenant.state(), switches: { quota: true } })
    const statuses = new Map<number, number>()
    for (let write = 0; write < 3001; write += 1) {
      const { status } = await call('PATCH /users/ada@example.com', { department: String(write) })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect([...statuses]).toEqual([
      [204, 3000],
      [429, 1],
    ])
    const limited = await call('PATCH /users/ada@example.com', { department: 'x' })
    expect(Number(limited.header('retry-after'))).toBeGreaterThan(0)
    expect([limited.code, limited.header('x-ms-throttle-information')]).toEqual([
      'TooManyRequests',
      'WriteLimitExceeded',
    ])
    clock.advance(10_000)
    expect((await call('PATCH /users/ada@example.com', { department: 'x' })).status).toBe(204)
  })
})

describe('the state', () => {
  it('is the same after it is loaded again', async () => {
    const { tenant, call } = testTenant({
      users: [
        { userPrincipalName: 'ada@example.com', manager: 'grace@example.com' },
        { userPrincipalName: 'grace@example.com' },
        { userPrincipalName: 'gone@example.com', deletedDateTime: '2026-03-01T00:00:00Z' },
      ],
      groups: [{ displayName: 'Eng', members: ['ada@example.com'], owners: ['grace@example.com'] }],
      administrativeUnits: [{ displayName: 'Emea', members: ['Eng'] }],
      roleAssignments: [{ role: 'Reports Reader', principal: 'grace@example.com', scope: '/administrativeUnits/Emea' }],
    })
    await call('POST /users/ada@example.com/revokeSignInSessions')
    const before = structuredClone(tenant.state())
    tenant.load(JSON.parse(JSON.stringify(before)))
    expect(tenant.state()).toEqual(before)
    expect(before.users?.find(user => user.deletedDateTime !== undefined)?.userPrincipalName).toMatch(
      /^[0-9a-f]{32}gone@example.com$/,
    )
  })

  it.each<[string, unknown, string]>([
    ['an unknown field', { people: [] }, 'entra: there is no field "people".'],
    [
      'an unknown property',
      { users: [{ userPrincipalName: 'a@example.com', colour: 'red' }] },
      'entra.users[0].colour: a user has no such property.',
    ],
    [
      'an unknown member',
      { groups: [{ displayName: 'Eng', members: ['ada'] }] },
      'entra.groups[0].members: there is nothing called "ada".',
    ],
    ['an unknown switch', { switches: { magic: true } }, 'entra.switches has no "magic".'],
    ['a user without name', { users: [{}] }, 'entra.users[0].userPrincipalName: a user needs one.'],
    [
      'a name twice',
      { users: [{ userPrincipalName: 'a@example.com' }, { userPrincipalName: 'A@example.com' }] },
      'entra.users[1].userPrincipalName: "A@example.com" is taken.',
    ],
  ])('says where it is wrong: %s, and keeps what was there', (_what, state, words) => {
    const { tenant } = batchTenant()
    expect(() => tenant.load(state)).toThrow(words)
    expect(tenant.state().users).toHaveLength(1)
  })

  it('keeps the credentials of the first application where it does not name them', () => {
    const { tenant } = batchTenant()
    const { clientId, clientSecret } = tenant
    tenant.load({ applications: [{ permissions: [] }, { displayName: 'Second' }] })
    expect([tenant.clientId, tenant.clientSecret]).toEqual([clientId, clientSecret])
    expect(tenant.state().applications?.map(application => application.permissions?.length)).toEqual([0, 12])
    tenant.load({ applications: [{ appId: '22222222-2222-4222-8222-222222222222' }] })
    expect(tenant.clientSecret).not.toBe(clientSecret)
  })

  it('has the same ids for the same seed', () => {
    const ids = () =>
      testTenant({ users: [{ userPrincipalName: 'a@example.com' }] })
        .tenant.state()
        .users?.map(user => user.id)
    expect(ids()).toEqual(ids())
  })
})
