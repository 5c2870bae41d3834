import { Client } from '@okta/okta-sdk-nodejs'
import { afterEach, describe, expect, it } from 'vitest'
import { type LocalServer, listen } from '../server.ts'
import { type OktaState, oktaTenant } from './index.ts'

const scopes = ['okta.users.read', 'okta.users.manage', 'okta.groups.read', 'okta.groups.manage']
let server: LocalServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function client(state: OktaState = {}): Promise<Client> {
  const tenant = oktaTenant({ clock: { now: () => Date.now() }, random: Math.random, state })
  server = await listen({ port: 0 }, async request => ({ kind: 'reply', reply: await tenant.handle(request) }))
  return new Client({
    orgUrl: `http://127.0.0.1:${server.port}`,
    authorizationMode: 'PrivateKey',
    clientId: tenant.clientId,
    scopes,
    privateKey: tenant.privateKeyPem,
    cacheMiddleware: null,
  })
}

const profile = (name: string) => ({
  firstName: name,
  lastName: 'Example',
  login: `${name}@example.com`,
  email: `${name}@example.com`,
})

describe("Okta's own Node SDK", () => {
  it.each([false, true])('works through users, groups and members (DPoP required: %s)', async requiresDpop => {
    const okta = await client({ apps: [{ requiresDpop }] })
    const ids: string[] = []
    for (const name of ['ada', 'bob', 'cyd']) {
      const user = await okta.userApi.createUser({ body: { profile: profile(name) } })
      ids.push(String(user.id))
    }
    const [ada = '', bob = ''] = ids
    const listed: string[] = []
    for await (const user of await okta.userApi.listUsers({ limit: 2 })) listed.push(String(user?.id))
    expect(listed).toEqual(ids)
    const updated = await okta.userApi.updateUser({ userId: ada, user: { profile: { department: 'Research' } } })
    expect([updated.profile?.department, updated.status]).toEqual(['Research', 'PROVISIONED'])
    const group = await okta.groupApi.createGroup({ group: { profile: { name: 'Engineering' } } })
    const groupId = String(group.id)
    await okta.groupApi.assignUserToGroup({ groupId, userId: ada })
    await okta.groupApi.assignUserToGroup({ groupId, userId: bob })
    await okta.groupApi.unassignUserFromGroup({ groupId, userId: bob })
    const members: string[] = []
    for await (const user of await okta.groupApi.listGroupUsers({ groupId })) members.push(String(user?.id))
    expect(members).toEqual([ada])
    await okta.userApi.deactivateUser({ userId: ada })
    await okta.userApi.deleteUser({ userId: ada })
    await expect(okta.userApi.getUser({ userId: ada })).rejects.toMatchObject({ status: 404, errorCode: 'E0000007' })
  })

  it('reports refusals with their code and causes', async () => {
    const okta = await client({ users: [{ id: 'u1', profile: profile('ada'), status: 'STAGED' }] })
    await expect(okta.userApi.suspendUser({ userId: 'u1' })).rejects.toMatchObject({
      status: 400,
      errorCode: 'E0000001',
      errorCauses: [{ errorSummary: 'Cannot suspend a user that is not active' }],
    })
  })
})
