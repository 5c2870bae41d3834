import { describe, expect, it } from 'vitest'
import type { OktaState } from './index.ts'
import { bench } from './testing/ask.ts'
import { bearer } from './testing/token.ts'

describe('an API token', () => {
  it('may stand right behind SSWS, as a vendor SDK sends it', async () => {
    const org = bench()
    expect((await org.ask('GET', '/api/v1/users', { as: `SSWS${org.tenant.apiToken}` })).status).toBe(200)
  })

  it('dies with its owner', async () => {
    const profile = { firstName: 'A', lastName: 'B', login: 'admin@example.com', email: 'admin@example.com' }
    const org = bench({
      users: [{ id: 'admin', profile, roles: ['SUPER_ADMIN'] }],
      tokens: [{ value: 'secret', user: 'admin' }],
    })
    const ask = () => org.ask('GET', '/api/v1/users/me', { as: 'SSWS secret' })
    expect((await ask()).body.at('id')).toBe('admin')
    await org.ask('POST', '/api/v1/users/admin/lifecycle/suspend', { as: 'SSWS secret' })
    expect([(await ask()).status, (await ask()).code]).toEqual([401, 'E0000011'])
  })

  it('is needed: no credentials get 403 E0000005', async () => {
    const reply = await bench().ask('GET', '/api/v1/users', { as: '' })
    expect([reply.status, reply.code]).toEqual([403, 'E0000005'])
  })
})

describe('the admin role of an app', () => {
  const user = {
    id: 'u1',
    profile: { firstName: 'A', lastName: 'B', login: 'ada@example.com', email: 'ada@example.com' },
  }
  const scopes = 'okta.users.read okta.users.manage okta.groups.read okta.groups.manage'
  const with_ = (roles: NonNullable<OktaState['apps']>[number]['roles']): OktaState => ({
    users: [user, { id: 'u2', profile: { ...user.profile, login: 'bob@example.com' }, roles: ['SUPER_ADMIN'] }],
    groups: [
      { id: 'g1', name: 'One', members: ['u1'] },
      { id: 'g2', name: 'Two' },
    ],
    apps: [roles === undefined ? {} : { roles }],
  })

  it('missing leaves empty lists and refuses every write', async () => {
    const org = bench(with_([]))
    const as = await bearer(org, scopes)
    for (const path of ['/api/v1/users', '/api/v1/groups']) {
      const reply = await org.ask('GET', path, { as })
      expect([reply.status, reply.body.value]).toEqual([200, []])
    }
    const write = await org.ask('POST', '/api/v1/users/u1/lifecycle/suspend', { as })
    expect([write.status, write.code]).toEqual([403, 'E0000006'])
  })

  it('of a reader shows everything and refuses every write, whatever the scopes', async () => {
    const org = bench(with_(['READ_ONLY_ADMIN']))
    const as = await bearer(org, scopes)
    expect((await org.ask('GET', '/api/v1/users', { as })).body.list).toHaveLength(2)
    expect((await org.ask('PUT', '/api/v1/groups/g1/users/u1', { as })).code).toBe('E0000006')
  })

  it('made of permissions allows those and nothing else', async () => {
    const org = bench(with_([{ permissions: ['okta.users.read', 'okta.users.lifecycle.suspend'] }]))
    const as = await bearer(org, scopes)
    const status = async (method: string, path: string) => (await org.ask(method, path, { as })).status
    expect(await status('POST', '/api/v1/users/u1/lifecycle/suspend')).toBe(200)
    expect(await status('POST', '/api/v1/users/u1/lifecycle/unsuspend')).toBe(403)
    expect(await status('POST', '/api/v1/users/u2/lifecycle/suspend')).toBe(403)
    expect((await org.ask('GET', '/api/v1/groups', { as })).body.value).toEqual([])
  })

  it('needs the permission on both sides to change a membership', async () => {
    const groupSide = ['okta.users.read', 'okta.groups.read', 'okta.groups.members.manage']
    for (const [permissions, status] of [
      [groupSide, 403],
      [[...groupSide, 'okta.users.groupMembership.manage'], 204],
    ] as const) {
      const org = bench(with_([{ permissions }]))
      expect((await org.ask('PUT', '/api/v1/groups/g2/users/u1', { as: await bearer(org, scopes) })).status).toBe(
        status,
      )
    }
  })

  it('confined to groups sees and makes users in those groups only', async () => {
    const permissions = ['okta.users.manage', 'okta.groups.read', 'okta.users.create']
    const org = bench(with_([{ permissions, groups: ['g1'] }]))
    const as = await bearer(org, scopes)
    expect((await org.ask('GET', '/api/v1/users', { as })).body.list.map(found => found.at('id'))).toEqual(['u1'])
    expect((await org.ask('GET', '/api/v1/groups', { as })).body.list.map(found => found.at('id'))).toEqual(['g1'])
    expect((await org.ask('GET', '/api/v1/users/u2', { as })).code).toBe('E0000006')
    const profile = { ...user.profile, login: 'new@example.com' }
    expect((await org.ask('POST', '/api/v1/users', { as, body: { profile } })).code).toBe('E0000006')
    expect((await org.ask('POST', '/api/v1/users', { as, body: { profile, groupIds: ['g1'] } })).status).toBe(200)
  })
})
