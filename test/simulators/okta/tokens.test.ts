import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Answer, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer, endpoint, token, type Wish } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { refused } from './people.ts'

const now = Date.parse('2026-03-02T09:00:00.000Z') / 1000
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

/** Asks a fresh org for a token and expects the refusal. */
async function denied(
  wish: Wish,
  status: number,
  error: string,
  description: string,
  state: OktaState = {},
): Promise<void> {
  says(await token(bench(state), wish), status, error, description)
}

function says(reply: Answer, status: number, error: string, description: string): void {
  expect(reply.status).toBe(status)
  expect(reply.body.value).toEqual({ error, error_description: description })
}

rule(
  {
    area: 'OAuth: tokens',
    says: 'a good request is 200 with token_type Bearer, expires_in 3600, access_token and scope',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    const reply = await token(bench())
    expect(Object.keys(Object(reply.body.value))).toEqual(['token_type', 'expires_in', 'access_token', 'scope'])
    expect([reply.status, reply.body.at('token_type'), reply.body.at('expires_in')]).toEqual([200, 'Bearer', 3600])
  },
)

rule(
  {
    area: 'OAuth: tokens',
    says: 'the token is a JWT with the header kid, typ application/okta-internal-at+jwt, alg RS256 and the payload ver, jti AT.…, iss, aud, sub, iat, exp, cid, scp',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const jwt = String((await token(org)).body.at('access_token')).split('.')
    const [header, payload] = jwt.slice(0, 2).map(part => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')))
    expect(header).toEqual({ kid: expect.any(String), typ: 'application/okta-internal-at+jwt', alg: 'RS256' })
    const { clientId } = org.tenant
    expect(payload).toEqual({
      ver: 1,
      jti: expect.stringMatching(/^AT\./),
      iss: 'http://acme.test',
      aud: 'http://acme.test',
      sub: clientId,
      iat: now,
      exp: now + 3600,
      cid: clientId,
      scp: ['okta.users.read', 'okta.users.manage'],
    })
  },
)

rule(
  {
    area: 'OAuth: tokens',
    says: 'the token has the scopes that are both asked for and granted, without a word about the rest',
    source: 'okta-sdk-golang, issues',
  },
  async () => {
    const reply = await token(bench({ apps: [{ scopes: ['okta.users.read'] }] }))
    expect([reply.status, reply.body.at('scope')]).toEqual([200, 'okta.users.read'])
  },
)

rule(
  {
    area: 'OAuth: tokens',
    says: 'scopes none of which is granted are 400 consent_required You are not allowed any of the requested scopes.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      { form: { scope: 'okta.policies.read' } },
      400,
      'consent_required',
      'You are not allowed any of the requested scopes.',
    ),
)

rule(
  {
    area: 'OAuth: tokens',
    says: 'no scope is 400 invalid_scope No scopes were requested.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () => denied({ form: { scope: '' } }, 400, 'invalid_scope', 'No scopes were requested.'),
)

rule(
  {
    area: 'OAuth: tokens',
    says: 'an unknown scope is 400 invalid_scope One or more scopes are not configured for the authorization server resource.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      { form: { scope: 'okta.users.read okta.nonsense.read' } },
      400,
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    ),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'no assertion is 401 invalid_client No client credentials found.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      { form: { client_assertion: undefined, client_assertion_type: undefined } },
      401,
      'invalid_client',
      'No client credentials found.',
    ),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'the status for a client nobody knows is 401 in the catalogue and 400 with some connectors',
    source: 'Okta, OAuth 2.0 error codes',
    unconfirmed: 'unknownClientStatus',
  },
  async () => {
    const wish = { claims: { iss: 'nobody', sub: 'nobody' } }
    const text = "Invalid value for 'client_id' parameter."
    await denied(wish, 401, 'invalid_client', text)
    await denied(wish, 400, 'invalid_client', text, { switches: { unknownClientStatus: 400 } })
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'another issuer is 401 The issuer claim for client_assertion is not a valid client_id., another subject likewise',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const text = (name: string) => `The ${name} claim for client_assertion is not a valid client_id.`
    await denied({ claims: { iss: 'nobody' } }, 401, 'invalid_client', text('issuer'))
    await denied({ claims: { sub: 'nobody' } }, 401, 'invalid_client', text('subject'))
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'an audience other than the token endpoint is 401 The audience claim for client_assertion must be the endpoint invoked for the request.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      { claims: { aud: 'http://acme.test' } },
      401,
      'invalid_client',
      'The audience claim for client_assertion must be the endpoint invoked for the request.',
    ),
)

rule(
  {
    area: 'OAuth: assertions',
    says: "no exp is 401 The client_assertion must contain the 'exp' claim as seconds since epoch.",
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      { claims: { exp: undefined } },
      401,
      'invalid_client',
      "The client_assertion must contain the 'exp' claim as seconds since epoch.",
    ),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'a past exp is 401 The client_assertion token is expired.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () => denied({ claims: { exp: now - 1 } }, 401, 'invalid_client', 'The client_assertion token is expired.'),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'an exp more than an hour ahead is 401 The client_assertion token has an expiration too far into the future.; an hour is taken',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const text = 'The client_assertion token has an expiration too far into the future.'
    await denied({ claims: { exp: now + 3601 } }, 401, 'invalid_client', text)
    expect((await token(bench(), { claims: { exp: now + 3600 } })).status).toBe(200)
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'an iat in the future is 401 The client_assertion token must be issued before the current time.; no iat is fine',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const text = 'The client_assertion token must be issued before the current time.'
    await denied({ claims: { iat: now + 10 } }, 401, 'invalid_client', text)
    expect((await token(bench(), { claims: { iat: undefined } })).status).toBe(200)
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'a jti is good for one request: again it is 401 The client_assertion token has already been used.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const org = bench()
    const wish = { claims: { jti: 'once' } }
    expect((await token(org, wish)).status).toBe(200)
    says(await token(org, wish), 401, 'invalid_client', 'The client_assertion token has already been used.')
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'a foreign key is 401 The client_assertion signature is invalid.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () => denied({ key: stranger }, 401, 'invalid_client', 'The client_assertion signature is invalid.'),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'an unknown kid is 401 The client_assertion JWT kid is invalid.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      { header: { alg: 'RS256', kid: 'other' } },
      401,
      'invalid_client',
      'The client_assertion JWT kid is invalid.',
    ),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'an app with more than one key needs a kid in the header; with one key it can be left out',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    const jwk = (kid: string) => {
      const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
      return { key: pair.privateKey, jwk: { ...Object(pair.publicKey.export({ format: 'jwk' })), kid } }
    }
    const [one, two] = [jwk('one'), jwk('two')]
    const single = bench({ apps: [{ keys: [one.jwk] }] })
    expect((await token(single, { key: one.key })).status).toBe(200)
    const org = bench({ apps: [{ keys: [one.jwk, two.jwk] }] })
    says(await token(org, { key: two.key }), 401, 'invalid_client', 'The client_assertion JWT kid is invalid.')
    expect((await token(org, { key: two.key, header: { alg: 'RS256', kid: 'two' } })).status).toBe(200)
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'an algorithm other than RS256, RS384, RS512, ES256, ES384 and ES512 is 401 The client_assertion JWT signature algorithm is invalid.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const text = 'The client_assertion JWT signature algorithm is invalid.'
    await denied({ header: { alg: 'PS256' } }, 401, 'invalid_client', text)
    for (const alg of ['RS384', 'RS512']) expect((await token(bench(), { header: { alg } })).status, alg).toBe(200)
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'ES256 with an EC key is taken',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const org = bench({ apps: [{ keys: [{ ...Object(publicKey.export({ format: 'jwk' })), kid: 'ec' }] }] })
    const [app] = (await org.ask('GET', '/api/v1/apps')).body.list
    const id = String(app?.at('id'))
    const reply = await token(org, {
      key: privateKey,
      header: { alg: 'ES256', kid: 'ec' },
      claims: { iss: id, sub: id },
    })
    expect(reply.status).toBe(200)
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'text that is no JWT is 401 The parsing of the client_assertion failed.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied({ form: { client_assertion: 'x.y' } }, 401, 'invalid_client', 'The parsing of the client_assertion failed.'),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'an app without keys is 401 The client does not have a JWKSet configured, but the client_assertion requires one.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      {},
      401,
      'invalid_client',
      'The client does not have a JWKSet configured, but the client_assertion requires one.',
      { apps: [{ keys: [] }] },
    ),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'a secret is 401 Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const text =
      'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.'
    const form = { client_assertion: undefined, client_assertion_type: undefined, client_secret: 's' }
    await denied({ form }, 401, 'invalid_client', text)
    await denied({}, 401, 'invalid_client', text, { apps: [{ tokenEndpointAuthMethod: 'client_secret_basic' }] })
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: "an app that is no service is 401 Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      {},
      401,
      'invalid_client',
      "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
      { apps: [{ applicationType: 'web' }] },
    ),
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'a deactivated app is 401 Client authentication failed. Either the client or the client credentials are invalid.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied(
      {},
      401,
      'invalid_client',
      'Client authentication failed. Either the client or the client credentials are invalid.',
      { apps: [{ status: 'INACTIVE' }] },
    ),
)

rule(
  {
    area: 'OAuth: requests',
    says: 'another client_assertion_type is 400 invalid_request The client_assertion_type is invalid.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied({ form: { client_assertion_type: 'x' } }, 400, 'invalid_request', 'The client_assertion_type is invalid.'),
)

rule(
  {
    area: 'OAuth: requests',
    says: "no grant_type is 400 invalid_request The token request must specify a 'grant_type'. Valid values: […], one that Okta does not know 400 unsupported_grant_type The authorization grant type is not supported by the authorization server. Configured grant types: […].",
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const known = '[authorization_code, client_credentials, implicit, password, refresh_token]'
    const none = `The token request must specify a 'grant_type'. Valid values: ${known}`
    await denied({ form: { grant_type: undefined } }, 400, 'invalid_request', none)
    const other = `The authorization grant type is not supported by the authorization server. Configured grant types: ${known}.`
    await denied({ form: { grant_type: 'x' } }, 400, 'unsupported_grant_type', other)
  },
)

rule(
  {
    area: 'OAuth: DPoP',
    says: 'a DPoP header does no harm where the app does not require DPoP',
    source: "Okta's SDK for Node.js",
  },
  async () => {
    const reply = await token(bench(), { headers: { dpop: 'anything' } })
    expect([reply.status, reply.body.at('token_type')]).toEqual([200, 'Bearer'])
  },
)

rule(
  {
    area: 'OAuth: DPoP',
    says: 'an app that requires DPoP is refused without a proof: 400 invalid_dpop_proof The DPoP proof JWT header is missing.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  () =>
    denied({}, 400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.', { apps: [{ requiresDpop: true }] }),
)

rule(
  {
    area: 'OAuth: DPoP',
    says: 'a proof without nonce is 400 use_dpop_nonce Authorization server requires nonce in DPoP proof. with the header dpop-nonce; with it the token_type is DPoP',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({ apps: [{ requiresDpop: true }] })
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const proof = (nonce: Readonly<Record<string, unknown>>) =>
      new SignJWT({ htm: 'POST', htu: endpoint, iat: now, jti: JSON.stringify(nonce), ...nonce })
        .setProtectedHeader({ alg: 'RS256', typ: 'dpop+jwt', jwk: Object(publicKey.export({ format: 'jwk' })) })
        .sign(privateKey)
    const first = await token(org, { headers: { dpop: await proof({}) } })
    says(first, 400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.')
    const nonce = first.headers.get('dpop-nonce')
    const second = await token(org, { headers: { dpop: await proof({ nonce }) } })
    expect([second.status, second.body.at('token_type')]).toEqual([200, 'DPoP'])
  },
)

rule(
  {
    area: 'OAuth: calls',
    says: 'a token without the scope is 403 with an empty body and a WWW-Authenticate that names the scope and insufficient_scope',
    source: 'okta-sdk-golang, issues',
  },
  async () => {
    const org = bench()
    const reply = await org.ask('GET', '/api/v1/groups/123', { as: await bearer(org) })
    expect([reply.status, reply.body.value]).toEqual([403, undefined])
    expect(reply.headers.get('www-authenticate')).toBe(
      'Bearer authorization_uri="http://acme.test/oauth2/v1/authorize", realm="http://acme.test", scope="okta.groups.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/groups/123"',
    )
  },
)

rule(
  {
    area: 'OAuth: calls',
    says: 'an expired token is 401 with an empty body and error="invalid_token", error_description="The token has expired."',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
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
  },
)

rule(
  {
    area: 'OAuth: calls',
    says: 'a token lives 3600 seconds and cannot be refreshed; the simulated org can shorten that for tests of expiry',
    source: 'Okta, Implement OAuth for Okta with a service app',
    unconfirmed: 'tokenSeconds',
  },
  async () => {
    const org = bench({ switches: { tokenSeconds: 30 } })
    const reply = await token(org)
    expect([reply.body.at('expires_in'), reply.body.at('refresh_token')]).toEqual([30, undefined])
    org.clock.advance(30)
    const as = `Bearer ${reply.body.at('access_token')}`
    expect((await org.ask('GET', '/api/v1/users', { as })).status).toBe(401)
  },
)

rule(
  {
    area: 'OAuth: calls',
    says: 'a token that was never given out is 401 with an empty body; the text of its header is not told',
    source: 'Okta, OAuth 2.0 error codes',
    unconfirmed: 'unknownTokenDescription',
  },
  async () => {
    const reply = await bench().ask('GET', '/api/v1/users', { as: 'Bearer eyJ.no.pe' })
    expect([reply.status, reply.body.value]).toEqual([401, undefined])
    expect(reply.headers.get('www-authenticate')).toContain('error_description="The access token is invalid."')
    const other = bench({ switches: { unknownTokenDescription: 'No.' } })
    const worded = await other.ask('GET', '/api/v1/users', { as: 'Bearer eyJ.no.pe' })
    expect(worded.headers.get('www-authenticate')).toContain('error_description="No."')
  },
)

rule(
  {
    area: 'API tokens',
    says: 'a bad API token, and an access token sent as one, is 401 E0000011 Invalid token provided',
    source: "Okta's SDK for Node.js, issues",
  },
  async () => {
    const org = bench()
    refused(await org.ask('GET', '/api/v1/users', { as: 'SSWS nonsense' }), 401, 'E0000011', 'Invalid token provided')
    const as = (await bearer(org)).replace('Bearer', 'SSWS')
    refused(await org.ask('GET', '/api/v1/users', { as }), 401, 'E0000011')
  },
)

rule(
  {
    area: 'API tokens',
    says: 'the API token of a user who is no longer ACTIVE is 401 E0000011',
    source: 'Okta Help Center, API token management',
  },
  async () => {
    const profile = { firstName: 'A', lastName: 'B', login: 'a@example.com', email: 'a@example.com' }
    const org = bench({
      users: [{ id: 'u1', profile, roles: ['SUPER_ADMIN'] }],
      tokens: [
        { value: 'mine', name: 'mine', user: 'u1' },
        { value: 'other', roles: ['SUPER_ADMIN'] },
      ],
    })
    expect((await org.ask('GET', '/api/v1/users', { as: 'SSWS mine' })).status).toBe(200)
    await org.ask('POST', '/api/v1/users/u1/lifecycle/suspend', { as: 'SSWS other' })
    refused(await org.ask('GET', '/api/v1/users', { as: 'SSWS mine' }), 401, 'E0000011')
  },
)

rule(
  {
    area: 'API tokens',
    says: 'a request without credentials is 403 E0000005 Invalid session or 401 E0000011',
    source: 'Okta, Error codes',
    unconfirmed: 'noCredentialsRefusal',
  },
  async () => {
    refused(await bench().ask('GET', '/api/v1/users', { as: '' }), 403, 'E0000005', 'Invalid session')
    const other = bench({ switches: { noCredentialsRefusal: 'E0000011' } })
    refused(await other.ask('GET', '/api/v1/users', { as: '' }), 401, 'E0000011')
  },
)

const reads: Readonly<Record<string, string>> = {
  'okta.users.read': '/api/v1/users',
  'okta.groups.read': '/api/v1/groups',
  'okta.apps.read': '/api/v1/apps',
  'okta.logs.read': '/api/v1/logs',
  'okta.schemas.read': '/api/v1/meta/schemas/user/default',
  'okta.userTypes.read': '/api/v1/meta/types/user',
  'okta.linkedObjects.read': '/api/v1/meta/schemas/user/linkedObjects',
}

rule(
  {
    area: 'OAuth: scopes',
    says: 'users, groups, apps, logs, schemas, user types and linked objects are read with the scope of their kind, and with no other',
    source: 'Okta, OpenAPI description of the management API',
  },
  async () => {
    for (const [scope, path] of Object.entries(reads)) {
      const org = bench()
      expect((await org.ask('GET', path, { as: await bearer(org, scope) })).status, scope).toBe(200)
      const others = Object.keys(reads)
        .filter(name => name !== scope)
        .join(' ')
      const reply = await org.ask('GET', path, { as: await bearer(org, others) })
      expect([reply.status, reply.headers.get('www-authenticate')?.includes(`scope="${scope}"`)], scope).toEqual([
        403,
        true,
      ])
    }
  },
)

rule(
  {
    area: 'OAuth: scopes',
    says: 'writing users needs okta.users.manage, writing groups, members and rules okta.groups.manage',
    source: 'Okta, OpenAPI description of the management API',
  },
  async () => {
    const writes: readonly (readonly [string, string, string])[] = [
      ['POST', '/api/v1/users', 'okta.users.manage'],
      ['POST', '/api/v1/users/x/lifecycle/suspend', 'okta.users.manage'],
      ['DELETE', '/api/v1/users/x/sessions', 'okta.users.manage'],
      ['POST', '/api/v1/groups', 'okta.groups.manage'],
      ['PUT', '/api/v1/groups/x/users/y', 'okta.groups.manage'],
      ['POST', '/api/v1/groups/rules', 'okta.groups.manage'],
    ]
    for (const [method, path, scope] of writes) {
      const org = bench()
      const reply = await org.ask(method, path, { as: await bearer(org, 'okta.users.read okta.groups.read') })
      expect([path, reply.status]).toEqual([path, 403])
      expect(reply.headers.get('www-authenticate')).toContain(`scope="${scope}"`)
    }
  },
)

rule(
  {
    area: 'OAuth: scopes',
    says: 'whether a manage scope also opens the reads of its kind is not told: the description names the read scope alone',
    source: 'Okta, OpenAPI description of the management API',
    unconfirmed: 'manageScopeReads',
  },
  async () => {
    const org = bench()
    expect((await org.ask('GET', '/api/v1/users', { as: await bearer(org, 'okta.users.manage') })).status).toBe(403)
    const wide = bench({ switches: { manageScopeReads: true } })
    expect((await wide.ask('GET', '/api/v1/users', { as: await bearer(wide, 'okta.users.manage') })).status).toBe(200)
  },
)

rule(
  {
    area: 'OAuth: scopes',
    says: 'scope and admin role are two gates: with the scope and without a role a read of one object is 403 E0000006',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    const org = bench({ apps: [{ roles: [], scopes: ['okta.users.read'] }] })
    const as = await bearer(org, 'okta.users.read')
    refused(await org.ask('GET', '/api/v1/users/anyone', { as }), 403, 'E0000006')
  },
)
