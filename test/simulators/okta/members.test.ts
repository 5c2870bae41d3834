import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, orgWith, profile, refused, silent } from './people.ts'

const member = '/api/v1/groups/g1/users/u1'

function org(status = 'ACTIVE', more: OktaState = {}): Bench {
  return orgWith(status, {}, { groups: [{ id: 'g1', name: 'Engineering' }], ...more })
}

rule(
  {
    area: 'Groups: members',
    says: 'PUT of a member is 204 without a body, and 204 again',
    source: "Okta's SDK for .NET, integration tests",
  },
  async () => {
    const made = org()
    silent(await made.ask('PUT', member))
    silent(await made.ask('PUT', member))
    expect(idsOf(await made.ask('GET', '/api/v1/groups/g1/users'))).toEqual(['u1'])
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'DELETE of a member is 204, and of one who is none 204 too',
    source: "Okta's SDK for .NET, integration tests",
  },
  async () => {
    const made = org()
    silent(await made.ask('DELETE', member))
    await made.ask('PUT', member)
    silent(await made.ask('DELETE', member))
    expect((await made.ask('GET', '/api/v1/groups/g1/users')).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'an unknown user is 404 E0000007 (User), an unknown group 404 E0000007 (UserGroup)',
    source: 'Okta, Groups API',
  },
  async () => {
    for (const method of ['PUT', 'DELETE']) {
      const user = await org().ask(method, '/api/v1/groups/g1/users/nobody')
      refused(user, 404, 'E0000007', 'Not found: Resource not found: nobody (User)')
      const group = await org().ask(method, '/api/v1/groups/none/users/u1')
      refused(group, 404, 'E0000007', 'Not found: Resource not found: none (UserGroup)')
    }
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'the member list is an array of full users with _links.self alone',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const made = org()
    await made.ask('PUT', member)
    const reply = await made.ask('GET', '/api/v1/groups/g1/users')
    expect(Object.keys(Object(reply.body.at(0, '_links')))).toEqual(['self'])
    expect([reply.body.at(0, 'profile', 'login'), reply.body.at(0, 'status')]).toEqual([profile.login, 'ACTIVE'])
    expect(reply.links).toEqual(['<http://acme.test/api/v1/groups/g1/users?limit=1000>; rel="self"'])
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'a page of members has 1000 users where no limit is said, and at most',
    source: 'Okta, Groups API',
  },
  async () => {
    const users = Array.from({ length: 1001 }, (_, index) => ({
      id: `u${index}`,
      profile: { ...profile, login: `p${index}@example.com` },
    }))
    const made = bench({ users, groups: [{ id: 'g1', name: 'All', members: users.map(user => user.id) }] })
    for (const path of ['/api/v1/groups/g1/users', '/api/v1/groups/g1/users?limit=5000']) {
      const reply = await made.ask('GET', path)
      expect([reply.body.list.length, reply.links.length]).toEqual([1000, 2])
    }
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'GET /users/{id}/groups is all groups of a user, Everyone included, with a self link that names limit=200',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const made = org()
    await made.ask('PUT', member)
    const reply = await made.ask('GET', '/api/v1/users/u1/groups')
    expect(reply.body.list.map(group => group.at('profile', 'name')).sort()).toEqual(['Engineering', 'Everyone'])
    expect(reply.links).toEqual(['<http://acme.test/api/v1/users/u1/groups?limit=200>; rel="self"'])
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'STAGED, ACTIVE and SUSPENDED users can be added and removed',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    for (const status of ['STAGED', 'ACTIVE', 'SUSPENDED']) {
      const made = org(status)
      silent(await made.ask('PUT', member))
      silent(await made.ask('DELETE', member))
    }
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'a DEPROVISIONED user can be removed; adding one is 404 E0000007 (User) or 403 E0000006',
    source: 'Okta Help Center, Deactivate and delete user accounts',
    unconfirmed: 'deprovisionedMemberRefusal',
  },
  async () => {
    refused(await org('DEPROVISIONED').ask('PUT', member), 404, 'E0000007', 'Not found: Resource not found: u1 (User)')
    const other = org('DEPROVISIONED', { switches: { deprovisionedMemberRefusal: 'E0000006' } })
    refused(await other.ask('PUT', member), 403, 'E0000006')
    const made = org('DEPROVISIONED', { groups: [{ id: 'g1', name: 'E', members: ['u1'] }] })
    silent(await made.ask('DELETE', member))
    expect(idsOf(await made.ask('GET', '/api/v1/users/u1/groups'))).not.toContain('g1')
  },
)

rule(
  {
    area: 'Groups: members',
    says: 'whether a member list shows DEPROVISIONED members, who stay members, is not told',
    source: 'Okta Help Center, Deactivated users not removed from Okta groups automatically',
    unconfirmed: 'membersIncludeDeprovisioned',
  },
  async () => {
    const groups = [{ id: 'g1', name: 'E', members: ['u1'] }]
    expect(idsOf(await org('DEPROVISIONED', { groups }).ask('GET', '/api/v1/groups/g1/users'))).toEqual(['u1'])
    const other = org('DEPROVISIONED', { groups, switches: { membersIncludeDeprovisioned: false } })
    expect((await other.ask('GET', '/api/v1/groups/g1/users')).body.value).toEqual([])
    expect(idsOf(await other.ask('GET', '/api/v1/users/u1/groups'))).toContain('g1')
  },
)

rule(
  {
    area: 'Groups: members',
    says: "a membership moves the group's lastMembershipUpdated; repeating it does not",
    source: 'Okta, Groups API',
  },
  async () => {
    const made = org()
    const moved = async () => (await made.ask('GET', '/api/v1/groups/g1')).body.at('lastMembershipUpdated')
    made.clock.advance(10)
    await made.ask('PUT', member)
    expect(await moved()).toBe('2026-03-02T09:00:10.000Z')
    made.clock.advance(10)
    await made.ask('PUT', member)
    expect(await moved()).toBe('2026-03-02T09:00:10.000Z')
    await made.ask('DELETE', member)
    expect(await moved()).toBe('2026-03-02T09:00:20.000Z')
  },
)

rule(
  {
    area: 'Groups: members',
    says: "whether Everyone's lastMembershipUpdated moves when a user is created is not told",
    source: 'Okta, Groups API',
    unconfirmed: 'everyoneMembershipMoves',
  },
  async () => {
    for (const moves of [true, false]) {
      const made = bench({ switches: { everyoneMembershipMoves: moves } })
      const read = async () => (await made.ask('GET', '/api/v1/groups?q=Everyone')).body.at(0, 'lastMembershipUpdated')
      const before = await read()
      made.clock.advance(10)
      await made.user('new@example.com')
      expect((await read()) !== before).toBe(moves)
    }
  },
)
