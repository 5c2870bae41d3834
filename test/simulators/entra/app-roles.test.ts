import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const CRM = 'ffffffff-0000-4000-8000-000000000001'
const OWN = 'ffffffff-0000-4000-8000-00000000000a'
const SALES = '11111111-0000-4000-8000-000000000001'
const DAEMON = '11111111-0000-4000-8000-000000000002'
const NONE = '00000000-0000-0000-0000-000000000000'

const role = (id: string, value: string, type: string): Record<string, unknown> => ({
  id,
  value,
  displayName: value,
  description: value,
  allowedMemberTypes: [type],
  isEnabled: true,
})

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [
      {
        servicePrincipalId: OWN,
        permissions: ['AppRoleAssignment.ReadWrite.All', 'Application.ReadWrite.All', 'Directory.Read.All'],
      },
    ],
    users: [{ id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' }],
    groups: [{ id: ENG, displayName: 'Eng' }],
    servicePrincipals: [
      {
        id: CRM,
        appId: 'eeeeeeee-0000-4000-8000-000000000001',
        displayName: 'CRM',
        appRoles: [role(SALES, 'Sales', 'User'), role(DAEMON, 'Daemon', 'Application')],
      },
    ],
    ...more,
  })

const grant = (principalId: string, appRoleId = SALES): Record<string, string> => ({
  principalId,
  resourceId: CRM,
  appRoleId,
})
const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'App roles',
    says: 'POST /servicePrincipals/{id}/appRoleAssignedTo is 201 with id, deletedDateTime null, appRoleId, createdDateTime, principalDisplayName, principalId, principalType, resourceDisplayName and resourceId',
    source: 'Microsoft Graph, Grant an appRoleAssignment',
  },
  async () => {
    const { call } = seeded()
    const { status, body } = await call(`POST /servicePrincipals/${CRM}/appRoleAssignedTo`, grant(ADA))
    expect(status).toBe(201)
    expect(body).toMatchObject({
      deletedDateTime: null,
      appRoleId: SALES,
      createdDateTime: '2026-03-02T09:00:00Z',
      principalDisplayName: 'Ada',
      principalId: ADA,
      principalType: 'User',
      resourceDisplayName: 'CRM',
      resourceId: CRM,
    })
    expect(Object.keys(body)).toHaveLength(10)
  },
)

rule(
  {
    area: 'App roles',
    says: 'the same assignment is made, listed and deleted under users, groups and servicePrincipals as appRoleAssignments',
    source: 'Microsoft Graph, Grant an appRoleAssignment',
  },
  async () => {
    const { call } = seeded()
    const paths = [
      [`/users/${ADA}`, grant(ADA), 'User'],
      [`/groups/${ENG}`, grant(ENG), 'Group'],
      [`/servicePrincipals/${OWN}`, grant(OWN, DAEMON), 'ServicePrincipal'],
    ] as const
    for (const [path, body, type] of paths) {
      const made = await call(`POST ${path}/appRoleAssignments`, body)
      expect([made.status, made.body.principalType]).toEqual([201, type])
      const listed = (await call(`GET ${path}/appRoleAssignments?$filter=resourceId eq ${CRM}`)).value
      expect(listed).toMatchObject([{ id: made.body.id }])
      expect((await call(`GET /servicePrincipals/${CRM}/appRoleAssignedTo`)).value).toMatchObject([
        { id: made.body.id },
      ])
      expect((await call(`DELETE ${path}/appRoleAssignments/${made.body.id}`)).status).toBe(204)
    }
    const { body } = await call(`POST /users/${ADA}/appRoleAssignments`, grant(ADA))
    expect((await call(`DELETE /servicePrincipals/${CRM}/appRoleAssignedTo/${body.id}`)).status).toBe(204)
    expect((await call(`DELETE /servicePrincipals/${CRM}/appRoleAssignedTo/${body.id}`)).status).toBe(404)
  },
)

rule(
  {
    area: 'App roles',
    says: 'the GUID of zeros is default access',
    source: 'Microsoft Graph, Grant an appRoleAssignment',
  },
  async () => {
    const answer = await seeded().call(`POST /users/${ADA}/appRoleAssignments`, grant(ADA, NONE))
    expect([answer.status, answer.body.appRoleId]).toEqual([201, NONE])
  },
)

rule(
  {
    area: 'App roles',
    says: 'a second time is 400 Request_BadRequest "Permission being assigned already exists on the object."',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    const { call } = seeded()
    await call(`POST /users/${ADA}/appRoleAssignments`, grant(ADA))
    expect(outcome(await call(`POST /servicePrincipals/${CRM}/appRoleAssignedTo`, grant(ADA)))).toBe(
      '400 Request_BadRequest Permission being assigned already exists on the object.',
    )
  },
)

rule(
  {
    area: 'App roles',
    says: 'a principal or role that is not there is 400 "Not a valid reference update"; a role for applications does not go to a user',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const { call } = seeded()
    const path = `POST /servicePrincipals/${CRM}/appRoleAssignedTo`
    for (const body of [grant('99999999-0000-4000-8000-000000000009'), grant(ADA, ENG), grant(ADA, DAEMON)])
      expect(outcome(await call(path, body))).toMatch(/^400 Request_BadRequest Not a valid reference update/)
  },
)

rule(
  {
    area: 'App roles',
    says: 'a principal holds 1500 assignments at most',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const many = Array.from({ length: 1500 }, (_, index) => ({
      id: `a${index}`,
      principal: ADA,
      resource: 'ffffffff-0000-4000-8000-000000000001',
      appRoleId: `22222222-0000-4000-8000-00000000${1000 + index}`,
    }))
    const { call } = seeded({ appRoleAssignments: many })
    const answer = await call(`POST /users/${ADA}/appRoleAssignments`, grant(ADA))
    expect([answer.status, answer.code]).toEqual([403, 'Directory_QuotaExceeded'])
  },
)

rule(
  {
    area: 'App roles',
    says: 'creating takes AppRoleAssignment.ReadWrite.All and Application.Read.All, deleting only the first',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const assignment = { id: 'x1', principal: ADA, resource: 'ffffffff-0000-4000-8000-000000000001', appRoleId: SALES }
    const applications = [{ permissions: ['AppRoleAssignment.ReadWrite.All'] }]
    const { call } = seeded({ applications, appRoleAssignments: [assignment] })
    expect((await call(`POST /users/${ADA}/appRoleAssignments`, grant(ADA, NONE))).status).toBe(403)
    expect((await call(`DELETE /users/${ADA}/appRoleAssignments/x1`)).status).toBe(204)
  },
)

rule(
  {
    area: 'App roles',
    says: 'an app role of Microsoft Graph assigned to an application is a permission, and stands in the roles of its next token',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const { call, signIn } = seeded()
    const [graph] = (await call("GET /servicePrincipals?$filter=displayName eq 'Microsoft Graph'")).value
    const roles = graph?.appRoles as readonly { id: string; value: string }[]
    const appRoleId = roles.find(({ value }) => value === 'User.Read.All')?.id ?? ''
    const path = `/servicePrincipals/${OWN}/appRoleAssignments`
    const made = await call(`POST ${path}`, { principalId: OWN, resourceId: graph?.id, appRoleId })
    expect(made.status).toBe(201)
    const claims = async (): Promise<unknown> =>
      JSON.parse(Buffer.from((await signIn()).split('.')[1] ?? '', 'base64url').toString('utf8')) as unknown
    expect(await claims()).toMatchObject({ roles: expect.arrayContaining(['User.Read.All']) })
    expect((await call(`DELETE ${path}/${made.body.id}`)).status).toBe(204)
    expect(await claims()).not.toMatchObject({ roles: expect.arrayContaining(['User.Read.All']) })
  },
)

rule(
  {
    area: 'Applications',
    says: 'an application is created with 201, changed with 204, read by id and by appId, and deleted to the bin',
    source: 'Microsoft Graph, Create application',
  },
  async () => {
    const { call } = seeded()
    const { status, body } = await call('POST /applications', { displayName: 'HR' })
    expect([status, body.signInAudience]).toEqual([201, 'AzureADMyOrg'])
    expect((await call(`PATCH /applications/${body.id}`, { displayName: 'People' })).status).toBe(204)
    expect((await call(`GET /applications(appId='${body.appId}')`)).body.displayName).toBe('People')
    expect((await call(`GET /applications?$filter=appId eq '${body.appId}'`)).value).toHaveLength(1)
    expect((await call(`POST /applications/${body.id}/owners/$ref`, ref(ADA))).status).toBe(204)
    expect((await call(`GET /applications/${body.id}/owners`)).value).toMatchObject([{ id: ADA }])
    expect((await call(`DELETE /applications/${body.id}`)).status).toBe(204)
    expect((await call('GET /directory/deletedItems/microsoft.graph.application')).value).toHaveLength(1)
  },
)

rule(
  {
    area: 'Applications',
    says: 'a service principal is created from the appId of an application, once, and offers its app roles',
    source: 'Microsoft Graph, Create serviceprincipal',
  },
  async () => {
    const { call } = seeded()
    const { body } = await call('POST /applications', { displayName: 'HR', appRoles: [role(SALES, 'Sales', 'User')] })
    const made = await call('POST /servicePrincipals', { appId: body.appId })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ appId: body.appId, displayName: 'HR', appRoles: [{ id: SALES }] })
    expect((await call('POST /servicePrincipals', { appId: body.appId })).status).toBe(400)
    expect((await call('POST /servicePrincipals', { appId: ADA })).status).toBe(400)
    expect((await call(`GET /servicePrincipals/appId=${body.appId}`)).status).toBe(200)
    expect((await call(`PATCH /servicePrincipals/${made.body.id}`, { notes: 'x' })).status).toBe(204)
    expect((await call(`DELETE /servicePrincipals/${made.body.id}`)).status).toBe(204)
  },
)
