import { type Growth, waitAfter } from './backoff.ts'
import { Delays } from './delays.ts'
import { machineTime, type Time } from './time.ts'

/** How a queue waits. */
export interface WorkQueueOptions {
  /** After a failure of a key, doubled with each one in a row. */
  readonly backoff?: Growth
  readonly time?: Time
  /** Numbers in [0, 1). */
  readonly random?: () => number
}

const BACKOFF: Growth = { firstMs: 500, longestMs: 300_000, jitter: 0.2 }

/**
 * Keys that wait to be worked on, with the semantics of client-go: a key waits at most once; while somebody works on it, it is
 * given to nobody else, and if it is added meanwhile it waits again as soon as it is done.
 */
export class WorkQueue {
  readonly #waiting: string[] = []
  readonly #dirty = new Set<string>()
  readonly #working = new Set<string>()
  readonly #takers: ((key: string | undefined) => void)[] = []
  readonly #failures = new Map<string, number>()
  readonly #delays: Delays
  readonly #backoff: Growth
  readonly #random: () => number
  #isShut = false
  #onIdle: (() => void)[] = []

  constructor({ backoff = BACKOFF, time = machineTime, random = Math.random }: WorkQueueOptions = {}) {
    this.#backoff = backoff
    this.#random = random
    this.#delays = new Delays(time, key => this.add(key))
  }

  /** Keys that wait now; not those that are worked on or are due later. */
  get size(): number {
    return this.#waiting.length
  }

  /** Keys somebody works on. */
  get working(): number {
    return this.#working.size
  }

  /** Keys that are due later. */
  get delayed(): number {
    return this.#delays.size
  }

  get isShut(): boolean {
    return this.#isShut
  }

  /** Adds a key, unless it waits already. Nothing is added to a queue that is shut. */
  add(key: string): void {
    if (this.#isShut || this.#dirty.has(key)) return
    this.#dirty.add(key)
    if (!this.#working.has(key)) this.#offer(key)
  }

  /** Adds a key after so many milliseconds; if it is added more than once, then at the earliest of them. */
  addAfter(key: string, ms: number): void {
    if (this.#isShut) return
    if (ms <= 0) this.add(key)
    else this.#delays.add(key, ms)
  }

  /** Adds a key once more after a failure: the more failures in a row, the later. */
  addAfterFailure(key: string): void {
    const failures = this.failures(key) + 1
    this.#failures.set(key, failures)
    this.addAfter(key, waitAfter(failures, this.#backoff, this.#random()))
  }

  /** Failures of a key in a row. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  /** The next failure of a key is its first again. */
  forget(key: string): void {
    this.#failures.delete(key)
  }

  /**
   * The next key, as soon as there is one; undefined when the queue is shut and empty, or the signal is aborted. Who takes a
   * key has to say `done`.
   */
  take(signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined)
    const key = this.#waiting.shift()
    if (key !== undefined) return Promise.resolve(this.#begin(key))
    if (this.#isShut) return Promise.resolve(undefined)
    return new Promise(resolve => {
      const leave = () => {
        this.#takers.splice(this.#takers.indexOf(taker), 1)
        resolve(undefined)
      }
      const taker = (taken: string | undefined) => {
        signal?.removeEventListener('abort', leave)
        resolve(taken)
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#takers.push(taker)
    })
  }

  /** The work on a key has ended, well or not. */
  done(key: string): void {
    if (!this.#working.delete(key)) return
    if (this.#dirty.has(key)) this.#offer(key)
    this.#tellIfIdle()
  }

  /** Nothing more is added; what waits is still given out. Resolves when the last key is done. */
  async drain(): Promise<void> {
    this.#isShut = true
    this.#delays.clear()
    for (const taker of this.#takers.splice(0)) taker(undefined)
    if (this.#isIdle()) return
    await new Promise<void>(resolve => {
      this.#onIdle.push(resolve)
    })
  }

  /** Nothing more is added or given out. Resolves when what is worked on is done. */
  async shutDown(): Promise<void> {
    this.#waiting.length = 0
    this.#dirty.clear()
    await this.drain()
  }

  #offer(key: string): void {
    const taker = this.#takers.shift()
    if (taker === undefined) this.#waiting.push(key)
    else taker(this.#begin(key))
  }

  #begin(key: string): string {
    this.#dirty.delete(key)
    this.#working.add(key)
    return key
  }

  #isIdle(): boolean {
    return this.#working.size === 0 && this.#waiting.length === 0
  }

  #tellIfIdle(): void {
    if (!this.#isShut || !this.#isIdle()) return
    for (const resolve of this.#onIdle) resolve()
    this.#onIdle = []
  }
}
