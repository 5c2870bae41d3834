import { expect } from 'vitest'
import type { EntraState, ObjectState } from '../../../src/simulator/entra/index.ts'
import { type Answer, EVENTUAL, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const DEFAULTS =
  'id businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'.split(
    ' ',
  )

const NEW = {
  accountEnabled: true,
  displayName: 'Grace',
  mailNickname: 'grace',
  userPrincipalName: 'grace@example.com',
  passwordProfile: { password: 'Tr0ub4dor&3', forceChangePasswordNextSignIn: true },
}

function seeded(ada: Partial<ObjectState> = {}, more: EntraState = {}): TestTenant {
  return testTenant({
    tenant: { domains: ['example.com', 'example.onmicrosoft.com'], federatedDomains: ['example.onmicrosoft.com'] },
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada', mail: 'ada@example.com', ...ada },
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
    says: 'POST /users is 201 with the eleven default properties, @odata.context, and no other',
    source: 'Microsoft Graph, Create user',
  },
  async () => {
    const { status, body } = await seeded().call('POST /users', NEW)
    expect(status).toBe(201)
    expect(Object.keys(body)).toEqual(['@odata.context', ...DEFAULTS])
    expect(body['@odata.context']).toBe('https://localhost:8443/v1.0/$metadata#users/$entity')
    expect(body).toMatchObject({ displayName: 'Grace', businessPhones: [], jobTitle: null })
  },
)

rule(
  {
    area: 'Users: create',
    says: 'accountEnabled, displayName, mailNickname, userPrincipalName, passwordProfile and its password are required; usageLocation is not',
    source: 'Microsoft Graph, Create user',
  },
  async () => {
    const { call } = seeded()
    for (const name of Object.keys(NEW)) {
      const answer = await call('POST /users', { ...NEW, [name]: undefined })
      expect([answer.status, answer.code]).toEqual([400, 'Request_BadRequest'])
      expect(details(answer)).toEqual([{ code: 'MissingValue', target: name }])
    }
    expect((await call('POST /users', { ...NEW, passwordProfile: {} })).status).toBe(400)
    expect((await call('POST /users', NEW)).status).toBe(201)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a userPrincipalName that is taken, in any case of letters, is 400 Request_BadRequest "Another object with the same value for property userPrincipalName already exists."',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    const answer = await seeded().call('POST /users', { ...NEW, userPrincipalName: 'ADA@example.com' })
    expect(outcome(answer)).toBe(
      '400 Request_BadRequest Another object with the same value for property userPrincipalName already exists.',
    )
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a duplicate userPrincipalName has details ObjectConflict with the property as target',
    source: 'Error texts that several public clients expect of Microsoft Graph',
    unconfirmed: 'duplicateDetails',
  },
  async () => {
    const taken = { ...NEW, userPrincipalName: 'ada@example.com' }
    expect(details(await seeded().call('POST /users', taken))).toEqual([
      { code: 'ObjectConflict', target: 'userPrincipalName' },
    ])
    const { call } = seeded({}, { switches: { duplicateDetails: false } })
    expect(details(await call('POST /users', taken))).toBeUndefined()
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a userPrincipalName outside the verified domains or with other characters is 400 "Property userPrincipalName is invalid." with details InvalidValue',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    const { call } = seeded()
    for (const name of ['grace@other.example', 'gr ace@example.com', 'gr(ace@example.com', 'grace']) {
      const answer = await call('POST /users', { ...NEW, userPrincipalName: name })
      expect(outcome(answer)).toBe('400 Request_BadRequest Property userPrincipalName is invalid.')
      expect(details(answer)).toEqual([{ code: 'InvalidValue', target: 'userPrincipalName' }])
    }
    expect((await call('POST /users', { ...NEW, userPrincipalName: "Gr'a.c-e_!#^~9@example.com" })).status).toBe(201)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'onPremisesImmutableId is required besides when the domain is federated',
    source: 'Microsoft Graph, Create user',
  },
  async () => {
    const { call } = seeded()
    const user = { ...NEW, userPrincipalName: 'grace@example.onmicrosoft.com' }
    expect((await call('POST /users', user)).status).toBe(400)
    expect((await call('POST /users', { ...user, onPremisesImmutableId: 'x1' })).status).toBe(201)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'an unknown property, a value of another type and a body that is no JSON are 400 "One or more properties contains invalid values."',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    const tenant = seeded()
    const wording = '400 Request_BadRequest One or more properties contains invalid values.'
    expect(outcome(await tenant.call('POST /users', { ...NEW, shoeSize: 44 }))).toBe(wording)
    expect(outcome(await tenant.call('POST /users', { ...NEW, displayName: 7 }))).toBe(wording)
    const authorization = `Bearer ${await tenant.signIn()}`
    expect(outcome(await tenant.raw('POST /v1.0/users', '{"a":', { authorization }))).toBe(wording)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'any other bad value is 400 "One or more property values specified are invalid."',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const answer = await seeded().call('POST /users', { ...NEW, usageLocation: 'Britain' })
    expect(outcome(answer)).toBe('400 Request_BadRequest One or more property values specified are invalid.')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a weak password is refused with 400 Request_BadRequest',
    source: 'Microsoft Graph, Create user',
  },
  async () => {
    const { call } = seeded()
    for (const password of ['short1A', 'alllowercase', 'lower1234'])
      expect((await call('POST /users', { ...NEW, passwordProfile: { password } })).status).toBe(400)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'manager@odata.bind may not stand in POST /users',
    source: 'Microsoft Graph, Create user',
    unconfirmed: 'managerBindOnCreate',
  },
  async () => {
    const user = { ...NEW, 'manager@odata.bind': ref(ADA)['@odata.id'] }
    expect((await seeded().call('POST /users', user)).status).toBe(400)
    const { call } = seeded({}, { switches: { managerBindOnCreate: true } })
    const { body } = await call('POST /users', user)
    expect((await call(`GET /users/${body.id}/manager`)).body.id).toBe(ADA)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'onPremisesExtensionAttributes are written by PATCH only',
    source: 'A public tenant-seeding module run against a real tenant',
    unconfirmed: 'extensionAttributesOnCreate',
  },
  async () => {
    const attributes = { onPremisesExtensionAttributes: { extensionAttribute1: 'x' } }
    const { call } = seeded()
    expect((await call('POST /users', { ...NEW, ...attributes })).status).toBe(400)
    expect((await call(`PATCH /users/${ADA}`, attributes)).status).toBe(204)
    const { body } = await call(`GET /users/${ADA}?$select=onPremisesExtensionAttributes`)
    expect(body.onPremisesExtensionAttributes).toMatchObject({ extensionAttribute1: 'x', extensionAttribute2: null })
    const switched = seeded({}, { switches: { extensionAttributesOnCreate: true } })
    expect((await switched.call('POST /users', { ...NEW, ...attributes })).status).toBe(201)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a directory that holds as many objects as it may is 403 Directory_QuotaExceeded "The directory object quota limit for the Tenant has been exceeded."',
    source: 'A public tenant-seeding module run against a real tenant',
    unconfirmed: 'objectQuota',
  },
  async () => {
    const { call } = seeded({}, { switches: { objectQuota: 6 } })
    expect((await call('POST /users', NEW)).status).toBe(201)
    const second = await call('POST /users', { ...NEW, userPrincipalName: 'x@example.com' })
    expect([second.status, second.code]).toEqual([403, 'Directory_QuotaExceeded'])
    expect(second.message).toMatch(/^The directory object quota limit for the Tenant has been exceeded/)
  },
)

rule(
  {
    area: 'Users: read',
    says: 'GET of a user and of users shows the default properties; everything else takes $select',
    source: 'Microsoft Graph, user resource type',
  },
  async () => {
    const { call } = seeded({ department: 'Maths', usageLocation: 'GB' })
    const { body } = await call(`GET /users/${ADA}`)
    expect(Object.keys(body)).toEqual(['@odata.context', ...DEFAULTS])
    expect(Object.keys((await call('GET /users')).value[0] ?? {})).toEqual(DEFAULTS)
    const selected = await call('GET /users/ada@example.com?$select=department,usageLocation,accountEnabled')
    expect(selected.body).toEqual({
      '@odata.context': 'https://localhost:8443/v1.0/$metadata#users(department,usageLocation,accountEnabled)/$entity',
      department: 'Maths',
      usageLocation: 'GB',
      accountEnabled: true,
    })
  },
)

rule(
  {
    area: 'Users: read',
    says: 'a user is found by id and by userPrincipalName in any case of letters; #EXT# stands as %23EXT%23, and a name that begins with $ takes the form with parentheses',
    source: 'Microsoft Graph, Get user',
  },
  async () => {
    const guest = 'x_y.org#EXT#@example.com'
    const { call } = seeded({}, { users: [{ userPrincipalName: guest }, { userPrincipalName: '$odd@example.com' }] })
    expect((await call(`GET /users/${encodeURIComponent(guest)}`)).body.userPrincipalName).toBe(guest)
    expect((await call("GET /users('$odd@example.com')")).body.userPrincipalName).toBe('$odd@example.com')
    expect((await call('GET /users/$odd@example.com')).status).toBe(400)
    expect((await seeded().call('GET /users/ADA@Example.com')).body.id).toBe(ADA)
  },
)

rule(
  {
    area: 'Users: read',
    says: `an unknown user is 404 Request_ResourceNotFound "Resource '{id}' does not exist or one of its queried reference-property objects are not present."`,
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    expect(outcome(await seeded().call('GET /users/nobody@example.com'))).toBe(
      "404 Request_ResourceNotFound Resource 'nobody@example.com' does not exist or one of its queried reference-property objects are not present.",
    )
  },
)

rule(
  {
    area: 'Users: read',
    says: 'a property kept in SharePoint cannot be selected on a list (501 NotImplemented), nor written by an application (403)',
    source: 'Microsoft Graph, user resource type',
  },
  async () => {
    const { call } = seeded()
    const listed = await call('GET /users?$select=aboutMe')
    expect([listed.status, listed.code]).toEqual([501, 'NotImplemented'])
    expect((await call(`PATCH /users/${ADA}`, { aboutMe: 'x' })).status).toBe(403)
  },
)

rule(
  {
    area: 'Users: read',
    says: 'GET /users/$count with ConsistencyLevel eventual is 200 text/plain with the number',
    source: 'Microsoft Graph, Advanced query capabilities on directory objects',
  },
  async () => {
    const { call } = seeded()
    const counted = await call('GET /users/$count', undefined, EVENTUAL)
    expect([counted.status, counted.header('content-type')]).toEqual([200, 'text/plain'])
  },
)

rule(
  {
    area: 'Users: update',
    says: 'PATCH is 204 without body and type; what is omitted stays, null clears',
    source: 'Microsoft Graph, Update user',
  },
  async () => {
    const { call } = seeded({ department: 'Maths', jobTitle: 'Countess' })
    const patched = await call(`PATCH /users/${ADA}`, { department: null, city: 'London' })
    expect([patched.status, patched.header('content-type'), patched.body]).toEqual([204, undefined, {}])
    expect((await call(`GET /users/${ADA}?$select=department,city,jobTitle`)).body).toMatchObject({
      department: null,
      city: 'London',
      jobTitle: 'Countess',
    })
  },
)

rule(
  {
    area: 'Users: update',
    says: 'displayName and usageLocation cannot be cleared',
    source: 'Microsoft Graph, Update user',
  },
  async () => {
    const { call } = seeded({ usageLocation: 'GB' })
    for (const name of ['displayName', 'usageLocation'])
      expect((await call(`PATCH /users/${ADA}`, { [name]: null })).status).toBe(400)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'longest values: displayName 256, givenName, surname, department, companyName, mailNickname and mobilePhone 64, jobTitle 128, employeeId 16',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const { call } = seeded()
    const longest = {
      displayName: 256,
      givenName: 64,
      surname: 64,
      department: 64,
      companyName: 64,
      mailNickname: 64,
      mobilePhone: 64,
      jobTitle: 128,
      employeeId: 16,
    }
    for (const [name, length] of Object.entries(longest)) {
      expect((await call(`PATCH /users/${ADA}`, { [name]: 'x'.repeat(length) })).status).toBe(204)
      expect((await call(`PATCH /users/${ADA}`, { [name]: 'x'.repeat(length + 1) })).status).toBe(400)
    }
  },
)

rule(
  {
    area: 'Users: update',
    says: 'businessPhones holds one number at most, otherMails 250 addresses, usageLocation two letters',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const { call } = seeded()
    const mails = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}@x.org`)
    const accepted = { businessPhones: ['1'], otherMails: mails(250), usageLocation: 'GB' }
    expect((await call(`PATCH /users/${ADA}`, accepted)).status).toBe(204)
    for (const refused of [{ businessPhones: ['1', '2'] }, { otherMails: mails(251) }, { usageLocation: 'GBR' }])
      expect((await call(`PATCH /users/${ADA}`, refused)).status).toBe(400)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a change of mail adds an SMTP proxy address and keeps the one before as an alias',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const { call } = seeded()
    await call(`PATCH /users/${ADA}`, { mail: 'countess@example.com' })
    const { body } = await call(`GET /users/${ADA}?$select=proxyAddresses`)
    expect(body.proxyAddresses).toEqual(['SMTP:countess@example.com', 'smtp:ada@example.com'])
  },
)

rule(
  {
    area: 'Users: update',
    says: 'isManagementRestricted, onPremisesSyncEnabled, proxyAddresses and assignedLicenses are read-only',
    source: 'Microsoft Graph TypeScript types',
  },
  async () => {
    const { call } = seeded()
    const readOnly = {
      isManagementRestricted: true,
      onPremisesSyncEnabled: true,
      proxyAddresses: ['smtp:x@example.com'],
      assignedLicenses: [],
      createdDateTime: '2020-01-01T00:00:00Z',
    }
    for (const [name, value] of Object.entries(readOnly))
      expect((await call(`PATCH /users/${ADA}`, { [name]: value })).status).toBe(400)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a new userPrincipalName is found at once, the one before is free, and identities follow',
    source: 'Microsoft Graph, Update user',
  },
  async () => {
    const { call } = seeded()
    await call(`PATCH /users/${ADA}`, { userPrincipalName: 'al@example.com' })
    expect((await call('GET /users/ada@example.com')).status).toBe(404)
    const { body } = await call('GET /users/al@example.com?$select=id,identities')
    expect(body).toMatchObject({ id: ADA, identities: [{ issuerAssignedId: 'al@example.com' }] })
    expect((await call('POST /users', { ...NEW, userPrincipalName: 'ada@example.com' })).status).toBe(201)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a synced user refuses mastered properties with 400 "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    const { call } = seeded({ onPremisesSyncEnabled: true })
    expect(outcome(await call(`PATCH /users/${ADA}`, { department: 'x' }))).toBe(
      '400 Request_BadRequest Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
    )
    expect((await call(`PATCH /users/${ADA}`, { usageLocation: 'GB' })).status).toBe(204)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'membership of a cloud group is still written for a synced user',
    source: 'Microsoft Graph, Update user',
  },
  async () => {
    const { call } = seeded({ onPremisesSyncEnabled: true }, { groups: [{ displayName: 'Eng' }] })
    const [group] = (await call('GET /groups')).value
    expect((await call(`POST /groups/${group?.id}/members/$ref`, ref(ADA))).status).toBe(204)
  },
)

rule(
  {
    area: 'Users: sessions',
    says: 'revokeSignInSessions without a body is 200 with @odata.context #Edm.Boolean and value true',
    source: 'Microsoft Graph, revokeSignInSessions',
    unconfirmed: 'revokeStatus',
  },
  async () => {
    const { status, body } = await seeded().call(`POST /users/${ADA}/revokeSignInSessions`)
    expect([status, body]).toEqual([
      200,
      { '@odata.context': 'https://localhost:8443/v1.0/$metadata#Edm.Boolean', value: true },
    ])
    const { call } = seeded({}, { switches: { revokeStatus: 204 } })
    expect((await call(`POST /users/${ADA}/revokeSignInSessions`)).status).toBe(204)
  },
)

rule(
  {
    area: 'Users: manager',
    says: 'PUT and DELETE manager/$ref are 204, GET manager is 200 with its type, or 404 when there is none',
    source: 'Microsoft Graph, Assign manager',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`GET /users/${ADA}/manager`)).status).toBe(404)
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${BOB}` }
    expect((await call(`PUT /users/${ADA}/manager/$ref`, reference)).status).toBe(204)
    expect((await call(`GET /users/${ADA}/manager`)).body).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      id: BOB,
    })
    expect((await call(`GET /users/${BOB}/directReports`)).value).toMatchObject([{ id: ADA }])
    expect((await call(`DELETE /users/${ADA}/manager/$ref`)).status).toBe(204)
    expect((await call(`DELETE /users/${ADA}/manager/$ref`)).status).toBe(404)
  },
)

rule(
  {
    area: 'Users: memberships',
    says: 'memberOf lists groups, directory roles and administrative units with @odata.type; transitiveMemberOf those behind them too',
    source: 'Microsoft Graph, List memberOf',
  },
  async () => {
    const { call } = seeded(
      {},
      {
        groups: [
          { displayName: 'Outer', members: ['Inner'] },
          { displayName: 'Inner', members: ['ada@example.com'] },
        ],
        administrativeUnits: [{ displayName: 'Emea', members: ['ada@example.com'] }],
        roleAssignments: [{ role: 'Reports Reader', principal: 'ada@example.com' }],
      },
    )
    const named = async (path: string): Promise<string[]> =>
      (await call(path)).value.map(({ '@odata.type': type, displayName }) => `${type} ${displayName}`).sort()
    expect(await named(`GET /users/${ADA}/memberOf`)).toEqual([
      '#microsoft.graph.administrativeUnit Emea',
      '#microsoft.graph.directoryRole Reports Reader',
      '#microsoft.graph.group Inner',
    ])
    expect(await named(`GET /users/${ADA}/transitiveMemberOf/microsoft.graph.group`)).toHaveLength(2)
    const groups = (await call('GET /groups?$select=id')).value.map(({ id }) => id)
    const checked = await call(`POST /users/${ADA}/checkMemberGroups`, { groupIds: groups })
    expect([...(checked.body.value as string[])].sort()).toEqual([...groups].sort())
    expect((await call(`POST /users/${ADA}/getMemberGroups`, { securityEnabledOnly: true })).body.value).toHaveLength(2)
    expect((await call(`POST /users/${ADA}/getMemberObjects`, {})).body.value).toHaveLength(4)
    expect((await call(`POST /directoryObjects/${ADA}/checkMemberObjects`, { ids: groups })).body.value).toHaveLength(2)
  },
)

rule(
  {
    area: 'Users: memberships',
    says: 'checkMemberGroups takes twenty ids, not more',
    source: 'Microsoft Graph, checkMemberGroups',
  },
  async () => {
    const groupIds = Array.from({ length: 21 }, () => BOB)
    const { call } = seeded()
    expect((await call(`POST /users/${ADA}/checkMemberGroups`, { groupIds })).status).toBe(400)
    expect((await call(`POST /users/${ADA}/checkMemberGroups`, { groupIds: groupIds.slice(1) })).status).toBe(200)
  },
)

rule(
  {
    area: 'Directory objects',
    says: 'getByIds answers those of up to 1000 ids that exist, with @odata.type, narrowed by types',
    source: 'Microsoft Graph, directoryObject: getByIds',
  },
  async () => {
    const { call } = seeded({}, { groups: [{ displayName: 'Eng' }] })
    const [group] = (await call('GET /groups')).value
    const ids = [ADA, String(group?.id), '99999999-0000-4000-8000-000000000009']
    const all = await call('POST /directoryObjects/getByIds', { ids })
    expect(all.value.map(object => object['@odata.type'])).toEqual(['#microsoft.graph.user', '#microsoft.graph.group'])
    expect((await call('POST /directoryObjects/getByIds', { ids, types: ['user'] })).value).toHaveLength(1)
    const many = Array.from({ length: 1001 }, () => ADA)
    expect((await call('POST /directoryObjects/getByIds', { ids: many })).status).toBe(400)
  },
)

rule(
  {
    area: 'Directory objects',
    says: 'GET /directoryObjects/{id} answers an object of any kind with its type, DELETE does what deleting it elsewhere does',
    source: 'manicminer/hamilton, directory objects client',
  },
  async () => {
    const { call } = seeded()
    expect((await call(`GET /directoryObjects/${ADA}`)).body).toMatchObject({
      '@odata.context': 'https://localhost:8443/v1.0/$metadata#directoryObjects/$entity',
      '@odata.type': '#microsoft.graph.user',
      id: ADA,
    })
    expect((await call(`DELETE /directoryObjects/${ADA}`)).status).toBe(204)
    expect((await call(`GET /directory/deletedItems/${ADA}`)).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: guests',
    says: 'POST /invitations is 201 with status PendingAcceptance and makes a guest whose userPrincipalName holds #EXT#',
    source: 'Microsoft Graph, Create invitation',
  },
  async () => {
    const { call } = seeded()
    const invitation = { invitedUserEmailAddress: 'x@partner.org', inviteRedirectUrl: 'https://example.com' }
    const { status, body } = await call('POST /invitations', invitation)
    expect([status, body.status, body.invitedUserType]).toEqual([201, 'PendingAcceptance', 'Guest'])
    const { id } = body.invitedUser as Record<string, string>
    expect((await call(`GET /users/${id}?$select=userPrincipalName,userType,externalUserState`)).body).toMatchObject({
      userPrincipalName: 'x_partner.org#EXT#@example.onmicrosoft.com',
      userType: 'Guest',
      externalUserState: 'PendingAcceptance',
    })
  },
)

rule(
  {
    area: 'Tenant',
    says: 'GET /organization and /domains list the tenant and its verified domains; /me is 400 for an application',
    source: 'Microsoft Graph, Get organization; List domains',
  },
  async () => {
    const { call, tenant } = seeded()
    expect((await call('GET /organization')).value).toMatchObject([{ id: tenant.tenantId, tenantType: 'AAD' }])
    expect((await call('GET /domains')).value).toMatchObject([
      { id: 'example.com', isDefault: true, isVerified: true, authenticationType: 'Managed' },
      { id: 'example.onmicrosoft.com', isInitial: true, authenticationType: 'Federated' },
    ])
    const me = await call('GET /me')
    expect([me.status, me.message]).toEqual([400, '/me request is only valid with delegated authentication flow.'])
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a body that names what is not set as null is taken, on create and on update, and showInAddressList goes over /beta',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const { call } = seeded()
    const unset = {
      '@odata.type': '#microsoft.graph.user',
      ageGroup: null,
      consentProvidedForMinor: null,
      city: null,
      employeeOrgData: { costCenter: null, division: null },
      otherMails: [],
      passwordPolicies: null,
      usageLocation: null,
    }
    const { status, body } = await call('POST /users', { ...unset, ...NEW })
    expect(status).toBe(201)
    expect((await call(`PATCH /beta/users/${body.id}`, { showInAddressList: false })).status).toBe(204)
    const { passwordProfile: _password, ...known } = NEW
    expect((await call(`PATCH /users/${body.id}`, { ...unset, ...known })).status).toBe(204)
    const { body: beta } = await call(`GET /beta/users/${body.id}?$select=showInAddressList`)
    expect(beta.showInAddressList).toBe(false)
    const { body: read } = await call(`GET /users/${body.id}?$select=employeeOrgData,otherMails,usageLocation`)
    expect(read).toMatchObject({ employeeOrgData: { costCenter: null }, otherMails: [], usageLocation: null })
  },
)

rule(
  {
    area: 'Users: update',
    says: 'the id of the object itself may stand in a PATCH of users, groups and administrative units; another id is refused',
    source: 'manicminer/hamilton',
  },
  async () => {
    const group = 'bbbbbbbb-0000-4000-8000-000000000001'
    const unit = 'cccccccc-0000-4000-8000-000000000001'
    const { call } = seeded(
      {},
      { groups: [{ id: group, displayName: 'Eng' }], administrativeUnits: [{ id: unit, displayName: 'Emea' }] },
    )
    const paths = { [ADA]: '/users', [group]: '/groups', [unit]: '/directory/administrativeUnits' }
    for (const [id, path] of Object.entries(paths)) {
      expect((await call(`PATCH ${path}/${id}`, { id, displayName: 'x' })).status).toBe(204)
      expect((await call(`PATCH ${path}/${id}`, { id: BOB, displayName: 'x' })).status).toBe(400)
    }
  },
)
