import { WindowBudget } from '../../http/budget.ts'
import type { PaceLane } from '../../http/lane-queue.ts'
import { Pacer } from '../../http/pacer.ts'
import type { Time } from '../../http/time.ts'
import { type HeaderReader, retryAfterMs } from './errors.ts'
import type { Bucket } from './requests.ts'
import { Slots } from './slots.ts'

/** Who a call is for, and what it draws on. */
export interface Way {
  readonly bucket: Bucket
  readonly lane: PaceLane
  readonly signal: AbortSignal
}

/** What a call tells when its answer has come: the status and the headers. */
export type Heard = (status: number, header: HeaderReader) => void

/**
 * Lets calls out as Okta's limits allow: each of its buckets by a window that the answers describe, and never more in flight at one
 * time than `concurrency`. Source: Okta, Rate limits.
 */
export class Pacing {
  readonly #pacers = new Map<Bucket, Pacer<WindowBudget>>()
  readonly #slots: Slots
  readonly #share: number
  readonly #time: Time

  constructor(options: { readonly share: number; readonly concurrency: number; readonly time: Time }) {
    this.#share = options.share
    this.#time = options.time
    this.#slots = new Slots(options.concurrency)
  }

  /** Sends when bucket and slots allow. An answer that is never heard takes nothing for good. Rejects with the signal's reason. */
  async run<T>(way: Way, send: (heard: Heard) => Promise<T>): Promise<T> {
    return this.runWithin(way, heard => this.inSlot(way, () => send(heard)))
  }

  /** The same for a call that is made on behalf of one which has a slot already, and sends nothing meanwhile. */
  async runWithin<T>(way: Way, send: (heard: Heard) => Promise<T>): Promise<T> {
    const pacer = this.#pacer(way.bucket)
    await pacer.pass(1, way.lane, way.signal)
    let read = false
    try {
      return await send((status, header) => {
        read = this.#read(pacer.budget, status, header) || read
      })
    } finally {
      if (!read) pacer.budget.unread(1)
      pacer.wake()
    }
  }

  /** Does something as one of the calls in flight. */
  async inSlot<T>(way: Pick<Way, 'lane' | 'signal'>, send: () => Promise<T>): Promise<T> {
    await this.#slots.take(way.lane, way.signal)
    try {
      return await send()
    } finally {
      this.#slots.free()
    }
  }

  #pacer(bucket: Bucket): Pacer<WindowBudget> {
    const known = this.#pacers.get(bucket)
    if (known !== undefined) return known
    const made = new Pacer(new WindowBudget(this.#share), this.#time)
    this.#pacers.set(bucket, made)
    return made
  }

  /** Whether the answer said how its bucket stands. A 401 speaks of nobody's bucket, since nobody was recognised. */
  #read(budget: WindowBudget, status: number, header: HeaderReader): boolean {
    const now = this.#time.now()
    if (status === 429) budget.close(now + retryAfterMs(header))
    const limit = Number(header('x-rate-limit-limit') ?? Number.NaN)
    const remaining = Number(header('x-rate-limit-remaining') ?? Number.NaN)
    const known = Number.isFinite(limit) && Number.isFinite(remaining) && header('x-rate-limit-reset') !== undefined
    if (status === 401 || !known) return false
    budget.read({ limit, remaining, resetsAt: now + retryAfterMs(header) }, 1, now)
    return true
  }
}
