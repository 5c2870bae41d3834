import type { Day, EmployeeNumber, Instant } from './ids.ts'
import type { Origin } from './origin.ts'

/** Every single-valued field of an Employee that an account can hold, by its path below `spec`. */
export type EmployeeField =
  | 'employeeNumber'
  | 'givenName'
  | 'familyName'
  | 'displayName'
  | 'workEmail'
  | 'personalEmail'
  | 'phone.work'
  | 'phone.mobile'
  | 'title'
  | 'department'
  | 'division'
  | 'organization'
  | 'costCenter'
  | 'employeeType'
  | 'address.street'
  | 'address.locality'
  | 'address.region'
  | 'address.postalCode'
  | 'address.country'
  | 'preferredLanguage'
  | 'employment.startDate'
  | 'employment.endDate'
  | 'employment.timeZone'

/** A leave of absence, both days inclusive, in the employee's zone. */
export interface Leave {
  readonly from: Day
  readonly until: Day
  readonly access: 'Block' | 'Keep'
}

/** A person as declared, parsed: defaults set, days cut to `YYYY-MM-DD`. */
export interface Employee {
  readonly name: string
  readonly namespace: string
  readonly origin: Origin
  readonly labels: Readonly<Record<string, string>>
  readonly number: EmployeeNumber
  /** Numbers this one replaces; a binding under one of them carries over. */
  readonly previousNumbers: readonly EmployeeNumber[]
  /** Fields that are set; `displayName` is filled in from the names where it was not given. */
  readonly fields: Readonly<Partial<Record<EmployeeField, string>>>
  /** `spec` as declared with schema defaults, for expressions. */
  readonly declared: Readonly<Record<string, unknown>>
  readonly manager?: string
  readonly groups: readonly string[]
  readonly startDate: Day
  readonly endDate?: Day
  readonly timeZone: string
  readonly leaves: readonly Leave[]
  readonly suspended: boolean
  readonly retain: boolean
  /** IdentityProviders named explicitly; absent: every one whose selector matches. */
  readonly providers?: readonly string[]
  /** Blocks that are not ours and were first seen before this moment may be lifted (`tenure.dev/unblock`). */
  readonly unblockBefore?: Instant
  /** `tenure.dev/orphan`: on deletion marks and binding go, the account stays as it is. */
  readonly orphan: boolean
}
