import type { EmployeeNumber, Instant, ProviderName } from './ids.ts'

/** What a new person signs in with the first time. A secret: it goes to where it is delivered and nowhere else. */
export interface FirstCredential {
  readonly provider: ProviderName
  readonly number: EmployeeNumber
  readonly employee: string
  readonly login: string
  /** The vendor's word for it, such as `Temporary Access Pass`. */
  readonly what: string
  readonly secret: string
  readonly validFrom: Instant
  readonly validUntil: Instant
}

/** Where first credentials go. Rejects when it could not be put there. */
export type Deliver = (credential: FirstCredential) => Promise<void>
