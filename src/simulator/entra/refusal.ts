import { randomUUID } from 'node:crypto'
import type { Refusal, SimulatedReply } from '../kernel.ts'
import { OAuthError, oauthErrorReply } from './oauth-error.ts'
import { errorReply, GraphError, json, type RequestIds } from './reply.ts'

const RETRY_AFTER: readonly [string, string] = ['Retry-After', '10']

/** What Microsoft Graph answers to a request that a fault strikes. Source: Microsoft Graph, Throttling guidance. */
export function refusedCall(why: Refusal, ids: RequestIds): SimulatedReply {
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
      RETRY_AFTER,
      ['x-ms-throttle-scope', 'Tenant_Application/ReadWrite'],
      ['x-ms-throttle-information', 'ResourceUnitLimitExceeded'],
    ],
  }
}

/** What the token service answers to a request that a fault strikes; `now` in milliseconds since 1970. Source: Microsoft Entra, AADSTS error codes. */
export function refusedLogin(why: Refusal, now: number): SimulatedReply {
  const error =
    why === 'throttled'
      ? new OAuthError(429, 'temporarily_unavailable', 90055, 'The server is busy. Please try again later.')
      : new OAuthError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.')
  const reply = oauthErrorReply(error, randomUUID(), randomUUID(), now)
  return why === 'throttled' ? { ...reply, headers: [RETRY_AFTER, ...reply.headers] } : reply
}
