import { describe, expect, it } from 'vitest'
import { durationMs, instantMs, SimulatedClock } from './clock.ts'

describe('the tenants’ clock', () => {
  it('stands still or runs on, and moves both ways', () => {
    const clock = new SimulatedClock({ now: 1000, running: false })
    expect(clock.now()).toBe(1000)
    clock.advance(durationMs('1h30m'))
    expect(clock.now()).toBe(1000 + 5_400_000)
    clock.set(instantMs('2026-03-01T09:00:00Z'))
    expect(new Date(clock.now()).toISOString()).toBe('2026-03-01T09:00:00.000Z')
  })

  it('runs faster when told, from where it is, and not backwards', async () => {
    const clock = new SimulatedClock({ now: 1000, speed: 1000 })
    await new Promise(resolve => setTimeout(resolve, 20))
    const reached = clock.now()
    expect(reached).toBeGreaterThan(15_000)
    clock.run(0)
    const stood = clock.now()
    expect(stood).toBeGreaterThanOrEqual(reached)
    await new Promise(resolve => setTimeout(resolve, 5))
    expect([clock.now(), clock.speed]).toEqual([stood, 0])
    for (const speed of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => clock.run(speed)).toThrow('is no speed of a clock; write a number from 0 (stands still) to 100000.')
  })

  it.each([
    ['40d', 40 * 86_400_000],
    ['500ms', 500],
    ['1w2d', 9 * 86_400_000],
  ])('reads %s', (text, ms) => expect(durationMs(text)).toBe(ms))

  it.each(['', '40', 'd', '1.5h', '-1d', '1 d'])('does not read "%s"', text => {
    expect(() => durationMs(text)).toThrow(`"${text}" is no length of time; write for example 40d, 1h30m or 500ms.`)
  })
})
