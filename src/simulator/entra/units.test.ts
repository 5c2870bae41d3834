import { describe, expect, it } from 'vitest'
import type { EntraState, ObjectState } from './index.ts'
import { EVENTUAL, ref, testTenant } from './testkit.ts'

const UNIT = '00000000-0000-4000-8000-0000000000aa'
const ADA = '00000000-0000-4000-8000-000000000001'
const GRACE = '00000000-0000-4000-8000-000000000002'
const ENG = '00000000-0000-4000-8000-0000000000bb'
const APP = '11111111-1111-4111-8111-111111111111'
const PATH = `/directory/administrativeUnits/${UNIT}`

function withUnit(unit: Partial<ObjectState> = {}, more: EntraState = {}) {
  return testTenant({
    applications: [{ appId: APP }],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com' },
      { id: GRACE, userPrincipalName: 'grace@example.com' },
    ],
    groups: [{ id: ENG, displayName: 'Eng', members: [GRACE] }],
    administrativeUnits: [{ id: UNIT, displayName: 'Emea', members: [ADA], ...unit }],
    ...more,
  })
}

describe('administrative units', () => {
  it('are created, listed under both roots, changed and put into the bin', async () => {
    const { call } = testTenant()
    const created = await call('POST /directory/administrativeUnits', { displayName: 'Apac', description: 'x' })
    expect([created.status, created.body.isMemberManagementRestricted]).toEqual([201, false])
    const path = `/administrativeUnits/${created.body.id}`
    expect((await call(`PATCH ${path}`, { description: null, displayName: 'APAC' })).status).toBe(204)
    expect((await call('GET /administrativeUnits?$select=displayName,description')).value).toEqual([
      { displayName: 'APAC', description: null },
    ])
    expect((await call(`PATCH ${path}`, { isMemberManagementRestricted: true })).status).toBe(400)
    expect((await call(`DELETE ${path}`)).status).toBe(204)
    expect((await call('GET /directory/deletedItems/microsoft.graph.administrativeUnit')).value).toHaveLength(1)
  })

  it('take users and groups one at a time', async () => {
    const { call } = withUnit()
    expect(
      (await call(`POST ${PATH}/members/$ref`, { '@odata.id': `https://graph.microsoft.com/v1.0/groups/${ENG}` }))
        .status,
    ).toBe(204)
    expect((await call(`GET ${PATH}/members`)).value.map(member => member['@odata.type'])).toEqual([
      '#microsoft.graph.user',
      '#microsoft.graph.group',
    ])
    expect((await call(`GET ${PATH}/members/microsoft.graph.user?$select=id`)).value).toEqual([{ id: ADA }])
    expect((await call(`PATCH ${PATH}`, { 'members@odata.bind': [ref(GRACE)['@odata.id']] })).status).toBe(400)
  })

  it('refuse a second membership in words of their own', async () => {
    const { status, code, message } = await withUnit().call(`POST ${PATH}/members/$ref`, ref(ADA))
    expect([status, code, message]).toEqual([
      400,
      'Request_BadRequest',
      'A conflicting object with one or more of the specified property values is present in the directory.',
    ])
    const switched = withUnit({}, { switches: { conflictCode: 'Request_MultipleObjectsWithSameKeyValue' } })
    expect((await switched.call(`POST ${PATH}/members/$ref`, ref(ADA))).code).toBe(
      'Request_MultipleObjectsWithSameKeyValue',
    )
  })

  it('give up a member, and answer 404 for one who is none', async () => {
    const { call } = withUnit()
    expect((await call(`DELETE ${PATH}/members/${ADA}/$ref`)).status).toBe(204)
    expect((await call(`DELETE ${PATH}/members/${ADA}/$ref`)).status).toBe(404)
  })

  it('filter and count members only in advanced queries', async () => {
    const { call } = withUnit()
    expect((await call(`GET ${PATH}/members?$filter=id eq '${ADA}'`)).value).toHaveLength(1)
    const byName = `GET ${PATH}/members?$filter=displayName eq 'Ada'`
    expect((await call(byName)).code).toBe('Request_UnsupportedQuery')
    expect(
      (await call(`GET ${PATH}/members?$count=true&$filter=id eq '${ADA}'`, undefined, EVENTUAL)).value,
    ).toHaveLength(1)
  })

  it('refuse changes by hand when a rule keeps their members', async () => {
    const dynamic = { membershipType: 'Dynamic', membershipRule: 'true' }
    for (const status of [403, 400] as const) {
      const { call } = withUnit(dynamic, { switches: { dynamicUnitStatus: status } })
      expect((await call(`POST ${PATH}/members/$ref`, ref(GRACE))).status).toBe(status)
      expect((await call(`DELETE ${PATH}/members/${ADA}/$ref`)).status).toBe(status)
    }
  })

  it('create a group inside', async () => {
    const { call } = withUnit()
    const group = {
      '@odata.type': '#microsoft.graph.group',
      displayName: 'In',
      mailEnabled: false,
      mailNickname: 'in',
      securityEnabled: true,
    }
    const created = await call(`POST ${PATH}/members`, group)
    expect(created.status).toBe(201)
    expect((await call(`GET ${PATH}/members/microsoft.graph.group`)).value.map(({ id }) => id)).toEqual([
      created.body.id,
    ])
  })

  it('hold an object at most thirty times', async () => {
    const administrativeUnits = Array.from({ length: 30 }, (_, index) => ({
      displayName: `U${index}`,
      members: [GRACE],
    }))
    const { call } = withUnit({}, { administrativeUnits: [...administrativeUnits, { id: UNIT, displayName: 'Emea' }] })
    expect((await call(`POST ${PATH}/members/$ref`, ref(GRACE))).code).toBe('Directory_QuotaExceeded')
    expect((await call(`POST ${PATH}/members/$ref`, ref(ADA))).status).toBe(204)
  })
})

describe('a restricted management administrative unit', () => {
  const RESTRICTED = { isMemberManagementRestricted: true, members: [ADA, ENG] }

  it('protects its members from application permissions', async () => {
    const { call } = withUnit(RESTRICTED)
    const refused = [
      await call(`PATCH /users/${ADA}`, { department: 'x' }),
      await call(`DELETE /users/${ADA}`),
      await call(`PUT /users/${ADA}/manager/$ref`, ref(GRACE)),
      await call(`POST /groups/${ENG}/members/$ref`, ref(ADA)),
      await call(`DELETE /groups/${ENG}/members/${GRACE}/$ref`),
      await call(`PATCH /groups/${ENG}`, { description: 'x' }),
      await call(`DELETE ${PATH}/members/${ADA}/$ref`),
    ]
    for (const { status, code } of refused) expect([status, code]).toEqual([403, 'Authorization_RequestDenied'])
  })

  it('still lets a protected user be read and added to a group outside', async () => {
    const { call } = withUnit({ ...RESTRICTED, members: [ADA] })
    expect((await call(`GET /users/${ADA}?$select=isManagementRestricted`)).body.isManagementRestricted).toBe(true)
    expect((await call(`POST /groups/${ENG}/members/$ref`, ref(ADA))).status).toBe(204)
  })

  it('yields to an application with a role over the unit, and its members to a privileged role administrator', async () => {
    const scoped = withUnit(RESTRICTED, {
      roleAssignments: [{ role: 'User Administrator', principal: APP, scope: '/administrativeUnits/Emea' }],
    })
    expect((await scoped.call(`PATCH /users/${ADA}`, { department: 'x' })).status).toBe(204)
    const tenantWide = withUnit(RESTRICTED, {
      roleAssignments: [{ role: 'Privileged Role Administrator', principal: APP }],
    })
    expect((await tenantWide.call(`PATCH /users/${ADA}`, { department: 'x' })).status).toBe(403)
    expect((await tenantWide.call(`DELETE ${PATH}/members/${ADA}/$ref`)).status).toBe(204)
  })
})

describe('role assignments', () => {
  const permissions = ['RoleManagement.ReadWrite.Directory', 'Directory.Read.All']
  const READERS = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b'

  it('are made, found by principal, refused twice and removed', async () => {
    const { call } = withUnit({}, { applications: [{ permissions }] })
    const body = { roleDefinitionId: READERS, principalId: ADA, directoryScopeId: '/' }
    const created = await call('POST /roleManagement/directory/roleAssignments', body)
    expect(created.status).toBe(201)
    expect((await call('POST /roleManagement/directory/roleAssignments', body)).message).toContain(
      'A conflicting object',
    )
    const found = await call(
      `GET /roleManagement/directory/roleAssignments?$filter=principalId eq '${ADA}'&$expand=roleDefinition`,
    )
    expect(found.value).toMatchObject([{ ...body, roleDefinition: { displayName: 'Directory Readers' } }])
    expect((await call(`DELETE /roleManagement/directory/roleAssignments/${created.body.id}`)).status).toBe(204)
  })

  it('go to groups only when these are role-assignable', async () => {
    const { call } = withUnit({}, { applications: [{ permissions }] })
    const body = { roleDefinitionId: READERS, principalId: ENG, directoryScopeId: '/' }
    expect((await call('POST /roleManagement/directory/roleAssignments', body)).status).toBe(400)
  })
})
