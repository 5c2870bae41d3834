import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Answer, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer, token, type Wish } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'

function says(reply: Answer, status: number, error: string, description: string): void {
  expect([reply.status, reply.body.value]).toEqual([status, { error, error_description: description }])
}

async function denied(wish: Wish, expected: readonly [number, string, string], state: OktaState = {}): Promise<void> {
  says(await token(bench(state), wish), ...expected)
}

rule(
  {
    area: 'OAuth: requests',
    says: 'a grant type that Okta knows and the client does not have is 400 unauthorized_client The client is not authorized to use the provided grant type. Configured grant types: […].',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const text = 'The client is not authorized to use the provided grant type. Configured grant types:'
    const wish = { form: { grant_type: 'password' } }
    await denied(wish, [400, 'unauthorized_client', `${text} [client_credentials].`])
    const parts = { settings: { oauthClient: { grant_types: ['authorization_code', 'refresh_token'] } } }
    const apps = [{ parts }]
    await denied({}, [400, 'unauthorized_client', `${text} [authorization_code, refresh_token].`], { apps })
  },
)

rule(
  {
    area: 'OAuth: requests',
    says: 'a custom authorization server gives out no okta.* scope: 400 invalid_scope; and an assertion for the org authorization server is none for it',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    const org = bench()
    const path = '/oauth2/default/v1/token'
    const form = async (aud: string): Promise<Answer> => {
      const seen: string[] = []
      const spy = {
        ...org,
        ask: async (_: string, __: string, options: { body?: unknown } = {}) => {
          seen.push(String(options.body))
          return org.ask('GET', '/.well-known/okta-organization')
        },
      }
      await token(spy, { claims: { aud } })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return org.ask('POST', path, { body: seen[0], headers })
    }
    const text = 'One or more scopes are not configured for the authorization server resource.'
    says(await form(`http://acme.test${path}`), 400, 'invalid_scope', text)
    expect((await form('http://acme.test/oauth2/v1/token')).body.at('error_description')).toBe(
      'The audience claim for client_assertion must be the endpoint invoked for the request.',
    )
  },
)

rule(
  {
    area: 'OAuth: tokens',
    says: 'for a scope that nobody knows the catalogue of invalid_scope has two texts',
    source: 'Okta, OAuth 2.0 error codes',
    unconfirmed: 'unknownScopeDescription',
  },
  async () => {
    const wish = { form: { scope: 'okta.nonsense.read' } }
    const usual = 'One or more scopes are not configured for the authorization server resource.'
    await denied(wish, [400, 'invalid_scope', usual])
    const other = 'The requested scope is invalid, unknown, or malformed.'
    await denied(wish, [400, 'invalid_scope', other], { switches: { unknownScopeDescription: other } })
  },
)

rule(
  {
    area: 'OAuth: tokens',
    says: 'the error where no scope is granted was seen as consent_required, and is invalid_scope on a help page',
    source: 'Prowler, issue 11079',
    unconfirmed: 'noScopeGrantedError',
  },
  async () => {
    const wish = { form: { scope: 'okta.policies.read' } }
    const text = 'You are not allowed any of the requested scopes.'
    await denied(wish, [400, 'consent_required', text])
    await denied(wish, [400, 'invalid_scope', text], { switches: { noScopeGrantedError: 'invalid_scope' } })
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'ES384 with a P-384 key and ES512 with a P-521 key are taken',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    for (const [alg, namedCurve] of [
      ['ES384', 'P-384'],
      ['ES512', 'P-521'],
    ] as const) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
      const org = bench({ apps: [{ keys: [{ ...Object(publicKey.export({ format: 'jwk' })), kid: 'ec' }] }] })
      const id = String((await org.ask('GET', '/api/v1/apps')).body.at(0, 'id'))
      const wish = { key: privateKey, header: { alg, kid: 'ec' }, claims: { iss: id, sub: id } }
      expect((await token(org, wish)).status, alg).toBe(200)
    }
  },
)

rule(
  {
    area: 'OAuth: assertions',
    says: 'jti may be left out, and such an assertion is good until it expires',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    const org = bench()
    expect([(await token(org)).status, (await token(org)).status]).toEqual([200, 200])
  },
)

rule(
  {
    area: 'OAuth: calls',
    says: 'whether a token nobody gave out has an empty body, as an expired one, or E0000011 is not told',
    source: 'Okta, OAuth 2.0 error codes',
    unconfirmed: 'unknownTokenBody',
  },
  async () => {
    const outcome = async (state: OktaState): Promise<unknown> => {
      const reply = await bench(state).ask('GET', '/api/v1/users', { as: 'Bearer eyJ.no.pe' })
      return [reply.status, reply.code, reply.headers.has('www-authenticate')]
    }
    expect(await outcome({})).toEqual([401, undefined, true])
    expect(await outcome({ switches: { unknownTokenBody: 'E0000011' } })).toEqual([401, 'E0000011', false])
  },
)

rule(
  {
    area: 'OAuth: calls',
    says: 'the challenge of an expired token has authorization_uri, realm, error, error_description and resource, and no scope',
    source: 'firezone, Okta directory sync, test fixtures',
  },
  async () => {
    const org = bench()
    const as = await bearer(org)
    org.clock.advance(3600)
    const reply = await org.ask('GET', '/api/v1/users', { as })
    expect(reply.headers.get('www-authenticate')).toBe(
      'Bearer authorization_uri="http://acme.test/oauth2/v1/authorize", realm="http://acme.test", error="invalid_token", error_description="The token has expired.", resource="/api/v1/users"',
    )
  },
)
