import { describe, expect, it } from 'vitest'
import { oktaTenant } from './index.ts'
import { bench, HandClock, seeded } from './testing/ask.ts'

const profile = { firstName: 'Ada', lastName: 'Lovelace', login: 'ada@example.com', email: 'ada@example.com' }

describe('the state of the org', () => {
  it('is read back to the same org', async () => {
    const org = bench({
      attributes: { badge: { title: 'Badge', type: 'string' } },
      linkedObjects: [
        {
          primary: { name: 'manager', title: 'M', description: '' },
          associated: { name: 'report', title: 'R', description: '' },
        },
      ],
      users: [
        { profile },
        {
          profile: { ...profile, login: 'bob@example.com', department: 'Sales' },
          status: 'SUSPENDED',
          linked: { manager: 'ada' },
        },
      ],
      groups: [{ name: 'Sales' }, { name: 'Engineering', members: ['ada@example.com'] }],
      rules: [{ name: 'Sales people', status: 'ACTIVE', expression: 'user.department=="Sales"', groups: ['Sales'] }],
      switches: { asyncSeconds: 5 },
    })
    const before = JSON.parse(JSON.stringify(org.tenant.state()))
    org.clock.advance(60)
    org.tenant.load(before)
    expect(JSON.parse(JSON.stringify(org.tenant.state()))).toEqual(before)
  })

  it('asks active rules about everybody while it is read', async () => {
    const org = bench({
      users: [{ id: 'u1', profile: { ...profile, department: 'Sales' } }],
      groups: [{ id: 'g1', name: 'Sales' }],
      rules: [{ name: 'R', status: 'ACTIVE', expression: 'user.department=="Sales"', groups: ['Sales'] }],
    })
    expect((await org.ask('GET', '/api/v1/groups/g1/users')).body.list.map(user => user.at('id'))).toEqual(['u1'])
  })

  const wrong: readonly [title: string, state: unknown, message: RegExp][] = [
    ['an unknown field', { people: [] }, /^okta: has no field "people"/],
    [
      'an unknown status',
      { users: [{ profile, status: 'HAPPY' }] },
      /^okta\.users\[0\]\.status: must be one of STAGED/,
    ],
    [
      'a login twice',
      { users: [{ profile }, { profile }] },
      /^okta\.users\[1\]\.profile: the login ada@example\.com is used/,
    ],
    [
      'an attribute that no schema has',
      { users: [{ profile: { ...profile, shoe: 1 } }] },
      /^okta\.users\[0\]\.profile\.shoe: is not defined/,
    ],
    [
      'a member nobody knows',
      { groups: [{ name: 'A', members: ['nobody'] }] },
      /^okta\.groups\[0\]\.members\[0\]: there is no user nobody/,
    ],
    ['an unknown switch', { switches: { magic: true } }, /^okta\.switches\.magic: there is no such switch/],
    [
      'a rule that cannot be read',
      { groups: [{ name: 'A' }], rules: [{ name: 'R', expression: 'user.', groups: ['A'] }] },
      /^okta\.rules\[0\]\.expression: /,
    ],
    ['another version', { version: 2 }, /^okta\.version: must be 1/],
  ]

  it.each(wrong)('is refused with the place of %s', (_, state, message) => {
    const org = bench({ users: [{ id: 'kept', profile }] })
    expect(() => org.tenant.load(state)).toThrow(message)
    expect(org.tenant.state().users?.[0]?.id).toBe('kept')
  })

  it('gets the same ids from the same seed', () => {
    const make = () =>
      oktaTenant({
        clock: new HandClock(),
        random: seeded(1),
        state: { users: [{ profile }], groups: [{ name: 'A' }] },
      })
    const [one, two] = [make(), make()]
    expect([one.clientId, one.state().users?.[0]?.id]).toEqual([two.clientId, two.state().users?.[0]?.id])
  })
})

describe('the frame of every answer', () => {
  it('carries the date of the tenant, a request id and where the caller stands with its limit', async () => {
    const { headers } = await bench().ask('GET', '/api/v1/users')
    expect(headers.get('date')).toBe('Mon, 02 Mar 2026 09:00:00 GMT')
    expect(headers.get('x-okta-request-id')).toMatch(/^\w{26}$/)
    expect(headers.get('x-rate-limit-reset')).toBe(String(Date.parse('2026-03-02T09:01:00.000Z') / 1000))
  })

  it('says what a path or method is not', async () => {
    const org = bench()
    expect([(await org.ask('PATCH', '/api/v1/users')).status, (await org.ask('PATCH', '/api/v1/users')).code]).toEqual([
      405,
      'E0000022',
    ])
    expect((await org.ask('GET', '/api/v1/nothing')).status).toBe(404)
  })

  it('names operations by their path with ids replaced', () => {
    const pattern = (path: string) => {
      const url = new URL(path, 'http://acme.test')
      const segments = url.pathname.split('/').filter(part => part !== '')
      return bench().tenant.pattern({ method: 'PUT', url, segments, headers: {}, body: Buffer.alloc(0) })
    }
    expect(pattern('/api/v1/groups/00g1/users/00u1')).toBe('/api/v1/groups/*/users/*')
  })

  it('bends pages for faults', async () => {
    const org = bench({ users: [{ profile }, { profile: { ...profile, login: 'bob@example.com' } }] })
    const { pages } = org.tenant
    const reply = {
      status: 200,
      headers: [
        ['link', '<a>; rel="self"'],
        ['link', '<b>; rel="next"'],
      ] as const,
      body: [1],
    }
    expect(pages.truncated(reply).headers).toEqual([['link', '<a>; rel="self"']])
    expect([pages.empty(reply).body, pages.empty(reply).headers, pages.duplicate(reply).body]).toEqual([
      [],
      reply.headers,
      [1, 1],
    ])
  })
})

describe('rate limits', () => {
  it('refuse the call beyond the limit until the window ends, bucket by bucket', async () => {
    const org = bench({ quota: { enforced: true, limits: { users: 2 } } })
    const ask = () => org.ask('GET', '/api/v1/users')
    expect((await ask()).headers.get('x-rate-limit-remaining')).toBe('1')
    await ask()
    const refused = await ask()
    expect([refused.status, refused.code, refused.headers.get('x-rate-limit-remaining')]).toEqual([
      429,
      'E0000047',
      '0',
    ])
    expect((await org.ask('GET', '/api/v1/groups')).headers.get('x-rate-limit-limit')).toBe('250')
    org.clock.advance(60)
    expect((await ask()).status).toBe(200)
  })

  it('can be turned on in a state that had them off', async () => {
    const org = bench()
    const state = org.tenant.state()
    org.tenant.load({ ...state, quota: { ...state.quota, enforced: true } })
    expect((await org.ask('GET', '/api/v1/users')).headers.get('x-rate-limit-limit')).toBe('300')
  })
})
