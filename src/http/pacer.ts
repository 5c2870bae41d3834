import type { Budget } from './budget.ts'
import { LaneQueue, type PaceLane } from './lane-queue.ts'
import type { Time } from './time.ts'

/** Lets calls through as their budget allows: the most urgent lane first, in each lane in the order of coming. */
export class Pacer<B extends Budget = Budget> {
  readonly budget: B
  readonly #time: Time
  readonly #queue = new LaneQueue()
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
    const admitted = this.#queue.join(lane, cost, signal)
    this.wake()
    await admitted
  }

  /** Looks again: the budget has changed. */
  wake(): void {
    this.#timer?.abort()
    this.#timer = undefined
    this.#admit()
  }

  #admit(): void {
    for (let cost = this.#queue.nextCost; cost !== undefined; cost = this.#queue.nextCost) {
      const now = this.#time.now()
      const wait = this.budget.waitFor(cost, now)
      if (wait > 0) {
        this.#later(wait)
        return
      }
      this.budget.spend(cost, now)
      this.#queue.admit()
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
