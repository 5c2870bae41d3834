import type { TenantClock } from './kernel.ts'

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

/** The clock of the simulated tenants: it can be moved in both directions, and runs on from there or stands still. */
export class SimulatedClock implements TenantClock {
  readonly #running: boolean
  #base: number
  #since: number

  /** `now` in milliseconds since 1970, by default the machine's time; `running: false` makes it move by hand only. */
  constructor(options: { readonly now?: number; readonly running?: boolean } = {}) {
    this.#running = options.running ?? true
    this.#base = options.now ?? Date.now()
    this.#since = performance.now()
  }

  now(): number {
    return this.#base + (this.#running ? Math.floor(performance.now() - this.#since) : 0)
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
