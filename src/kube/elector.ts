import { AlreadyExists, Conflict } from './errors.ts'
import type { LeaseRecord, LeaseStore } from './lease.ts'
import { microTime } from './micro-time.ts'
import { machineTime, paused, type Time, within } from './time.ts'

/** How long a lease is held and how often it is renewed; the numbers of client-go unless given. */
export interface LeaseTiming {
  /** Others wait so long after the last renewal they saw. 15 s. */
  readonly durationMs: number
  /** The holder gives up so long after its last renewal; shorter than the duration, or two would lead. 10 s. */
  readonly deadlineMs: number
  /** Between two attempts. 2 s, up to a fifth more while somebody else leads. */
  readonly retryMs: number
}

/** What an elector is made of. */
export interface ElectorOptions {
  /** Unlike that of every other process, also of one before in the same pod. */
  readonly identity: string
  readonly lease: LeaseStore
  readonly timing?: LeaseTiming
  /** A clock that never jumps. */
  readonly time?: Time
  /** The time of day, for what people read in the Lease. */
  readonly now?: () => Date
  /** Numbers in [0, 1). */
  readonly random?: () => number
  readonly onProblem?: (error: unknown) => void
}

/** How a term as leader ended: stopped by the signal, by the end of the work, or the lease was lost. */
export type TermEnd = 'stopped' | 'done' | 'lost'

const TIMING: LeaseTiming = { durationMs: 15_000, deadlineMs: 10_000, retryMs: 2000 }
const RELEASE_MS = 2000
const SHORTEST_PAUSE_MS = 200

/**
 * Sees to it that one process at most leads, by client-go's rules: a lease of another expires by the time since *we* saw its
 * record change, never by the times in it; all renewals share one deadline that counts from the last success.
 */
export class Elector {
  readonly #options: ElectorOptions
  readonly #timing: LeaseTiming
  readonly #time: Time
  #seen: LeaseRecord | undefined
  #seenAt = 0
  #until = Number.NEGATIVE_INFINITY

  /** @throws RangeError for a timing under which two could lead */
  constructor(options: ElectorOptions) {
    this.#options = options
    this.#timing = options.timing ?? TIMING
    this.#time = options.time ?? machineTime
    const { durationMs, deadlineMs, retryMs } = this.#timing
    if (!(durationMs > deadlineMs && deadlineMs > retryMs * 1.2))
      throw new RangeError(
        'a lease has to last longer than its deadline, and that longer than the pause between attempts',
      )
  }

  /** Whether this process leads now. Asks the clock: one that was stopped and goes on knows at once. Ask before each write. */
  get leading(): boolean {
    return this.#time.now() < this.#until
  }

  /** Who leads, as far as this process has seen; empty when nobody does. */
  get holder(): string {
    return this.#seen?.holder ?? ''
  }

  /**
   * Waits for the lease, does the work while it is held, and gives it back. The work's signal is aborted with the outer one, or
   * when the lease is lost; the lease is renewed until the work has ended. After `lost` the process should end.
   *
   * @throws what the work throws
   */
  async run(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<TermEnd> {
    while (!signal.aborted) {
      if (await this.#acquire(signal)) return this.#term(signal, work)
      const { retryMs } = this.#timing
      await paused(this.#time, retryMs * (1 + 0.2 * this.#chance()), signal)
    }
    return 'stopped'
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { deadlineMs } = this.#timing
    try {
      return await within({ time: this.#time, ms: deadlineMs, signal }, inner => this.#attempt(inner))
    } catch (error) {
      const isRace = error instanceof Conflict || error instanceof AlreadyExists
      if (!isRace && !signal.aborted) this.#options.onProblem?.(error)
      return false
    }
  }

  async #term(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<TermEnd> {
    const lost = new AbortController()
    const over = new AbortController()
    const ended = started(work, AbortSignal.any([signal, lost.signal])).finally(() => over.abort())
    ended.catch(() => {})
    await this.#hold(over.signal)
    if (!over.signal.aborted) lost.abort(new Error(`${this.#options.identity} no longer has the lease`))
    try {
      await ended
    } finally {
      this.#until = Number.NEGATIVE_INFINITY
      if (!lost.signal.aborted) await this.#release()
    }
    if (lost.signal.aborted) return 'lost'
    return signal.aborted ? 'stopped' : 'done'
  }

  /** Renews until the signal is aborted or the lease is lost. */
  async #hold(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await paused(this.#time, this.#pause(), over)
      if (!over.aborted && !(await this.#renew(over))) {
        this.#until = Number.NEGATIVE_INFINITY
        return
      }
    }
  }

  /** Until the next renewal: the usual pause, shorter the nearer the deadline is, so that a short outage costs no lead. */
  #pause(): number {
    const left = this.#until - this.#time.now()
    return Math.max(0, Math.min(this.#timing.retryMs, Math.max(left / 2, SHORTEST_PAUSE_MS), left))
  }

  /** False when the lease is lost; true when it was renewed, or there is time to try again. */
  async #renew(signal: AbortSignal): Promise<boolean> {
    const ms = this.#until - this.#time.now()
    if (ms <= 0) return false
    try {
      return await within({ time: this.#time, ms, signal }, inner => this.#attempt(inner))
    } catch (error) {
      if (signal.aborted) return true
      this.#options.onProblem?.(error)
      return this.#isStillOurs(signal)
    }
  }

  /** After a failure: the answer may have been lost, or somebody else may have taken the lease. */
  async #isStillOurs(signal: AbortSignal): Promise<boolean> {
    const ms = this.#until - this.#time.now()
    if (ms <= 0) return false
    try {
      this.#saw(await within({ time: this.#time, ms, signal }, inner => this.#options.lease.read(inner)))
      return this.holder === this.#options.identity
    } catch {
      return this.leading
    }
  }

  /** Takes or renews the lease; false when somebody else has it. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const { identity, lease } = this.#options
    const sent = this.#time.now()
    // The leader renews the record it wrote: one request, and who wrote since makes it a Conflict.
    if (!this.leading) {
      this.#saw(await lease.read(signal))
      if (this.#isHeld()) return false
    }
    const written = await (this.#seen === undefined
      ? lease.create(this.#mine(), signal)
      : lease.update(this.#mine(), signal))
    signal.throwIfAborted()
    this.#saw(written)
    this.#until = sent + this.#timing.deadlineMs
    return this.holder === identity
  }

  #isHeld(): boolean {
    const seen = this.#seen
    if (seen === undefined || seen.holder === '' || seen.holder === this.#options.identity) return false
    return this.#time.now() < this.#seenAt + seen.durationMs
  }

  /** A record that did not change is no sign of life. */
  #saw(record: LeaseRecord | undefined): void {
    if (record?.revision === this.#seen?.revision) return
    this.#seen = record
    this.#seenAt = this.#time.now()
  }

  #mine(): LeaseRecord {
    const { identity, now = () => new Date() } = this.#options
    const renewed = microTime(now())
    const old = this.#seen
    const isOurs = old?.holder === identity
    return {
      revision: old?.revision ?? '',
      holder: identity,
      durationMs: this.#timing.durationMs,
      acquired: isOurs ? old.acquired : renewed,
      renewed,
      transitions: (old?.transitions ?? 0) + (old === undefined || isOurs ? 0 : 1),
    }
  }

  /** Lets the next one lead at once; only what is ours by the record as it stands now. */
  async #release(): Promise<void> {
    const { identity, lease } = this.#options
    const limit = { time: this.#time, ms: RELEASE_MS, signal: new AbortController().signal }
    try {
      await within(limit, async signal => {
        const current = await lease.read(signal)
        if (current?.holder !== identity) return
        this.#saw(await lease.update({ ...current, holder: '', durationMs: 1000 }, signal))
      })
    } catch (error) {
      this.#options.onProblem?.(error)
    }
  }

  #chance(): number {
    return (this.#options.random ?? Math.random)()
  }
}

/** Work that throws before its first await has failed like any other. */
async function started(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
  await work(signal)
}
