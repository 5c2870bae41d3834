import { createHash, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { exportJWK, type JWK, SignJWT } from 'jose'
import type { Instant } from '../../model/ids.ts'

/** What one proof of possession is for. */
interface ProofOf {
  readonly method: string
  readonly url: string
  /** The vendor's time. */
  readonly at: Instant
  /** Given by the server that the proof is for. */
  readonly nonce: string | undefined
  /** The access token the proof goes with; absent at the token endpoint. */
  readonly token?: string
}

/** Makes proofs with a key pair that nobody else has and that dies with it. Source: RFC 9449; Okta, Configure DPoP. */
class ProofMaker {
  #keys: Promise<{ readonly key: KeyObject; readonly jwk: JWK }> | undefined

  /** The signed proof, for the header `DPoP`. */
  async proof({ method, url, at, nonce, token }: ProofOf): Promise<string> {
    this.#keys ??= newKeys()
    const { key, jwk } = await this.#keys
    const claims = {
      htm: method,
      htu: url.replace(/[?#].*/, ''),
      ...(nonce === undefined ? {} : { nonce }),
      ...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }),
    }
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .setIssuedAt(Math.floor(at / 1000))
      .setJti(randomUUID())
      .sign(key)
  }
}

async function newKeys(): Promise<{ readonly key: KeyObject; readonly jwk: JWK }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  return { key: privateKey, jwk: await exportJWK(publicKey) }
}

/** Whether the app's tokens are bound to a key, and the nonces its proofs must carry. Both are learnt from Okta's answers. */
export class Possession {
  readonly #maker = new ProofMaker()
  #wanted = false
  #tokenNonce: string | undefined
  #callNonce: string | undefined

  /** The token endpoint asks for proofs. */
  get wanted(): boolean {
    return this.#wanted
  }

  /** From now on token requests carry a proof, with this nonce when one was given. */
  want(nonce: string | undefined): void {
    this.#wanted = true
    if (nonce !== undefined) this.#tokenNonce = nonce
  }

  /** The API gave a nonce for the calls to come. */
  learn(nonce: string | undefined): void {
    if (nonce !== undefined) this.#callNonce = nonce
  }

  /** Headers of a token request. */
  async forToken(url: string, at: Instant): Promise<Readonly<Record<string, string>>> {
    if (!this.#wanted) return {}
    return { DPoP: await this.#maker.proof({ method: 'POST', url, at, nonce: this.#tokenNonce }) }
  }

  /** Headers that show a token to the API. */
  async forCall(
    token: { readonly value: string; readonly scheme: 'Bearer' | 'DPoP' },
    call: Pick<ProofOf, 'method' | 'url' | 'at'>,
  ): Promise<Readonly<Record<string, string>>> {
    const Authorization = `${token.scheme} ${token.value}`
    if (token.scheme === 'Bearer') return { Authorization }
    return { Authorization, DPoP: await this.#maker.proof({ ...call, nonce: this.#callNonce, token: token.value }) }
  }
}
