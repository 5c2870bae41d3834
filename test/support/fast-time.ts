import type { Time } from '../../src/http/time.ts'
import type { SimulatedClock } from '../../src/simulator/index.ts'

interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/**
 * Waiting that moves the tenants' clock on instead of taking long: while anybody sleeps, the clock leaps a little every
 * millisecond, so that answers that are under way still come in between.
 */
export class FastTime implements Time {
  readonly #clock: SimulatedClock
  readonly #leapMs: number
  readonly #sleepers = new Set<Sleeper>()
  #timer: NodeJS.Timeout | undefined

  constructor(clock: SimulatedClock, leapMs = 100) {
    this.#clock = clock
    this.#leapMs = leapMs
  }

  now(): number {
    return this.#clock.now()
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error)
        return
      }
      const stop = (): void => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason as Error)
      }
      const sleeper: Sleeper = {
        until: this.now() + ms,
        wake: () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        },
      }
      signal?.addEventListener('abort', stop, { once: true })
      this.#sleepers.add(sleeper)
      this.#run()
    })
  }

  #run(): void {
    if (this.#timer !== undefined || this.#sleepers.size === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#leap()
      this.#run()
    }, 1)
  }

  #leap(): void {
    const soonest = Math.min(...[...this.#sleepers].map(({ until }) => until))
    const left = soonest - this.now()
    if (left > 0) this.#clock.advance(Math.min(left, this.#leapMs))
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.now()) continue
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
}
