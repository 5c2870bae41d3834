import { createHash, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import type { OktaState } from '../../../src/simulator/okta/index.ts'
import { type Answer, type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer, endpoint, token } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'

const now = Date.parse('2026-03-02T09:00:00.000Z') / 1000
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const required: OktaState = { apps: [{ requiresDpop: true }] }

interface ProofWish {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly typ?: string
  readonly keys?: typeof own
  /** Whose public key the proof shows, where it is not the one it is signed with. */
  readonly shows?: typeof own
}

let proofs = 0

function proof(wish: ProofWish = {}): Promise<string> {
  proofs += 1
  const keys = wish.keys ?? own
  const jwk = Object((wish.shows ?? keys).publicKey.export({ format: 'jwk' }))
  return new SignJWT({ htm: 'POST', htu: endpoint, iat: now, jti: `j${proofs}`, ...wish.claims })
    .setProtectedHeader({ alg: 'ES256', typ: wish.typ ?? 'dpop+jwt', jwk })
    .sign(keys.privateKey)
}

/** A token bound to our key. */
async function bound(org: Bench): Promise<string> {
  const first = await token(org, { headers: { dpop: await proof() } })
  const nonce = first.headers.get('dpop-nonce')
  return String((await token(org, { headers: { dpop: await proof({ claims: { nonce } }) } })).body.at('access_token'))
}

const users = 'http://acme.test/api/v1/users'
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')

async function call(org: Bench, access: string, wish: ProofWish | undefined): Promise<Answer> {
  const claims = { htm: 'GET', htu: users, ath: digest(access), ...wish?.claims }
  const headers = wish === undefined ? {} : { dpop: await proof({ ...wish, claims }) }
  return org.ask('GET', '/api/v1/users', { as: `DPoP ${access}`, headers })
}

rule(
  {
    area: 'OAuth: DPoP',
    says: 'a proof that does not hold is 400 invalid_dpop_proof with what is wrong: typ, htm, htu, iat, jti, signature, or no JWT at all',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const org = bench(required)
    const cases: readonly (readonly [ProofWish, string])[] = [
      [{ typ: 'jwt' }, "'typ' must be 'dpop+jwt' in the DPoP proof JWT."],
      [{ claims: { htm: 'GET' } }, "'htm' claim in the DPoP proof JWT is invalid."],
      [{ claims: { htu: users } }, "'htu' claim in the DPoP proof JWT is invalid."],
      [{ claims: { iat: now + 301 } }, 'The DPoP proof JWT is issued in the future.'],
      [{ claims: { iat: now - 301 } }, 'The DPoP proof JWT is issued more than five minutes in the past.'],
      [{ claims: { jti: undefined } }, "'jti' claim in the DPoP proof JWT is invalid."],
      [{ shows: stranger }, 'The DPoP proof JWT signature is invalid.'],
    ]
    for (const [wish, error_description] of cases) {
      const reply = await token(org, { headers: { dpop: await proof(wish) } })
      expect([reply.status, reply.body.value]).toEqual([400, { error: 'invalid_dpop_proof', error_description }])
    }
    const nonsense = await token(org, { headers: { dpop: 'nonsense' } })
    expect(nonsense.body.at('error_description')).toBe('The DPoP proof JWT cannot be parsed.')
  },
)

rule(
  {
    area: 'OAuth: DPoP',
    says: 'a call with a bound token carries Authorization: DPoP and a proof of its own with ath: 200; as Bearer the token is 401',
    source: 'Okta, Configure OAuth 2.0 Demonstrating Proof-of-Possession',
  },
  async () => {
    const org = bench(required)
    const access = await bound(org)
    expect((await call(org, access, {})).status).toBe(200)
    const reply = await org.ask('GET', '/api/v1/users', { as: `Bearer ${access}` })
    expect([reply.status, reply.body.value]).toEqual([401, undefined])
  },
)

rule(
  {
    area: 'OAuth: DPoP',
    says: 'a call without a proof, with one of another key, token or address, and one with a token that is not bound is 401 with an empty body and DPoP algs="…" in WWW-Authenticate',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const org = bench(required)
    const access = await bound(org)
    const cases: readonly (readonly [ProofWish | undefined, string])[] = [
      [undefined, 'The DPoP proof JWT header is missing.'],
      [{ keys: stranger }, 'The access_token is not bound to the provided DPoP proof.'],
      [
        { claims: { ath: digest('other') } },
        "'ath' claim in the DPoP proof does not match the presented access_token.",
      ],
      [{ claims: { htu: `${users}/u1` } }, "'htu' claim in the DPoP proof JWT is invalid."],
    ]
    for (const [wish, text] of cases) {
      const reply = await call(org, access, wish)
      expect([reply.status, reply.body.value]).toEqual([401, undefined])
      const shown = reply.headers.get('www-authenticate')
      expect(shown).toMatch(/^DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization_uri=/)
      expect(shown).toContain(`error="invalid_dpop_proof", error_description="${text}"`)
    }
    const free = bench()
    const reply = await call(free, (await bearer(free)).replace('Bearer ', ''), {})
    expect(reply.status).toBe(401)
    expect(reply.headers.get('www-authenticate')).toContain('The presented access_token is not DPoP bound.')
  },
)

rule(
  {
    area: 'OAuth: DPoP',
    says: 'a proof is good once: a request that is repeated with the same one is refused with The DPoP proof JWT has already been used.',
    source: 'Okta, OAuth 2.0 error codes',
  },
  async () => {
    const org = bench(required)
    const access = await bound(org)
    const again = { claims: { jti: 'same' } }
    expect((await call(org, access, again)).status).toBe(200)
    const reply = await call(org, access, again)
    expect(reply.status).toBe(401)
    expect(reply.headers.get('www-authenticate')).toContain('The DPoP proof JWT has already been used.')
  },
)

rule(
  {
    area: 'OAuth: DPoP',
    says: 'a call with a bound token that lacks the scope is 403 with DPoP algs="…" before the usual challenge',
    source: 'terraform-provider-okta, issue 2375',
  },
  async () => {
    const org = bench(required)
    const access = await bound(org)
    const htu = 'http://acme.test/api/v1/groups'
    const headers = { dpop: await proof({ claims: { htm: 'GET', htu, ath: digest(access) } }) }
    const reply = await org.ask('GET', '/api/v1/groups', { as: `DPoP ${access}`, headers })
    expect([reply.status, reply.body.value]).toEqual([403, undefined])
    expect(reply.headers.get('www-authenticate')).toMatch(
      /^DPoP algs="[^"]*", authorization_uri=.*, scope="okta.groups.read", error="insufficient_scope"/,
    )
  },
)

const service = (more: object = {}): unknown => ({
  name: 'oidc_client',
  label: 'Service',
  signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: { token_endpoint_auth_method: 'private_key_jwt' } },
  settings: { oauthClient: { application_type: 'service', grant_types: ['client_credentials'], ...more } },
})

rule(
  {
    area: 'OAuth: DPoP',
    says: 'newer orgs make service apps with DPoP required; dpop_bound_access_tokens false turns it off',
    source: 'Probe of an Integrator org, 2026',
    unconfirmed: 'serviceAppsRequireDpop',
  },
  async () => {
    const flag = ['settings', 'oauthClient', 'dpop_bound_access_tokens']
    for (const serviceAppsRequireDpop of [false, true]) {
      const org = bench({ switches: { serviceAppsRequireDpop } })
      const app = (await org.ask('POST', '/api/v1/apps', { body: service() })).body
      expect(app.at(...flag)).toBe(serviceAppsRequireDpop)
      const body = service({ dpop_bound_access_tokens: false })
      expect((await org.ask('PUT', `/api/v1/apps/${app.at('id')}`, { body })).body.at(...flag)).toBe(false)
    }
  },
)
