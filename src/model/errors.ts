/** One class per decision the caller takes. A refusal is a verdict, never an error. */

/** Base of all errors we raise on purpose; the message is one sentence a person can act on. */
export class TenureError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
  }
}

/** The credential was refused or lacks a right: stop this provider, go on with the others. */
export class AuthError extends TenureError {}

/** The credential is good, but lacks a right: for one call, or for the work as a whole. */
export class PermissionError extends AuthError {}

/** The provider asks to wait: nothing was done. `retryAfterMs` counts from now. */
export class RateLimitError extends TenureError {
  readonly retryAfterMs: number
  constructor(message: string, retryAfterMs: number, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * The call may work when repeated with jitter. `answered` is false when the connection ended without an answer, so that the
 * effect may have taken place.
 */
export class TransientError extends TenureError {
  readonly answered: boolean
  constructor(message: string, answered: boolean, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.answered = answered
  }
}

/** The provider says it is already so, or that something else holds the name. */
export class ConflictError extends TenureError {}

/** The object is not there; may mean "already so". */
export class NotFoundError extends TenureError {}

/** The provider refused the content of a request; repeating it cannot help. */
export class InvalidRequestError extends TenureError {}

/** A read was not proven complete: no plan from absence this run. */
export class SnapshotError extends TenureError {}

/** A manifest or flag is wrong: report there, the run is incomplete. */
export class ManifestError extends TenureError {}

/** The durable record cannot be trusted or written: nothing may be written to any provider. */
export class JournalError extends TenureError {}
