import type { Time } from './time.ts'

interface Due {
  readonly at: number
  readonly key: string
}

/**
 * Keys that are due at some moment, each at its earliest. One timer, set for the next that is due; none while nothing waits.
 */
export class Delays {
  readonly #time: Time
  readonly #onDue: (key: string) => void
  /** A binary heap: no entry is due before the one at half its index. */
  readonly #heap: Due[] = []
  readonly #at = new Map<string, number>()
  #timer: { readonly at: number; readonly stop: AbortController } | undefined

  constructor(time: Time, onDue: (key: string) => void) {
    this.#time = time
    this.#onDue = onDue
  }

  get size(): number {
    return this.#at.size
  }

  /** A key is due after so many milliseconds, unless it is already due before. */
  add(key: string, ms: number): void {
    const at = this.#time.now() + ms
    if ((this.#at.get(key) ?? Number.POSITIVE_INFINITY) <= at) return
    this.#at.set(key, at)
    this.#push({ at, key })
    this.#arm()
  }

  /** Forgets everything. */
  clear(): void {
    this.#heap.length = 0
    this.#at.clear()
    this.#timer?.stop.abort()
    this.#timer = undefined
  }

  #arm(): void {
    const next = this.#heap[0]
    if (next === undefined || (this.#timer !== undefined && this.#timer.at <= next.at)) return
    this.#timer?.stop.abort()
    const stop = new AbortController()
    this.#timer = { at: next.at, stop }
    this.#time.sleep(Math.max(0, next.at - this.#time.now()), stop.signal).then(
      () => this.#ring(stop),
      () => {},
    )
  }

  #ring(stop: AbortController): void {
    if (stop.signal.aborted) return
    this.#timer = undefined
    for (let next = this.#heap[0]; next !== undefined && next.at <= this.#time.now(); next = this.#heap[0]) {
      this.#pop()
      // An entry that was put off the list by an earlier one of the same key is stale.
      if (this.#at.get(next.key) !== next.at) continue
      this.#at.delete(next.key)
      this.#onDue(next.key)
    }
    this.#arm()
  }

  #push(due: Due): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(due)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || above.at <= due.at) break
      heap[index] = above
      index = parent
    }
    heap[index] = due
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const child = (heap[left + 1]?.at ?? Number.POSITIVE_INFINITY) < (heap[left]?.at ?? 0) ? left + 1 : left
      const below = heap[child]
      if (below === undefined || below.at >= last.at) break
      heap[index] = below
      index = child
    }
    heap[index] = last
  }
}
