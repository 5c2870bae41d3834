import { describe, expect, it } from 'vitest'
import { type Answer, type Bench, bench } from './testing/ask.ts'

const profile = { firstName: 'Ada', lastName: 'Lovelace', login: 'ada@example.com', email: 'ada@example.com' }
const password = { password: { value: 'Correct-Horse-9' } }

function create(org: Bench, body: Readonly<Record<string, unknown>>, query = ''): Promise<Answer> {
  return org.ask('POST', `/api/v1/users${query}`, { body: { profile, ...body } })
}

describe('creating a user', () => {
  const starts: readonly [title: string, query: string, body: Record<string, unknown>, status: string][] = [
    ['stages him with activate=false', '?activate=false', {}, 'STAGED'],
    [
      'stages him with activate=false although there is a password',
      '?activate=false',
      { credentials: password },
      'STAGED',
    ],
    ['provisions him without a password', '', {}, 'PROVISIONED'],
    ['makes him active with a password', '?activate=true', { credentials: password }, 'ACTIVE'],
    [
      'expires the password for the next sign-in',
      '?nextLogin=changePassword',
      { credentials: password },
      'PASSWORD_EXPIRED',
    ],
    [
      'makes a federated user active',
      '?provider=true',
      { credentials: { provider: { type: 'FEDERATION', name: 'FEDERATION' } } },
      'ACTIVE',
    ],
  ]

  it.each(starts)('%s', async (_, query, body, status) => {
    const reply = await create(bench(), body, query)
    expect([reply.status, reply.body.at('status')]).toEqual([200, status])
  })

  it('answers with the keys of a real org, in their order', async () => {
    const reply = await create(bench(), { credentials: password })
    const keys = [
      'id',
      'status',
      'created',
      'activated',
      'statusChanged',
      'lastLogin',
      'lastUpdated',
      'passwordChanged',
      'type',
      'profile',
      'credentials',
      '_links',
    ]
    expect(Object.keys(Object(reply.body.value))).toEqual(keys)
    expect(reply.body.at('profile')).toEqual({ ...profile, mobilePhone: null, secondEmail: null })
    expect(reply.body.at('credentials')).toEqual({
      password: {},
      emails: [{ value: 'ada@example.com', status: 'VERIFIED', type: 'PRIMARY' }],
      provider: { type: 'OKTA', name: 'OKTA' },
    })
    expect(String(reply.body.at('id'))).toMatch(/^00u[0-9A-Za-z]{17}$/)
  })

  it('leaves the times of a staged user empty and those of a provisioned one filled but for the password', async () => {
    const staged = await create(bench(), {}, '?activate=false')
    expect([staged.body.at('activated'), staged.body.at('statusChanged')]).toEqual([null, null])
    const provisioned = await create(bench(), {})
    expect([provisioned.body.at('activated'), provisioned.body.at('passwordChanged')]).toEqual([
      '2026-03-02T09:00:00.000Z',
      null,
    ])
  })

  const taken = [
    'Api validation failed: login',
    'login: An object with this field already exists in the current organization',
  ]
  const refusals: readonly [title: string, body: unknown, query: string, expected: readonly unknown[]][] = [
    ['a body that is no JSON', '{"profile":', '', [400, 'E0000003', 'The request body was not well-formed.']],
    [
      'a login without a domain',
      { profile: { ...profile, login: 'adalove' } },
      '',
      [400, 'E0000001', 'Api validation failed: login', 'login: Username must be in the form of an email address'],
    ],
    [
      'a missing login',
      { profile: { ...profile, login: undefined } },
      '',
      [400, 'E0000001', 'Api validation failed: login', 'login: The field cannot be left blank'],
    ],
    [
      'a malformed email',
      { profile: { ...profile, email: 'not an email' } },
      '',
      [400, 'E0000001', 'Api validation failed: email', 'email: Does not match required pattern'],
    ],
    [
      'an attribute that no schema has',
      { profile: { ...profile, notValid: 'x' } },
      '',
      [400, 'E0000001', 'Api validation failed: newUser', "Property name 'notValid' is not defined in profile"],
    ],
    [
      'a first name of 51 characters',
      { profile: { ...profile, firstName: 'a'.repeat(51) } },
      '',
      [
        400,
        'E0000001',
        'Api validation failed: firstName',
        'firstName: String lengths should be within 1 to 50 characters',
      ],
    ],
    [
      'a number where a text belongs',
      { profile: { ...profile, title: 7 } },
      '',
      [400, 'E0000001', 'Api validation failed: title', 'title: The value must be a string'],
    ],
    [
      'a country that is no code',
      { profile: { ...profile, countryCode: 'xx' } },
      '',
      [400, 'E0000001', 'Api validation failed: countryCode', 'countryCode: Does not match required pattern'],
    ],
    [
      'a time zone that does not exist',
      { profile: { ...profile, timezone: 'Mars/Base' } },
      '',
      [400, 'E0000001', 'Api validation failed: timezone', 'timezone: Does not match required pattern'],
    ],
    [
      'a character of four bytes',
      { profile: { ...profile, firstName: 'Ada 😀' } },
      '',
      [
        400,
        'E0000001',
        'Api validation failed: firstName',
        'firstName: Characters outside the basic multilingual plane are not supported',
      ],
    ],
    ['nextLogin without a password', { profile }, '?nextLogin=changePassword', [400, 'E0000124']],
    [
      'nextLogin for a staged user',
      { profile, credentials: password },
      '?nextLogin=changePassword&activate=false',
      [400, 'E0000125'],
    ],
    ['a weak password', { profile, credentials: { password: { value: 'short' } } }, '', [403, 'E0000080']],
    [
      'an unknown group',
      { profile, groupIds: ['00gnone'] },
      '',
      [404, 'E0000007', 'Not found: Resource not found: 00gnone (UserGroup)'],
    ],
    [
      '21 groups',
      { profile, groupIds: Array.from({ length: 21 }, (_, index) => `g${index}`) },
      '',
      [400, 'E0000093', 'Target count limit exceeded', 'The number of group targets is too large'],
    ],
  ]

  it.each(refusals)('refuses %s and creates nothing', async (_, body, query, expected) => {
    const org = bench()
    const reply = await org.ask('POST', `/api/v1/users${query}`, { body })
    expect([reply.status, reply.code, ...reply.texts].slice(0, expected.length)).toEqual(expected)
    expect(org.tenant.state().users).toEqual([])
  })

  it('takes a login once, without regard to case, diacritics and deactivation', async () => {
    const org = bench()
    await org.user('Zoë.Müller@example.com')
    const again = await create(org, { profile: { ...profile, login: 'zoe.muller@EXAMPLE.com' } })
    expect(again.texts).toEqual(taken)
    await org.ask('POST', '/api/v1/users/zoe.muller@example.com/lifecycle/deactivate')
    expect((await create(org, { profile: { ...profile, login: 'zoe.muller@example.com' } })).texts).toEqual(taken)
  })

  it('lets two users share an email', async () => {
    const org = bench()
    await org.user('one@example.com', { email: 'shared@example.com' })
    expect(
      (await create(org, { profile: { ...profile, login: 'two@example.com', email: 'shared@example.com' } })).status,
    ).toBe(200)
  })

  it('adds the new user to 20 groups in the same call', async () => {
    const org = bench({
      groups: Array.from({ length: 20 }, (_, index) => ({ id: `g${index}`, name: `Group ${index}` })),
    })
    await create(org, { groupIds: Array.from({ length: 20 }, (_, index) => `g${index}`) })
    expect((await org.ask('GET', '/api/v1/users/ada/groups')).body.list).toHaveLength(21)
  })

  it('refuses a group that an import owns', async () => {
    const org = bench({ groups: [{ id: 'g1', name: 'From AD', type: 'APP_GROUP' }] })
    expect((await create(org, { groupIds: ['g1'] })).code).toBe('E0000006')
    expect(org.tenant.state().users).toEqual([])
  })
})

describe('reading a user', () => {
  it('finds him by id, login in any case, and the part before the @ where only one has it', async () => {
    const org = bench()
    const id = await org.user('ada@example.com')
    for (const given of [id, 'ADA@example.com', 'ada']) {
      expect((await org.ask('GET', `/api/v1/users/${encodeURIComponent(given)}`)).body.at('id')).toBe(id)
    }
    await org.user('ada@example.org')
    expect((await org.ask('GET', '/api/v1/users/ada')).status).toBe(404)
  })

  it('names what was asked for when there is nobody', async () => {
    const reply = await bench().ask('GET', '/api/v1/users/nobody%40example.com')
    expect(reply.texts).toEqual(['Not found: Resource not found: nobody@example.com (User)'])
    expect([reply.body.at('errorLink'), String(reply.body.at('errorId')).slice(0, 3)]).toEqual(['E0000007', 'oae'])
  })

  it('leaves out credentials and their links on request', async () => {
    const org = bench()
    await create(org, { credentials: password })
    const headers = { 'content-type': 'application/json; okta-response="omitCredentials,omitCredentialsLinks"' }
    const reply = await org.ask('GET', '/api/v1/users/ada', { headers })
    expect([reply.body.at('credentials'), reply.body.at('_links', 'changePassword')]).toEqual([undefined, undefined])
    expect(reply.body.at('_links', 'suspend')).toBeDefined()
  })
})
