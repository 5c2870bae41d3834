import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { ProofIds } from './dpop.ts'
import { randomText } from './ids.ts'
import type { App } from './objects.ts'

/** What the org remembers of an access token. Times in seconds since 1970. */
export interface IssuedToken {
  readonly clientId: string
  readonly scopes: ReadonlySet<string>
  readonly expires: number
  /** Thumbprint of the key a DPoP token is bound to. */
  readonly thumbprint: string | undefined
}

/** The access tokens this org has given out; they outlive a change of state, as signed tokens do. */
export class AccessTokens {
  /** Proofs of possession that came with tokens or with requests for them. */
  readonly proofs = new ProofIds()
  readonly #issued = new Map<string, IssuedToken>()
  readonly #random: () => number
  /** Made when the first token is signed: it takes a while. */
  #key: KeyObject | undefined
  readonly #keyId: string

  constructor(random: () => number) {
    this.#random = random
    this.#keyId = randomText(random, 43)
  }

  /** Signs a token and remembers it. Source of the claims: recorded org tokens. */
  async issue(grant: {
    readonly app: App
    readonly scopes: readonly string[]
    readonly origin: string
    readonly issued: number
    readonly expires: number
    readonly thumbprint: string | undefined
  }): Promise<string> {
    const { app, scopes, origin, issued, expires, thumbprint } = grant
    const claims = {
      ver: 1,
      jti: `AT.${randomText(this.#random, 43)}`,
      iss: origin,
      aud: origin,
      sub: app.id,
      iat: issued,
      exp: expires,
      cid: app.id,
      scp: [...scopes],
      ...(thumbprint === undefined ? {} : { cnf: { jkt: thumbprint } }),
    }
    const header = { kid: this.#keyId, typ: 'application/okta-internal-at+jwt', alg: 'RS256' }
    this.#key ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const token = await new SignJWT(claims).setProtectedHeader(header).sign(this.#key)
    this.#issued.set(token, { clientId: app.id, scopes: new Set(scopes), expires, thumbprint })
    return token
  }

  /** What is known of a token; undefined for one this org never gave out. */
  find(token: string): IssuedToken | undefined {
    return this.#issued.get(token)
  }
}
