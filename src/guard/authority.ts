import type { Operation } from '../model/plan.ts'
import { type Check, type GuardInput, refusing } from './check.ts'

/** A difference of clocks beyond this, in milliseconds, stops what is due by date. */
const clockSkewLimitMs = 5 * 60_000

/** Nothing is written where the markers name another owner, or name none. */
export const onlyTheOwnerWrites: Check = (operations, { ownership }) => {
  if (ownership.kind === 'Ours' || operations.length === 0) return []
  const reason = ownership.kind === 'Foreign' ? 'OwnedElsewhere' : 'MarkerMissing'
  return [{ check: 'onlyTheOwnerWrites', reason, message: ownership.message, operations }]
}

/** `paused: true` stops every write. */
export const pausedMeansPaused: Check = refusing('pausedMeansPaused', 'Paused', (_, { desired }) =>
  desired.policy.paused ? `${desired.policy.name} is paused; set paused: false to go on` : undefined,
)

/** `mode: Observe` reads, plans and reports; it writes nothing. */
export const observingWritesNothing: Check = refusing('observingWritesNothing', 'Observing', (_, { desired }) =>
  desired.policy.mode === 'Observe'
    ? `${desired.policy.name} is only observed; set mode: Enforce to repair`
    : undefined,
)

/** What is due by date waits while our clock and the provider's disagree. */
export const aSkewedClockStopsDates: Check = refusing('aSkewedClockStopsDates', 'ClockSkewed', (operation, input) => {
  const { clockSkewMs } = input
  if (clockSkewMs === undefined || Math.abs(clockSkewMs) <= clockSkewLimitMs) return undefined
  if (!isDueByDate(operation, input)) return undefined
  const minutes = Math.round(Math.abs(clockSkewMs) / 60_000)
  return `the clock here is ${minutes} minutes ${clockSkewMs > 0 ? 'behind' : 'ahead of'} the provider's; set it right`
})

/** A day of employment, the end of a grace, or the window of a mapping stands behind it. */
function isDueByDate(operation: Operation, { desired }: GuardInput): boolean {
  const { sources } = operation.because
  if (sources.some(source => source.startsWith('employment.') || source.endsWith('graceDays'))) return true
  const entitlement = operation.kind === 'grant' || operation.kind === 'revoke' ? operation.entitlement.id : undefined
  return entitlement !== undefined && operation.lane !== 'Leaver' && desired.scope.get(entitlement)?.dated === true
}
