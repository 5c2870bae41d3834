/** Does something with each, a few at a time; the first failure is thrown when none is under way any more. */
export async function each<T>(items: Iterable<T>, atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]()
  const work = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) await act(next.value)
  }
  const done = await Promise.allSettled(Array.from({ length: atOnce }, work))
  const failed = done.find(one => one.status === 'rejected')
  if (failed) throw failed.reason
}
