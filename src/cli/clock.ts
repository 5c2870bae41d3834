import type { Config } from '../config.ts'
import { ManifestError } from '../model/errors.ts'
import type { Instant } from '../model/ids.ts'

/** The time a command works by. */
export interface Clock {
  readonly now: () => Instant
  /** Asks again, where somebody else's clock is followed. Throws ManifestError when it does not answer. */
  refresh(): Promise<void>
}

/** Real time, a fixed time that stands still, or the clock of simulated tenants. */
export async function clockFor(time: Config['time']): Promise<Clock> {
  switch (time.kind) {
    case 'Real':
      return { now: () => Date.now(), refresh: async () => undefined }
    case 'Fixed':
      return { now: () => time.at, refresh: async () => undefined }
    case 'Followed': {
      const clock = new FollowedClock(time.url)
      await clock.refresh()
      return clock
    }
  }
}

class FollowedClock implements Clock {
  readonly #url: string
  #ahead = 0

  constructor(url: string) {
    this.#url = new URL('clock', url.endsWith('/') ? url : `${url}/`).href
  }

  readonly now = (): Instant => Date.now() + this.#ahead

  async refresh(): Promise<void> {
    const fail = (cause?: unknown): ManifestError =>
      new ManifestError(`--clock-url: ${this.#url} does not answer with a time; is "tenure simulate" running?`, {
        cause,
      })
    let theirs: number
    try {
      const response = await fetch(this.#url, { signal: AbortSignal.timeout(5_000) })
      const body = (await response.json()) as { readonly now?: unknown }
      theirs = Date.parse(String(body.now))
    } catch (cause) {
      throw fail(cause)
    }
    if (Number.isNaN(theirs)) throw fail()
    this.#ahead = theirs - Date.now()
  }
}
