import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, profile, refused } from './apps-cast.ts'

const state: OktaState = {
  users: ['u1', 'u2', 'u3'].map(id => ({ id, profile: profile(`${id}@example.com`) })),
  groups: [
    { id: 'g1', name: 'Engineering', members: ['u1', 'u2'] },
    { id: 'g2', name: 'Sales', members: ['u2'] },
  ],
  apps: [
    { id: 'a1', label: 'Tenure' },
    { id: 'a2', label: 'Wiki', name: 'bookmark', signOnMode: 'BOOKMARK' },
    { id: 'a3', label: 'Bank', name: 'template_swa', signOnMode: 'BROWSER_PLUGIN' },
  ],
}

async function scopes(org: Bench, app = 'a2'): Promise<Readonly<Record<string, unknown>>> {
  const { list } = (await org.ask('GET', `/api/v1/apps/${app}/users`)).body
  return Object.fromEntries(list.map(held => [String(held.at('id')), held.at('scope')]))
}

const assign = (org: Bench, user: string, more: object = {}): ReturnType<Bench['ask']> =>
  org.ask('POST', '/api/v1/apps/a2/users', { body: { id: user, scope: 'USER', ...more } })

rule(
  {
    area: 'Apps: users',
    says: 'assigning a user is 200 with id, externalId, created, lastUpdated, scope USER, status ACTIVE, statusChanged, passwordChanged, syncState DISABLED, credentials, profile and links to app and user',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await assign(bench(state), 'u1', { credentials: { userName: 'ada' }, profile: { role: 'x' } })
    expect(reply.status).toBe(200)
    expect(Object.keys(Object(reply.body.value)).join()).toBe(
      'id,externalId,created,lastUpdated,scope,status,statusChanged,passwordChanged,syncState,credentials,profile,_links',
    )
    expect([reply.body.at('scope'), reply.body.at('status'), reply.body.at('syncState')]).toEqual([
      'USER',
      'ACTIVE',
      'DISABLED',
    ])
    expect([reply.body.at('credentials', 'userName'), reply.body.at('profile')]).toEqual(['ada', { role: 'x' }])
    expect(Object.keys(Object(reply.body.at('_links')))).toEqual(['app', 'user'])
  },
)

rule(
  {
    area: 'Apps: users',
    says: 'an unknown app is 404 (AppInstance), an unknown user 404 (User)',
    source: 'Okta, Application Users API',
  },
  async () => {
    const org = bench(state)
    refused(await org.ask('POST', '/api/v1/apps/a9/users', { body: { id: 'u1' } }), 404, 'E0000007', [
      'Not found: Resource not found: a9 (AppInstance)',
    ])
    refused(await assign(org, 'u9'), 404, 'E0000007', ['Not found: Resource not found: u9 (User)'])
  },
)

rule(
  {
    area: 'Apps: users',
    says: 'an inactive user is 403 E0000117 "Cannot assign apps or update app profiles for an inactive user."',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = bench(state)
    await org.ask('POST', '/api/v1/users/u1/lifecycle/deactivate')
    refused(await assign(org, 'u1'), 403, 'E0000117', [
      'Cannot assign apps or update app profiles for an inactive user.',
    ])
  },
)

rule(
  {
    area: 'Apps: users',
    says: 'a password for an app whose scheme has none is 400 E0000041 "User level credentials should not be provided for this scheme."',
    source: 'Okta, Application Users API',
  },
  async () => {
    const org = bench(state)
    const credentials = { userName: 'ada', password: { value: 'Abcd1234' } }
    refused(await assign(org, 'u1', { credentials }), 400, 'E0000041', [
      'Credentials should not be set on this resource based on the scheme.',
      'User level credentials should not be provided for this scheme.',
    ])
    const swa = await org.ask('POST', '/api/v1/apps/a3/users', { body: { id: 'u1', credentials } })
    expect([swa.status, swa.body.at('credentials')]).toEqual([200, { userName: 'ada', password: {} }])
  },
)

rule(
  {
    area: 'Apps: users',
    says: 'assigning a user again changes the assignment, or is 409 E0000062, or 400',
    source: 'Okta, Application Users API',
    unconfirmed: 'appUserReassign',
  },
  async () => {
    for (const [appUserReassign, status] of [
      ['upsert', 200],
      ['E0000062', 409],
      ['E0000001', 400],
    ] as const) {
      const org = bench({ ...state, switches: { appUserReassign } })
      await assign(org, 'u1')
      const again = await assign(org, 'u1', { profile: { role: 'y' } })
      expect(again.status).toBe(status)
      if (status === 200) expect([again.body.at('profile'), again.body.at('scope')]).toEqual([{ role: 'y' }, 'USER'])
      else
        expect([again.code, again.texts.at(-1)]).toEqual([
          appUserReassign,
          'The specified user is already assigned to the application.',
        ])
    }
  },
)

rule(
  {
    area: 'Apps: users',
    says: 'POST to an assignment merges its profile and credentials, PUT is 405 E0000022; GET of one who is not assigned is 404 E0000007',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench(state)
    await assign(org, 'u1', { profile: { role: 'x', team: 'y' } })
    const body = { profile: { role: 'z' }, credentials: { userName: 'ada2' } }
    const reply = await org.ask('POST', '/api/v1/apps/a2/users/u1', { body })
    expect([reply.body.at('profile'), reply.body.at('credentials', 'userName')]).toEqual([
      { role: 'z', team: 'y' },
      'ada2',
    ])
    refused(await org.ask('PUT', '/api/v1/apps/a2/users/u1', { body }), 405, 'E0000022')
    refused(await org.ask('GET', '/api/v1/apps/a2/users/u3'), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Apps: users',
    says: 'DELETE is 204 with an empty body, and 404 E0000007 for one who is not assigned',
    source: "Okta's SDK for .NET, integration tests",
  },
  async () => {
    const org = bench(state)
    await assign(org, 'u3')
    const reply = await org.ask('DELETE', '/api/v1/apps/a2/users/u3?sendEmail=false')
    expect([reply.status, reply.body.value]).toEqual([204, undefined])
    refused(await org.ask('DELETE', '/api/v1/apps/a2/users/u3'), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Apps: users',
    says: 'the list has pages of 50, at most 500, takes q, and expand=user embeds the user',
    source: 'Okta, Application Users API',
  },
  async () => {
    const users = Array.from({ length: 501 }, (_, index) => ({
      id: `u${index}`,
      profile: profile(`p${String(index).padStart(3, '0')}@example.com`),
    }))
    const org = bench({
      users,
      apps: [{ label: 'Tenure' }, { id: 'a2', signOnMode: 'BOOKMARK', label: 'W', users: users.map(user => user.id) }],
    })
    const first = await org.ask('GET', '/api/v1/apps/a2/users')
    expect([first.body.list.length, first.links.length]).toEqual([50, 2])
    expect((await org.ask('GET', '/api/v1/apps/a2/users?limit=1000')).body.list).toHaveLength(500)
    const found = await org.ask('GET', '/api/v1/apps/a2/users?q=p007&expand=user')
    expect(found.body.list.map(held => held.at('_embedded', 'user', 'id'))).toEqual(['u7'])
  },
)

rule(
  {
    area: 'Apps: groups',
    says: 'PUT is an upsert: 200 with id, lastUpdated, priority, profile and links; without a priority the group comes after the others',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench(state)
    const first = await org.ask('PUT', '/api/v1/apps/a2/groups/g1')
    expect([first.status, Object.keys(Object(first.body.value)).join(), first.body.at('priority')]).toEqual([
      200,
      'id,lastUpdated,priority,profile,_links',
      0,
    ])
    expect((await org.ask('PUT', '/api/v1/apps/a2/groups/g2', { body: {} })).body.at('priority')).toBe(1)
    const again = await org.ask('PUT', '/api/v1/apps/a2/groups/g1', { body: { priority: 7, profile: { role: 'x' } } })
    expect([again.status, again.body.at('priority'), again.body.at('profile')]).toEqual([200, 7, { role: 'x' }])
    expect((await org.ask('GET', '/api/v1/apps/a2/groups')).body.list).toHaveLength(2)
    refused(await org.ask('PUT', '/api/v1/apps/a2/groups/g9'), 404, 'E0000007', [
      'Not found: Resource not found: g9 (UserGroup)',
    ])
    refused(await org.ask('PUT', '/api/v1/apps/a9/groups/g1'), 404, 'E0000007', [
      'Not found: Resource not found: a9 (AppInstance)',
    ])
  },
)

rule(
  {
    area: 'Apps: groups',
    says: 'PATCH takes a JSON patch of profile and priority',
    source: 'Okta, Application Groups API',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1', { body: { profile: { role: 'x', team: 'y' } } })
    const body = [
      { op: 'replace', path: '/profile/role', value: 'z' },
      { op: 'remove', path: '/profile/team' },
      { op: 'replace', path: '/priority', value: 3 },
    ]
    const reply = await org.ask('PATCH', '/api/v1/apps/a2/groups/g1', { body })
    expect([reply.status, reply.body.at('profile'), reply.body.at('priority')]).toEqual([200, { role: 'z' }, 3])
  },
)

rule(
  {
    area: 'Apps: groups',
    says: 'DELETE is 204, and 404 for a group that is not assigned; expand=group embeds the group',
    source: 'Okta, Application Groups API',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1')
    const one = await org.ask('GET', '/api/v1/apps/a2/groups/g1?expand=group')
    expect(one.body.at('_embedded', 'group', 'profile', 'name')).toBe('Engineering')
    expect((await org.ask('DELETE', '/api/v1/apps/a2/groups/g1')).status).toBe(204)
    refused(await org.ask('DELETE', '/api/v1/apps/a2/groups/g1'), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Apps: groups',
    says: 'the list has pages of 20, at least 20 and at most 200 groups; what becomes of a shorter limit is not told',
    source: 'Okta, Application Groups API',
    unconfirmed: 'shortAppGroupPages',
  },
  async () => {
    const groups = Array.from({ length: 205 }, (_, index) => ({ id: `g${index}`, name: `G${index}` }))
    const apps = [
      { label: 'Tenure' },
      { id: 'a2', signOnMode: 'BOOKMARK', label: 'W', groups: groups.map(group => group.id) },
    ]
    const org = bench({ groups, apps })
    const lengths = []
    for (const limit of ['', '?limit=5', '?limit=500'])
      lengths.push((await org.ask('GET', `/api/v1/apps/a2/groups${limit}`)).body.list.length)
    expect(lengths).toEqual([20, 20, 200])
    const short = '/api/v1/apps/a2/groups?limit=5'
    const taken = bench({ groups, apps, switches: { shortAppGroupPages: 'taken' } })
    expect((await taken.ask('GET', short)).body.list).toHaveLength(5)
    const strict = bench({ groups, apps, switches: { shortAppGroupPages: 'E0000001' } })
    refused(await strict.ask('GET', short), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Apps: access through groups',
    says: 'members of an assigned group have the app with scope GROUP, from the assignment and from their membership on',
    source: 'Okta, Application Groups API',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1')
    expect(await scopes(org)).toEqual({ u1: 'GROUP', u2: 'GROUP' })
    await org.ask('PUT', '/api/v1/groups/g1/users/u3')
    expect(await scopes(org)).toEqual({ u1: 'GROUP', u2: 'GROUP', u3: 'GROUP' })
  },
)

rule(
  {
    area: 'Apps: access through groups',
    says: 'leaving the last group that gives the app ends it; a second group or an own assignment keeps it',
    source: 'Okta, Application Groups API',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1')
    await org.ask('PUT', '/api/v1/apps/a2/groups/g2')
    await assign(org, 'u1')
    await org.ask('DELETE', '/api/v1/groups/g1/users/u1')
    await org.ask('DELETE', '/api/v1/groups/g1/users/u2')
    expect(await scopes(org)).toEqual({ u1: 'USER', u2: 'GROUP' })
    await org.ask('DELETE', '/api/v1/apps/a2/groups/g2')
    expect(await scopes(org)).toEqual({ u1: 'USER' })
  },
)

rule(
  {
    area: 'Apps: access through groups',
    says: 'unassigning a user whose access comes through a group is 403 E0000046 "The application cannot be unassigned from the user while their group memberships grant them access"',
    source: 'terraform-provider-okta, issue 120',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1')
    refused(await org.ask('DELETE', '/api/v1/apps/a2/users/u1'), 403, 'E0000046', [
      'Deactivate application for user forbidden.',
      'The application cannot be unassigned from the user while their group memberships grant them access',
    ])
  },
)

rule(
  {
    area: 'Apps: access through groups',
    says: 'deactivating a user takes all his apps; activating him brings back those that come through groups',
    source: 'Okta, Deactivate and delete user accounts',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1')
    await org.ask('POST', '/api/v1/apps/a3/users', { body: { id: 'u1' } })
    await org.ask('POST', '/api/v1/users/u1/lifecycle/deactivate')
    expect([await scopes(org), await scopes(org, 'a3')]).toEqual([{ u2: 'GROUP' }, {}])
    await org.ask('POST', '/api/v1/users/u1/lifecycle/activate')
    expect([await scopes(org), await scopes(org, 'a3')]).toEqual([{ u2: 'GROUP', u1: 'GROUP' }, {}])
  },
)

rule(
  {
    area: 'Apps: access through groups',
    says: 'apps a user had been assigned to by himself return with his activation where the org does so',
    source: 'Okta, Deactivate a user account',
    unconfirmed: 'individualAppsReturn',
  },
  async () => {
    const org = bench({ ...state, switches: { individualAppsReturn: true } })
    await assign(org, 'u3')
    await org.ask('POST', '/api/v1/users/u3/lifecycle/deactivate')
    expect(await scopes(org)).toEqual({})
    await org.ask('POST', '/api/v1/users/u3/lifecycle/activate')
    expect(await scopes(org)).toEqual({ u3: 'USER' })
  },
)

rule(
  {
    area: 'Apps: access through groups',
    says: 'suspending a user keeps his apps; erasing a user or a group ends what came through them',
    source: 'Okta, Deactivate and delete user accounts',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1')
    await org.ask('POST', '/api/v1/users/u1/lifecycle/suspend')
    expect(await scopes(org)).toEqual({ u1: 'GROUP', u2: 'GROUP' })
    await org.ask('DELETE', '/api/v1/groups/g1')
    expect([await scopes(org), (await org.ask('GET', '/api/v1/apps/a2/groups')).body.value]).toEqual([{}, []])
  },
)

rule(
  {
    area: 'Apps: seen from users and groups',
    says: "GET /groups/{id}/apps lists the group's apps, 20 on a page; GET /users/{id}/appLinks the tiles of active, visible ones",
    source: 'Okta, Groups API',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1')
    await org.ask('PUT', '/api/v1/apps/a1/groups/g1')
    const listed = await org.ask('GET', '/api/v1/groups/g1/apps')
    expect([idsOf(listed), listed.links]).toEqual([
      ['a1', 'a2'],
      ['<http://acme.test/api/v1/groups/g1/apps?limit=20>; rel="self"'],
    ])
    const links = await org.ask('GET', '/api/v1/users/u1/appLinks')
    expect(links.body.list.map(link => link.at('appInstanceId'))).toEqual(['a2'])
    expect(Object.keys(Object(links.body.at(0))).join()).toBe(
      'id,label,linkUrl,logoUrl,appName,appInstanceId,appAssignmentId,credentialsSetup,hidden,sortOrder',
    )
  },
)

rule(
  {
    area: 'Apps: seen from users and groups',
    says: 'assignments survive a dump of the state: own ones with what was said about them, those through groups by their groups',
    source: 'terraform-provider-okta',
  },
  async () => {
    const org = bench(state)
    await org.ask('PUT', '/api/v1/apps/a2/groups/g1', { body: { priority: 5 } })
    await assign(org, 'u3', { credentials: { userName: 'three' }, profile: { role: 'x' } })
    const other = bench(org.tenant.state())
    expect(await scopes(other)).toEqual({ u1: 'GROUP', u2: 'GROUP', u3: 'USER' })
    const held = await other.ask('GET', '/api/v1/apps/a2/users/u3')
    expect([held.body.at('credentials', 'userName'), held.body.at('profile')]).toEqual(['three', { role: 'x' }])
    expect((await other.ask('GET', '/api/v1/apps/a2/groups/g1')).body.at('priority')).toBe(5)
  },
)

rule(
  {
    area: 'Apps: users',
    says: "an attribute that a mapping pushes from the user's profile cannot be written: 403 E0000075",
    source: 'Okta, Error codes',
  },
  async () => {
    const apps = [{ label: 'Tenure' }, { id: 'a2', label: 'W', signOnMode: 'BOOKMARK', pushed: ['title'] }]
    const org = bench({ ...state, apps })
    refused(await assign(org, 'u1', { profile: { title: 'x' } }), 403, 'E0000075', [
      'Cannot modify the title attribute because it has a field mapping and profile push is enabled.',
    ])
    expect((await assign(org, 'u1', { profile: { role: 'x' } })).status).toBe(200)
    expect(bench(org.tenant.state()).tenant.state().apps?.at(1)?.pushed).toEqual(['title'])
  },
)
