import type { Entitlement } from './entitlement.ts'
import type { AccountId, AttributeName, EmployeeNumber, EntitlementId, Instant } from './ids.ts'

/**
 * `Staged` was never enabled and cannot sign in; `Enabled` can sign in or be invited to; `Blocked` cannot, and was or may have
 * been enabled; `Deleted` lies in the provider's bin and can be restored.
 */
export type AccountState = 'Staged' | 'Enabled' | 'Blocked' | 'Deleted'

/** One employee's record at one provider, as read. */
export interface Account {
  readonly id: AccountId
  readonly login: string
  readonly email?: string
  /** The employee number it carries at the provider. */
  readonly number?: EmployeeNumber
  readonly state: AccountState
  /** The vendor's own word for the state, for people. */
  readonly status: string
  /** It is in the state that a departure leaves behind under this provider's offboarding action. */
  readonly departed: boolean
  /** The provider has deactivated it, which goes deeper than a block that is simply lifted; absent means no. */
  readonly deactivated?: boolean
  readonly createdAt?: Instant
  /** When the provider says its state, or the validity of its sessions, last changed. */
  readonly stateSince?: Instant
  /** Member of the marker group. */
  readonly marked: boolean
  /** Member of the blocked marker group. */
  readonly blockMarked: boolean
  /** Set attributes, in the provider's canonical form; an unset one is absent. */
  readonly attributes: Readonly<Record<AttributeName, string>>
  readonly manager?: AccountId
  /** Holds administrative rights at the provider; absent where that cannot be read. */
  readonly admin?: boolean
  /** Who masters the account when it is not the provider itself: a synced directory or an HR source. */
  readonly masteredBy?: string
}

/** The actual state of one provider at one moment, whole. */
export interface Snapshot {
  readonly takenAt: Instant
  /** Every marked, block-marked and bound account that exists. */
  readonly accounts: ReadonlyMap<AccountId, Account>
  /** Of each entitlement in scope, the account ids of all its members, strangers included. */
  readonly members: ReadonlyMap<EntitlementId, ReadonlySet<AccountId>>
  /**
   * Of entitlements that also come through a group: who holds them that way. They lack nothing, and there is nothing of theirs to
   * take. Somebody may stand here and among the members.
   */
  readonly inherited?: ReadonlyMap<EntitlementId, ReadonlySet<AccountId>>
}

/** What a snapshot must cover. */
export interface ReadScope {
  readonly bound: readonly AccountId[]
  readonly entitlements: readonly Entitlement[]
  /**
   * What was read whole before may be brought up to date by what the provider says has changed since. Such a snapshot shows what
   * came and changed, and what the provider says was removed; an account that vanished shows only in a whole read.
   */
  readonly incremental?: boolean
}

/** How a direct read names an account. `number` and `login` may find strangers. */
export type AccountKey =
  | { readonly kind: 'Id'; readonly id: AccountId }
  | { readonly kind: 'Number'; readonly number: EmployeeNumber }
  | { readonly kind: 'Login'; readonly login: string }
  | { readonly kind: 'Email'; readonly email: string }

/** The answer of one direct read: live, blocked or binned accounts; none is a fact, not a failure. */
export interface LookupResult {
  readonly key: AccountKey
  readonly accounts: readonly FoundAccount[]
}

/** An account read directly, with everything it holds itself, not through a group (for `Id` keys; else `held` is absent). */
export interface FoundAccount {
  readonly account: Account
  readonly held?: readonly Entitlement[]
}
