// Generated from crds/ by script/gen. Do not edit.

import type { Condition, LabelSelector, ObjectMeta, SecretValue } from './shared.ts'

/**
 * IdentityProvider is one Okta organisation or Microsoft Entra tenant, and how far Tenure may go there.
 */
export interface IdentityProvider {
  apiVersion: 'tenure.dev/v1alpha1'
  kind: 'IdentityProvider'
  metadata: ObjectMeta
  spec: IdentityProviderSpec
  status?: IdentityProviderStatus
}
/**
 * Where the accounts live, and what may be done to them.
 */
export interface IdentityProviderSpec {
  okta?: IdentityProviderOkta
  entra?: IdentityProviderEntra
  /**
   * Certificates in PEM to trust beside the usual ones, for a private or simulated host.
   */
  caBundle?: string
  /**
   * Which Employees, by their labels, get an account here. An empty one means everyone.
   */
  employeeSelector: LabelSelector
  /**
   * What becomes of the account of an Employee this provider no longer selects. Retain keeps it as it is, Offboard treats the person as a leaver here.
   */
  onUnmatched: 'Retain' | 'Offboard'
  ownership: IdentityProviderOwnership
  lifecycle: IdentityProviderLifecycle
  offboarding: IdentityProviderOffboarding
  /**
   * What a joiner signs in with for the first time. TemporaryAccessPass (Entra only) is written for a day to a Secret of the namespace, or to a file beside the record of a directory.
   */
  firstCredential: 'None' | 'TemporaryAccessPass'
  /**
   * Added to, or overriding, the default table of attributes of the provider.
   */
  attributes?: IdentityProviderAttribute[]
  /**
   * Enforce writes; Observe reads, plans and reports, and writes nothing.
   */
  mode: 'Enforce' | 'Observe'
  guard: IdentityProviderGuard
  quota: IdentityProviderQuota
  /**
   * How often everything is read anew, such as 10m.
   */
  fullReadEvery: string
  /**
   * True stops every write here.
   */
  paused: boolean
}
/**
 * An Okta organisation. Exactly one of okta, entra.
 */
export interface IdentityProviderOkta {
  /**
   * Base URL of the organisation, such as https://acme.okta.com. Immutable, except that of a simulator on this machine.
   */
  orgUrl: string
  /**
   * Client id of the API services app that Tenure uses.
   */
  clientId: string
  /**
   * The app's private key, as a JWK or in PEM.
   */
  privateKey: SecretValue
  /**
   * Id (kid) of the key, where it cannot be read from the key itself.
   */
  keyId?: string
  /**
   * The scopes to ask for.
   */
  scopes: string[]
}
/**
 * A Microsoft Entra tenant. Exactly one of okta, entra.
 */
export interface IdentityProviderEntra {
  /**
   * Id of the tenant. Immutable.
   */
  tenantId: string
  /**
   * Client id of the app registration that Tenure uses.
   */
  clientId: string
  credential: IdentityProviderEntraCredential
  /**
   * Base URL of Microsoft Graph, for other clouds or a simulator. If absent, https://graph.microsoft.com.
   */
  graphUrl?: string
  /**
   * Base URL of the token service, for other clouds or a simulator. If absent, https://login.microsoftonline.com.
   */
  authorityHost?: string
}
/**
 * How the app proves itself. Exactly one.
 */
export interface IdentityProviderEntraCredential {
  /**
   * A client secret.
   */
  clientSecret?: SecretValue
  /**
   * A certificate with its private key, in PEM.
   */
  clientCertificate?: SecretValue
  workloadIdentity?: IdentityProviderEntraCredentialWorkloadIdentity
}
/**
 * A token the platform issues to this workload. For an empty one everything is taken from the environment.
 */
export interface IdentityProviderEntraCredentialWorkloadIdentity {
  /**
   * Path of the token file, if not the one the environment names.
   */
  tokenFile?: string
}
/**
 * How accounts and the right to write here are told apart.
 */
export interface IdentityProviderOwnership {
  /**
   * Name of a static group at the provider whose members Tenure may manage. Beside it stands one of the same name with -blocked after it.
   */
  marker: string
  /**
   * Who owns this provider, as the description of the marker group says. Made by tenure init; without it nothing is written.
   */
  owner?: string
  /**
   * Whether an account that exists already may be taken over, and how it is recognised.
   */
  adopt: 'Never' | 'ByEmployeeNumber' | 'ByEmail'
}
/**
 * Which parts of a person's life at work are managed here.
 */
export interface IdentityProviderLifecycle {
  /**
   * Create accounts for joiners.
   */
  create: boolean
  /**
   * Keep attributes, managers and grants as declared.
   */
  update: boolean
  /**
   * Offboard leavers.
   */
  offboard: boolean
  /**
   * How many days before the start date the account is made, unable to sign in.
   */
  stageBeforeDays: number
}
/**
 * What happens to the account of a leaver.
 */
export interface IdentityProviderOffboarding {
  /**
   * Okta takes Suspend (if absent), Deactivate or Delete; Entra takes Disable (if absent) or Delete.
   */
  action?: 'Suspend' | 'Deactivate' | 'Disable' | 'Delete'
  /**
   * With Delete, how many days lie between block and deletion.
   */
  graceDays: number
  /**
   * End all sessions of a leaver.
   */
  revokeSessions: boolean
  /**
   * Take all entitlements from a leaver.
   */
  revokeGrants: boolean
}
export interface IdentityProviderAttribute {
  /**
   * Name of the attribute at the provider; a dot leads into an inner one.
   */
  to: string
  /**
   * A CEL expression over employee and labels that gives the value. May be absent with owner Provider, which then leaves the attribute to what the default table says at creation.
   */
  from?: string
  /**
   * Git (if absent) keeps the value as declared. Provider sets it at creation and never compares it.
   */
  owner?: 'Git' | 'Provider'
}
/**
 * How much may be lost within a window before a person has to look. A budget is the greater of atLeast and percent of the managed accounts, and never more than atMost.
 */
export interface IdentityProviderGuard {
  /**
   * The time over which losses are added up, such as 24h.
   */
  window: string
  leave: IdentityProviderGuardLeave
  block: IdentityProviderGuardBlock
  revoke: IdentityProviderGuardRevoke
  enable: IdentityProviderGuardEnable
  rename: IdentityProviderGuardRename
  /**
   * Logins and account ids that are never touched by anyone.
   */
  protected?: string[]
  /**
   * Hashes of withheld sets to release.
   */
  approved?: string[]
  /**
   * Hashes of withheld sets to drop. Their deleted Employees are released untouched.
   */
  rejected?: string[]
}
/**
 * Declared departures, suspensions and leaves.
 */
export interface IdentityProviderGuardLeave {
  /**
   * In percent of the managed accounts.
   */
  percent: number
  /**
   * Always allowed, however few there are.
   */
  atLeast: number
  /**
   * Never more than this, however many there are. Absent means no such bound.
   */
  atMost?: number
}
/**
 * Losses that were inferred, from a deletion, an absence or a person out of scope; and deletions of accounts.
 */
export interface IdentityProviderGuardBlock {
  /**
   * In percent of the managed accounts.
   */
  percent: number
  /**
   * Always allowed, however few there are.
   */
  atLeast: number
  /**
   * Never more than this, however many there are.
   */
  atMost: number
}
/**
 * Entitlements taken away.
 */
export interface IdentityProviderGuardRevoke {
  /**
   * In percent of the managed accounts, or of the grants.
   */
  percent: number
  /**
   * Always allowed, however few there are.
   */
  atLeast: number
  /**
   * Never more than this, however many there are. Absent means no such bound.
   */
  atMost?: number
  /**
   * In percent of the holders of one entitlement, for entitlements with more than atLeast holders.
   */
  perEntitlementPercent: number
}
/**
 * Blocks lifted, accounts activated again or restored. The first activation of a joiner does not count.
 */
export interface IdentityProviderGuardEnable {
  /**
   * In percent of the managed accounts.
   */
  percent: number
  /**
   * Always allowed, however few there are.
   */
  atLeast: number
  /**
   * Never more than this, however many there are.
   */
  atMost: number
}
/**
 * Logins changed.
 */
export interface IdentityProviderGuardRename {
  /**
   * In percent of the managed accounts.
   */
  percent: number
  /**
   * Always allowed, however few there are.
   */
  atLeast: number
  /**
   * Never more than this, however many there are.
   */
  atMost: number
}
/**
 * The share of the provider's rate limits that Tenure takes for itself.
 */
export interface IdentityProviderQuota {
  /**
   * In percent of what the provider grants this application (at Okta usually half of what the org has).
   */
  percent: number
}
/**
 * What is known of the provider. Written by Tenure.
 */
export interface IdentityProviderStatus {
  /**
   * The metadata.generation this status is about.
   */
  observedGeneration?: number
  connection?: IdentityProviderConnection
  read?: IdentityProviderRead
  /**
   * The record of what we did was found lost, and what that infers is not settled yet.
   */
  recordLost?: boolean
  guard?: IdentityProviderGuardStatus
  /**
   * Ready, Reconciling, Stalled, ReadIncomplete, GuardEngaged, CredentialsRejected, Throttled, OwnedElsewhere.
   */
  conditions?: Condition[]
}
/**
 * Whom the provider takes us for.
 */
export interface IdentityProviderConnection {
  /**
   * Id of our own app at the provider.
   */
  account?: string
}
/**
 * The last full read. Changes only when completeness or the trusted count changes.
 */
export interface IdentityProviderRead {
  /**
   * Whether the last full read was proven complete.
   */
  complete?: boolean
  /**
   * How many managed accounts the last trusted read found.
   */
  accounts?: number
}
/**
 * What the guard has spent and what it holds.
 */
export interface IdentityProviderGuardStatus {
  /**
   * What was spent, by the hour, within the window.
   */
  spent?: IdentityProviderGuardSpent[]
  /**
   * Since when the limits in force have been so.
   */
  limitsSince?: string
  /**
   * Decisions that were carried out, so that each counts once.
   */
  decided?: IdentityProviderGuardDecided[]
  /**
   * Sets of operations that wait for a person's decision.
   */
  withheld?: IdentityProviderGuardWithheld[]
}
export interface IdentityProviderGuardSpent {
  /**
   * When the hour began.
   */
  hour: string
  /**
   * Declared departures.
   */
  leave?: number
  /**
   * Inferred losses.
   */
  block?: number
  /**
   * Entitlements taken away.
   */
  revoke?: number
  /**
   * Accounts enabled again.
   */
  enable?: number
  /**
   * Logins changed.
   */
  rename?: number
}
export interface IdentityProviderGuardDecided {
  /**
   * Hash of the set.
   */
  hash: string
  /**
   * What was decided.
   */
  decision: 'Approve' | 'Reject'
  /**
   * When the decision was first seen.
   */
  at?: string
}
export interface IdentityProviderGuardWithheld {
  /**
   * Hash of the set. Put it into spec.guard.approved or rejected to decide.
   */
  hash: string
  /**
   * Why it is withheld, in one CamelCase word.
   */
  reason: string
  /**
   * How many operations it holds.
   */
  operations?: number
  /**
   * When it was frozen.
   */
  since?: string
  /**
   * Name of the ChangePlan that shows it.
   */
  plan?: string
}
