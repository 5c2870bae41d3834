import { LaneQueue, type PaceLane } from '../../http/lane-queue.ts'

/** So many calls may be in flight at one time: the most urgent lane first, in each lane in the order of coming. */
export class Slots {
  #free: number
  readonly #queue = new LaneQueue()

  constructor(count: number) {
    this.#free = Math.max(1, count)
  }

  /** Resolves once a slot is ours; `free` gives it back. Rejects with the reason of `signal`. */
  async take(lane: PaceLane, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free -= 1
    else await this.#queue.join(lane, 1, signal)
  }

  /** Gives a slot back: the first who waits has it, or it is free. */
  free(): void {
    if (!this.#queue.admit()) this.#free += 1
  }
}
