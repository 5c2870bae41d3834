import { expect } from 'vitest'
import type { EntraState, ObjectState } from '../../../src/simulator/entra/index.ts'
import { type Answer, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const SP = 'ffffffff-0000-4000-8000-00000000000a'
const DENIED = '403 Authorization_RequestDenied Insufficient privileges to complete the operation.'
const INVALID = '400 Request_BadRequest One or more properties contains invalid values.'

const NEW = {
  accountEnabled: true,
  displayName: 'Grace',
  mailNickname: 'grace',
  userPrincipalName: 'grace@example.com',
  passwordProfile: { password: 'Tr0ub4dor&3' },
}

function seeded(ada: Partial<ObjectState> = {}, more: EntraState = {}): TestTenant {
  return testTenant({
    tenant: { domains: ['example.com', 'example.onmicrosoft.com'], federatedDomains: ['example.onmicrosoft.com'] },
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada', ...ada },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    ...more,
  })
}

const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`
const details = ({ body }: Answer): unknown => (body.error as Record<string, unknown>).details

rule(
  {
    area: 'Users: create',
    says: 'a weak password is 400 Request_BadRequest "The specified password does not comply with password complexity requirements. Please provide a different password.", on create and on PATCH; the words are a switch',
    source: 'Error texts that several public clients expect of Microsoft Graph',
    unconfirmed: 'weakPasswordMessage',
  },
  async () => {
    const roleAssignments = [{ role: 'User Administrator', principal: SP }]
    const applications = [{ servicePrincipalId: SP, permissions: ['User.ReadWrite.All'] }]
    const { call } = seeded({}, { applications, roleAssignments })
    const weak = { passwordProfile: { password: 'lower1234' } }
    const words =
      '400 Request_BadRequest The specified password does not comply with password complexity requirements. Please provide a different password.'
    expect(outcome(await call('POST /users', { ...NEW, ...weak }))).toBe(words)
    expect(outcome(await call(`PATCH /users/${ADA}`, weak))).toBe(words)
    const other = seeded({}, { switches: { weakPasswordMessage: 'Too weak.' } })
    expect((await other.call('POST /users', { ...NEW, ...weak })).message).toBe('Too weak.')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a missing password, like anything else that is missing, is 400 Request_BadRequest in the words of the switch',
    source: 'Microsoft Graph, Create user',
    unconfirmed: 'missingValueMessage',
  },
  async () => {
    const bare = { ...NEW, passwordProfile: { forceChangePasswordNextSignIn: true } }
    expect(outcome(await seeded().call('POST /users', bare))).toBe(
      "400 Request_BadRequest A value is required for property 'password' of resource 'User'.",
    )
    const { call } = seeded({}, { switches: { missingValueMessage: 'No {property}.' } })
    expect((await call('POST /users', bare)).message).toBe('No password.')
    expect((await call('POST /users', { ...NEW, displayName: undefined })).message).toBe('No displayName.')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a userPrincipalName outside the verified domains is 400 Request_BadRequest with details InvalidValue, on create and on PATCH; the words are a switch',
    source: 'Error texts that several public clients expect of Microsoft Graph',
    unconfirmed: 'unverifiedDomainMessage',
  },
  async () => {
    const name = { userPrincipalName: 'x@other.example' }
    const unverifiedDomainMessage =
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.'
    for (const [switches, words] of [
      [{}, 'Property userPrincipalName is invalid.'],
      [{ unverifiedDomainMessage }, unverifiedDomainMessage],
    ] as const) {
      const { call } = seeded({}, { switches })
      for (const answer of [await call('POST /users', { ...NEW, ...name }), await call(`PATCH /users/${ADA}`, name)]) {
        expect(outcome(answer)).toBe(`400 Request_BadRequest ${words}`)
        expect(details(answer)).toEqual([{ code: 'InvalidValue', target: 'userPrincipalName' }])
      }
    }
  },
)

rule(
  {
    area: 'Users: create',
    says: 'showInAddressList is not taken by POST nor under v1.0, only by PATCH under /beta, unless the switch says so',
    source: 'terraform-provider-azuread; Microsoft Graph known issue 14972',
    unconfirmed: 'addressListOverBetaOnly',
  },
  async () => {
    const hidden = { showInAddressList: false }
    const { call } = seeded()
    expect(outcome(await call('POST /users', { ...NEW, ...hidden }))).toBe(INVALID)
    expect(outcome(await call('POST /beta/users', { ...NEW, ...hidden }))).toBe(INVALID)
    expect(outcome(await call(`PATCH /users/${ADA}`, hidden))).toBe(INVALID)
    expect((await call(`PATCH /beta/users/${ADA}`, hidden)).status).toBe(204)
    const open = seeded({}, { switches: { addressListOverBetaOnly: false } })
    expect((await open.call('POST /users', { ...NEW, ...hidden })).status).toBe(201)
    expect((await open.call(`PATCH /users/${ADA}`, hidden)).status).toBe(204)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'what SharePoint keeps cannot stand in POST, nor be written by an application at all: 403 Authorization_RequestDenied; each of it selected on a list is 501 NotImplemented',
    source: 'Microsoft Graph, Create user; Use delta query',
  },
  async () => {
    const { call } = seeded()
    const texts = ['aboutMe', 'birthday', 'hireDate', 'mySite', 'preferredName']
    const lists = ['interests', 'pastProjects', 'responsibilities', 'schools', 'skills']
    for (const name of [...texts, ...lists]) {
      const body = { [name]: lists.includes(name) ? ['x'] : '2020-01-01T00:00:00Z' }
      expect([name, outcome(await call('POST /users', { ...NEW, ...body }))]).toEqual([name, DENIED])
      expect([name, outcome(await call(`PATCH /users/${ADA}`, body))]).toEqual([name, DENIED])
      const listed = await call(`GET /users?$select=id,${name}`)
      expect([name, listed.status, listed.code]).toEqual([name, 501, 'NotImplemented'])
    }
    expect((await call(`GET /users/${ADA}`)).body.displayName).toBe('Ada')
  },
)

rule(
  {
    area: 'Users: update',
    says: 'the onPremises properties of a user are read-only, but for onPremisesImmutableId and onPremisesExtensionAttributes',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const { call } = seeded()
    const names =
      'DistinguishedName DomainName SamAccountName SecurityIdentifier UserPrincipalName LastSyncDateTime'.split(' ')
    for (const name of names) {
      const { status } = await call(`PATCH /users/${ADA}`, { [`onPremises${name}`]: '2020-01-01T00:00:00Z' })
      expect([name, status]).toEqual([name, 400])
    }
    for (const body of [{ onPremisesSyncEnabled: true }, { onPremisesProvisioningErrors: [] }])
      expect((await call(`PATCH /users/${ADA}`, body)).status).toBe(400)
    const written = { onPremisesImmutableId: 'x1', onPremisesExtensionAttributes: { extensionAttribute1: 'x' } }
    expect((await call(`PATCH /users/${ADA}`, written)).status).toBe(204)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'the 400 "One or more property values specified are invalid." may pass: by switch the second of two writes shortly after another gets it once',
    source: 'terraform-provider-azuread',
    unconfirmed: 'transientInvalidMs',
  },
  async () => {
    const patch = ({ call }: TestTenant): Promise<Answer> => call(`PATCH /users/${ADA}`, { city: 'Rome' })
    const steady = seeded()
    expect([(await patch(steady)).status, (await patch(steady)).status]).toEqual([204, 204])
    const tenant = seeded({}, { switches: { transientInvalidMs: 1000 } })
    expect((await patch(tenant)).status).toBe(204)
    expect(outcome(await patch(tenant))).toBe(
      '400 Request_BadRequest One or more property values specified are invalid.',
    )
    expect((await patch(tenant)).status).toBe(204)
    tenant.clock.advance(1000)
    expect((await patch(tenant)).status).toBe(204)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a synced user refuses to be disabled, to get a password or a manager; licences and role assignments are still written',
    source: 'Microsoft Graph, Update user',
  },
  async () => {
    const roleAssignments = [{ role: 'User Administrator', principal: SP }]
    const { call } = seeded(
      { onPremisesSyncEnabled: true, usageLocation: 'GB' },
      {
        applications: [
          { servicePrincipalId: SP, permissions: ['Directory.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'] },
        ],
        roleAssignments,
        subscribedSkus: [{ skuId: '06ebc4ee-1bb5-47dd-8120-11324bc54e06', skuPartNumber: 'E5' }],
      },
    )
    const words =
      '400 Request_BadRequest Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.'
    expect(outcome(await call(`PATCH /users/${ADA}`, { accountEnabled: false }))).toBe(words)
    expect(outcome(await call(`PATCH /users/${ADA}`, { passwordProfile: NEW.passwordProfile }))).toBe(words)
    expect(outcome(await call(`PUT /users/${ADA}/manager/$ref`, ref(BOB)))).toBe(words)
    const licence = { addLicenses: [{ skuId: '06ebc4ee-1bb5-47dd-8120-11324bc54e06' }], removeLicenses: [] }
    expect((await call(`POST /users/${ADA}/assignLicense`, licence)).status).toBe(200)
    const role = {
      roleDefinitionId: '4a5d8f65-41da-4de4-8968-e035b65339cf',
      principalId: ADA,
      directoryScopeId: '/',
    }
    expect((await call('POST /roleManagement/directory/roleAssignments', role)).status).toBe(201)
  },
)

rule(
  {
    area: 'Users: sessions',
    says: 'revokeSignInSessions is not for external users: it is 200 and their sessions stay as they were; for members signInSessionsValidFromDateTime is set',
    source: 'Microsoft Graph, revokeSignInSessions',
  },
  async () => {
    const since = '2026-01-01T00:00:00Z'
    const { call } = seeded(
      { signInSessionsValidFromDateTime: since },
      {
        users: [
          { id: ADA, userPrincipalName: 'ada@example.com', signInSessionsValidFromDateTime: since },
          {
            id: BOB,
            userPrincipalName: 'bob_x.org#EXT#@example.com',
            userType: 'Guest',
            externalUserState: 'Accepted',
            signInSessionsValidFromDateTime: since,
          },
        ],
      },
    )
    const validFrom = async (id: string): Promise<unknown> => {
      expect((await call(`POST /users/${id}/revokeSignInSessions`)).status).toBe(200)
      const { body } = await call(`GET /users/${id}?$select=signInSessionsValidFromDateTime`)
      return body.signInSessionsValidFromDateTime
    }
    expect([await validFrom(ADA), await validFrom(BOB)]).toEqual(['2026-03-02T09:00:00Z', since])
  },
)
