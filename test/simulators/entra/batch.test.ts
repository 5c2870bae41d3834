import { expect } from 'vitest'
import { type Answer, EVENTUAL, ref, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const STATE = {
  users: [{ userPrincipalName: 'ada@example.com', displayName: 'Ada' }, { userPrincipalName: 'bob@example.com' }],
  groups: [{ id: 'bbbbbbbb-0000-4000-8000-000000000001', displayName: 'Eng', members: ['ada@example.com'] }],
}
const JSON_TYPE = { 'Content-Type': 'application/json' }

interface Item {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: { readonly error?: { readonly code: string; readonly message: string } } & Record<string, unknown>
}

type Request = Readonly<Record<string, unknown>>
const get = (id: string, url: string, more: Request = {}): Request => ({ id, method: 'GET', url, ...more })
const patch = (id: string, url: string, body: unknown, more: Request = {}): Request => ({
  id,
  method: 'PATCH',
  url,
  headers: JSON_TYPE,
  body,
  ...more,
})

const send = (requests: unknown, tenant = testTenant(STATE), headers = {}): Promise<Answer> =>
  tenant.call('POST /$batch', { requests }, headers)

function items({ body }: Answer): ReadonlyMap<string, Item> {
  return new Map((body.responses as Item[]).map(item => [item.id, item]))
}

const refusal = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: '$batch',
    says: 'up to 20 requests are answered 200 with one response each, by id and in any order',
    source: 'Microsoft Graph, Combine multiple HTTP requests using JSON batching',
    unconfirmed: 'batchOrder',
  },
  async () => {
    const requests = Array.from({ length: 20 }, (_, index) =>
      get(String(index), '/users/ada@example.com?$select=displayName'),
    )
    const answer = await send(requests)
    expect(answer.status).toBe(200)
    const found = items(answer)
    expect([found.size, found.get('7')?.status, found.get('7')?.body?.displayName]).toEqual([20, 200, 'Ada'])
    expect((answer.body.responses as Item[])[0]?.id).not.toBe('0')
    const asked = await send(requests, testTenant({ ...STATE, switches: { batchOrder: 'asked' } }))
    expect((asked.body.responses as Item[])[0]?.id).toBe('0')
  },
)

rule(
  {
    area: '$batch',
    says: 'more than 20 requests are 400; the words are a switch',
    source: 'Microsoft Graph, Combine multiple HTTP requests using JSON batching',
    unconfirmed: 'batchLimitMessage',
  },
  async () => {
    const requests = Array.from({ length: 21 }, (_, index) => get(String(index), '/users'))
    expect((await send(requests)).status).toBe(400)
    const other = testTenant({ ...STATE, switches: { batchLimitMessage: 'Too many.' } })
    expect((await send(requests, other)).message).toBe('Too many.')
  },
)

rule(
  {
    area: '$batch',
    says: 'ids must be unique in any case of letters, else the whole batch is 400 and nothing is done',
    source: 'Microsoft Graph, Combine multiple HTTP requests using JSON batching',
  },
  async () => {
    const tenant = testTenant(STATE)
    const requests = ['a', 'A'].map(id => patch(id, '/users/ada@example.com', { jobTitle: 'X' }))
    expect((await send(requests, tenant)).status).toBe(400)
    expect((await tenant.call('GET /users/ada@example.com')).body.jobTitle).toBe(null)
  },
)

rule(
  {
    area: '$batch',
    says: 'an absolute URL, no requests, no JSON and an unknown dependency are 400 "Invalid batch payload format."',
    source: 'Issues of microsoftgraph/msgraph-sdk-javascript',
  },
  async () => {
    const words = '400 BadRequest Invalid batch payload format.'
    expect(refusal(await send([get('1', 'https://graph.microsoft.com/v1.0/users')]))).toBe(words)
    expect(refusal(await send([]))).toBe(words)
    expect(refusal(await send(undefined))).toBe(words)
    expect(refusal(await send([get('1', '/users', { dependsOn: ['2'] })]))).toBe(words)
    const circle = [get('1', '/users', { dependsOn: ['2'] }), get('2', '/users', { dependsOn: ['1'] })]
    expect(refusal(await send(circle))).toBe(words)
  },
)

rule(
  {
    area: '$batch',
    says: 'a url with the version in it is answered 400 "Resource not found for the segment \'v1.0\'." for itself',
    source: 'Issues of microsoftgraph/msgraph-sdk-javascript',
  },
  async () => {
    const found = items(await send([get('1', '/v1.0/users'), get('2', 'users')]))
    expect(found.get('1')?.status).toBe(400)
    expect(found.get('1')?.body?.error?.message).toBe("Resource not found for the segment 'v1.0'.")
    expect(found.get('2')?.status).toBe(200)
  },
)

rule(
  {
    area: '$batch',
    says: 'a body without Content-Type, and a POST, PATCH or PUT without body, make the whole batch 400 "Write request id : 1 does not contain Content-Type header or body."',
    source: 'Microsoft 365 PnP core SDK',
  },
  async () => {
    const words = '400 BadRequest Write request id : 1 does not contain Content-Type header or body.'
    const url = '/users/ada@example.com/revokeSignInSessions'
    expect(refusal(await send([{ id: '1', method: 'POST', url }]))).toBe(words)
    expect(refusal(await send([{ id: '1', method: 'POST', url, headers: JSON_TYPE }]))).toBe(words)
    expect(refusal(await send([{ id: '1', method: 'POST', url, body: {} }]))).toBe(words)
    expect(items(await send([{ id: '1', method: 'POST', url, headers: JSON_TYPE, body: {} }])).get('1')?.status).toBe(
      200,
    )
  },
)

rule(
  {
    area: '$batch',
    says: 'a request waits for those in dependsOn, and is 424 when one of them failed; what depends on that is 424 too',
    source: 'Microsoft Graph, Combine multiple HTTP requests using JSON batching',
  },
  async () => {
    const tenant = testTenant(STATE)
    const requests = [
      patch('3', '/users/ada@example.com', { jobTitle: 'Third' }, { dependsOn: ['2'] }),
      patch('2', '/users/ada@example.com', { jobTitle: 'Second' }, { dependsOn: ['1'] }),
      patch('1', '/users/ada@example.com', { jobTitle: 'First' }),
      patch('4', '/users/nobody@example.com', { jobTitle: 'X' }),
      patch('5', '/users/bob@example.com', { jobTitle: 'X' }, { dependsOn: ['4'] }),
      patch('6', '/users/bob@example.com', { jobTitle: 'Y' }, { dependsOn: ['5'] }),
    ]
    const found = items(await send(requests, tenant))
    expect(['1', '2', '3', '4', '5', '6'].map(id => found.get(id)?.status)).toEqual([204, 204, 204, 404, 424, 424])
    expect((await tenant.call('GET /users/ada@example.com')).body.jobTitle).toBe('Third')
    expect((await tenant.call('GET /users/bob@example.com')).body.jobTitle).toBe(null)
  },
)

rule(
  {
    area: '$batch',
    says: 'headers of the batch such as ConsistencyLevel are not handed on to its requests',
    source: 'Microsoft Graph, Combine multiple HTTP requests using JSON batching',
  },
  async () => {
    const url = `/users?$count=true&$filter=${encodeURIComponent("displayName ne 'Ada'")}`
    const outer = items(await send([get('1', url)], testTenant(STATE), EVENTUAL))
    expect(outer.get('1')?.body?.error?.code).toBe('Request_UnsupportedQuery')
    const own = items(await send([get('1', url, { headers: { ConsistencyLevel: 'eventual' } })]))
    expect(own.get('1')?.status).toBe(200)
  },
)

rule(
  {
    area: '$batch',
    says: 'header names have their capitals, and a 204 has neither Content-Type nor body',
    source: 'Microsoft Graph JavaScript client 3.0.7',
  },
  async () => {
    const found = items(await send([get('1', '/users'), patch('2', '/users/ada@example.com', { jobTitle: 'X' })]))
    expect(Object.keys(found.get('1')?.headers ?? {})).toEqual(
      expect.arrayContaining(['Cache-Control', 'Content-Type', 'OData-Version', 'x-ms-resource-unit']),
    )
    const empty = found.get('2')
    expect([empty?.status, empty && 'body' in empty, empty?.headers['Content-Type']]).toEqual([204, false, undefined])
  },
)

rule(
  {
    area: '$batch',
    says: 'each request is metered for itself and can be 429 with its own Retry-After inside a 200',
    source: 'Microsoft Graph throttling guidance',
  },
  async () => {
    const tenant = testTenant({ ...STATE, switches: { quota: true, memberPatchCost: 'third' } })
    const refused = { 'members@odata.bind': Array.from({ length: 3 * 2990 }, () => 'x') }
    await send([patch('0', '/groups/bbbbbbbb-0000-4000-8000-000000000001', refused)], tenant)
    const writes = Array.from({ length: 20 }, (_, index) =>
      patch(String(index), '/users/ada@example.com', { jobTitle: 'X' }),
    )
    const answer = await send(writes, tenant)
    const found = [...items(answer).values()]
    expect([answer.status, found.filter(({ status }) => status === 204).length]).toEqual([200, 10])
    const throttled = found.find(({ status }) => status === 429)
    expect(Number(throttled?.headers['Retry-After'])).toBeGreaterThan(0)
    expect(throttled?.headers['x-ms-throttle-information']).toBe('WriteLimitExceeded')
    expect(throttled?.body?.error?.code).toBe('TooManyRequests')
  },
)

rule(
  {
    area: '$batch',
    says: 'a batch inside a batch is refused, and a failed request leaves the others alone',
    source: 'Microsoft Graph, Combine multiple HTTP requests using JSON batching',
  },
  async () => {
    const members = '/groups/bbbbbbbb-0000-4000-8000-000000000001/members/$ref'
    const inner = { id: '1', method: 'POST', url: '/$batch', headers: JSON_TYPE, body: { requests: [] } }
    const add = {
      id: '2',
      method: 'POST',
      url: members,
      headers: JSON_TYPE,
      body: ref('ffffffff-0000-4000-8000-000000000001'),
    }
    const found = items(await send([inner, add, get('3', '/users')]))
    expect(['1', '2', '3'].map(id => found.get(id)?.status)).toEqual([400, 404, 200])
  },
)
