import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const SECURITY = { displayName: 'Ops', mailEnabled: false, mailNickname: 'ops', securityEnabled: true }
const UNIFIED = { ...SECURITY, mailNickname: 'm365', mailEnabled: true, groupTypes: ['Unified'] }

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    tenant: { domains: ['example.com'] },
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    groups: [{ id: ENG, displayName: 'Eng', mailNickname: 'eng' }],
    ...more,
  })

const withRights = (more: EntraState = {}): TestTenant =>
  seeded({
    applications: [{ permissions: ['Group.ReadWrite.All', 'User.Read.All', 'RoleManagement.ReadWrite.Directory'] }],
    ...more,
  })

const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'Groups: create',
    says: 'POST /groups is 201 with the default properties; displayName, mailEnabled, mailNickname and securityEnabled are required',
    source: 'Microsoft Graph, Create group',
  },
  async () => {
    const { call } = seeded()
    const { status, body } = await call('POST /groups', SECURITY)
    expect([status, body['@odata.context']]).toEqual([201, 'https://localhost:8443/v1.0/$metadata#groups/$entity'])
    expect(body).toMatchObject({
      displayName: 'Ops',
      groupTypes: [],
      securityEnabled: true,
      mail: null,
      visibility: null,
    })
    expect(Object.keys(body)).toEqual(['@odata.context', ...Object.keys((await call('GET /groups')).value[0] ?? {})])
    for (const name of Object.keys(SECURITY))
      expect((await call('POST /groups', { ...SECURITY, [name]: undefined })).status).toBe(400)
  },
)

rule(
  {
    area: 'Groups: create',
    says: 'members@odata.bind and owners@odata.bind on create link up to twenty objects together, in any form of reference',
    source: 'Microsoft Graph, Create group',
  },
  async () => {
    const { call } = seeded()
    const { body } = await call('POST /groups', {
      ...SECURITY,
      'members@odata.bind': [
        `https://graph.microsoft.com/v1.0/users/${ADA}`,
        `https://localhost:8443/beta/groups/${ENG}`,
        `https://localhost:8443/v1.0/dddddddd-0000-4000-8000-00000000000a/directoryObjects/${BOB}`,
      ],
      'owners@odata.bind': binds(ADA),
    })
    const members = (await call(`GET /groups/${body.id}/members?$select=id`)).value.map(({ id }) => id)
    expect(members.sort()).toEqual([ADA, BOB, ENG])
    expect((await call(`GET /groups/${body.id}/owners`)).value).toMatchObject([{ id: ADA }])
    const many = Array.from({ length: 20 }, (_, index) => ref(`${ADA.slice(0, -2)}${10 + index}`)['@odata.id'])
    const refused = await call('POST /groups', {
      ...SECURITY,
      'members@odata.bind': many,
      'owners@odata.bind': binds(ADA),
    })
    expect(refused.status).toBe(400)
  },
)

rule(
  {
    area: 'Groups: create',
    says: 'an owner listed twice is 400 "Request contains a property with duplicate values"',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const answer = await seeded().call('POST /groups', { ...SECURITY, 'owners@odata.bind': binds(ADA, ADA) })
    expect(outcome(answer)).toBe('400 Request_BadRequest Request contains a property with duplicate values')
  },
)

rule(
  {
    area: 'Groups: create',
    says: 'isAssignableToRole needs RoleManagement.ReadWrite.Directory and securityEnabled, excludes a rule, and never changes afterwards',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const role = { ...SECURITY, isAssignableToRole: true }
    const denied = await seeded().call('POST /groups', role)
    expect([denied.status, denied.code]).toEqual([403, 'Authorization_RequestDenied'])
    const { call } = withRights()
    const { status, body } = await call('POST /groups', role)
    expect(status).toBe(201)
    const dynamic = { groupTypes: ['DynamicMembership'], membershipRule: 'x' }
    expect((await call('POST /groups', { ...role, ...dynamic })).status).toBe(400)
    expect((await call('POST /groups', { ...role, ...UNIFIED, securityEnabled: false })).status).toBe(400)
    expect((await call(`PATCH /groups/${body.id}`, { isAssignableToRole: false })).status).toBe(400)
    expect((await call(`PATCH /groups/${ENG}`, { isAssignableToRole: true })).status).toBe(400)
  },
)

rule(
  {
    area: 'Groups: create',
    says: 'five hundred role-assignable groups are the most',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const groups = Array.from({ length: 500 }, (_, index) => ({ displayName: `R${index}`, isAssignableToRole: true }))
    const answer = await withRights({ groups }).call('POST /groups', { ...SECURITY, isAssignableToRole: true })
    expect([answer.status, answer.code]).toEqual([403, 'Directory_QuotaExceeded'])
  },
)

rule(
  {
    area: 'Groups: create',
    says: 'a dynamic group has DynamicMembership in groupTypes and needs a membershipRule; there are only so many, with dynamic administrative units',
    source: 'Microsoft Entra service limits and restrictions',
    unconfirmed: 'dynamicQuota',
  },
  async () => {
    const dynamic = { ...SECURITY, groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "x"' }
    const { call } = seeded({ switches: { dynamicQuota: 1 } })
    expect((await call('POST /groups', { ...dynamic, membershipRule: undefined })).status).toBe(400)
    expect((await call('POST /groups', dynamic)).status).toBe(201)
    const second = await call('POST /groups', dynamic)
    expect([second.status, second.code]).toEqual([403, 'Directory_QuotaExceeded'])
  },
)

rule(
  {
    area: 'Groups: create',
    says: 'visibility HiddenMembership goes to Microsoft 365 groups only, and only at creation; its members take Member.Read.Hidden to be read',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const { call } = seeded()
    expect((await call('POST /groups', { ...SECURITY, visibility: 'HiddenMembership' })).status).toBe(400)
    const { status, body } = await call('POST /groups', { ...UNIFIED, visibility: 'HiddenMembership' })
    expect(status).toBe(201)
    expect((await call(`GET /groups/${body.id}/members`)).status).toBe(403)
    const open = await call('POST /groups', { ...UNIFIED, mailNickname: 'open' })
    expect((await call(`PATCH /groups/${open.body.id}`, { visibility: 'HiddenMembership' })).status).toBe(400)
  },
)

rule(
  {
    area: 'Groups: create',
    says: 'a mail-enabled group that is no Microsoft 365 group cannot be created',
    source: 'Microsoft Graph, Create group',
  },
  async () => {
    expect((await seeded().call('POST /groups', { ...SECURITY, mailEnabled: true })).status).toBe(400)
  },
)

rule(
  {
    area: 'Groups: update',
    says: 'PATCH is 204; properties and references go together or not at all',
    source: 'Microsoft Graph, Update group',
  },
  async () => {
    const { call } = seeded()
    const patched = await call(`PATCH /groups/${ENG}`, { description: 'x', 'members@odata.bind': binds(ADA) })
    expect([patched.status, patched.body]).toEqual([204, {}])
    const refused = await call(`PATCH /groups/${ENG}`, { description: 'y', 'members@odata.bind': binds(BOB, ADA) })
    expect(refused.status).toBe(400)
    expect((await call(`GET /groups/${ENG}?$select=description`)).body.description).toBe('x')
    expect((await call(`GET /groups/${ENG}/members`)).value).toHaveLength(1)
  },
)

rule(
  {
    area: 'Groups: update',
    says: 'a group synced from Active Directory refuses changes with 400 "Unable to update the specified properties for on-premises mastered Directory Sync objects"',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    const { call } = seeded({ groups: [{ id: ENG, displayName: 'AD', onPremisesSyncEnabled: true }] })
    for (const answer of [
      await call(`PATCH /groups/${ENG}`, { description: 'x' }),
      await call(`POST /groups/${ENG}/members/$ref`, ref(ADA)),
    ]) {
      expect(outcome(answer)).toMatch(
        /^400 Request_BadRequest Unable to update the specified properties for on-premises mastered Directory Sync objects/,
      )
    }
  },
)

rule(
  {
    area: 'Groups: delete',
    says: 'DELETE is 204 and moves a group of either kind to the bin',
    source: 'A public tenant-seeding module run against a real tenant',
    unconfirmed: 'securityGroupsToBin',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`DELETE /groups/${ENG}`)).status).toBe(204)
    expect((await call(`GET /groups/${ENG}`)).status).toBe(404)
    expect((await call('GET /directory/deletedItems/microsoft.graph.group')).value).toMatchObject([{ id: ENG }])
    const gone = seeded({ switches: { securityGroupsToBin: false } })
    await gone.call(`DELETE /groups/${ENG}`)
    expect((await gone.call(`GET /directory/deletedItems/${ENG}`)).status).toBe(404)
  },
)

rule(
  {
    area: 'Groups: delete',
    says: 'a group that carries licences cannot be deleted',
    source: 'A public tenant-seeding module run against a real tenant',
  },
  async () => {
    const { call } = seeded({
      subscribedSkus: [{ skuPartNumber: 'E5' }],
      groups: [{ id: ENG, displayName: 'Eng', assignedLicenses: [{ skuPartNumber: 'E5' }] }],
    })
    const answer = await call(`DELETE /groups/${ENG}`)
    expect([answer.status, answer.code]).toEqual([400, 'Request_BadRequest'])
  },
)

rule(
  {
    area: 'Groups: delete',
    says: 'the mailNickname of a Microsoft 365 group stays reserved while it is in the bin',
    source: 'A public tenant-seeding module run against a real tenant',
  },
  async () => {
    const { call } = seeded()
    const { body } = await call('POST /groups', UNIFIED)
    await call(`DELETE /groups/${body.id}`)
    expect((await call('POST /groups', UNIFIED)).message).toBe(
      'Another object with the same value for property mailNickname already exists.',
    )
    await call(`DELETE /directory/deletedItems/${body.id}`)
    expect((await call('POST /groups', UNIFIED)).status).toBe(201)
  },
)

rule(
  {
    area: 'Groups: read',
    says: 'the tenant id may stand between version and path, and /beta serves the same groups, members and owners',
    source: 'manicminer/hamilton',
  },
  async () => {
    const { call, tenant } = seeded()
    const root = `https://localhost:8443/beta/${tenant.tenantId}`
    expect((await call(`GET ${root}/groups/${ENG}`)).body).toMatchObject({
      '@odata.context': 'https://localhost:8443/beta/$metadata#groups/$entity',
      id: ENG,
    })
    expect((await call(`POST ${root}/groups/${ENG}/members/$ref`, ref(ADA))).status).toBe(204)
    expect((await call(`GET /beta/groups/${ENG}/members?$select=id`)).value).toMatchObject([{ id: ADA }])
    expect((await call(`GET /beta/groups/${ENG}/owners`)).value).toEqual([])
  },
)

rule(
  {
    area: 'Groups: read',
    says: 'the properties of Microsoft 365 groups that a provider reads besides can be selected',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const select = 'allowExternalSenders,autoSubscribeNewMembers,hideFromAddressLists,hideFromOutlookClients'
    expect((await seeded().call(`GET /beta/groups/${ENG}?$select=${select}`)).status).toBe(200)
  },
)

rule(
  {
    area: 'Groups: read',
    says: 'a provider that creates with nulls, @odata.type and itself as owner, renames twice and reads back over /beta finds what it wrote',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const sp = 'ffffffff-0000-4000-8000-00000000000a'
    const { call } = seeded({
      applications: [{ servicePrincipalId: sp, permissions: ['Group.ReadWrite.All', 'User.Read.All'] }],
    })
    const beta = 'https://localhost:8443/beta'
    const { status, body } = await call('POST /beta/groups', {
      ...SECURITY,
      '@odata.type': '#microsoft.graph.group',
      description: null,
      groupTypes: [],
      isAssignableToRole: false,
      membershipRule: null,
      resourceBehaviorOptions: [],
      resourceProvisioningOptions: [],
      'owners@odata.bind': [`${beta}/directoryObjects/${sp}`],
    })
    expect(status).toBe(201)
    const group = `/beta/groups/${body.id}`
    for (const displayName of ['TERRAFORM_UPDATE_1', 'Ops'])
      expect((await call(`PATCH ${group}`, { '@odata.type': '#microsoft.graph.group', displayName })).status).toBe(204)
    const reference = { '@odata.id': `${beta}/directoryObjects/${ADA}` }
    expect((await call(`POST ${group}/members/$ref`, reference)).status).toBe(204)
    const update = {
      description: null,
      displayName: 'Ops',
      mailEnabled: false,
      membershipRule: null,
      securityEnabled: true,
    }
    expect((await call(`PATCH ${group}`, update)).status).toBe(204)
    expect((await call(`GET ${group}`)).body).toMatchObject({ ...SECURITY, description: null, membershipRule: null })
    expect((await call(`GET ${group}/owners`)).value).toMatchObject([
      { '@odata.type': '#microsoft.graph.servicePrincipal', id: sp },
    ])
    expect((await call(`GET ${group}/members?$filter=id eq '${ADA}'`)).value).toMatchObject([
      { '@odata.type': '#microsoft.graph.user', id: ADA },
    ])
  },
)
