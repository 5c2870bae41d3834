import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const PLAIN = 'bbbbbbbb-0000-4000-8000-000000000001'
const ADMINS = 'bbbbbbbb-0000-4000-8000-000000000002'
const UNIT = 'cccccccc-0000-4000-8000-000000000001'
const USER_ADMIN = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const HELPDESK = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
const ASSIGNMENTS = '/roleManagement/directory/roleAssignments'
const DEFINITIONS = '/roleManagement/directory/roleDefinitions'
const CONFLICT = 'A conflicting object with one or more of the specified property values is present in the directory.'

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [{ permissions: ['RoleManagement.ReadWrite.Directory', 'Directory.Read.All'] }],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    groups: [
      { id: PLAIN, displayName: 'Plain' },
      { id: ADMINS, displayName: 'Admins', isAssignableToRole: true },
    ],
    administrativeUnits: [{ id: UNIT, displayName: 'Emea' }],
    ...more,
  })

const assign = (tenant: TestTenant, more: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  tenant.call(`POST ${ASSIGNMENTS}`, {
    '@odata.type': '#microsoft.graph.unifiedRoleAssignment',
    roleDefinitionId: USER_ADMIN,
    principalId: ADA,
    directoryScopeId: '/',
    ...more,
  })

rule(
  {
    area: 'Directory roles: assignments',
    says: 'POST is 201 with id, principalId, roleDefinitionId and directoryScopeId; the id is 43 letters, a dash and a number; DELETE is 204',
    source: 'Microsoft Graph, Create unifiedRoleAssignment',
  },
  async () => {
    const tenant = seeded()
    const { status, body } = await assign(tenant)
    expect(status).toBe(201)
    expect(String(body.id)).toMatch(/^[A-Za-z0-9_-]{43}-1$/)
    expect(body).toMatchObject({ principalId: ADA, roleDefinitionId: USER_ADMIN, directoryScopeId: '/' })
    expect((await tenant.call(`GET ${ASSIGNMENTS}/${body.id}`)).body.principalId).toBe(ADA)
    expect((await tenant.call(`DELETE ${ASSIGNMENTS}/${body.id}`)).status).toBe(204)
    expect((await tenant.call(`GET ${ASSIGNMENTS}/${body.id}`)).status).toBe(404)
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: '$filter takes principalId, roleDefinitionId and directoryScopeId with eq and in; $expand takes principal, roleDefinition and directoryScope',
    source: 'Microsoft Graph, Create unifiedRoleAssignment',
  },
  async () => {
    const tenant = seeded()
    await assign(tenant)
    await assign(tenant, {
      principalId: BOB,
      roleDefinitionId: HELPDESK,
      directoryScopeId: `/administrativeUnits/${UNIT}`,
    })
    const principals = async (query: string): Promise<unknown[]> =>
      (await tenant.call(`GET ${ASSIGNMENTS}?${query}`)).value.map(({ principalId }) => principalId)
    expect(await principals(`$filter=principalId eq '${ADA}'`)).toEqual([ADA])
    expect(await principals(`$filter=principalId in ('${ADA}','${BOB}')`)).toEqual([ADA, BOB])
    expect(await principals(`$filter=roleDefinitionId eq '${HELPDESK}'`)).toEqual([BOB])
    expect(await principals(`$filter=directoryScopeId eq '/'`)).toEqual([ADA])
    const query = `$filter=principalId eq '${BOB}'&$expand=principal,roleDefinition,directoryScope`
    const [found] = (await tenant.call(`GET ${ASSIGNMENTS}?${query}`)).value
    expect(found).toMatchObject({
      principal: { '@odata.type': '#microsoft.graph.user', id: BOB },
      roleDefinition: { displayName: 'Helpdesk Administrator', isBuiltIn: true },
      directoryScope: { '@odata.type': '#microsoft.graph.administrativeUnit', id: UNIT },
    })
    expect((await tenant.call(`GET ${ASSIGNMENTS}?$expand=nothing`)).status).toBe(400)
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'the same principal, role and scope again is 400 "A conflicting object with one or more of the specified property values is present in the directory."',
    source: 'Public client code of the role assignment API',
    unconfirmed: 'conflictCode',
  },
  async () => {
    const tenant = seeded()
    await assign(tenant)
    const second = await assign(tenant)
    expect([second.status, second.code, second.message]).toEqual([400, 'Request_BadRequest', CONFLICT])
    expect((await assign(tenant, { directoryScopeId: `/administrativeUnits/${UNIT}` })).status).toBe(201)
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'principals are users, service principals and role-assignable groups; another group is 400, an unknown principal, role or scope 404',
    source: 'Microsoft Graph, Create unifiedRoleAssignment',
  },
  async () => {
    const tenant = seeded()
    expect((await assign(tenant, { principalId: ADMINS })).status).toBe(201)
    expect((await assign(tenant, { principalId: PLAIN })).status).toBe(400)
    const nobody = '99999999-0000-4000-8000-000000000009'
    expect((await assign(tenant, { principalId: nobody })).status).toBe(404)
    expect((await assign(tenant, { roleDefinitionId: nobody })).status).toBe(404)
    expect((await assign(tenant, { directoryScopeId: `/administrativeUnits/${nobody}` })).status).toBe(404)
    expect((await assign(tenant, { directoryScopeId: `/${PLAIN}` })).status).toBe(201)
  },
)

rule(
  {
    area: 'Directory roles: assignments',
    says: 'a principal holds a hundred built-in roles at most outside the tenant scope',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const administrativeUnits = Array.from({ length: 101 }, (_, index) => ({ displayName: `U${index}` }))
    const roleAssignments = administrativeUnits.slice(1).map(({ displayName }) => ({
      role: 'User Administrator',
      principal: ADA,
      scope: `/administrativeUnits/${displayName}`,
    }))
    const tenant = seeded({ administrativeUnits, roleAssignments })
    const [unit] = (await tenant.call("GET /directory/administrativeUnits?$filter=displayName eq 'U0'")).value
    const answer = await assign(tenant, { directoryScopeId: `/administrativeUnits/${unit?.id}` })
    expect([answer.status, answer.code]).toEqual([403, 'Directory_QuotaExceeded'])
    expect((await assign(tenant)).status).toBe(201)
  },
)

rule(
  {
    area: 'Directory roles: definitions',
    says: 'built-in roles have their template id as id, and can be filtered by displayName and isBuiltIn',
    source: 'Microsoft Graph, List roleDefinitions',
  },
  async () => {
    const { call } = seeded()
    const byName = await call(`GET ${DEFINITIONS}?$filter=displayName eq 'User Administrator'`)
    expect(byName.value).toMatchObject([{ id: USER_ADMIN, templateId: USER_ADMIN, isBuiltIn: true, isEnabled: true }])
    expect((await call(`GET ${DEFINITIONS}?$filter=isBuiltIn eq false`)).value).toEqual([])
    expect((await call(`GET ${DEFINITIONS}/${USER_ADMIN}`)).body.displayName).toBe('User Administrator')
  },
)

rule(
  {
    area: 'Directory roles: definitions',
    says: 'a custom role is created with 201, changed and deleted with 204; a built-in one is not changed',
    source: 'Microsoft Graph, Create roleDefinitions',
  },
  async () => {
    const { call } = seeded()
    const custom = {
      displayName: 'Namer',
      isEnabled: true,
      rolePermissions: [{ allowedResourceActions: ['microsoft.directory/users/basic/update'] }],
    }
    const { status, body } = await call(`POST ${DEFINITIONS}`, custom)
    expect([status, body.isBuiltIn]).toEqual([201, false])
    expect((await call(`PATCH ${DEFINITIONS}/${body.id}`, { displayName: 'Renamer' })).status).toBe(204)
    expect((await call(`GET ${DEFINITIONS}/${body.id}`)).body.displayName).toBe('Renamer')
    expect((await call(`PATCH ${DEFINITIONS}/${USER_ADMIN}`, { displayName: 'x' })).status).toBe(400)
    expect((await call(`DELETE ${DEFINITIONS}/${body.id}`)).status).toBe(204)
  },
)

rule(
  {
    area: 'Directory roles: older surface',
    says: '/directoryRoles lists activated roles only, at first Global Administrator; POST with roleTemplateId activates one with 201, a second time is the conflict; templates are all listed',
    source: 'Microsoft Graph, Activate directoryRole',
  },
  async () => {
    const { call } = seeded()
    expect((await call('GET /directoryRoles')).value).toMatchObject([{ displayName: 'Global Administrator' }])
    expect((await call(`GET /directoryRoles/roleTemplateId=${USER_ADMIN}`)).status).toBe(404)
    const { status, body } = await call('POST /directoryRoles', { roleTemplateId: USER_ADMIN })
    expect([status, body.displayName, body.roleTemplateId]).toEqual([201, 'User Administrator', USER_ADMIN])
    expect(body.id).not.toBe(USER_ADMIN)
    expect((await call('POST /directoryRoles', { roleTemplateId: USER_ADMIN })).message).toBe(CONFLICT)
    expect((await call(`GET /directoryRoles(roleTemplateId='${USER_ADMIN}')`)).body.id).toBe(body.id)
    expect((await call(`GET /directoryRoles/${body.id}`)).body.roleTemplateId).toBe(USER_ADMIN)
    expect((await call('GET /directoryRoleTemplates')).value.length).toBeGreaterThan(10)
  },
)

rule(
  {
    area: 'Directory roles: older surface',
    says: '/directoryRoles is not pageable',
    source: 'Microsoft Graph, Paging',
  },
  async () => {
    const { call } = seeded({ directoryRoles: ['User Administrator', 'Reports Reader'] })
    const { body, value } = await call('GET /directoryRoles?$top=1')
    expect([value.length, body['@odata.nextLink']]).toEqual([3, undefined])
  },
)

rule(
  {
    area: 'Directory roles: older surface',
    says: 'members/$ref adds with 204 and removes with 204; it is the same as a role assignment at tenant scope; a second time is "One or more added object references already exist"',
    source: 'Microsoft Graph, Add directory role member',
  },
  async () => {
    const { call } = seeded({ directoryRoles: ['User Administrator'] })
    const [, role] = (await call('GET /directoryRoles')).value
    const members = `/directoryRoles/${role?.id}/members`
    expect((await call(`POST ${members}/$ref`, ref(ADA))).status).toBe(204)
    expect((await call(`POST ${members}/$ref`, ref(ADA))).message).toMatch(
      /^One or more added object references already/,
    )
    expect((await call(`GET ${members}`)).value).toMatchObject([{ '@odata.type': '#microsoft.graph.user', id: ADA }])
    expect((await call(`GET ${members}/${ADA}/$ref?$select=id,url`)).body.id).toBe(ADA)
    expect((await call(`GET ${ASSIGNMENTS}?$filter=principalId eq '${ADA}'`)).value).toHaveLength(1)
    expect((await call(`GET /users/${ADA}/memberOf`)).value).toMatchObject([
      { id: role?.id, roleTemplateId: USER_ADMIN },
    ])
    expect((await call(`DELETE ${members}/${ADA}/$ref`)).status).toBe(204)
    expect((await call(`DELETE ${members}/${ADA}/$ref`)).status).toBe(404)
    expect((await call('GET /directoryRoles')).value).toHaveLength(2)
  },
)
