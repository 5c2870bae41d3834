import { expect } from 'vitest'
import type { EntraState, ObjectState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, EVENTUAL, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const OUT = 'bbbbbbbb-0000-4000-8000-000000000002'
const UNIT = 'cccccccc-0000-4000-8000-000000000001'
const SP = 'ffffffff-0000-4000-8000-00000000000a'
const DEVICE = 'dddddddd-0000-4000-8000-000000000001'
const UNITS = '/directory/administrativeUnits'

function seeded(unit: Partial<ObjectState> = {}, more: EntraState = {}): TestTenant {
  return testTenant({
    applications: [
      {
        servicePrincipalId: SP,
        permissions: ['AdministrativeUnit.ReadWrite.All', 'Group.ReadWrite.All', 'User.ReadWrite.All'],
      },
    ],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    groups: [
      { id: ENG, displayName: 'Eng' },
      { id: OUT, displayName: 'Out' },
    ],
    devices: [{ id: DEVICE, displayName: 'Laptop' }],
    administrativeUnits: [{ id: UNIT, displayName: 'Emea', members: [ADA, ENG], ...unit }],
    ...more,
  })
}

const RESTRICTED = { isMemberManagementRestricted: true }
const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`
const DENIED = '403 Authorization_RequestDenied Insufficient privileges to complete the operation.'
const CONFLICT = 'A conflicting object with one or more of the specified property values is present in the directory.'

rule(
  {
    area: 'Administrative units',
    says: 'POST is 201 with every property, PATCH and DELETE are 204; /administrativeUnits is an alias',
    source: 'Microsoft Graph, Create administrativeUnit',
  },
  async () => {
    const { call } = seeded()
    const { status, body } = await call(`POST ${UNITS}`, { displayName: 'Apac', description: 'x' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      '@odata.context': 'https://localhost:8443/v1.0/$metadata#directory/administrativeUnits/$entity',
      displayName: 'Apac',
      isMemberManagementRestricted: false,
      membershipRule: null,
      visibility: null,
    })
    expect((await call(`PATCH ${UNITS}/${body.id}`, { description: null })).status).toBe(204)
    expect((await call(`GET /administrativeUnits/${body.id}`)).body).toMatchObject({ description: null })
    expect((await call(`DELETE ${UNITS}/${body.id}`)).status).toBe(204)
    expect((await call(`GET ${UNITS}/${body.id}`)).status).toBe(404)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'members are users, groups and devices, added one at a time by reference to users, groups, devices or directoryObjects',
    source: 'Microsoft Graph, Add a member to an administrative unit',
  },
  async () => {
    const { call } = seeded({ members: [] })
    const references = [`users/${ADA}`, `groups/${ENG}`, `devices/${DEVICE}`, `directoryObjects/${BOB}`]
    for (const reference of references) {
      const body = { '@odata.id': `https://graph.microsoft.com/v1.0/${reference}` }
      expect((await call(`POST ${UNITS}/${UNIT}/members/$ref`, body)).status).toBe(204)
    }
    const types = (await call(`GET ${UNITS}/${UNIT}/members`)).value.map(member => member['@odata.type'])
    expect(types.sort()).toEqual([
      '#microsoft.graph.device',
      '#microsoft.graph.group',
      '#microsoft.graph.user',
      '#microsoft.graph.user',
    ])
    expect((await call(`GET ${UNITS}/${UNIT}/members/microsoft.graph.group`)).value).toMatchObject([{ id: ENG }])
    expect((await call(`GET ${UNITS}/${UNIT}/members/$ref`)).value).toHaveLength(4)
    expect((await call(`PATCH ${UNITS}/${UNIT}`, { 'members@odata.bind': binds(ADA) })).status).toBe(400)
    expect((await call(`DELETE ${UNITS}/${UNIT}/members/${ADA}/$ref`)).status).toBe(204)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'who is in the unit already is 400 "A conflicting object with one or more of the specified property values is present in the directory."',
    source: 'A Microsoft Autopilot tool and a public tenant-seeding module',
    unconfirmed: 'conflictCode',
  },
  async () => {
    const { call } = seeded()
    expect(outcome(await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(ADA)))).toBe(
      `400 Request_BadRequest ${CONFLICT}`,
    )
    const other = seeded({}, { switches: { conflictCode: 'Request_MultipleObjectsWithSameKeyValue' } })
    expect((await other.call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(ADA))).code).toBe(
      'Request_MultipleObjectsWithSameKeyValue',
    )
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'removing who is no member is 404, or 400 "One or more removed object references do not exist"',
    source: 'terraform-provider-azuread',
    unconfirmed: 'removeNonMemberStatus',
  },
  async () => {
    const path = `DELETE ${UNITS}/${UNIT}/members/${BOB}/$ref`
    expect((await seeded().call(path)).status).toBe(404)
    const { call } = seeded({}, { switches: { removeNonMemberStatus: 400 } })
    expect((await call(path)).message).toMatch(/^One or more removed object references do not exist/)
  },
)

rule(
  {
    area: 'Administrative units',
    says: '$filter and $count over members are advanced queries, but for $filter=id eq',
    source: 'Microsoft Graph, List members of an administrative unit; terraform-provider-azuread',
  },
  async () => {
    const { call } = seeded()
    const members = `GET ${UNITS}/${UNIT}/members`
    expect((await call(`${members}?$filter=displayName eq 'Ada'`)).code).toBe('Request_UnsupportedQuery')
    const advanced = await call(`${members}?$count=true&$filter=displayName eq 'Ada'`, undefined, EVENTUAL)
    expect(advanced.value).toMatchObject([{ id: ADA }])
    expect((await call(`${members}?$filter=id eq '${ADA}'`)).value).toMatchObject([{ id: ADA }])
    expect((await call(`${members}/$count`)).status).toBe(400)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'one link is read with GET members/{id}/$ref',
    source: 'manicminer/hamilton, administrative units client',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`GET /beta/administrativeUnits/${UNIT}/members/${ADA}/$ref?$select=id,url`)).body.id).toBe(ADA)
    expect((await call(`GET ${UNITS}/${UNIT}/members/${BOB}/$ref`)).status).toBe(404)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'members of a dynamic unit are not changed by hand',
    source: 'Microsoft Graph, Add a member to an administrative unit',
    unconfirmed: 'dynamicUnitStatus',
  },
  async () => {
    const dynamic = { membershipType: 'Dynamic', membershipRule: 'user.city -eq "x"' }
    for (const status of [403, 400] as const) {
      const { call } = seeded(dynamic, { switches: { dynamicUnitStatus: status } })
      expect((await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(BOB))).status).toBe(status)
      expect((await call(`DELETE ${UNITS}/${UNIT}/members/${ADA}/$ref`)).status).toBe(status)
    }
    expect((await seeded().call(`POST ${UNITS}`, { displayName: 'x', membershipType: 'Dynamic' })).status).toBe(400)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'POST members with @odata.type #microsoft.graph.group makes a group inside: 201, typed, and a member',
    source: 'Microsoft Graph, Add a member to an administrative unit; terraform-provider-azuread',
  },
  async () => {
    const { call } = seeded()
    const group = { displayName: 'In', mailEnabled: false, mailNickname: 'in', securityEnabled: true }
    const { status, body } = await call(`POST ${UNITS}/${UNIT}/members`, {
      '@odata.type': '#microsoft.graph.group',
      ...group,
      'owners@odata.bind': binds(SP),
    })
    expect([status, body['@odata.type']]).toEqual([201, '#microsoft.graph.group'])
    expect((await call(`GET /groups/${body.id}/memberOf`)).value).toMatchObject([{ id: UNIT }])
    expect((await call(`POST ${UNITS}/${UNIT}/members`, group)).status).toBe(400)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'a group is made inside a unit with Group.Create and AdministrativeUnit.Read.All and the Groups or User Administrator role over that unit',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const applications = [{ servicePrincipalId: SP, permissions: ['Group.Create', 'AdministrativeUnit.Read.All'] }]
    const group = {
      '@odata.type': '#microsoft.graph.group',
      displayName: 'In',
      mailEnabled: false,
      mailNickname: 'in',
      securityEnabled: true,
    }
    expect(outcome(await seeded({}, { applications }).call(`POST ${UNITS}/${UNIT}/members`, group))).toBe(DENIED)
    const roleAssignments = [{ role: 'Groups Administrator', principal: SP, scope: '/administrativeUnits/Emea' }]
    const { call } = seeded({}, { applications, roleAssignments })
    expect((await call(`POST ${UNITS}/${UNIT}/members`, group)).status).toBe(201)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'an object is in thirty units at most: one more is 403 Directory_QuotaExceeded',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const full = Array.from({ length: 30 }, (_, index) => ({ displayName: `U${index}`, members: [BOB] }))
    const { call } = seeded({}, { administrativeUnits: [...full, { id: UNIT, displayName: 'Emea' }] })
    const answer = await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(BOB))
    expect([answer.status, answer.code]).toEqual([403, 'Directory_QuotaExceeded'])
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'hidden membership takes Member.Read.Hidden to be read',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const hidden = { visibility: 'HiddenMembership' }
    expect(outcome(await seeded(hidden).call(`GET ${UNITS}/${UNIT}/members`))).toBe(DENIED)
    const permissions = ['AdministrativeUnit.Read.All', 'Member.Read.Hidden']
    const { call } = seeded(hidden, { applications: [{ permissions }] })
    expect((await call(`GET ${UNITS}/${UNIT}/members`)).value).toHaveLength(2)
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'isMemberManagementRestricted is set at creation only, by a hundred units of the tenant at most',
    source: 'Microsoft Entra, Restricted management administrative units',
  },
  async () => {
    expect((await seeded().call(`PATCH ${UNITS}/${UNIT}`, RESTRICTED)).status).toBe(400)
    const full = Array.from({ length: 100 }, (_, index) => ({ displayName: `U${index}`, ...RESTRICTED }))
    const { call } = seeded({}, { administrativeUnits: full })
    const answer = await call(`POST ${UNITS}`, { displayName: 'x', ...RESTRICTED })
    expect([answer.status, answer.code]).toEqual([403, 'Directory_QuotaExceeded'])
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'application permissions do not reach its members: changes, deletion, password, and membership or ownership of a contained group are 403',
    source: 'Microsoft Entra, Restricted management administrative units',
    unconfirmed: 'restrictedStatus',
  },
  async () => {
    const { call } = seeded(RESTRICTED)
    const refused = [
      await call(`PATCH /users/${ADA}`, { department: 'x' }),
      await call(`PATCH /users/${ADA}`, { accountEnabled: false }),
      await call(`DELETE /users/${ADA}`),
      await call(`PUT /users/${ADA}/manager/$ref`, ref(BOB)),
      await call(`POST /groups/${ENG}/members/$ref`, ref(BOB)),
      await call(`POST /groups/${ENG}/owners/$ref`, ref(BOB)),
      await call(`PATCH /groups/${ENG}`, { description: 'x' }),
      await call(`DELETE /groups/${ENG}`),
    ]
    expect(refused.map(outcome)).toEqual(refused.map(() => DENIED))
    const other = seeded(RESTRICTED, { switches: { restrictedStatus: 400 } })
    expect((await other.call(`PATCH /users/${ADA}`, { department: 'x' })).status).toBe(400)
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'a protected user is still read, shows isManagementRestricted true on $select, and joins groups outside',
    source: 'Microsoft Entra, Restricted management administrative units',
  },
  async () => {
    const { call } = seeded(RESTRICTED)
    expect((await call(`GET /users/${ADA}?$select=isManagementRestricted`)).body.isManagementRestricted).toBe(true)
    expect((await call(`GET /users/${BOB}?$select=isManagementRestricted`)).body.isManagementRestricted).toBeNull()
    expect((await call(`POST /groups/${OUT}/members/$ref`, ref(ADA))).status).toBe(204)
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'an Entra role over the unit opens its members; a Privileged Role Administrator of the tenant only who is a member',
    source: 'Microsoft Entra, Restricted management administrative units',
  },
  async () => {
    const scope = '/administrativeUnits/Emea'
    const scoped = seeded(RESTRICTED, { roleAssignments: [{ role: 'User Administrator', principal: SP, scope }] })
    expect((await scoped.call(`PATCH /users/${ADA}`, { department: 'x' })).status).toBe(204)
    const wide = seeded(RESTRICTED, { roleAssignments: [{ role: 'Privileged Role Administrator', principal: SP }] })
    expect((await wide.call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(BOB))).status).toBe(204)
    expect(outcome(await wide.call(`PATCH /users/${ADA}`, { department: 'x' }))).toBe(DENIED)
    expect(outcome(await seeded(RESTRICTED).call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(BOB)))).toBe(DENIED)
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'it holds users, devices and security groups, no Microsoft 365 group',
    source: 'Microsoft Entra, Restricted management administrative units',
  },
  async () => {
    const { call } = seeded(RESTRICTED, {
      groups: [{ id: OUT, displayName: 'Team', mailNickname: 'team', mailEnabled: true, groupTypes: ['Unified'] }],
      administrativeUnits: [{ id: UNIT, displayName: 'Emea', ...RESTRICTED }],
      roleAssignments: [{ role: 'Privileged Role Administrator', principal: SP }],
    })
    expect((await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(OUT))).status).toBe(400)
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'after the unit was deleted its members stay protected for as long as the switch says',
    source: 'Microsoft Entra, Restricted management administrative units',
    unconfirmed: 'restrictedMinutes',
  },
  async () => {
    const more = { roleAssignments: [{ role: 'Privileged Role Administrator', principal: SP }] }
    const { call } = seeded(RESTRICTED, more)
    await call(`DELETE ${UNITS}/${UNIT}`)
    expect((await call(`PATCH /users/${ADA}`, { department: 'x' })).status).toBe(204)
    const lingering = seeded(RESTRICTED, { ...more, switches: { restrictedMinutes: 30 } })
    await lingering.call(`DELETE ${UNITS}/${UNIT}`)
    expect(outcome(await lingering.call(`PATCH /users/${ADA}`, { department: 'x' }))).toBe(DENIED)
    lingering.clock.advance(31 * 60_000)
    expect((await lingering.call(`PATCH /users/${ADA}`, { department: 'x' })).status).toBe(204)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'scopedRoleMembers give a role over the unit: 201 with administrativeUnitId, id, roleId and roleMemberInfo, backed by a role assignment of that scope; a second time is the conflict',
    source: 'Microsoft Graph, Add a scopedRoleMember',
  },
  async () => {
    const permissions = ['RoleManagement.ReadWrite.Directory', 'AdministrativeUnit.ReadWrite.All', 'User.Read.All']
    const { call } = seeded({}, { applications: [{ permissions }], directoryRoles: ['User Administrator'] })
    const [, role] = (await call('GET /directoryRoles')).value
    const path = `${UNITS}/${UNIT}/scopedRoleMembers`
    const { status, body } = await call(`POST ${path}`, { roleId: role?.id, roleMemberInfo: { id: BOB } })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      administrativeUnitId: UNIT,
      roleId: role?.id,
      roleMemberInfo: { id: BOB, displayName: 'Bob' },
    })
    expect((await call(`GET ${path}`)).value).toHaveLength(1)
    expect((await call(`GET ${path}/${body.id}`)).status).toBe(200)
    expect((await call(`POST ${path}`, { roleId: role?.id, roleMemberInfo: { id: BOB } })).message).toBe(CONFLICT)
    const assignments = await call(`GET /roleManagement/directory/roleAssignments?$filter=principalId eq '${BOB}'`)
    expect(assignments.value).toMatchObject([{ directoryScopeId: `/administrativeUnits/${UNIT}` }])
    expect((await call(`DELETE ${path}/${body.id}`)).status).toBe(204)
    expect((await call(`GET ${path}`)).value).toEqual([])
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'visibility is Public when it was never said, and does not change afterwards',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`PATCH ${UNITS}/${UNIT}`, { visibility: 'Public', displayName: 'Emea' })).status).toBe(204)
    expect((await call(`PATCH ${UNITS}/${UNIT}`, { visibility: 'HiddenMembership' })).status).toBe(400)
  },
)
