import { describe, expect, it } from 'vitest'
import type { OktaState } from './index.ts'
import { type Answer, type Bench, bench } from './testing/ask.ts'

function person(name: string, more: Readonly<Record<string, string>> = {}) {
  const login = `${name}@example.com`
  return { id: name, profile: { firstName: name, lastName: 'Example', login, email: login, ...more } }
}

const company: OktaState = {
  users: [
    person('ada', { department: 'Sales' }),
    person('grace'),
    { ...person('alan', { department: 'Sales' }), status: 'DEPROVISIONED' },
  ],
  groups: [
    { id: 'eng', name: 'Engineering', members: ['ada', 'alan'] },
    { id: 'sales', name: 'Sales' },
    {
      id: 'ad',
      name: 'Domain Users',
      type: 'APP_GROUP',
      source: '0oaAD',
      members: ['grace'],
      profile: { name: 'Domain Users', dn: 'CN=Domain Users' },
    },
  ],
  rules: [
    { id: 'rule', name: 'Sales people', status: 'ACTIVE', expression: 'user.department=="Sales"', groups: ['sales'] },
  ],
}

const ids = (reply: Answer): readonly unknown[] => reply.body.list.map(item => item.at('id'))
const members = async (org: Bench, group: string): Promise<readonly unknown[]> =>
  ids(await org.ask('GET', `/api/v1/groups/${group}/users`))

async function everyone(org: Bench): Promise<string> {
  const reply = await org.ask('GET', '/api/v1/groups?filter=type eq "BUILT_IN"')
  return String(reply.body.list[0]?.at('id'))
}

describe('groups', () => {
  it('are created with 200 and the keys of a real org', async () => {
    const reply = await bench().ask('POST', '/api/v1/groups', { body: { profile: { name: 'New' } } })
    expect(reply.status).toBe(200)
    expect(Object.keys(Object(reply.body.value))).toEqual([
      'id',
      'created',
      'lastUpdated',
      'lastMembershipUpdated',
      'objectClass',
      'type',
      'profile',
      '_links',
    ])
    expect([reply.body.at('type'), reply.body.at('objectClass'), reply.body.at('profile')]).toEqual([
      'OKTA_GROUP',
      ['okta:user_group'],
      { name: 'New', description: null },
    ])
  })

  const wrong: readonly [title: string, profile: unknown, cause: string][] = [
    ['no name', {}, 'name: The field cannot be left blank'],
    ['an empty name', { name: '' }, 'name: The field cannot be left blank'],
    [
      'a name of 256 characters',
      { name: 'n'.repeat(256) },
      'name: String lengths should be within 1 to 255 characters',
    ],
    [
      'a taken name',
      { name: 'engineering' },
      'name: An object with this field already exists in the current organization',
    ],
    [
      'a description of 1025 characters',
      { name: 'x', description: 'd'.repeat(1025) },
      'description: String lengths should be within 0 to 1024 characters',
    ],
    ['an unknown attribute', { name: 'x', colour: 'red' }, "Property name 'colour' is not defined in profile"],
  ]

  it.each(wrong)('are refused with %s', async (_, profile, cause) => {
    const reply = await bench(company).ask('POST', '/api/v1/groups', { body: { profile } })
    expect([reply.status, reply.code, reply.texts[1]]).toEqual([400, 'E0000001', cause])
  })

  it('are renamed, found under the new name only, and deleted once', async () => {
    const org = bench(company)
    const rename = await org.ask('PUT', '/api/v1/groups/eng', {
      body: { profile: { name: 'Builders', description: 'who build' } },
    })
    expect(rename.body.at('profile')).toEqual({ name: 'Builders', description: 'who build' })
    expect(ids(await org.ask('GET', '/api/v1/groups?q=eng'))).toEqual([])
    expect((await org.ask('DELETE', '/api/v1/groups/eng')).status).toBe(204)
    const again = await org.ask('DELETE', '/api/v1/groups/eng')
    expect(again.texts).toEqual(['Not found: Resource not found: eng (UserGroup)'])
    expect(ids(await org.ask('GET', '/api/v1/users/ada/groups'))).not.toContain('eng')
  })

  const questions: readonly [query: string, expected: readonly string[]][] = [
    ['q=sal', ['sales']],
    ['filter=type eq "APP_GROUP"', ['ad']],
    ['filter=id eq "eng" or id eq "ad"', ['eng', 'ad']],
    ['search=profile.name sw "S"', ['sales']],
    ['search=profile.name co "main"', ['ad']],
    ['search=profile.dn eq "cn=domain users"', ['ad']],
    ['search=source.id eq "0oaAD"', ['ad']],
    ['search=type eq "OKTA_GROUP"&sortBy=profile.name&sortOrder=desc', ['sales', 'eng']],
  ]

  it.each(questions)('are found by %s', async (query, expected) => {
    expect(ids(await bench(company).ask('GET', `/api/v1/groups?${query}`))).toEqual(expected)
  })

  it('refuse a filter on their name, which only search knows', async () => {
    const reply = await bench(company).ask('GET', '/api/v1/groups?filter=profile.name eq "Sales"')
    expect([reply.status, reply.code]).toEqual([400, 'E0000094'])
  })

  it('are found by the time their membership changed, which leaves lastUpdated alone', async () => {
    const org = bench(company)
    org.clock.advance(3600)
    await org.ask('PUT', '/api/v1/groups/eng/users/grace')
    const reply = await org.ask('GET', '/api/v1/groups?filter=lastMembershipUpdated gt "2026-03-02T09:30:00.000Z"')
    expect(ids(reply)).toEqual(['eng'])
    const [group] = reply.body.list
    expect([group?.at('lastMembershipUpdated'), group?.at('lastUpdated')]).toEqual([
      '2026-03-02T10:00:00.000Z',
      '2026-03-02T09:00:00.000Z',
    ])
    expect((await org.ask('GET', '/api/v1/users/grace')).body.at('lastUpdated')).toBe('2026-03-02T09:00:00.000Z')
  })

  it('count members with expand=stats', async () => {
    const reply = await bench(company).ask('GET', '/api/v1/groups/eng?expand=stats')
    expect(reply.body.at('_embedded', 'stats', 'usersCount')).toBe(2)
  })
})

describe('membership', () => {
  it('is added and removed with 204, however often', async () => {
    const org = bench(company)
    for (let time = 0; time < 2; time += 1)
      expect((await org.ask('PUT', '/api/v1/groups/eng/users/grace')).status).toBe(204)
    expect(await members(org, 'eng')).toEqual(['ada', 'alan', 'grace'])
    for (let time = 0; time < 2; time += 1)
      expect((await org.ask('DELETE', '/api/v1/groups/eng/users/grace')).status).toBe(204)
    expect(await members(org, 'eng')).toEqual(['ada', 'alan'])
  })

  it('names the unknown side', async () => {
    const org = bench(company)
    expect((await org.ask('PUT', '/api/v1/groups/none/users/ada')).texts).toEqual([
      'Not found: Resource not found: none (UserGroup)',
    ])
    expect((await org.ask('PUT', '/api/v1/groups/eng/users/none')).texts).toEqual([
      'Not found: Resource not found: none (User)',
    ])
  })

  it('of groups that Okta or an import owns is refused, with 501 where the switch says so', async () => {
    const org = bench(company)
    for (const group of ['ad', await everyone(org)]) {
      for (const method of ['PUT', 'DELETE']) {
        const reply = await org.ask(method, `/api/v1/groups/${group}/users/ada`)
        expect([reply.status, reply.code]).toEqual([403, 'E0000006'])
      }
    }
    const older = bench({ ...company, switches: { readOnlyGroupRefusal: 'E0000060' } })
    expect([(await older.ask('PUT', '/api/v1/groups/ad/users/ada')).status]).toEqual([501])
  })

  it('cannot be given to a deactivated user but can be taken from him', async () => {
    const org = bench(company)
    expect((await org.ask('PUT', '/api/v1/groups/sales/users/alan')).code).toBe('E0000007')
    expect(await members(org, 'sales')).toEqual(['ada'])
    expect((await org.ask('DELETE', '/api/v1/groups/eng/users/alan')).status).toBe(204)
    expect(await members(org, 'eng')).toEqual(['ada'])
  })

  it('of a deactivated user can be hidden from member lists', async () => {
    expect(await members(bench({ ...company, switches: { membersIncludeDeprovisioned: false } }), 'eng')).toEqual([
      'ada',
    ])
  })

  it('in Everyone comes by itself', async () => {
    const org = bench(company)
    const id = await org.user('new@example.com')
    expect(await members(org, await everyone(org))).toEqual(['ada', 'grace', 'alan', id])
  })

  it('lists are paged', async () => {
    const org = bench(company)
    const first = await org.ask('GET', '/api/v1/groups/eng/users?limit=1')
    const link = /<([^>]+)>; rel="next"/.exec(first.links[1] ?? '')?.[1] ?? ''
    expect([ids(first), ids(await org.ask('GET', link))]).toEqual([['ada'], ['alan']])
  })
})

describe('group rules', () => {
  it('fill their group when activated, and only then', async () => {
    const org = bench({ ...company, rules: [] })
    const made = await org.ask('POST', '/api/v1/groups/rules', {
      body: {
        type: 'group_rule',
        name: 'R',
        conditions: {
          expression: {
            value: 'String.startsWith(user.login, "gr") OR user.department=="Sales"',
            type: 'urn:okta:expression:1.0',
          },
        },
        actions: { assignUserToGroups: { groupIds: ['sales'] } },
      },
    })
    expect([made.status, made.body.at('status')]).toEqual([200, 'INACTIVE'])
    expect(await members(org, 'sales')).toEqual([])
    const one = `/api/v1/groups/rules/${made.body.at('id')}`
    for (let time = 0; time < 2; time += 1)
      expect((await org.ask('POST', `${one}/lifecycle/activate`)).status).toBe(204)
    expect(await members(org, 'sales')).toEqual(['ada', 'grace'])
    expect((await org.ask('DELETE', one)).status).toBe(400)
    await org.ask('POST', `${one}/lifecycle/deactivate`)
    expect((await org.ask('DELETE', `${one}?removeUsers=true`)).status).toBe(202)
    expect(await members(org, 'sales')).toEqual([])
  })

  it('follow the profile of a user', async () => {
    const org = bench(company)
    await org.ask('POST', '/api/v1/users/grace', { body: { profile: { department: 'Sales' } } })
    await org.ask('POST', '/api/v1/users/ada', { body: { profile: { department: 'Research' } } })
    expect(await members(org, 'sales')).toEqual(['grace'])
  })

  it('never add again a member whom somebody has removed', async () => {
    const org = bench(company)
    await org.ask('DELETE', '/api/v1/groups/sales/users/ada')
    await org.ask('POST', '/api/v1/users/ada', { body: { profile: { title: 'Seller' } } })
    expect(await members(org, 'sales')).toEqual([])
    const rule = await org.ask('GET', '/api/v1/groups/rules/rule')
    expect(rule.body.at('conditions', 'people', 'users', 'exclude')).toEqual(['ada'])
  })

  it('leave a member whom somebody has added by hand as well', async () => {
    const org = bench(company)
    await org.ask('PUT', '/api/v1/groups/sales/users/ada')
    await org.ask('POST', '/api/v1/users/ada', { body: { profile: { department: 'Research' } } })
    expect(await members(org, 'sales')).toEqual(['ada'])
  })

  it('are refused when their expression cannot be read', async () => {
    const body = {
      name: 'R',
      conditions: { expression: { value: 'user.department ==' } },
      actions: { assignUserToGroups: { groupIds: ['eng'] } },
    }
    expect((await bench(company).ask('POST', '/api/v1/groups/rules', { body })).code).toBe('E0000001')
  })

  it('keep their group from being granted an admin role', async () => {
    const reply = await bench(company).ask('POST', '/api/v1/groups/sales/roles', { body: { type: 'HELP_DESK_ADMIN' } })
    expect(reply.code).toBe('E0000192')
    const free = bench(company)
    await free.ask('POST', '/api/v1/groups/eng/roles', { body: { type: 'HELP_DESK_ADMIN' } })
    expect((await free.ask('GET', '/api/v1/groups/eng/roles')).body.list[0]?.at('type')).toBe('HELP_DESK_ADMIN')
    expect((await free.ask('GET', '/api/v1/users/ada/roles')).body.list[0]?.at('assignmentType')).toBe('GROUP')
  })
})
