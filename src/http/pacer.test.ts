import { describe, expect, it } from 'vitest'
import { HandTime } from '../../test/support/hand-time.ts'
import { TokenBudget } from './budget.ts'
import type { PaceLane } from './lane-queue.ts'
import { Pacer } from './pacer.ts'

const forever = new AbortController().signal

function pacer(time: HandTime) {
  return new Pacer(new TokenBudget(1, 1), time)
}

describe('a pacer', () => {
  it('lets through at once what fits, and the rest as the budget allows', async () => {
    const time = new HandTime()
    const calls = pacer(time)
    const through: number[] = []
    for (const call of [1, 2, 3]) void calls.pass(1, 'Sweep', forever).then(() => through.push(call))
    await time.advance(0)
    expect(through).toEqual([1])
    await time.advance(1000)
    expect(through).toEqual([1, 2])
    await time.advance(1000)
    expect(through).toEqual([1, 2, 3])
    expect(calls.waiting).toBe(0)
  })

  it('lets leavers before joiners, joiners before movers, and those before repairs and sweeps, each in the order of coming', async () => {
    const time = new HandTime()
    const calls = pacer(time)
    await calls.pass(1, 'Sweep', forever)
    const through: string[] = []
    const lanes: readonly PaceLane[] = ['Sweep', 'Mover', 'Repair', 'Leaver', 'Joiner', 'Leaver', 'Joiner']
    for (const [index, lane] of lanes.entries())
      void calls.pass(1, lane, forever).then(() => through.push(`${lane} ${index}`))
    await time.advance(10_000)
    expect(through).toEqual(['Leaver 3', 'Leaver 5', 'Joiner 4', 'Joiner 6', 'Mover 1', 'Repair 2', 'Sweep 0'])
  })

  it('lets somebody go who gives up, and nobody else waits for them', async () => {
    const time = new HandTime()
    const calls = pacer(time)
    await calls.pass(1, 'Sweep', forever)
    const given = new AbortController()
    const first = calls.pass(1, 'Leaver', given.signal)
    let second = false
    void calls.pass(1, 'Sweep', forever).then(() => {
      second = true
    })
    given.abort(new Error('given up'))
    await expect(first).rejects.toThrow('given up')
    await time.advance(1000)
    expect(second).toBe(true)
  })

  it('looks again when the budget has changed', async () => {
    const time = new HandTime()
    const budget = new TokenBudget(1, 1)
    const calls = new Pacer(budget, time)
    await calls.pass(1, 'Sweep', forever)
    budget.close(60_000, 0)
    let through = false
    void calls.pass(1, 'Sweep', forever).then(() => {
      through = true
    })
    await time.advance(59_000)
    expect(through).toBe(false)
    await time.advance(3000)
    expect(through).toBe(true)
  })

  it('refuses who has given up already', async () => {
    await expect(pacer(new HandTime()).pass(1, 'Leaver', AbortSignal.abort(new Error('stopped')))).rejects.toThrow(
      'stopped',
    )
  })
})
