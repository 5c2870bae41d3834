import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose'
import type { SimulatedRequest } from '../kernel.ts'
import { randomText } from './ids.ts'

/** A proof of possession that does not hold. */
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

/** What a proof must fit. Without `nonces` it needs no nonce; with `token` it must name that access token. */
export interface ProofContext {
  readonly request: SimulatedRequest
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
  if (claims.htm !== request.method) throw new DpopError("The DPoP proof JWT 'htm' claim is invalid.")
  if (claims.htu !== `${request.url.origin}${request.url.pathname}`)
    throw new DpopError("The DPoP proof JWT 'htu' claim is invalid.")
  const { iat } = claims
  const times = [context.now, ...(context.machineNow === undefined ? [] : [context.machineNow])]
  if (typeof iat !== 'number' || times.every(time => Math.abs(time - iat) > 300)) {
    throw new DpopError('The DPoP proof JWT has an iat that is out of range.')
  }
  if (context.nonces !== undefined && claims.nonce !== context.nonces.current()) {
    throw new DpopError('The DPoP proof needs a nonce.', true)
  }
  if (context.token !== undefined && claims.ath !== createHash('sha256').update(context.token).digest('base64url')) {
    throw new DpopError("The DPoP proof JWT 'ath' claim is invalid.")
  }
  return calculateJwkThumbprint(jwk)
}

async function verified(proof: string) {
  try {
    const { jwk, alg } = decodeProtectedHeader(proof)
    if (jwk === undefined) throw new DpopError('The DPoP proof JWT has no key.')
    const key = await importJWK(jwk, alg)
    await compactVerify(proof, key)
    return { jwk, claims: decodeJwt(proof) }
  } catch (cause) {
    throw cause instanceof DpopError ? cause : new DpopError('The DPoP proof JWT is malformed.')
  }
}
