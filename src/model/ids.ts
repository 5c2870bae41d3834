/** Names that must not be mixed up. A brand exists for the type checker only. */
declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** The join key between a person and their accounts; unique in a namespace, 1 to 16 characters. */
export type EmployeeNumber = Brand<string, 'EmployeeNumber'>
/** `metadata.name` of an IdentityProvider. */
export type ProviderName = Brand<string, 'ProviderName'>
/** A provider's own id of an account. */
export type AccountId = Brand<string, 'AccountId'>
/** A provider's own id of an entitlement, unique over all kinds of one provider. */
export type EntitlementId = Brand<string, 'EntitlementId'>
/** `sha256:` and 64 hexadecimal digits over what a whole plan would do. */
export type PlanHash = Brand<string, 'PlanHash'>
/** `sha256:` and 64 hexadecimal digits over accounts, verbs and targets of one withheld set. */
export type SetHash = Brand<string, 'SetHash'>
/** A day of the calendar, `YYYY-MM-DD`; compares as text. */
export type Day = Brand<string, 'Day'>
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number
/** What the caller writes the attributes of an account as, at the provider. */
export type AttributeName = string
