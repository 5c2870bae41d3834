import { randomUUID } from 'node:crypto'
import type { SimulatedReply } from '../kernel.ts'
import { json } from './reply.ts'
import type { World } from './world.ts'

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

/** The error envelope of the token endpoint. */
export function oauthErrorReply(
  error: OAuthError,
  correlationId: string,
  { clock, switches }: Pick<World, 'clock' | 'switches'>,
): SimulatedReply {
  const traceId = randomUUID()
  const uri = { error_uri: `https://login.microsoftonline.com/error?code=${error.code}` }
  const timestamp = `${new Date(clock.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`
  const body = {
    error: error.error,
    error_description: `${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(switches.loginErrorUri ? uri : {}),
  }
  return json(body, error.status)
}
