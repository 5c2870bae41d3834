import { expect, test } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const OWN = 'ffffffff-0000-4000-8000-00000000000a'
const APP = 'eeeeeeee-0000-4000-8000-0000000000a1'
const APP_ID = 'eeeeeeee-0000-4000-8000-0000000000b1'
const AUDIENCES = ['api://AzureADTokenExchange']
const GITHUB = { name: 'main', issuer: 'https://token.example', subject: 'repo:acme/it', audiences: AUDIENCES }
const FEDERATED = `/applications/${APP}/federatedIdentityCredentials`

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [{ servicePrincipalId: OWN, permissions: ['Application.ReadWrite.All', 'Directory.Read.All'] }],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com' },
      { id: BOB, userPrincipalName: 'bob@example.com' },
    ],
    appRegistrations: [{ id: APP, appId: APP_ID, displayName: 'HR' }],
    ...more,
  })

const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`
const absent = (id: string): string =>
  `404 Request_ResourceNotFound Resource '${id}' does not exist or one of its queried reference-property objects are not present.`

async function signIn(
  { raw, tenant }: Pick<TestTenant, 'raw' | 'tenant'>,
  form: Readonly<Record<string, string>>,
): Promise<readonly [status: number, told: unknown, token: string]> {
  const body = new URLSearchParams({
    client_id: APP_ID,
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
    ...form,
  })
  const answer = await raw(`POST /${tenant.tenantId}/oauth2/v2.0/token`, body.toString())
  return [answer.status, answer.body.error_codes, String(answer.body.access_token)]
}

rule(
  {
    area: 'Application passwords',
    says: 'POST addPassword is 200 with customKeyIdentifier, displayName, endDateTime, hint, keyId, secretText and startDateTime; it starts now and ends two years later unless the request says otherwise',
    source: 'Microsoft Graph, application: addPassword',
  },
  async () => {
    const { call } = seeded()
    const add = (body: unknown): Promise<Answer> => call(`POST /applications/${APP}/addPassword`, body)
    const { status, body } = await add({ passwordCredential: { displayName: 'ci' } })
    expect(status).toBe(200)
    const names = 'customKeyIdentifier displayName endDateTime hint keyId secretText startDateTime'.split(' ')
    expect(Object.keys(body)).toEqual(['@odata.context', ...names])
    expect(body).toMatchObject({
      customKeyIdentifier: null,
      displayName: 'ci',
      startDateTime: '2026-03-02T09:00:00Z',
      endDateTime: '2028-03-02T09:00:00Z',
      hint: String(body.secretText).slice(0, 3),
    })
    expect(String(body.secretText)).toHaveLength(40)
    expect((await add(undefined)).body.displayName).toBeNull()
    const dated = await add({
      passwordCredential: { startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2026-07-01T00:00:00Z' },
    })
    expect(dated.body).toMatchObject({ startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2026-07-01T00:00:00Z' })
    expect((await add({ passwordCredential: { endDateTime: '2020-01-01T00:00:00Z' } })).status).toBe(400)
    expect((await add({ passwordCredential: { colour: 'x' } })).status).toBe(400)
    const byAppId = await call(`POST /applications(appId='${APP_ID}')/addPassword`, {})
    expect(byAppId.status).toBe(200)
  },
)

rule(
  {
    area: 'Application passwords',
    says: 'secretText is shown once: passwordCredentials of the application has it as null from then on; removePassword takes the keyId and is 204',
    source: 'Microsoft Graph, application: addPassword and removePassword',
  },
  async () => {
    const { call } = seeded()
    const { body } = await call(`POST /applications/${APP}/addPassword`, { passwordCredential: { displayName: 'ci' } })
    const held = (await call(`GET /applications/${APP}`)).body.passwordCredentials
    const { '@odata.context': _context, ...password } = body
    expect(held).toEqual([{ ...password, secretText: null }])
    const removed = await call(`POST /applications/${APP}/removePassword`, { keyId: body.keyId })
    expect([removed.status, removed.body]).toEqual([204, {}])
    expect((await call(`GET /applications/${APP}?$select=passwordCredentials`)).body.passwordCredentials).toEqual([])
    expect((await call(`POST /applications/${APP}/removePassword`, {})).status).toBe(400)
  },
)

rule(
  {
    area: 'Application passwords',
    says: 'removing a password that is not there is 400',
    source: 'Microsoft Graph, application: removePassword',
    unconfirmed: 'unknownPasswordMessage',
  },
  async () => {
    const path = `POST /applications/${APP}/removePassword`
    expect(outcome(await seeded().call(path, { keyId: ADA }))).toBe(
      '400 Request_BadRequest No password credential found with keyId.',
    )
    const { call } = seeded({ switches: { unknownPasswordMessage: 'None.' } })
    expect((await call(path, { keyId: ADA })).message).toBe('None.')
  },
)

rule(
  {
    area: 'Application passwords',
    says: 'an application signs in with its password once it has a service principal, with the app roles of Microsoft Graph that were assigned to it; an expired one is AADSTS7000222, a removed one AADSTS7000215',
    source: 'Microsoft Entra, AADSTS error codes',
  },
  async () => {
    const tenant = seeded({
      applications: [
        { permissions: ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'Directory.Read.All'] },
      ],
    })
    const { call, clock } = tenant
    const { body } = await call(`POST /applications/${APP}/addPassword`, {
      passwordCredential: { endDateTime: '2026-03-03T09:00:00Z' },
    })
    const secret = { client_secret: String(body.secretText) }
    expect((await signIn(tenant, secret))[0]).toBe(400)
    const principal = await call('POST /servicePrincipals', { appId: APP_ID })
    const [graph] = (await call("GET /servicePrincipals?$filter=displayName eq 'Microsoft Graph'")).value
    const roles = graph?.appRoles as readonly { id: string; value: string }[]
    await call(`POST /servicePrincipals/${principal.body.id}/appRoleAssignments`, {
      principalId: principal.body.id,
      resourceId: graph?.id,
      appRoleId: roles.find(({ value }) => value === 'User.Read.All')?.id,
    })
    const [status, , token] = await signIn(tenant, secret)
    expect(status).toBe(200)
    const asHr = { authorization: `Bearer ${token}` }
    expect((await call('GET /users', undefined, asHr)).status).toBe(200)
    expect((await call('GET /groups', undefined, asHr)).status).toBe(403)
    clock.advance(86_400_000)
    expect((await signIn(tenant, secret)).slice(0, 2)).toEqual([401, [7000222]])
    await call(`POST /applications/${APP}/removePassword`, { keyId: body.keyId })
    expect((await signIn(tenant, secret)).slice(0, 2)).toEqual([401, [7000215]])
  },
)

test('credentials survive that the state is read and loaded again, also those of the applications of the state', async () => {
  const { call, tenant, raw } = seeded()
  const own = (await call(`GET /applications(appId='${tenant.clientId}')`)).body.id
  const secrets = new Map<string, string>()
  for (const [id, appId] of [
    [APP, APP_ID],
    [own, tenant.clientId],
  ]) {
    await call('POST /servicePrincipals', { appId })
    const { body } = await call(`POST /applications/${id}/addPassword`, {})
    await call(`POST /applications/${id}/federatedIdentityCredentials`, GITHUB)
    secrets.set(String(appId), String(body.secretText))
  }
  const before = tenant.state()
  tenant.load(before)
  expect(tenant.state()).toEqual(before)
  for (const [appId, secret] of secrets)
    expect((await signIn({ raw, tenant }, { client_id: appId, client_secret: secret }))[0]).toBe(200)
  expect((await call(`GET /applications/${own}/federatedIdentityCredentials`)).value).toHaveLength(1)
})

rule(
  {
    area: 'Application passwords',
    says: 'service principals have addPassword and removePassword of their own',
    source: 'Microsoft Graph, servicePrincipal: addPassword',
  },
  async () => {
    const { call } = seeded()
    const { id } = (await call('POST /servicePrincipals', { appId: APP_ID })).body
    const { status, body } = await call(`POST /servicePrincipals/${id}/addPassword`, {})
    expect(status).toBe(200)
    const held = (await call(`GET /servicePrincipals/${id}`)).body.passwordCredentials
    expect(held).toMatchObject([{ keyId: body.keyId, secretText: null }])
    expect((await call(`POST /servicePrincipals/${id}/removePassword`, { keyId: body.keyId })).status).toBe(204)
  },
)

rule(
  {
    area: 'Federated identity credentials',
    says: 'POST is 201 with id, name, issuer, subject, description and audiences; they are listed, filtered by subject, and read by id or name',
    source: 'Microsoft Graph, Create federatedIdentityCredential',
  },
  async () => {
    const { call } = seeded()
    const { status, body } = await call(`POST ${FEDERATED}`, GITHUB)
    expect(status).toBe(201)
    expect(body).toEqual({
      '@odata.context': `https://localhost:8443/v1.0/$metadata#applications('${APP}')/federatedIdentityCredentials/$entity`,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...GITHUB,
      description: null,
    })
    expect(Object.keys(body)).toEqual('@odata.context id name issuer subject description audiences'.split(' '))
    const { '@odata.context': _context, ...credential } = body
    expect((await call(`GET ${FEDERATED}`)).value).toEqual([credential])
    expect((await call(`GET ${FEDERATED}?$filter=subject eq 'repo:acme/it'`)).value).toHaveLength(1)
    expect((await call(`GET ${FEDERATED}?$filter=subject eq 'repo:acme/other'`)).value).toEqual([])
    expect((await call(`GET ${FEDERATED}?$select=name`)).value).toEqual([{ name: 'main' }])
    const byAppId = `/applications(appId='${APP_ID}')/federatedIdentityCredentials`
    for (const path of [`${FEDERATED}/${body.id}`, `${FEDERATED}/main`, `${byAppId}/main`])
      expect((await call(`GET ${path}`)).body.id).toBe(body.id)
    expect(outcome(await call(`GET ${FEDERATED}/${ADA}`))).toBe(absent(ADA))
    expect((await call(`GET /applications/${APP}`)).body).not.toHaveProperty('federatedIdentityCredentials')
  },
)

rule(
  {
    area: 'Federated identity credentials',
    says: 'name, issuer, subject and exactly one audience are required; a name has at most 120 characters that fit a URL, the others 600',
    source: 'Microsoft Graph, Create federatedIdentityCredential',
  },
  async () => {
    const { call } = seeded()
    for (const wrong of [
      { name: undefined },
      { issuer: undefined },
      { subject: undefined },
      { audiences: undefined },
      { audiences: [] },
      { audiences: ['a', 'b'] },
      { name: 'n'.repeat(121) },
      { name: 'with space' },
      { issuer: 'i'.repeat(601) },
      { subject: 's'.repeat(601) },
      { colour: 'x' },
    ])
      expect([wrong, (await call(`POST ${FEDERATED}`, { ...GITHUB, ...wrong })).status]).toEqual([wrong, 400])
    expect((await call(`POST ${FEDERATED}`, { ...GITHUB, name: 'n'.repeat(120) })).status).toBe(201)
  },
)

rule(
  {
    area: 'Federated identity credentials',
    says: 'a second one of that name is 409 Request_MultipleObjectsWithSameKeyValue "FederatedIdentityCredential with name main already exists."',
    source: 'azure-dev, issue 1482',
  },
  async () => {
    const { call } = seeded()
    await call(`POST ${FEDERATED}`, GITHUB)
    expect(outcome(await call(`POST ${FEDERATED}`, { ...GITHUB, subject: 'other' }))).toBe(
      '409 Request_MultipleObjectsWithSameKeyValue FederatedIdentityCredential with name main already exists.',
    )
  },
)

rule(
  {
    area: 'Federated identity credentials',
    says: 'a second one of that issuer and subject is 400 InvalidFederatedIdentityCredentialValue "The combination of issuer and subject must be unique for the application."',
    source: 'azure-workload-identity, issue 434',
  },
  async () => {
    const { call } = seeded()
    await call(`POST ${FEDERATED}`, GITHUB)
    expect(outcome(await call(`POST ${FEDERATED}`, { ...GITHUB, name: 'again' }))).toBe(
      '400 InvalidFederatedIdentityCredentialValue The combination of issuer and subject must be unique for the application. Issuer https://token.example and Subject: repo:acme/it already exist. paramName: FederatedIdentityCredential.Subject, paramValue: repo:acme/it, objectType: Microsoft.Online.DirectoryServices.Application',
    )
  },
)

rule(
  {
    area: 'Federated identity credentials',
    says: 'PATCH changes all but the name and is 204, its own id and name may stand in the body; DELETE is 204, then 404',
    source: 'Microsoft Graph, Update federatedIdentityCredential',
  },
  async () => {
    const { call } = seeded()
    const { id } = (await call(`POST ${FEDERATED}`, { ...GITHUB, description: 'x' })).body
    const patch = { id, name: 'main', audiences: AUDIENCES, description: null, issuer: 'https://b', subject: 'c' }
    expect((await call(`PATCH ${FEDERATED}/${id}`, patch)).status).toBe(204)
    expect((await call(`GET ${FEDERATED}/${id}`)).body).toMatchObject(patch)
    expect((await call(`PATCH ${FEDERATED}/${id}`, { name: 'other' })).status).toBe(400)
    expect((await call(`DELETE ${FEDERATED}/main`)).status).toBe(204)
    expect(outcome(await call(`DELETE ${FEDERATED}/${id}`))).toBe(absent(String(id)))
  },
)

rule(
  {
    area: 'Federated identity credentials',
    says: 'an application has at most twenty; one more is Directory_QuotaExceeded',
    source: 'Microsoft Graph, Create federatedIdentityCredential',
    unconfirmed: 'federatedLimitStatus',
  },
  async () => {
    const full = Array.from({ length: 20 }, (_, index) => ({ id: `f${index}`, ...GITHUB, name: `n${index}` }))
    const appRegistrations = [{ id: APP, displayName: 'HR', federatedIdentityCredentials: full }]
    const another = { ...GITHUB, subject: 'other' }
    for (const status of [403, 400] as const) {
      const { call } = seeded({ appRegistrations, switches: { federatedLimitStatus: status } })
      const answer = await call(`POST ${FEDERATED}`, another)
      expect([answer.status, answer.code]).toEqual([status, 'Directory_QuotaExceeded'])
    }
  },
)

rule(
  {
    area: 'Applications',
    says: 'owners@odata.bind of a new application or service principal links up to twenty owners; one more, or one twice, is 400',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const { call } = seeded()
    const owners = binds(OWN, ADA)
    for (const [path, body] of [
      ['applications', { displayName: 'New', 'owners@odata.bind': owners }],
      ['servicePrincipals', { appId: APP_ID, 'owners@odata.bind': owners }],
    ] as const) {
      const made = await call(`POST /${path}`, body)
      expect(made.status).toBe(201)
      expect((await call(`GET /${path}/${made.body.id}/owners`)).value.map(({ id }) => id).sort()).toEqual([ADA, OWN])
    }
    const twice = await call('POST /applications', { displayName: 'x', 'owners@odata.bind': binds(ADA, ADA) })
    expect(outcome(twice)).toBe('400 Request_BadRequest Request contains a property with duplicate values')
    const many = Array.from({ length: 21 }, (_, index) => ref(`${ADA.slice(0, -2)}${10 + index}`)['@odata.id'])
    expect(outcome(await call('POST /applications', { displayName: 'x', 'owners@odata.bind': many }))).toBe(
      '400 Request_BadRequest A resource cannot contain more than 20 link changes.',
    )
  },
)

rule(
  {
    area: 'Applications',
    says: 'owners of applications and service principals: POST owners/$ref and DELETE owners/{id}/$ref are 204, one link is read with GET owners/{id}/$ref, an owner already is 400 "One or more added object references already exist", none is 404',
    source: 'terraform-provider-azuread; manicminer/hamilton, applications client',
  },
  async () => {
    const { call } = seeded()
    const { id } = (await call('POST /servicePrincipals', { appId: APP_ID })).body
    for (const path of [`/applications/${APP}`, `/servicePrincipals/${id}`]) {
      const one = `GET /beta${path}/owners/${ADA}/$ref?$select=id,url`
      expect((await call(one)).status).toBe(404)
      expect((await call(`POST ${path}/owners/$ref`, ref(ADA))).status).toBe(204)
      expect(outcome(await call(`POST ${path}/owners/$ref`, ref(ADA)))).toBe(
        "400 Request_BadRequest One or more added object references already exist for the following modified properties: 'owners'.",
      )
      expect((await call(one)).body).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: ADA })
      expect((await call(`GET ${path}/owners/$ref`)).value).toEqual([
        { '@odata.id': `https://localhost:8443/v1.0/directoryObjects/${ADA}` },
      ])
      expect((await call(`DELETE ${path}/owners/${ADA}/$ref`)).status).toBe(204)
      expect(outcome(await call(`DELETE ${path}/owners/${ADA}/$ref`))).toBe(absent(ADA))
    }
  },
)

rule(
  {
    area: 'Applications',
    says: 'a hundred owners are the most of an application: one more is 403 Directory_QuotaExceeded',
    source: 'Microsoft Entra service limits and restrictions',
  },
  async () => {
    const users = Array.from({ length: 101 }, (_, index) => ({
      id: `aaaaaaaa-0000-4000-8000-000000000${100 + index}`,
      userPrincipalName: `u${index}@example.com`,
    }))
    const owners = users.slice(0, 100).map(({ id }) => id)
    const { call } = seeded({ users, appRegistrations: [{ id: APP, displayName: 'HR', owners }] })
    const answer = await call(`POST /applications/${APP}/owners/$ref`, ref(users[100]?.id ?? ''))
    expect([answer.status, answer.code]).toEqual([403, 'Directory_QuotaExceeded'])
  },
)

rule(
  {
    area: 'Applications',
    says: 'Application.ReadWrite.OwnedBy makes applications, which their maker owns, and reads and writes those only: others are 403',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const applications = [{ servicePrincipalId: OWN, permissions: ['Application.ReadWrite.OwnedBy'] }]
    const { call } = seeded({ applications })
    const { status, body } = await call('POST /applications', { displayName: 'Mine' })
    expect(status).toBe(201)
    expect((await call(`GET /applications/${body.id}/owners`)).value).toMatchObject([{ id: OWN }])
    for (const [id, read, write] of [
      [body.id, 200, 204],
      [APP, 403, 403],
    ]) {
      expect((await call(`GET /applications/${id}`)).status).toBe(read)
      expect((await call(`PATCH /applications/${id}`, { notes: 'x' })).status).toBe(write)
      expect((await call(`POST /applications/${id}/addPassword`, {})).status).toBe(read)
      expect((await call(`DELETE /applications/${id}`)).status).toBe(write)
    }
  },
)

rule(
  {
    area: 'Applications',
    says: 'a provider that makes an application with nulls and itself as owner, renames it, adds a password and a federated credential, reads them back and takes everything away again meets what it expects',
    source: 'terraform-provider-azuread',
  },
  async () => {
    const { call } = seeded()
    const owners = [`https://localhost:8443/v1.0/directoryObjects/${OWN}`]
    const whole = {
      '@odata.type': '#microsoft.graph.application',
      api: { acceptMappedClaims: null, knownClientApplications: [], oauth2PermissionScopes: [] },
      appRoles: [],
      description: null,
      displayName: 'TERRAFORM_INITIAL',
      groupMembershipClaims: null,
      identifierUris: [],
      info: { marketingUrl: null },
      isDeviceOnlyAuthSupported: false,
      isFallbackPublicClient: null,
      notes: null,
      oauth2RequirePostResponse: false,
      optionalClaims: null,
      publicClient: { redirectUris: [] },
      requiredResourceAccess: [],
      serviceManagementReference: null,
      signInAudience: 'AzureADMyOrg',
      spa: { redirectUris: [] },
      tags: [],
      web: { homePageUrl: null, redirectUris: [] },
    }
    const { status, body } = await call('POST /applications', { ...whole, 'owners@odata.bind': owners })
    expect(status).toBe(201)
    const app = `/applications/${body.id}`
    expect((await call(`PATCH ${app}`, { id: body.id, displayName: 'Deploy' })).status).toBe(204)
    expect((await call(`POST ${app}/owners/$ref`, ref(ADA))).status).toBe(204)
    expect((await call(`GET ${app}/owners/${OWN}/$ref?$select=id,url`)).status).toBe(200)
    expect((await call(`DELETE ${app}/owners/${OWN}/$ref`)).status).toBe(204)
    const password = (await call(`POST ${app}/addPassword`, { passwordCredential: { displayName: 'tf' } })).body
    const credential = (await call(`POST ${app}/federatedIdentityCredentials`, GITHUB)).body
    expect((await call(`GET ${app}`)).body).toMatchObject({
      displayName: 'Deploy',
      passwordCredentials: [{ keyId: password.keyId, displayName: 'tf' }],
    })
    expect((await call(`GET ${app}/federatedIdentityCredentials`)).value).toMatchObject([{ id: credential.id }])
    const update = { id: credential.id, audiences: AUDIENCES, issuer: GITHUB.issuer, subject: 'new', description: null }
    expect((await call(`PATCH ${app}/federatedIdentityCredentials/${credential.id}`, update)).status).toBe(204)
    expect((await call(`DELETE ${app}/federatedIdentityCredentials/${credential.id}`)).status).toBe(204)
    expect((await call(`POST ${app}/removePassword`, { keyId: password.keyId })).status).toBe(204)
    expect((await call(`DELETE ${app}`)).status).toBe(204)
    expect((await call(`GET ${app}`)).status).toBe(404)
    expect((await call(`DELETE /directory/deletedItems/${body.id}`)).status).toBe(204)
  },
)

rule(
  {
    area: 'Federated identity credentials',
    says: 'the token of its issuer, subject and audience signs the application in',
    source: 'Microsoft Entra, Workload identity federation',
  },
  async () => {
    const { exportJWK, generateKeyPair, SignJWT } = await import('jose')
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const keys = [{ ...(await exportJWK(publicKey)), alg: 'RS256', kid: 'k' }]
    const tenant = seeded({ issuers: [{ issuer: GITHUB.issuer, keys }] })
    await tenant.call('POST /servicePrincipals', { appId: APP_ID })
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer(GITHUB.issuer)
      .setSubject(GITHUB.subject)
      .setAudience(AUDIENCES)
      .setExpirationTime(tenant.clock.now() / 1000 + 600)
      .sign(privateKey)
    const form = {
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }
    expect((await signIn(tenant, form)).slice(0, 2)).toEqual([401, [700211]])
    await tenant.call(`POST ${FEDERATED}`, GITHUB)
    expect((await signIn(tenant, form))[0]).toBe(200)
  },
)
