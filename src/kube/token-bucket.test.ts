import { expect, test } from 'vitest'
import { TokenBuckets } from './token-bucket.ts'

test('a holder has a burst of tokens and then one with every interval, apart from all others', () => {
  const buckets = new TokenBuckets({ burst: 2, everyMs: 1000 })
  expect([buckets.take('a', 0), buckets.take('a', 0), buckets.take('a', 0), buckets.take('b', 0)]).toEqual([
    true,
    true,
    false,
    true,
  ])
  expect([buckets.take('a', 999), buckets.take('a', 1000), buckets.take('a', 1000)]).toEqual([false, true, false])
})

test('holders that have all of their tokens again are forgotten', () => {
  const buckets = new TokenBuckets({ burst: 2, everyMs: 1000 })
  buckets.take('a', 0)
  buckets.take('b', 500)
  buckets.prune(1000)
  expect(buckets.size).toBe(1)
})
