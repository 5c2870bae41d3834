import { setImmediate as turn } from 'node:timers/promises'
import type { Time } from '../../src/http/time.ts'
import type { SimulatedClock } from '../../src/simulator/clock.ts'

/** A time that does not wait: whoever sleeps moves it, and the clock of the simulated tenants with it, to when they would wake. */
export class HurriedTime implements Time {
  readonly #clock: SimulatedClock
  #ahead = 0

  constructor(clock: SimulatedClock) {
    this.#clock = clock
  }

  now(): number {
    return performance.now() + this.#ahead
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const until = this.now() + ms
    await turn() // what others have under way goes first
    signal?.throwIfAborted()
    const left = until - this.now()
    if (left <= 0) return
    this.#ahead += left
    this.#clock.advance(left)
  }
}
