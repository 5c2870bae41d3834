import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'f1847572-48aa-47aa-96a3-2ec61904f41f'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const PLAIN = 'bbbbbbbb-0000-4000-8000-000000000001'
const OWN = 'ffffffff-0000-4000-8000-00000000000a'
const GLOBAL_ADMIN = '62e90394-69f5-4237-9190-012177145e10'
const USER_ADMIN = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const ASSIGNMENTS = '/roleManagement/directory/roleAssignments'
const MINUTE = 60_000

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [
      {
        servicePrincipalId: OWN,
        permissions: ['RoleManagement.ReadWrite.Directory', 'Directory.Read.All', 'User.ReadWrite.All'],
      },
    ],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    groups: [{ id: PLAIN, displayName: 'Plain' }],
    ...more,
  })

const assign = ({ call }: TestTenant, principalId: string, roleDefinitionId = GLOBAL_ADMIN): Promise<Answer> =>
  call(`POST ${ASSIGNMENTS}`, { roleDefinitionId, principalId, directoryScopeId: '/' })

rule(
  {
    area: 'Directory roles: assignments',
    says: 'the id of an assignment holds the bytes of the role and of the principal, the first three fields of each the other way round, and a number',
    source: 'Microsoft Graph, List unifiedRoleAssignments',
  },
  async () => {
    const { status, body } = await assign(seeded(), ADA)
    expect(status).toBe(201)
    expect(Object.keys(body)).toEqual(['@odata.context', 'id', 'principalId', 'directoryScopeId', 'roleDefinitionId'])
    expect(body.id).toBe('lAPpYvVpN0KRkAEhdxReEHJ1hPGqSKpHlqMuxhkE9B8-1')
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'a filter by another property, or by another operator than eq and in, is 400 Request_UnsupportedQuery',
    source: 'Microsoft Graph, unifiedRoleAssignment resource type',
  },
  async () => {
    const tenant = seeded()
    await assign(tenant, ADA)
    for (const filter of [
      `principalId ne '${ADA}'`,
      "startsWith(principalId,'f')",
      "id eq 'x'",
      "principal/id eq 'x'",
    ]) {
      const answer = await tenant.call(`GET ${ASSIGNMENTS}?$filter=${encodeURIComponent(filter)}`)
      expect([answer.status, answer.code]).toEqual([400, 'Request_UnsupportedQuery'])
    }
    const both = `principalId in ('${ADA}','${BOB}') and roleDefinitionId in ('${GLOBAL_ADMIN}') and directoryScopeId in ('/')`
    expect((await tenant.call(`GET ${ASSIGNMENTS}?$filter=${encodeURIComponent(both)}`)).value).toHaveLength(1)
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'the context of an expanded list names what was expanded: roleAssignments(principal())',
    source: 'Microsoft Graph, List unifiedRoleAssignments',
  },
  async () => {
    const { call } = seeded()
    const context = async (query: string): Promise<string> =>
      String((await call(`GET ${ASSIGNMENTS}${query}`)).body['@odata.context']).split('#')[1] ?? ''
    expect(await context('')).toBe('roleManagement/directory/roleAssignments')
    expect(await context('?$expand=principal')).toBe('roleManagement/directory/roleAssignments(principal())')
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'the code of a duplicate may be another one than Request_BadRequest, with the same words: 400, or 409 with details ConflictingObjects for Request_MultipleObjectsWithSameKeyValue',
    source: 'Public client code of the role assignment API',
    unconfirmed: 'conflictCode',
  },
  async () => {
    for (const [conflictCode, status] of [
      ['Directory_ObjectConflict', 400],
      ['Request_MultipleObjectsWithSameKeyValue', 409],
    ] as const) {
      const tenant = seeded({ switches: { conflictCode } })
      await assign(tenant, ADA)
      const second = await assign(tenant, ADA)
      expect([second.status, second.code]).toEqual([status, conflictCode])
      expect(second.message).toBe(
        'A conflicting object with one or more of the specified property values is present in the directory.',
      )
    }
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'a group that is not role-assignable is refused; 400 Request_BadRequest or 403 Authorization_RequestDenied is a switch',
    source: 'Microsoft Graph, unifiedRoleAssignment resource type',
    unconfirmed: 'rolePrincipalStatus',
  },
  async () => {
    const plain = await assign(seeded(), PLAIN)
    expect([plain.status, plain.code]).toEqual([400, 'Request_BadRequest'])
    const other = await assign(seeded({ switches: { rolePrincipalStatus: 403 } }), PLAIN)
    expect([other.status, other.code]).toEqual([403, 'Authorization_RequestDenied'])
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'a role takes up to 15 minutes to take effect: by switch, what an application may do by it is refused until then',
    source: 'Microsoft Entra, Best practices for roles',
    unconfirmed: 'roleMinutes',
  },
  async () => {
    for (const roleMinutes of [0, 15]) {
      const roleAssignments = [{ role: 'User Administrator', principal: BOB }]
      const tenant = seeded({ switches: { roleMinutes }, roleAssignments })
      const disable = async (): Promise<number> =>
        (await tenant.call(`PATCH /users/${BOB}`, { accountEnabled: false })).status
      expect(await disable()).toBe(403)
      expect((await assign(tenant, OWN)).status).toBe(201)
      expect((await tenant.call(`GET ${ASSIGNMENTS}?$filter=principalId eq '${OWN}'`)).value).toHaveLength(1)
      expect(await disable()).toBe(roleMinutes === 0 ? 204 : 403)
      tenant.clock.advance(15 * MINUTE)
      expect(await disable()).toBe(204)
    }
  },
)

rule(
  {
    area: 'Directory roles: older surface',
    says: 'the members of a directory role are not pageable either: all of them come at once, service principals among them, by id and by roleTemplateId',
    source: 'Microsoft Graph, Paging Microsoft Graph data in your app',
  },
  async () => {
    const users = Array.from({ length: 130 }, (_, index) => ({ userPrincipalName: `u${index}@example.com` }))
    const roleAssignments = [...users.map(({ userPrincipalName }) => userPrincipalName), OWN].map(principal => ({
      role: USER_ADMIN,
      principal,
    }))
    const { call } = seeded({ users, roleAssignments })
    const [, role] = (await call('GET /directoryRoles')).value
    for (const path of [
      `/directoryRoles/${role?.id}/members`,
      `/directoryRoles/roleTemplateId=${USER_ADMIN}/members`,
    ]) {
      const { body, value } = await call(`GET ${path}?$top=5&$select=id`)
      expect([value.length, body['@odata.nextLink']]).toEqual([131, undefined])
      expect(value).toContainEqual({ '@odata.type': '#microsoft.graph.servicePrincipal', id: OWN })
      const refs = await call(`GET ${path}/$ref`)
      expect([refs.value.length, refs.body['@odata.nextLink']]).toEqual([131, undefined])
      expect(refs.value).toContainEqual({ '@odata.id': `https://localhost:8443/v1.0/directoryObjects/${OWN}` })
    }
  },
)

rule(
  {
    area: 'Directory roles: older surface',
    says: 'a directory role stays activated when its last assignment is gone, in whichever way it was taken away',
    source: 'Microsoft Graph, Activate directoryRole',
  },
  async () => {
    const tenant = seeded()
    const { body } = await assign(tenant, ADA, USER_ADMIN)
    expect((await tenant.call(`DELETE ${ASSIGNMENTS}/${body.id}`)).status).toBe(204)
    const active = (await tenant.call('GET /directoryRoles')).value
    expect(active.map(({ roleTemplateId }) => roleTemplateId)).toEqual([GLOBAL_ADMIN, USER_ADMIN])
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'a built-in role that is none for administrative units is 400 Request_BadRequest "The given built-in role is not supported to be assigned to a single resource scope."; a custom role can be assigned there',
    source: 'Microsoft Entra, Assign Microsoft Entra roles',
  },
  async () => {
    const namer = { id: 'eeeeeeee-0000-4000-8000-000000000001', displayName: 'Namer', isBuiltIn: false }
    const { call } = seeded({ administrativeUnits: [{ displayName: 'Emea' }], roleDefinitions: [namer] })
    const [unit] = (await call('GET /directory/administrativeUnits')).value
    const directoryScopeId = `/administrativeUnits/${unit?.id}`
    const over = (roleDefinitionId: string) =>
      call(`POST ${ASSIGNMENTS}`, { roleDefinitionId, principalId: ADA, directoryScopeId })
    const exchange = await over('29232cdf-9323-42fd-ade2-1d097af3e4de')
    expect([exchange.status, exchange.code, exchange.message]).toEqual([
      400,
      'Request_BadRequest',
      'The given built-in role is not supported to be assigned to a single resource scope.',
    ])
    for (const role of [USER_ADMIN, namer.id]) expect((await over(role)).status).toBe(201)
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'to take Global Administrator from oneself is 400 Request_BadRequest "Removing self from Global Administrator built-in role is not allowed"; any other role may go',
    source: 'Microsoft Entra, Assign custom admin roles using the Microsoft Graph API',
  },
  async () => {
    const tenant = seeded()
    const highest = await assign(tenant, OWN)
    const { status, code, message } = await tenant.call(`DELETE ${ASSIGNMENTS}/${highest.body.id}`)
    expect([status, code]).toEqual([400, 'Request_BadRequest'])
    expect(message).toBe('Removing self from Global Administrator built-in role is not allowed')
    const other = await assign(tenant, OWN, USER_ADMIN)
    expect((await tenant.call(`DELETE ${ASSIGNMENTS}/${other.body.id}`)).status).toBe(204)
  },
)
