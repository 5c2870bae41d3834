import type { AccountId, AttributeName, EntitlementId } from '../../model/ids.ts'
import type { Provider } from '../provider.ts'

/*
 * How to run the conformance suite against a provider
 *
 *   // src/provider/okta/conformance.test.ts
 *   import { describeConformance } from '../conformance.ts'
 *   describeConformance('the Okta provider', async () => oktaWorld())
 *
 * `makeWorld` is called once for each case. Give each world a tenant of its own that starts empty: no employees, no marker
 * groups (the suite calls `provider.claim` first), no faults, quota and lag off. Everything in `tenant` works on the tenant
 * from outside the product, through the simulator's state or plain requests, never through the code under test.
 *
 * Make the provider with the deepest offboarding action it has (`Delete`), since the suite blocks, proves and then deletes; with
 * every permission it can use; with `retry` so quick that no case waits (tries ≥ 3, baseMs ≤ 1); and with a `now` that agrees with
 * the tenant's clock.
 *
 * What the vendor has not got is named in `lacks`, with the reason: the cases that need it are skipped and show that reason.
 * `traits.bin` and `traits.groupsOnCreate` are read from the provider itself and need no entry.
 */

/** One tenant, and the provider under test connected to it. */
export interface World {
  readonly provider: Provider
  readonly tenant: OutsideTenant
  /** Exact name of the marker group given to the provider, such as `tenure-managed`; the other one is it and `-blocked`. */
  readonly marker: string
  /** What comes after `@` in logins and e-mail addresses that the tenant accepts. */
  readonly loginDomain: string
  /** An attribute (by its `traits` name) and a value of it that the tenant refuses, though `canonicalize` may let it pass. */
  readonly refused?: { readonly attribute: AttributeName; readonly value: string }
  /** What cannot be shown in this world, and why. */
  readonly lacks: Readonly<Partial<Record<Feature, string>>>
  /** Closes the provider and stops the tenant. */
  end(): Promise<void>
}

/**
 * `StagedState`: reads tell an account that was never enabled from one that is blocked. `ShallowBlock`: a suspension leaves a
 * state that a departure has to go beyond. `Sessions`: the tenant shows whether a person is signed in. `RefusedAttribute`:
 * `refused` is given. The others are what `seedGroup` and `seedAccount` can make.
 */
export type Feature =
  | 'StagedState'
  | 'ShallowBlock'
  | 'Sessions'
  | 'RefusedAttribute'
  | 'Apps'
  | 'AdministrativeUnits'
  | 'ComputedGroups'
  | 'BuiltInGroups'
  | 'SyncedGroups'
  | 'PrivilegedGroups'
  | 'SameNamedGroups'
  | 'MasteredAccounts'
  | 'Admins'

/** The tenant as an administrator, or another tool, sees and changes it. Every promise resolves when the effect is visible. */
export interface OutsideTenant {
  /** Makes an account by hand and gives its id. It is in no group but those the vendor puts everybody in. */
  seedAccount(account: SeedAccount): Promise<AccountId>
  /** Makes a group, administrative unit or app and gives its id. Names may be taken already, unless `lacks.SameNamedGroups`. */
  seedGroup(group: SeedGroup): Promise<EntitlementId>
  /** Adds by hand; for a `Computed` group: makes the rule add. */
  addMember(group: EntitlementId, account: AccountId): Promise<void>
  removeMember(group: EntitlementId, account: AccountId): Promise<void>
  /** Deletes the group or app for good. */
  removeGroup(group: EntitlementId): Promise<void>
  /** Moves the account into a state by hand; `Gone` erases it, `Deleted` puts it in the bin. */
  setState(account: AccountId, state: OutsideState | 'Gone'): Promise<void>
  /** Writes attributes by hand, by their `traits` names; null clears. */
  edit(account: AccountId, attributes: Readonly<Record<AttributeName, string | null>>): Promise<void>
  setManager(account: AccountId, manager: AccountId | undefined): Promise<void>
  /** The person signs in, so that there is a session to end. */
  signIn(account: AccountId): Promise<void>
  /** The session that `signIn` opened still stands. */
  signedIn(account: AccountId): Promise<boolean>

  /** Every account that exists, strangers and binned ones included. */
  accounts(): Promise<readonly OutsideAccount[]>
  /** Every group and administrative unit that exists. */
  groups(): Promise<readonly OutsideGroup[]>
  /** Who holds it by himself. */
  members(group: EntitlementId): Promise<ReadonlySet<AccountId>>

  /** What goes wrong from now on. Called at most once in a case, but for `None`. */
  fail(fault: WorldFault): Promise<void>
  /** How many requests that delete an account the tenant has received so far, answered or not. */
  deleteRequests(): Promise<number>
}

/**
 * `None`: all is well again. `ReadTruncated`: lists of members (or of users) break off without saying so in a way the provider can
 * detect: a page repeats itself, an answer is malformed, or the count disagrees. `WriteUnanswered`: the next writing
 * request takes effect, then the connection breaks. `WriteLost`: the connection breaks before the next writing request takes
 * effect, as often as it is repeated. `WriteBusy`: the next writing request is refused once with a rate limit of at most
 * a second (no longer than the case's time). `CredentialRejected`: the tenant refuses the provider's credential, tokens it
 * already gave out included.
 */
export type WorldFault = 'None' | 'ReadTruncated' | 'WriteUnanswered' | 'WriteLost' | 'WriteBusy' | 'CredentialRejected'

/**
 * As seen from outside. `Blocked` is the shallow block and `Departed` the one a departure leaves; where the vendor has only one,
 * `seedAccount` and `setState` take both for it and `accounts()` says `Departed`. Where the vendor does not tell staged from
 * blocked (`lacks.StagedState`), `Staged` is taken for blocked and never returned.
 */
export type OutsideState = 'Staged' | 'Enabled' | 'Blocked' | 'Departed' | 'Deleted'

export interface SeedAccount {
  readonly login: string
  /** `Enabled` when absent. */
  readonly state?: OutsideState
  readonly number?: string
  /** The login when absent. */
  readonly email?: string
  /** By their `traits` names; the world fills in what the vendor cannot do without (names). */
  readonly attributes?: Readonly<Record<AttributeName, string>>
  /** Holds an administrator's role. */
  readonly admin?: boolean
  /** A synced directory or an HR source masters it. */
  readonly mastered?: boolean
}

export interface SeedGroup {
  readonly name: string
  /** `Static` when absent. */
  readonly kind?: 'Static' | 'Computed' | 'BuiltIn' | 'Synced' | 'AdministrativeUnit' | 'App'
  /** Its members hold administrative rights by it. */
  readonly privileged?: boolean
}

export interface OutsideAccount {
  readonly id: AccountId
  readonly login: string
  readonly number?: string
  readonly state: OutsideState
  /** Set attributes by their `traits` names, login and number left out; cleared and empty ones are absent. */
  readonly attributes: Readonly<Record<AttributeName, string>>
  readonly manager?: AccountId
}

export interface OutsideGroup {
  readonly id: EntitlementId
  readonly name: string
  readonly description: string
}
