import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HandTime } from '../../test/support/hand-time.ts'
import { WorkQueue } from './work-queue.ts'

function scene() {
  const time = new HandTime()
  const queue = new WorkQueue({ time, random: () => 0.5 })
  return { time, queue }
}

/** Whether a promise is settled by now. */
async function isOver(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open')
  await new Promise(resolve => setImmediate(resolve))
  return (await Promise.race([promise, Promise.resolve(open)])) !== open
}

describe('a work queue', () => {
  test('gives out keys in their order, each once however often it was added', async () => {
    const { queue } = scene()
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)
    expect(queue.size).toBe(3)
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['a', 'b', 'c'])
  })

  test('gives no key to two workers at once; one that was added meanwhile comes again when it is done', async () => {
    const { queue } = scene()
    queue.add('a')
    await queue.take()
    queue.add('a')
    queue.add('a')
    const again = queue.take()
    expect(await isOver(again)).toBe(false)
    queue.done('a')
    expect(await again).toBe('a')
    queue.done('a')
    expect([queue.size, queue.working]).toEqual([0, 0])
  })

  test('wakes who waits, one worker for each key', async () => {
    const { queue } = scene()
    const [first, second] = [queue.take(), queue.take()]
    queue.add('a')
    expect([await first, await isOver(second)]).toEqual(['a', false])
    queue.add('b')
    expect(await second).toBe('b')
  })

  test('lets a worker leave when its signal is aborted, and loses no key over it', async () => {
    const { queue } = scene()
    const stop = new AbortController()
    const [leaving, staying] = [queue.take(stop.signal), queue.take()]
    stop.abort()
    queue.add('a')
    expect([await leaving, await staying, await queue.take(stop.signal)]).toEqual([undefined, 'a', undefined])
  })

  test('adds a key later, at the earliest of the times it was put off to', async () => {
    const { time, queue } = scene()
    queue.addAfter('a', 5000)
    queue.addAfter('a', 1000)
    queue.addAfter('a', 3000)
    queue.addAfter('b', 2000)
    expect([queue.size, queue.delayed]).toEqual([0, 2])
    await time.advance(999)
    expect(queue.size).toBe(0)
    await time.advance(1)
    expect(await queue.take()).toBe('a')
    queue.done('a')
    await time.advance(10_000)
    expect([await queue.take(), queue.size, queue.delayed]).toEqual(['b', 0, 0])
  })

  test('adds at once what is due at once', async () => {
    const { queue } = scene()
    queue.addAfter('a', 0)
    expect(queue.size).toBe(1)
  })

  test('keeps delays longer than a timer of Node can wait, such as to a last day in three months', async () => {
    const queue = new WorkQueue()
    queue.addAfter('a', 90 * 86_400_000)
    await new Promise(resolve => setTimeout(resolve, 20))
    expect([queue.size, queue.delayed]).toEqual([0, 1])
    await queue.shutDown()
  })

  test('wakes keys in the order they are due, whatever the order they were put off in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }), async delays => {
        const { time, queue } = scene()
        delays.forEach((ms, at) => {
          queue.addAfter(String(at), ms)
        })
        const woken: number[] = []
        for (let now = 1; now <= 50; now += 1) {
          await time.advance(1)
          while (queue.size > 0) {
            const key = Number(await queue.take())
            expect(delays[key]).toBe(now)
            woken.push(key)
          }
        }
        expect(woken.sort((a, b) => a - b)).toEqual(delays.map((_, at) => at))
      }),
      { numRuns: 20 },
    )
  })

  test('waits twice as long with every failure of a key in a row, up to five minutes, and short again once it is forgotten', async () => {
    const { time, queue } = scene()
    const waits: number[] = []
    for (let round = 0; round < 12; round += 1) {
      const before = time.now()
      queue.addAfterFailure('a')
      while (queue.size === 0) await time.advance(500)
      waits.push(time.now() - before)
      await queue.take()
      queue.done('a')
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000])
    expect([queue.failures('a'), queue.failures('b')]).toEqual([12, 0])
    queue.forget('a')
    queue.addAfterFailure('a')
    await time.advance(500)
    expect(queue.size).toBe(1)
  })

  test('does not poll: nothing is timed while nothing is put off', async () => {
    const time = new HandTime()
    let sleeps = 0
    const counting = {
      now: () => time.now(),
      sleep: (ms: number, signal?: AbortSignal) => {
        sleeps += 1
        return time.sleep(ms, signal)
      },
    }
    const queue = new WorkQueue({ time: counting })
    void queue.take()
    queue.add('a')
    queue.done('a')
    await time.advance(3_600_000)
    expect(sleeps).toBe(0)
    queue.addAfter('b', 3_600_000)
    queue.addAfter('c', 7_200_000)
    expect(sleeps).toBe(1)
  })

  test('that is drained gives out what waits, takes nothing more and ends with the last key', async () => {
    const { time, queue } = scene()
    queue.add('a')
    queue.add('b')
    queue.addAfter('late', 1000)
    await queue.take()
    const drained = queue.drain()
    expect(queue.delayed).toBe(0)
    queue.add('c')
    queue.addAfter('d', 10)
    await time.advance(5000)
    expect([await queue.take(), queue.size, queue.delayed]).toEqual(['b', 0, 0])
    expect(await queue.take()).toBeUndefined()
    queue.done('a')
    expect(await isOver(drained)).toBe(false)
    queue.done('b')
    await drained
  })

  test('that is drained still does again what was added while it was worked on', async () => {
    const { queue } = scene()
    queue.add('a')
    await queue.take()
    queue.add('a')
    const drained = queue.drain()
    queue.done('a')
    expect(await queue.take()).toBe('a')
    queue.done('a')
    await drained
  })

  test('that is shut down gives out nothing more and waits for what is worked on', async () => {
    const { queue } = scene()
    queue.add('a')
    queue.add('b')
    const waiting = [await queue.take(), queue.isShut]
    const over = queue.shutDown()
    expect([waiting, await queue.take(), queue.isShut]).toEqual([['a', false], undefined, true])
    expect(await isOver(over)).toBe(false)
    queue.done('a')
    await over
  })

  test('that is shut down does not do again what was added while it was worked on', async () => {
    const { queue } = scene()
    queue.add('a')
    await queue.take()
    queue.add('a')
    const over = queue.shutDown()
    queue.done('a')
    await over
    expect([queue.size, await queue.take()]).toEqual([0, undefined])
  })

  test('tells who waits that it is shut', async () => {
    const { queue } = scene()
    const waiting = queue.take()
    await queue.drain()
    expect(await waiting).toBeUndefined()
  })

  test('counts no key as done that nobody took', async () => {
    const { queue } = scene()
    queue.add('a')
    queue.done('a')
    expect([queue.size, await queue.take()]).toEqual([1, 'a'])
  })
})
