import {
  AuthError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  TransientError,
} from '../../model/errors.ts'
import { listOf, objectOf, textOf } from './json.ts'
import type { OktaRequest } from './requests.ts'

/** An answer that is not what the API promises, such as JSON that breaks off. */
export class MalformedError extends TransientError {}

/** Okta does not take the access token it was shown. Nothing was done. */
export class TokenRefusedError extends AuthError {
  /** It would, with the nonce that its answer gave. */
  readonly wantsNonce: boolean

  constructor(message: string, wantsNonce: boolean, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.wantsNonce = wantsNonce
  }
}

/** What Okta said when it refused, as the `cause` of our errors. */
export class OktaFault extends Error {
  readonly status: number
  /** Such as `E0000001`; absent when the answer had no body. */
  readonly code: string | undefined
  readonly summary: string
  readonly causes: readonly string[]
  readonly requestId: string | undefined

  constructor(said: Pick<OktaFault, 'status' | 'code' | 'summary' | 'causes' | 'requestId'>) {
    super([`Okta HTTP ${said.status}`, said.code, said.summary, ...said.causes].filter(Boolean).join(' '))
    this.name = 'OktaFault'
    this.status = said.status
    this.code = said.code
    this.summary = said.summary
    this.causes = said.causes
    this.requestId = said.requestId
  }

  /** The vendor's code and words, for a sentence. */
  get words(): string {
    const text = this.causes.length > 0 ? this.causes.join('; ') : this.summary
    return [`HTTP ${this.status}`, this.code].filter(Boolean).join(' ') + (text === '' ? '' : `: ${text}`)
  }
}

/** What Okta said, when the error comes from an answer of Okta. */
export function faultOf(error: unknown): OktaFault | undefined {
  return error instanceof Error && error.cause instanceof OktaFault ? error.cause : undefined
}

/** Reads a response header by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined

/** Both times of an answer are cut to whole seconds, so that a window may last up to a second longer than their difference. */
const marginMs = 1000

/** Milliseconds until the rate-limit window has surely ended, by the server's own clock; a second where it does not say. */
export function retryAfterMs(header: HeaderReader): number {
  const reset = Number(header('x-rate-limit-reset') ?? Number.NaN) * 1000
  const date = Date.parse(header('date') ?? '')
  if (!Number.isFinite(reset) || !Number.isFinite(date)) return marginMs
  return Math.max(0, reset - date) + marginMs
}

/** Which scope an answer without a body says is missing. Source: RFC 6750, `insufficient_scope`. */
function missingScope(challenge: string): string | undefined {
  if (!/error="?insufficient_scope/.test(challenge)) return undefined
  return /scope="([^"]*)"/.exec(challenge)?.[1] ?? 'that the call needs'
}

const codesOfAuthentication = new Set(['E0000004', 'E0000005', 'E0000011'])
const codesOfPermission = new Set(['E0000006', 'E0000015'])

function authorisation(fault: OktaFault, what: string, header: HeaderReader): AuthError | undefined {
  const challenge = header('www-authenticate') ?? ''
  const scope = fault.status === 403 ? missingScope(challenge) : undefined
  if (scope !== undefined) {
    const message = `Okta refused ${what}: the app has not been granted the scope ${scope}; grant it on the app's tab "Okta API Scopes".`
    return new PermissionError(message, { cause: fault })
  }
  if (codesOfPermission.has(fault.code ?? '') || (fault.status === 403 && fault.code === undefined)) {
    const message = `Okta refused ${what} (${fault.words}); give the app's admin role the permission and its resource set the object.`
    return new PermissionError(message, { cause: fault })
  }
  if (fault.status !== 401 && !codesOfAuthentication.has(fault.code ?? '')) return undefined
  const why = /error_description="([^"]*)"/.exec(challenge)?.[1]
  const message = `Okta does not accept the access token of the app for ${what} (${why ?? fault.words}); check that the app is active.`
  if (fault.status !== 401) return new AuthError(message, { cause: fault })
  return new TokenRefusedError(message, /error="?use_dpop_nonce/.test(challenge), { cause: fault })
}

/** Okta's codes for what passes by itself: an activation, profiles after a schema change, a group rule ("Error codes"). */
const busyCodes: ReadonlySet<string> = new Set(['E0000112', 'E0000145', 'E0000249'])

/** The error of our kind for a refusal. After a 5xx a write may have taken effect. */
export function errorOf(fault: OktaFault, request: OktaRequest, header: HeaderReader): Error {
  const what = `${request.method} ${request.path.replace(/\?.*/, '')}`
  const options = { cause: fault }
  const message = `Okta refused ${what} (${fault.words}).`
  if (fault.status === 429) {
    const wait = retryAfterMs(header)
    return new RateLimitError(`Okta asks to wait ${Math.ceil(wait / 1000)} s before ${what}.`, wait, options)
  }
  const refusal = authorisation(fault, what, header)
  if (refusal !== undefined) return refusal
  if (fault.status === 404) return new NotFoundError(message, options)
  if (fault.status === 423 || busyCodes.has(fault.code ?? ''))
    return new TransientError(`Okta is still busy with an earlier change: ${what} (${fault.words}).`, true, options)
  if (fault.status === 409 || fault.status === 412) return new ConflictError(message, options)
  if (fault.status < 500 || fault.code === 'E0000060') return new InvalidRequestError(message, options)
  return new TransientError(`Okta failed on ${what} (${fault.words}).`, request.method === 'GET', options)
}

/** What Okta said, from a status and a body that may be anything. */
export function faultFrom(status: number, body: unknown, header: HeaderReader): OktaFault {
  const said = objectOf(body)
  return new OktaFault({
    status,
    code: textOf(said.errorCode),
    summary: textOf(said.errorSummary) ?? '',
    causes: listOf(said.errorCauses).flatMap(cause => textOf(objectOf(cause).errorSummary) ?? []),
    requestId: header('x-okta-request-id'),
  })
}

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
const untrusted = /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/

/** The error for a call that ended without an answer: a broken or impossible connection, or our own time limit. */
export function unansweredError(error: unknown, request: Pick<OktaRequest, 'method' | 'path'>): TransientError {
  // fetch says only that it failed; why stands in the cause.
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = textOf(objectOf(inner).code) ?? ''
  const message = inner instanceof Error && inner.message !== '' ? inner.message : code
  const what = `${request.method} ${request.path.replace(/\?.*/, '')}`
  if (neverSent.has(code) || untrusted.test(code)) {
    const text = `Okta cannot be reached for ${what} (${message}): check orgUrl, the network and, for a private host, caBundle.`
    return new TransientError(text, true, { cause: error })
  }
  return new TransientError(`The connection to Okta ended without an answer to ${what} (${message}).`, false, {
    cause: error,
  })
}
