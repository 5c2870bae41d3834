import type { SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { edgeNow } from '../skew.ts'
import { appActor, type Principal, rolesFrom, systemActor, userActor } from './access.ts'
import { algorithms, DpopError, type ProofIds, proofThumbprint } from './dpop.ts'
import { OktaError } from './errors.ts'
import type { Org } from './org.ts'
import { machineSeconds } from './time.ts'
import type { AccessTokens, IssuedToken } from './tokens.ts'

/** `SSWS` needs no blank behind it: Okta's Python SDK sends none, and a real org takes it. */
const authorization = /^\s*(SSWS|Bearer\b|DPoP\b)\s*(\S*)/i

/** Who sent the request, or the refusal where the credentials are no good. */
export type Identified = { readonly principal: Principal } | { readonly refusal: SimulatedReply }

/** Reads `Authorization`. Access tokens are refused with an empty body, API tokens with E0000011. */
export function identified(
  org: Org,
  tokens: AccessTokens,
  request: SimulatedRequest,
): Identified | Promise<Identified> {
  const [, scheme = '', credential = ''] = authorization.exec(request.headers.authorization ?? '') ?? []
  switch (scheme.toLowerCase()) {
    case 'ssws':
      return { principal: apiTokenPrincipal(org, credential) }
    case 'bearer':
      return bearer(org, request, { token: credential, issued: tokens.find(credential) })
    case 'dpop':
      return dpopBearer(org, request, { token: credential, issued: tokens.find(credential), used: tokens.proofs })
    default:
      if (org.switches.noCredentialsRefusal === 'E0000011') throw new OktaError(401, 'E0000011')
      throw new OktaError(403, 'E0000005')
  }
}

function apiTokenPrincipal(org: Org, value: string): Principal {
  const token = org.tokens.get(value)
  const owner = token?.userId === null || token === undefined ? undefined : org.users.get(token.userId)
  if (token === undefined || (token.userId !== null && owner?.status !== 'ACTIVE')) throw new OktaError(401, 'E0000011')
  const inherited = owner === undefined ? [] : [...owner.groups.values()].flatMap(group => group.roles)
  return {
    actor: owner === undefined ? { ...systemActor, displayName: token.name } : userActor(owner),
    scopes: undefined,
    roles: rolesFrom(org, [...token.roles, ...(owner?.roles ?? []), ...inherited]),
    userId: token.userId,
    counted: token.id,
  }
}

interface Presented {
  readonly token: string
  readonly issued: IssuedToken | undefined
}

function bearer(org: Org, request: SimulatedRequest, { issued }: Presented): Identified {
  const app = org.apps.get(issued?.clientId ?? '')
  if (issued === undefined || issued.thumbprint !== undefined || app?.status !== 'ACTIVE') {
    if (org.switches.unknownTokenBody === 'E0000011') throw new OktaError(401, 'E0000011')
    return {
      refusal: challenge(request, 401, { error: 'invalid_token', description: org.switches.unknownTokenDescription }),
    }
  }
  if (edgeNow(org.clock) / 1000 >= issued.expires) {
    return { refusal: challenge(request, 401, { error: 'invalid_token', description: 'The token has expired.' }) }
  }
  const roles = rolesFrom(org, app.roles)
  return { principal: { actor: appActor(app), scopes: issued.scopes, roles, userId: null, counted: app.id } }
}

async function dpopBearer(
  org: Org,
  request: SimulatedRequest,
  { token, issued, used }: Presented & { readonly used: ProofIds },
): Promise<Identified> {
  const refused = (description: string): Identified => ({
    refusal: challenge(request, 401, { error: 'invalid_dpop_proof', description, dpop: true }),
  })
  if (issued === undefined) return refused(org.switches.unknownTokenDescription)
  if (issued.thumbprint === undefined) return refused('The presented access_token is not DPoP bound.')
  if (request.headers.dpop === undefined) return refused('The DPoP proof JWT header is missing.')
  try {
    const now = Math.floor(edgeNow(org.clock) / 1000)
    const thumbprint = await proofThumbprint(request.headers.dpop, {
      request,
      used,
      token,
      now,
      machineNow: machineSeconds(org),
    })
    if (thumbprint !== issued.thumbprint) return refused('The access_token is not bound to the provided DPoP proof.')
  } catch (cause) {
    if (cause instanceof DpopError) return refused(cause.message)
    throw cause
  }
  return bearer(org, request, { token, issued: { ...issued, thumbprint: undefined } })
}

/** 403 with an empty body where the token's scopes do not cover the operation, else undefined. */
export function scopeRefusal(
  org: Org,
  request: SimulatedRequest,
  { principal, scope }: { readonly principal: Principal; readonly scope: string },
): SimulatedReply | undefined {
  if (principal.scopes === undefined || principal.scopes.has(scope)) return undefined
  if (org.switches.manageScopeReads && principal.scopes.has(scope.replace(/\.read$/, '.manage'))) return undefined
  const description = 'The access token provided does not contain the required scopes.'
  const dpop = /^\s*dpop\b/i.test(request.headers.authorization ?? '')
  return challenge(request, 403, { error: 'insufficient_scope', description, scope, dpop })
}

/** A refusal with an empty body whose reason stands in `WWW-Authenticate`. */
export function challenge(
  request: SimulatedRequest,
  status: number,
  why: { readonly error: string; readonly description: string; readonly scope?: string; readonly dpop?: boolean },
): SimulatedReply {
  const { host, pathname } = request.url
  const parts = [
    ...(why.dpop === true ? [`algs="${algorithms.join(' ')}"`] : []),
    `authorization_uri="http://${host}/oauth2/v1/authorize"`,
    `realm="http://${host}"`,
    ...(why.scope === undefined ? [] : [`scope="${why.scope}"`]),
    `error="${why.error}"`,
    `error_description="${why.description}"`,
    `resource="${pathname}"`,
  ]
  const scheme = why.dpop === true ? 'DPoP' : 'Bearer'
  return { status, headers: [['www-authenticate', `${scheme} ${parts.join(', ')}`]] }
}
