/** Who goes first where calls wait for the provider's limit. `Sweep`: reads of whole lists. */
export type PaceLane = 'Leaver' | 'Joiner' | 'Mover' | 'Repair' | 'Sweep'

const order: readonly PaceLane[] = ['Leaver', 'Joiner', 'Mover', 'Repair', 'Sweep']

interface Waiting {
  readonly cost: number
  readonly lane: number
  readonly admit: () => void
}

/** Calls that wait: the most urgent lane first, in each lane in the order of coming. */
export class LaneQueue {
  readonly #waiting: Waiting[] = []

  get length(): number {
    return this.#waiting.length
  }

  /** What the call costs that goes next; undefined when none waits. */
  get nextCost(): number | undefined {
    return this.#waiting[0]?.cost
  }

  /** Lines a call up. Resolves when it is admitted. Rejects with the reason of `signal`, and then waits no longer. */
  join(lane: PaceLane, cost: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(signal.reason as Error)
      }
      const waiting: Waiting = {
        cost,
        lane: order.indexOf(lane),
        admit: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      const behind = this.#waiting.findIndex(other => other.lane > waiting.lane)
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, waiting)
    })
  }

  /** Lets the first go; false when none waits. */
  admit(): boolean {
    const first = this.#waiting.shift()
    first?.admit()
    return first !== undefined
  }
}
