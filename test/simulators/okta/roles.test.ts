import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { idsOf, profile, refused } from './apps-cast.ts'

const state: OktaState = {
  users: ['u1', 'u2'].map(id => ({ id, profile: profile(`${id}@example.com`) })),
  groups: [
    { id: 'g1', name: 'One', members: ['u1'] },
    { id: 'g2', name: 'Two', members: ['u2'] },
  ],
}
const holders = [
  ['/api/v1/users/u1/roles', 201, 'USER'],
  ['/api/v1/groups/g1/roles', 201, 'GROUP'],
  ['/oauth2/v1/clients/a1/roles', 200, 'CLIENT'],
] as const
const withApp: OktaState = { ...state, apps: [{ id: 'a1', roles: [] }] }

async function given(org: Bench, path: string, type: string): Promise<string> {
  return String((await org.ask('POST', path, { body: { type } })).body.at('id'))
}

rule(
  {
    area: 'Roles: assignments',
    says: 'a role given to a user or group is 201, to a client 200, with id, label, type, status ACTIVE, created, lastUpdated, assignmentType and the link assignee',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench(withApp)
    for (const [path, status, assignmentType] of holders) {
      const reply = await org.ask('POST', path, { body: { type: 'USER_ADMIN' } })
      expect([reply.status, reply.body.at('assignmentType'), reply.body.at('status')]).toEqual([
        status,
        assignmentType,
        'ACTIVE',
      ])
      expect(Object.keys(Object(reply.body.value)).join()).toBe(
        'id,label,type,status,created,lastUpdated,assignmentType,_links',
      )
      expect(Object.keys(Object(reply.body.at('_links')))).toEqual(['assignee'])
    }
  },
)

rule(
  {
    area: 'Roles: assignments',
    says: 'assignments of types that take targets have the type in base 32 as id, such as KVJUKUS7IFCE2SKO for USER_ADMIN',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench(state)
    const ids = []
    for (const type of ['USER_ADMIN', 'APP_ADMIN', 'HELP_DESK_ADMIN'])
      ids.push(await given(org, '/api/v1/users/u1/roles', type))
    expect(ids).toEqual(['KVJUKUS7IFCE2SKO', 'IFIFAX2BIRGUSTQ', 'JBCUYUC7IRCVGS27IFCE2SKO'])
    expect(await given(org, '/api/v1/users/u1/roles', 'SUPER_ADMIN')).toMatch(/^ra1.{17}$/)
  },
)

rule(
  {
    area: 'Roles: assignments',
    says: 'a role that is held already is 409 E0000090; taking it is 204, and 404 when it is gone',
    source: 'Okta, Role Assignments API',
  },
  async () => {
    const org = bench(withApp)
    for (const [path] of holders) {
      const id = await given(org, path, 'HELP_DESK_ADMIN')
      expect((await org.ask('POST', path, { body: { type: 'HELP_DESK_ADMIN' } })).code).toBe('E0000090')
      expect((await org.ask('GET', `${path}/${id}`)).body.at('type')).toBe('HELP_DESK_ADMIN')
      expect((await org.ask('DELETE', `${path}/${id}`)).status).toBe(204)
      expect((await org.ask('DELETE', `${path}/${id}`)).status).toBe(404)
    }
  },
)

rule(
  {
    area: 'Roles: assignments',
    says: "a user's list shows his own roles as USER and those of his groups as GROUP",
    source: 'Okta, Role Assignments API',
  },
  async () => {
    const org = bench(state)
    await given(org, '/api/v1/users/u1/roles', 'HELP_DESK_ADMIN')
    await given(org, '/api/v1/groups/g1/roles', 'READ_ONLY_ADMIN')
    const { list } = (await org.ask('GET', '/api/v1/users/u1/roles')).body
    expect(list.map(role => [role.at('type'), role.at('assignmentType')])).toEqual([
      ['HELP_DESK_ADMIN', 'USER'],
      ['READ_ONLY_ADMIN', 'GROUP'],
    ])
  },
)

rule(
  {
    area: 'Roles: assignments',
    says: 'a group that rules fill takes no role: 400 E0000192 "Roles cannot be granted to groups with group membership rules."',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = bench({ ...state, rules: [{ name: 'R', expression: 'user.department=="x"', groups: ['g1'] }] })
    const reply = await org.ask('POST', '/api/v1/groups/g1/roles', { body: { type: 'USER_ADMIN' } })
    expect([reply.status, reply.code]).toEqual([400, 'E0000192'])
    expect(reply.texts).toEqual(['Roles cannot be granted to groups with group membership rules.'])
  },
)

rule(
  {
    area: 'Roles: assignments',
    says: 'deactivating a user revokes his roles',
    source: 'Okta, Deactivate and delete user accounts',
  },
  async () => {
    const org = bench(state)
    await given(org, '/api/v1/users/u1/roles', 'HELP_DESK_ADMIN')
    await org.ask('POST', '/api/v1/users/u1/lifecycle/deactivate')
    expect((await org.ask('GET', '/api/v1/users/u1/roles')).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Roles: assignments',
    says: '/iam/assignees/users lists who holds a role, by himself or through a group, wrapped in value',
    source: 'Okta, Role Assignments API',
  },
  async () => {
    const org = bench(state)
    await given(org, '/api/v1/groups/g1/roles', 'HELP_DESK_ADMIN')
    await given(org, '/api/v1/users/u2/roles', 'HELP_DESK_ADMIN')
    const reply = await org.ask('GET', '/api/v1/iam/assignees/users?limit=1')
    expect(reply.body.at('value', 0, 'id')).toBe('u1')
    const next = String(reply.body.at('_links', 'next', 'href'))
    expect((await org.ask('GET', next)).body.at('value', 0, 'id')).toBe('u2')
  },
)

rule(
  {
    area: 'Roles: targets',
    says: 'group targets are PUT 204, listed as groups and removed with DELETE 204, for users, groups and clients alike',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench(withApp)
    for (const [path] of holders) {
      const targets = `${path}/${await given(org, path, 'USER_ADMIN')}/targets/groups`
      for (const group of ['g1', 'g2']) expect((await org.ask('PUT', `${targets}/${group}`)).status).toBe(204)
      expect(idsOf(await org.ask('GET', targets))).toEqual(['g1', 'g2'])
      expect((await org.ask('DELETE', `${targets}/g2`)).status).toBe(204)
      expect(idsOf(await org.ask('GET', targets))).toEqual(['g1'])
    }
  },
)

rule(
  {
    area: 'Roles: targets',
    says: 'the last target of an assignment cannot be removed, since a role without targets reaches everything',
    source: 'Okta, Role Targets API',
  },
  async () => {
    const org = bench(state)
    const targets = `/api/v1/users/u1/roles/${await given(org, '/api/v1/users/u1/roles', 'USER_ADMIN')}/targets/groups`
    await org.ask('PUT', `${targets}/g1`)
    expect((await org.ask('DELETE', `${targets}/g1`)).status).toBe(400)
    expect(idsOf(await org.ask('GET', targets))).toEqual(['g1'])
  },
)

rule(
  {
    area: 'Roles: targets',
    says: 'an APP_ADMIN takes app targets by catalog name or single app, other types none',
    source: 'Okta, Role Targets API',
  },
  async () => {
    const org = bench({
      ...state,
      apps: [{ id: 'a1' }, { id: 'a2', signOnMode: 'BOOKMARK', name: 'bookmark', label: 'W' }],
    })
    const path = '/api/v1/users/u1/roles'
    const targets = `${path}/${await given(org, path, 'APP_ADMIN')}/targets/catalog/apps`
    expect((await org.ask('PUT', `${targets}/bookmark`)).status).toBe(204)
    expect((await org.ask('PUT', `${targets}/oidc_client/a1`)).status).toBe(204)
    expect((await org.ask('GET', targets)).body.list.map(target => target.at('name'))).toEqual([
      'bookmark',
      'oidc_client',
    ])
    expect((await org.ask('DELETE', `${targets}/bookmark`)).status).toBe(204)
    const other = `${path}/${await given(org, path, 'USER_ADMIN')}/targets/catalog/apps/bookmark`
    expect((await org.ask('PUT', other)).status).toBe(400)
  },
)

rule(
  {
    area: 'Roles: custom roles',
    says: 'POST /iam/roles is 200 with id cr0…, label, isCloneable false, description, created, lastUpdated and the links permissions and self',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const body = { label: 'Creator', description: 'Creates', permissions: ['okta.users.create', 'okta.users.read'] }
    const reply = await org.ask('POST', '/api/v1/iam/roles', { body })
    expect([reply.status, Object.keys(Object(reply.body.value)).join()]).toEqual([
      200,
      'id,label,isCloneable,description,created,lastUpdated,_links',
    ])
    expect(String(reply.body.at('id'))).toMatch(/^cr0/)
    for (const name of [reply.body.at('id'), 'Creator'])
      expect((await org.ask('GET', `/api/v1/iam/roles/${name}`)).body.at('label')).toBe('Creator')
    refused(await org.ask('POST', '/api/v1/iam/roles', { body }), 400, 'E0000001', [
      'Api validation failed: label',
      'label: There is already an admin role with this name.',
    ])
  },
)

rule(
  {
    area: 'Roles: custom roles',
    says: 'PUT changes label and description; an unknown role is 404 (CustomRole); the list shows roles and a link to itself',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({ customRoles: [{ id: 'cr0x', label: 'Old', permissions: ['okta.users.read'] }] })
    const body = { label: 'New', description: 'new' }
    expect((await org.ask('PUT', '/api/v1/iam/roles/cr0x', { body })).body.at('label')).toBe('New')
    const list = await org.ask('GET', '/api/v1/iam/roles')
    expect([list.body.at('roles', 0, 'id'), list.body.at('_links', 'self', 'href')]).toEqual([
      'cr0x',
      'http://acme.test/api/v1/iam/roles',
    ])
    refused(await org.ask('GET', '/api/v1/iam/roles/none'), 404, 'E0000007', [
      'Not found: Resource not found: none (CustomRole)',
    ])
  },
)

rule(
  {
    area: 'Roles: custom roles',
    says: 'permissions are added with POST 204, shown with label, created, lastUpdated, conditions and links, and removed with DELETE 204',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({ customRoles: [{ id: 'cr0x', label: 'Old', permissions: ['okta.users.read'] }] })
    const all = '/api/v1/iam/roles/cr0x/permissions'
    expect((await org.ask('POST', `${all}/okta.apps.read`)).status).toBe(204)
    const one = await org.ask('GET', `${all}/okta.apps.read`)
    expect([Object.keys(Object(one.body.value)).join(), one.body.at('conditions')]).toEqual([
      'label,created,lastUpdated,conditions,_links',
      null,
    ])
    const conditions = { include: { 'okta:ResourceAttribute/User/Profile': ['city'] } }
    const put = await org.ask('PUT', `${all}/okta.users.read`, { body: { conditions } })
    expect(put.body.at('conditions')).toEqual(conditions)
    expect((await org.ask('DELETE', `${all}/okta.apps.read`)).status).toBe(204)
    expect((await org.ask('GET', all)).body.at('permissions')).toHaveLength(1)
    expect((await org.ask('GET', `${all}/okta.apps.read`)).status).toBe(404)
  },
)

const set: OktaState = {
  ...withApp,
  customRoles: [{ id: 'cr0x', label: 'Reader', permissions: ['okta.users.read'] }],
  resourceSets: [{ id: 'iam0', label: 'One', description: 'd', resources: ['/api/v1/groups/g1/users'] }],
}

rule(
  {
    area: 'Roles: resource sets',
    says: 'POST /iam/resource-sets is 200 with id iam…, label, description, created, lastUpdated and links; a missing label is 400 "label: Label must be specified"; an unknown set 404 (IAMPolicy)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench(state)
    const resources = [
      'http://acme.test/api/v1/groups/g1',
      'http://acme.test/api/v1/users',
      'orn:okta:directory:00o1:groups',
    ]
    const reply = await org.ask('POST', '/api/v1/iam/resource-sets', {
      body: { label: 'L', description: 'd', resources },
    })
    expect([reply.status, Object.keys(Object(reply.body.value)).join()]).toEqual([
      200,
      'id,label,description,created,lastUpdated,_links',
    ])
    expect(String(reply.body.at('id'))).toMatch(/^iam/)
    refused(await org.ask('POST', '/api/v1/iam/resource-sets', { body: { resources } }), 400, 'E0000001', [
      'Api validation failed: label',
      'label: Label must be specified',
    ])
    refused(await org.ask('GET', '/api/v1/iam/resource-sets/none'), 404, 'E0000007', [
      'Not found: Resource not found: none (IAMPolicy)',
    ])
  },
)

rule(
  {
    area: 'Roles: resource sets',
    says: 'resources are added with PATCH 200 or POST 200, shown with id ire…, orn, created, lastUpdated and links, and removed with DELETE 204',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench(set)
    const all = '/api/v1/iam/resource-sets/iam0/resources'
    const additions = ['http://acme.test/api/v1/groups/g2', 'http://acme.test/api/v1/groups/g1/users']
    expect((await org.ask('PATCH', all, { body: { additions } })).status).toBe(200)
    const listed = await org.ask('GET', all)
    expect(listed.body.at('resources')).toHaveLength(2)
    expect([listed.body.at('resources', 0, 'orn'), listed.body.at('resources', 1, 'orn')]).toEqual([
      'orn:okta:directory:00o1:groups:g1:contained_resources',
      'orn:okta:directory:00o1:groups:g2',
    ])
    const added = await org.ask('POST', all, {
      body: { resourceOrnOrUrl: 'http://acme.test/api/v1/apps', conditions: {} },
    })
    expect(added.body.at('orn')).toBe('orn:okta:idp:00o1:apps')
    expect((await org.ask('DELETE', `${all}/${added.body.at('id')}`)).status).toBe(204)
    expect((await org.ask('PATCH', all, { body: { additions: ['http://acme.test/api/v1/none'] } })).status).toBe(400)
  },
)

rule(
  {
    area: 'Roles: resource sets',
    says: 'a binding gives a custom role over the set to its members: the assignments of users, groups and clients show it with role and resource-set',
    source: 'Okta, Role Resource Set Bindings API',
  },
  async () => {
    const org = bench(set)
    const all = '/api/v1/iam/resource-sets/iam0/bindings'
    const members = ['http://acme.test/api/v1/users/u2', 'http://acme.test/oauth2/v1/clients/a1']
    expect((await org.ask('POST', all, { body: { role: 'cr0x', members } })).status).toBe(200)
    expect((await org.ask('GET', all)).body.at('roles', 0, 'id')).toBe('cr0x')
    const held = await org.ask('GET', '/oauth2/v1/clients/a1/roles')
    expect([held.body.at(0, 'type'), held.body.at(0, 'role'), held.body.at(0, 'resource-set')]).toEqual([
      'CUSTOM',
      'cr0x',
      'iam0',
    ])
    const listed = await org.ask('GET', `${all}/cr0x/members`)
    expect(listed.body.at('members')).toHaveLength(2)
    for (const index of [0, 1])
      expect((await org.ask('DELETE', `${all}/cr0x/members/${listed.body.at('members', index, 'id')}`)).status).toBe(
        204,
      )
    expect((await org.ask('GET', `${all}/cr0x`)).status).toBe(404)
    expect((await org.ask('GET', '/oauth2/v1/clients/a1/roles')).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Roles: resource sets',
    says: 'an assignment of type CUSTOM names its role and resource-set, as a client, user or group has it',
    source: 'Okta, Role Assignments API',
  },
  async () => {
    const org = bench(set)
    for (const [path] of holders) {
      const body = { type: 'CUSTOM', role: 'cr0x', 'resource-set': 'iam0' }
      const reply = await org.ask('POST', path, { body })
      expect(Object.keys(Object(reply.body.at('_links')))).toEqual([
        'assignee',
        'resource-set',
        'member',
        'role',
        'permissions',
      ])
      expect((await org.ask('POST', path, { body: { type: 'CUSTOM', role: 'cr0x' } })).status).toBe(400)
    }
  },
)

rule(
  {
    area: 'Roles: resource sets',
    says: 'deleting a custom role or a resource set takes it from everybody',
    source: 'Okta, Custom Roles API',
  },
  async () => {
    for (const path of ['/api/v1/iam/roles/cr0x', '/api/v1/iam/resource-sets/iam0']) {
      const org = bench(set)
      const body = { type: 'CUSTOM', role: 'cr0x', 'resource-set': 'iam0' }
      await org.ask('POST', '/api/v1/users/u1/roles', { body })
      expect((await org.ask('DELETE', path)).status).toBe(204)
      expect((await org.ask('GET', '/api/v1/users/u1/roles')).body.value).toEqual([])
    }
  },
)
