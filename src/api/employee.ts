// Generated from crds/ by script/gen. Do not edit.

import type { Condition, ObjectMeta } from './shared.ts'

/**
 * Employee is one person, as the organisation declares them. Every identity provider of the namespace gives this person the account and the access that follow from it.
 */
export interface Employee {
  apiVersion: 'tenure.dev/v1alpha1'
  kind: 'Employee'
  metadata: ObjectMeta
  spec: EmployeeSpec
  status?: EmployeeStatus
}
/**
 * What the organisation declares about this person.
 */
export interface EmployeeSpec {
  /**
   * The number that joins this person to their accounts. Unique in the namespace; letters, digits, dot, underscore and hyphen. Immutable, except that a number listed in previousEmployeeNumbers may be replaced.
   */
  employeeNumber: string
  /**
   * Numbers this person had before, say in an older HR system. Accounts carrying one of them are this person's.
   */
  previousEmployeeNumbers?: string[]
  /**
   * First name.
   */
  givenName: string
  /**
   * Last name.
   */
  familyName: string
  /**
   * The name others see. If absent, givenName and familyName.
   */
  displayName?: string
  /**
   * The e-mail address at work. It is also the login, unless an IdentityProvider maps the login otherwise.
   */
  workEmail?: string
  /**
   * A private e-mail address.
   */
  personalEmail?: string
  phone?: EmployeePhone
  /**
   * Job title.
   */
  title?: string
  /**
   * Department.
   */
  department?: string
  /**
   * Division.
   */
  division?: string
  /**
   * Company or legal entity.
   */
  organization?: string
  /**
   * Cost centre.
   */
  costCenter?: string
  /**
   * Kind of employment in the organisation's own words, such as Employee, Contractor or Intern.
   */
  employeeType?: string
  manager?: EmployeeManager
  address?: EmployeeAddress
  /**
   * Language tag of BCP 47, such as en-GB.
   */
  preferredLanguage?: string
  /**
   * The organisation's own names of the groups this person belongs to. GroupMappings turn them into access at the providers.
   */
  groups?: string[]
  /**
   * Anything else worth knowing, string to string. It reaches a provider only through an entry of the IdentityProvider's attributes.
   */
  attributes?: Record<string, string>
  employment: EmployeeEmployment
  /**
   * True blocks the accounts now, whatever the dates say.
   */
  suspended: boolean
  /**
   * Legal hold. The accounts are never deleted; deleting the Employee blocks them and takes our marks off.
   */
  retain: boolean
  /**
   * Names of the IdentityProviders that give this person an account. If absent, every one whose employeeSelector matches.
   */
  providers?: string[]
}
/**
 * Telephone numbers, as they should be shown.
 */
export interface EmployeePhone {
  /**
   * The number at work.
   */
  work?: string
  /**
   * The mobile number.
   */
  mobile?: string
}
/**
 * Who this person reports to.
 */
export interface EmployeeManager {
  /**
   * Name of another Employee of the same namespace.
   */
  name: string
}
/**
 * Postal address of the place of work.
 */
export interface EmployeeAddress {
  /**
   * Street and number.
   */
  street?: string
  /**
   * City.
   */
  locality?: string
  /**
   * State or region.
   */
  region?: string
  /**
   * Postal code.
   */
  postalCode?: string
  /**
   * Country, as the two capital letters of ISO 3166-1. Quote NO.
   */
  country?: string
}
/**
 * When this person works here. All else follows from these dates.
 */
export interface EmployeeEmployment {
  /**
   * First day, from 00:00 in timeZone, as a quoted "YYYY-MM-DD". "YYYY-MM-DDT00:00:00Z", which kustomize writes, is the same day.
   */
  startDate: string
  /**
   * Last day, inclusive, in the same form. Absent means for an unlimited time.
   */
  endDate?: string
  /**
   * Time zone in which days begin and end, by its IANA name.
   */
  timeZone: string
  /**
   * Times of absence within the employment.
   */
  leaves?: EmployeeEmploymentLeave[]
}
export interface EmployeeEmploymentLeave {
  /**
   * First day of the leave.
   */
  from: string
  /**
   * Last day of the leave, inclusive.
   */
  until: string
  /**
   * Block (if absent) keeps the person out during the leave, Keep lets them sign in.
   */
  access?: 'Block' | 'Keep'
}
/**
 * What is known of this person's accounts. Written by Tenure.
 */
export interface EmployeeStatus {
  /**
   * The metadata.generation this status is about.
   */
  observedGeneration?: number
  /**
   * A summary of the phases at the providers.
   */
  phase?: 'Planned' | 'Staged' | 'Active' | 'OnLeave' | 'Suspended' | 'Left' | 'Gone' | 'OutOfScope'
  /**
   * The accounts of this person, one for each provider. Also the durable record of what was done.
   */
  accounts?: EmployeeAccount[]
  /**
   * Ready, Reconciling, Stalled, DriftDetected, Withheld.
   */
  conditions?: Condition[]
}
export interface EmployeeAccount {
  /**
   * Name of the IdentityProvider.
   */
  provider: string
  /**
   * Where this person stands at this provider.
   */
  phase?: 'Planned' | 'Staged' | 'Active' | 'OnLeave' | 'Suspended' | 'Left' | 'Gone' | 'OutOfScope'
  /**
   * The provider's own id of the account. Present when the account is bound to this Employee.
   */
  id?: string
  /**
   * The login the account has, or is being created with.
   */
  login?: string
  /**
   * The employee number the account was bound, or is being created, under.
   */
  employeeNumber?: string
  /**
   * What the account is at the provider. Enabled includes one whose owner has not signed in yet.
   */
  state?: 'Absent' | 'Creating' | 'Staged' | 'Enabled' | 'Blocked' | 'Deleted'
  /**
   * When the creation was recorded, just before it was sent.
   */
  createSentAt?: string
  /**
   * The login of a creation whose answer is not known, where the account has another.
   */
  createLogin?: string
  /**
   * Whether we made the account. Absent when it was found, or bound again.
   */
  made?: boolean
  /**
   * Whether the account was ever enabled by us, or found enabled. Such an account is never staged again.
   */
  enabledOnce?: boolean
  /**
   * When the account was first known to be enabled.
   */
  firstEnabledAt?: string
  /**
   * Whether a first credential was made and delivered.
   */
  credentialIssued?: boolean
  /**
   * When we blocked the account. Absent when it is not blocked, or not by us.
   */
  blockedAt?: string
  /**
   * A block was recorded, just before it was sent, and its answer is not known.
   */
  blockSent?: boolean
  /**
   * When the endDate in force was first seen.
   */
  departureSeenAt?: string
  /**
   * Whether the departure was seen under an action that ends in deletion.
   */
  departureDeletes?: boolean
  /**
   * When the sessions were last ended by us.
   */
  sessionsEndedAt?: string
  /**
   * When the account was proven to be blocked, signed out and stripped.
   */
  offboardedAt?: string
  /**
   * When the account was proven to be deleted.
   */
  deletedAt?: string
  /**
   * When a block that is not ours was first seen.
   */
  foreignBlockSeenAt?: string
  /**
   * What this account holds, or is to hold, through GroupMappings.
   */
  grants?: EmployeeAccountGrant[]
}
export interface EmployeeAccountGrant {
  /**
   * What kind of entitlement it is.
   */
  kind: 'Group' | 'App' | 'AdministrativeUnit' | 'DirectoryRole' | 'License'
  /**
   * Its name, as the GroupMapping gives it.
   */
  name: string
  /**
   * The provider's own id of it.
   */
  id?: string
  /**
   * Names of the GroupMappings that grant it.
   */
  mappings?: string[]
  /**
   * Whether holding it gives administrative rights.
   */
  privileged?: boolean
  /**
   * Granted, Pending when it is still to be given, Withheld when the guard holds a change of it.
   */
  state: 'Granted' | 'Pending' | 'Withheld'
  /**
   * When we gave it. Absent when we did not, or do not know yet that we did.
   */
  givenAt?: string
  /**
   * The grant was recorded, just before it was sent, and its answer is not known.
   */
  sent?: boolean
}
