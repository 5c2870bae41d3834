import type { Drift, Operation, ProviderReport } from '../model/plan.ts'

/** What still differs when a run is over: the drift it found, without what it set right. */
export function remainingDrift({ drift, outcomes }: Pick<ProviderReport, 'drift' | 'outcomes'>): readonly Drift[] {
  const settled = new Set<string>()
  for (const { kind, operation } of outcomes)
    if (kind === 'applied') for (const what of settledBy(operation)) settled.add(`${operation.person.number} ${what}`)
  return drift.filter(one => !settled.has(`${one.person.number} ${whatOf(one)}`))
}

/** Names one fact of difference within a person. */
function whatOf(drift: Drift): string {
  switch (drift.kind) {
    case 'EntitlementMissing':
    case 'EntitlementExtra':
      return `${drift.kind} ${drift.entitlement.id}`
    case 'MarkSuperfluous':
      return `${drift.kind} ${drift.marker}`
    default:
      return drift.kind
  }
}

/** The facts that an operation, once applied, makes untrue. */
function settledBy(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'create':
      return ['AccountMissing', ...operation.grants.map(one => `EntitlementMissing ${one.id}`)]
    case 'restore':
      return ['AccountBinned']
    case 'adopt':
      return ['AccountUnbound']
    case 'mark':
      return [operation.marker === 'Managed' ? 'MarkMissing' : 'BlockMarkMissing']
    case 'unmark':
      return [`MarkSuperfluous ${operation.marker}`]
    case 'update':
      return ['AttributeDiffers', 'LoginDiffers']
    case 'set-manager':
      return ['ManagerDiffers']
    case 'enable':
      return ['NotEnabled']
    case 'block':
      return ['NotBlocked']
    case 'end-sessions':
      return ['SessionsOpen']
    case 'issue-credential':
      return ['CredentialMissing']
    case 'grant':
      return [`EntitlementMissing ${operation.entitlement.id}`]
    case 'revoke':
      return [`EntitlementExtra ${operation.entitlement.id}`]
    case 'delete':
      return ['DeletionDue']
  }
}
