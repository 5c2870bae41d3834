import type { DesiredState } from '../model/desired.ts'
import type { AccountId, EntitlementId, SetHash } from '../model/ids.ts'
import type { Reason } from '../model/origin.ts'
import type { Operation, Plan, Refusal } from '../model/plan.ts'

/** Everything the guard knows when it judges one plan. */
export interface GuardInput {
  readonly plan: Plan
  readonly desired: DesiredState
  /** Accounts that our record binds. */
  readonly bound: ReadonlySet<AccountId>
  readonly population: Population
  readonly reading: Reading
  readonly ownership: Ownership
  /** Difference between the provider's clock and ours in milliseconds; undefined when it is not known. */
  readonly clockSkewMs: number | undefined
  /** The provider holds accounts marked as ours, and our record of them is empty. */
  readonly recordLost: boolean
  /** Hashes of withheld sets that somebody released. */
  readonly approved: readonly SetHash[]
  /** Names a set of operations; the same function gives the plan its hash. */
  readonly hashOf: (operations: readonly Operation[]) => SetHash
}

/** What budgets are a percentage of. */
export interface Population {
  readonly accounts: number
  /** Grants of entitlements in scope that managed accounts hold. */
  readonly grants: number
  /** Of each entitlement in scope, how many managed accounts hold it. */
  readonly holders: ReadonlyMap<EntitlementId, number>
}

/** Whether the provider was read whole, and if not, which proof failed. */
export type Reading = { readonly kind: 'Whole' } | { readonly kind: 'Partial'; readonly why: string }

/** Who the markers say owns the accounts. */
export type Ownership =
  | { readonly kind: 'Ours' }
  | { readonly kind: 'Missing'; readonly message: string }
  | { readonly kind: 'Foreign'; readonly message: string }

/** What a check takes out of the operations still standing. */
export type Check = (operations: readonly Operation[], input: GuardInput) => readonly Refusal[]

/** A check that refuses each operation on its own, for one reason. */
export function refusing(
  check: string,
  reason: Reason,
  judge: (operation: Operation, input: GuardInput) => string | undefined,
): Check {
  return (operations, input) => {
    const refused = new Map<string, Operation[]>()
    for (const operation of operations) {
      const message = judge(operation, input)
      if (message === undefined) continue
      const group = refused.get(message)
      if (group) group.push(operation)
      else refused.set(message, [operation])
    }
    return [...refused].map(([message, taken]) => ({ check, reason, message, operations: taken }))
  }
}

/** It takes something away because something else is absent: a manifest, a match, a mapping. */
export function isInferredLoss(operation: Operation): boolean {
  if (operation.because.basis !== 'Inferred') return false
  return ['block', 'end-sessions', 'revoke', 'delete', 'unmark'].includes(operation.kind)
}

/** Part of somebody's departure or suspension that their own manifest declares, on a direct read of their account. */
export function isDeclaredDeparture(operation: Operation): boolean {
  if (operation.lane !== 'Leaver' || operation.because.basis !== 'Declared') return false
  if (operation.because.confirmedAt === undefined) return false
  return ['block', 'end-sessions', 'revoke', 'delete'].includes(operation.kind)
}
