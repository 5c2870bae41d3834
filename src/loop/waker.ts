import { setTimeout as after } from 'node:timers/promises'

/** Wakes a sleeping loop. Several wakes in a row are one, after things have been quiet for a moment. */
export class Waker {
  readonly #quietMs: number
  readonly #patienceMs: number
  #woken = false
  #rouse: (() => void) | undefined

  /**
   * `quietMs`: how long to wait for more after a wake, so that a checkout of many files is one pass. `patienceMs`: how long to wait in
   * all, so that a file which never rests cannot keep the loop asleep.
   */
  constructor(quietMs: number, patienceMs = 10 * quietMs) {
    this.#quietMs = quietMs
    this.#patienceMs = patienceMs
  }

  wake(): void {
    this.#woken = true
    this.#rouse?.()
  }

  /** Sleeps for `ms`, until a wake, or until the signal. Never throws. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#woken) await this.#interruptible(ms, signal)
    const patientUntil = performance.now() + this.#patienceMs
    while (this.#woken && !signal.aborted && performance.now() < patientUntil) {
      this.#woken = false
      await this.#interruptible(this.#quietMs, signal)
    }
    this.#woken = false
  }

  async #interruptible(ms: number, signal: AbortSignal): Promise<void> {
    const roused = new AbortController()
    this.#rouse = () => roused.abort()
    try {
      await after(ms, undefined, { signal: AbortSignal.any([signal, roused.signal]) })
    } catch {
      // Woken or stopped: both are told by other means.
    } finally {
      this.#rouse = undefined
    }
  }
}
