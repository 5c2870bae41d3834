import type { PhaseReason } from '../model/desired.ts'
import type { Employee } from '../model/employee.ts'
import type { Day } from '../model/ids.ts'
import type { ProviderPolicy } from '../model/provider.ts'
import { addDays, startOfDay } from './day.ts'
import { selects } from './selector.ts'

/**
 * Where a person stands at one provider on the day it is in their zone. Decided from the top:
 *
 * | when                                   | phase      |
 * | -------------------------------------- | ---------- |
 * | the last day is over                   | Left       |
 * | suspended                              | Suspended  |
 * | not selected, or other providers named | OutOfScope |
 * | before the staging window              | Planned    |
 * | before the first day                   | Staged     |
 * | inside a leave that blocks             | OnLeave    |
 * | else                                   | Active     |
 *
 * With `onUnmatched: Offboard` a person out of scope has Left, by inference.
 */
export function phaseOf(employee: Employee, policy: ProviderPolicy, today: Day): PhaseReason {
  if (employee.endDate !== undefined && employee.endDate < today) {
    const since = startOfDay(addDays(employee.endDate, 1), employee.timeZone)
    return { phase: 'Left', basis: 'Declared', source: 'employment.endDate', since }
  }
  const unmatched = unmatchedBy(employee, policy)
  if (employee.suspended)
    return { phase: 'Suspended', basis: 'Declared', source: 'suspended', ...(unmatched && { unmatched: true }) }
  if (unmatched !== undefined) {
    const phase = policy.onUnmatched === 'Offboard' ? 'Left' : 'OutOfScope'
    return { phase, basis: 'Inferred', source: unmatched }
  }
  if (today < employee.startDate) {
    const staged = addDays(employee.startDate, -policy.lifecycle.stageBeforeDays) <= today
    return { phase: staged ? 'Staged' : 'Planned', basis: 'Declared', source: 'employment.startDate' }
  }
  const away = employee.leaves.some(leave => leave.access === 'Block' && leave.from <= today && today <= leave.until)
  if (away) return { phase: 'OnLeave', basis: 'Declared', source: 'employment.leaves' }
  return { phase: 'Active', basis: 'Declared', source: 'employment.startDate' }
}

/** What takes the person out of this provider's scope, if anything. */
function unmatchedBy(employee: Employee, policy: ProviderPolicy): string | undefined {
  if (employee.providers && !employee.providers.includes(policy.name)) return 'providers'
  if (!selects(policy.employeeSelector, employee.labels)) return 'employeeSelector'
  return undefined
}
