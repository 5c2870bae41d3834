import type { Budget } from './budget.ts'
import type { Time } from './time.ts'

/** Who goes first where calls wait for the provider's limit. `Sweep`: reads of whole lists. */
export type PaceLane = 'Leaver' | 'Joiner' | 'Mover' | 'Repair' | 'Sweep'

const order: readonly PaceLane[] = ['Leaver', 'Joiner', 'Mover', 'Repair', 'Sweep']

interface Waiting {
  readonly cost: number
  readonly lane: number
  readonly admit: () => void
}

/** Lets calls through as their budget allows: the most urgent lane first, in each lane in the order of coming. */
export class Pacer<B extends Budget = Budget> {
  readonly budget: B
  readonly #time: Time
  readonly #queue: Waiting[] = []
  #timer: AbortController | undefined

  constructor(budget: B, time: Time) {
    this.budget = budget
    this.#time = time
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Resolves when a call that costs so much may go out, and has spent that. Rejects with the reason of `signal`. */
  async pass(cost: number, lane: PaceLane, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const now = this.#time.now()
    if (this.#queue.length === 0 && this.budget.waitFor(cost, now) <= 0) {
      this.budget.spend(cost, now)
      return
    }
    await this.#queued(cost, order.indexOf(lane), signal)
  }

  /** Looks again: the budget has changed. */
  wake(): void {
    this.#timer?.abort()
    this.#timer = undefined
    this.#admit()
  }

  #queued(cost: number, lane: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        reject(signal.reason as Error)
      }
      const waiting: Waiting = {
        cost,
        lane,
        admit: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      const behind = this.#queue.findIndex(other => other.lane > lane)
      this.#queue.splice(behind < 0 ? this.#queue.length : behind, 0, waiting)
      this.wake()
    })
  }

  #admit(): void {
    for (;;) {
      const first = this.#queue[0]
      if (first === undefined) return
      const now = this.#time.now()
      const wait = this.budget.waitFor(first.cost, now)
      if (wait > 0) {
        this.#later(wait)
        return
      }
      this.budget.spend(first.cost, now)
      this.#queue.shift()
      first.admit()
    }
  }

  #later(wait: number): void {
    if (this.#timer !== undefined) return
    const timer = new AbortController()
    this.#timer = timer
    this.#time.sleep(wait, timer.signal).then(
      () => {
        if (this.#timer === timer) this.wake()
      },
      () => undefined, // woken before its time
    )
  }
}
