import { expect, test } from 'vitest'
import { HandTime } from '../../test/support/hand-time.ts'
import { Delays } from './delays.ts'

function scene() {
  const time = new HandTime()
  const timers: number[] = []
  const due: string[] = []
  const counted = {
    now: () => time.now(),
    sleep: (ms: number, signal?: AbortSignal) => {
      timers.push(ms)
      return time.sleep(ms, signal)
    },
  }
  return { time, timers, due, delays: new Delays(counted, key => due.push(key)) }
}

test('keys become due each in its time, those of one moment in one go', async () => {
  const { time, timers, due, delays } = scene()
  delays.add('b', 200)
  delays.add('a', 100)
  delays.add('c', 200)
  await time.advance(100)
  expect([due, delays.size]).toEqual([['a'], 2])
  await time.advance(100)
  expect(due.toSorted()).toEqual(['a', 'b', 'c'])
  expect(timers).toEqual([200, 100, 100])
})

test('a key that is put off twice is due once, at the earlier moment', async () => {
  const { time, due, delays } = scene()
  delays.add('a', 300)
  delays.add('a', 100)
  delays.add('a', 200)
  await time.advance(1000)
  expect(due).toEqual(['a'])
})

test('what is forgotten is never due, and leaves no timer behind', async () => {
  const { time, due, delays } = scene()
  delays.add('a', 100)
  delays.clear()
  delays.add('b', 200)
  await time.advance(1000)
  expect([due, delays.size]).toEqual([['b'], 0])
})
