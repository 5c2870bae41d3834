import { RateLimitError, TransientError } from '../model/errors.ts'
import { machineTime, type Time } from './time.ts'

/** Whether doing the same call twice does no more than doing it once. */
export type Repeatable = 'Repeatable' | 'Once'

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly tries: number
  /** First delay in milliseconds; doubled each time, with full jitter. */
  readonly baseMs: number
  /** Longest wait for one retry in milliseconds, whatever the provider asks for. */
  readonly maxMs: number
  /** 0 up to 1, for jitter. */
  readonly random: () => number
  /** What waiting is measured by; the machine's time when absent. */
  readonly time?: Time
}

export const defaultRetryPolicy: RetryPolicy = { tries: 5, baseMs: 250, maxMs: 65_000, random: Math.random }

/**
 * How long to wait before trying again, in milliseconds, or undefined when it must not be tried again. A rate limit was refused
 * before any effect, so everything may be repeated after it; without an answer only repeatable calls may.
 */
export function retryDelay(
  error: unknown,
  attempt: number,
  repeatable: Repeatable,
  policy: RetryPolicy,
): number | undefined {
  if (attempt >= policy.tries) return undefined
  if (error instanceof RateLimitError) return error.retryAfterMs > policy.maxMs ? undefined : error.retryAfterMs
  if (!(error instanceof TransientError)) return undefined
  if (repeatable === 'Once') return undefined
  return Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1)) * policy.random()
}

/** Calls `call` until it succeeds, its error may not be retried, or `signal` is aborted. Throws the last error. */
export async function withRetry<T>(
  call: () => Promise<T>,
  repeatable: Repeatable,
  signal: AbortSignal,
  policy: RetryPolicy = defaultRetryPolicy,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      const delay = retryDelay(error, attempt, repeatable, policy)
      if (delay === undefined) throw error
      await (policy.time ?? machineTime).sleep(delay, signal)
    }
  }
}
