import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TokenBudget, WindowBudget } from './budget.ts'

/** Fixed windows of 60 s, as a provider counts them: each opens at the first call after the last one ended. */
class Windows {
  readonly limit: number
  #start = Number.NEGATIVE_INFINITY
  #used = 0

  constructor(limit: number) {
    this.limit = limit
  }

  get used(): number {
    return this.#used
  }

  call(now: number) {
    if (now >= this.#start + 60_000) {
      this.#start = now
      this.#used = 0
    }
    this.#used += 1
    return { limit: this.limit, remaining: this.limit - this.#used, resetsAt: this.#start + 60_000 }
  }
}

describe('a budget of fixed windows', () => {
  it('lets one call out at a time until the limit is known', () => {
    const budget = new WindowBudget(0.5)
    expect(budget.waitFor(1, 0)).toBe(0)
    budget.spend(1, 0)
    expect(budget.waitFor(1, 0)).toBeGreaterThan(0)
    budget.read({ limit: 10, remaining: 9, resetsAt: 60_000 }, 1, 100)
    expect(budget.allowance).toBe(5)
    expect(budget.waitFor(1, 100)).toBe(0)
  })

  it('goes on one by one when a first answer told nothing', () => {
    const budget = new WindowBudget(0.5)
    budget.spend(1, 0)
    budget.unread(1)
    expect(budget.waitFor(1, 10)).toBe(0)
  })

  it('waits for the end of the window once its share is spent', () => {
    const budget = new WindowBudget(0.5)
    budget.spend(1, 0)
    budget.read({ limit: 4, remaining: 3, resetsAt: 60_000 }, 1, 0)
    budget.spend(1, 0)
    expect(budget.waitFor(1, 1000)).toBe(59_000)
    expect(budget.waitFor(1, 60_000)).toBe(0)
  })

  it('counts what others spend of the same limit', () => {
    const budget = new WindowBudget(0.5)
    budget.spend(1, 0)
    budget.read({ limit: 100, remaining: 40, resetsAt: 60_000 }, 1, 0)
    expect(budget.waitFor(1, 0)).toBe(60_000)
  })

  it('sends nothing while it is closed', () => {
    const budget = new WindowBudget(1)
    budget.close(5000)
    expect(budget.waitFor(1, 1000)).toBe(4000)
    expect(budget.waitFor(1, 5000)).toBe(0)
  })

  it('takes no limit of zero for a limit: that is how too many calls at once are told of', () => {
    const budget = new WindowBudget(1)
    budget.spend(1, 0)
    budget.read({ limit: 10, remaining: 9, resetsAt: 60_000 }, 1, 0)
    budget.spend(1, 0)
    budget.read({ limit: 0, remaining: 0, resetsAt: 1000 }, 1, 0)
    expect(budget.allowance).toBe(10)
  })

  it('lets answers of the last window come in late', () => {
    const budget = new WindowBudget(0.5)
    budget.spend(1, 0)
    budget.read({ limit: 4, remaining: 3, resetsAt: 60_000 }, 1, 0)
    budget.spend(1, 10) // answered only in the next window
    budget.spend(1, 60_100)
    budget.read({ limit: 4, remaining: 2, resetsAt: 60_000 }, 1, 60_200)
    expect(budget.waitFor(1, 60_300)).toBeGreaterThan(0) // that one and the one of this window, of two
  })

  it('never has a provider count more than the share in one of its windows, whatever the delays', () => {
    const delay = fc.integer({ min: 0, max: 3000 })
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.constantFrom(0.25, 0.5, 0.9),
        fc.array(fc.tuple(delay, delay), { minLength: 10, maxLength: 200 }),
        (limit, share, calls) => {
          const budget = new WindowBudget(share)
          const windows = new Windows(limit)
          const allowance = Math.max(1, Math.floor(limit * share))
          let now = 0
          const answers: { readonly at: number; readonly reading: ReturnType<Windows['call']> }[] = []
          const deliver = (): void => {
            while (answers[0] && answers[0].at <= now) {
              const [answer] = answers.splice(0, 1)
              if (answer) budget.read(answer.reading, 1, now)
            }
          }
          for (const [pause, latency] of calls) {
            now += pause
            deliver()
            const wait = budget.waitFor(1, now)
            if (wait > 0) {
              now += wait
              deliver()
              if (budget.waitFor(1, now) > 0) continue
            }
            budget.spend(1, now)
            answers.push({ at: now + latency, reading: windows.call(now) })
            answers.sort((a, b) => a.at - b.at)
            expect(windows.used).toBeLessThanOrEqual(allowance)
          }
        },
      ),
    )
  })
})

describe('a budget that refills evenly', () => {
  it('gives what it has saved up at once, then as it refills', () => {
    const budget = new TokenBudget(10, 2)
    expect(budget.waitFor(20, 0)).toBe(0)
    budget.spend(20, 0)
    expect(budget.waitFor(1, 0)).toBe(100)
    expect(budget.waitFor(5, 0)).toBe(500)
    expect(budget.waitFor(5, 500)).toBe(0)
  })

  it('lets through at last what costs more than it can save up', () => {
    const budget = new TokenBudget(1, 2)
    budget.spend(2, 0)
    expect(budget.waitFor(7, 0)).toBe(2000)
    budget.spend(7, 2000)
    expect(budget.waitFor(1, 2000)).toBe(6000)
  })

  it('saves nothing up while it is closed', () => {
    const budget = new TokenBudget(10, 2)
    budget.close(10_000, 0)
    expect(budget.waitFor(1, 0)).toBe(10_000)
    expect(budget.waitFor(1, 10_000)).toBe(100)
  })

  it('never gives more than rate times time and what was saved up', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 5 })), { maxLength: 100 }), calls => {
        const budget = new TokenBudget(2, 10)
        let now = 0
        let spent = 0
        for (const [pause, cost] of calls) {
          now += pause
          if (budget.waitFor(cost, now) > 0) continue
          budget.spend(cost, now)
          spent += cost
          expect(spent).toBeLessThanOrEqual(20 + (2 * now) / 1000)
        }
      }),
    )
  })
})
