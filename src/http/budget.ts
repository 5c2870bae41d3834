/** So much may be spent, and when there will be more. Times are milliseconds of one `Time`. */
export interface Budget {
  /** How long until `cost` fits, in milliseconds; 0 when it fits now. */
  waitFor(cost: number, now: number): number
  spend(cost: number, now: number): void
}

/** What a provider says of one of its windows, read off an answer. */
export interface WindowReading {
  /** Calls the provider allows us in one window. */
  readonly limit: number
  /** Calls it has left for us in this one. */
  readonly remaining: number
  /** When this window ends. */
  readonly resetsAt: number
}

/**
 * A limit that counts calls in fixed windows and tells how it stands on every answer. A window opens at the first call after the
 * last one ended. Nothing is known before the first answer, so calls go one by one until then. Of each window only a share is used;
 * what others spend of it counts too.
 */
export class WindowBudget implements Budget {
  readonly #share: number
  #limit: number | undefined
  #resetsAt = 0
  /** Spent in this window, by us or by others. */
  #spent = 0
  /** Sent, and not answered yet: no reading counts these. */
  #unanswered = 0
  #closedUntil = 0

  /** `share` of each window may be used, over 0 up to 1. */
  constructor(share: number) {
    this.#share = share
  }

  /** Most calls of one window that we allow ourselves; undefined while the limit is not known. */
  get allowance(): number | undefined {
    return this.#limit === undefined ? undefined : Math.max(1, Math.floor(this.#limit * this.#share))
  }

  waitFor(cost: number, now: number): number {
    if (now < this.#closedUntil) return this.#closedUntil - now
    const { allowance } = this
    if (allowance === undefined) return this.#unanswered === 0 ? 0 : untilAnswered
    if (now >= this.#resetsAt) return this.#unanswered + cost <= allowance ? 0 : untilAnswered
    return this.#spent + cost <= allowance ? 0 : this.#resetsAt - now
  }

  spend(cost: number, now: number): void {
    if (now >= this.#resetsAt && this.#limit !== undefined) this.#open(now)
    this.#spent += cost
    this.#unanswered += cost
  }

  /** Takes up what an answer says. `answered` is what the call had cost. */
  read(reading: WindowReading, answered: number, now: number): void {
    this.#unanswered = Math.max(0, this.#unanswered - answered)
    if (reading.limit <= 0) return
    const older = reading.resetsAt < this.#resetsAt - windowSlackMs && reading.resetsAt <= now
    if (older) return
    const used = reading.limit - reading.remaining
    if (this.#limit === undefined || Math.abs(reading.resetsAt - this.#resetsAt) > windowSlackMs) {
      this.#resetsAt = reading.resetsAt
      this.#spent = used + this.#unanswered
    } else {
      // The call that opened the window reached the provider later than it left us, and so the window ends later than we thought.
      this.#resetsAt = Math.max(this.#resetsAt, reading.resetsAt)
      this.#spent = Math.max(this.#spent, used)
    }
    this.#limit = reading.limit
  }

  /** A call came back without a reading, or not at all. */
  unread(answered: number): void {
    this.#unanswered = Math.max(0, this.#unanswered - answered)
  }

  /** Nothing may be sent until then: the provider has refused for being asked too much. */
  close(until: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until)
  }

  /** Our own idea of the next window, until an answer says more. */
  #open(now: number): void {
    this.#resetsAt = now + windowMs
    this.#spent = this.#unanswered
  }
}

const windowMs = 60_000
/** Readings of one window differ by the second they were rounded to. */
const windowSlackMs = 5000
/** Looked at again when an answer comes; this is for answers that never do. */
const untilAnswered = 1000

/** A limit that refills evenly, of which the provider tells nothing until it is reached. */
export class TokenBudget implements Budget {
  readonly #perMs: number
  readonly #size: number
  #level: number
  #at: number | undefined
  #closedUntil = 0

  /** `rate` a second, of which as much as `burstSeconds` bring may be saved up. */
  constructor(rate: number, burstSeconds: number) {
    this.#perMs = rate / 1000
    this.#size = Math.max(1, rate * burstSeconds)
    this.#level = this.#size
  }

  /** What may be spent in one second. */
  get rate(): number {
    return this.#perMs * 1000
  }

  waitFor(cost: number, now: number): number {
    this.#refill(now)
    const closed = Math.max(0, this.#closedUntil - now)
    const lacking = Math.min(cost, this.#size) - this.#level
    return Math.max(closed, lacking <= 0 ? 0 : Math.ceil(lacking / this.#perMs))
  }

  spend(cost: number, now: number): void {
    this.#refill(now)
    this.#level -= cost
  }

  /** Nothing may be sent until then, and nothing is saved up meanwhile. */
  close(until: number, now: number): void {
    this.#refill(now)
    this.#closedUntil = Math.max(this.#closedUntil, until)
    this.#level = Math.min(this.#level, 0)
    this.#at = Math.max(now, this.#closedUntil)
  }

  #refill(now: number): void {
    const since = this.#at ?? now
    if (now <= since && this.#at !== undefined) return
    this.#level = Math.min(this.#size, this.#level + (now - since) * this.#perMs)
    this.#at = now
  }
}
