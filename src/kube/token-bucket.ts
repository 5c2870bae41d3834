/** So many at once, and one more with every interval. */
export interface Allowance {
  readonly burst: number
  readonly everyMs: number
}

/** Tokens of many holders; those of holders that have all of theirs are not kept. */
export class TokenBuckets {
  readonly #allowance: Allowance
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(allowance: Allowance) {
    this.#allowance = allowance
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes a token of a holder at a moment, in milliseconds; false when it has none. */
  take(holder: string, now: number): boolean {
    const { burst } = this.#allowance
    const bucket = this.#buckets.get(holder) ?? { left: burst, at: now }
    const left = this.#leftOf(bucket, now)
    if (left < 1) return false
    this.#buckets.set(holder, { left: left - 1, at: now })
    return true
  }

  /** Forgets holders that have all of their tokens again. */
  prune(now: number): void {
    for (const [holder, bucket] of this.#buckets)
      if (this.#leftOf(bucket, now) >= this.#allowance.burst) this.#buckets.delete(holder)
  }

  #leftOf({ left, at }: { readonly left: number; readonly at: number }, now: number): number {
    const { burst, everyMs } = this.#allowance
    return Math.min(burst, left + (now - at) / everyMs)
  }
}
