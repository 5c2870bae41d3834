import type { Refusal, SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { errorBody, OktaError } from './errors.ts'
import { challenge } from './gate.ts'
import { withStanding } from './limiter.ts'

const LIMIT = 600
const WINDOW_MS = 60_000

/** What Okta answers to a request that a fault strikes; `now` in milliseconds since 1970. Source: Okta, Rate limits; recorded responses. */
export function playedRefusal(
  request: SimulatedRequest,
  why: Refusal,
  { errorId, now }: { readonly errorId: string; readonly now: number },
): SimulatedReply {
  const standing = { limit: LIMIT, reset: Math.floor(now / 1000) + WINDOW_MS / 1000 }
  if (why === 'throttled') {
    const body = errorBody(new OktaError(429, 'E0000047'), errorId)
    return withStanding({ status: 429, headers: [], body }, { ...standing, remaining: 0 })
  }
  return withStanding(expired(request, errorId), { ...standing, remaining: LIMIT - 1 })
}

function expired(request: SimulatedRequest, errorId: string): SimulatedReply {
  if (request.segments.join('/') === 'oauth2/v1/token') {
    const body = { error: 'invalid_client', error_description: 'The client_assertion token is expired.' }
    return { status: 401, headers: [], body }
  }
  const scheme = /^\s*(DPoP|Bearer)\b/i.exec(request.headers.authorization ?? '')?.[1]?.toLowerCase()
  if (scheme === undefined)
    return { status: 401, headers: [], body: errorBody(new OktaError(401, 'E0000011'), errorId) }
  const dpop = scheme === 'dpop'
  return challenge(request, 401, { error: 'invalid_token', description: 'The token has expired.', dpop })
}
