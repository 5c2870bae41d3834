import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, EVENTUAL, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const CYN = 'aaaaaaaa-0000-4000-8000-000000000003'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const OPS = 'bbbbbbbb-0000-4000-8000-000000000002'
const TEAM = 'bbbbbbbb-0000-4000-8000-000000000003'
const NOBODY = '99999999-0000-4000-8000-000000000009'
const SP = 'ffffffff-0000-4000-8000-00000000000a'

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [
      {
        servicePrincipalId: SP,
        permissions: ['Group.ReadWrite.All', 'User.ReadWrite.All', 'Application.ReadWrite.All'],
      },
    ],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
      { id: CYN, userPrincipalName: 'cyn@example.com', displayName: 'Cyn', userType: 'Guest' },
    ],
    groups: [
      { id: ENG, displayName: 'Eng', members: ['bob@example.com'] },
      { id: OPS, displayName: 'Ops', members: ['Eng'] },
      {
        id: TEAM,
        displayName: 'Team',
        mailNickname: 'team',
        mailEnabled: true,
        groupTypes: ['Unified'],
        owners: ['bob@example.com'],
      },
    ],
    devices: [{ id: 'dddddddd-0000-4000-8000-000000000001', displayName: 'Laptop' }],
    ...more,
  })

const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`
const ids = ({ value }: Answer): unknown[] => value.map(({ id }) => id)
const exists = (link: string): string =>
  `400 Request_BadRequest One or more added object references already exist for the following modified properties: '${link}'.`
const absent = (id: string): string =>
  `404 Request_ResourceNotFound Resource '${id}' does not exist or one of its queried reference-property objects are not present.`
const DENIED = '403 Authorization_RequestDenied Insufficient privileges to complete the operation.'

rule(
  {
    area: 'Group members',
    says: 'POST members/$ref is 204; the host of @odata.id is not looked at, and /users/{id}, /groups/{id} and /directoryObjects/{id} all do',
    source: 'hashicorp/go-azure-sdk',
  },
  async () => {
    for (const reference of [
      `https://graph.microsoft.com/v1.0/directoryObjects/${ADA}`,
      `https://localhost:8443/v1.0/users/${ADA}`,
      `https://elsewhere.example/beta/users/${ADA}`,
      `https://localhost:8443/v1.0/groups/${OPS}`,
      `https://localhost:8443/v1.0/directoryObjects('${ADA}')`,
    ]) {
      const answer = await seeded().call(`POST /groups/${ENG}/members/$ref`, { '@odata.id': reference })
      expect([reference, answer.status, answer.body]).toEqual([reference, 204, {}])
    }
    const wrong = await seeded().call(`POST /groups/${ENG}/members/$ref`, {
      '@odata.id': `https://x/v1.0/groups/${ADA}`,
    })
    expect(outcome(wrong)).toBe(absent(ADA))
  },
)

rule(
  {
    area: 'Group members',
    says: 'who is a member already is 400 Request_BadRequest "One or more added object references already exist" for POST and PATCH alike',
    source: 'Group Membership Management by Microsoft; Canvas LMS',
  },
  async () => {
    const { call } = seeded()
    expect(outcome(await call(`POST /groups/${ENG}/members/$ref`, ref(BOB)))).toBe(exists('members'))
    expect(outcome(await call(`PATCH /groups/${ENG}`, { 'members@odata.bind': binds(ADA, BOB) }))).toBe(
      exists('members'),
    )
    expect(ids(await call(`GET /groups/${ENG}/members`))).toEqual([BOB])
  },
)

rule(
  {
    area: 'Group members',
    says: 'an unknown member or group is 404 Request_ResourceNotFound with its id; a PATCH names the first bad id and adds nobody',
    source: 'Group Membership Management by Microsoft; Canvas LMS',
  },
  async () => {
    const { call } = seeded()
    expect(outcome(await call(`POST /groups/${ENG}/members/$ref`, ref(NOBODY)))).toBe(absent(NOBODY))
    expect(outcome(await call(`POST /groups/${NOBODY}/members/$ref`, ref(ADA)))).toBe(absent(NOBODY))
    const other = NOBODY.replace(/9$/, '8')
    const patch = { 'members@odata.bind': binds(ADA, other, NOBODY) }
    expect(outcome(await call(`PATCH /groups/${ENG}`, patch))).toBe(absent(other))
    expect(ids(await call(`GET /groups/${ENG}/members`))).toEqual([BOB])
  },
)

rule(
  {
    area: 'Group members',
    says: 'PATCH with members@odata.bind adds up to twenty at once, 204; twenty-one are 400',
    source: 'Microsoft Graph, Add members',
  },
  async () => {
    const users = Array.from({ length: 21 }, (_, index) => ({
      id: `aaaaaaaa-0000-4000-8000-0000000001${String(index).padStart(2, '0')}`,
      userPrincipalName: `u${index}@example.com`,
    }))
    const { call } = seeded({ users, groups: [{ id: ENG, displayName: 'Eng' }] })
    const patch = (count: number): Promise<Answer> =>
      call(`PATCH /groups/${ENG}`, { 'members@odata.bind': binds(...users.slice(0, count).map(({ id }) => id)) })
    const refused = await patch(21)
    expect([refused.status, refused.code]).toEqual([400, 'Request_BadRequest'])
    expect((await patch(20)).status).toBe(204)
    expect((await call(`GET /groups/${ENG}/members?$select=id`)).value).toHaveLength(20)
  },
)

rule(
  {
    area: 'Group members',
    says: 'POST and PATCH of /groups/{id}/members with members@odata.bind are refused',
    source: 'Microsoft Graph, Add members',
    unconfirmed: 'bulkMemberRoutes',
  },
  async () => {
    const patch = { 'members@odata.bind': binds(ADA) }
    expect((await seeded().call(`PATCH /groups/${ENG}/members`, patch)).status).toBe(400)
    expect((await seeded().call(`POST /groups/${ENG}/members`, patch)).status).toBe(400)
    const { call } = seeded({ switches: { bulkMemberRoutes: true } })
    expect((await call(`PATCH /groups/${ENG}/members`, patch)).status).toBe(204)
  },
)

rule(
  {
    area: 'Group members',
    says: 'DELETE members/{id}/$ref is 204 and leaves the object; without /$ref the object itself is deleted, if the application may',
    source: 'Microsoft Graph, Remove member',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`DELETE /groups/${ENG}/members/${BOB}/$ref`)).status).toBe(204)
    expect((await call(`GET /users/${BOB}`)).status).toBe(200)
    await call(`POST /groups/${ENG}/members/$ref`, ref(BOB))
    expect((await call(`DELETE /groups/${ENG}/members/${BOB}`)).status).toBe(204)
    expect((await call(`GET /users/${BOB}`)).status).toBe(404)
    const modest = seeded({ applications: [{ permissions: ['GroupMember.ReadWrite.All'] }] })
    expect(outcome(await modest.call(`DELETE /groups/${ENG}/members/${BOB}`))).toBe(DENIED)
  },
)

rule(
  {
    area: 'Group members',
    says: 'removing who is no member is 404 with the id, or 400 "One or more removed object references do not exist" when raced',
    source: 'Group Membership Management by Microsoft; Canvas LMS',
    unconfirmed: 'removeNonMemberStatus',
  },
  async () => {
    const path = `DELETE /groups/${ENG}/members/${ADA}/$ref`
    expect(outcome(await seeded().call(path))).toBe(absent(ADA))
    const { call } = seeded({ switches: { removeNonMemberStatus: 400 } })
    expect(outcome(await call(path))).toBe(
      "400 Request_BadRequest One or more removed object references do not exist for the following modified properties: 'members'.",
    )
  },
)

rule(
  {
    area: 'Group members',
    says: 'a dynamic group refuses members by hand with 403 Authorization_RequestDenied "Insufficient privileges to complete the operation."',
    source: 'Microsoft support, Troubleshoot 403 error when adding a user to a group',
  },
  async () => {
    const dynamic = { id: ENG, displayName: 'All', groupTypes: ['DynamicMembership'], membershipRule: 'true' }
    const { call } = seeded({ groups: [{ ...dynamic, members: ['bob@example.com'] }] })
    expect(outcome(await call(`POST /groups/${ENG}/members/$ref`, ref(ADA)))).toBe(DENIED)
    expect(outcome(await call(`PATCH /groups/${ENG}`, { 'members@odata.bind': binds(ADA) }))).toBe(DENIED)
    expect(outcome(await call(`DELETE /groups/${ENG}/members/${BOB}/$ref`))).toBe(DENIED)
  },
)

rule(
  {
    area: 'Group members',
    says: 'a role-assignable group takes RoleManagement.ReadWrite.Directory besides, else 403',
    source: 'Microsoft support, Troubleshoot 403 error when adding a user to a group',
  },
  async () => {
    const groups = [{ id: ENG, displayName: 'Admins', isAssignableToRole: true }]
    expect(outcome(await seeded({ groups }).call(`POST /groups/${ENG}/members/$ref`, ref(ADA)))).toBe(DENIED)
    const permissions = ['Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory']
    const { call } = seeded({ groups, applications: [{ permissions }] })
    expect((await call(`POST /groups/${ENG}/members/$ref`, ref(ADA))).status).toBe(204)
  },
)

rule(
  {
    area: 'Group members',
    says: 'a mail-enabled security or distribution group is 400 "Cannot Update a mail-enabled security groups and or distribution list."',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    const { call } = seeded({ groups: [{ id: ENG, displayName: 'List', mailEnabled: true, securityEnabled: false }] })
    expect(outcome(await call(`POST /groups/${ENG}/members/$ref`, ref(ADA)))).toBe(
      '400 Request_BadRequest Cannot Update a mail-enabled security groups and or distribution list.',
    )
  },
)

rule(
  {
    area: 'Group members',
    says: 'a guest is refused by a Microsoft 365 group whose settings say AllowToAddGuests false: 403 "Guests users are not allowed to join"',
    source: 'Group Membership Management by Microsoft',
  },
  async () => {
    const { call } = seeded()
    const setting = {
      templateId: '08d542b9-071f-4e16-94b0-74abb372e3d9',
      values: [{ name: 'AllowToAddGuests', value: 'false' }],
    }
    expect((await call(`POST /groups/${TEAM}/settings`, setting)).status).toBe(201)
    const answer = await call(`POST /groups/${TEAM}/members/$ref`, ref(CYN))
    expect([answer.status, answer.message]).toEqual([
      403,
      expect.stringContaining('Guests users are not allowed to join'),
    ])
    expect((await call(`POST /groups/${TEAM}/members/$ref`, ref(ADA))).status).toBe(204)
  },
)

rule(
  {
    area: 'Group members',
    says: 'a Microsoft 365 group holds users only; a security group also groups, devices and service principals',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`POST /groups/${TEAM}/members/$ref`, ref(ENG))).status).toBe(400)
    expect((await call(`POST /groups/${ENG}/members/$ref`, ref(SP))).status).toBe(204)
    expect((await call(`POST /groups/${ENG}/members/$ref`, ref(OPS))).status).toBe(204)
  },
)

rule(
  {
    area: 'Group members',
    says: 'devices take Device.ReadWrite.All and service principals Application.ReadWrite.All besides',
    source: 'Microsoft Graph, Add members',
  },
  async () => {
    const device = 'dddddddd-0000-4000-8000-000000000001'
    const { call } = seeded({ applications: [{ servicePrincipalId: SP, permissions: ['GroupMember.ReadWrite.All'] }] })
    expect(outcome(await call(`POST /groups/${ENG}/members/$ref`, ref(device)))).toBe(DENIED)
    expect(outcome(await call(`POST /groups/${ENG}/members/$ref`, ref(SP)))).toBe(DENIED)
    expect((await call(`POST /groups/${ENG}/members/$ref`, ref(ADA))).status).toBe(204)
  },
)

rule(
  {
    area: 'Group members',
    says: 'adding users takes no user permission besides GroupMember.ReadWrite.All',
    source: 'Microsoft Graph, Add members',
    unconfirmed: 'memberAddNeedsUserPermission',
  },
  async () => {
    const applications = [{ permissions: ['GroupMember.ReadWrite.All'] }]
    expect((await seeded({ applications }).call(`POST /groups/${ENG}/members/$ref`, ref(ADA))).status).toBe(204)
    const strict = seeded({ applications, switches: { memberAddNeedsUserPermission: true } })
    expect(outcome(await strict.call(`POST /groups/${ENG}/members/$ref`, ref(ADA)))).toBe(DENIED)
  },
)

rule(
  {
    area: 'Group members',
    says: 'v1.0 leaves service principals out of the list, /beta shows them',
    source: 'terraform-provider-azuread, issue 1018',
  },
  async () => {
    const { call } = seeded()
    await call(`POST /groups/${ENG}/members/$ref`, ref(SP))
    expect(ids(await call(`GET /groups/${ENG}/members`))).toEqual([BOB])
    expect((await call(`GET /beta/groups/${ENG}/members`)).value.map(member => member['@odata.type'])).toEqual(
      expect.arrayContaining(['#microsoft.graph.user', '#microsoft.graph.servicePrincipal']),
    )
  },
)

rule(
  {
    area: 'Group members',
    says: 'members are listed with @odata.type, cast to one kind, as $ref and as $count; $filter=id eq needs no advanced query; transitiveMembers goes through groups',
    source: 'Microsoft Graph, List members',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`GET /groups/${OPS}/members`)).value).toMatchObject([
      { '@odata.type': '#microsoft.graph.group' },
    ])
    expect(ids(await call(`GET /groups/${ENG}/members/microsoft.graph.user?$select=id`))).toEqual([BOB])
    expect(ids(await call(`GET /groups/${OPS}/members/microsoft.graph.user`))).toEqual([])
    expect((await call(`GET /groups/${ENG}/members/$ref`)).value).toEqual([
      { '@odata.id': `https://localhost:8443/v1.0/directoryObjects/${BOB}` },
    ])
    expect(ids(await call(`GET /groups/${ENG}/members?$filter=id eq '${BOB}'`))).toEqual([BOB])
    expect(ids(await call(`GET /groups/${ENG}/members?$filter=id eq '${ADA}'`))).toEqual([])
    expect(ids(await call(`GET /groups/${OPS}/transitiveMembers`)).sort()).toEqual([BOB, ENG])
    expect((await call(`GET /groups/${ENG}/members/$count`, undefined, EVENTUAL)).status).toBe(200)
  },
)

rule(
  {
    area: 'Group members',
    says: 'one link is read with GET members/{id}/$ref, 404 when there is none, whatever $select says',
    source: 'manicminer/hamilton, groups client',
  },
  async () => {
    const { call } = seeded()
    const path = (id: string): string => `GET /beta/groups/${ENG}/members/${id}/$ref?$select=id,url`
    expect((await call(path(BOB))).body).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: BOB })
    expect((await call(path(ADA))).status).toBe(404)
  },
)

rule(
  {
    area: 'Group owners',
    says: 'POST owners/$ref and DELETE owners/{id}/$ref are 204; who is an owner already is 400 with owners in the words',
    source: 'Microsoft Graph, Add group owners',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`POST /groups/${ENG}/owners/$ref`, ref(ADA))).status).toBe(204)
    expect(outcome(await call(`POST /groups/${ENG}/owners/$ref`, ref(ADA)))).toBe(exists('owners'))
    expect((await call(`GET /groups/${ENG}/owners/${ADA}/$ref`)).body.id).toBe(ADA)
    expect((await call(`DELETE /groups/${ENG}/owners/${ADA}/$ref`)).status).toBe(204)
    expect((await call(`DELETE /groups/${ENG}/owners/${ADA}/$ref`)).status).toBe(404)
  },
)

rule(
  {
    area: 'Group owners',
    says: 'the last owner of a Microsoft 365 group is 400 "The group must have at least one owner, hence this owner cannot be removed."',
    source: 'Canvas LMS',
  },
  async () => {
    expect(outcome(await seeded().call(`DELETE /groups/${TEAM}/owners/${BOB}/$ref`))).toBe(
      '400 Request_BadRequest The group must have at least one owner, hence this owner cannot be removed.',
    )
  },
)

rule(
  {
    area: 'Group owners',
    says: `a hundred and first owner is 403 Directory_QuotaExceeded "Unable to perform operation as '101' would exceed the maximum quota count '100' for forward-link owners."`,
    source: 'Canvas LMS',
  },
  async () => {
    const users = Array.from({ length: 101 }, (_, index) => ({
      id: `aaaaaaaa-0000-4000-8000-000000000${100 + index}`,
      userPrincipalName: `u${index}@example.com`,
    }))
    const owners = users.slice(0, 100).map(({ id }) => id)
    const { call } = seeded({ users, groups: [{ id: ENG, displayName: 'Eng', owners }] })
    expect(outcome(await call(`POST /groups/${ENG}/owners/$ref`, ref(users[100]?.id ?? '')))).toBe(
      "403 Directory_QuotaExceeded Unable to perform operation as '101' would exceed the maximum quota count '100' for forward-link owners.",
    )
  },
)
