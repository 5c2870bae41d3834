import type { SetHash } from '../model/ids.ts'
import type { ApprovedPlan, Operation, Refusal, Verdict } from '../model/plan.ts'
import { aSkewedClockStopsDates, observingWritesNothing, onlyTheOwnerWrites, pausedMeansPaused } from './authority.ts'
import { aLostRecordWaitsForApproval, budgetsAreKept, noEntitlementIsEmptied } from './budgets.ts'
import type { Check, GuardInput } from './check.ts'
import { nothingStandsOnARefusal } from './dependence.ts'
import { lifecycleSwitchesHold } from './lifecycle.ts'
import { adminsLeaveOnlyByDeclaration, protectedAccountsAreNeverTouched, strangersAreOutOfReach } from './reach.ts'
import {
  absenceIsConfirmed,
  aPartialReadMovesNobodyElse,
  deletionIsTheSecondStep,
  emptyDesiredRemovesNobody,
  unreadableDesiredProvesNothing,
} from './reading.ts'

/** Every check by its name, in the order they subtract. Budgets come last, on what is left. */
const checks: readonly Check[] = [
  onlyTheOwnerWrites,
  pausedMeansPaused,
  observingWritesNothing,
  aSkewedClockStopsDates,
  strangersAreOutOfReach,
  protectedAccountsAreNeverTouched,
  adminsLeaveOnlyByDeclaration,
  lifecycleSwitchesHold,
  unreadableDesiredProvesNothing,
  emptyDesiredRemovesNobody,
  aPartialReadMovesNobodyElse,
  absenceIsConfirmed,
  deletionIsTheSecondStep,
  nothingStandsOnARefusal,
  aLostRecordWaitsForApproval,
  budgetsAreKept,
  noEntitlementIsEmptied,
  nothingStandsOnARefusal,
]

/** Takes out of a plan what must not happen. The only maker of an ApprovedPlan. */
export function judgePlan(input: GuardInput): Verdict {
  let standing: readonly Operation[] = input.plan.operations
  const refusals: Refusal[] = []
  const released: SetHash[] = []
  for (const check of checks) {
    for (const refusal of check(standing, input)) {
      const { withheld } = refusal
      if (withheld && input.approved.includes(withheld.hash)) {
        released.push(withheld.hash)
        continue
      }
      refusals.push(refusal)
      const taken = new Set(refusal.operations)
      standing = standing.filter(operation => !taken.has(operation))
    }
  }
  return { plan: approve({ ...input.plan, operations: standing }), refusals, released: [...new Set(released)] }
}

/** The one cast that makes the brand: nothing outside this file can. */
function approve(plan: GuardInput['plan']): ApprovedPlan {
  return plan as ApprovedPlan
}
