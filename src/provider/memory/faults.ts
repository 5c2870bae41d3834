import { AuthError, InvalidRequestError, RateLimitError, TransientError } from '../../model/errors.ts'

/** What goes wrong at the tenant from now on. Everything absent goes well. */
export interface MemoryFaults {
  /** Every read, and every write, is refused as with a rejected credential. */
  readonly credential?: 'Rejected'
  /** Every read fails: for a while, or by a rate limit. */
  readonly reads?: 'Unavailable' | 'RateLimited'
  /**
   * `Torn`: the next snapshots break off in a way that shows, so they throw SnapshotError. `hidden`: so many managed accounts are
   * missing from them without a sign, which is what a broken role or a vendor's fault looks like.
   */
  readonly snapshot?: 'Torn' | { readonly hidden: number }
  /** Faults of single writes, counted from the moment the faults are set. */
  readonly writes?: readonly WriteFault[]
}

/**
 * Strikes the `nth` elementary write (the first is 1; one membership, one state, one account) and `count` in all (1 when absent).
 * `Lost`: no answer, no effect. `Unanswered`: no answer, but the effect took place. `Refused`: the tenant refuses the content.
 * `Busy`: a rate limit, nothing was done; the write is repeated at once and counts again.
 */
export interface WriteFault {
  readonly nth: number
  readonly count?: number
  readonly fault: 'Lost' | 'Unanswered' | 'Refused' | 'Busy'
}

const TRIES = 5

/** Plays the faults that are set, and counts the writes. */
export class FaultPlayer {
  #faults: MemoryFaults = {}
  #seen = 0
  #writes = 0
  #deletions = 0

  /** Elementary writes that took effect since the provider was made. */
  get writes(): number {
    return this.#writes
  }

  /** Deletions of accounts asked for since the provider was made. */
  get deletions(): number {
    return this.#deletions
  }

  get faults(): MemoryFaults {
    return this.#faults
  }

  /** Replaces the faults; counting starts again. */
  set(faults: MemoryFaults): void {
    this.#faults = faults
    this.#seen = 0
  }

  /** Throws what a read meets. */
  read(): void {
    this.#authenticate()
    if (this.#faults.reads === 'Unavailable') throw new TransientError('The tenant in memory is unavailable.', true)
    if (this.#faults.reads === 'RateLimited') throw new RateLimitError('The tenant in memory is busy.', 1000)
  }

  /** Carries out one elementary write, or throws what it meets. */
  write(effect: () => void): void {
    for (let attempt = 1; ; attempt += 1) {
      this.#authenticate()
      this.#seen += 1
      const fault = this.#striking()
      if (fault === 'Busy' && attempt < TRIES) continue
      if (fault === 'Busy') throw new RateLimitError('The tenant in memory stayed busy.', 1000)
      if (fault === 'Lost') throw new TransientError('The connection broke before an answer came.', false)
      if (fault === 'Refused') throw new InvalidRequestError('The tenant in memory refused the request.')
      effect()
      this.#writes += 1
      if (fault === 'Unanswered') throw new TransientError('The connection broke before an answer came.', false)
      return
    }
  }

  /** The same for a write that deletes an account. */
  deletion(effect: () => void): void {
    this.#deletions += 1
    this.write(effect)
  }

  #authenticate(): void {
    if (this.#faults.credential !== 'Rejected') return
    throw new AuthError('The tenant in memory rejects the credential: give it one that is valid.')
  }

  #striking(): WriteFault['fault'] | undefined {
    const strikes = ({ nth, count = 1 }: WriteFault): boolean => this.#seen >= nth && this.#seen < nth + count
    return this.#faults.writes?.find(strikes)?.fault
  }
}
