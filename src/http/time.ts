import { setTimeout as wait } from 'node:timers/promises'

/** What waiting is measured by. Not the time of day: it may start anywhere, but it never jumps. */
export interface Time {
  /** Milliseconds since some fixed moment. */
  now(): number
  /** Resolves after so many milliseconds; rejects with the signal's reason once it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own time. */
export const machineTime: Time = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal })
  },
}
