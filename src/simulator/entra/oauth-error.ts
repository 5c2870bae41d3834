import type { SimulatedReply } from '../kernel.ts'
import { json } from './reply.ts'

/** A refusal of the token endpoint. */
export class OAuthError extends Error {
  override name = 'OAuthError'
  readonly status: number
  readonly error: string
  /** The number behind `AADSTS`. */
  readonly code: number

  constructor(status: number, error: string, code: number, text: string) {
    super(`AADSTS${code}: ${text}`)
    this.status = status
    this.error = error
    this.code = code
  }
}

/** The error envelope of the token endpoint. `now` in milliseconds since 1970. */
export function oauthErrorReply(
  error: OAuthError,
  traceId: string,
  correlationId: string,
  now: number,
): SimulatedReply {
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`
  const body = {
    error: error.error,
    error_description: `${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${error.code}`,
  }
  return json(body, error.status)
}
