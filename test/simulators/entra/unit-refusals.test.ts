import { expect } from 'vitest'
import type { EntraState, ObjectState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, EVENTUAL, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const UNIT = 'cccccccc-0000-4000-8000-000000000001'
const OTHER = 'cccccccc-0000-4000-8000-000000000002'
const SP = 'ffffffff-0000-4000-8000-00000000000a'
const UNITS = '/directory/administrativeUnits'
const RESTRICTED = { isMemberManagementRestricted: true }
const DYNAMIC = { membershipType: 'Dynamic', membershipRule: 'user.city -eq "x"' }
const CONFLICT = 'A conflicting object with one or more of the specified property values is present in the directory.'
const DENIED = '403 Authorization_RequestDenied Insufficient privileges to complete the operation.'
const PRIVILEGED = { roleAssignments: [{ role: 'Privileged Role Administrator', principal: SP }] }

function seeded(unit: Partial<ObjectState> = {}, more: EntraState = {}): TestTenant {
  const permissions = ['AdministrativeUnit.ReadWrite.All', 'Group.ReadWrite.All', 'User.ReadWrite.All']
  return testTenant({
    applications: [{ servicePrincipalId: SP, permissions }],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com' },
      { id: BOB, userPrincipalName: 'bob@example.com' },
    ],
    groups: [{ id: ENG, displayName: 'Eng', members: [BOB] }],
    administrativeUnits: [
      { id: UNIT, displayName: 'Emea', members: [ADA, ENG], ...unit },
      { id: OTHER, displayName: 'Apac' },
    ],
    ...more,
  })
}

const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'Administrative units',
    says: 'an object that is there already is also told as 409 Request_MultipleObjectsWithSameKeyValue with details ConflictingObjects',
    source: 'Microsoft Graph, error responses of conflicting objects',
    unconfirmed: 'conflictCode',
  },
  async () => {
    const switches = { conflictCode: 'Request_MultipleObjectsWithSameKeyValue' }
    const answer = await seeded({}, { switches }).call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(ADA))
    expect(outcome(answer)).toBe(`409 Request_MultipleObjectsWithSameKeyValue ${CONFLICT}`)
    expect(answer.body.error).toMatchObject({ details: [{ code: 'ConflictingObjects' }] })
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'an older client also expects "One or more added object references already exist" of an object that is there already',
    source: 'manicminer/hamilton, administrative units client',
    unconfirmed: 'unitDuplicate',
  },
  async () => {
    const { call } = seeded({}, { switches: { unitDuplicate: 'reference' } })
    expect(outcome(await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(ADA)))).toBe(
      "400 Request_BadRequest One or more added object references already exist for the following modified properties: 'members'.",
    )
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'the refusal of a change by hand of a dynamic unit has the code of a missing permission',
    source: 'Microsoft Graph, Add a member to an administrative unit',
    unconfirmed: 'dynamicUnitCode',
  },
  async () => {
    const add = `POST ${UNITS}/${UNIT}/members/$ref`
    expect(outcome(await seeded(DYNAMIC).call(add, ref(BOB)))).toBe(DENIED)
    const { call } = seeded(DYNAMIC, { switches: { dynamicUnitStatus: 400, dynamicUnitCode: 'Request_BadRequest' } })
    expect(outcome(await call(add, ref(BOB)))).toMatch(/^400 Request_BadRequest /)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'that refusal has the words of a missing permission, as for a dynamic group',
    source: 'Microsoft Graph, Add a member to an administrative unit',
    unconfirmed: 'dynamicUnitMessage',
  },
  async () => {
    const { call } = seeded(DYNAMIC, { switches: { dynamicUnitMessage: 'A rule keeps them.' } })
    const group = { '@odata.type': '#microsoft.graph.group', displayName: 'In', mailNickname: 'in' }
    for (const refused of [
      await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(BOB)),
      await call(`DELETE ${UNITS}/${UNIT}/members/${ADA}/$ref`),
      await call(`POST ${UNITS}/${UNIT}/members`, { ...group, mailEnabled: false, securityEnabled: true }),
    ])
      expect(refused.message).toBe('A rule keeps them.')
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'a unit becomes dynamic by PATCH with membershipType Dynamic and a membershipRule, without one it is 400',
    source: 'Microsoft Graph, Update administrativeUnit',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`PATCH ${UNITS}/${UNIT}`, { membershipType: 'Dynamic' })).status).toBe(400)
    expect((await call(`PATCH ${UNITS}/${UNIT}`, { membershipType: 'other' })).status).toBe(400)
    expect((await call(`PATCH ${UNITS}/${UNIT}`, { ...DYNAMIC, membershipRuleProcessingState: 'On' })).status).toBe(204)
    expect((await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(BOB))).status).toBe(403)
    const assigned = { membershipType: 'Assigned', membershipRule: null, membershipRuleProcessingState: null }
    expect((await call(`PATCH ${UNITS}/${UNIT}`, assigned)).status).toBe(204)
    expect((await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(BOB))).status).toBe(204)
  },
)

rule(
  {
    area: 'Administrative units',
    says: '$search over members takes ConsistencyLevel: eventual, else it is 400 Request_UnsupportedQuery',
    source: 'Microsoft Graph, List members of an administrative unit',
  },
  async () => {
    const { call } = seeded()
    const search = `GET ${UNITS}/${UNIT}/members?$count=true&$search=${encodeURIComponent('"displayName:ada"')}`
    const refused = await call(search)
    expect([refused.status, refused.code]).toEqual([400, 'Request_UnsupportedQuery'])
    expect((await call(search, undefined, EVENTUAL)).value).toMatchObject([{ id: ADA }])
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'units do not nest, and are no members of groups: 400',
    source: 'Microsoft Entra, Administrative units',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(OTHER))).status).toBe(400)
    expect((await call(`POST /groups/${ENG}/members/$ref`, ref(OTHER))).status).toBe(400)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'an unknown unit and an unknown object are 404 Request_ResourceNotFound with the id',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const { call } = seeded()
    const nobody = ADA.replace(/1$/, '9')
    for (const answer of [
      await call(`GET ${UNITS}/${nobody}`),
      await call(`POST ${UNITS}/${nobody}/members/$ref`, ref(ADA)),
      await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(nobody)),
    ])
      expect(outcome(answer)).toBe(
        `404 Request_ResourceNotFound Resource '${nobody}' does not exist or one of its queried reference-property objects are not present.`,
      )
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'the refusal of a change has the code of a missing permission',
    source: 'Microsoft Entra, Restricted management administrative units',
    unconfirmed: 'restrictedCode',
  },
  async () => {
    expect(outcome(await seeded(RESTRICTED).call(`PATCH /users/${ADA}`, { city: 'x' }))).toBe(DENIED)
    const { call } = seeded(RESTRICTED, { switches: { restrictedStatus: 400, restrictedCode: 'Request_BadRequest' } })
    expect(outcome(await call(`PATCH /users/${ADA}`, { city: 'x' }))).toMatch(/^400 Request_BadRequest /)
    expect((await call(`POST ${UNITS}/${UNIT}/members/$ref`, ref(BOB))).code).toBe('Request_BadRequest')
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'a password, a removal of members or owners and a bind of members are refused, too; isManagementRestricted is also shown of groups',
    source: 'Microsoft Entra, Restricted management administrative units',
  },
  async () => {
    const { call } = seeded(RESTRICTED)
    const refused = [
      await call(`PATCH /users/${ADA}`, { passwordProfile: { password: 'xWwvJ]6NMw+bWH-d' } }),
      await call(`DELETE /users/${ADA}/manager/$ref`),
      await call(`PATCH /groups/${ENG}`, { 'members@odata.bind': binds(ADA) }),
      await call(`DELETE /groups/${ENG}/members/${BOB}/$ref`),
      await call(`DELETE /groups/${ENG}/owners/${BOB}/$ref`),
    ]
    expect(refused.map(outcome)).toEqual(refused.map(() => DENIED))
    const { body } = await call(`GET /groups/${ENG}?$select=isManagementRestricted`)
    expect(body.isManagementRestricted).toBe(true)
  },
)

rule(
  {
    area: 'Restricted administrative units',
    says: 'members are also taken out of the unit at tenant scope by a Privileged Role Administrator; no Microsoft 365 group is made inside it: 400',
    source: 'Microsoft Entra, Restricted management administrative units',
  },
  async () => {
    const { call } = seeded(RESTRICTED, PRIVILEGED)
    expect((await call(`DELETE ${UNITS}/${UNIT}/members/${ADA}/$ref`)).status).toBe(204)
    const group = {
      '@odata.type': '#microsoft.graph.group',
      displayName: 'In',
      mailNickname: 'in',
      securityEnabled: true,
    }
    const unified = { ...group, mailEnabled: true, groupTypes: ['Unified'] }
    expect((await call(`POST ${UNITS}/${UNIT}/members`, unified)).status).toBe(400)
    expect((await call(`POST ${UNITS}/${UNIT}/members`, { ...group, mailEnabled: false })).status).toBe(201)
  },
)

rule(
  {
    area: 'Administrative units',
    says: 'a principal holds at most a hundred built-in roles over units, also by scopedRoleMembers: one more is 403 Directory_QuotaExceeded',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const full = Array.from({ length: 100 }, (_, index) => ({ displayName: `U${index}` }))
    const { call } = seeded(
      {},
      {
        applications: [{ permissions: ['RoleManagement.ReadWrite.Directory', 'AdministrativeUnit.ReadWrite.All'] }],
        directoryRoles: ['User Administrator'],
        administrativeUnits: [...full, { id: UNIT, displayName: 'Emea' }],
        roleAssignments: full.map(({ displayName }) => ({
          role: 'User Administrator',
          principal: BOB,
          scope: `/administrativeUnits/${displayName}`,
        })),
      },
    )
    const [role] = (await call('GET /directoryRoles')).value
    const body = { roleId: role?.id, roleMemberInfo: { id: BOB } }
    const answer = await call(`POST ${UNITS}/${UNIT}/scopedRoleMembers`, body)
    expect([answer.status, answer.code]).toEqual([403, 'Directory_QuotaExceeded'])
  },
)
