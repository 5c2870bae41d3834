import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { OktaState } from './index.ts'
import { bench } from './testing/ask.ts'
import { bearer, endpoint, token, type Wish } from './testing/token.ts'

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

const now = Date.parse('2026-03-02T09:00:00.000Z') / 1000

describe('the token endpoint', () => {
  it('gives a bearer token for an hour, whatever the DPoP header says', async () => {
    const reply = await token(bench(), { headers: { dpop: 'anything' } })
    const { token_type, expires_in, scope } = Object(reply.body.value)
    expect([reply.status, token_type, expires_in, scope]).toEqual([
      200,
      'Bearer',
      3600,
      'okta.users.read okta.users.manage',
    ])
  })

  it('gives what is both asked for and granted, without a word about the rest', async () => {
    const reply = await token(bench({ apps: [{ scopes: ['okta.users.read'] }] }))
    expect(reply.body.at('scope')).toBe('okta.users.read')
  })

  const bad = 'invalid_client'
  const refusals: readonly [title: string, wish: Wish, status: number, error: string, description: RegExp][] = [
    ['no grant type', { form: { grant_type: undefined } }, 400, 'invalid_request', /must specify a 'grant_type'/],
    ['another grant type', { form: { grant_type: 'x' } }, 400, 'unsupported_grant_type', /not supported/],
    [
      'another assertion type',
      { form: { client_assertion_type: 'x' } },
      400,
      'invalid_request',
      /client_assertion_type is invalid/,
    ],
    [
      'no credentials',
      { form: { client_assertion: undefined, client_assertion_type: undefined } },
      401,
      bad,
      /^No client credentials found\.$/,
    ],
    [
      'a secret',
      { form: { client_assertion: undefined, client_assertion_type: undefined, client_secret: 's' } },
      401,
      bad,
      /must use the private_key_jwt/,
    ],
    ['text that is no JWT', { form: { client_assertion: 'x.y' } }, 401, bad, /parsing of the client_assertion failed/],
    [
      'a client nobody knows',
      { claims: { iss: 'nobody', sub: 'nobody' } },
      401,
      bad,
      /Invalid value for 'client_id' parameter/,
    ],
    ['another issuer', { claims: { iss: 'nobody' } }, 401, bad, /issuer claim/],
    ['another subject', { claims: { sub: 'nobody' } }, 401, bad, /subject claim/],
    ['another audience', { claims: { aud: 'http://acme.test' } }, 401, bad, /audience claim/],
    ['no expiry', { claims: { exp: undefined } }, 401, bad, /must contain the 'exp' claim/],
    ['an expired assertion', { claims: { exp: now - 1 } }, 401, bad, /is expired/],
    ['an expiry in more than an hour', { claims: { exp: now + 3601 } }, 401, bad, /too far into the future/],
    ['an assertion from the future', { claims: { iat: now + 10 } }, 401, bad, /issued before the current time/],
    ['a foreign key', { key: stranger }, 401, bad, /signature is invalid/],
    ['an unknown key id', { header: { alg: 'RS256', kid: 'other' } }, 401, bad, /kid is invalid/],
    ['an algorithm that is not allowed', { header: { alg: 'PS256' } }, 401, bad, /signature algorithm is invalid/],
    ['no scope', { form: { scope: '' } }, 400, 'invalid_scope', /No scopes were requested/],
    [
      'an unknown scope',
      { form: { scope: 'okta.users.read okta.nonsense.read' } },
      400,
      'invalid_scope',
      /not configured/,
    ],
    [
      'only scopes that are not granted',
      { form: { scope: 'okta.policies.read' } },
      400,
      'consent_required',
      /not allowed any of the requested scopes/,
    ],
  ]

  it.each(refusals)('refuses %s', async (_, wish, status, error, description) => {
    const reply = await token(bench(), wish)
    expect([reply.status, reply.body.at('error'), reply.body.at('errorCode')]).toEqual([status, error, undefined])
    expect(reply.body.at('error_description')).toMatch(description)
  })

  it('takes an assertion with an id once', async () => {
    const org = bench()
    const wish = { claims: { jti: 'once' } }
    expect((await token(org, wish)).status).toBe(200)
    expect((await token(org, wish)).body.at('error_description')).toBe(
      'The client_assertion token has already been used.',
    )
    expect((await token(org, { claims: { jti: 'twice' } })).status).toBe(200)
  })

  const apps: readonly [title: string, app: NonNullable<OktaState['apps']>[number], description: RegExp][] = [
    ['an app without keys', { keys: [] }, /does not have a JWKSet/],
    ['a web app', { applicationType: 'web' }, /'application_type' of 'service'/],
    ['an app with a secret', { tokenEndpointAuthMethod: 'client_secret_basic' }, /must use the private_key_jwt/],
    ['a deactivated app', { status: 'INACTIVE' }, /Client authentication failed/],
  ]

  it.each(apps)('refuses %s', async (_, app, description) => {
    const reply = await token(bench({ apps: [app] }))
    expect([reply.status, reply.body.at('error')]).toEqual([401, 'invalid_client'])
    expect(reply.body.at('error_description')).toMatch(description)
  })

  it('asks for a proof of possession, then for a nonce, where the app requires DPoP', async () => {
    const org = bench({ apps: [{ requiresDpop: true }] })
    expect((await token(org)).body.at('error')).toBe('invalid_dpop_proof')
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const proof = (nonce?: string) =>
      new SignJWT({
        htm: 'POST',
        htu: endpoint,
        iat: now,
        jti: String(nonce),
        ...(nonce === undefined ? {} : { nonce }),
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'dpop+jwt', jwk: Object(key.publicKey.export({ format: 'jwk' })) })
        .sign(key.privateKey)
    const first = await token(org, { headers: { dpop: await proof() } })
    expect(first.body.at('error')).toBe('use_dpop_nonce')
    const second = await token(org, { headers: { dpop: await proof(first.headers.get('dpop-nonce')) } })
    expect([second.status, second.body.at('token_type')]).toEqual([200, 'DPoP'])
  })
})

describe('an access token', () => {
  it('opens what its scopes and the role of the app allow', async () => {
    const org = bench()
    expect((await org.ask('GET', '/api/v1/users', { as: await bearer(org) })).status).toBe(200)
  })

  it('without the scope gets 403, an empty body and a challenge that names the scope', async () => {
    const org = bench()
    const reply = await org.ask('GET', '/api/v1/groups', { as: await bearer(org) })
    expect([reply.status, reply.body.value]).toEqual([403, undefined])
    expect(reply.headers.get('www-authenticate')).toBe(
      'Bearer authorization_uri="http://acme.test/oauth2/v1/authorize", realm="http://acme.test", scope="okta.groups.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/groups"',
    )
  })

  it('expires by the clock of the tenant, with 401 and an empty body', async () => {
    const org = bench()
    const as = await bearer(org)
    org.clock.advance(3599)
    expect((await org.ask('GET', '/api/v1/users', { as })).status).toBe(200)
    org.clock.advance(1)
    const reply = await org.ask('GET', '/api/v1/users', { as })
    expect([reply.status, reply.body.value]).toEqual([401, undefined])
    expect(reply.headers.get('www-authenticate')).toContain(
      'error="invalid_token", error_description="The token has expired."',
    )
  })

  it('that was never given out gets 401 and an empty body; sent as an API token it gets E0000011', async () => {
    const org = bench()
    const unknown = await org.ask('GET', '/api/v1/users', { as: 'Bearer eyJ.nope.nope' })
    expect([unknown.status, unknown.body.value]).toEqual([401, undefined])
    const wrong = await org.ask('GET', '/api/v1/users', { as: (await bearer(org)).replace('Bearer', 'SSWS') })
    expect([wrong.status, wrong.code]).toEqual([401, 'E0000011'])
  })

  it('survives a change of state, as signed tokens do', async () => {
    const org = bench()
    const as = await bearer(org)
    org.tenant.load(org.tenant.state())
    expect((await org.ask('GET', '/api/v1/users', { as })).status).toBe(200)
  })
})
