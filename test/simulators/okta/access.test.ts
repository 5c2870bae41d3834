import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { routes } from '../../../src/simulator/okta/routes.ts'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { idsOf, profile } from './apps-cast.ts'

type Roles = NonNullable<NonNullable<OktaState['apps']>[number]['roles']>
const scopes = ['users', 'groups', 'apps']
  .flatMap(name => [`okta.${name}.read`, `okta.${name}.manage`])
  .concat('okta.logs.read', 'okta.schemas.read')

/** Ada (u1) is in g1, Bob (u2) in g2 and a super admin through g3, Cy (u3) in g1 and a super admin himself. */
function company(roles: Roles, more: OktaState = {}): Bench {
  return bench({
    users: [
      { id: 'u1', profile: profile('ada@example.com') },
      { id: 'u2', profile: profile('bob@example.com') },
      { id: 'u3', profile: profile('cy@example.com'), roles: ['SUPER_ADMIN'] },
    ],
    groups: [
      { id: 'g1', name: 'One', members: ['u1', 'u3'] },
      { id: 'g2', name: 'Two', members: ['u2'] },
      { id: 'g3', name: 'Chiefs', members: ['u2'], roles: ['SUPER_ADMIN'] },
    ],
    apps: [
      { roles, scopes },
      { id: 'a2', label: 'Wiki', name: 'bookmark', signOnMode: 'BOOKMARK' },
      { id: 'a3', label: 'Wall', name: 'bookmark', signOnMode: 'BOOKMARK' },
    ],
    ...more,
  })
}

const enter = (org: Bench): Promise<string> => bearer(org, scopes.join(' '))
const custom = (permissions: readonly string[], resources: readonly string[]): OktaState => ({
  customRoles: [{ id: 'cr0', label: 'Custom', permissions }],
  resourceSets: [{ id: 'iam0', label: 'Set', resources }],
})
const bound: Roles = [{ customRole: 'cr0', resourceSet: 'iam0' }]

async function status(org: Bench, method: string, path: string, as: string): Promise<number> {
  return (await org.ask(method, path, { as, ...(method === 'POST' || method === 'PUT' ? { body: {} } : {}) })).status
}

rule(
  {
    area: 'Access: two gates',
    says: 'a token without the scope is 403 with an empty body and WWW-Authenticate Bearer with authorization_uri, realm, scope, error="insufficient_scope", error_description and resource',
    source: 'okta-sdk-golang, issue 145',
  },
  async () => {
    const org = company(['SUPER_ADMIN'])
    const reply = await org.ask('GET', '/api/v1/groups/g1', { as: await bearer(org, 'okta.users.read') })
    expect([reply.status, reply.body.value]).toEqual([403, undefined])
    expect(reply.headers.get('www-authenticate')).toBe(
      'Bearer authorization_uri="http://acme.test/oauth2/v1/authorize", realm="http://acme.test", scope="okta.groups.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/groups/g1"',
    )
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'what an expired token meets names authorization_uri and realm before error="invalid_token", and has no body',
    source: 'firezone, Okta directory sync, test fixtures',
  },
  async () => {
    const org = company(['SUPER_ADMIN'])
    const as = await bearer(org, 'okta.groups.read')
    org.clock.advance(3600)
    const reply = await org.ask('GET', '/api/v1/groups/g1', { as })
    expect([reply.status, reply.body.value]).toEqual([401, undefined])
    expect(reply.headers.get('www-authenticate')).toMatch(
      /^Bearer authorization_uri=.* error="invalid_token", error_description="The token has expired\."/,
    )
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'a bearer token nobody gave out is 401 with an empty body and error="invalid_token"',
    source: 'Okta, OAuth 2.0 error codes',
    unconfirmed: 'unknownTokenDescription',
  },
  async () => {
    const org = bench({ switches: { unknownTokenDescription: 'Who are you?' } })
    const reply = await org.ask('GET', '/api/v1/users', { as: 'Bearer nonsense' })
    expect([reply.status, reply.body.value]).toEqual([401, undefined])
    expect(reply.headers.get('www-authenticate')).toContain('error="invalid_token", error_description="Who are you?"')
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'the JWT of a service app and a value nobody gave out are no API tokens: 401 E0000011 "Invalid token provided"',
    source: 'okta-sdk-nodejs, issue 427',
  },
  async () => {
    const org = company(['SUPER_ADMIN'])
    const jwt = (await enter(org)).replace('Bearer ', '')
    for (const as of [`SSWS ${jwt}`, 'SSWS nonsense']) {
      const reply = await org.ask('GET', '/api/v1/users', { as })
      expect([reply.status, reply.code, reply.texts]).toEqual([401, 'E0000011', ['Invalid token provided']])
    }
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'an API token has the rights of its owner, with those of his groups, and dies with him',
    source: 'Okta, API token management',
  },
  async () => {
    const org = company([], { tokens: [{}, { value: 'ada', user: 'u1' }, { value: 'bob', user: 'u2' }] })
    expect(await status(org, 'DELETE', '/api/v1/groups/g1', 'SSWS ada')).toBe(403)
    expect(await status(org, 'DELETE', '/api/v1/groups/g1', 'SSWS bob')).toBe(204)
    await org.ask('POST', '/api/v1/users/u2/lifecycle/suspend')
    expect(await status(org, 'GET', '/api/v1/groups/g2', 'SSWS bob')).toBe(401)
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'a feature the org does not have is 401 E0000015',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'featuresOff',
  },
  async () => {
    const org = bench({ switches: { featuresOff: ['/api/v1/iam/resource-sets'] } })
    const reply = await org.ask('GET', '/api/v1/iam/resource-sets')
    const text = 'You do not have permission to access the feature you are requesting'
    expect([reply.status, reply.code, reply.texts]).toEqual([401, 'E0000015', [text]])
    expect((await org.ask('GET', '/api/v1/iam/roles')).status).toBe(200)
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'with the scopes but without an admin role, lists of users, groups and apps are 200 and empty, everything else 403 E0000006',
    source: 'Probe of an Integrator org, 2026',
  },
  async () => {
    const org = company([])
    const as = await enter(org)
    for (const path of ['/api/v1/users', '/api/v1/groups', '/api/v1/apps']) {
      const reply = await org.ask('GET', path, { as })
      expect([reply.status, reply.body.value]).toEqual([200, []])
    }
    for (const path of ['/api/v1/users/u1', '/api/v1/groups/g1/users', '/api/v1/apps/a2', '/api/v1/logs']) {
      const reply = await org.ask('GET', path, { as })
      expect([reply.status, reply.code, reply.body.at('errorSummary')]).toEqual([
        403,
        'E0000006',
        'You do not have permission to perform the requested action',
      ])
    }
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'a Read-only admin sees users, groups, apps and the log, and every write is 403 E0000006, whatever the scopes',
    source: 'Probe of an Integrator org, 2026',
  },
  async () => {
    const org = company(['READ_ONLY_ADMIN'])
    const as = await enter(org)
    for (const path of ['/api/v1/users/u1', '/api/v1/groups/g1', '/api/v1/apps/a2', '/api/v1/logs'])
      expect(await status(org, 'GET', path, as)).toBe(200)
    for (const [method, path] of [
      ['POST', '/api/v1/users/u1'],
      ['PUT', '/api/v1/groups/g1/users/u2'],
      ['POST', '/api/v1/apps'],
      ['PUT', '/api/v1/apps/a2/groups/g1'],
    ] as const)
      expect(await status(org, method, path, as)).toBe(403)
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'every operation names its scope and the permission its role must carry; reads a .read scope, writes a .manage one',
    source: 'Okta, OAuth 2.0 scopes of the management API',
  },
  () => {
    const wrong = routes.filter(route => {
      if (route.open === true) return false
      const kind = route.method === 'GET' ? /^okta\.[\w.]+\.read$/ : /^okta\.[\w.]+\.(manage|read)$/
      return !kind.test(route.scope) || !/^okta\.\w+(\.\w+)+$/.test(route.needs)
    })
    expect(wrong.map(route => `${route.method} ${route.path}`)).toEqual([])
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'a permission to manage implies the matching read, and an umbrella what is below it',
    source: 'Okta, Permissions',
  },
  async () => {
    const org = company(
      bound,
      custom(['okta.users.lifecycle.manage', 'okta.groups.manage'], ['/api/v1/users', '/api/v1/groups']),
    )
    const as = await enter(org)
    expect(await status(org, 'GET', '/api/v1/users/u1', as)).toBe(200)
    expect(await status(org, 'POST', '/api/v1/users/u1/lifecycle/suspend', as)).toBe(200)
    expect(await status(org, 'GET', '/api/v1/groups/g1', as)).toBe(200)
    expect(await status(org, 'POST', '/api/v1/users/u1', as)).toBe(403)
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: '/api/v1/groups/{id}/users in a resource set reaches the members of that group alone, for reads, writes and lists',
    source: 'Okta, Role assignments, resource identifiers',
  },
  async () => {
    const org = company(bound, custom(['okta.users.manage'], ['/api/v1/groups/g1/users']))
    const as = await enter(org)
    expect(idsOf(await org.ask('GET', '/api/v1/users', { as }))).toEqual(['u1', 'u3'])
    expect(await status(org, 'POST', '/api/v1/users/u1/lifecycle/suspend', as)).toBe(200)
    expect(await status(org, 'GET', '/api/v1/users/u2', as)).toBe(403)
    expect(idsOf(await org.ask('GET', '/api/v1/groups', { as }))).toEqual([])
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: '/api/v1/groups/{id} in a resource set reaches the group and grants nothing for user permissions',
    source: 'Okta, Role assignments, resource identifiers',
  },
  async () => {
    const org = company(bound, custom(['okta.users.manage', 'okta.groups.manage'], ['/api/v1/groups/g1']))
    const as = await enter(org)
    expect(idsOf(await org.ask('GET', '/api/v1/groups', { as }))).toEqual(['g1'])
    expect(await status(org, 'GET', '/api/v1/groups/g2', as)).toBe(403)
    expect(idsOf(await org.ask('GET', '/api/v1/users', { as }))).toEqual([])
    expect(await status(org, 'GET', '/api/v1/users/u1', as)).toBe(403)
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'an object out of reach is 403 E0000006, or 404 as if it were not there',
    source: 'Okta, Role assignments',
    unconfirmed: 'unseenObject',
  },
  async () => {
    for (const [unseenObject, expected] of [
      ['E0000006', 403],
      ['E0000007', 404],
    ] as const) {
      const more = custom(['okta.users.read'], ['/api/v1/groups/g1/users'])
      const org = company(bound, { ...more, switches: { unseenObject } })
      expect(await status(org, 'GET', '/api/v1/users/u2', await enter(org))).toBe(expected)
    }
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'changing a membership needs okta.users.groupMembership.manage on the user and okta.groups.members.manage on the group',
    source: 'Okta, Permissions',
  },
  async () => {
    const sides = ['okta.users.groupMembership.manage', 'okta.groups.members.manage']
    const everywhere = ['/api/v1/users', '/api/v1/groups/g2']
    const results = []
    for (const [permissions, resources] of [
      [sides, everywhere],
      [sides.slice(0, 1), everywhere],
      [sides.slice(1), everywhere],
      [sides, everywhere.slice(0, 1)],
      [sides, everywhere.slice(1)],
      [sides, ['/api/v1/groups/g2/users', '/api/v1/groups/g2']],
    ] as const) {
      const org = company(bound, custom(permissions, resources))
      results.push(await status(org, 'PUT', '/api/v1/groups/g2/users/u1', await enter(org)))
    }
    expect(results).toEqual([204, 403, 403, 403, 403, 403])
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'a principal confined to groups must name groupIds on create, and only groups of its set',
    source: 'Okta, Permissions',
  },
  async () => {
    const org = company(
      bound,
      custom(['okta.users.create', 'okta.users.read'], ['/api/v1/groups/g1', '/api/v1/groups/g1/users']),
    )
    const as = await enter(org)
    const create = async (login: string, groupIds?: readonly string[]): Promise<number> =>
      (await org.ask('POST', '/api/v1/users', { as, body: { profile: profile(login), groupIds } })).status
    expect([await create('n1@example.com'), await create('n2@example.com', ['g2'])]).toEqual([403, 403])
    expect(await create('n3@example.com', ['g1'])).toBe(200)
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'a custom role cannot touch super admins, by their own role or through a group; it can read them',
    source: 'Okta, Custom admin roles',
  },
  async () => {
    const org = company(bound, custom(['okta.users.manage'], ['/api/v1/users']))
    const as = await enter(org)
    for (const [user, write] of [
      ['u1', 200],
      ['u2', 403],
      ['u3', 403],
    ] as const) {
      expect(await status(org, 'GET', `/api/v1/users/${user}`, as)).toBe(200)
      expect(await status(org, 'POST', `/api/v1/users/${user}/lifecycle/suspend`, as)).toBe(write)
    }
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'apps are reached one by one as /api/v1/apps/{id}, by kind as /api/v1/apps?filter=name+eq+"…", or all as /api/v1/apps',
    source: 'Okta, Role assignments, resource identifiers',
  },
  async () => {
    const seen = []
    for (const resource of ['/api/v1/apps/a2', '/api/v1/apps?filter=name+eq+"bookmark"', '/api/v1/apps']) {
      const org = company(bound, custom(['okta.apps.read'], [resource]))
      const list = idsOf(await org.ask('GET', '/api/v1/apps', { as: await enter(org) }))
      seen.push(list.map(id => (id === org.tenant.clientId ? 'own' : id)))
    }
    expect(seen).toEqual([['a2'], ['a2', 'a3'], ['own', 'a2', 'a3']])
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'assigning an app needs okta.apps.assignment.manage on the app, with okta.users.appAssignment.manage on the user or okta.groups.appAssignment.manage on the group',
    source: 'Okta, Permissions',
  },
  async () => {
    const everything = ['/api/v1/users', '/api/v1/groups', '/api/v1/apps']
    const outcome = async (permissions: readonly string[]): Promise<unknown> => {
      const org = company(bound, custom(permissions, everything))
      const as = await enter(org)
      const user = await org.ask('POST', '/api/v1/apps/a2/users', { as, body: { id: 'u1' } })
      return [user.status, await status(org, 'PUT', '/api/v1/apps/a2/groups/g1', as)]
    }
    const app = 'okta.apps.assignment.manage'
    expect(await outcome([app])).toEqual([403, 403])
    expect(await outcome([app, 'okta.users.appAssignment.manage'])).toEqual([200, 403])
    expect(await outcome([app, 'okta.groups.appAssignment.manage'])).toEqual([403, 200])
    expect(await outcome(['okta.users.appAssignment.manage', 'okta.groups.appAssignment.manage'])).toEqual([403, 403])
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'the user schema is no matter of user permissions: it takes okta.apps.manage',
    source: 'Okta, Schemas API',
  },
  async () => {
    const path = '/api/v1/meta/schemas/user/default'
    const outcome = async (permission: string): Promise<number> => {
      const org = company(bound, custom([permission], ['/api/v1/users', '/api/v1/apps']))
      return status(org, 'GET', path, await enter(org))
    }
    expect([await outcome('okta.users.manage'), await outcome('okta.apps.manage')]).toEqual([403, 200])
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'no permission of a custom role opens the System Log',
    source: 'Okta, Permissions',
    unconfirmed: 'customRolesReadLogs',
  },
  async () => {
    for (const [customRolesReadLogs, expected] of [
      [false, 403],
      [true, 200],
    ] as const) {
      const org = company(bound, {
        ...custom(['okta.logs.read'], ['/api/v1/users']),
        switches: { customRolesReadLogs },
      })
      expect(await status(org, 'GET', '/api/v1/logs', await enter(org))).toBe(expected)
    }
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'what a custom role allows and what its resource set holds count as they are when the request comes',
    source: 'Okta, Custom Roles API',
  },
  async () => {
    const org = company(bound, custom(['okta.users.read'], ['/api/v1/groups/g1/users']))
    const as = await enter(org)
    expect(await status(org, 'GET', '/api/v1/users/u2', as)).toBe(403)
    const additions = ['http://acme.test/api/v1/groups/g2/users']
    await org.ask('PATCH', '/api/v1/iam/resource-sets/iam0/resources', { body: { additions } })
    expect(await status(org, 'GET', '/api/v1/users/u2', as)).toBe(200)
    await org.ask('DELETE', '/api/v1/iam/roles/cr0/permissions/okta.users.read')
    expect(await status(org, 'GET', '/api/v1/users/u2', as)).toBe(403)
  },
)

rule(
  {
    area: 'Access: standard roles',
    says: 'group targets confine a group admin to those groups and their members, app targets an app admin to those apps',
    source: 'Okta, Role Targets API',
  },
  async () => {
    const org = company([
      { type: 'USER_ADMIN', groups: ['g1'] },
      { type: 'APP_ADMIN', apps: ['a2'] },
    ])
    const as = await enter(org)
    expect(await status(org, 'POST', '/api/v1/users/u1/lifecycle/suspend', as)).toBe(200)
    expect(await status(org, 'POST', '/api/v1/users/u2/lifecycle/suspend', as)).toBe(403)
    expect(await status(org, 'PUT', '/api/v1/groups/g2/users/u1', as)).toBe(403)
    expect(await status(org, 'POST', '/api/v1/apps/a2/lifecycle/deactivate', as)).toBe(200)
    expect(await status(org, 'POST', '/api/v1/apps/a3/lifecycle/deactivate', as)).toBe(403)
  },
)

rule(
  {
    area: 'Access: two gates',
    says: 'reading with a manage scope alone is refused, unless the org takes it for the read scope too',
    source: 'Okta, OAuth 2.0 scopes of the management API',
    unconfirmed: 'manageScopeReads',
  },
  async () => {
    for (const [manageScopeReads, expected] of [
      [false, 403],
      [true, 200],
    ] as const) {
      const org = company(['SUPER_ADMIN'], { switches: { manageScopeReads } })
      expect(await status(org, 'GET', '/api/v1/users/u1', await bearer(org, 'okta.users.manage'))).toBe(expected)
    }
  },
)

rule(
  {
    area: 'Access: custom roles',
    says: 'creating a group or an app takes the permission over all of them: a set of single ones is 403',
    source: 'Okta, Permissions',
  },
  async () => {
    const permissions = ['okta.groups.create', 'okta.apps.manage']
    const outcome = async (resources: readonly string[]): Promise<unknown> => {
      const org = company(bound, custom(permissions, resources))
      const as = await enter(org)
      const group = await org.ask('POST', '/api/v1/groups', { as, body: { profile: { name: 'New' } } })
      const app = await org.ask('POST', '/api/v1/apps', { as, body: { name: 'bookmark', label: 'New' } })
      return [group.status, app.status]
    }
    expect(await outcome(['/api/v1/groups/g1', '/api/v1/apps/a2'])).toEqual([403, 403])
    expect(await outcome(['/api/v1/groups', '/api/v1/apps'])).toEqual([200, 200])
  },
)
