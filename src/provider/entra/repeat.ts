import { type Repeatable, type RetryPolicy, retryDelay } from '../../http/retry.ts'
import type { Time } from '../../http/time.ts'
import { NotSentError } from './errors.ts'

/** How a call is repeated. */
export interface Repetition {
  readonly repeatable: Repeatable
  readonly policy: RetryPolicy
  readonly time: Time
  readonly signal: AbortSignal
}

/** Repeats what may be repeated; what was never sent may be, whatever it is. Throws the last error. */
export async function repeated<T>(
  call: () => Promise<T>,
  { repeatable, policy, time, signal }: Repetition,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      signal.throwIfAborted()
      return await call()
    } catch (error) {
      const harmless = error instanceof NotSentError ? 'Repeatable' : repeatable
      const delay = retryDelay(error, attempt, harmless, policy)
      if (delay === undefined) throw error
      await time.sleep(delay, signal)
    }
  }
}
