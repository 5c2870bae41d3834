import { TenureError } from '../model/errors.ts'

/** One reason why an API server refused something: the field it is about, and what is wrong with it. */
export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/** What an API server says of a call that failed (`kind: Status`), as far as it said it. */
interface Said {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  /** The server's word for it, such as `AlreadyExists`; empty when it gave none. */
  readonly reason: string
  readonly causes: readonly Cause[]
  /** How long the server asks to wait, counted from now. */
  readonly retryAfterMs?: number
}

/** A call to an API server failed. Its message quotes no object. */
export class KubeError extends TenureError {
  readonly status: number
  readonly reason: string
  readonly causes: readonly Cause[]
  readonly retryAfterMs: number | undefined
  constructor(message: string, said: Said, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.status = said.status
    this.reason = said.reason
    this.causes = said.causes
    this.retryAfterMs = said.retryAfterMs
  }
}

/** The object, or the whole kind, is not there. */
export class NotFound extends KubeError {}

/** An object of that name is there already. */
export class AlreadyExists extends KubeError {}

/** The object is no longer the one the caller had in mind: look again. */
export class Conflict extends KubeError {}

/** The revision, or the continuation of a list, is too old: list anew. */
export class Gone extends KubeError {}

/** The content was refused; `causes` say why. Also a JSON patch that does not fit. */
export class Invalid extends KubeError {}

/** The credential lacks the right, a policy is against it, or the namespace is being deleted (`isTerminating`). */
export class Forbidden extends KubeError {
  /** Nothing can be created in the namespace any more. */
  get isTerminating(): boolean {
    return this.causes.some(cause => cause.reason === 'NamespaceTerminating')
  }
}

/** The credential was refused. */
export class Unauthorized extends KubeError {}

/** The server asks for fewer calls: nothing was done. */
export class TooManyRequests extends KubeError {}

/** The server, or one behind it, is not ready or took too long (502, 503, 504). */
export class Unavailable extends KubeError {}

/** There was no answer: the effect of a write may have taken place. */
export class Unanswered extends KubeError {}

/** Whether the same call may work later as it stands. */
export function isTransient(error: unknown): boolean {
  return error instanceof TooManyRequests || error instanceof Unavailable || error instanceof Unanswered
}

type KubeErrorClass = new (message: string, said: Said) => KubeError

const BY_REASON: Readonly<Record<string, KubeErrorClass>> = {
  NotFound,
  AlreadyExists,
  Conflict,
  Gone,
  Expired: Gone,
  Invalid,
  Forbidden,
  Unauthorized,
  TooManyRequests,
  ServiceUnavailable: Unavailable,
  ServerTimeout: Unavailable,
  Timeout: Unavailable,
}

const BY_STATUS: Readonly<Record<number, KubeErrorClass>> = {
  401: Unauthorized,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  410: Gone,
  422: Invalid,
  429: TooManyRequests,
  502: Unavailable,
  503: Unavailable,
  504: Unavailable,
}

/** Longest message that is passed on; a server may quote much. */
const LONGEST_MESSAGE = 500
const STRICT = 'strict decoding error:'

/**
 * What may be said of a server's message. With strict field validation it quotes the whole object, so only what follows
 * `strict decoding error:` is kept.
 */
function quotable(message: string): string {
  const strict = message.lastIndexOf(STRICT)
  const text = strict < 0 ? message : message.slice(strict)
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text
}

/** A remark of the server about itself, no finding: it is told by its text, as real findings may lack a field as well. */
const isRemark = (cause: Cause) => cause.message.includes('some validation rules were not checked')

function causesOf(details: unknown): Cause[] {
  const listed = fieldOf(details, 'causes')
  if (!Array.isArray(listed)) return []
  const causes = listed.map(cause => ({
    reason: textField(cause, 'reason'),
    message: quotable(textField(cause, 'message')),
    field: textField(cause, 'field'),
  }))
  const unique = new Map(causes.map(cause => [JSON.stringify(cause), cause]))
  return [...unique.values()].filter(cause => !isRemark(cause))
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

function textField(value: unknown, name: string): string {
  const field = fieldOf(value, name)
  return typeof field === 'string' ? field : ''
}

/** Milliseconds of a Retry-After header in seconds; a date is not understood, API servers send none. */
function headerMs(retryAfter: string | undefined): number | undefined {
  const seconds = Number(retryAfter)
  return retryAfter !== undefined && retryAfter.trim() !== '' && seconds >= 0 ? seconds * 1000 : undefined
}

function waitOf(body: unknown, retryAfter: string | undefined): number | undefined {
  const seconds = fieldOf(fieldOf(body, 'details'), 'retryAfterSeconds')
  return headerMs(retryAfter) ?? (typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined)
}

/** The words a failed call is reported with. */
export interface Failure {
  /** HTTP status of the answer, or the code of an ERROR event of a watch. */
  readonly status: number
  /** The Status object, or the text, that came with it. */
  readonly body: unknown
  /** Header of that name. */
  readonly retryAfter?: string
  /** What was tried: `GET /api/v1/…`, without query. */
  readonly call: string
}

/** The error a failed call is. `AlreadyExists` and `Conflict` are both 409: the reason tells, then the status. */
export function errorOf({ status, body, retryAfter, call }: Failure): KubeError {
  const reason = textField(body, 'reason')
  const message = quotable(typeof body === 'string' ? body.trim() : textField(body, 'message'))
  const retryAfterMs = waitOf(body, retryAfter)
  const said: Said = {
    status,
    reason,
    causes: causesOf(fieldOf(body, 'details')),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  const Class = BY_REASON[reason] ?? BY_STATUS[status] ?? KubeError
  return new Class(`${call}: the API server answered ${status}${message === '' ? '' : `: ${message}`}`, said)
}

/** The error a call without an answer is. */
export function unanswered(call: string, cause: unknown): Unanswered {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Unanswered(
    `${call}: no answer from the API server: ${why}`,
    { status: 0, reason: '', causes: [] },
    { cause },
  )
}
