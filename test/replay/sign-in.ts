import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import type { OktaTenant } from '../../src/simulator/okta/index.ts'
import { type Interaction, jsonOf } from './cassette.ts'

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(text: string): Fields {
  const json = jsonOf(text)
  if (typeof json === 'object' && json !== null) return json as Fields
  return Object.fromEntries(new URLSearchParams(text))
}

/** Whether a request asks for an access token. */
export function isSignIn({ url }: Interaction): boolean {
  return url.pathname === '/oauth2/v1/token'
}

/** The scopes a token request asks for. */
export function scopesOf({ requestText, url }: Interaction): readonly string[] {
  const scope = fieldsOf(requestText).scope ?? url.searchParams.get('scope') ?? ''
  return String(scope)
    .split(' ')
    .filter(name => name !== '')
}

/**
 * Signs recorded token requests anew: assertions and proofs of the recorded app are signed with a key that nobody else has. Everything else
 * stays as it was recorded.
 */
export class SignIn {
  readonly #proofKey: KeyObject
  readonly #publicJwk: Fields
  #nonce: string | undefined
  #count = 0

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.#proofKey = privateKey
    this.#publicJwk = { ...publicKey.export({ format: 'jwk' }) }
  }

  /**
   * The request with an assertion of the tenant's own app and, where there was a proof, a proof. It has the nonce of the last answer, unless
   * the recorded org complained that it had none.
   */
  async signed(interaction: Interaction, tenant: OktaTenant, now: number): Promise<Interaction> {
    const seconds = Math.floor(now / 1000)
    const endpoint = `${interaction.url.origin}${interaction.url.pathname}`
    this.#count += 1
    const assertion = await new SignJWT({ jti: `a${this.#count}` })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(tenant.clientId)
      .setSubject(tenant.clientId)
      .setAudience(endpoint)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 300)
      .sign(createPrivateKey(tenant.privateKeyPem))
    const form = new URLSearchParams()
    for (const [name, value] of Object.entries(fieldsOf(interaction.requestText))) form.set(name, String(value))
    if (form.has('client_assertion')) form.set('client_assertion', assertion)
    const { dpop, ...headers } = interaction.requestHeaders
    const nonce = interaction.responseText.includes('use_dpop_nonce') ? undefined : this.#nonce
    const proof = dpop === undefined ? {} : { dpop: await this.#proof(endpoint, seconds, nonce) }
    return { ...interaction, requestText: form.toString(), requestHeaders: { ...headers, ...proof } }
  }

  /** Notes the nonce of an answer. */
  hear(headers: readonly (readonly [name: string, value: string])[]): void {
    this.#nonce = headers.find(([name]) => name === 'dpop-nonce')?.[1] ?? this.#nonce
  }

  #proof(endpoint: string, seconds: number, nonce: string | undefined): Promise<string> {
    const claims = { htm: 'POST', htu: endpoint, jti: `p${this.#count}` }
    return new SignJWT(nonce === undefined ? claims : { ...claims, nonce })
      .setIssuedAt(seconds)
      .setProtectedHeader({ alg: 'RS256', typ: 'dpop+jwt', jwk: { ...this.#publicJwk } })
      .sign(this.#proofKey)
  }
}
