import type { Account } from './account.ts'
import type { Entitlement } from './entitlement.ts'
import type {
  AccountId,
  AttributeName,
  EmployeeNumber,
  EntitlementId,
  Instant,
  PlanHash,
  ProviderName,
  SetHash,
} from './ids.ts'
import type { Finding, Origin, Reason } from './origin.ts'
import type { LossClass } from './provider.ts'

/** Who a drift or an operation is about. */
export interface Person {
  readonly number: EmployeeNumber
  readonly employee: string
  /** The login it has or will have, for people. */
  readonly login: string
}

/** Why: the fact it came from and what stands behind that fact. */
export interface Because {
  /** A sentence part for people: `not a member, mapping engineering grants it`. */
  readonly text: string
  /** Mapping names, a field of the Employee, or a phase. */
  readonly sources: readonly string[]
  readonly origin?: Origin
  /** `Declared`: the person's own manifest asks for it. `Inferred`: it follows from something being absent. */
  readonly basis: 'Declared' | 'Inferred'
  /** When the fact was confirmed by a direct read of this one account. */
  readonly confirmedAt?: Instant
}

/** One fact of difference; no verb. */
export type Drift = { readonly person: Person; readonly because: Because } & (
  | { readonly kind: 'AccountMissing'; readonly state: 'Staged' | 'Enabled' }
  | { readonly kind: 'AccountBinned'; readonly account: Account }
  | { readonly kind: 'AccountUnbound'; readonly account: Account; readonly how: 'Intent' | 'Marked' | 'Adoption' }
  | { readonly kind: 'MarkMissing'; readonly account: Account }
  | { readonly kind: 'MarkSuperfluous'; readonly account: Account; readonly marker: MarkerKind }
  | { readonly kind: 'BlockMarkMissing'; readonly account: Account }
  | {
      readonly kind: 'AttributeDiffers'
      readonly account: Account
      readonly attribute: AttributeName
      readonly desired: string | undefined
      readonly actual: string | undefined
    }
  | { readonly kind: 'LoginDiffers'; readonly account: Account; readonly desired: string }
  | {
      readonly kind: 'ManagerDiffers'
      readonly account: Account | undefined
      readonly desired: ManagerRef | undefined
      readonly actual: AccountId | undefined
    }
  | { readonly kind: 'NotEnabled'; readonly account: Account; readonly first: boolean }
  | { readonly kind: 'NotBlocked'; readonly account: Account; readonly why: BlockReason }
  | { readonly kind: 'SessionsOpen'; readonly account: Account; readonly why: BlockReason }
  | { readonly kind: 'EntitlementMissing'; readonly account: Account | undefined; readonly entitlement: Entitlement }
  | { readonly kind: 'CredentialMissing'; readonly account: Account | undefined }
  | {
      readonly kind: 'EntitlementExtra'
      readonly account: Account
      readonly entitlement: Entitlement
      readonly departed: boolean
    }
  | { readonly kind: 'DeletionDue'; readonly account: Account; readonly counted: boolean }
)

export type MarkerKind = 'Managed' | 'Blocked'
/** A departure may go deeper than a block that is to be lifted again. */
export type BlockReason = 'Departure' | 'Suspension' | 'Leave'

/** A manager by number; the account is looked up when the operation runs, since it may be created in the same plan. */
export interface ManagerRef {
  readonly number: EmployeeNumber
  readonly id: AccountId | undefined
  readonly displayName: string
}

/** `Bound` names an account that is ours; `Created` the one that an earlier operation of the same person makes. */
export type Target = { readonly kind: 'Bound'; readonly account: Account } | { readonly kind: 'Created' }

/** Leavers go before joiners, joiners before movers, movers before repairs. */
export type Lane = 'Leaver' | 'Joiner' | 'Mover' | 'Repair'

/** One verb on one account. */
export type Operation = OperationFrame & OperationVerb

export interface OperationFrame {
  readonly provider: ProviderName
  readonly person: Person
  readonly target: Target
  readonly lane: Lane
  /** The budget it counts in; absent when it is neither a loss nor a risk. */
  readonly counts?: LossClass
  readonly because: Because
}

export type OperationVerb =
  | {
      readonly kind: 'create'
      readonly state: 'Staged' | 'Enabled'
      readonly login: string
      readonly attributes: Readonly<Record<AttributeName, string>>
      /** Given in the same call where the provider can; the marks are always among what the provider sets first. */
      readonly grants: readonly Entitlement[]
    }
  | { readonly kind: 'restore'; readonly login: string }
  | { readonly kind: 'adopt'; readonly how: 'Intent' | 'Marked' | 'Adoption' }
  | { readonly kind: 'mark'; readonly marker: MarkerKind }
  | { readonly kind: 'unmark'; readonly marker: MarkerKind }
  | {
      readonly kind: 'update'
      readonly set: Readonly<Record<AttributeName, string | null>>
      readonly before: Readonly<Record<AttributeName, string | null>>
      /** The login changes too. */
      readonly login?: { readonly from: string; readonly to: string }
    }
  | { readonly kind: 'set-manager'; readonly manager: ManagerRef | undefined }
  | { readonly kind: 'enable'; readonly first: boolean }
  | { readonly kind: 'block'; readonly why: BlockReason }
  | { readonly kind: 'end-sessions' }
  /** Makes the first credential of an account that we made and delivers it; takes the place of an earlier one not used yet. */
  | { readonly kind: 'issue-credential' }
  | { readonly kind: 'grant'; readonly entitlement: Entitlement; readonly mappings: readonly string[] }
  | { readonly kind: 'revoke'; readonly entitlement: Entitlement }
  | { readonly kind: 'delete' }

export type OperationKind = OperationVerb['kind']

/** Ordered operations for one provider. */
export interface Plan {
  readonly provider: ProviderName
  readonly operations: readonly Operation[]
  readonly hash: PlanHash
}

declare const approved: unique symbol
/** A plan that the guard has judged. Only `judgePlan` makes one. */
export type ApprovedPlan = Plan & { readonly [approved]: true }
/** An operation of an approved plan, its account resolved: `account` is absent for `create` alone. */
export type ApprovedOperation = Operation & {
  readonly [approved]: true
  readonly account?: AccountId
  readonly managerAccount?: AccountId
}

/** One "no", with what it takes out of the plan. */
export interface Refusal {
  /** Name of the check that said it. */
  readonly check: string
  readonly reason: Reason
  readonly message: string
  readonly operations: readonly Operation[]
  /** For a set withheld by a budget: how to release it. */
  readonly withheld?: {
    readonly hash: SetHash
    readonly class: LossClass
    readonly count: number
    readonly limit: number
  }
}

/** What is left of a plan, plus every refusal. */
export interface Verdict {
  readonly plan: ApprovedPlan
  readonly refusals: readonly Refusal[]
  /** Withheld sets that were released by an approval, by hash. */
  readonly released: readonly SetHash[]
}

/** What became of one operation. `unknown`: no answer came, the effect may have taken place. */
export type Outcome = { readonly operation: ApprovedOperation } & (
  | {
      readonly kind: 'applied'
      readonly account?: AccountId
      readonly login?: string
      readonly requestId?: string
      readonly note?: string
    }
  | { readonly kind: 'failed'; readonly reason: Reason; readonly message: string; readonly requestId?: string }
  | { readonly kind: 'skipped'; readonly reason: Reason; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string }
)

/** One provider's part of a run. */
export interface ProviderReport {
  readonly provider: ProviderName
  /** Absent when the provider could not be read at all. */
  readonly plan?: Plan
  readonly drift: readonly Drift[]
  readonly verdict?: Verdict
  readonly outcomes: readonly Outcome[]
  readonly findings: readonly Finding[]
  /** Why nothing, or only departures, was planned. */
  readonly error?: string
  readonly managedAccounts: number
  /** Entitlements in scope: how many of ours hold each, and how many others. */
  readonly entitlements: readonly {
    readonly id: EntitlementId
    readonly name: string
    readonly held: number
    readonly unmanaged: number
  }[]
}

/** Drift, verdict and outcomes of one run. */
export interface RunReport {
  readonly startedAt: Instant
  readonly finishedAt: Instant
  readonly employees: number
  readonly mappings: number
  readonly complete: boolean
  readonly findings: readonly Finding[]
  readonly providers: readonly ProviderReport[]
}
