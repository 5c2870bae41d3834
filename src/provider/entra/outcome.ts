import { AuthError, RateLimitError, SnapshotError, TenureError, TransientError } from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import type { Reason } from '../../model/origin.ts'
import type { Outcome } from '../../model/plan.ts'
import { DeniedError, isRefusal, MissingError, NotSentError } from './errors.ts'

type WithoutOperation<T> = T extends unknown ? Omit<T, 'operation'> : never

/** What became of one operation, not yet tied to it. */
export type Result = WithoutOperation<Outcome>

/** What an `applied` may tell. */
export interface Applied {
  readonly account?: AccountId | undefined
  readonly login?: string | undefined
  readonly requestId?: string | undefined
  /** What went wrong beside it, one sentence each. */
  readonly notes?: readonly string[]
}

/** It is so now. */
export function applied({ account, login, requestId, notes = [] }: Applied = {}): Result {
  return {
    kind: 'applied',
    ...(account === undefined ? {} : { account }),
    ...(login === undefined ? {} : { login }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
  }
}

/** It was refused, or could not be proven. */
export function failed(reason: Reason, message: string, requestId?: string): Result {
  return { kind: 'failed', reason, message, ...(requestId === undefined ? {} : { requestId }) }
}

/** It was left as it is. */
export function skipped(reason: Reason, message: string): Result {
  return { kind: 'skipped', reason, message }
}

/** Ends an operation from deep within, with its reason. */
export class OperationError extends TenureError {
  readonly reason: Reason
  constructor(reason: Reason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}

/** Graph's words for writes to what an on-premises directory masters. */
const MASTERED = /on-premises mastered|Directory Sync objects/i

/** What an error says about an operation that writes. */
export function resultOf(error: unknown): Result {
  if (error instanceof OperationError) return failed(error.reason, error.message)
  if (isRefusal(error)) return failed(refusalReason(error), withAdvice(error), error.refusal.requestId)
  if (error instanceof RateLimitError || error instanceof NotSentError || error instanceof SnapshotError) {
    return failed('ProviderFailed', `${error.message} It is tried again in the next run.`)
  }
  if (error instanceof TransientError) return { kind: 'unknown', message: error.message }
  return failed('ProviderFailed', error instanceof Error ? error.message : String(error))
}

/** The reason behind a refusal. */
export function refusalReason(error: unknown): Reason {
  if (!isRefusal(error)) return 'ProviderFailed'
  if (MASTERED.test(error.refusal.message)) return 'ExternallyMastered'
  return error instanceof DeniedError && error.refusal.code !== 'Directory_QuotaExceeded'
    ? 'PermissionMissing'
    : 'ProviderFailed'
}

function withAdvice(error: Error): string {
  if (refusalReason(error) === 'ExternallyMastered') return `${error.message} Change it in the on-premises directory.`
  if (refusalReason(error) === 'PermissionMissing') {
    return `${error.message} Grant the application what probe names as missing, or, for holders of admin roles and for restricted units, an Entra role that may manage them.`
  }
  return error instanceof MissingError ? `${error.message} It was deleted, or is not visible yet.` : error.message
}

/** An error as one sentence for a note. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Errors that must stop everything, so that no note may swallow them. */
export function isFatal(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || error instanceof AuthError
}
