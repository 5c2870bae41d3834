import { describe, expect, it } from 'vitest'
import { EVENTUAL, testTenant } from './testkit.ts'

const NEW_USER = {
  accountEnabled: true,
  displayName: 'Ada Lovelace',
  mailNickname: 'ada',
  userPrincipalName: 'ada@example.com',
  passwordProfile: { password: 'Tr0ub4dor&3', forceChangePasswordNextSignIn: true },
}

describe('administrators', () => {
  const seeded = (own: readonly string[] = []) => {
    const tenant = testTenant({
      applications: [{ appId: '11111111-1111-4111-8111-111111111111' }],
      users: [
        { userPrincipalName: 'root@example.com' },
        { userPrincipalName: 'reader@example.com' },
        { userPrincipalName: 'viagroup@example.com' },
      ],
      groups: [{ displayName: 'Admins', isAssignableToRole: true, members: ['viagroup@example.com'] }],
      roleAssignments: [
        { role: 'Global Administrator', principal: 'root@example.com' },
        { role: 'Directory Readers', principal: 'reader@example.com' },
        { role: 'Helpdesk Administrator', principal: 'Admins' },
        ...own.map(role => ({ role, principal: '11111111-1111-4111-8111-111111111111' })),
      ],
    })
    return tenant
  }

  it.each<[string, string, number]>([
    ['root', '', 403],
    ['viagroup', '', 403],
    ['reader', '', 204],
    ['root', 'User Administrator', 403],
    ['viagroup', 'User Administrator', 204],
    ['root', 'Privileged Authentication Administrator', 204],
  ])('%s cannot be disabled by an application with role "%s": %i', async (who, role, status) => {
    const { call } = seeded(role === '' ? [] : [role])
    expect((await call(`PATCH /users/${who}@example.com`, { accountEnabled: false })).status).toBe(status)
    expect((await call(`DELETE /users/${who}@example.com`)).status).toBe(status)
  })

  it('takes a harmless property, but not together with a sensitive one', async () => {
    const { call } = seeded()
    expect((await call('PATCH /users/root@example.com', { department: 'IT' })).status).toBe(204)
    expect((await call('PATCH /users/root@example.com', { department: 'x', mobilePhone: '1' })).code).toBe(
      'Authorization_RequestDenied',
    )
    expect((await call('GET /users/root@example.com?$select=department')).body.department).toBe('IT')
  })
})

describe('the bin', () => {
  const ADA = '00000000-0000-4000-8000-000000000001'
  const seeded = () =>
    testTenant({
      users: [{ id: ADA, userPrincipalName: 'ada@example.com', mail: 'ada@example.com' }],
      groups: [{ id: '00000000-0000-4000-8000-0000000000aa', displayName: 'Eng', members: [ADA] }],
    })
  const members = 'GET /groups/00000000-0000-4000-8000-0000000000aa/members'

  it('holds a deleted user under a name that frees its userPrincipalName', async () => {
    const { call } = seeded()
    expect((await call('DELETE /users/ada@example.com')).status).toBe(204)
    expect((await call('GET /users')).value).toEqual([])
    expect((await call(members)).value).toEqual([])
    const { value } = await call(
      'GET /directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName,deletedDateTime',
    )
    expect(value).toEqual([
      {
        id: ADA,
        userPrincipalName: `${ADA.replaceAll('-', '')}ada@example.com`,
        deletedDateTime: '2026-03-02T09:00:00Z',
      },
    ])
    expect((await call('POST /users', NEW_USER)).status).toBe(201)
  })

  it('gives a user back with memberships and name', async () => {
    const { call } = seeded()
    await call('DELETE /users/ada@example.com')
    const restored = await call(`POST /directory/deletedItems/${ADA}/restore`)
    expect([restored.status, restored.body.userPrincipalName]).toEqual([200, 'ada@example.com'])
    expect((await call(members)).value.map(({ id }) => id)).toEqual([ADA])
  })

  it('refuses to restore into a taken name unless another is given', async () => {
    const { call } = seeded()
    await call('DELETE /users/ada@example.com')
    await call('POST /users', NEW_USER)
    expect((await call(`POST /directory/deletedItems/${ADA}/restore`)).message).toContain('A conflicting object')
    const renamed = await call(`POST /directory/deletedItems/${ADA}/restore`, {
      newUserPrincipalName: 'ada2@example.com',
    })
    expect(renamed.body.userPrincipalName).toBe('ada2@example.com')
  })

  it('forgets after thirty days, or at once when purged', async () => {
    const { call, clock } = seeded()
    await call('DELETE /users/ada@example.com')
    clock.advance(30 * 86_400_000 - 1000)
    expect((await call(`GET /directory/deletedItems/${ADA}`)).status).toBe(200)
    clock.advance(1000)
    expect((await call(`GET /directory/deletedItems/${ADA}`)).status).toBe(404)
    const other = seeded()
    await other.call('DELETE /users/ada@example.com')
    expect((await other.call(`DELETE /directory/deletedItems/${ADA}`)).status).toBe(204)
    expect((await other.call(`POST /directory/deletedItems/${ADA}/restore`)).status).toBe(404)
  })
})

describe('what a user is in', () => {
  it('lists groups, units and roles by type', async () => {
    const { call } = testTenant({
      users: [{ userPrincipalName: 'ada@example.com' }],
      groups: [{ displayName: 'Eng', members: ['ada@example.com'] }],
      administrativeUnits: [{ displayName: 'Emea', members: ['ada@example.com'] }],
      roleAssignments: [{ role: 'Reports Reader', principal: 'ada@example.com' }],
    })
    const { value } = await call('GET /users/ada@example.com/memberOf')
    expect(value.map(item => [item['@odata.type'], item.displayName])).toEqual([
      ['#microsoft.graph.group', 'Eng'],
      ['#microsoft.graph.administrativeUnit', 'Emea'],
      ['#microsoft.graph.directoryRole', 'Reports Reader'],
    ])
    expect((await call('GET /users/ada@example.com/memberOf/microsoft.graph.group')).value).toHaveLength(1)
  })

  it('answers which of many ids exist', async () => {
    const { call } = testTenant({
      users: [{ id: '00000000-0000-4000-8000-000000000001', userPrincipalName: 'ada@example.com' }],
    })
    const { value } = await call('POST /directoryObjects/getByIds', {
      ids: ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000000f'],
      types: ['user'],
    })
    expect(value.map(item => item['@odata.type'])).toEqual(['#microsoft.graph.user'])
  })

  it('counts users only for those who accept eventual consistency', async () => {
    const { call } = testTenant({ users: [{ userPrincipalName: 'ada@example.com' }] })
    expect((await call('GET /users/$count')).message).toBe('$count is not currently supported.')
    expect((await call('GET /users/$count', undefined, EVENTUAL)).header('content-type')).toBe('text/plain')
  })
})
