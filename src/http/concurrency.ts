/**
 * Runs `work` over `items`, at most `limit` at a time, and yields each result as it comes. When the caller stops early or `work`
 * throws, no further item is started and what is in flight is awaited.
 */
export async function* concurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running = new Set<Promise<{ readonly job: unknown; readonly result: R }>>()
  let next = 0
  const start = (item: T): void => {
    const job: Promise<{ readonly job: unknown; readonly result: R }> = work(item).then(result => ({ job, result }))
    running.add(job)
  }
  try {
    while (next < items.length || running.size > 0) {
      while (running.size < limit && next < items.length) {
        start(items[next] as T)
        next += 1
      }
      const settled = await Promise.race(running)
      running.delete(settled.job as Promise<{ readonly job: unknown; readonly result: R }>)
      yield settled.result
    }
  } finally {
    await Promise.allSettled(running)
  }
}

/** All results of `concurrently`, in the order of `items`. */
export async function allConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length)
  const indexed = items.map((item, index) => ({ item, index }))
  for await (const { index, result } of concurrently(indexed, limit, async ({ item, index }) => ({
    index,
    result: await work(item),
  }))) {
    results[index] = result
  }
  return results
}
