import type { TenantClock } from './kernel.ts'

const MAX_SPEED = 100_000

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** A length of time such as `40d`, `1h30m` or `500ms` in milliseconds; throws an Error that says what is accepted. */
export function durationMs(text: string): number {
  if (!/^(\d+(ms|s|m|h|d|w))+$/.test(text))
    throw new Error(`"${text}" is no length of time; write for example 40d, 1h30m or 500ms.`)
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d|w)/g)) {
    total += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]
  }
  return total
}

/** A point in time in ISO 8601 as milliseconds since 1970; throws an Error that says what is accepted. */
export function instantMs(text: string): number {
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new Error(`"${text}" is no point in time; write for example 2026-03-01T09:00:00Z.`)
  return at
}

/** Throws an Error that says what is accepted, unless the number can be a clock's speed. */
export function checkSpeed(speed: unknown): number {
  if (typeof speed === 'number' && speed >= 0 && speed <= MAX_SPEED) return speed
  throw new Error(
    `${JSON.stringify(speed)} is no speed of a clock; write a number from 0 (stands still) to ${MAX_SPEED}.`,
  )
}

/** The clock of the simulated tenants: it can be moved in both directions, and runs on from there, faster if told, or stands still. */
export class SimulatedClock implements TenantClock {
  #speed: number
  #base: number
  #since: number

  /**
   * `now` in milliseconds since 1970, by default the machine's time; `speed` in seconds per second of the machine, by default 1;
   * `running: false` makes it move by hand only.
   */
  constructor(options: { readonly now?: number; readonly running?: boolean; readonly speed?: number } = {}) {
    this.#speed = options.running === false ? 0 : checkSpeed(options.speed ?? 1)
    this.#base = options.now ?? Date.now()
    this.#since = performance.now()
  }

  now(): number {
    return this.#base + Math.floor((performance.now() - this.#since) * this.#speed)
  }

  /** Seconds that pass per second of the machine. */
  get speed(): number {
    return this.#speed
  }

  /** Lets the clock run so many times as fast as the machine's, from where it is. Throws an Error for what is no speed. */
  run(speed: number): void {
    const checked = checkSpeed(speed)
    this.set(this.now())
    this.#speed = checked
  }

  /** Moves the clock by so many milliseconds. */
  advance(ms: number): void {
    this.#base += ms
  }

  /** Puts the clock to a point in time, in milliseconds since 1970. */
  set(at: number): void {
    this.#base = at
    this.#since = performance.now()
  }
}
