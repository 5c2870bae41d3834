import { createHash, X509Certificate } from 'node:crypto'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { edgeMachineNow, edgeNow } from '../skew.ts'
import { OAuthError } from './oauth-error.ts'
import type { Application, World } from './world.ts'

const MAX_ASSERTION_SECONDS = 24 * 3600

function rejected(code: number, text: string): OAuthError {
  return new OAuthError(401, 'invalid_client', code, text)
}

function thumbprints(certificate: X509Certificate): readonly string[] {
  return ['sha1', 'sha256'].map(algorithm => createHash(algorithm).update(certificate.raw).digest('base64url'))
}

async function verified(
  world: World,
  assertion: string,
  key: Parameters<typeof jwtVerify>[1] | JWTVerifyGetKey,
  options: {
    readonly algorithms: string[]
    readonly audience: string[]
    readonly subject: string
    readonly issuer: string
  },
): Promise<JWTPayload> {
  const times = [edgeNow(world.clock), ...(world.switches.assertionsByMachineClock ? [edgeMachineNow()] : [])]
  let failure: unknown
  for (const time of times) {
    const checks = { ...options, currentDate: new Date(time), clockTolerance: 300, requiredClaims: ['exp'] }
    try {
      const result =
        typeof key === 'function' ? await jwtVerify(assertion, key, checks) : await jwtVerify(assertion, key, checks)
      return result.payload
    } catch (error) {
      failure = error
      if (!(error instanceof errors.JWTExpired) && !(error instanceof errors.JWTClaimValidationFailed)) break
    }
  }
  throw failure
}

function refusal(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  if (
    error instanceof errors.JWTExpired ||
    (error instanceof errors.JWTClaimValidationFailed && ['nbf', 'exp', 'iat'].includes(error.claim))
  ) {
    return rejected(700024, 'Client assertion is not within its valid time range.')
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return rejected(700023, 'Client assertion audience claim does not match Realm issuer.')
    return rejected(700021, 'Client assertion application identifier does not match client_id parameter.')
  }
  return rejected(700027, 'Client assertion failed signature validation.')
}

/** Checks an assertion that an application signed with one of its certificates (PS256 or RS256). */
async function checkCertificateAssertion(
  world: World,
  application: Application,
  assertion: string,
  audiences: string[],
): Promise<void> {
  const header = decodeProtectedHeader(assertion)
  const named = [header.x5t, (header as Record<string, unknown>)['x5t#S256']].filter(value => typeof value === 'string')
  const certificates = application.certificates.map(pem => new X509Certificate(pem))
  const signer = certificates.find(certificate => thumbprints(certificate).some(print => named.includes(print)))
  if (signer === undefined) {
    throw rejected(
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application.`,
    )
  }
  const sent = header.x5c?.[0]
  if (sent !== undefined && sent !== signer.raw.toString('base64')) {
    throw rejected(
      700027,
      'Client assertion failed signature validation: x5c does not match the registered certificate.',
    )
  }
  const payload = await verified(world, assertion, signer.publicKey, {
    algorithms: ['PS256', 'RS256'],
    audience: audiences,
    subject: application.appId,
    issuer: application.appId,
  })
  const lifetime = Number(payload.exp) - Number(payload.nbf ?? payload.iat ?? payload.exp)
  if (lifetime > MAX_ASSERTION_SECONDS) throw rejected(700024, 'Client assertion is not within its valid time range.')
}

/** Checks a token of another issuer against the application's federated credentials: issuer, subject and audience must match. */
async function checkFederatedAssertion(world: World, application: Application, assertion: string): Promise<void> {
  const { iss, sub, aud } = decodeJwt(assertion)
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? [])
  const trusted = application.federatedCredentials.filter(credential => credential.issuer === iss)
  if (trusted.length === 0) {
    throw rejected(700211, `No matching federated identity record found for presented assertion issuer '${iss}'.`)
  }
  const bySubject = trusted.filter(({ subject }) => subject === sub)
  if (bySubject.length === 0) {
    throw rejected(700213, `No matching federated identity record found for presented assertion subject '${sub}'.`)
  }
  const match = bySubject.find(credential => credential.audiences.some(audience => audiences.includes(audience)))
  if (match === undefined) {
    throw rejected(
      700212,
      `No matching federated identity record found for presented assertion audience '${audiences.join(' ')}'.`,
    )
  }
  const keys = world.issuers.get(match.issuer)
  if (keys === undefined) throw rejected(700027, `The keys of the issuer '${match.issuer}' could not be had.`)
  await verified(world, assertion, createLocalJWKSet({ keys: [...keys] }), {
    algorithms: ['RS256', 'PS256', 'ES256'],
    audience: [...match.audiences],
    subject: match.subject,
    issuer: match.issuer,
  })
}

/** Checks a client assertion of either kind; throws the {@link OAuthError} that Entra answers. `audiences` are the tenant's token endpoints. */
export async function checkAssertion(
  world: World,
  application: Application,
  assertion: string,
  audiences: string[],
): Promise<void> {
  try {
    const { iss } = decodeJwt(assertion)
    const own = iss?.toLowerCase() === application.appId
    await (own
      ? checkCertificateAssertion(world, application, assertion, audiences)
      : checkFederatedAssertion(world, application, assertion))
  } catch (error) {
    throw refusal(error)
  }
}
