import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createClientCertificate } from '../certificate.ts'
import { START, testTenant } from './testkit.ts'

const SCOPE = 'https://graph.microsoft.com/.default'
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const certificate = createClientCertificate('app')
const other = createClientCertificate('other')
const issuerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const STRICT = { assertionsByMachineClock: false }

function form(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams({ grant_type: 'client_credentials', scope: SCOPE, ...fields }).toString()
}

describe('the token endpoint', () => {
  const { tenant, raw } = testTenant()
  const right = { client_id: tenant.clientId, client_secret: tenant.clientSecret }

  it('answers a bearer token under the tenant id and under its domains', async () => {
    for (const name of [tenant.tenantId, 'example.com']) {
      const { status, body } = await raw(`POST /${name}/oauth2/v2.0/token`, form(right))
      expect([status, body.token_type, body.expires_in, String(body.access_token).split('.').length]).toEqual([
        200,
        'Bearer',
        3599,
        3,
      ])
    }
  })

  it.each<[string, Record<string, string>, number, string, number]>([
    ['a wrong secret', { client_secret: 'no' }, 401, 'invalid_client', 7000215],
    ['an unknown client', { client_id: '99999999-9999-4999-8999-999999999999' }, 400, 'unauthorized_client', 700038],
    ['an unknown resource', { scope: 'https://vault.azure.net/.default' }, 400, 'invalid_resource', 500011],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ])('refuses %s', async (_what, fields, status, error, code) => {
    const answer = await raw(
      `POST /${tenant.tenantId}/oauth2/v2.0/token?client-request-id=abc`,
      form({ ...right, ...fields }),
    )
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({
      error,
      error_codes: [code],
      timestamp: '2026-03-02 09:00:00Z',
      correlation_id: 'abc',
    })
    expect(answer.body.error_description).toMatch(
      new RegExp(`^AADSTS${code}: .* Trace ID: .* Correlation ID: abc Timestamp: `),
    )
  })

  it('refuses an unknown tenant', async () => {
    expect((await raw('POST /elsewhere.com/oauth2/v2.0/token', form(right))).body).toMatchObject({
      error_codes: [90002],
    })
  })

  it('is found by discovery, whose issuer shares its origin', async () => {
    const { body } = await raw(`GET /${tenant.tenantId}/v2.0/.well-known/openid-configuration`)
    for (const name of ['issuer', 'token_endpoint', 'authorization_endpoint', 'jwks_uri'])
      expect(body[name]).toMatch(/^https:\/\/localhost:8443\//)
    expect((await raw('GET /metadata/endpoints?api-version=2022-09-01')).body).toMatchObject({
      name: expect.any(String),
      microsoftGraphResourceId: 'https://localhost:8443',
      authentication: { loginEndpoint: 'https://localhost:8443' },
    })
    expect((await raw('GET /common/discovery/instance?api-version=1.1')).body.metadata).toHaveLength(1)
  })
})

describe('access tokens', () => {
  it('end with their lifetime by the tenant clock', async () => {
    const { raw, signIn, clock } = testTenant()
    const authorization = `Bearer ${await signIn()}`
    clock.advance(3_598_000)
    expect((await raw('GET /v1.0/users', '', { authorization })).status).toBe(200)
    clock.advance(1000)
    const late = await raw('GET /v1.0/users', '', { authorization })
    expect([late.status, late.code]).toEqual([401, 'InvalidAuthenticationToken'])
  })

  it.each(['', 'Bearer x', 'Bearer a.b.c', 'Basic abc'])('are refused when they are "%s"', async authorization => {
    expect((await testTenant().raw('GET /v1.0/users', '', { authorization })).code).toBe('InvalidAuthenticationToken')
  })

  it('end when the tenant becomes another', async () => {
    const { tenant, raw, signIn } = testTenant()
    const authorization = `Bearer ${await signIn()}`
    tenant.load({ ...tenant.state(), tenant: { id: '33333333-3333-4333-8333-333333333333' } })
    expect((await raw('GET /v1.0/users', '', { authorization })).status).toBe(401)
  })

  it('of another tenant are refused', async () => {
    const [one, two] = [testTenant(), testTenant()]
    const authorization = `Bearer ${await two.signIn()}`
    expect((await one.raw('GET /v1.0/users', '', { authorization })).status).toBe(401)
  })
})

describe('a certificate assertion', () => {
  async function attempt(
    options: { alg?: string; header?: object; claims?: JWTPayload; key?: string; lifetime?: number } = {},
  ) {
    const { tenant, raw } = testTenant({ switches: STRICT })
    tenant.registerCertificate(certificate.certPem)
    const der = new X509Certificate(certificate.certPem).raw
    const now = START / 1000
    const header = options.header ?? { 'x5t#S256': createHash('sha256').update(der).digest('base64url') }
    const claims = {
      aud: `https://localhost:8443/${tenant.tenantId}/oauth2/v2.0/token`,
      iss: tenant.clientId,
      sub: tenant.clientId,
      jti: 'x',
      nbf: now,
      iat: now,
      exp: now + (options.lifetime ?? 600),
      ...options.claims,
    }
    const { createPrivateKey } = await import('node:crypto')
    const assertion = await new SignJWT(claims)
      .setProtectedHeader({ alg: options.alg ?? 'PS256', typ: 'JWT', ...header })
      .sign(createPrivateKey(options.key ?? certificate.keyPem))
    const answer = await raw(
      `POST /${tenant.tenantId}/oauth2/v2.0/token`,
      form({ client_id: tenant.clientId, client_assertion_type: ASSERTION, client_assertion: assertion }),
    )
    return [answer.status, (answer.body.error_codes as number[] | undefined)?.[0]]
  }
  const x5t = { x5t: createHash('sha1').update(new X509Certificate(certificate.certPem).raw).digest('base64url') }

  it('is accepted with PS256 and RS256, named by either thumbprint', async () => {
    expect(await attempt()).toEqual([200, undefined])
    expect(await attempt({ alg: 'RS256', header: x5t })).toEqual([200, undefined])
    expect(
      await attempt({ header: { ...x5t, x5c: [new X509Certificate(certificate.certPem).raw.toString('base64')] } }),
    ).toEqual([200, undefined])
  })

  it.each<[string, Parameters<typeof attempt>[0], number]>([
    ['another key', { key: other.keyPem }, 700027],
    ['a certificate that is not registered', { header: { x5t: 'abc' } }, 700027],
    [
      'the chain of another certificate',
      { header: { ...x5t, x5c: [new X509Certificate(other.certPem).raw.toString('base64')] } },
      700027,
    ],
    ['another audience', { claims: { aud: 'https://elsewhere' } }, 700023],
    ['another subject', { claims: { sub: 'x' } }, 700021],
    ['a time that is over', { lifetime: -600 }, 700024],
    ['a time to come', { claims: { nbf: START / 1000 + 3600 }, lifetime: 7200 }, 700024],
  ])('is refused with %s', async (_what, options, code) => {
    expect(await attempt(options)).toEqual([401, code])
  })
})

describe('a federated assertion', () => {
  const CREDENTIAL = {
    name: 'cluster',
    issuer: 'https://oidc.example.com',
    subject: 'system:serviceaccount:tenure:tenure',
    audiences: ['api://AzureADTokenExchange'],
  }

  async function attempt(claims: JWTPayload = {}, key = issuerKeys.privateKey) {
    const { tenant, raw } = testTenant({ switches: STRICT })
    tenant.registerFederatedCredential(CREDENTIAL, [
      { ...(await exportJWK(issuerKeys.publicKey)), kid: 'k', alg: 'RS256' },
    ])
    const payload = {
      iss: CREDENTIAL.issuer,
      sub: CREDENTIAL.subject,
      aud: 'api://AzureADTokenExchange',
      exp: START / 1000 + 600,
      ...claims,
    }
    const assertion = await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(key)
    const answer = await raw(
      `POST /${tenant.tenantId}/oauth2/v2.0/token`,
      form({ client_id: tenant.clientId, client_assertion_type: ASSERTION, client_assertion: assertion }),
    )
    return [answer.status, (answer.body.error_codes as number[] | undefined)?.[0]]
  }

  it('is accepted when issuer, subject and audience are registered', async () => {
    expect(await attempt()).toEqual([200, undefined])
    expect(await attempt({ aud: ['api://AzureADTokenExchange', 'more'] })).toEqual([200, undefined])
  })

  it.each<[string, JWTPayload, number]>([
    ['another issuer', { iss: 'https://evil.example.com' }, 700211],
    ['another subject', { sub: 'system:serviceaccount:tenure:other' }, 700213],
    ['another audience', { aud: 'https://kubernetes.default.svc' }, 700212],
    ['a time that is over', { exp: START / 1000 - 600 }, 700024],
  ])('is refused with %s', async (_what, claims, code) => {
    expect(await attempt(claims)).toEqual([401, code])
  })

  it('is refused with a key that is not the issuer’s', async () => {
    expect(await attempt({}, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)).toEqual([401, 700027])
  })
})
