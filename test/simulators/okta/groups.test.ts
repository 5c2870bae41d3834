import { expect } from 'vitest'
import { bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, profile, refused, silent } from './people.ts'

const taken = 'name: An object with this field already exists in the current organization'

rule(
  {
    area: 'Groups: the object',
    says: 'a new group has id, created, lastUpdated, lastMembershipUpdated, objectClass [okta:user_group], type OKTA_GROUP, profile with a null description, and the links logo (two), users and apps',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('POST', '/api/v1/groups', { body: { profile: { name: 'Engineering' } } })
    expect(Object.keys(Object(reply.body.value)).join()).toBe(
      'id,created,lastUpdated,lastMembershipUpdated,objectClass,type,profile,_links',
    )
    expect([reply.body.at('objectClass'), reply.body.at('type')]).toEqual([['okta:user_group'], 'OKTA_GROUP'])
    expect(reply.body.at('profile')).toEqual({ name: 'Engineering', description: null })
    expect(Object.keys(Object(reply.body.at('_links')))).toEqual(['logo', 'users', 'apps'])
    expect([reply.body.at('_links', 'logo', 0, 'name'), reply.body.at('_links', 'logo', 1, 'name')]).toEqual([
      'medium',
      'large',
    ])
  },
)

rule(
  {
    area: 'Groups: the object',
    says: 'newer orgs add the link owners',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'groupOwnersLink',
  },
  async () => {
    const org = bench({ switches: { groupOwnersLink: true }, groups: [{ id: 'g1', name: 'Engineering' }] })
    expect((await org.ask('GET', '/api/v1/groups/g1')).body.at('_links', 'owners', 'href')).toBe(
      'http://acme.test/api/v1/groups/g1/owners',
    )
    expect(
      (await bench({ groups: [{ id: 'g1', name: 'E' }] }).ask('GET', '/api/v1/groups/g1')).body.at('_links', 'owners'),
    ).toBeUndefined()
  },
)

rule(
  {
    area: 'Groups: the object',
    says: 'Everyone is a BUILT_IN group of every org and has every user',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({ users: [{ id: 'u1', profile }] })
    const reply = await org.ask('GET', '/api/v1/groups?q=Everyone&limit=1')
    expect([reply.body.at(0, 'type'), reply.body.at(0, 'objectClass')]).toEqual(['BUILT_IN', ['okta:user_group']])
    expect(idsOf(await org.ask('GET', `/api/v1/groups/${reply.body.at(0, 'id')}/users`))).toEqual(['u1'])
    const id = await org.user('new@example.com')
    expect(idsOf(await org.ask('GET', `/api/v1/users/${id}/groups`))).toEqual([reply.body.at(0, 'id')])
  },
)

rule(
  {
    area: 'Groups: write',
    says: 'POST /groups is 200; an empty or missing name is 400 E0000001',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench()
    expect((await org.ask('POST', '/api/v1/groups', { body: { profile: { name: 'A' } } })).status).toBe(200)
    for (const name of [undefined, null, '', '  '])
      refused(
        await org.ask('POST', '/api/v1/groups', { body: { profile: { name } } }),
        400,
        'E0000001',
        'Api validation failed: name',
        'name: The field cannot be left blank',
      )
  },
)

rule(
  {
    area: 'Groups: write',
    says: 'a name has 255 characters at most, a description 1024',
    source: 'Okta, Groups API',
  },
  async () => {
    const make = (name: string, description = '') =>
      bench().ask('POST', '/api/v1/groups', { body: { profile: { name, description } } })
    expect((await make('n'.repeat(255), 'd'.repeat(1024))).status).toBe(200)
    refused(await make('n'.repeat(256)), 400, 'E0000001')
    refused(await make('n', 'd'.repeat(1025)), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Groups: write',
    says: 'a name that another group has is 400 E0000001, cause name: An object with this field already exists in the current organization; case does not count',
    source: 'Okta, Groups API',
    unconfirmed: 'groupNamesIgnoreCase',
  },
  async () => {
    const make = (org: ReturnType<typeof bench>, name: string) =>
      org.ask('POST', '/api/v1/groups', { body: { profile: { name } } })
    const org = bench({ groups: [{ name: 'Engineering' }] })
    refused(await make(org, 'Engineering'), 400, 'E0000001', 'Api validation failed: name', taken)
    refused(await make(org, 'ENGINEERING'), 400, 'E0000001')
    const strict = bench({ groups: [{ name: 'Engineering' }], switches: { groupNamesIgnoreCase: false } })
    expect((await make(strict, 'ENGINEERING')).status).toBe(200)
    refused(await make(strict, 'Engineering'), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Groups: read',
    says: 'an unknown group is 404 E0000007 Not found: Resource not found: {id} (UserGroup)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const text = 'Not found: Resource not found: nope (UserGroup)'
    refused(await bench().ask('GET', '/api/v1/groups/nope'), 404, 'E0000007', text)
    refused(
      await bench().ask('PUT', '/api/v1/groups/nope', { body: { profile: { name: 'x' } } }),
      404,
      'E0000007',
      text,
    )
  },
)

rule(
  {
    area: 'Groups: write',
    says: 'PUT replaces name and description and moves lastUpdated, not lastMembershipUpdated',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({ groups: [{ id: 'g1', name: 'Old', description: 'text' }] })
    const before = await org.ask('GET', '/api/v1/groups/g1')
    org.clock.advance(5)
    const reply = await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name: 'New' } } })
    expect([reply.status, reply.body.at('profile')]).toEqual([200, { name: 'New', description: null }])
    expect(reply.body.at('lastUpdated')).toBe('2026-03-02T09:00:05.000Z')
    expect(reply.body.at('lastMembershipUpdated')).toBe(before.body.at('lastMembershipUpdated'))
  },
)

rule(
  {
    area: 'Groups: write',
    says: 'DELETE is 204 and again 404',
    source: "Okta's SDK for .NET, integration tests",
  },
  async () => {
    const org = bench({ groups: [{ id: 'g1', name: 'A' }] })
    silent(await org.ask('DELETE', '/api/v1/groups/g1'))
    refused(await org.ask('DELETE', '/api/v1/groups/g1'), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Groups: write',
    says: 'writes to an APP_GROUP or a BUILT_IN group are refused, even to a super admin: 403 E0000006, before 2026.04 501 E0000060 Unsupported operation.',
    source: 'Okta, Release notes 2026',
    unconfirmed: 'readOnlyGroupRefusal',
  },
  async () => {
    const groups = [{ id: 'ad', name: 'AD', type: 'APP_GROUP' as const }]
    const users = [{ id: 'u1', profile }]
    const body = { profile: { name: 'x' } }
    const calls: readonly (readonly [string, string])[] = [
      ['PUT', '/api/v1/groups/ad'],
      ['DELETE', '/api/v1/groups/ad'],
      ['PUT', '/api/v1/groups/ad/users/u1'],
      ['DELETE', '/api/v1/groups/ad/users/u1'],
    ]
    for (const [method, path] of calls) {
      refused(await bench({ groups, users }).ask(method, path, { body }), 403, 'E0000006')
      const older = bench({ groups, users, switches: { readOnlyGroupRefusal: 'E0000060' } })
      refused(await older.ask(method, path, { body }), 501, 'E0000060', 'Unsupported operation.')
    }
    const org = bench({ users })
    const everyone = (await org.ask('GET', '/api/v1/groups?q=Everyone')).body.at(0, 'id')
    refused(await org.ask('DELETE', `/api/v1/groups/${everyone}/users/u1`), 403, 'E0000006')
  },
)

rule(
  {
    area: 'Groups: list',
    says: 'a page has 10,000 groups where no limit is said, or 200, and 10,000 at most; pages follow Link',
    source: 'Okta, Groups API',
    unconfirmed: 'groupsPerPage',
  },
  async () => {
    const org = bench({ groups: Array.from({ length: 4 }, (_, index) => ({ id: `g${index}`, name: `G${index}` })) })
    expect((await org.ask('GET', '/api/v1/groups')).links).toEqual([
      '<http://acme.test/api/v1/groups?limit=10000>; rel="self"',
    ])
    const first = await org.ask('GET', '/api/v1/groups?limit=3')
    const next = /^<http:\/\/acme\.test([^>]+)>; rel="next"$/.exec(first.links[1] ?? '')?.[1] ?? ''
    const second = await org.ask('GET', next)
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(5)
    expect(second.links).toHaveLength(1)
    expect((await org.ask('GET', '/api/v1/groups?limit=20000')).status).toBe(200)
    const moved = bench({ switches: { groupsPerPage: 2 }, groups: ['A', 'B'].map(name => ({ name })) })
    const page = await moved.ask('GET', '/api/v1/groups')
    expect([page.body.list.length, page.links.length]).toEqual([2, 2])
  },
)

rule(
  {
    area: 'Groups: list',
    says: 'q finds what a name begins with, without regard to case; it does not page: 300 groups where no limit is said, and no Link',
    source: 'Okta, Groups API',
  },
  async () => {
    const many = Array.from({ length: 301 }, (_, index) => ({ name: `Team ${index}` }))
    const org = bench({ groups: [{ id: 'g1', name: 'Sales EU' }, { id: 'g2', name: 'EU Sales' }, ...many] })
    expect(idsOf(await org.ask('GET', '/api/v1/groups?q=sales'))).toEqual(['g1'])
    const reply = await org.ask('GET', '/api/v1/groups?q=team')
    expect([reply.body.list.length, reply.links]).toEqual([300, []])
    expect((await org.ask('GET', '/api/v1/groups?q=team&limit=7')).body.list).toHaveLength(7)
  },
)

rule(
  {
    area: 'Groups: list',
    says: 'filter takes id, type, lastUpdated and lastMembershipUpdated with eq, times with gt and lt too; others are 400 E0000094',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({ groups: [{ id: 'g1', name: 'A', lastMembershipUpdated: '2026-04-01T00:00:00.000Z' }] })
    const ask = (text: string) => org.ask('GET', `/api/v1/groups?filter=${encodeURIComponent(text)}`)
    expect(idsOf(await ask('id eq "g1"'))).toEqual(['g1'])
    expect(idsOf(await ask('type eq "OKTA_GROUP" and lastMembershipUpdated gt "2026-03-31T00:00:00.000Z"'))).toEqual([
      'g1',
    ])
    expect((await ask('lastMembershipUpdated gt "2026-04-01T00:00:00.000Z"')).body.value).toEqual([])
    refused(await ask('profile.name eq "A"'), 400, 'E0000094')
  },
)

rule(
  {
    area: 'Groups: list',
    says: 'search takes profile attributes, id, created, lastMembershipUpdated, lastUpdated, type and source.id with eq, sw, gt and lt, co on name and description alone',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({
      groups: [
        { id: 'g1', name: 'Sales EU', description: 'europe' },
        { id: 'ad', name: 'AD', type: 'APP_GROUP', source: '0oaDirectory' },
      ],
    })
    const ask = (text: string) => org.ask('GET', `/api/v1/groups?search=${encodeURIComponent(text)}`)
    for (const text of [
      'profile.name sw "sales"',
      'profile.name co "EU"',
      'profile.description co "euro"',
      'id eq "g1"',
    ])
      expect(idsOf(await ask(text)), text).toEqual(['g1'])
    expect(idsOf(await ask('source.id eq "0oaDirectory"'))).toEqual(['ad'])
    refused(await ask('type co "OKTA"'), 400, 'E0000031', 'Invalid search criteria.')
  },
)

rule(
  {
    area: 'Groups: list',
    says: 'search sorts with sortBy and sortOrder',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({
      groups: [
        { id: 'g1', name: 'B' },
        { id: 'g2', name: 'A' },
      ],
    })
    const search = encodeURIComponent('type eq "OKTA_GROUP"')
    const ask = (order: string) =>
      org.ask('GET', `/api/v1/groups?search=${search}&sortBy=profile.name&sortOrder=${order}`)
    expect([idsOf(await ask('asc')), idsOf(await ask('desc'))]).toEqual([
      ['g2', 'g1'],
      ['g1', 'g2'],
    ])
  },
)

rule(
  {
    area: 'Groups: list',
    says: 'expand=stats embeds usersCount, appsCount, groupPushMappingsCount and hasAdminPrivlege',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({ users: [{ id: 'u1', profile }], groups: [{ id: 'g1', name: 'A', members: ['u1'] }] })
    const reply = await org.ask('GET', '/api/v1/groups/g1?expand=stats')
    expect(reply.body.at('_embedded', 'stats')).toEqual({
      usersCount: 1,
      appsCount: 0,
      groupPushMappingsCount: 0,
      hasAdminPrivlege: false,
    })
  },
)

rule(
  {
    area: 'Groups: schema',
    says: 'the group schema has name and description as base and takes custom attributes, which group profiles then may have',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const make = (profileOf: Readonly<Record<string, unknown>>) =>
      org.ask('POST', '/api/v1/groups', { body: { profile: profileOf } })
    refused(await make({ name: 'A', team: 'x' }), 400, 'E0000001')
    const body = { definitions: { custom: { properties: { team: { title: 'Team', type: 'string' } } } } }
    const schema = await org.ask('POST', '/api/v1/meta/schemas/group/default', { body })
    expect(Object.keys(Object(schema.body.at('definitions', 'base', 'properties')))).toEqual(['name', 'description'])
    expect(schema.body.at('definitions', 'custom', 'properties', 'team', 'master')).toEqual({ type: 'PROFILE_MASTER' })
    expect((await make({ name: 'A', team: 'x' })).body.at('profile')).toEqual({
      name: 'A',
      description: null,
      team: 'x',
    })
  },
)

rule(
  {
    area: 'Groups: owners',
    says: 'an owner is assigned with 201, listed, and removed with 204',
    source: 'Okta, Group Owners API',
  },
  async () => {
    const org = bench({ users: [{ id: 'u1', profile }], groups: [{ id: 'g1', name: 'A' }] })
    const reply = await org.ask('POST', '/api/v1/groups/g1/owners', { body: { id: 'u1', type: 'USER' } })
    expect([reply.status, reply.body.at('displayName'), reply.body.at('originType')]).toEqual([
      201,
      'Ada Lovelace',
      'OKTA_DIRECTORY',
    ])
    expect(idsOf(await org.ask('GET', '/api/v1/groups/g1/owners'))).toEqual(['u1'])
    silent(await org.ask('DELETE', '/api/v1/groups/g1/owners/u1'))
    expect((await org.ask('GET', '/api/v1/groups/g1/owners')).body.value).toEqual([])
  },
)
