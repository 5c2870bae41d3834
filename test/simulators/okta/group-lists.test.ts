import { expect } from 'vitest'
import { bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, profile, refused, silent } from './people.ts'

const groups = [
  { id: 'g1', name: 'Sales', lastUpdated: '2026-01-01T00:00:00.000Z' },
  { id: 'g2', name: 'Legal', lastUpdated: '2026-02-01T00:00:00.000Z' },
]
const asked = (parameter: string, text: string): string => `/api/v1/groups?${parameter}=${encodeURIComponent(text)}`
const january = '"2026-01-01T00:00:00.000Z"'

rule(
  {
    area: 'Groups: list',
    says: 'filter knows eq, gt and lt, search eq, sw, co, gt and lt; whether ge, le and pr go too, as they do for users, is not told',
    source: 'Okta, Groups API',
    unconfirmed: 'groupOperators',
  },
  async () => {
    const org = bench({ groups })
    const all = bench({ groups, switches: { groupOperators: 'all' } })
    expect(idsOf(await org.ask('GET', asked('filter', `lastUpdated eq ${january}`)))).toEqual(['g1'])
    expect(idsOf(await org.ask('GET', asked('search', `lastUpdated lt "2026-01-02T00:00:00.000Z"`)))).toEqual(['g1'])
    const beyond: readonly (readonly [string, string, string])[] = [
      ['filter', `lastUpdated le ${january}`, 'E0000094'],
      ['search', `lastUpdated le ${january}`, 'E0000031'],
      ['search', 'profile.name pr and id eq "g1"', 'E0000031'],
    ]
    for (const [parameter, text, code] of beyond) {
      refused(await org.ask('GET', asked(parameter, text)), 400, code)
      expect(idsOf(await all.ask('GET', asked(parameter, text)))).toEqual(['g1'])
    }
  },
)

rule(
  {
    area: 'Groups: list',
    says: 'a property that filter does not know is 400 E0000094 "The provided filter is unsupported."; and and or join comparisons',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = bench({ groups })
    const unsupported = 'The provided filter is unsupported.'
    refused(await org.ask('GET', asked('filter', 'profile.name eq "Sales"')), 400, 'E0000094', unsupported)
    expect(idsOf(await org.ask('GET', asked('filter', 'id eq "g1" or id eq "g2"')))).toEqual(['g1', 'g2'])
    expect(idsOf(await org.ask('GET', asked('filter', 'id eq "g1" and type eq "BUILT_IN"')))).toEqual([])
  },
)

rule(
  {
    area: 'Groups: list',
    says: 'expand=app embeds id, name, label and signOnMode of the app an APP_GROUP comes from; expand=stats,app both, in lists as for one group',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({
      apps: [{ label: 'Tenure' }, { id: 'ad', name: 'active_directory', label: 'AD', signOnMode: 'BOOKMARK' }],
      groups: [
        { id: 'g1', name: 'Own' },
        { id: 'g2', name: 'Imported', type: 'APP_GROUP', source: 'ad' },
      ],
    })
    const one = await org.ask('GET', '/api/v1/groups/g2?expand=app')
    const app = { id: 'ad', name: 'active_directory', label: 'AD', signOnMode: 'BOOKMARK' }
    expect(one.body.at('_embedded', 'app')).toEqual(app)
    expect((await org.ask('GET', '/api/v1/groups/g1?expand=app')).body.at('_embedded')).toBeUndefined()
    const list = await org.ask('GET', `${asked('filter', 'id eq "g2"')}&expand=stats,app`)
    expect(Object.keys(Object(list.body.at(0, '_embedded')))).toEqual(['stats', 'app'])
  },
)

rule(
  {
    area: 'Groups: the object',
    says: 'an APP_GROUP has objectClass okta:windows_security_principal, the attributes of its app such as dn and samAccountName, and source.id',
    source: 'Okta, Groups API',
  },
  async () => {
    const imported = { name: 'IT', description: null, dn: 'CN=IT,DC=acme,DC=test', samAccountName: 'IT' }
    const org = bench({ groups: [{ id: 'g1', type: 'APP_GROUP', source: '0oaDirectory', profile: imported }] })
    const reply = await org.ask('GET', '/api/v1/groups/g1')
    expect([reply.body.at('type'), reply.body.at('objectClass'), reply.body.at('source')]).toEqual([
      'APP_GROUP',
      ['okta:windows_security_principal'],
      { id: '0oaDirectory' },
    ])
    expect(reply.body.at('profile')).toEqual(imported)
    expect(idsOf(await org.ask('GET', asked('search', 'profile.samAccountName eq "IT"')))).toEqual(['g1'])
  },
)

rule(
  {
    area: 'Groups: the object',
    says: 'Okta Administrators is a BUILT_IN group like Everyone, and as little to be written: 403 E0000006',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({
      users: [{ id: 'u1', profile }],
      groups: [{ id: 'g1', name: 'Okta Administrators', type: 'BUILT_IN' }],
    })
    expect((await org.ask('GET', '/api/v1/groups/g1')).body.at('objectClass')).toEqual(['okta:user_group'])
    const body = { profile: { name: 'Admins' } }
    refused(await org.ask('PUT', '/api/v1/groups/g1', { body }), 403, 'E0000006')
    refused(await org.ask('DELETE', '/api/v1/groups/g1'), 403, 'E0000006')
    refused(await org.ask('PUT', '/api/v1/groups/g1/users/u1'), 403, 'E0000006')
  },
)

rule(
  {
    area: 'Groups: write',
    says: 'what the cause says of a name that is taken is not told',
    source: 'Okta, Groups API',
    unconfirmed: 'groupNameTakenCause',
  },
  async () => {
    const body = { profile: { name: 'Sales' } }
    const cause = 'name: This name is in use'
    const org = bench({ groups, switches: { groupNameTakenCause: cause } })
    refused(await org.ask('POST', '/api/v1/groups', { body }), 400, 'E0000001', 'Api validation failed: name', cause)
    refused(await org.ask('PUT', '/api/v1/groups/g2', { body }), 400, 'E0000001', 'Api validation failed: name', cause)
  },
)

rule(
  {
    area: 'Groups: write',
    says: 'two groups created with one name within milliseconds could both stand',
    source: 'Okta, Release notes 2023',
    unconfirmed: 'groupNameRaceMs',
  },
  async () => {
    const org = bench({ switches: { groupNameRaceMs: 50 } })
    const make = () => org.ask('POST', '/api/v1/groups', { body: { profile: { name: 'Twins' } } })
    expect([(await make()).status, (await make()).status]).toEqual([200, 200])
    org.clock.advance(1)
    refused(await make(), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'the member list, apps and group rules of a group that is not there are 404 E0000007 (UserGroup), the groups of a user who is not there (User)',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({ users: [{ id: 'u1', profile }] })
    for (const path of ['/users', '/apps', '/users/u1/group-rules', '/owners']) {
      const text = 'Not found: Resource not found: none (UserGroup)'
      refused(await org.ask('GET', `/api/v1/groups/none${path}`), 404, 'E0000007', text)
    }
    const text = 'Not found: Resource not found: nobody (User)'
    refused(await org.ask('GET', '/api/v1/users/nobody/groups'), 404, 'E0000007', text)
  },
)

rule(
  {
    area: 'Groups: members',
    says: "a membership does not move the group's lastUpdated, which tells of its profile alone",
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({ users: [{ id: 'u1', profile }], groups: [{ id: 'g1', name: 'Sales' }] })
    const moved = async () => (await org.ask('GET', '/api/v1/groups/g1')).body.at('lastUpdated')
    const before = await moved()
    org.clock.advance(10)
    silent(await org.ask('PUT', '/api/v1/groups/g1/users/u1'))
    expect(await moved()).toBe(before)
    await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name: 'Sale' } } })
    expect(await moved()).not.toBe(before)
  },
)

rule(
  {
    area: 'Groups: incremental reads',
    says: 'lastMembershipUpdated gt finds the groups whose membership changed since, and not those that were renamed; lastUpdated gt the other way round',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench({ users: [{ id: 'u1', profile }], groups: groups.map(({ id, name }) => ({ id, name })) })
    org.clock.advance(60)
    const since = '"2026-03-02T09:00:30.000Z"'
    await org.ask('PUT', '/api/v1/groups/g1/users/u1')
    await org.ask('PUT', '/api/v1/groups/g2', { body: { profile: { name: 'Law' } } })
    const own = 'type eq "OKTA_GROUP" and '
    for (const parameter of ['filter', 'search']) {
      expect(idsOf(await org.ask('GET', asked(parameter, `${own}lastMembershipUpdated gt ${since}`)))).toEqual(['g1'])
      expect(idsOf(await org.ask('GET', asked(parameter, `${own}lastUpdated gt ${since}`)))).toEqual(['g2'])
    }
    const sorted = `${asked('search', own.slice(0, -5))}&sortBy=lastMembershipUpdated&sortOrder=desc`
    expect(idsOf(await org.ask('GET', sorted))).toEqual(['g1', 'g2'])
    expect((await org.ask('GET', '/api/v1/groups/g1')).body.at('lastMembershipUpdated')).toMatch(/:00\.000Z$/)
  },
)
