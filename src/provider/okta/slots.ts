import type { PaceLane } from '../../http/pacer.ts'

const order: readonly PaceLane[] = ['Leaver', 'Joiner', 'Mover', 'Repair', 'Sweep']

interface Waiting {
  readonly lane: number
  readonly admit: () => void
}

/** So many calls may be in flight at one time: the most urgent lane first, in each lane in the order of coming. */
export class Slots {
  #free: number
  readonly #queue: Waiting[] = []

  constructor(count: number) {
    this.#free = Math.max(1, count)
  }

  /** Resolves once a slot is ours; `free` gives it back. Rejects with the reason of `signal`. */
  async take(lane: PaceLane, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    await this.#queued(order.indexOf(lane), signal)
  }

  /** Gives a slot back: the first who waits has it, or it is free. */
  free(): void {
    const first = this.#queue.shift()
    if (first === undefined) this.#free += 1
    else first.admit()
  }

  #queued(lane: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        reject(signal.reason as Error)
      }
      const waiting: Waiting = {
        lane,
        admit: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      const behind = this.#queue.findIndex(other => other.lane > lane)
      this.#queue.splice(behind < 0 ? this.#queue.length : behind, 0, waiting)
    })
  }
}
