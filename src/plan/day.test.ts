import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Day } from '../model/ids.ts'
import { addDays, dayIn, dayMs, startOfDay } from './day.ts'

const day = (text: string): Day => text as Day
const at = (text: string): number => Date.parse(text)

describe('days', () => {
  it.each([
    ['Pacific/Auckland', '2026-03-31T10:59:59Z', '2026-03-31'],
    ['Pacific/Auckland', '2026-03-31T11:00:00Z', '2026-04-01'],
    ['America/Los_Angeles', '2026-04-01T06:59:59Z', '2026-03-31'],
    ['America/Los_Angeles', '2026-04-01T07:00:00Z', '2026-04-01'],
    ['UTC', '2026-04-01T00:00:00Z', '2026-04-01'],
    ['Asia/Kathmandu', '2026-03-31T18:15:00Z', '2026-04-01'],
  ])('the day in %s at %s is %s', (zone, instant, expected) => {
    expect(dayIn(zone, at(instant))).toBe(expected)
  })

  it.each([
    ['2026-03-29', 'Europe/London', '2026-03-29T00:00:00Z'],
    ['2026-03-30', 'Europe/London', '2026-03-29T23:00:00Z'],
    ['2026-10-25', 'Europe/London', '2026-10-24T23:00:00Z'],
    ['2026-10-26', 'Europe/London', '2026-10-26T00:00:00Z'],
    // Clocks in Santiago jump from 24:00 to 01:00 on the first Sunday of September: the day has no midnight.
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00Z'],
    // And turn back from 24:00 to 23:00 in April: the day after begins once.
    ['2026-04-05', 'America/Santiago', '2026-04-05T04:00:00Z'],
  ])('%s begins in %s at %s', (text, zone, instant) => {
    expect(new Date(startOfDay(day(text), zone)).toISOString()).toBe(at(instant) && new Date(at(instant)).toISOString())
  })

  it('the start of a day lies in that day and the moment before it does not', () => {
    const zones = [
      'UTC',
      'Europe/London',
      'Pacific/Auckland',
      'America/Santiago',
      'Asia/Kathmandu',
      'Pacific/Kiritimati',
    ]
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30_000 }), fc.constantFrom(...zones), (offset, zone) => {
        const some = addDays(day('1990-01-01'), offset % 20_000)
        if (zone === 'Pacific/Kiritimati' && some <= '1995-01-02') return // Kiribati skipped 1 January 1995
        const start = startOfDay(some, zone)
        expect(dayIn(zone, start)).toBe(some)
        expect(dayIn(zone, start - 1) < some).toBe(true)
      }),
    )
  })

  it('adding days agrees with the calendar of the platform', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), count => {
        const expected = new Date(at('2024-02-29T00:00:00Z') + count * dayMs).toISOString().slice(0, 10)
        expect(addDays(day('2024-02-29'), count)).toBe(expected)
      }),
    )
  })
})
