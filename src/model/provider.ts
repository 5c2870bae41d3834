import type { AttributeName, Instant, ProviderName, SetHash } from './ids.ts'
import type { Selector } from './mapping.ts'
import type { Origin } from './origin.ts'

/** A kind of change that has a budget of its own. */
export type LossClass = 'leave' | 'block' | 'revoke' | 'enable' | 'rename'

/** At most `min(atMost, max(atLeast, ⌈percent × population⌉))` of one class in a run. */
export interface Limit {
  /** Percent of managed accounts (of grants, for `revoke`). */
  readonly percent: number
  readonly atLeast: number
  readonly atMost?: number
  /** For `revoke`: percent of one entitlement's holders, where it has more than `atLeast`. */
  readonly perEntitlementPercent?: number
}

export interface GuardPolicy {
  readonly limits: Readonly<Record<LossClass, Limit>>
  /** Logins and account ids nothing may touch; compared without case. */
  readonly protected: readonly string[]
  /** Hashes of withheld sets to release. */
  readonly approved: readonly SetHash[]
}

/** An entry of `spec.attributes`: `from` is CEL over `employee`, already known to compile. */
export interface AttributePolicy {
  readonly to: AttributeName
  readonly from?: string
  /** `Git`: compared and repaired. `Provider`: set at creation, never compared. */
  readonly owner: 'Git' | 'Provider'
}

/** What an IdentityProvider declares, but for how to connect. */
export interface ProviderPolicy {
  readonly name: ProviderName
  readonly namespace: string
  readonly origin: Origin
  readonly employeeSelector: Selector
  readonly onUnmatched: 'Retain' | 'Offboard'
  readonly marker: string
  readonly owner: string | undefined
  readonly adopt: 'Never' | 'ByEmployeeNumber' | 'ByEmail'
  readonly lifecycle: {
    readonly create: boolean
    readonly update: boolean
    readonly offboard: boolean
    readonly stageBeforeDays: number
  }
  readonly offboarding: {
    /** Delete the account once the grace is over. */
    readonly delete: boolean
    readonly graceDays: number
    readonly revokeSessions: boolean
    readonly revokeGrants: boolean
  }
  /** An account that we make gets a first credential once its person may sign in. */
  readonly firstCredential: boolean
  readonly attributes: readonly AttributePolicy[]
  readonly mode: 'Enforce' | 'Observe'
  readonly guard: GuardPolicy
  readonly fullReadEveryMs: number
  readonly paused: boolean
}

/** An IdentityProvider as declared: the policy for the chain, the connection for whoever builds the provider. */
export interface IdentityProvider {
  readonly policy: ProviderPolicy
  /** `spec` with defaults, read only by the code that makes the provider. */
  readonly connection: Readonly<Record<string, unknown>>
  /** The folder relative `file:` references start from; absent in a cluster. */
  readonly baseDir?: string
}

/** What a provider says about itself before any work. */
export interface Probe {
  /** Who we are there: an app or client id. */
  readonly identity: string
  /** Each names a missing right and what will not work without it. An `Error` stops the provider. */
  readonly problems: readonly ProbeProblem[]
  readonly marker: MarkerState
  /** The provider's own time, from its `Date` header, and ours when it came. */
  readonly clock: { readonly theirs: Instant; readonly ours: Instant } | undefined
}

export interface ProbeProblem {
  readonly severity: 'Error' | 'Warning'
  /** Reading does without it, so that a provider which is only observed does too. Absent means no. */
  readonly writing?: boolean
  /** The missing scope, permission or role, in the vendor's own word. */
  readonly missing: string
  /** What does not work without it, and how to grant it. */
  readonly message: string
}

/** Both marker groups as found. `owner` and `by` come from the descriptions. */
export type MarkerState =
  | { readonly kind: 'Missing'; readonly names: readonly string[]; readonly descriptions: readonly string[] }
  | { readonly kind: 'Ambiguous'; readonly name: string }
  | { readonly kind: 'Unwritable'; readonly name: string; readonly why: string }
  | { readonly kind: 'Found'; readonly owner: string | undefined; readonly by: string | undefined }
