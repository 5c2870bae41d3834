import { randomUUID } from 'node:crypto'
import type { Refusal, SimulatedReply } from '../kernel.ts'
import { OAuthError, oauthErrorReply } from './oauth-error.ts'
import { errorReply, GraphError, json, type RequestIds } from './reply.ts'
import type { World } from './world.ts'

const RETRY_AFTER: readonly [string, string] = ['Retry-After', '10']

/** What Microsoft Graph answers to a request that a fault strikes. Source: Microsoft Graph, Throttling guidance. */
export function refusedCall(why: Refusal, ids: RequestIds, world: World): SimulatedReply {
  if (why === 'expiredToken') {
    const words = 'Lifetime validation failed, the token is expired.'
    return errorReply(new GraphError(401, 'InvalidAuthenticationToken', words), ids)
  }
  const innerError = {
    code: '429',
    date: new Date(ids.now).toISOString().slice(0, 19),
    message: 'Please retry after',
    'request-id': ids.requestId,
    status: '429',
  }
  return {
    ...json({ error: { code: 'TooManyRequests', message: 'Too Many Requests', innerError } }, 429),
    headers: [
      ...(world.switches.retryAfter ? [RETRY_AFTER] : []),
      ['x-ms-throttle-scope', `Tenant_Application/ReadWrite/${world.applications[0]?.appId}/${world.identity.id}`],
      ['x-ms-throttle-information', 'ResourceUnitLimitExceeded'],
    ],
  }
}

/** What the token service answers to a request that a fault strikes. Source: Microsoft Entra authentication and authorization error codes. */
export function refusedLogin(why: Refusal, world: World): SimulatedReply {
  const { loginThrottledError, retryAfter } = world.switches
  const error =
    why === 'throttled'
      ? new OAuthError(429, loginThrottledError, 90055, 'There are too many incoming requests.')
      : new OAuthError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.')
  const reply = oauthErrorReply(error, randomUUID(), world)
  return why === 'throttled' && retryAfter ? { ...reply, headers: [RETRY_AFTER, ...reply.headers] } : reply
}
