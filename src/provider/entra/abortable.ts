/** Waits for a promise that others wait for too, until this caller gives up. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever gives up does not hear of its failure any more.
  promise.catch(() => undefined)
  signal.throwIfAborted()
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
  }
}

/** A signal for work that several callers share: it is aborted once all of them have given up. `release` has to follow. */
export function allAborted(signals: readonly AbortSignal[]): {
  readonly signal: AbortSignal
  readonly release: () => void
} {
  const distinct = [...new Set(signals)]
  const controller = new AbortController()
  let left = distinct.filter(one => !one.aborted).length
  const last = distinct.at(-1)
  if (left === 0 && last !== undefined) controller.abort(last.reason)
  const given = (event: Event): void => {
    left -= 1
    if (left === 0) controller.abort((event.target as AbortSignal).reason)
  }
  for (const one of distinct) if (!one.aborted) one.addEventListener('abort', given, { once: true })
  const release = (): void => {
    for (const one of distinct) one.removeEventListener('abort', given)
  }
  return { signal: controller.signal, release }
}
