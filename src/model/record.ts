import type { Entitlement } from './entitlement.ts'
import type { AccountId, EmployeeNumber, EntitlementId, Instant, ProviderName, SetHash } from './ids.ts'
import type { OperationKind } from './plan.ts'

/** What we durably know we did for one person at one provider. */
export interface PersonRecord {
  readonly number: EmployeeNumber
  /** Name of the Employee when last seen. */
  readonly employee: string
  /** The account this person is bound to. */
  readonly account?: AccountId
  readonly login?: string
  /** A create that was announced and whose outcome is not known. */
  readonly intent?: { readonly login: string; readonly at: Instant }
  /** Set while a block of ours (staging included) stands. */
  readonly blockedAt?: Instant
  /** The account was enabled by us, or found enabled, at least once. */
  readonly enabledOnce: boolean
  /** We made the account; one that was found, or bound again, is not known to be made by us. */
  readonly made?: true
  /** When we were told for the first time that it is enabled. */
  readonly firstEnabledAt?: Instant
  /** A first credential was made and delivered. */
  readonly credentialIssued?: true
  readonly departureSeenAt?: Instant
  /** The departure was seen under an action that ends in deletion, so that the deletion was counted with it. */
  readonly departureDeletes?: boolean
  readonly sessionsEndedAt?: Instant
  /** Blocked, signed out and stripped, proven by a direct read. */
  readonly offboardedAt?: Instant
  readonly deletedAt?: Instant
  readonly grants: ReadonlyMap<EntitlementId, RecordedGrant>
  /** Grants that were announced and whose outcome is not known: ours, should the account be found to hold them. */
  readonly announced?: ReadonlyMap<EntitlementId, RecordedGrant>
  /** A block was announced and its outcome is not known: ours, should the account be found blocked and marked so. */
  readonly blockAnnounced?: true
  /** A block that is not ours, first seen then. */
  readonly foreignBlockSeenAt?: Instant
  readonly retain: boolean
  readonly orphan: boolean
}

/** An entitlement we gave, and the mappings that said so. */
export interface RecordedGrant {
  readonly entitlement: Entitlement
  readonly mappings: readonly string[]
  /** When we were told that it was given; absent while it is only announced. */
  readonly at?: Instant
}

/** What we durably know about one provider. */
export interface ProviderRecord {
  readonly people: ReadonlyMap<EmployeeNumber, PersonRecord>
  /** Entitlements that mappings named when we last wrote, with what becomes of them. */
  readonly mapped: ReadonlyMap<EntitlementId, MappedRecord>
  /** Managed accounts at the last read we trusted. */
  readonly trustedAccounts?: number
  /** Nothing was ever written down for this provider: a first run, or a lost record. */
  readonly empty: boolean
  /** The record was found lost, and what that infers is not settled yet. */
  readonly lost: boolean
}

export interface MappedRecord {
  readonly entitlement: Entitlement
  readonly mode: 'Authoritative' | 'Additive' | 'Retiring'
  readonly mappings: readonly string[]
  readonly onDelete: 'Revoke' | 'Retain'
}

/** One line of the durable record. Everything above is folded from these. */
export type JournalEntry = { readonly at: Instant; readonly provider: ProviderName } & (
  | {
      readonly kind: 'intent'
      /** Ties the outcome to it; unique in the file. */
      readonly id: string
      readonly number: EmployeeNumber
      readonly employee: string
      readonly operation: OperationKind
      readonly account?: AccountId
      readonly login?: string
      readonly detail: string
      /** What a grant or a create is about to give. */
      readonly grants?: readonly RecordedGrant[]
      readonly because: string
      readonly plan: string
      readonly decision?: SetHash
      readonly actor: string
    }
  | {
      readonly kind: 'outcome'
      readonly id: string
      readonly number: EmployeeNumber
      readonly operation: OperationKind
      readonly result: 'applied' | 'failed' | 'skipped' | 'unknown'
      readonly account?: AccountId
      readonly login?: string
      readonly message?: string
      readonly requestId?: string
      /** What the outcome means for the record, so that folding needs no vendor knowledge. */
      readonly facts: readonly Fact[]
    }
  | {
      readonly kind: 'fact'
      readonly number: EmployeeNumber
      readonly employee: string
      readonly facts: readonly Fact[]
    }
  | { readonly kind: 'mapped'; readonly mapped: readonly MappedRecord[] }
  | { readonly kind: 'trusted'; readonly accounts: number }
  | { readonly kind: 'lost'; readonly lost: boolean }
  | { readonly kind: 'owner'; readonly owner: string; readonly by: string }
  | { readonly kind: 'decision'; readonly hash: SetHash; readonly decision: 'Approve'; readonly source: string }
)

/** One thing that is now true of a person at a provider. */
export type Fact =
  | { readonly kind: 'bound'; readonly account: AccountId; readonly login: string }
  | { readonly kind: 'unbound' }
  | { readonly kind: 'renumbered'; readonly from: EmployeeNumber }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'unblocked' }
  | { readonly kind: 'enabled' }
  | { readonly kind: 'sessions-ended' }
  | { readonly kind: 'departure-seen'; readonly at: Instant; readonly deletes: boolean }
  | { readonly kind: 'returned' }
  | { readonly kind: 'offboarded' }
  | { readonly kind: 'made' }
  | { readonly kind: 'credential-issued' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'granted'; readonly entitlement: Entitlement; readonly mappings: readonly string[] }
  | { readonly kind: 'revoked'; readonly entitlement: EntitlementId }
  | { readonly kind: 'foreign-block'; readonly seenAt: Instant | undefined }
  | { readonly kind: 'declared'; readonly employee: string; readonly retain: boolean; readonly orphan: boolean }
