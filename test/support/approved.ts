import type { AccountId } from '../../src/model/ids.ts'
import type { ApprovedOperation, Operation } from '../../src/model/plan.ts'

/** Accounts that an approved operation was resolved to. */
export interface ResolvedAccounts {
  readonly account?: AccountId
  readonly managerAccount?: AccountId
}

/**
 * The one place outside the guard where an operation is called approved. Product code gets one only from `judgePlan`, which is what
 * keeps an unguarded write from compiling; tests of a provider alone have no plan to judge, so they brand one here.
 */
export function approve(operation: Operation, resolved: ResolvedAccounts = {}): ApprovedOperation {
  return { ...operation, ...resolved } as ApprovedOperation
}
