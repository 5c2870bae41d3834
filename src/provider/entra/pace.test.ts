import { expect, test } from 'vitest'
import type { Time } from '../../http/time.ts'
import { RateLimitError } from '../../model/errors.ts'
import { costOf, costOfAll } from './cost.ts'
import { GraphPace } from './pace.ts'
import { bindMembers, createUser, followLink, listHeld, listMembers, listUsers, readUser } from './requests.ts'

const signal = new AbortController().signal

/** A time that stands still but for those who sleep. */
class StillTime implements Time {
  at = 0
  slept = 0

  now(): number {
    return this.at
  }

  async sleep(ms: number, stop?: AbortSignal): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    stop?.throwIfAborted()
    this.at += ms
    this.slept += ms
  }
}

function pace(options: { readonly quotaPercent?: number; readonly connections?: number } = {}) {
  const time = new StillTime()
  const made = new GraphPace({ quotaPercent: 50, connections: 1000, longestWaitMs: 200_000, time, ...options })
  return { time, pace: made }
}

const WRITE = { units: 1, writes: 1 }
const READ = { units: 1, writes: 0 }

async function spend(made: GraphPace, count: number, cost = WRITE): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    await made.enter(cost, 'Repair', signal)
    made.leave()
  }
}

const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) })

test.each([
  [50, 1500],
  [100, 3000],
  [10, 300],
])(
  'at %i percent no 150 seconds hold more than %i writes, and nine tenths of it can be had',
  async (quotaPercent, share) => {
    const { time, pace: made } = pace({ quotaPercent })
    await spend(made, share)
    expect(time.at).toBeGreaterThanOrEqual(149_000)
    await spend(made, share)
    expect(time.at).toBeLessThanOrEqual(2 * 150_000 * 1.1)
  },
)

test('a tenant is taken for a small one until its size is known', async () => {
  const small = pace({ quotaPercent: 100 })
  await spend(small.pace, 7000, READ)
  const large = pace({ quotaPercent: 100 })
  large.pace.learnSize(10_000)
  await spend(large.pace, 7000, READ)
  expect(small.time.at).toBeGreaterThan(19_000)
  expect(large.time.at).toBeLessThan(10_000)
})

test('a refused write closes writing for as long as was told, and reading stays open', async () => {
  const { time, pace: made } = pace()
  made.hear({ ...answer(429, { 'x-ms-throttle-information': 'WriteLimitExceeded' }), cost: WRITE, waitMs: 30_000 })
  await spend(made, 1, READ)
  expect(time.at).toBe(0)
  await spend(made, 1, WRITE)
  expect(time.at).toBeGreaterThanOrEqual(30_000)
})

test('a refusal for resource units closes reading, and writes wait too since they cost units', async () => {
  const { time, pace: made } = pace()
  made.hear({
    ...answer(429, { 'x-ms-throttle-information': 'ResourceUnitLimitExceeded' }),
    cost: READ,
    waitMs: 10_000,
  })
  await spend(made, 1, WRITE)
  expect(time.at).toBeGreaterThanOrEqual(10_000)
})

test('a wait that nobody should sit out is refused at once, before anything is sent', async () => {
  const { pace: made } = pace()
  made.hear({ ...answer(429), cost: WRITE, waitMs: 3_600_000 })
  await expect(made.enter(WRITE, 'Leaver', signal)).rejects.toThrow(RateLimitError)
  await made.enter(READ, 'Leaver', signal)
})

test('where others use up the limit we go at half the pace for a while', async () => {
  const full = pace()
  await spend(full.pace, 400)
  const near = pace()
  near.pace.hear({ ...answer(200, { 'x-ms-throttle-limit-percentage': '0.9' }), cost: WRITE })
  await spend(near.pace, 400)
  expect(near.time.at).toBeGreaterThan(full.time.at)
})

test('an answer that cost more than was thought is made up for', async () => {
  const cheap = pace()
  const dear = pace()
  for (const [one, units] of [
    [cheap, '1'],
    [dear, '10'],
  ] as const) {
    for (let done = 0; done < 500; done += 1) {
      await one.pace.enter(READ, 'Sweep', signal)
      one.pace.leave()
      one.pace.hear({ ...answer(200, { 'x-ms-resource-unit': units }), cost: READ })
    }
  }
  expect(dear.time.at).toBeGreaterThan(5 * cheap.time.at)
})

test('no more calls are under way than there are connections, and the urgent one goes next', async () => {
  const { pace: made } = pace({ connections: 1 })
  await made.enter(READ, 'Repair', signal)
  const order: string[] = []
  const sweep = made.enter(READ, 'Sweep', signal).then(() => order.push('sweep'))
  const leaver = made.enter(READ, 'Leaver', signal).then(() => order.push('leaver'))
  await new Promise(resolve => setImmediate(resolve))
  expect(order).toEqual([])
  made.leave()
  await leaver
  expect(order).toEqual(['leaver'])
  made.leave()
  await sweep
})

test('the cost of a request follows the table of the vendor', () => {
  const members = listMembers({ kind: 'Group', id: 'g' })
  expect([costOf(listUsers(['id'])).units, costOf(members).units, costOf(listHeld('u')).units]).toEqual([2, 2, 2])
  expect(costOf(readUser('u', ['id']))).toEqual({ units: 1, writes: 0 })
  expect(costOf({ ...members, path: 'https://graph.microsoft.com/v1.0/groups/g/members?$skiptoken=x' }).units).toBe(3)
  expect(costOf(followLink('https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x')).units).toBe(5)
  expect(costOfAll([createUser({}), bindMembers('g', ['a', 'b'], 'https://graph.microsoft.com'), members])).toEqual({
    units: 4,
    writes: 2,
  })
})
