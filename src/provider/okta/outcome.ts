import {
  AuthError,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  TenureError,
  TransientError,
} from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import type { Reason } from '../../model/origin.ts'
import type { ApprovedOperation, Outcome } from '../../model/plan.ts'
import { faultOf } from './errors.ts'
import type { Reader } from './reader.ts'

/** What one operation is carried out with. */
export interface Writer extends Reader {
  /** Stops reads and waits; a write that has been sent is finished. */
  readonly signal: AbortSignal
}

/** An operation of one kind. */
export type OperationOf<Kind extends ApprovedOperation['kind']> = Extract<ApprovedOperation, { readonly kind: Kind }>

/** Thrown to end an operation with this outcome. */
export class Refused extends TenureError {
  readonly kind: 'failed' | 'skipped'
  readonly reason: Reason
  readonly requestId: string | undefined

  constructor(kind: 'failed' | 'skipped', reason: Reason, message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
    this.reason = reason
    this.requestId = faultOf(this.cause)?.requestId
  }
}

/** Done, or already so. */
export function applied(
  operation: ApprovedOperation,
  more: {
    readonly account?: AccountId
    readonly login?: string
    readonly requestId?: string | undefined
    readonly notes?: readonly string[]
  } = {},
): Outcome {
  const account = more.account ?? operation.account
  const note = (more.notes ?? []).join(' ')
  return {
    operation,
    kind: 'applied',
    ...(account === undefined ? {} : { account }),
    ...(more.login === undefined ? {} : { login: more.login }),
    ...(more.requestId === undefined ? {} : { requestId: more.requestId }),
    ...(note === '' ? {} : { note }),
  }
}

/** Was not tried, or was not needed. */
export function skipped(operation: ApprovedOperation, reason: Reason, message: string): Outcome {
  return { operation, kind: 'skipped', reason, message }
}

/** The account of an operation. Throws Refused on a plan that should not exist. */
export function accountIn(operation: ApprovedOperation): AccountId {
  if (operation.account !== undefined) return operation.account
  throw new Refused(
    'failed',
    'ProviderFailed',
    `The operation ${operation.kind} names no account; the account of ${operation.person.login} was not created.`,
  )
}

/** Whether the error means that nothing more can be done with this credential. */
export function isRejection(error: unknown): error is AuthError {
  return error instanceof AuthError && !(error instanceof PermissionError)
}

/** What an error means for the operation it ended. */
export function outcomeOf(operation: ApprovedOperation, error: unknown): Outcome {
  const message = error instanceof Error ? error.message : `${error}`
  const requestId = faultOf(error)?.requestId
  if (error instanceof Refused) {
    const { kind, reason } = error
    if (kind === 'skipped') return skipped(operation, reason, message)
    return {
      operation,
      kind,
      reason,
      message,
      ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    }
  }
  if (isRejection(error)) return skipped(operation, 'CredentialsRejected', message)
  if (error instanceof TransientError && !error.answered) return { operation, kind: 'unknown', message }
  return {
    operation,
    kind: 'failed',
    reason: reasonOf(error),
    message,
    ...(requestId === undefined ? {} : { requestId }),
  }
}

function reasonOf(error: unknown): Reason {
  if (error instanceof PermissionError) return 'PermissionMissing'
  return faultOf(error)?.code === 'E0000023' ? 'ExternallyMastered' : 'ProviderFailed'
}

/** Whether Okta refused for good what was asked, so that asking for less may work. */
export function isRefusal(error: unknown): boolean {
  return error instanceof InvalidRequestError || error instanceof NotFoundError || error instanceof PermissionError
}

/** Whether the call failed in a way that leaves the rest of the operation worth trying. */
export function isSetback(error: unknown): error is TenureError {
  return error instanceof TenureError && !isRejection(error)
}
