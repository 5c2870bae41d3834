import { expect } from 'vitest'
import { type Answer, type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, profile, refused, silent } from './people.ts'

const path = '/api/v1/groups/rules'

function sales(): Bench {
  return bench({
    users: [
      { id: 'u1', profile: { ...profile, department: 'Sales' } },
      { id: 'u2', profile: { ...profile, login: 'bob@example.com', department: 'Legal' } },
    ],
    groups: [{ id: 'g1', name: 'Sales' }],
  })
}

function written(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    type: 'group_rule',
    name: 'Sales people',
    conditions: { expression: { value: 'user.department=="Sales"', type: 'urn:okta:expression:1.0' } },
    actions: { assignUserToGroups: { groupIds: ['g1'] } },
    ...more,
  }
}

function make(org: Bench, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  return org.ask('POST', path, { body: written(more) })
}

async function activeRule(org: Bench): Promise<string> {
  const own = `${path}/${(await make(org)).body.at('id')}`
  await org.ask('POST', `${own}/lifecycle/activate`)
  return own
}

async function members(org: Bench): Promise<unknown[]> {
  return idsOf(await org.ask('GET', '/api/v1/groups/g1/users'))
}

rule(
  {
    area: 'Group rules',
    says: 'POST is 200; a new rule is INACTIVE and has type, id, status, name, created, lastUpdated, conditions and actions',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await make(sales())
    expect([reply.status, reply.body.at('status')]).toEqual([200, 'INACTIVE'])
    expect(Object.keys(Object(reply.body.value)).join()).toBe(
      'type,id,status,name,created,lastUpdated,conditions,actions',
    )
    expect(reply.body.at('conditions')).toEqual({
      expression: { value: 'user.department=="Sales"', type: 'urn:okta:expression:1.0' },
    })
  },
)

rule(
  {
    area: 'Group rules',
    says: 'a rule shows conditions.people where it was written with them',
    source: 'Okta, Group Rules API',
  },
  async () => {
    const people = { users: { exclude: ['u1'] }, groups: { exclude: [] } }
    const reply = await make(sales(), { conditions: { ...Object(written().conditions), people } })
    expect(reply.body.at('conditions', 'people')).toEqual(people)
  },
)

rule(
  {
    area: 'Group rules',
    says: 'a name has 1 to 50 characters, an expression can be parsed, and the groups exist: else 400 E0000001',
    source: 'Okta, Group Rules API',
  },
  async () => {
    const expression = (value: string) => ({ conditions: { expression: { value, type: 'urn:okta:expression:1.0' } } })
    for (const wrong of [
      { name: '' },
      { name: 'n'.repeat(51) },
      expression('user.department=='),
      { actions: { assignUserToGroups: { groupIds: ['none'] } } },
    ])
      refused(await make(sales(), wrong), 400, 'E0000001')
    expect((await make(sales(), { name: 'n'.repeat(50) })).status).toBe(200)
  },
)

rule(
  {
    area: 'Group rules',
    says: 'activate and deactivate are 204, and 204 again',
    source: "Okta's SDK for .NET, integration tests",
  },
  async () => {
    const org = sales()
    const own = `${path}/${(await make(org)).body.at('id')}`
    for (const [name, status] of [
      ['activate', 'ACTIVE'],
      ['deactivate', 'INACTIVE'],
    ]) {
      silent(await org.ask('POST', `${own}/lifecycle/${name}`))
      silent(await org.ask('POST', `${own}/lifecycle/${name}`))
      expect((await org.ask('GET', own)).body.at('status')).toBe(status)
    }
  },
)

rule(
  {
    area: 'Group rules',
    says: 'PUT and DELETE of an ACTIVE rule are 400',
    source: "Okta's SDK for .NET, integration tests",
  },
  async () => {
    const org = sales()
    const own = await activeRule(org)
    refused(await org.ask('PUT', own, { body: written({ name: 'Other' }) }), 400, 'E0000001')
    refused(await org.ask('DELETE', own), 400, 'E0000001')
    await org.ask('POST', `${own}/lifecycle/deactivate`)
    expect((await org.ask('PUT', own, { body: written({ name: 'Other' }) })).body.at('name')).toBe('Other')
  },
)

rule(
  {
    area: 'Group rules',
    says: 'DELETE is 202 and the rule is then 404 E0000007; with removeUsers=true its members go too',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    for (const [search, left] of [
      ['', ['u1']],
      ['?removeUsers=true', []],
    ] as const) {
      const org = sales()
      const own = await activeRule(org)
      await org.ask('POST', `${own}/lifecycle/deactivate`)
      const reply = await org.ask('DELETE', `${own}${search}`)
      expect([reply.status, reply.body.value]).toEqual([202, {}])
      refused(await org.ask('GET', own), 404, 'E0000007')
      expect(await members(org)).toEqual(left)
    }
  },
)

rule(
  {
    area: 'Group rules',
    says: 'a list page has 50 rules where no limit is said, 200 at most',
    source: 'Okta, Group Rules API',
  },
  async () => {
    const rules = Array.from({ length: 201 }, (_, index) => ({
      name: `R${index}`,
      expression: 'user.city=="x"',
      groups: ['g1'],
    }))
    const org = bench({ groups: [{ id: 'g1', name: 'G' }], rules })
    expect((await org.ask('GET', path)).body.list).toHaveLength(50)
    expect((await org.ask('GET', `${path}?limit=1000`)).body.list).toHaveLength(200)
    expect((await org.ask('GET', path)).links[0]).toBe(`<http://acme.test${path}?limit=50>; rel="self"`)
  },
)

rule(
  {
    area: 'Group rules',
    says: 'an active rule adds who matches, at once and when a profile changes, and removes who no longer does',
    source: 'Okta, Group Rules API',
  },
  async () => {
    const org = sales()
    await activeRule(org)
    expect(await members(org)).toEqual(['u1'])
    await org.ask('POST', '/api/v1/users/u2', { body: { profile: { department: 'Sales' } } })
    await org.ask('POST', '/api/v1/users/u1', { body: { profile: { department: 'Legal' } } })
    expect(await members(org)).toEqual(['u2'])
  },
)

rule(
  {
    area: 'Group rules',
    says: 'removing a member whom a rule has added puts the user on the exclusion list of the rule, which does not add him again',
    source: 'terraform-provider-okta, issues on group rules',
  },
  async () => {
    const org = sales()
    const own = await activeRule(org)
    silent(await org.ask('DELETE', '/api/v1/groups/g1/users/u1'))
    await org.ask('POST', '/api/v1/users/u1', { body: { profile: { title: 'x' } } })
    expect(await members(org)).toEqual([])
    expect((await org.ask('GET', own)).body.at('conditions', 'people', 'users', 'exclude')).toEqual(['u1'])
  },
)

rule(
  {
    area: 'Group rules',
    says: 'adding by hand a user whom a rule has added makes the membership manual: the rule no longer removes him',
    source: 'terraform-provider-okta, issues on group rules',
  },
  async () => {
    const org = sales()
    await activeRule(org)
    silent(await org.ask('PUT', '/api/v1/groups/g1/users/u1'))
    await org.ask('POST', '/api/v1/users/u1', { body: { profile: { department: 'Legal' } } })
    expect(await members(org)).toEqual(['u1'])
  },
)

rule(
  {
    area: 'Group rules',
    says: 'memberships made by a rule survive the deactivation of the user',
    source: 'Okta Help Center, Deactivated users not removed from Okta groups automatically',
  },
  async () => {
    const org = sales()
    await activeRule(org)
    await org.ask('POST', '/api/v1/users/u1/lifecycle/deactivate')
    expect(idsOf(await org.ask('GET', '/api/v1/users/u1/groups'))).toContain('g1')
  },
)

rule(
  {
    area: 'Group rules',
    says: 'expand=groupIdToGroupNameMap embeds the names of the groups',
    source: 'Okta, Group Rules API',
  },
  async () => {
    const org = sales()
    const own = `${path}/${(await make(org)).body.at('id')}`
    expect((await org.ask('GET', own)).body.at('_embedded')).toBeUndefined()
    const reply = await org.ask('GET', `${own}?expand=groupIdToGroupNameMap`)
    expect(reply.body.at('_embedded', 'groupIdToGroupNameMap')).toEqual({ g1: 'Sales' })
  },
)

rule(
  {
    area: 'Group rules',
    says: 'GET /groups/{id}/users/{id}/group-rules lists the rules through which the user is a member',
    source: 'Okta, Release notes 2026',
  },
  async () => {
    const org = sales()
    await activeRule(org)
    const through = async () => (await org.ask('GET', '/api/v1/groups/g1/users/u1/group-rules')).body
    expect((await through()).at(0, 'name')).toBe('Sales people')
    await org.ask('PUT', '/api/v1/groups/g1/users/u1')
    expect((await through()).value).toEqual([])
  },
)
