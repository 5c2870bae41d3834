import { describe, expect, it } from 'vitest'
import { employee, policy } from '../../test/support/builders.ts'
import { dayIn } from './day.ts'
import { phaseOf } from './phase.ts'

type Person = Parameters<typeof employee>[0]

/** The phase at an instant, at a provider that stages a week ahead. */
function phaseAt(instant: string, person: Person, provider: Parameters<typeof policy>[0] = {}): string {
  const declared = employee(person)
  return phaseOf(declared, policy(provider), dayIn(declared.timeZone, Date.parse(instant))).phase
}

const away = (access: 'Block' | 'Keep'): Person => ({
  leaves: [{ from: '2026-07-01', until: '2026-07-31', access }] as never,
})

describe('the phase of a person', () => {
  it.each([
    ['before the staging window', '2026-02-22T12:00:00Z', { startDate: '2026-03-02' }, 'Planned'],
    ['on the first day of the staging window', '2026-02-23T00:00:00Z', { startDate: '2026-03-02' }, 'Staged'],
    ['on the eve of the first day', '2026-03-01T23:59:59Z', { startDate: '2026-03-02' }, 'Staged'],
    ['on the first day', '2026-03-02T00:00:00Z', { startDate: '2026-03-02' }, 'Active'],
    ['on the last day, which is inclusive', '2026-03-31T23:59:59Z', { endDate: '2026-03-31' }, 'Active'],
    ['on the day after the last one', '2026-04-01T00:00:00Z', { endDate: '2026-03-31' }, 'Left'],
    [
      'who leaves before they start',
      '2026-02-01T00:00:00Z',
      { startDate: '2026-03-02', endDate: '2026-01-31' },
      'Left',
    ],
    ['on the eve of a leave', '2026-06-30T23:59:59Z', away('Block'), 'Active'],
    ['on the first day of a leave', '2026-07-01T00:00:00Z', away('Block'), 'OnLeave'],
    ['on the last day of a leave', '2026-07-31T23:59:59Z', away('Block'), 'OnLeave'],
    ['back from a leave', '2026-08-01T00:00:00Z', away('Block'), 'Active'],
    ['on a leave that keeps access', '2026-07-15T00:00:00Z', away('Keep'), 'Active'],
    ['who is suspended', '2026-03-02T00:00:00Z', { suspended: true }, 'Suspended'],
    ['who is suspended and has left', '2026-04-01T00:00:00Z', { suspended: true, endDate: '2026-03-31' }, 'Left'],
    ['who is suspended and on leave', '2026-07-15T00:00:00Z', { ...away('Block'), suspended: true }, 'Suspended'],
    ['who names other providers', '2026-03-02T00:00:00Z', { providers: ['elsewhere'] }, 'OutOfScope'],
    ['who names this provider', '2026-03-02T00:00:00Z', { providers: ['elsewhere', 'memory'] }, 'Active'],
    [
      'who is suspended and out of scope',
      '2026-03-02T00:00:00Z',
      { suspended: true, providers: ['elsewhere'] },
      'Suspended',
    ],
    [
      'who left and is out of scope',
      '2026-04-01T00:00:00Z',
      { endDate: '2026-03-31', providers: ['elsewhere'] },
      'Left',
    ],
  ] as const)('%s', (_, instant, person, phase) => {
    expect(phaseAt(instant, person as Person)).toBe(phase)
  })

  it.each([
    // The same instant is another day in Auckland (UTC+13), London and Los Angeles (UTC-7).
    ['Pacific/Auckland', '2026-03-31T10:59:59Z', 'Active'],
    ['Pacific/Auckland', '2026-03-31T11:00:00Z', 'Left'],
    ['Europe/London', '2026-03-31T22:59:59Z', 'Active'],
    ['Europe/London', '2026-03-31T23:00:00Z', 'Left'],
    ['America/Los_Angeles', '2026-04-01T06:59:59Z', 'Active'],
    ['America/Los_Angeles', '2026-04-01T07:00:00Z', 'Left'],
  ])('the last day ends with midnight in %s: at %s they are %s', (timeZone, instant, phase) => {
    expect(phaseAt(instant, { timeZone, endDate: '2026-03-31' })).toBe(phase)
  })

  it('a last day on which the clocks change ends an hour earlier in UTC', () => {
    // London turns its clocks forward on 2026-03-29 at 01:00.
    expect(phaseAt('2026-03-29T22:59:59Z', { timeZone: 'Europe/London', endDate: '2026-03-29' })).toBe('Active')
    expect(phaseAt('2026-03-29T23:00:00Z', { timeZone: 'Europe/London', endDate: '2026-03-29' })).toBe('Left')
    const left = employee({ timeZone: 'Europe/London', endDate: '2026-03-29' })
    const since = phaseOf(left, policy(), dayIn('Europe/London', Date.parse('2026-05-01T00:00:00Z'))).since ?? 0
    expect(new Date(since).toISOString()).toBe('2026-03-29T23:00:00.000Z')
  })

  it('a departure is declared when a date says so, and inferred when a selector no longer matches', () => {
    const offboard = policy({
      onUnmatched: 'Offboard',
      employeeSelector: { matchLabels: { kind: 'staff' }, matchExpressions: [] },
    })
    const day = dayIn('UTC', Date.parse('2026-04-01T00:00:00Z'))
    expect(phaseOf(employee({ endDate: '2026-03-31' }), policy(), day)).toMatchObject({
      phase: 'Left',
      basis: 'Declared',
    })
    expect(phaseOf(employee(), offboard, day)).toMatchObject({
      phase: 'Left',
      basis: 'Inferred',
      source: 'employeeSelector',
    })
  })
})
