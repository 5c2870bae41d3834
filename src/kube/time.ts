import { setTimeout as wait } from 'node:timers/promises'

/** What waiting is measured by. Not the time of day: it may start anywhere, but it never jumps. */
export interface Time {
  /** Milliseconds since some fixed moment. */
  now(): number
  /** Resolves after so many milliseconds; rejects with the signal's reason once it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Node fires a timer at once that is set for longer than this (2^31 ms, 24.8 days). */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's own time. */
export const machineTime: Time = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    for (let left = ms; left >= 0; left -= LONGEST_TIMER_MS)
      await wait(Math.min(left, LONGEST_TIMER_MS), undefined, signal === undefined ? {} : { signal })
  },
}

/** Waits; true when the time is over, false as soon as the signal is aborted. */
export async function paused(time: Time, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  try {
    await time.sleep(ms, signal)
    return !signal.aborted
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}

/**
 * Does a piece of work that has to end within so many milliseconds: its signal is aborted after that, or with the outer one.
 * It also ends at once for the caller when the work does not heed its signal.
 *
 * @throws the reason of the signal, or whatever the work throws
 */
export async function within<R>(
  { time, ms, signal }: { readonly time: Time; readonly ms: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const over = new AbortController()
  const ended = new AbortController()
  const both = AbortSignal.any([signal, over.signal])
  let reject: (reason: unknown) => void = () => {}
  const aborted = new Promise<never>((_, fail) => {
    reject = fail
  })
  aborted.catch(() => {})
  const refuse = () => reject(both.reason)
  if (both.aborted) refuse()
  // A signal made of others lives as long as they do while somebody listens to it.
  else both.addEventListener('abort', refuse, { once: true })
  void paused(time, ms, ended.signal).then(isOver => {
    if (isOver) over.abort(new Error(`nothing came of it within ${Math.round(ms)} ms`))
  })
  try {
    return await Promise.race([work(both), aborted])
  } finally {
    ended.abort()
    both.removeEventListener('abort', refuse)
  }
}
