import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import { createClientCertificate } from '../../../src/simulator/certificate.ts'
import { type Answer, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const TENANT = 'dddddddd-0000-4000-8000-00000000000a'
const APP = 'eeeeeeee-0000-4000-8000-00000000000a'
const SP = 'ffffffff-0000-4000-8000-00000000000a'
const GRAPH = 'https://graph.microsoft.com/.default'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ISSUER = 'https://token.actions.example'

const fresh = (): TestTenant =>
  testTenant({
    tenant: { id: TENANT, displayName: 'Example', domains: ['example.com'] },
    applications: [
      {
        appId: APP,
        servicePrincipalId: SP,
        secrets: ['right'],
        permissions: ['User.Read.All', 'Group.Read.All'],
        federatedCredentials: [
          { name: 'ci', issuer: ISSUER, subject: 'repo:x', audiences: ['api://AzureADTokenExchange'] },
        ],
      },
    ],
    issuers: [{ issuer: ISSUER, keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256' }] }],
    roleAssignments: [{ role: 'Global Administrator', principal: SP }],
  })

const tenant = fresh()

function askToken(given: Readonly<Record<string, string>>, name = TENANT, at = tenant): Promise<Answer> {
  const form = { client_id: APP, client_secret: 'right', grant_type: 'client_credentials', scope: GRAPH, ...given }
  return at.raw(`POST /${name}/oauth2/v2.0/token?client-request-id=11111111-0000-4000-8000-000000000001`, query(form))
}

const query = (form: Readonly<Record<string, string>>): string => new URLSearchParams(form).toString()

function refusal({ status, body }: Answer): string {
  const description = String(body.error_description).split(' Trace ID:')[0]
  return `${status} ${String(body.error)} ${JSON.stringify(body.error_codes)} ${description}`
}

rule(
  {
    area: 'Tokens',
    says: 'a client secret in the form gets 200 with token_type Bearer, expires_in and ext_expires_in 3599 and an access_token',
    source: '@azure/identity with MSAL, tried against a local server',
  },
  async () => {
    const { status, body } = await askToken({})
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'ext_expires_in', 'token_type'])
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 })
  },
)

rule(
  {
    area: 'Tokens',
    says: 'the access token is a JWT of three parts with aud, iss, appid, oid, tid, idtyp app and the granted permissions as roles; Entra roles of the service principal do not show in roles',
    source: 'terraform-provider-azuread; a public tenant-seeding module run against a real tenant',
    unconfirmed: 'tokenShape',
  },
  async () => {
    const token = String((await askToken({})).body.access_token)
    const parts = token.split('.')
    const claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>
    expect(parts).toHaveLength(3)
    expect(claims).toMatchObject({
      aud: 'https://graph.microsoft.com',
      iss: `https://sts.windows.net/${TENANT}/`,
      appid: APP,
      oid: SP,
      tid: TENANT,
      idtyp: 'app',
      roles: ['User.Read.All', 'Group.Read.All'],
    })
  },
)

rule(
  {
    area: 'Tokens',
    says: 'the tenant is named by its id or by one of its verified domains',
    source: '@azure/identity with MSAL, tried against a local server',
  },
  async () => {
    expect((await askToken({}, 'example.com')).status).toBe(200)
    expect(refusal(await askToken({}, 'other.example'))).toMatch(
      /^400 invalid_request \[90002\] AADSTS90002: Tenant 'other.example' not found\./,
    )
  },
)

rule(
  {
    area: 'Tokens',
    says: 'a wrong secret is 401 invalid_client AADSTS7000215 "Invalid client secret provided. Ensure the secret being sent"',
    source: 'Error envelopes captured from the token endpoint of Microsoft Entra (entra-emulator)',
  },
  async () => {
    expect(refusal(await askToken({ client_secret: 'wrong' }))).toMatch(
      /^401 invalid_client \[7000215\] AADSTS7000215: Invalid client secret provided\. Ensure the secret being sent/,
    )
  },
)

rule(
  {
    area: 'Tokens',
    says: 'an unknown client_id is 400 unauthorized_client AADSTS700038 "{id} is not a valid application identifier."',
    source: 'Error envelopes captured from the token endpoint of Microsoft Entra (entra-emulator)',
  },
  async () => {
    const id = '99999999-0000-4000-8000-000000000001'
    expect(refusal(await askToken({ client_id: id }))).toBe(
      `400 unauthorized_client [700038] AADSTS700038: ${id} is not a valid application identifier.`,
    )
  },
)

rule(
  {
    area: 'Tokens',
    says: 'a scope of an unknown resource is 400 invalid_resource AADSTS500011 "The resource principal named … was not found in the tenant"',
    source: 'Error envelopes captured from the token endpoint of Microsoft Entra (entra-emulator)',
  },
  async () => {
    expect(refusal(await askToken({ scope: 'https://unknown.example/.default' }))).toMatch(
      /^400 invalid_resource \[500011\] AADSTS500011: The resource principal named https:\/\/unknown\.example was not found in the tenant/,
    )
  },
)

rule(
  {
    area: 'Tokens',
    says: 'another grant_type is 400 unsupported_grant_type AADSTS70003 "The app requested an unsupported grant type"',
    source: 'Error envelopes captured from the token endpoint of Microsoft Entra (entra-emulator)',
  },
  async () => {
    expect(refusal(await askToken({ grant_type: 'password' }))).toBe(
      "400 unsupported_grant_type [70003] AADSTS70003: The app requested an unsupported grant type 'password'.",
    )
  },
)

rule(
  {
    area: 'Tokens',
    says: 'an error has the keys error, error_description (ending in Trace ID, Correlation ID and Timestamp), error_codes, timestamp, trace_id, correlation_id and error_uri',
    source: 'Error envelopes captured from the token endpoint of Microsoft Entra (entra-emulator)',
  },
  async () => {
    const { body } = await askToken({ client_secret: 'wrong' })
    expect(Object.keys(body)).toEqual([
      'error',
      'error_description',
      'error_codes',
      'timestamp',
      'trace_id',
      'correlation_id',
      'error_uri',
    ])
    const end = `Trace ID: ${body.trace_id} Correlation ID: ${body.correlation_id} Timestamp: ${body.timestamp}`
    expect(String(body.error_description).endsWith(end)).toBe(true)
    expect(body.correlation_id).toBe('11111111-0000-4000-8000-000000000001')
    expect(body.timestamp).toBe('2026-03-02 09:00:00Z')
  },
)

rule(
  {
    area: 'Tokens',
    says: 'openid-configuration names authorization_endpoint, token_endpoint, issuer and jwks_uri, all on the origin of the authority',
    source: '@azure/identity with MSAL, tried against a local server',
  },
  async () => {
    const { body } = await tenant.raw(`GET /${TENANT}/v2.0/.well-known/openid-configuration`)
    const base = `https://localhost:8443/${TENANT}`
    expect(body).toMatchObject({
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      issuer: `${base}/v2.0`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    })
    const keys = (await tenant.raw(`GET /${TENANT}/discovery/v2.0/keys`)).body.keys as unknown[]
    expect(keys[0]).toMatchObject({ kty: 'RSA', use: 'sig' })
  },
)

rule(
  {
    area: 'Tokens',
    says: 'an assertion of another issuer is matched by iss, sub and aud against the federated credentials of the application',
    source: 'Microsoft identity platform, Workload identity federation',
  },
  async () => {
    const seconds = Math.floor(tenant.clock.now() / 1000)
    const assertion = (sub: string): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setIssuer(ISSUER)
        .setSubject(sub)
        .setAudience('api://AzureADTokenExchange')
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 300)
        .sign(privateKey)
    const ask = async (sub: string): Promise<Answer> => {
      const form = {
        client_id: APP,
        grant_type: 'client_credentials',
        scope: GRAPH,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(sub),
      }
      return tenant.raw(`POST /${TENANT}/oauth2/v2.0/token`, query(form))
    }
    expect((await ask('repo:x')).status).toBe(200)
    expect(refusal(await ask('repo:y'))).toMatch(/^401 invalid_client \[700213\]/)
  },
)

rule(
  {
    area: 'Tokens',
    says: 'an assertion that the application signs with PS256 names its certificate by x5t#S256, itself as iss and sub, and the token endpoint as aud; another certificate is 401 invalid_client AADSTS700027',
    source: '@azure/identity with MSAL, tried against a local server',
  },
  async () => {
    const own = fresh()
    const certificate = createClientCertificate('app')
    own.tenant.registerCertificate(certificate.certPem)
    const seconds = Math.floor(own.clock.now() / 1000)
    const ask = async (pem: string): Promise<Answer> => {
      const raw = new X509Certificate(pem).raw
      const assertion = await new SignJWT({})
        .setProtectedHeader({ alg: 'PS256', 'x5t#S256': createHash('sha256').update(raw).digest('base64url') })
        .setIssuer(APP)
        .setSubject(APP)
        .setAudience(`https://localhost:8443/${TENANT}/oauth2/v2.0/token`)
        .setNotBefore(seconds)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 600)
        .sign(createPrivateKey(certificate.keyPem))
      const form = {
        client_id: APP,
        grant_type: 'client_credentials',
        scope: GRAPH,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }
      return own.raw(`POST /${TENANT}/oauth2/v2.0/token`, query(form))
    }
    expect((await ask(certificate.certPem)).status).toBe(200)
    expect(refusal(await ask(createClientCertificate('other').certPem))).toMatch(/^401 invalid_client \[700027\]/)
  },
)

rule(
  {
    area: 'Tokens',
    says: 'an assertion outside its time is 401 invalid_client AADSTS700024; one that is good by the time of the machine is taken as long as the switch says',
    source: 'Microsoft identity platform, Certificate credentials',
    unconfirmed: 'assertionsByMachineClock',
  },
  async () => {
    const seconds = Math.floor(Date.now() / 1000)
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(ISSUER)
      .setSubject('repo:x')
      .setAudience('api://AzureADTokenExchange')
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 300)
      .sign(privateKey)
    const form = {
      client_id: APP,
      grant_type: 'client_credentials',
      scope: GRAPH,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }
    const ask = (own: TestTenant): Promise<Answer> => own.raw(`POST /${TENANT}/oauth2/v2.0/token`, query(form))
    const own = fresh()
    own.clock.set(Date.now() + 86_400_000)
    expect((await ask(own)).status).toBe(200)
    own.tenant.load({ ...own.tenant.state(), switches: { assertionsByMachineClock: false } })
    expect(refusal(await ask(own))).toMatch(/^401 invalid_client \[700024\]/)
  },
)

rule(
  {
    area: 'Tokens',
    says: 'an older client posts resource to /oauth2/token and gets a token of the same kind',
    source: 'Microsoft identity platform, v1.0 client credentials flow',
  },
  async () => {
    const form = { client_id: APP, client_secret: 'right', grant_type: 'client_credentials' }
    const path = `POST /${TENANT}/oauth2/token`
    const answer = await tenant.raw(path, query({ ...form, resource: 'https://graph.microsoft.com' }))
    expect([answer.status, String(answer.body.access_token).split('.').length]).toEqual([200, 3])
  },
)

rule(
  {
    area: 'Tokens',
    says: 'a token that is missing, malformed, altered or past its time is 401 InvalidAuthenticationToken',
    source: 'Microsoft Graph, Error responses and resource types',
  },
  async () => {
    const own = fresh()
    const token = await own.signIn()
    const ask = (authorization?: string): Promise<Answer> =>
      own.raw('GET /v1.0/users', '', authorization === undefined ? {} : { authorization })
    const altered = `${token.slice(0, -8)}${createHash('sha256').update(token).digest('base64url').slice(0, 8)}`
    for (const bad of [undefined, 'Bearer x', `Bearer ${altered}`]) {
      const { status, code } = await ask(bad)
      expect([status, code]).toEqual([401, 'InvalidAuthenticationToken'])
    }
    expect((await ask(`Bearer ${token}`)).status).toBe(200)
    own.clock.advance(3_600_000)
    const late = await ask(`Bearer ${token}`)
    expect([late.status, late.code]).toEqual([401, 'InvalidAuthenticationToken'])
    expect(late.message).toBe('Lifetime validation failed, the token is expired.')
  },
)

rule(
  {
    area: 'Tokens',
    says: 'a token lasts as long as the switch says',
    source: 'Microsoft identity platform, Access tokens',
    unconfirmed: 'tokenSeconds',
  },
  async () => {
    const own = fresh()
    own.tenant.load({ ...own.tenant.state(), switches: { tokenSeconds: 5400 } })
    expect((await askToken({}, TENANT, own)).body.expires_in).toBe(5400)
  },
)

rule(
  {
    area: 'Clouds',
    says: 'GET /metadata/endpoints?api-version=2022-09-01 has non-empty name, resourceManager, microsoftGraphResourceId and authentication.loginEndpoint; the token endpoint lies under the last, and the third is a scope',
    source: 'hashicorp/go-azure-sdk, cloud metadata',
  },
  async () => {
    const { status, body } = await tenant.raw('GET /metadata/endpoints?api-version=2022-09-01')
    const { loginEndpoint } = body.authentication as Record<string, string>
    expect([status, body.microsoftGraphResourceId, loginEndpoint]).toEqual([
      200,
      'https://localhost:8443',
      'https://localhost:8443',
    ])
    for (const name of ['name', 'resourceManager']) expect(String(body[name]).length).toBeGreaterThan(0)
    expect((await askToken({ scope: `${String(body.microsoftGraphResourceId)}/.default` })).status).toBe(200)
  },
)

rule(
  {
    area: 'Tokens',
    says: 'openid, offline_access and profile beside the /.default scope change nothing; a scope without /.default is 400 invalid_scope AADSTS1002012',
    source: 'Azure SDK for Go, azidentity',
  },
  async () => {
    const { status, body } = await askToken({ scope: `${GRAPH} openid offline_access profile` })
    expect([status, body.token_type]).toEqual([200, 'Bearer'])
    expect(refusal(await askToken({ scope: 'User.Read.All' }))).toMatch(/^400 invalid_scope \[1002012\]/)
  },
)
