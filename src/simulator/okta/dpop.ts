import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose'
import type { SimulatedRequest } from '../kernel.ts'
import { randomText } from './ids.ts'

/** What a proof may be signed with. */
export const algorithms: readonly string[] = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
/** How old a proof may be, in seconds. */
const longest = 300

/** A proof of possession that does not hold, in the words of Okta's OAuth 2.0 error codes. */
export class DpopError extends Error {
  /** True where the client only has to repeat the request with the nonce it is given. */
  readonly wantsNonce: boolean

  constructor(message: string, wantsNonce = false) {
    super(message)
    this.wantsNonce = wantsNonce
  }
}

/** The nonce that proofs at the token endpoint must carry. */
export class DpopNonces {
  readonly #nonce: string

  constructor(random: () => number) {
    this.#nonce = randomText(random, 32)
  }

  current(): string {
    return this.#nonce
  }
}

/** Ids of the proofs that were good in the last minutes: each is good once. */
export class ProofIds {
  /** When each was used, in seconds since 1970, oldest first. */
  readonly #used = new Map<string, number>()

  /** Notes that an id is used at `now`; false where it has been before. */
  use(id: string, now: number): boolean {
    for (const [old, at] of this.#used) {
      if (now - at <= 2 * longest) break
      this.#used.delete(old)
    }
    if (this.#used.has(id)) return false
    this.#used.set(id, now)
    return true
  }
}

/** What a proof must fit. Without `nonces` it needs no nonce; with `token` it must name that access token. */
export interface ProofContext {
  readonly request: SimulatedRequest
  readonly used: ProofIds
  readonly nonces?: DpopNonces
  readonly token?: string
  /** Seconds since 1970. */
  readonly now: number
  /** The machine's time, by which a proof may also be good; undefined where that does not count. */
  readonly machineNow?: number | undefined
}

/** The thumbprint of the key a DPoP proof is signed with. Throws a DpopError for a proof that does not hold (RFC 9449). */
export async function proofThumbprint(proof: string, context: ProofContext): Promise<string> {
  const { jwk, claims } = await verified(proof)
  const { request } = context
  if (claims.htm !== request.method) throw new DpopError("'htm' claim in the DPoP proof JWT is invalid.")
  if (claims.htu !== `${request.url.origin}${request.url.pathname}`)
    throw new DpopError("'htu' claim in the DPoP proof JWT is invalid.")
  checkAge(claims.iat, context)
  if (typeof claims.jti !== 'string') throw new DpopError("'jti' claim in the DPoP proof JWT is invalid.")
  if (context.nonces !== undefined && claims.nonce !== context.nonces.current()) {
    throw new DpopError('Authorization server requires nonce in DPoP proof.', true)
  }
  if (context.token !== undefined && claims.ath !== createHash('sha256').update(context.token).digest('base64url')) {
    throw new DpopError("'ath' claim in the DPoP proof does not match the presented access_token.")
  }
  const thumbprint = await calculateJwkThumbprint(jwk)
  if (!context.used.use(`${thumbprint} ${claims.jti}`, context.now))
    throw new DpopError('The DPoP proof JWT has already been used.')
  return thumbprint
}

/** A proof is good for five minutes by the org's clock, or by the machine's where that counts too. */
function checkAge(iat: number | undefined, { now, machineNow }: ProofContext): void {
  if (typeof iat !== 'number') throw new DpopError("'iat' claim in the DPoP proof JWT is invalid.")
  const age = [now, ...(machineNow === undefined ? [] : [machineNow])].map(time => time - iat)
  if (age.some(seconds => Math.abs(seconds) <= longest)) return
  throw new DpopError(
    now < iat
      ? 'The DPoP proof JWT is issued in the future.'
      : 'The DPoP proof JWT is issued more than five minutes in the past.',
  )
}

async function verified(proof: string) {
  const { jwk, alg, typ, claims } = parsed(proof)
  if (typ !== 'dpop+jwt') throw new DpopError("'typ' must be 'dpop+jwt' in the DPoP proof JWT.")
  if (alg === undefined || !algorithms.includes(alg))
    throw new DpopError('The DPoP proof JWT signature algorithm is invalid.')
  if (jwk === undefined) throw new DpopError('The DPoP proof JWT is invalid.')
  try {
    await compactVerify(proof, await importJWK(jwk, alg))
  } catch {
    throw new DpopError('The DPoP proof JWT signature is invalid.')
  }
  return { jwk, claims }
}

function parsed(proof: string) {
  try {
    return { ...decodeProtectedHeader(proof), claims: decodeJwt(proof) }
  } catch {
    throw new DpopError('The DPoP proof JWT cannot be parsed.')
  }
}
