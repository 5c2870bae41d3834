import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Answer, type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { idsOf, profile, refused } from './apps-cast.ts'

const scopes = ['users', 'groups', 'apps', 'schemas']
  .flatMap(name => [`okta.${name}.read`, `okta.${name}.manage`])
  .concat('okta.logs.read')
const everything = ['/api/v1/users', '/api/v1/groups', '/api/v1/apps']
type Roles = NonNullable<NonNullable<OktaState['apps']>[number]['roles']>
type Conditions = NonNullable<NonNullable<OktaState['customRoles']>[number]['conditions']>

function company(roles: Roles, more: OktaState = {}): Bench {
  return bench({
    users: [
      { id: 'u1', profile: { ...profile('ada@example.com'), city: 'Paris', title: 'Dr', mobilePhone: '1' } },
      { id: 'u2', profile: profile('bob@example.com') },
    ],
    groups: [{ id: 'g1', name: 'One', members: ['u1'] }],
    apps: [
      { roles, scopes },
      { id: 'a2', label: 'Wiki', name: 'bookmark', signOnMode: 'BOOKMARK' },
    ],
    ...more,
  })
}

/** An org whose app has a custom role with these permissions over these resources. */
function custom(permissions: readonly string[], resources = everything, conditions: Conditions = {}): Bench {
  return company([{ customRole: 'cr0', resourceSet: 'iam0' }], {
    customRoles: [{ id: 'cr0', label: 'Custom', permissions, conditions }],
    resourceSets: [{ id: 'iam0', label: 'Set', resources }],
  })
}

const enter = (org: Bench): Promise<string> => bearer(org, scopes.join(' '))

/** Whether the role, and nothing else, refuses the call. */
async function isRefused(org: Bench, as: string, [method, path]: readonly [string, string]): Promise<boolean> {
  const body = method === 'POST' || method === 'PUT' ? {} : undefined
  return (await org.ask(method, path, { as, ...(body === undefined ? {} : { body }) })).code === 'E0000006'
}

const u1 = '/api/v1/users/u1'
const lifecycle: Readonly<Record<string, readonly [string, string]>> = {
  'okta.users.lifecycle.suspend': ['POST', `${u1}/lifecycle/suspend`],
  'okta.users.lifecycle.unsuspend': ['POST', `${u1}/lifecycle/unsuspend`],
  'okta.users.lifecycle.unlock': ['POST', `${u1}/lifecycle/unlock`],
  'okta.users.lifecycle.clearSessions': ['DELETE', `${u1}/sessions`],
  'okta.users.lifecycle.deactivate': ['POST', `${u1}/lifecycle/deactivate`],
  'okta.users.lifecycle.activate': ['POST', `${u1}/lifecycle/activate`],
  'okta.users.lifecycle.delete': ['DELETE', '/api/v1/users/u2'],
}
const credentials: Readonly<Record<string, readonly [string, string]>> = {
  'okta.users.credentials.resetFactors': ['POST', `${u1}/lifecycle/reset_factors`],
  'okta.users.credentials.expirePassword': ['POST', `${u1}/lifecycle/expire_password`],
  'okta.users.credentials.resetPassword': ['POST', `${u1}/lifecycle/reset_password`],
}

rule(
  {
    area: 'Access: custom roles',
    says: 'activate, deactivate, suspend, unsuspend, delete, unlock and clearing sessions have a permission each, and so have resetting and expiring passwords and resetting factors; okta.users.lifecycle.manage and okta.users.credentials.manage open all of theirs',
    source: 'Okta, Permissions',
  },
  async () => {
    for (const [umbrella, operations] of [
      ['okta.users.lifecycle.manage', lifecycle],
      ['okta.users.credentials.manage', credentials],
    ] as const) {
      for (const held of [...Object.keys(operations), umbrella]) {
        const org = custom([held])
        const as = await enter(org)
        for (const [needed, operation] of Object.entries({ ...lifecycle, ...credentials })) {
          const opens = needed === held || (held === umbrella && operations[needed] !== undefined)
          expect([held, needed, await isRefused(org, as, operation)]).toEqual([held, needed, !opens])
        }
      }
    }
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'okta.users.userprofile.manage edits profiles and okta.users.read does not; okta.groups.create makes groups and only okta.groups.manage changes and deletes them',
    source: 'Okta, Permissions',
  },
  async () => {
    const refusals = async (permission: string, calls: readonly (readonly [string, string])[]): Promise<unknown> => {
      const org = custom([permission])
      const as = await enter(org)
      const found: boolean[] = []
      for (const each of calls) found.push(await isRefused(org, as, each))
      return found
    }
    const profiles = [
      ['POST', u1],
      ['PUT', u1],
    ] as const
    expect(await refusals('okta.users.userprofile.manage', profiles)).toEqual([false, false])
    expect(await refusals('okta.users.read', profiles)).toEqual([true, true])
    const groups = [
      ['POST', '/api/v1/groups'],
      ['PUT', '/api/v1/groups/g1'],
      ['DELETE', '/api/v1/groups/g1'],
    ] as const
    expect(await refusals('okta.groups.create', groups)).toEqual([false, true, true])
    expect(await refusals('okta.groups.manage', groups.slice(1))).toEqual([false, false])
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'okta.users.create counts by groups: with /api/v1/groups anybody can be created without groupIds, with /api/v1/users alone nobody',
    source: 'Okta, Permissions',
  },
  async () => {
    const create = async (resources: readonly string[]): Promise<number> => {
      const org = custom(['okta.users.create', 'okta.users.read'], [...resources])
      const body = { profile: profile('new@example.com') }
      return (await org.ask('POST', '/api/v1/users', { as: await enter(org), body })).status
    }
    expect([await create(['/api/v1/groups']), await create(['/api/v1/users'])]).toEqual([200, 403])
  },
)

const attributes = (which: 'include' | 'exclude', ...names: readonly string[]) => ({
  [which]: { 'okta:ResourceAttribute/User/Profile': names },
})

rule(
  {
    area: 'Access: custom roles',
    says: 'a condition of okta.users.read includes or excludes attributes of profiles, in single users and lists; first and last name, login, email and mobilePhone cannot be hidden',
    source: 'Okta, Permission conditions',
  },
  async () => {
    const seen = async (condition: Conditions[string]): Promise<unknown> => {
      const org = custom(['okta.users.read', 'okta.groups.read'], everything, { 'okta.users.read': condition })
      const as = await enter(org)
      const answers = [
        (await org.ask('GET', u1, { as })).body.at('profile'),
        (await org.ask('GET', '/api/v1/users', { as })).body.at(0, 'profile'),
        (await org.ask('GET', '/api/v1/groups/g1/users', { as })).body.at(0, 'profile'),
      ].map(shown => Object.keys(Object(shown)).sort().join())
      expect(new Set(answers).size).toBe(1)
      return answers[0]
    }
    const always = 'email,firstName,lastName,login,mobilePhone'
    expect(await seen(attributes('include', 'city'))).toBe(`city,${always}`)
    expect(await seen(attributes('exclude', 'city', 'email', 'secondEmail'))).toBe(`${always},title`)
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'a condition of okta.users.userprofile.manage confines writes to the attributes it opens: another one is 403 E0000006, and a PUT that leaves it out does not take it away',
    source: 'Okta, Permission conditions',
  },
  async () => {
    const permission = 'okta.users.userprofile.manage'
    const org = custom([permission], everything, { [permission]: attributes('include', 'city') })
    const as = await enter(org)
    const write = (method: string, to: object): Promise<Answer> =>
      org.ask(method, u1, { as, body: { profile: { ...profile('ada@example.com'), ...to } } })
    expect((await write('POST', { city: 'Rome' })).status).toBe(200)
    refused(await write('POST', { title: 'Prof' }), 403, 'E0000006')
    expect((await write('PUT', { city: 'Oslo' })).status).toBe(200)
    expect((await org.ask('GET', u1)).body.at('profile')).toMatchObject({ city: 'Oslo', title: 'Dr' })
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'an invalid write tells what the role allows: 400 where it permits, 403 E0000006 where it refuses',
    source: 'Probe of an Integrator org, 2026',
  },
  async () => {
    for (const [role, status] of [
      ['SUPER_ADMIN', 400],
      ['READ_ONLY_ADMIN', 403],
    ] as const) {
      const org = company([role])
      const as = await enter(org)
      for (const path of ['/api/v1/users', '/api/v1/groups', '/api/v1/groups/rules', '/api/v1/apps'])
        expect([path, (await org.ask('POST', path, { as, body: { nonsense: true } })).status]).toEqual([path, status])
    }
  },
)

rule(
  {
    area: 'Access: standard roles',
    says: 'report and read-only admins read the System Log; a group membership admin does not',
    source: 'Okta, Standard administrator roles and permissions',
  },
  async () => {
    const read = async (role: string): Promise<number> => {
      const org = company([role])
      return (await org.ask('GET', '/api/v1/logs', { as: await enter(org) })).status
    }
    expect([await read('REPORT_ADMIN'), await read('READ_ONLY_ADMIN'), await read('GROUP_MEMBERSHIP_ADMIN')]).toEqual([
      200, 200, 403,
    ])
  },
)

rule(
  {
    area: 'Access: standard roles',
    says: 'API access management, app and org admins read and write the schema of users, read-only and group admins do neither; read-only admins do read those of apps',
    source: 'Okta, OpenAPI description of the management API, Schemas',
  },
  async () => {
    const outcome = async (role: string): Promise<readonly unknown[]> => {
      const org = company([role])
      const as = await enter(org)
      const meta = '/api/v1/meta/schemas'
      return [
        role,
        (await org.ask('GET', `${meta}/user/default`, { as })).status,
        (await org.ask('POST', `${meta}/user/default`, { as, body: {} })).code === 'E0000006',
        (await org.ask('GET', `${meta}/apps/a2/default`, { as })).status,
      ]
    }
    for (const role of ['API_ACCESS_MANAGEMENT_ADMIN', 'APP_ADMIN', 'ORG_ADMIN'])
      expect(await outcome(role)).toEqual([role, 200, false, 200])
    expect(await outcome('READ_ONLY_ADMIN')).toEqual(['READ_ONLY_ADMIN', 403, true, 200])
    expect((await outcome('USER_ADMIN')).slice(1, 3)).toEqual([403, true])
  },
)

const work: readonly (readonly [string, string])[] = [
  ['GET', u1],
  ['POST', `${u1}/lifecycle/suspend`],
  ['POST', `${u1}/lifecycle/reset_password`],
  ['PUT', '/api/v1/groups/g1/users/u2'],
  ['PUT', '/api/v1/groups/g1'],
  ['POST', '/api/v1/apps/a2/users'],
  ['POST', `/api/v1/apps/a2/lifecycle/deactivate`],
]

rule(
  {
    area: 'Access: standard roles',
    says: 'super and org admins do everything to users, groups and apps; group admins all but apps; membership admins change members; help desk admins reset passwords; app admins assign and change apps',
    source: 'Okta, Standard administrator roles and permissions',
  },
  async () => {
    for (const [role, does] of [
      ['SUPER_ADMIN', '1111111'],
      ['ORG_ADMIN', '1111111'],
      ['USER_ADMIN', '1111100'],
      ['GROUP_MEMBERSHIP_ADMIN', '1001000'],
      ['HELP_DESK_ADMIN', '1010000'],
      ['APP_ADMIN', '1000011'],
    ] as const) {
      const org = company([role])
      const as = await enter(org)
      let done = ''
      for (const call of work) done += (await isRefused(org, as, call)) ? '0' : '1'
      expect([role, done]).toEqual([role, does])
    }
  },
)

rule(
  {
    area: 'Apps: grants',
    says: 'only a super admin adds a key to an app that has scopes (403 E0000006), and nobody a 51st: 400 E0000001',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    const { n, e } = Object(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }))
    const keys = Array.from({ length: 49 }, (_, index) => ({ kty: 'RSA', kid: `k${index}`, n, e }))
    const org = bench({
      users: [{ id: 'u1', profile: profile('admin@example.com'), roles: ['APP_ADMIN'] }],
      apps: [{ id: 'a1', scopes: ['okta.users.read'], keys }],
      tokens: [{}, { value: 'app-admin', user: 'u1' }],
    })
    const add = (kid: string, as?: string): Promise<Answer> =>
      org.ask('POST', '/api/v1/apps/a1/credentials/jwks', {
        body: { kty: 'RSA', kid, n, e },
        ...(as === undefined ? {} : { as }),
      })
    refused(await add('x', 'SSWS app-admin'), 403, 'E0000006')
    expect((await add('x')).status).toBe(201)
    refused(await add('y'), 400, 'E0000001')
    expect(idsOf(await org.ask('GET', '/api/v1/apps/a1/credentials/jwks'))).toHaveLength(50)
  },
)
