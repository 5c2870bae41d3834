import type { Standing } from './standing.ts'

/** A condition as it stands in the status of an object. */
export interface ConditionStatus {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
  readonly observedGeneration?: number
}

/** The most characters of a message that the CRDs allow. */
const longest = 4096

/** What the conditions are about. */
export interface Observed {
  readonly generation: number
  /** The conditions in the status now: who has not changed keeps its time. */
  readonly before: readonly ConditionStatus[]
  /** ISO 8601. */
  readonly now: string
}

/**
 * Conditions by the conventions of kstatus: `Ready` always, `Reconciling` and `Stalled` only while they are true, as `DriftDetected` and
 * `Withheld` (cli-utils, kstatus: "abnormal-true").
 */
export function conditionsOf(standing: Standing, observed: Observed): ConditionStatus[] {
  const { kind, reason, message, drift, withheld } = standing
  const said: Said[] = [{ type: 'Ready', status: kind === 'Ready' ? 'True' : 'False', reason, message }]
  const note = (type: string, why: Pick<Said, 'reason' | 'message'>): void =>
    void said.push({ type, status: 'True', ...why })
  if (kind === 'Waiting') note('Reconciling', { reason, message })
  if (kind === 'Stalled') note('Stalled', { reason, message })
  if (drift !== undefined) note('DriftDetected', { reason: 'Drift', message: drift })
  if (withheld) note('Withheld', withheld)
  return said.map(condition => kept(condition, observed))
}

/** Conditions of an object that was just seen for the first time in this generation, before anybody is asked about it. */
export function progressing(observed: Observed): ConditionStatus[] {
  const reason = 'Progressing'
  const message = 'seen; the providers are compared with it next'
  return [
    kept({ type: 'Ready', status: 'Unknown', reason, message }, observed),
    kept({ type: 'Reconciling', status: 'True', reason, message }, observed),
  ]
}

type Said = Pick<ConditionStatus, 'type' | 'status' | 'reason' | 'message'>

function kept({ type, status, reason, message }: Said, { generation, before, now }: Observed): ConditionStatus {
  const earlier = before.find(one => one.type === type)
  return {
    type,
    status,
    reason,
    message: message.length > longest ? `${message.slice(0, longest - 1)}…` : message,
    lastTransitionTime: earlier?.status === status ? earlier.lastTransitionTime : now,
    observedGeneration: generation,
  }
}
