import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { nextOf, profile, refused } from './apps-cast.ts'

async function renamed(org: Bench, name: string): Promise<void> {
  await org.ask('PUT', '/api/v1/groups/g1', { body: { profile: { name } } })
}

/** An org whose group has been called these names, a second apart. */
async function busy(...names: readonly string[]): Promise<Bench> {
  const org = bench({ groups: [{ id: 'g1', name: 'One' }] })
  for (const name of names) {
    await renamed(org, name)
    org.clock.advance(1)
  }
  return org
}

async function names(org: Bench, query: string): Promise<unknown> {
  return (await org.ask('GET', `/api/v1/logs?${query}`)).body.list.map(event => event.at('target', 0, 'displayName'))
}

rule(
  {
    area: 'System Log: questions',
    says: 'since reaches back 7 days before until, not before now, where until is given',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = await busy('A')
    org.clock.advance(10 * 86_400)
    expect(await names(org, 'until=2026-03-09T08:00:00Z')).toEqual(['A'])
    expect(await names(org, 'until=2026-03-09T10:00:00Z')).toEqual([])
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'since does not go together with after; what it then is, without effect or 400 E0000001, is not told',
    source: 'Okta, System Log query',
    unconfirmed: 'logSinceWithAfter',
  },
  async () => {
    const ask = async (logSinceWithAfter: 'ignored' | 'E0000001'): Promise<unknown> => {
      const org = bench({ groups: [{ id: 'g1', name: 'One' }], switches: { logSinceWithAfter } })
      await renamed(org, 'A')
      const next = nextOf(await org.ask('GET', '/api/v1/logs'))
      const reply = await org.ask('GET', `${next}&since=2026-03-01T00:00:00Z`)
      return [reply.status, reply.code, reply.body.list.length]
    }
    expect(await ask('ignored')).toEqual([200, undefined, 0])
    expect(await ask('E0000001')).toEqual([400, 'E0000001', 0])
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'a limit goes up to 1000; whether more is cut to that or 400 E0000001 is not told',
    source: 'Okta, OpenAPI description of the management API',
    unconfirmed: 'logLimitBeyond',
  },
  async () => {
    const org = await busy('A')
    expect(await names(org, 'limit=1001')).toEqual(['A'])
    const strict = bench({ switches: { logLimitBeyond: 'E0000001' } })
    refused(await strict.ask('GET', '/api/v1/logs?limit=1001'), 400, 'E0000001')
    expect((await strict.ask('GET', '/api/v1/logs?limit=1000')).status).toBe(200)
  },
)

rule(
  {
    area: 'System Log: questions',
    says: 'E0000053 is Invalid filter, E0000031 Invalid search criteria.',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = bench()
    refused(await org.ask('GET', '/api/v1/logs?filter=published%20gt%20%222026%22'), 400, 'E0000053', [
      'Invalid filter',
    ])
    refused(await org.ask('GET', '/api/v1/logs?filter=eventType%20like%20%22x%22'), 400, 'E0000031', [
      'Invalid search criteria.',
    ])
  },
)

rule(
  {
    area: 'System Log: bounded reads',
    says: 'a bounded read misses what arrives late, and moving since and until on never shows it; polling does',
    source: 'Okta, System Log query',
    unconfirmed: 'logDelaySeconds',
  },
  async () => {
    const org = bench({ groups: [{ id: 'g1', name: 'One' }], switches: { logDelaySeconds: 20 } })
    const poll = nextOf(await org.ask('GET', '/api/v1/logs'))
    await renamed(org, 'Late')
    org.clock.advance(5)
    const first = await org.ask('GET', '/api/v1/logs?since=2026-03-02T09:00:00Z&until=2026-03-02T09:00:05Z')
    expect([first.body.value, nextOf(first)]).toEqual([[], ''])
    org.clock.advance(20)
    expect(await names(org, 'since=2026-03-02T09:00:05Z&until=2026-03-02T09:00:25Z')).toEqual([])
    expect((await org.ask('GET', poll)).body.list).toHaveLength(1)
  },
)

rule(
  {
    area: 'System Log: polling',
    says: 'without since and until the list is ASCENDING; sortOrder=ASCENDING says the same',
    source: 'Okta, System Log API',
  },
  async () => {
    const org = await busy('A', 'B', 'C')
    expect(await names(org, '')).toEqual(['A', 'B', 'C'])
    const reply = await org.ask('GET', '/api/v1/logs?sortOrder=ASCENDING&since=2026-03-02T00:00:00Z')
    expect([reply.body.list.length, nextOf(reply) === '']).toEqual([3, false])
  },
)

const type = { id: 'oty1', name: 'contractor', displayName: 'Contractor' }
const password = { credentials: { password: { value: 'Correct-Horse-9' } } }
const rest: readonly (readonly [method: string, path: string, body: unknown, events: readonly string[]])[] = [
  ['POST', '/api/v1/users/u1/lifecycle/activate', undefined, ['user.lifecycle.activate']],
  ['POST', '/api/v1/users/u1/lifecycle/reactivate', undefined, ['user.lifecycle.reactivate']],
  ['POST', '/api/v1/users/u2/lifecycle/unlock', undefined, ['user.account.unlock_by_admin']],
  ['POST', '/api/v1/users/u3', password, ['user.account.update_password']],
  [
    'PUT',
    '/api/v1/users/u3',
    { profile: profile('c@example.com'), type: { id: 'oty1' } },
    ['user.account.update_user_type', 'user.account.update_profile'],
  ],
  [
    'POST',
    '/api/v1/users',
    { profile: profile('d@example.com'), groupIds: ['g1'] },
    ['user.lifecycle.create', 'user.lifecycle.activate', 'group.user_membership.add'],
  ],
  [
    'DELETE',
    '/api/v1/groups/g2/users/u4',
    undefined,
    ['group.user_membership.remove', 'group.user_membership.rule.add_exclusion'],
  ],
]

rule(
  {
    area: 'System Log: events',
    says: 'activation, reactivation, unlocking by an admin, a new password, another user type, groups on create and the exclusion from a rule have their event types, with the client as actor and an exclusion by the system',
    source: 'Okta, Event types',
  },
  async () => {
    const org = bench({
      userTypes: [type],
      users: [
        { id: 'u1', status: 'STAGED', profile: profile('a@example.com') },
        { id: 'u2', status: 'LOCKED_OUT', profile: profile('b@example.com') },
        { id: 'u3', profile: profile('c@example.com') },
        { id: 'u4', profile: { ...profile('e@example.com'), department: 'x' } },
      ],
      groups: [
        { id: 'g1', name: 'One' },
        { id: 'g2', name: 'Ruled' },
      ],
      rules: [{ name: 'R', status: 'ACTIVE', expression: 'user.department=="x"', groups: ['g2'] }],
    })
    const as = await bearer(org, 'okta.users.manage okta.groups.manage')
    let poll = nextOf(await org.ask('GET', '/api/v1/logs'))
    for (const [method, path, body, expected] of rest) {
      await org.ask(method, path, { as, ...(body === undefined ? {} : { body }) })
      const page = await org.ask('GET', poll)
      const events = page.body.list.map(event => [event.at('eventType'), event.at('actor', 'id')])
      expect([path, events]).toEqual([
        path,
        expected.map(name => [name, name.endsWith('exclusion') ? 'okta.system' : org.tenant.clientId]),
      ])
      poll = nextOf(page)
    }
  },
)
