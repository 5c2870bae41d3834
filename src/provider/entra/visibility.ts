import type { RetryPolicy } from '../../http/retry.ts'
import type { Time } from '../../http/time.ts'
import { MissingError, RefusedError } from './errors.ts'

/** How long after we made it an object may be missing from what Graph knows, in milliseconds. */
const VISIBLE_AFTER_MS = 60_000
const LONGEST_PAUSE_MS = 8000

/** Who is waited for. */
export interface Patience {
  readonly ids: readonly string[]
  /** A refused write costs as much as one that is taken, so that it is repeated less often. */
  readonly writing: boolean
  readonly signal: AbortSignal
}

/** Objects that we have just made, which reads and links may not see for a while. */
export class Fresh {
  readonly #time: Time
  readonly #retry: RetryPolicy
  readonly #made = new Map<string, number>()

  constructor(time: Time, retry: RetryPolicy) {
    this.#time = time
    this.#retry = retry
  }

  /** We have just made this object. */
  add(id: string): void {
    const now = this.#time.now()
    for (const [known, at] of this.#made) {
      if (now - at < VISIBLE_AFTER_MS) break
      this.#made.delete(known)
    }
    this.#made.delete(id)
    this.#made.set(id, now)
  }

  /** We have just deleted it, so that missing it is no surprise. */
  remove(id: string): void {
    this.#made.delete(id)
  }

  /** Patient with a refusal that only says that one of these objects, made by us, is not visible yet. */
  async patiently<T>(call: () => Promise<T>, { ids, writing, signal }: Patience): Promise<T> {
    const since = this.#time.now() - VISIBLE_AFTER_MS
    const fresh = ids.filter(id => (this.#made.get(id) ?? since) > since)
    const end = this.#time.now() + VISIBLE_AFTER_MS
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call()
      } catch (error) {
        const first = this.#retry.baseMs * (writing ? 8 : 1)
        const pause = Math.min(LONGEST_PAUSE_MS, this.#retry.maxMs, first * 2 ** (attempt - 1))
        const late = attempt > triesWorth(error, fresh) || this.#time.now() + pause > end
        if (fresh.length === 0 || late) throw error
        await this.#time.sleep(pause, signal)
      }
    }
  }
}

const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i

/**
 * How often to try again. What a fresh object looks like to a replica that has not heard of it: "does not exist" with its id, or with
 * no id, and sometimes "invalid values", which mostly means just that. When another id is named, that one is missing, and waiting
 * does not help.
 */
function triesWorth(error: unknown, fresh: readonly string[]): number {
  if (!(error instanceof MissingError || error instanceof RefusedError)) return 0
  const { message } = error.refusal
  if (error instanceof MissingError) return !GUID.test(message) || fresh.some(id => message.includes(id)) ? 12 : 0
  if (/do(es)? not exist|not a valid reference update/i.test(message)) return 12
  return /One or more property values specified are invalid/i.test(message) ? 2 : 0
}
