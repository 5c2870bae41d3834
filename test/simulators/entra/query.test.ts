import { expect } from 'vitest'
import { type Answer, EVENTUAL, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const UNIT = 'cccccccc-0000-4000-8000-000000000001'

const STATE = {
  users: [
    {
      id: ADA,
      userPrincipalName: 'ada@example.com',
      displayName: "Ada O'Hara",
      department: 'Maths',
      employeeId: 'E1',
      mail: 'ada@example.com',
      manager: 'bob@example.com',
      otherMails: ['a@x.org', 'b@x.org'],
    },
    { userPrincipalName: 'bob@example.com', displayName: 'Bob OneVideo', department: 'Sales', accountEnabled: false },
    { userPrincipalName: 'cyn@example.com', displayName: 'Cyn', department: 'Sales', employeeId: 'E3' },
  ],
  groups: [
    { id: ENG, displayName: 'Engineering', members: ['ada@example.com', 'cyn@example.com'] },
    {
      displayName: 'Everyone',
      members: ['ada@example.com', 'bob@example.com', 'cyn@example.com'],
    },
  ],
  administrativeUnits: [{ id: UNIT, displayName: 'Emea', members: ['ada@example.com'] }],
}

const { call } = testTenant(STATE)
const MORE =
  'is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information'

const users = (query: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  call(`GET /users?$select=userPrincipalName&${query}`, undefined, headers)
const advanced = (query: string): Promise<Answer> => users(`${query}&$count=true`, EVENTUAL)
const filter = (text: string): string => `$filter=${encodeURIComponent(text)}`
const initials = ({ value }: Answer): string =>
  value.map(({ userPrincipalName }) => String(userPrincipalName).charAt(0)).join('')
const refusal = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'Queries: $filter',
    says: 'eq, in, startsWith, and, or, any and parentheses need neither header nor $count; text is compared in any case of letters',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    expect(initials(await users(filter("userPrincipalName eq 'ADA@example.com'")))).toBe('a')
    expect(initials(await users(filter("displayName eq 'Ada O''Hara'")))).toBe('a')
    expect(initials(await users(filter("employeeId in ('E1','E3','E9')")))).toBe('ac')
    expect(initials(await users(filter("startsWith(displayName,'c')")))).toBe('c')
    expect(
      initials(await users(filter("(department eq 'Maths' or department eq 'Sales') and accountEnabled eq true"))),
    ).toBe('ac')
    expect(initials(await users(filter("otherMails/any(m:m eq 'b@x.org')")))).toBe('a')
    expect(initials(await users(filter(`id eq '${ADA}'`)))).toBe('a')
    expect(initials(await users(filter("mail eq 'ada@example.com'")))).toBe('a')
  },
)

rule(
  {
    area: 'Queries: $filter',
    says: 'ne without ConsistencyLevel: eventual and $count=true is 400 Request_UnsupportedQuery, and the text names the operator',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    const query = filter("department ne 'Sales'")
    expect(refusal(await users(query))).toBe(`400 Request_UnsupportedQuery Operator 'Not Equal Match' ${MORE}`)
    expect((await users(query, EVENTUAL)).code).toBe('Request_UnsupportedQuery')
    expect((await users(`${query}&$count=true`)).code).toBe('Request_UnsupportedQuery')
    expect(initials(await advanced(query))).toBe('a')
  },
)

rule(
  {
    area: 'Queries: $filter',
    says: 'not and endsWith need an advanced query; the 400 Request_UnsupportedQuery names Not and EndsWith',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    const not = filter("not(department eq 'Sales')")
    const ends = filter("endsWith(userPrincipalName,'b@example.com')")
    expect(refusal(await users(not))).toBe(`400 Request_UnsupportedQuery Operator 'Not' ${MORE}`)
    expect(refusal(await users(ends))).toBe(`400 Request_UnsupportedQuery Operator 'EndsWith' ${MORE}`)
    expect([initials(await advanced(not)), initials(await advanced(ends))]).toEqual(['a', 'b'])
  },
)

rule(
  {
    area: 'Queries: $filter',
    says: '$count of a collection inside $filter needs an advanced query',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    const query = filter('otherMails/$count eq 2')
    expect((await users(query)).code).toBe('Request_UnsupportedQuery')
    expect(initials(await advanced(query))).toBe('a')
    expect(initials(await advanced(filter('otherMails/$count eq 0')))).toBe('bc')
  },
)

rule(
  {
    area: 'Queries: $filter',
    says: 'a filter over a relationship needs an advanced query, except id eq, the probe for one member',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    const members = `GET /groups/${ENG}/members/microsoft.graph.user?$select=id`
    expect((await call(`${members}&${filter(`id eq '${ADA}'`)}`)).value).toEqual([{ id: ADA }])
    const byName = `${members}&${filter("startsWith(displayName,'Ada')")}`
    expect((await call(byName)).code).toBe('Request_UnsupportedQuery')
    expect((await call(`${byName}&$count=true`, undefined, EVENTUAL)).value).toEqual([{ id: ADA }])
  },
)

rule(
  {
    area: 'Queries: $filter',
    says: '$filter, $search and /$count of the members of an administrative unit need ConsistencyLevel: eventual',
    source: 'Microsoft Graph, List members of an administrative unit',
  },
  async () => {
    const members = `GET /directory/administrativeUnits/${UNIT}/members`
    const query = `${members}/microsoft.graph.user?${filter("startsWith(displayName,'Ada')")}`
    expect((await call(query)).code).toBe('Request_UnsupportedQuery')
    expect((await call(`${query}&$count=true`, undefined, EVENTUAL)).value).toHaveLength(1)
    expect((await call(`${members}/$count`)).status).toBe(400)
    expect((await call(`${members}/$count`, undefined, EVENTUAL)).status).toBe(200)
  },
)

rule(
  {
    area: 'Queries: $filter',
    says: 'an unknown property is 400 BadRequest "Could not find a property named", a broken clause 400 Request_BadRequest "Invalid filter clause"',
    source: 'Microsoft Graph, Use query parameters to customize responses',
  },
  async () => {
    expect(refusal(await users(filter("favourite eq 'a'")))).toBe(
      "400 BadRequest Invalid filter clause: Could not find a property named 'favourite' on type 'microsoft.graph.user'.",
    )
    expect(refusal(await users(filter('department eq')))).toMatch(/^400 Request_BadRequest Invalid filter clause/)
    expect((await users(filter("contains(displayName,'a')"))).code).toBe('Request_UnsupportedQuery')
  },
)

rule(
  {
    area: 'Queries: $search',
    says: '$search needs ConsistencyLevel: eventual and $count=true, else 400 Request_UnsupportedQuery; displayName is searched by words that begin so',
    source: 'Microsoft Graph, Use the $search query parameter',
    unconfirmed: 'searchNeedsCount',
  },
  async () => {
    const query = `$search=${encodeURIComponent('"displayName:video" OR "displayName:hara"')}`
    expect((await users(query)).code).toBe('Request_UnsupportedQuery')
    expect((await users(query, EVENTUAL)).code).toBe('Request_UnsupportedQuery')
    expect(initials(await advanced(query))).toBe('ab')
    expect(initials(await advanced(`$search=${encodeURIComponent('"displayName:ideo"')}`))).toBe('')
    expect(initials(await advanced(`$search=${encodeURIComponent('"displayName:one" AND "mail:bob"')}`))).toBe('')
    const lenient = testTenant({ ...STATE, switches: { searchNeedsCount: false } })
    expect((await lenient.call(`GET /users?${query}`, undefined, EVENTUAL)).value).toHaveLength(2)
  },
)

rule(
  {
    area: 'Queries: $search',
    says: 'a $search clause that is not "property:value" is 400',
    source: 'Microsoft Graph, Use the $search query parameter',
  },
  async () => {
    expect((await advanced('$search=hara')).status).toBe(400)
    expect((await advanced(`$search=${encodeURIComponent('"department:Sales"')}`)).status).toBe(400)
  },
)

rule(
  {
    area: 'Queries: $orderby',
    says: '$orderby alone works; together with $filter it needs an advanced query, else 400 Request_UnsupportedQuery "Sorting not supported for current query."',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    expect(initials(await users('$orderby=displayName desc'))).toBe('cba')
    const both = `$orderby=displayName desc&${filter("department eq 'Sales'")}`
    expect(refusal(await users(both))).toBe('400 Request_UnsupportedQuery Sorting not supported for current query.')
    expect(initials(await advanced(both))).toBe('cb')
  },
)

rule(
  {
    area: 'Queries: $count',
    says: '$count=true without the header is silently ignored; with it @odata.count stands on the answer',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    const plain = await users('$count=true')
    expect([plain.status, '@odata.count' in plain.body]).toEqual([200, false])
    expect((await advanced('$top=1')).body['@odata.count']).toBe(3)
  },
)

rule(
  {
    area: 'Queries: $count',
    says: '/users/$count without ConsistencyLevel: eventual is 400 Request_BadRequest "$count is not currently supported."; with it 200 text/plain',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    expect(refusal(await call('GET /users/$count'))).toBe('400 Request_BadRequest $count is not currently supported.')
    const { tenant, signIn } = testTenant(STATE)
    const url = new URL('https://localhost/v1.0/users/$count?$filter=accountEnabled eq true')
    const reply = await tenant.handle({
      method: 'GET',
      url,
      segments: ['v1.0', 'users', '$count'],
      headers: { authorization: `Bearer ${await signIn()}`, consistencylevel: 'eventual' },
      body: Buffer.alloc(0),
    })
    expect([reply.status, reply.body]).toEqual([200, '2'])
    expect(reply.headers).toContainEqual(['Content-Type', 'text/plain'])
  },
)

rule(
  {
    area: 'Queries: $expand',
    says: '$expand shows at most 20 linked objects',
    source: 'Microsoft Graph, Use the $expand query parameter',
  },
  async () => {
    const people = Array.from({ length: 25 }, (_, index) => `p${index}@example.com`)
    const many = testTenant({
      users: people.map(userPrincipalName => ({ userPrincipalName })),
      groups: [{ id: ENG, displayName: 'Big', members: people }],
    })
    const { body } = await many.call(`GET /groups/${ENG}?$expand=members($select=id)`)
    expect(body.members).toHaveLength(20)
  },
)

rule(
  {
    area: 'Queries: $expand',
    says: '$expand in an advanced query is 400 Request_UnsupportedQuery; without one it works',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    expect((await call('GET /users?$expand=manager&$count=true', undefined, EVENTUAL)).code).toBe(
      'Request_UnsupportedQuery',
    )
    const { value } = await call('GET /users?$select=id&$expand=manager($select=displayName)')
    expect(value[0]).toMatchObject({ id: ADA, manager: { displayName: 'Bob OneVideo' } })
  },
)

rule(
  {
    area: 'Queries: $expand',
    says: '$expand=manager on members of mixed kinds is 400 BadRequest; it takes /members/microsoft.graph.user',
    source: 'Microsoft Graph, List group members',
    unconfirmed: 'expandOnMixedMembers',
  },
  async () => {
    const path = `GET /groups/${ENG}/members`
    const query = '$select=id&$expand=manager($select=displayName)'
    expect(refusal(await call(`${path}?${query}`))).toMatch(/^400 BadRequest Parsing OData Select and Expand failed/)
    const manager = { displayName: 'Bob OneVideo' }
    expect((await call(`${path}/microsoft.graph.user?${query}`)).value[0]).toMatchObject({ id: ADA, manager })
    const lenient = testTenant({ ...STATE, switches: { expandOnMixedMembers: true } })
    expect((await lenient.call(`${path}?${query}`)).value[0]).toMatchObject({ id: ADA, manager })
  },
)

rule(
  {
    area: 'Queries: $select',
    says: 'without $select a user shows its eleven default properties; the context names what was selected',
    source: 'Microsoft Graph, List users',
  },
  async () => {
    const { body, value } = await call('GET /users?$top=1')
    expect(Object.keys(value[0] ?? {})).toEqual(
      'id businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'.split(
        ' ',
      ),
    )
    expect(body['@odata.context']).toMatch(/\/v1\.0\/\$metadata#users$/)
    const selected = await call('GET /users?$top=1&$select=id,employeeId')
    expect(selected.value[0]).toEqual({ id: ADA, employeeId: 'E1' })
    expect(selected.body['@odata.context']).toMatch(/\$metadata#users\(id,employeeId\)$/)
  },
)

rule(
  {
    area: 'Queries: $select',
    says: 'an unknown property in $select is 400 BadRequest "Parsing OData Select and Expand failed"',
    source: 'Microsoft Graph, Use query parameters to customize responses',
  },
  async () => {
    expect(refusal(await call('GET /users?$select=nope'))).toBe(
      "400 BadRequest Parsing OData Select and Expand failed: Could not find a property named 'nope' on type 'microsoft.graph.user'.",
    )
  },
)

rule(
  {
    area: 'Queries: $select',
    says: 'a property kept in SharePoint selected on a list of users is 501 NotImplemented',
    source: 'Microsoft Graph, Use delta query',
  },
  async () => {
    const { status, code } = await call('GET /users?$select=aboutMe')
    expect([status, code]).toEqual([501, 'NotImplemented'])
  },
)

rule(
  {
    area: 'Queries: casts',
    says: 'a cast in the path leaves one kind, whose objects then carry no @odata.type; without it they do',
    source: 'Microsoft Graph, List group members',
  },
  async () => {
    const mixed = await call(`GET /groups/${ENG}/members?$select=id`)
    expect(mixed.value[0]).toEqual({ '@odata.type': '#microsoft.graph.user', id: ADA })
    const cast = await call(`GET /groups/${ENG}/members/microsoft.graph.user?$select=id`)
    expect(cast.value[0]).toEqual({ id: ADA })
    expect((await call(`GET /groups/${ENG}/members/microsoft.graph.group`)).value).toEqual([])
  },
)

rule(
  {
    area: 'Queries: /beta',
    says: 'the paths work under /beta too, and links and contexts then stay there',
    source: 'HashiCorp, terraform-provider-azuread',
  },
  async () => {
    const { status, body } = await call('GET /beta/users?$top=1')
    expect(status).toBe(200)
    expect(String(body['@odata.context'])).toMatch(/\/beta\/\$metadata#users/)
    expect(String(body['@odata.nextLink'])).toMatch(/\/beta\/users\?/)
    for (const path of [
      `/beta/groups/${ENG}/members`,
      `/beta/groups/${ENG}/owners`,
      `/beta/directory/administrativeUnits/${UNIT}/members`,
      '/beta/users/delta',
    ])
      expect((await call(`GET ${path}`)).status).toBe(200)
  },
)

rule(
  {
    area: 'Queries: $filter',
    says: 'or over two properties finds what matches either, and a filter shows who was made, renamed or deleted since it was last asked',
    source: 'Microsoft Graph, Use query parameters to customize responses',
  },
  async () => {
    const own = testTenant(STATE)
    const found = async (text: string): Promise<string> =>
      initials(await own.call(`GET /users?$select=userPrincipalName&${filter(text)}`))
    expect(await found("displayName eq 'Cyn' or employeeId eq 'E1'")).toBe('ac')
    const named = "displayName eq 'Cyn'"
    const inSales = "department eq 'Sales'"
    expect([await found(named), await found(inSales)]).toEqual(['c', 'bc'])
    await own.call('POST /users', {
      userPrincipalName: 'dan@example.com',
      displayName: 'Cyn',
      mailNickname: 'dan',
      accountEnabled: true,
      passwordProfile: { password: 'Correct-Horse-9' },
    })
    expect(await found(named)).toBe('cd')
    await own.call('PATCH /users/cyn@example.com', { displayName: 'Cynthia', department: 'Ops' })
    expect([await found(named), await found("displayName eq 'cynthia'")]).toEqual(['d', 'c'])
    await own.call('DELETE /users/dan@example.com')
    expect([await found(named), await found(inSales)]).toEqual(['', 'b'])
    await own.call('PATCH /users/ada@example.com', { department: 'Sales' })
    expect(await found(inSales)).toBe('ab')
  },
)

rule(
  {
    area: 'Queries: $search',
    says: '$search without the header is 400 Request_UnsupportedQuery "Request with $search query parameter only works through MSGraph with a special request header: \'ConsistencyLevel: eventual\'"',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    const query = `$search=${encodeURIComponent('"displayName:video"')}`
    for (const path of ['/users', `/groups/${ENG}/members`])
      expect(refusal(await call(`GET ${path}?${query}`))).toBe(
        "400 Request_UnsupportedQuery Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
      )
  },
)

rule(
  {
    area: 'Queries: $filter',
    says: 'a filter over a relationship without an advanced query is 400 Request_UnsupportedQuery "The specified filter to the reference property query is currently not supported."',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    for (const path of [
      `/groups/${ENG}/members`,
      `/directory/administrativeUnits/${UNIT}/members`,
      `/users/${ADA}/memberOf`,
    ])
      expect(refusal(await call(`GET ${path}?${filter("displayName eq 'Ada'")}`))).toBe(
        '400 Request_UnsupportedQuery The specified filter to the reference property query is currently not supported.',
      )
  },
)

rule(
  {
    area: 'Queries: /beta',
    says: 'members of groups and administrative units are read and written under /beta as under /v1.0; there the members of a group show service principals',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const own = testTenant({
      ...STATE,
      applications: [
        { permissions: ['Group.ReadWrite.All', 'AdministrativeUnit.ReadWrite.All', 'Application.ReadWrite.All'] },
      ],
    })
    const [principal] = (await own.call('GET /servicePrincipals')).value
    for (const [list, id] of [
      [`groups/${ENG}/members`, String(principal?.id)],
      [`groups/${ENG}/owners`, ADA],
      [`directory/administrativeUnits/${UNIT}/members`, ENG],
    ] as const) {
      const reference = { '@odata.id': `https://graph.microsoft.com/beta/directoryObjects/${id}` }
      expect((await own.call(`POST /beta/${list}/$ref`, reference)).status).toBe(204)
      expect((await own.call(`GET /beta/${list}`)).value).toContainEqual(expect.objectContaining({ id }))
      const inFirst = (await own.call(`GET /${list}`)).value.some(item => item.id === id)
      expect(inFirst).toBe(id !== principal?.id)
      expect((await own.call(`DELETE /beta/${list}/${id}/$ref`)).status).toBe(204)
    }
  },
)
