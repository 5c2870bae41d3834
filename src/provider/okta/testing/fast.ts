import { setTimeout as wait } from 'node:timers/promises'
import type { Time } from '../../../http/time.ts'
import { SimulatedClock } from '../../../simulator/clock.ts'

/** A clock that runs so many times faster than the machine's, for an org and for what waits for it. */
export class FastClock extends SimulatedClock {
  readonly #speed: number
  readonly #since = performance.now()

  constructor(speed: number) {
    super({ running: false })
    this.#speed = speed
  }

  override now(): number {
    return super.now() + Math.floor((performance.now() - this.#since) * this.#speed)
  }

  /** The same time, to wait by. */
  get time(): Time {
    return {
      now: () => (performance.now() - this.#since) * this.#speed,
      sleep: async (ms, signal) => {
        await wait(ms / this.#speed, undefined, signal === undefined ? {} : { signal })
      },
    }
  }
}
