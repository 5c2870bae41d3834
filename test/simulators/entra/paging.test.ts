import { expect } from 'vitest'
import { type Answer, EVENTUAL, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const PEOPLE = Array.from({ length: 1203 }, (_, index) => ({
  userPrincipalName: `u${index}@example.com`,
  department: index % 2 === 0 ? 'even' : 'odd',
}))

type Ask = (line: string) => Promise<Answer>

async function pages(call: Ask, first: string, between: (page: Answer) => Promise<void> = async () => {}) {
  const found: Answer[] = []
  let path: unknown = first
  while (typeof path === 'string') {
    const page = await call(`GET ${path}`)
    found.push(page)
    await between(page)
    path = page.body['@odata.nextLink']
  }
  return found
}

const idsOf = (found: readonly Answer[]) => found.flatMap(({ value }) => value.map(({ id }) => id))

rule(
  {
    area: 'Paging',
    says: 'a list holds 100 objects unless $top says otherwise, and at most 999; $top=1000 and $top=0 are 400 Request_UnsupportedQuery',
    source: 'Microsoft Graph, List users',
  },
  async () => {
    const { call } = testTenant({ users: PEOPLE })
    const sizes = (found: readonly Answer[]) => found.map(({ value }) => value.length)
    expect(sizes(await pages(call, '/users?$select=id'))).toEqual([...Array.from({ length: 12 }, () => 100), 3])
    expect(sizes(await pages(call, '/users?$top=999&$select=id'))).toEqual([999, 204])
    expect((await call('GET /users?$top=1000')).code).toBe('Request_UnsupportedQuery')
    expect((await call('GET /users?$top=0')).code).toBe('Request_UnsupportedQuery')
  },
)

rule(
  {
    area: 'Paging',
    says: 'with signInActivity selected a page holds at most 120',
    source: 'Microsoft Graph, List users',
  },
  async () => {
    const { call } = testTenant({
      users: PEOPLE,
      applications: [{ permissions: ['User.Read.All', 'AuditLog.Read.All'] }],
    })
    expect((await call('GET /users?$top=999&$select=id,signInActivity')).value).toHaveLength(120)
  },
)

rule(
  {
    area: 'Paging',
    says: '$skip is refused with 400 Request_UnsupportedQuery',
    source: 'Microsoft Graph, List users',
  },
  async () => {
    expect((await testTenant().call('GET /users?$skip=10')).code).toBe('Request_UnsupportedQuery')
  },
)

rule(
  {
    area: 'Paging',
    says: '@odata.nextLink is absolute, on the origin the client used, keeps the query and carries an opaque $skiptoken',
    source: 'Microsoft Graph, Paging Microsoft Graph data',
  },
  async () => {
    const { call } = testTenant({ users: PEOPLE })
    const query = `$select=id&$filter=${encodeURIComponent("department eq 'odd'")}&$top=5`
    const first = await call(`GET https://proxy.example:9443/v1.0/users?${query}`)
    const link = String(first.body['@odata.nextLink'])
    const url = new URL(link)
    expect([url.origin, url.pathname]).toEqual(['https://proxy.example:9443', '/v1.0/users'])
    expect(['$select', '$filter', '$top'].map(name => url.searchParams.get(name))).toEqual([
      'id',
      "department eq 'odd'",
      '5',
    ])
    expect(url.searchParams.get('$skiptoken')).toMatch(/^[\w-]+$/)
    const rest = await pages(call, link)
    expect(new Set([...idsOf([first]), ...idsOf(rest)]).size).toBe(601)
    expect(link.match(/skiptoken/g)).toHaveLength(1)
  },
)

rule(
  {
    area: 'Paging',
    says: '@odata.count stands on page 1 only, and nextLink does not carry the ConsistencyLevel header: without it the next page is 400',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    const { call } = testTenant({ users: PEOPLE })
    const query = `$count=true&$top=5&$filter=${encodeURIComponent("department ne 'odd'")}`
    const first = await call(`GET /users?${query}`, undefined, EVENTUAL)
    expect(first.body['@odata.count']).toBe(602)
    const next = `GET ${first.body['@odata.nextLink']}`
    expect((await call(next)).code).toBe('Request_UnsupportedQuery')
    const second = await call(next, undefined, EVENTUAL)
    expect([second.status, '@odata.count' in second.body]).toEqual([200, false])
  },
)

rule(
  {
    area: 'Paging',
    says: 'an expired $skiptoken is 400 Directory_ExpiredPageToken; how long it lasts is a switch',
    source: 'Microsoft Graph client libraries, error codes',
    unconfirmed: 'pageTokenSeconds',
  },
  async () => {
    const { call, clock } = testTenant({ users: PEOPLE, switches: { pageTokenSeconds: 60 } })
    const link = `GET ${(await call('GET /users')).body['@odata.nextLink']}`
    clock.advance(60_000)
    expect((await call(link)).status).toBe(200)
    clock.advance(1)
    const { status, code } = await call(link)
    expect([status, code]).toEqual([400, 'Directory_ExpiredPageToken'])
    expect((await call('GET /users?$skiptoken=rubbish')).status).toBe(400)
  },
)

rule(
  {
    area: 'Paging',
    says: 'a page may be empty and still link to the next; here by switch, on every first page',
    source: 'Microsoft Graph, Paging Microsoft Graph data',
    unconfirmed: 'emptyPages',
  },
  async () => {
    const { call } = testTenant({ users: PEOPLE.slice(0, 30), switches: { emptyPages: true } })
    const found = await pages(call, '/users?$top=20&$select=id')
    expect(found.map(({ value }) => value.length)).toEqual([0, 20, 10])
  },
)

rule(
  {
    area: 'Paging',
    says: 'who stays is on some page, though all of the page before was deleted meanwhile',
    source: 'Microsoft Graph, Paging Microsoft Graph data',
  },
  async () => {
    const { call } = testTenant({ users: PEOPLE.slice(0, 300) })
    let deleted = 0
    const found = await pages(call, '/users?$top=100&$select=id', async ({ value }) => {
      for (const { id } of value) {
        deleted += 1
        await call(`DELETE /users/${id}`)
      }
    })
    expect([new Set(idsOf(found)).size, deleted]).toEqual([300, 300])
  },
)

rule(
  {
    area: 'Paging',
    says: 'the members of a group page likewise, also while members leave',
    source: 'Microsoft Graph, List group members',
  },
  async () => {
    const people = PEOPLE.slice(0, 250)
    const members = people.map(({ userPrincipalName }) => userPrincipalName).reverse()
    const { call } = testTenant({ users: people, groups: [{ displayName: 'All', members }] })
    const [group] = (await call('GET /groups?$select=id')).value
    const path = `/groups/${group?.id}/members`
    const found = await pages(call, `${path}?$top=100&$select=id`, async ({ value }) => {
      for (const { id } of value.slice(50)) await call(`DELETE ${path}/${id}/$ref`)
    })
    expect(new Set(idsOf(found)).size).toBe(250)
  },
)

rule(
  {
    area: 'Paging',
    says: 'the status of Directory_ExpiredPageToken may be 410 in place of 400',
    source: 'Microsoft Graph client libraries, error codes',
    unconfirmed: 'pageTokenStatus',
  },
  async () => {
    const { call, clock } = testTenant({
      users: PEOPLE.slice(0, 101),
      switches: { pageTokenSeconds: 60, pageTokenStatus: 410 },
    })
    const link = `GET ${(await call('GET /users')).body['@odata.nextLink']}`
    clock.advance(60_001)
    const { status, code } = await call(link)
    expect([status, code]).toEqual([410, 'Directory_ExpiredPageToken'])
  },
)
