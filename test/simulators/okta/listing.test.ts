import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, login, orgWith, profile, refused } from './people.ts'

/** Users u1 to u{count}; the last one is DEPROVISIONED. */
function many(count: number): Bench {
  return bench({
    users: Array.from({ length: count }, (_, index) => ({
      id: `u${index + 1}`,
      status: index + 1 === count ? ('DEPROVISIONED' as const) : ('ACTIVE' as const),
      profile: {
        firstName: `First${index + 1}`,
        lastName: index % 2 === 0 ? 'Odd' : 'Even',
        login: `p${index + 1}@example.com`,
        email: `p${index + 1}@example.com`,
      },
    })),
  })
}

const search = (text: string, more = ''): string => `/api/v1/users?search=${encodeURIComponent(text)}${more}`
const filter = (text: string): string => `/api/v1/users?filter=${encodeURIComponent(text)}`

rule(
  {
    area: 'Users: list',
    says: 'the plain list leaves DEPROVISIONED users out; filter and search show them',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = many(3)
    expect(idsOf(await org.ask('GET', '/api/v1/users'))).toEqual(['u1', 'u2'])
    expect(idsOf(await org.ask('GET', filter('status eq "DEPROVISIONED"')))).toEqual(['u3'])
    expect(idsOf(await org.ask('GET', search('status eq "DEPROVISIONED"')))).toEqual(['u3'])
  },
)

rule(
  {
    area: 'Users: list',
    says: 'limit is 200 where not said and 200 at most',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = many(203)
    for (const path of ['/api/v1/users', '/api/v1/users?limit=500'])
      expect((await org.ask('GET', path)).body.list, path).toHaveLength(200)
  },
)

rule(
  {
    area: 'Users: list',
    says: 'a page has one Link line per relation, self and next, absolute and on the host the client used; the last page has no next',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = many(4)
    const first = await org.ask('GET', '/api/v1/users?limit=2')
    expect(first.links).toHaveLength(2)
    expect(first.links[0]).toBe('<http://acme.test/api/v1/users?limit=2>; rel="self"')
    const next = /^<http:\/\/acme\.test(\/api\/v1\/users\?after=[^&]+&limit=2)>; rel="next"$/.exec(first.links[1] ?? '')
    const second = await org.ask('GET', next?.[1] ?? '')
    expect([idsOf(first), idsOf(second), second.links.length]).toEqual([['u1', 'u2'], ['u3'], 1])
  },
)

rule(
  {
    area: 'Users: list',
    says: 'the self link names the limit that holds where the request names none, as ?limit=200',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const { links } = await many(2).ask('GET', '/api/v1/users')
    expect(links).toEqual(['<http://acme.test/api/v1/users?limit=200>; rel="self"'])
  },
)

rule(
  {
    area: 'Users: list',
    says: 'a cursor that was never given out is 400 E0000029 Invalid paging request., cause Invalid cursor.',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('GET', '/api/v1/users?after=nonsense')
    refused(reply, 400, 'E0000029', 'Invalid paging request.', 'Invalid cursor.')
  },
)

rule(
  {
    area: 'Users: list',
    says: 'q finds what a first name, last name or email begins with, 10 users where no limit is said, no DEPROVISIONED ones and no next page',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = many(30)
    const reply = await org.ask('GET', '/api/v1/users?q=first')
    expect([reply.body.list.length, reply.links.some(line => line.includes('rel="next"'))]).toEqual([10, false])
    expect((await org.ask('GET', '/api/v1/users?q=p30@')).body.value).toEqual([])
    expect(idsOf(await org.ask('GET', '/api/v1/users?q=even&limit=2'))).toEqual(['u2', 'u4'])
    expect((await org.ask('GET', '/api/v1/users?q=irst')).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Users: filter',
    says: 'filter takes eq on status, id and the profile login, email, firstName and lastName; values are case-sensitive',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = orgWith('ACTIVE')
    for (const text of [
      'status eq "ACTIVE"',
      'id eq "u1"',
      `profile.login eq "${login}"`,
      'profile.lastName eq "Lovelace"',
    ])
      expect(idsOf(await org.ask('GET', filter(text))), text).toEqual(['u1'])
    expect((await org.ask('GET', filter('profile.lastName eq "lovelace"'))).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Users: filter',
    says: 'filter joins with and and or, and compares lastUpdated with gt, ge, lt and le too',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = orgWith('ACTIVE', { lastUpdated: '2026-01-02T00:00:00.000Z', created: '2026-01-02T00:00:00.000Z' })
    const found = async (text: string) => (await org.ask('GET', filter(text))).body.list.length
    expect(await found('lastUpdated gt "2026-01-01T00:00:00.000Z" and status eq "ACTIVE"')).toBe(1)
    expect(await found('lastUpdated lt "2026-01-01T00:00:00.000Z" or status eq "ACTIVE"')).toBe(1)
    expect(await found('lastUpdated gt "2026-01-02T00:00:00.000Z"')).toBe(0)
    expect(await found('lastUpdated ge "2026-01-02T00:00:00.000Z"')).toBe(1)
  },
)

rule(
  {
    area: 'Users: filter',
    says: 'another property or operator in filter is 400 E0000094',
    source: 'Okta, Error codes',
  },
  async () => {
    for (const text of ['profile.department eq "x"', 'profile.login sw "a"', 'created gt "2026-01-01T00:00:00.000Z"'])
      refused(await bench().ask('GET', filter(text)), 400, 'E0000094')
  },
)

rule(
  {
    area: 'Users: search',
    says: 'search takes any profile attribute, custom ones and arrays too, without regard to the case of values and operators',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = orgWith(
      'ACTIVE',
      { profile: { ...profile, badge: 'B7', tags: ['red', 'blue'] } },
      {
        attributes: {
          badge: { title: 'Badge', type: 'string' },
          tags: { title: 'Tags', type: 'array', items: { type: 'string' } },
        },
      },
    )
    for (const text of ['profile.badge eq "b7"', 'profile.tags EQ "Blue"', 'profile.lastName sw "love"'])
      expect(idsOf(await org.ask('GET', search(text))), text).toEqual(['u1'])
  },
)

rule(
  {
    area: 'Users: search',
    says: 'search takes id, status, created, activated, statusChanged, lastUpdated and type.id with eq, sw, gt, ge, lt, le and pr',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const type = (await org.ask('GET', '/api/v1/users/u1')).body.at('type', 'id')
    const since = '"2026-01-01T00:00:00.000Z"'
    const texts = [
      'id eq "u1"',
      'status eq "active"',
      `created gt ${since}`,
      `activated ge ${since}`,
      `type.id eq "${type}"`,
    ]
    for (const text of [...texts, `statusChanged gt ${since}`, `lastUpdated gt ${since}`, 'profile.email pr'])
      expect(idsOf(await org.ask('GET', search(text))), text).toEqual(['u1'])
    expect((await org.ask('GET', search(`created lt ${since}`))).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Users: search',
    says: 'co works on firstName, lastName, email and login alone; ne and not do not exist: 400 E0000031 Invalid search criteria.',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = orgWith('ACTIVE', { profile: { ...profile, title: 'Countess' } })
    expect(idsOf(await org.ask('GET', search('profile.lastName co "vel"')))).toEqual(['u1'])
    for (const text of ['profile.title co "ount"', 'status ne "ACTIVE"', 'profile.title eq'])
      refused(await org.ask('GET', search(text)), 400, 'E0000031', 'Invalid search criteria.')
  },
)

rule(
  {
    area: 'Users: search',
    says: 'names of properties are case-sensitive',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = orgWith('ACTIVE')
    refused(await org.ask('GET', search('Status eq "ACTIVE"')), 400, 'E0000031')
    expect((await org.ask('GET', search('profile.lastname eq "Lovelace"'))).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Users: search',
    says: 'search and filter together are 400 E0000033',
    source: 'Okta, Error codes',
  },
  async () => {
    const path = `${search('status eq "ACTIVE"')}&filter=${encodeURIComponent('status eq "ACTIVE"')}`
    refused(await bench().ask('GET', path), 400, 'E0000033')
  },
)

rule(
  {
    area: 'Users: search',
    says: 'a date that is none is 400 E0000030',
    source: 'Okta, Error codes',
  },
  async () => {
    refused(await bench().ask('GET', search('lastUpdated gt "yesterday"')), 400, 'E0000030')
    refused(await bench().ask('GET', filter('lastUpdated gt "yesterday"')), 400, 'E0000030')
  },
)

rule(
  {
    area: 'Users: search',
    says: 'sortBy and sortOrder sort, ties by id, over pages',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = many(4)
    const seen: unknown[] = []
    let path: string | undefined = search('status pr', '&sortBy=profile.lastName&sortOrder=desc&limit=2')
    while (path !== undefined) {
      const page: Awaited<ReturnType<Bench['ask']>> = await org.ask('GET', path)
      seen.push(...idsOf(page))
      path = page.links.map(line => /^<http:\/\/acme\.test([^>]+)>; rel="next"/.exec(line)?.[1]).find(Boolean)
    }
    expect(seen).toEqual(['u1', 'u3', 'u2', 'u4'])
  },
)

rule(
  {
    area: 'Users: list',
    says: 'fields=profile:(login,email) shows these parts of each user alone',
    source: 'Okta, Release notes 2025',
  },
  async () => {
    const reply = await orgWith('ACTIVE').ask('GET', '/api/v1/users?fields=profile:(login,email)')
    expect(reply.body.at(0, 'profile')).toEqual({ login, email: login })
    expect(reply.body.at(0, 'status')).toBeUndefined()
  },
)

rule(
  {
    area: 'Users: list',
    says: 'erased users are in no list',
    source: 'Okta, Users API: delete a user',
  },
  async () => {
    const org = many(2)
    await org.ask('DELETE', '/api/v1/users/u2')
    expect((await org.ask('GET', filter('status eq "DEPROVISIONED"'))).body.value).toEqual([])
  },
)
