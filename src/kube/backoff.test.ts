import { expect, test } from 'vitest'
import { waitAfter } from './backoff.ts'

test('waits double with every failure in a row, up to the longest, and are spread to both sides', () => {
  const growth = { firstMs: 100, longestMs: 1000, jitter: 0.5 }
  expect([1, 2, 3, 4, 5, 5000].map(failures => waitAfter(failures, growth, 0.5))).toEqual([
    100, 200, 400, 800, 1000, 1000,
  ])
  expect([waitAfter(1, growth, 0), waitAfter(1, growth, 1), waitAfter(9, growth, 1)]).toEqual([50, 150, 1500])
})
