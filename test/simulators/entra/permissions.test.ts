import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const UNIT = 'cccccccc-0000-4000-8000-000000000001'
const SP = 'ffffffff-0000-4000-8000-00000000000a'

const seeded = (permissions: readonly string[], more: EntraState = {}): TestTenant =>
  testTenant({
    tenant: { domains: ['example.com'] },
    applications: [{ servicePrincipalId: SP, permissions }],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    groups: [{ id: ENG, displayName: 'Eng' }],
    administrativeUnits: [{ id: UNIT, displayName: 'Emea' }],
    subscribedSkus: [{ skuPartNumber: 'E5' }],
    ...more,
  })

const NEW = {
  accountEnabled: true,
  displayName: 'Grace',
  mailNickname: 'grace',
  userPrincipalName: 'grace@example.com',
  passwordProfile: { password: 'Tr0ub4dor&3' },
}
const GROUP = { displayName: 'Ops', mailEnabled: false, mailNickname: 'ops', securityEnabled: true }
const DENIED = '403 Authorization_RequestDenied Insufficient privileges to complete the operation.'
const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

/** What one call answers with a permission, and without any. */
async function needs(permission: string, line: string, body?: unknown): Promise<void> {
  expect(outcome(await seeded(['Nothing.At.All']).call(line, body))).toBe(DENIED)
  const { status } = await seeded([permission]).call(line, body)
  expect([permission, line, status < 300]).toEqual([permission, line, true])
}

rule(
  {
    area: 'Permissions: users',
    says: 'what is not granted is 403 Authorization_RequestDenied "Insufficient privileges to complete the operation."; each operation on users has its least privileged permission',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    await needs('User.ReadBasic.All', 'GET /users')
    await needs('User.ReadBasic.All', `GET /users/${ADA}`)
    await needs('User.ReadWrite.All', 'POST /users', NEW)
    await needs('User.ReadWrite.All', `PATCH /users/${ADA}`, { department: 'x' })
    await needs('User.DeleteRestore.All', `DELETE /users/${ADA}`)
    await needs('User.RevokeSessions.All', `POST /users/${ADA}/revokeSignInSessions`)
    await needs('User.ReadWrite.All', `PUT /users/${ADA}/manager/$ref`, ref(BOB))
    await needs('GroupMember.ReadBasic.All', `GET /users/${ADA}/memberOf`)
    await needs('User.Read.All', 'GET /users/delta')
  },
)

rule(
  {
    area: 'Permissions: users',
    says: 'User.ReadBasic.All does not reach to other than basic properties, and signInActivity takes AuditLog.Read.All besides',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const { call } = seeded(['User.ReadBasic.All'])
    expect((await call('GET /users?$select=id,displayName,userPrincipalName')).status).toBe(200)
    expect(outcome(await call('GET /users?$select=id,department'))).toBe(DENIED)
    const reader = seeded(['User.Read.All'])
    expect(outcome(await reader.call('GET /users?$select=signInActivity'))).toBe(DENIED)
    expect(
      (await seeded(['User.Read.All', 'AuditLog.Read.All']).call('GET /users?$select=signInActivity')).status,
    ).toBe(200)
  },
)

rule(
  {
    area: 'Permissions: users',
    says: 'accountEnabled alone takes User.EnableDisableAccount.All with a permission to read; phones User-Phone.ReadWrite.All; otherMails User-Mail.ReadWrite.All; identities User.ManageIdentities.All',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const patch = (permissions: readonly string[], body: unknown): Promise<Answer> =>
      seeded(permissions).call(`PATCH /users/${ADA}`, body)
    const enable = 'User.EnableDisableAccount.All'
    expect(outcome(await patch([enable], { accountEnabled: false }))).toBe(DENIED)
    expect((await patch([enable, 'User.Read.All'], { accountEnabled: false })).status).toBe(204)
    expect(outcome(await patch([enable, 'User.Read.All'], { accountEnabled: false, city: 'x' }))).toBe(DENIED)
    const phones = { mobilePhone: '1', businessPhones: ['2'] }
    expect((await patch(['User-Phone.ReadWrite.All'], phones)).status).toBe(204)
    expect((await patch(['User-Mail.ReadWrite.All'], { otherMails: ['a@x.org'] })).status).toBe(204)
    expect(outcome(await patch(['User-Mail.ReadWrite.All'], phones))).toBe(DENIED)
    const identities = [{ signInType: 'userPrincipalName', issuer: 'example.com', issuerAssignedId: 'ada@example.com' }]
    expect((await patch(['User.ManageIdentities.All'], { identities })).status).toBe(204)
  },
)

rule(
  {
    area: 'Permissions: users',
    says: 'passwordProfile takes User-PasswordProfile.ReadWrite.All and at least the User Administrator role held by the application',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const body = { passwordProfile: { password: 'Tr0ub4dor&3' } }
    const permissions = ['User-PasswordProfile.ReadWrite.All']
    const withRole = (role?: string): Promise<Answer> =>
      seeded(permissions, role === undefined ? {} : { roleAssignments: [{ role, principal: SP }] }).call(
        `PATCH /users/${ADA}`,
        body,
      )
    expect(outcome(await withRole())).toBe(DENIED)
    expect(outcome(await withRole('Helpdesk Administrator'))).toBe(DENIED)
    expect((await withRole('User Administrator')).status).toBe(204)
    expect((await withRole('Global Administrator')).status).toBe(204)
  },
)

rule(
  {
    area: 'Permissions: administrators',
    says: 'sensitive properties, deletion and restore of a user who holds an admin role are 403 for an application without a higher role; one such property fails the whole PATCH',
    source: 'Microsoft Graph, Who can perform sensitive actions',
  },
  async () => {
    const roleAssignments = [{ role: 'Security Administrator', principal: ADA }]
    const { call } = seeded(['User.ReadWrite.All'], { roleAssignments })
    const sensitive = {
      accountEnabled: false,
      userPrincipalName: 'al@example.com',
      businessPhones: ['1'],
      mobilePhone: '1',
      otherMails: ['a@x.org'],
      passwordProfile: { password: 'Tr0ub4dor&3' },
    }
    for (const [name, value] of Object.entries(sensitive))
      expect([name, outcome(await call(`PATCH /users/${ADA}`, { [name]: value, city: 'Rome' }))]).toEqual([
        name,
        DENIED,
      ])
    expect((await call(`GET /users/${ADA}?$select=city`)).body.city).toBeNull()
    expect((await call(`PATCH /users/${ADA}`, { city: 'Rome' })).status).toBe(204)
    expect(outcome(await call(`DELETE /users/${ADA}`))).toBe(DENIED)
    const roles = [...roleAssignments, { role: 'Privileged Authentication Administrator', principal: SP }]
    const higher = seeded(['User.ReadWrite.All'], { roleAssignments: roles })
    expect((await higher.call(`PATCH /users/${ADA}`, { accountEnabled: false })).status).toBe(204)
    expect((await higher.call(`DELETE /users/${ADA}`)).status).toBe(204)
  },
)

rule(
  {
    area: 'Permissions: administrators',
    says: 'Directory Readers, Guest Inviter, Message Center Reader and Reports Reader are no admin roles in this sense',
    source: 'Microsoft Graph, Who can perform sensitive actions',
  },
  async () => {
    for (const role of ['Directory Readers', 'Guest Inviter', 'Message Center Reader', 'Reports Reader']) {
      const { call } = seeded(['User.ReadWrite.All'], { roleAssignments: [{ role, principal: ADA }] })
      expect([role, (await call(`PATCH /users/${ADA}`, { accountEnabled: false })).status]).toEqual([role, 204])
    }
  },
)

rule(
  {
    area: 'Permissions: administrators',
    says: 'a role that comes through a role-assignable group counts',
    source: 'Microsoft Graph, Who can perform sensitive actions',
  },
  async () => {
    const { call } = seeded(['User.ReadWrite.All'], {
      groups: [{ id: ENG, displayName: 'Admins', isAssignableToRole: true, members: ['ada@example.com'] }],
      roleAssignments: [{ role: 'Security Administrator', principal: 'Admins' }],
    })
    expect(outcome(await call(`PATCH /users/${ADA}`, { accountEnabled: false }))).toBe(DENIED)
    expect((await call(`PATCH /users/${BOB}`, { accountEnabled: false })).status).toBe(204)
  },
)

rule(
  {
    area: 'Permissions: groups',
    says: 'reading groups takes Group.ReadBasic.All, members GroupMember.ReadBasic.All, changing members GroupMember.ReadWrite.All, creating Group.Create, changing and deleting Group.ReadWrite.All',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    await needs('Group.ReadBasic.All', 'GET /groups')
    await needs('Group.ReadBasic.All', 'GET /groups/delta')
    await needs('GroupMember.ReadBasic.All', `GET /groups/${ENG}/members`)
    await needs('GroupMember.ReadWrite.All', `POST /groups/${ENG}/members/$ref`, ref(ADA))
    await needs('GroupMember.ReadWrite.All', `PATCH /groups/${ENG}`, { 'members@odata.bind': binds(ADA) })
    await needs('Group.Create', 'POST /groups', GROUP)
    await needs('Group.ReadWrite.All', `PATCH /groups/${ENG}`, { description: 'x' })
    await needs('Group.ReadWrite.All', `POST /groups/${ENG}/owners/$ref`, ref(ADA))
    await needs('Group.ReadWrite.All', `DELETE /groups/${ENG}`)
    const { call } = seeded(['GroupMember.ReadWrite.All'])
    const both = { description: 'x', 'members@odata.bind': binds(ADA) }
    expect(outcome(await call(`PATCH /groups/${ENG}`, both))).toBe(DENIED)
  },
)

rule(
  {
    area: 'Permissions: everything else',
    says: 'administrative units, roles, app roles, licences, domains and organization each have their own permission to read and to write',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    await needs('AdministrativeUnit.Read.All', 'GET /directory/administrativeUnits')
    await needs('AdministrativeUnit.ReadWrite.All', 'POST /directory/administrativeUnits', { displayName: 'x' })
    await needs(
      'AdministrativeUnit.ReadWrite.All',
      `POST /directory/administrativeUnits/${UNIT}/members/$ref`,
      ref(ADA),
    )
    await needs('RoleManagement.Read.Directory', 'GET /roleManagement/directory/roleAssignments')
    const assignment = {
      roleDefinitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
      principalId: ADA,
      directoryScopeId: '/',
    }
    await needs('RoleManagement.ReadWrite.Directory', 'POST /roleManagement/directory/roleAssignments', assignment)
    await needs('Application.Read.All', 'GET /servicePrincipals')
    await needs('LicenseAssignment.Read.All', 'GET /subscribedSkus')
    const none = { addLicenses: [], removeLicenses: [] }
    await needs('LicenseAssignment.ReadWrite.All', `POST /users/${ADA}/assignLicense`, none)
    await needs('UserAuthenticationMethod.ReadWrite.All', `GET /users/${ADA}/authentication/methods`)
    await needs('Domain.Read.All', 'GET /domains')
    await needs('Organization.Read.All', 'GET /organization')
    await needs('User.Invite.All', 'POST /invitations', {
      invitedUserEmailAddress: 'x@partner.org',
      inviteRedirectUrl: 'https://example.com',
    })
  },
)

rule(
  {
    area: 'Permissions: everything else',
    says: 'a right to read roles does not write them, and Directory.ReadWrite.All is not enough either',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const { call } = seeded(['RoleManagement.Read.Directory', 'Directory.ReadWrite.All'])
    const assignment = { roleDefinitionId: 'x', principalId: ADA, directoryScopeId: '/' }
    expect(outcome(await call('POST /roleManagement/directory/roleAssignments', assignment))).toBe(DENIED)
  },
)

rule(
  {
    area: 'Permissions: everything else',
    says: 'the bin takes the permission of the kind of object in it: User.DeleteRestore.All does not restore a group',
    source: 'Microsoft Graph, Restore deleted directory object item',
  },
  async () => {
    const deletedDateTime = '2026-03-01T00:00:00Z'
    const bin: EntraState = {
      users: [{ id: ADA, userPrincipalName: 'ada@example.com', deletedDateTime }],
      groups: [{ id: ENG, displayName: 'Eng', deletedDateTime }],
    }
    const users = seeded(['User.DeleteRestore.All'], bin)
    expect(outcome(await users.call(`POST /directory/deletedItems/${ENG}/restore`))).toBe(DENIED)
    expect((await users.call(`POST /directory/deletedItems/${ADA}/restore`)).status).toBe(200)
    const groups = seeded(['Group.ReadWrite.All'], bin)
    expect(outcome(await groups.call(`DELETE /directory/deletedItems/${ADA}`))).toBe(DENIED)
    expect((await groups.call(`DELETE /directory/deletedItems/${ENG}`)).status).toBe(204)
  },
)

rule(
  {
    area: 'Permissions: everything else',
    says: 'what an application may do by an Entra role alone does not show in the roles of its token',
    source: 'Microsoft Graph, Who can perform sensitive actions',
  },
  async () => {
    const roleAssignments = [{ role: 'Global Administrator', principal: SP }]
    const { signIn } = seeded(['User.Read.All'], { roleAssignments })
    const claims = Buffer.from((await signIn()).split('.')[1] ?? '', 'base64url').toString('utf8')
    expect((JSON.parse(claims) as Record<string, unknown>).roles).toEqual(['User.Read.All'])
  },
)
