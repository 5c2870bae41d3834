import { type Budget, TokenBudget } from '../../http/budget.ts'
import type { PaceLane } from '../../http/lane-queue.ts'
import { Pacer } from '../../http/pacer.ts'
import type { Time } from '../../http/time.ts'
import { RateLimitError } from '../../model/errors.ts'
import type { Cost } from './cost.ts'

/** Writes of one application in one tenant: 3,000 in 150 s ("Microsoft Graph service-specific throttling limits"). */
const WRITES_PER_SECOND = 3000 / 150

/** Resource units in 10 s by the size of the tenant, in users: below 50, up to 500, above. */
function unitsPerSecond(users: number): number {
  if (users < 50) return 350
  return users <= 500 ? 500 : 800
}

/**
 * Of our share so much is used evenly, and what is saved up comes to the rest: in no window of 150 s (writes) or 10 s (resource
 * units) is it more than our share, whether the vendor counts a bucket that refills or windows that start anew.
 */
const WRITES = { evenly: 0.92, burstSeconds: 13 } as const
const UNITS = { evenly: 0.9, burstSeconds: 1.1 } as const

/** A hint that a limit is near holds for so long, in milliseconds. */
const SLOW_MS = 10_000
/** The hint is only given from this share of the limit on (`x-ms-throttle-limit-percentage`). */
const NEAR = 0.8

/** One of the two limits, at our share of it. What is near its limit is spent at half the pace. */
export class GraphBudget implements Budget {
  readonly #share: number
  readonly #burstSeconds: number
  #inner: TokenBudget
  #closedUntil = Number.NEGATIVE_INFINITY
  #slowUntil = Number.NEGATIVE_INFINITY

  /** `perSecond` is what the vendor grants in all; `share` of it, over 0 up to 1, may be used. */
  constructor(perSecond: number, share: number, burstSeconds: number) {
    this.#share = share
    this.#burstSeconds = burstSeconds
    this.#inner = new TokenBudget(perSecond * share, burstSeconds)
  }

  /** What may be spent in one second. */
  get rate(): number {
    return this.#inner.rate
  }

  waitFor(cost: number, now: number): number {
    return this.#inner.waitFor(this.#weighed(cost, now), now)
  }

  spend(cost: number, now: number): void {
    this.#inner.spend(this.#weighed(cost, now), now)
  }

  /** The answer told another cost than was spent; `difference` may be negative. */
  correct(difference: number, now: number): void {
    this.#inner.spend(difference, now)
  }

  /** The vendor grants another amount than was thought. */
  grant(perSecond: number, now: number): void {
    if (Math.abs(perSecond * this.#share - this.rate) < 1e-9) return
    this.#inner = new TokenBudget(perSecond * this.#share, this.#burstSeconds)
    if (this.#closedUntil > now) this.#inner.close(this.#closedUntil, now)
  }

  /** Nothing may be sent until then. */
  close(until: number, now: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until)
    this.#inner.close(until, now)
  }

  /** How long it is closed, in milliseconds. */
  closedFor(now: number): number {
    return Math.max(0, this.#closedUntil - now)
  }

  /** The limit is near: others spend of it too. */
  slow(now: number): void {
    this.#slowUntil = now + SLOW_MS
  }

  #weighed(cost: number, now: number): number {
    return now < this.#slowUntil ? cost * 2 : cost
  }
}

/** So many calls may be under way at one time. */
class Flights implements Budget {
  readonly #limit: number
  #out = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  waitFor(): number {
    return this.#out < this.#limit ? 0 : 1000
  }

  spend(): void {
    this.#out += 1
  }

  land(): void {
    this.#out -= 1
  }
}

/** What an answer says about the limits. */
export interface Heard {
  readonly status: number
  readonly headers: Headers
  /** What it was thought to cost. */
  readonly cost: Cost
  /** For a 429: how long to wait, in milliseconds. */
  readonly waitMs?: number | undefined
}

export interface PaceOptions {
  /** Share of the vendor's limits to use, in percent. */
  readonly quotaPercent: number
  /** Calls at one time. */
  readonly connections: number
  /** A call that would have to wait longer, in milliseconds, is refused instead. */
  readonly longestWaitMs: number
  readonly time: Time
}

/** Lets calls to one tenant through: first by the limits of the vendor, then as connections come free, urgent lanes first. */
export class GraphPace {
  readonly #options: PaceOptions
  readonly #share: number
  readonly #units: Pacer<GraphBudget>
  readonly #writes: Pacer<GraphBudget>
  readonly #flights: Pacer<Flights>

  constructor(options: PaceOptions) {
    const { quotaPercent, connections, time } = options
    this.#options = options
    this.#share = Math.min(1, Math.max(0.01, quotaPercent / 100))
    const share = this.#share
    const units = new GraphBudget(unitsPerSecond(0), share * UNITS.evenly, UNITS.burstSeconds)
    const writes = new GraphBudget(WRITES_PER_SECOND, share * WRITES.evenly, WRITES.burstSeconds)
    this.#units = new Pacer(units, time)
    this.#writes = new Pacer(writes, time)
    this.#flights = new Pacer(new Flights(connections), time)
  }

  /** Resolves when the call may go out; `leave` has to follow. Throws RateLimitError when that is too far off. */
  async enter({ units, writes }: Cost, lane: PaceLane, signal: AbortSignal): Promise<void> {
    this.#refuseLongWait(writes > 0)
    if (writes > 0) await this.#writes.pass(writes, lane, signal)
    await this.#units.pass(units, lane, signal)
    await this.#flights.pass(1, lane, signal)
  }

  /** The call has ended. */
  leave(): void {
    this.#flights.budget.land()
    this.#flights.wake()
  }

  /** Takes up what an answer says. */
  hear({ status, headers, cost, waitMs }: Heard): void {
    const now = this.#options.time.now()
    if (status === 429 && waitMs !== undefined) {
      for (const pacer of this.#throttled(headers, cost)) pacer.budget.close(now + waitMs, now)
    }
    const told = numberIn(headers, 'x-ms-resource-unit')
    if (told !== undefined && told !== cost.units) this.#units.budget.correct(told - cost.units, now)
    const used = numberIn(headers, 'x-ms-throttle-limit-percentage')
    if (used !== undefined && used >= Math.max(NEAR, this.#share)) {
      ;(cost.writes > 0 ? this.#writes : this.#units).budget.slow(now)
    }
  }

  /** How many users the tenant has decides over its resource units. Until that is known it is taken for a small one. */
  learnSize(users: number): void {
    this.#units.budget.grant(unitsPerSecond(users), this.#options.time.now())
    this.#units.wake()
  }

  #throttled(headers: Headers, { writes }: Cost): readonly Pacer<GraphBudget>[] {
    const information = headers.get('x-ms-throttle-information') ?? ''
    if (/CPU/i.test(information)) return [this.#writes, this.#units]
    if (/Write/i.test(information)) return [this.#writes]
    if (/ResourceUnit/i.test(information)) return [this.#units]
    return [writes > 0 ? this.#writes : this.#units]
  }

  #refuseLongWait(writing: boolean): void {
    const { time, longestWaitMs } = this.#options
    const now = time.now()
    const closed = Math.max(this.#units.budget.closedFor(now), writing ? this.#writes.budget.closedFor(now) : 0)
    if (closed <= longestWaitMs) return
    throw new RateLimitError(`Microsoft Graph has asked to wait ${Math.ceil(closed / 1000)} s.`, closed)
  }
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)
  if (text === null || text.trim() === '') return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}
