import type { AccountKey, LookupResult, ReadScope, Snapshot } from '../model/account.ts'
import type { DesiredState } from '../model/desired.ts'
import type { EmployeeField } from '../model/employee.ts'
import type { Catalog, EntitlementName } from '../model/entitlement.ts'
import type { AttributeName } from '../model/ids.ts'
import type { ApprovedOperation, Outcome } from '../model/plan.ts'
import type { MarkerState, Probe } from '../model/provider.ts'

/** Pure data about what a provider stores and can do. */
export interface Traits {
  /** Where each Employee field goes when the IdentityProvider says nothing else. */
  readonly attributes: readonly DefaultAttribute[]
  /** The attribute that carries the employee number, and the one that carries the login (left out of `attributes` comparison). */
  readonly numberAttribute: AttributeName
  readonly loginAttribute: AttributeName
  /** How many groups, markers included, a create may carry in the same call; 0 when it cannot. */
  readonly groupsOnCreate: number
  /** How long a read may show the state before a write, in milliseconds. */
  readonly readLagMs: number
  /** A deleted account lies in a bin and can be restored. */
  readonly bin: boolean
  /** Kinds of entitlement it can read and write. */
  readonly entitlementKinds: readonly EntitlementName['kind'][]
}

export interface DefaultAttribute {
  readonly to: AttributeName
  readonly from: EmployeeField
  /** Cannot be cleared at the provider once set. */
  readonly required?: boolean
}

/** Where accounts live. Every method may throw AuthError, RateLimitError or TransientError, but for `apply` and `canonicalize`. */
export interface Provider {
  readonly traits: Traits
  /** Says what is missing to do the job: scopes, roles, marker, owner, clock. Never writes. */
  probe(signal: AbortSignal): Promise<Probe>
  /** Makes the marker groups, or changes the owner written in them. For `init` only. */
  claim(owner: { readonly owner: string; readonly by: string }, signal: AbortSignal): Promise<MarkerState>
  /** Resolves entitlement names; marks the ambiguous, computed, synced and privileged. */
  catalog(names: readonly EntitlementName[], signal: AbortSignal): Promise<Catalog>
  /** Pure. Desired as this provider would store it, so that diff can reach zero. */
  canonicalize(desired: DesiredState, catalog: Catalog): DesiredState
  /** Every managed account and every entitlement in scope, proven complete, or SnapshotError. */
  snapshot(scope: ReadScope, signal: AbortSignal): Promise<Snapshot>
  /** Direct reads: live, blocked or in the bin. One result for each key, in the same order. */
  lookup(keys: readonly AccountKey[], signal: AbortSignal): Promise<readonly LookupResult[]>
  /**
   * Carries out operations that do not depend on each other (at most one for each person). One Outcome each, in any order.
   * Never throws: what could not be tried is `skipped`, what got no answer is `unknown`.
   */
  apply(operations: readonly ApprovedOperation[], signal: AbortSignal): AsyncIterable<Outcome>
  close(): Promise<void>
}
