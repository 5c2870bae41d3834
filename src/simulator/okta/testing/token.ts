import { createPrivateKey, type KeyObject } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import type { Answer, Bench } from './ask.ts'

/** The token endpoint of the org tests talk to. */
export const endpoint = 'http://acme.test/oauth2/v1/token'
/** How a token request differs from a good one; an undefined form field is left out. */
export interface Wish {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly key?: KeyObject
  readonly header?: { readonly alg: string; readonly kid?: string }
  readonly form?: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
}

async function assertion(org: Bench, wish: Wish): Promise<string> {
  const now = Math.floor(org.clock.now() / 1000)
  const { clientId, privateKeyPem } = org.tenant
  const usual = { aud: endpoint, iss: clientId, sub: clientId, exp: now + 300, iat: now }
  const claims: JWTPayload = { ...usual, ...wish.claims }
  return new SignJWT(claims)
    .setProtectedHeader(wish.header ?? { alg: 'RS256' })
    .sign(wish.key ?? createPrivateKey(privateKeyPem))
}

/** Asks the token endpoint as the tenant's own app. */
export async function token(org: Bench, wish: Wish = {}): Promise<Answer> {
  const usual = {
    grant_type: 'client_credentials',
    scope: 'okta.users.read okta.users.manage',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(org, wish),
  }
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...usual, ...wish.form })) if (value !== undefined) form.set(name, value)
  return org.ask('POST', '/oauth2/v1/token', {
    body: form.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...wish.headers },
  })
}

/** The value of `Authorization` with a fresh access token for these scopes. */
export async function bearer(org: Bench, scope = 'okta.users.read okta.users.manage'): Promise<string> {
  return `Bearer ${(await token(org, { form: { scope } })).body.at('access_token')}`
}
