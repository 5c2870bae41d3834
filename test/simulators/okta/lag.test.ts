import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, profile } from './apps-cast.ts'

const state: OktaState = {
  users: ['u1', 'u2'].map(id => ({ id, profile: { ...profile(`${id}@example.com`), department: 'Old' } })),
  groups: [
    { id: 'g1', name: 'One', members: ['u2'], lastMembershipUpdated: '2026-01-01T00:00:00.000Z' },
    { id: 'g2', name: 'Two' },
  ],
}
/** Every write shows after exactly 2 s. */
const twoSeconds = { lag: { enforced: true, minMs: 2000, maxMs: 2000 } }

function lagging(more: OktaState = twoSeconds): Bench {
  return bench({ ...state, ...more })
}

async function ids(org: Bench, path: string): Promise<unknown> {
  return idsOf(await org.ask('GET', path))
}
const search = (text: string): string => `/api/v1/users?search=${encodeURIComponent(text)}`
const filter = (text: string): string => `/api/v1/users?filter=${encodeURIComponent(text)}`

rule(
  {
    area: 'Lag: users',
    says: 'GET by id shows a write at once; search, filter and q show the user as he was until the index follows',
    source: 'Okta, Users API: list users with search',
  },
  async () => {
    const org = lagging()
    await org.ask('POST', '/api/v1/users/u1', { body: { profile: { department: 'New', firstName: 'Zoe' } } })
    const lists = [search('profile.department eq "New"'), filter('profile.firstName eq "Zoe"'), '/api/v1/users?q=Zo']
    expect((await org.ask('GET', '/api/v1/users/u1')).body.at('profile', 'department')).toBe('New')
    for (const path of lists) expect(await ids(org, path)).toEqual([])
    const old = await org.ask('GET', search('profile.department eq "Old"'))
    expect([idsOf(old), old.body.at(0, 'profile', 'firstName')]).toEqual([['u1', 'u2'], 'Ada'])
    org.clock.advance(2)
    for (const path of lists) expect(await ids(org, path)).toEqual(['u1'])
    expect(await ids(org, search('profile.department eq "Old"'))).toEqual(['u2'])
  },
)

rule(
  {
    area: 'Lag: users',
    says: 'a new user is found by id and login at once, and in lists later; an erased one stays in lists for as long',
    source: 'okta-sdk-nodejs, issue 422',
  },
  async () => {
    const org = lagging()
    const id = await org.user('new@example.com')
    expect((await org.ask('GET', '/api/v1/users/new@example.com')).status).toBe(200)
    expect(await ids(org, search('profile.login eq "new@example.com"'))).toEqual([])
    org.clock.advance(2)
    expect(await ids(org, search('profile.login eq "new@example.com"'))).toEqual([id])
    await org.ask('DELETE', `/api/v1/users/${id}`)
    org.clock.advance(5)
    await org.ask('DELETE', `/api/v1/users/${id}`)
    expect((await org.ask('GET', `/api/v1/users/${id}`)).status).toBe(404)
    expect(await ids(org, search(`id eq "${id}"`))).toEqual([id])
    expect(await ids(org, filter('status eq "DEPROVISIONED"'))).toEqual([id])
    org.clock.advance(2)
    expect(await ids(org, filter('status eq "DEPROVISIONED"'))).toEqual([])
  },
)

rule(
  {
    area: 'Lag: users',
    says: 'the plain list, without search, filter or q, is as it is now, unless the org lets it stand behind too',
    source: 'Okta, Users API',
  },
  async () => {
    const count = async (org: Bench): Promise<number> => {
      await org.user('new@example.com')
      return (await org.ask('GET', '/api/v1/users')).body.list.length
    }
    expect(await count(lagging())).toBe(3)
    expect(await count(lagging({ lag: { ...twoSeconds.lag, plainLists: true } }))).toBe(2)
  },
)

rule(
  {
    area: 'Lag: users',
    says: 'several writes to one user show one after another, in their order',
    source: 'Okta, Users API',
  },
  async () => {
    const org = lagging()
    const department = async (): Promise<unknown> =>
      (await org.ask('GET', search('id eq "u1"'))).body.at(0, 'profile', 'department')
    const seen = []
    for (const name of ['A', 'B', 'C']) {
      await org.ask('POST', '/api/v1/users/u1', { body: { profile: { department: name } } })
      seen.push(await department())
      org.clock.advance(1)
    }
    seen.push(await department())
    org.clock.advance(1)
    seen.push(await department())
    expect(seen).toEqual(['Old', 'Old', 'A', 'B', 'C'])
  },
)

rule(
  {
    area: 'Lag: groups',
    says: 'a membership shows in /users/{id}/groups at once, and in the member list later, when it begins as when it ends',
    source: 'Recorded responses of an Okta org, read-after-write',
  },
  async () => {
    const org = lagging()
    const groupsOf = async (id: string): Promise<unknown> =>
      (await org.ask('GET', `/api/v1/users/${id}/groups`)).body.list.map(group => group.at('id')).includes('g1')
    await org.ask('PUT', '/api/v1/groups/g1/users/u1')
    await org.ask('DELETE', '/api/v1/groups/g1/users/u2')
    expect([await groupsOf('u1'), await groupsOf('u2')]).toEqual([true, false])
    expect(await ids(org, '/api/v1/groups/g1/users')).toEqual(['u2'])
    org.clock.advance(2)
    expect(await ids(org, '/api/v1/groups/g1/users')).toEqual(['u1'])
  },
)

rule(
  {
    area: 'Lag: groups',
    says: 'lastMembershipUpdated follows a change some seconds later, on the group itself and in lists',
    source: 'Recorded responses of an Okta org, read-after-write',
  },
  async () => {
    const org = lagging()
    await org.ask('PUT', '/api/v1/groups/g1/users/u1')
    const shown = async (): Promise<unknown> =>
      (await org.ask('GET', '/api/v1/groups/g1')).body.at('lastMembershipUpdated')
    const recent = `/api/v1/groups?filter=${encodeURIComponent('lastMembershipUpdated gt "2026-02-01T00:00:00.000Z" and id eq "g1"')}`
    expect([await shown(), await ids(org, recent)]).toEqual(['2026-01-01T00:00:00.000Z', []])
    org.clock.advance(2)
    expect([await shown(), await ids(org, recent)]).toEqual(['2026-03-02T09:00:00.000Z', ['g1']])
  },
)

rule(
  {
    area: 'Lag: groups',
    says: 'a new or renamed group is there by id at once, and in lists later; a deleted one stays in lists for as long',
    source: 'Okta, Groups API',
  },
  async () => {
    const org = lagging()
    const id = await org.group('Three')
    await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name: 'Uno' } } })
    await org.ask('DELETE', '/api/v1/groups/g2')
    const names = async (): Promise<unknown> =>
      (await org.ask('GET', '/api/v1/groups')).body.list.map(group => group.at('profile', 'name'))
    const lists = [
      'q=T',
      `search=${encodeURIComponent('profile.name sw "T"')}`,
      `filter=${encodeURIComponent(`id eq "${id}" or id eq "g2"`)}`,
    ]
    expect((await org.ask('GET', `/api/v1/groups/${id}`)).status).toBe(200)
    expect(await names()).toEqual(['Everyone', 'One', 'Two'])
    for (const list of lists) expect(await ids(org, `/api/v1/groups?${list}`)).toEqual(['g2'])
    org.clock.advance(2)
    for (const list of lists) expect(await ids(org, `/api/v1/groups?${list}`)).toEqual([id])
    expect(await names()).toEqual(['Everyone', 'Uno', 'Three'])
  },
)

rule(
  {
    area: 'Lag: settings',
    says: 'by default a write shows after 0 to 4 s, the same in every run with the same seed',
    source: 'Recorded responses of an Okta org, read-after-write',
  },
  async () => {
    const measured = async (): Promise<readonly number[]> => {
      const org = lagging({})
      org.tenant.turn('lag', true)
      const delays = []
      for (let index = 0; index < 12; index += 1) {
        const id = await org.user(`p${index}@example.com`)
        let waited = 0
        while (((await ids(org, search(`id eq "${id}"`))) as readonly unknown[]).length === 0) {
          org.clock.advance(0.5)
          waited += 0.5
        }
        delays.push(waited)
      }
      return delays
    }
    const delays = await measured()
    expect(Math.max(...delays)).toBeLessThanOrEqual(4)
    expect(new Set(delays).size).toBeGreaterThan(2)
    expect(await measured()).toEqual(delays)
  },
)

rule(
  {
    area: 'Lag: settings',
    says: 'turned off, everything shows at once, what was still to come too; a dump of the state is never behind',
    source: 'Okta, Users API',
  },
  async () => {
    const org = lagging()
    await org.ask('PUT', '/api/v1/groups/g1/users/u1')
    expect(org.tenant.state().groups?.find(group => group.id === 'g1')?.lastMembershipUpdated).toBe(
      '2026-03-02T09:00:00.000Z',
    )
    org.tenant.turn('lag', false)
    expect(await ids(org, '/api/v1/groups/g1/users')).toEqual(['u2', 'u1'])
    expect((await org.ask('GET', '/api/v1/groups/g1')).body.at('lastMembershipUpdated')).toBe(
      '2026-03-02T09:00:00.000Z',
    )
  },
)
