import { describe, expect, test } from 'vitest'
import { HandTime } from '../../test/support/hand-time.ts'
import { machineTime, paused, within } from './time.ts'

describe('a pause', () => {
  test('says whether its time is over or it was aborted', async () => {
    const time = new HandTime()
    const stop = new AbortController()
    const [whole, cut] = [paused(time, 100, stop.signal), paused(time, 300, stop.signal)]
    await time.advance(200)
    stop.abort()
    expect([await whole, await cut, await paused(time, 1, stop.signal)]).toEqual([true, false, false])
  })
})

describe('the time of the machine', () => {
  test('waits longer than a timer of Node can, which fires at once above 24.8 days', async () => {
    const stop = new AbortController()
    let isOver = false
    const wait = paused(machineTime, 2 ** 31 + 5, stop.signal).then(isWhole => {
      isOver = isWhole
    })
    await machineTime.sleep(100)
    expect(isOver).toBe(false)
    stop.abort()
    await wait
    expect(isOver).toBe(false)
  })
})

describe('work with a limit', () => {
  const never = new AbortController().signal

  test('ends when its time is over, even if it does not heed its signal', async () => {
    const time = new HandTime()
    const work = within({ time, ms: 1000, signal: never }, () => new Promise(() => {}))
    const refused = expect(work).rejects.toThrow('within 1000 ms')
    await time.advance(1000)
    await refused
  })

  test('ends with the outer signal, for its reason', async () => {
    const stop = new AbortController()
    const work = within({ time: new HandTime(), ms: 1000, signal: stop.signal }, () => new Promise(() => {}))
    stop.abort(new Error('stopped'))
    await expect(work).rejects.toThrow('stopped')
  })

  test('gives back what it came to, and its own errors', async () => {
    const time = new HandTime()
    await expect(within({ time, ms: 10, signal: never }, async () => 5)).resolves.toBe(5)
    const failing = within({ time, ms: 10, signal: never }, async () => Promise.reject(new Error('bad')))
    await expect(failing).rejects.toThrow('bad')
  })
})
