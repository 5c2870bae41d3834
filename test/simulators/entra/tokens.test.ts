import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import { createClientCertificate } from '../../../src/simulator/certificate.ts'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const TENANT = 'dddddddd-0000-4000-8000-00000000000a'
const APP = 'eeeeeeee-0000-4000-8000-00000000000a'
const SP = 'ffffffff-0000-4000-8000-00000000000a'
const GRAPH = 'https://graph.microsoft.com/.default'
const ISSUER = 'https://token.actions.example'
const ASSERTED = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const fresh = (more: EntraState = {}): TestTenant =>
  testTenant({
    tenant: { id: TENANT, displayName: 'Example', domains: ['example.com'] },
    applications: [
      {
        appId: APP,
        servicePrincipalId: SP,
        secrets: ['right'],
        permissions: ['User.Read.All'],
        federatedCredentials: [
          { name: 'ci', issuer: ISSUER, subject: 'repo:x', audiences: ['api://AzureADTokenExchange'] },
        ],
      },
    ],
    issuers: [{ issuer: ISSUER, keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256' }] }],
    ...more,
  })

function ask(at: TestTenant, given: Readonly<Record<string, string>>): Promise<Answer> {
  const form = { client_id: APP, grant_type: 'client_credentials', scope: GRAPH, ...given }
  return at.raw(`POST /${TENANT}/oauth2/v2.0/token`, new URLSearchParams(form).toString())
}

const bySecret = (at: TestTenant, given: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  ask(at, { client_secret: 'right', ...given })

function refusal({ status, body }: Answer): string {
  const description = String(body.error_description).split(' Trace ID:')[0]
  return `${status} ${String(body.error)} ${JSON.stringify(body.error_codes)} ${description}`
}

function claimsOf({ body }: Answer): Record<string, unknown> {
  const payload = String(body.access_token).split('.')[1] ?? ''
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>
}

rule(
  {
    area: 'Tokens: discovery',
    says: 'GET /common/discovery/instance?api-version=1.1&authorization_endpoint=… is 200 with the tenant_discovery_endpoint of the authority and its host among the aliases',
    source: '@azure/identity with MSAL, tried against a local server',
  },
  async () => {
    const endpoint = encodeURIComponent(`https://localhost:8443/${TENANT}/oauth2/v2.0/authorize`)
    const path = `/common/discovery/instance?api-version=1.1&authorization_endpoint=${endpoint}`
    const { status, body } = await fresh().raw(`GET ${path}`)
    expect([status, body.tenant_discovery_endpoint]).toEqual([
      200,
      `https://localhost:8443/${TENANT}/v2.0/.well-known/openid-configuration`,
    ])
    expect(body.metadata).toMatchObject([{ preferred_network: 'localhost:8443', aliases: ['localhost:8443'] }])
  },
)

rule(
  {
    area: 'Tokens: discovery',
    says: 'openid-configuration under a domain of the tenant names the token endpoint under that domain and the issuer by the id of the tenant',
    source: '@azure/identity with MSAL, tried against a local server',
  },
  async () => {
    const { status, body } = await fresh().raw('GET /example.com/v2.0/.well-known/openid-configuration')
    expect([status, body.token_endpoint, body.issuer]).toEqual([
      200,
      'https://localhost:8443/example.com/oauth2/v2.0/token',
      `https://localhost:8443/${TENANT}/v2.0`,
    ])
  },
)

rule(
  {
    area: 'Tokens',
    says: 'the fields that MSAL sends besides (x-client-SKU, x-client-VER, x-client-OS, x-client-CPU, x-ms-lib-capability, telemetry, client-request-id) change nothing',
    source: '@azure/identity with MSAL, tried against a local server',
  },
  async () => {
    const sent = {
      'x-client-SKU': 'msal.js.node',
      'x-client-VER': '7.2.1',
      'x-client-OS': 'linux',
      'x-client-CPU': 'x64',
      'x-ms-lib-capability': 'retry-after, h429',
      'x-client-current-telemetry': '5|771,2,,,|,',
      'x-client-last-telemetry': '5|0|||0,0',
      'client-request-id': '11111111-0000-4000-8000-000000000001',
    }
    const { status, body } = await bySecret(fresh(), sent)
    expect([status, body.token_type]).toEqual([200, 'Bearer'])
  },
)

rule(
  {
    area: 'Tokens: assertions',
    says: 'the issuer, subject and audience of a federated assertion must match exactly: else 401 invalid_client AADSTS700211, AADSTS700213 or AADSTS700212 "No matching federated identity record found for presented assertion …"',
    source: 'Microsoft Entra authentication and authorization error codes',
  },
  async () => {
    const tenant = fresh()
    const seconds = Math.floor(tenant.clock.now() / 1000)
    const outcome = async (given: { iss?: string; sub?: string; aud?: string }): Promise<string> => {
      const { iss = ISSUER, sub = 'repo:x', aud = 'api://AzureADTokenExchange' } = given
      const assertion = await new SignJWT({ iss, sub, aud, iat: seconds, exp: seconds + 300 })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .sign(privateKey)
      const answer = await ask(tenant, { ...ASSERTED, client_assertion: assertion })
      return answer.status === 200 ? '200' : refusal(answer)
    }
    const text = 'No matching federated identity record found for presented assertion'
    expect(await outcome({})).toBe('200')
    expect(await outcome({ iss: `${ISSUER}/` })).toBe(
      `401 invalid_client [700211] AADSTS700211: ${text} issuer '${ISSUER}/'.`,
    )
    expect(await outcome({ sub: 'repo:X' })).toBe(`401 invalid_client [700213] AADSTS700213: ${text} subject 'repo:X'.`)
    expect(await outcome({ aud: 'api://Other' })).toBe(
      `401 invalid_client [700212] AADSTS700212: ${text} audience 'api://Other'.`,
    )
  },
)

rule(
  {
    area: 'Tokens: assertions',
    says: 'the certificate may come along as x5c, and is then the one that is registered; the audience must be the token endpoint, and iss and sub the application',
    source: '@azure/identity with MSAL, tried against a local server',
  },
  async () => {
    const tenant = fresh()
    const { certPem, keyPem } = createClientCertificate('app')
    tenant.tenant.registerCertificate(certPem)
    const der = (pem: string): Buffer => new X509Certificate(pem).raw
    const seconds = Math.floor(tenant.clock.now() / 1000)
    const endpoint = `https://localhost:8443/${TENANT}/oauth2/v2.0/token`
    const outcome = async ({ x5c = certPem, aud = endpoint, sub = APP }): Promise<unknown> => {
      const assertion = await new SignJWT({ iss: APP, sub, aud, nbf: seconds, iat: seconds, exp: seconds + 600 })
        .setProtectedHeader({
          alg: 'PS256',
          typ: 'JWT',
          'x5t#S256': createHash('sha256').update(der(certPem)).digest('base64url'),
          x5c: [der(x5c).toString('base64')],
        })
        .sign(createPrivateKey(keyPem))
      const { status, body } = await ask(tenant, { ...ASSERTED, client_assertion: assertion })
      return status === 200 ? 200 : [status, body.error]
    }
    const refused = [401, 'invalid_client']
    expect(await outcome({})).toBe(200)
    expect(await outcome({ x5c: createClientCertificate('other').certPem })).toEqual(refused)
    expect(await outcome({ aud: 'https://localhost:8443/other/oauth2/v2.0/token' })).toEqual(refused)
    expect(await outcome({ sub: SP })).toEqual(refused)
  },
)

rule(
  {
    area: 'Tokens: lifetime',
    says: 'a token lasts a random time between 60 and 90 minutes where the switch is 0',
    source: 'Microsoft identity platform, Access tokens: token lifetime',
    unconfirmed: 'tokenSeconds',
  },
  async () => {
    const tenant = fresh({ switches: { tokenSeconds: 0 } })
    const seen = new Set<number>()
    for (let asked = 0; asked < 5; asked += 1) {
      const answer = await bySecret(tenant)
      const { exp, iat } = claimsOf(answer) as { exp: number; iat: number }
      expect(exp - iat).toBe(answer.body.expires_in)
      seen.add(exp - iat)
    }
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(3600)
    expect(Math.max(...seen)).toBeLessThanOrEqual(5400)
    expect(seen.size).toBeGreaterThan(1)
  },
)

rule(
  {
    area: 'Tokens: lifetime',
    says: 'only a client that sends the claim xms_cc cp1 (continuous access evaluation) gets a token of 24 hours',
    source: 'Microsoft identity platform, Access tokens: token lifetime',
  },
  async () => {
    const tenant = fresh()
    const asking = (value: string): string => JSON.stringify({ access_token: { xms_cc: { values: [value] } } })
    expect((await bySecret(tenant, { claims: asking('cp1') })).body.expires_in).toBe(86_400)
    expect((await bySecret(tenant, { claims: asking('other') })).body.expires_in).toBe(3599)
  },
)

rule(
  {
    area: 'Tokens: lifetime',
    says: 'an answer may have refresh_in, here by switch half of expires_in',
    source: '@azure/identity with MSAL, tried against a local server',
    unconfirmed: 'refreshIn',
  },
  async () => {
    expect('refresh_in' in (await bySecret(fresh())).body).toBe(false)
    expect((await bySecret(fresh({ switches: { refreshIn: true } }))).body.refresh_in).toBe(1799)
  },
)

rule(
  {
    area: 'Tokens',
    says: 'the token of an application is of version 1.0 with issuer sts.windows.net and appid, or by switch of version 2.0 with azp; both open Microsoft Graph',
    source: 'Recollection of tokens of applications; not captured',
    unconfirmed: 'tokenShape',
  },
  async () => {
    expect(claimsOf(await bySecret(fresh()))).toMatchObject({
      iss: `https://sts.windows.net/${TENANT}/`,
      appid: APP,
      ver: '1.0',
    })
    const tenant = fresh({ switches: { tokenShape: 'v2' } })
    const answer = await bySecret(tenant)
    const claims = claimsOf(answer)
    expect(claims).toMatchObject({ iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, azp: APP, ver: '2.0' })
    expect(claims).toMatchObject({ tid: TENANT, oid: SP, idtyp: 'app', roles: ['User.Read.All'] })
    expect('appid' in claims).toBe(false)
    const authorization = `Bearer ${String(answer.body.access_token)}`
    expect((await tenant.raw('GET /v1.0/users', '', { authorization })).status).toBe(200)
  },
)

rule(
  {
    area: 'Tokens',
    says: 'an error has error_uri sometimes; here always, or by switch never',
    source: 'Error envelopes captured from the token endpoint of Microsoft Entra (entra-emulator)',
    unconfirmed: 'loginErrorUri',
  },
  async () => {
    const body = async (tenant: TestTenant) => (await bySecret(tenant, { client_secret: 'wrong' })).body
    expect((await body(fresh())).error_uri).toBe('https://login.microsoftonline.com/error?code=7000215')
    expect('error_uri' in (await body(fresh({ switches: { loginErrorUri: false } })))).toBe(false)
  },
)
