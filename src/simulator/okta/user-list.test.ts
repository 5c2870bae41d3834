import { describe, expect, it } from 'vitest'
import type { OktaState } from './index.ts'
import { type Answer, type Bench, bench } from './testing/ask.ts'

const people: OktaState = {
  attributes: {
    badges: { title: 'Badges', type: 'array', items: { type: 'string' } },
    level: { title: 'Level', type: 'integer' },
  },
  users: [
    person('ada', { department: 'Research', level: 3, badges: ['red', 'blue'] }),
    person('grace', { department: 'Navy', level: 5 }),
    person('edsger', { department: 'Research', level: 1, badges: ['blue'] }),
    { ...person('alan', { department: 'Research' }), status: 'DEPROVISIONED' },
    { ...person('barbara', { department: 'Sales' }), status: 'SUSPENDED', lastUpdated: '2026-03-01T00:00:00.000Z' },
  ],
}

function person(name: string, more: Readonly<Record<string, string | number | readonly string[]>>) {
  const login = `${name}@example.com`
  return { id: name, profile: { firstName: name, lastName: 'Example', login, email: login, ...more } }
}

const ids = (reply: Answer): readonly unknown[] => reply.body.list.map(user => user.at('id'))

function next(reply: Answer): string | undefined {
  const line = reply.links.find(link => link.includes('rel="next"'))
  return line === undefined ? undefined : /<([^>]+)>/.exec(line)?.[1]
}

async function list(org: Bench, parameters: Readonly<Record<string, string>>): Promise<Answer> {
  return org.ask('GET', `/api/v1/users?${new URLSearchParams(parameters)}`)
}

describe('listing users', () => {
  it('hides deactivated users and shows the self link alone', async () => {
    const reply = await bench(people).ask('GET', '/api/v1/users')
    expect(ids(reply)).toEqual(['ada', 'grace', 'edsger', 'barbara'])
    expect(reply.body.list[0]?.at('_links')).toEqual({ self: { href: 'http://acme.test/api/v1/users/ada' } })
  })

  it('pages with two Link lines, absolute to the host the client used, and none to a next page at the end', async () => {
    const org = bench(people)
    const seen: unknown[] = []
    let reply = await list(org, { limit: '3' })
    expect(reply.links).toHaveLength(2)
    expect(reply.links[0]).toBe('<http://acme.test/api/v1/users?limit=3>; rel="self"')
    expect(reply.links[1]).toMatch(/^<http:\/\/acme\.test\/api\/v1\/users\?after=[^&]+&limit=3>; rel="next"$/)
    seen.push(...ids(reply))
    reply = await org.ask('GET', next(reply) ?? '')
    seen.push(...ids(reply))
    expect(next(reply)).toBeUndefined()
    expect(seen).toEqual(['ada', 'grace', 'edsger', 'barbara'])
  })

  it('neither loses nor repeats anybody when users go and come between two pages', async () => {
    const org = bench(people)
    const first = await list(org, { limit: '2' })
    await org.ask('DELETE', '/api/v1/users/ada')
    await org.ask('DELETE', '/api/v1/users/ada')
    await org.user('late@example.com')
    const second = await org.ask('GET', next(first) ?? '')
    expect([...ids(first), ...ids(second)].slice(0, 4)).toEqual(['ada', 'grace', 'edsger', 'barbara'])
  })

  it('cuts the page at 200 whatever is asked for', async () => {
    const many = bench({ users: Array.from({ length: 201 }, (_, index) => person(`u${index}`, {})) })
    expect((await list(many, { limit: '1000' })).body.list).toHaveLength(200)
  })

  const questions: readonly [kind: string, text: string, expected: readonly string[]][] = [
    ['filter', 'status eq "DEPROVISIONED"', ['alan']],
    ['filter', 'profile.login eq "ada@example.com"', ['ada']],
    ['filter', 'profile.login eq "ADA@example.com"', []],
    [
      'filter',
      'profile.firstName eq "ada" or (status eq "SUSPENDED" and profile.lastName eq "Example")',
      ['ada', 'barbara'],
    ],
    ['filter', 'lastUpdated lt "2026-03-02T00:00:00.000Z"', ['barbara']],
    ['search', 'profile.login eq "ADA@example.com"', ['ada']],
    ['search', 'profile.department EQ "research"', ['ada', 'edsger', 'alan']],
    ['search', 'profile.department eq "Research" and status eq "active"', ['ada', 'edsger']],
    ['search', 'profile.badges eq "blue"', ['ada', 'edsger']],
    ['search', 'profile.level ge 3', ['ada', 'grace']],
    ['search', 'profile.level pr', ['ada', 'grace', 'edsger']],
    ['search', 'profile.login co "race"', ['grace']],
    ['search', 'profile.firstName sw "A" and profile.level lt 9', ['ada']],
    ['search', 'lastUpdated gt "2026-03-01T00:00:00.000Z" and id eq "ada"', ['ada']],
  ]

  it.each(questions)('answers %s=%s', async (kind, text, expected) => {
    expect(ids(await list(bench(people), { [kind]: text }))).toEqual(expected)
  })

  const refusals: readonly [kind: string, text: string, code: string][] = [
    ['filter', 'profile.department eq "Research"', 'E0000094'],
    ['filter', 'profile.login sw "a"', 'E0000094'],
    ['filter', 'status eq', 'E0000031'],
    ['filter', 'lastUpdated gt "yesterday"', 'E0000030'],
    ['search', 'profile.department ne "Research"', 'E0000031'],
    ['search', 'profile.department co "sea"', 'E0000031'],
    ['search', 'not (status eq "ACTIVE")', 'E0000031'],
    ['search', '(status eq "ACTIVE"', 'E0000031'],
    ['search', 'nickname eq "x"', 'E0000031'],
    ['after', 'never-given-out', 'E0000029'],
  ]

  it.each(refusals)('refuses %s=%s with %s', async (kind, text, code) => {
    const reply = await list(bench(people), { [kind]: text })
    expect([reply.status, reply.code]).toEqual([400, code])
  })

  it('refuses search and filter together', async () => {
    expect((await list(bench(people), { search: 'id pr', filter: 'id eq "ada"' })).code).toBe('E0000033')
  })

  it('finds by the start of names and emails with q, without paging', async () => {
    const reply = await list(bench(people), { q: 'A' })
    expect([ids(reply), next(reply)]).toEqual([['ada'], undefined])
  })

  it('sorts a search in both directions over pages, ties by id', async () => {
    const org = bench(people)
    const seen: unknown[] = []
    let reply = await list(org, {
      search: 'profile.lastName eq "Example"',
      sortBy: 'profile.department',
      sortOrder: 'desc',
      limit: '2',
    })
    for (;;) {
      seen.push(...ids(reply))
      const following = next(reply)
      if (following === undefined) break
      reply = await org.ask('GET', following)
    }
    expect(seen).toEqual(['barbara', 'ada', 'alan', 'edsger', 'grace'])
  })

  it('shows only the fields asked for', async () => {
    const reply = await list(bench(people), { fields: 'id,profile:(login,email)', limit: '1' })
    expect(reply.body.list[0]?.value).toEqual({
      id: 'ada',
      profile: { login: 'ada@example.com', email: 'ada@example.com' },
    })
  })

  it('finds a new value and no longer the old one after an update', async () => {
    const org = bench(people)
    const found = async (department: string) =>
      ids(await list(org, { search: `profile.department eq "${department}"` }))
    expect(await found('Navy')).toEqual(['grace'])
    await org.ask('POST', '/api/v1/users/grace', { body: { profile: { department: 'Research' } } })
    expect(await found('Navy')).toEqual([])
    expect(await found('Research')).toEqual(['ada', 'grace', 'edsger', 'alan'])
  })
})
