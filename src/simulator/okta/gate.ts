import type { SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { appActor, type Principal, systemActor, userActor } from './access.ts'
import { DpopError, proofThumbprint } from './dpop.ts'
import { OktaError } from './errors.ts'
import type { Org } from './org.ts'
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
      return dpopBearer(org, request, { token: credential, issued: tokens.find(credential) })
    default:
      if (org.switches.noCredentialsRefusal === 'E0000011') throw new OktaError(401, 'E0000011')
      throw new OktaError(403, 'E0000005')
  }
}

function apiTokenPrincipal(org: Org, value: string): Principal {
  const token = org.tokens.get(value)
  const owner = token?.userId === null || token === undefined ? undefined : org.users.get(token.userId)
  if (token === undefined || (token.userId !== null && owner?.status !== 'ACTIVE')) throw new OktaError(401, 'E0000011')
  return {
    actor: owner === undefined ? { ...systemActor, displayName: token.name } : userActor(owner),
    scopes: undefined,
    roles:
      owner === undefined
        ? token.roles
        : [...token.roles, ...owner.roles, ...[...owner.groups.values()].flatMap(group => group.roles)],
    userId: token.userId,
  }
}

interface Presented {
  readonly token: string
  readonly issued: IssuedToken | undefined
}

function bearer(org: Org, request: SimulatedRequest, { issued }: Presented): Identified {
  const app = org.apps.get(issued?.clientId ?? '')
  if (issued === undefined || issued.thumbprint !== undefined || app?.status !== 'ACTIVE') {
    return {
      refusal: challenge(request, 401, { error: 'invalid_token', description: org.switches.unknownTokenDescription }),
    }
  }
  if (org.clock.now() / 1000 >= issued.expires) {
    return { refusal: challenge(request, 401, { error: 'invalid_token', description: 'The token has expired.' }) }
  }
  return { principal: { actor: appActor(app), scopes: issued.scopes, roles: app.roles, userId: null } }
}

async function dpopBearer(org: Org, request: SimulatedRequest, { token, issued }: Presented): Promise<Identified> {
  const refused = (description: string): Identified => ({
    refusal: challenge(request, 401, { error: 'invalid_dpop_proof', description, dpop: true }),
  })
  if (issued === undefined || issued.thumbprint === undefined) return refused(org.switches.unknownTokenDescription)
  try {
    const now = Math.floor(org.clock.now() / 1000)
    const thumbprint = await proofThumbprint(request.headers.dpop ?? '', { request, token, now })
    if (thumbprint !== issued.thumbprint) return refused('The DPoP proof key does not match the token.')
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
  return challenge(request, 403, { error: 'insufficient_scope', description, scope })
}

function challenge(
  request: SimulatedRequest,
  status: number,
  why: { readonly error: string; readonly description: string; readonly scope?: string; readonly dpop?: boolean },
): SimulatedReply {
  const { origin, pathname } = request.url
  const parts = [
    `authorization_uri="${origin}/oauth2/v1/authorize"`,
    `realm="${origin}"`,
    ...(why.scope === undefined ? [] : [`scope="${why.scope}"`]),
    `error="${why.error}"`,
    `error_description="${why.description}"`,
    `resource="${pathname}"`,
  ]
  const scheme = why.dpop === true ? 'DPoP' : 'Bearer'
  return { status, headers: [['www-authenticate', `${scheme} ${parts.join(', ')}`]] }
}
