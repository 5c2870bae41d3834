import type { AccountKey, LookupResult, ReadScope, Snapshot } from '../model/account.ts'
import type { DesiredState } from '../model/desired.ts'
import type { Catalog, EntitlementKind, EntitlementName } from '../model/entitlement.ts'
import type { ApprovedOperation, Outcome } from '../model/plan.ts'
import type { MarkerState, Probe } from '../model/provider.ts'
import type { Traits } from '../model/traits.ts'

export type { Traits } from '../model/traits.ts'

export interface ProbeOptions {
  /** Also tries what only an attempt can tell, by requests that every vendor refuses for what they ask. For `init` only. */
  readonly thorough?: boolean
  /** Kinds that mappings name: what they need is part of the job. Groups alone when absent. */
  readonly kinds?: ReadonlySet<EntitlementKind>
}

/** Where accounts live. Every method may throw AuthError, RateLimitError or TransientError, but for `apply` and `canonicalize`. */
export interface Provider {
  readonly traits: Traits
  /** Says what is missing to do the job: scopes, roles, marker, owner, clock. Never changes anything. */
  probe(signal: AbortSignal, options?: ProbeOptions): Promise<Probe>
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
