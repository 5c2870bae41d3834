import { InvalidRequestError, NotFoundError, RateLimitError, TransientError } from '../../model/errors.ts'

/** What Microsoft Graph said when it refused, in its own words. */
export interface GraphRefusal {
  readonly status: number
  /** Such as `Request_BadRequest`; empty where the answer was no Graph error (a proxy's page). */
  readonly code: string
  readonly message: string
  /** Properties that `details` names. */
  readonly targets: readonly string[]
  /** The `request-id` of the answer, for Microsoft's support. */
  readonly requestId: string | undefined
}

/** 404: the object, or one it refers to, is not there, or not there yet. */
export class MissingError extends NotFoundError {
  readonly refusal: GraphRefusal
  constructor(refusal: GraphRefusal) {
    super(sentence(refusal))
    this.refusal = refusal
  }
}

/** 400 and its like: the content of the request was refused. */
export class RefusedError extends InvalidRequestError {
  readonly refusal: GraphRefusal
  constructor(refusal: GraphRefusal) {
    super(sentence(refusal))
    this.refusal = refusal
  }
}

/** 403: this one call is not allowed to the application; others may be. */
export class DeniedError extends InvalidRequestError {
  readonly refusal: GraphRefusal
  constructor(refusal: GraphRefusal) {
    super(sentence(refusal))
    this.refusal = refusal
  }
}

/** 401: the access token was not accepted. */
export class TokenRefusedError extends InvalidRequestError {
  readonly refusal: GraphRefusal
  constructor(refusal: GraphRefusal) {
    super(sentence(refusal))
    this.refusal = refusal
  }
}

/** The connection was never made, so that nothing was done and everything may be repeated. */
export class NotSentError extends TransientError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, true, options)
  }
}

/** Whether an error says that the object named in the path is not there; an id that is none is refused rather than missing. */
export function isMissing(error: unknown): boolean {
  if (error instanceof MissingError) return true
  return error instanceof RefusedError && /invalid object identifier/i.test(error.refusal.message)
}

/** An error that carries Graph's own words. */
export type RefusalError = MissingError | RefusedError | DeniedError | TokenRefusedError

/** Whether an error carries Graph's own words. */
export function isRefusal(error: unknown): error is RefusalError {
  return (
    error instanceof MissingError ||
    error instanceof RefusedError ||
    error instanceof DeniedError ||
    error instanceof TokenRefusedError
  )
}

function sentence({ status, code, message }: GraphRefusal): string {
  return `Microsoft Graph answered ${status}${code === '' ? '' : ` ${code}`}: ${message}`
}

/**
 * Waits in milliseconds when a 429 carries no Retry-After, which identity answers may leave out: the window of the limit, and a
 * margin for writes.
 */
const UNTOLD_WAIT_MS = { read: 10_000, write: 160_000 } as const

/** Wait in milliseconds for two writes that met at one object (`Directory_ConcurrencyViolation`), which did nothing. */
const CONCURRENCY_WAIT_MS = 500

/** An answer of Graph that is no success. */
export interface FailedAnswer {
  readonly status: number
  readonly method: string
  readonly headers: Headers
  readonly body: string
  /** Caps a wait that the answer leaves open, in milliseconds. */
  readonly maxWaitMs: number
}

/** The error that says what the caller can do about an answer that is no success. */
export function errorFrom(answer: FailedAnswer): Error {
  const refusal = refusalFrom(answer)
  const { status } = answer
  if (status === 429 || refusal.code === 'Directory_ConcurrencyViolation') {
    return new RateLimitError(sentence(refusal), waitMs(answer, refusal.code))
  }
  if (status === 401) return new TokenRefusedError(refusal)
  if (status === 403) return new DeniedError(refusal)
  if (status === 404) return new MissingError(refusal)
  if (status >= 500 || status === 408) return new TransientError(sentence(refusal), true)
  return new RefusedError(refusal)
}

function waitMs({ headers, method, maxWaitMs }: FailedAnswer, code: string): number {
  const told = retryAfterMs(headers.get('retry-after'), headers.get('date'))
  if (told !== undefined) return told
  if (code === 'Directory_ConcurrencyViolation') return Math.min(CONCURRENCY_WAIT_MS, maxWaitMs)
  return Math.min(method === 'GET' ? UNTOLD_WAIT_MS.read : UNTOLD_WAIT_MS.write, maxWaitMs)
}

/**
 * `Retry-After` (seconds, or a date) in milliseconds from now; undefined when absent or not readable. A date is the server's, so
 * that it counts from the `Date` of the same answer.
 */
export function retryAfterMs(header: string | null | undefined, date?: string | null): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(header)
  const theirs = Date.parse(date ?? '')
  return Number.isNaN(at) ? undefined : Math.max(0, at - (Number.isNaN(theirs) ? Date.now() : theirs))
}

function refusalFrom({ status, headers, body }: FailedAnswer): GraphRefusal {
  const requestId = headers.get('request-id') ?? undefined
  const error = objectIn(parsed(body), 'error')
  if (error === undefined) {
    return { status, code: '', message: 'the answer was not from Microsoft Graph (a proxy?).', targets: [], requestId }
  }
  const details = Array.isArray(error.details) ? error.details : []
  return {
    status,
    code: textIn(error, 'code'),
    message: textIn(error, 'message'),
    targets: details.flatMap(detail => {
      const target = textIn(detail, 'target')
      return target === '' ? [] : [target]
    }),
    requestId,
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

function objectIn(value: unknown, key: string): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const inner = (value as Record<string, unknown>)[key]
  return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : undefined
}

function textIn(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null) return ''
  const inner = (value as Record<string, unknown>)[key]
  return typeof inner === 'string' ? inner : ''
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
])

/** The error for a call that ended without an answer, the cause kept. `host` is named for people. */
export function connectionError(error: unknown, host: string): TransientError {
  const code = systemCode(error)
  const words = code ?? (error instanceof Error ? error.name : String(error))
  if (code !== undefined && NEVER_CONNECTED.has(code)) {
    const advice = /CERT|SELF_SIGNED|VERIFY/.test(code)
      ? 'if it is a private host, trust its authority in caBundle'
      : 'check graphUrl and the network'
    return new NotSentError(`No connection to ${host}: ${words}; ${advice}.`, { cause: error })
  }
  return new TransientError(`The connection to ${host} ended without an answer: ${words}.`, false, { cause: error })
}

/** The system's or undici's code at the bottom of a chain of causes. */
export function systemCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    const code = (at as { readonly code?: unknown }).code
    if (typeof code === 'string') return code
    if (at instanceof AggregateError && at.errors.length > 0) return systemCode(at.errors[0])
  }
  return undefined
}
