import type { EntitlementId } from './ids.ts'

export type EntitlementKind = 'Group' | 'App' | 'AdministrativeUnit' | 'DirectoryRole' | 'License'

/** How a mapping names an entitlement: by its name at the provider, or by `id:…`. */
export interface EntitlementName {
  readonly kind: EntitlementKind
  readonly name: string
}

/** One entitlement as it exists at a provider. */
export interface Entitlement {
  readonly kind: EntitlementKind
  readonly id: EntitlementId
  /** Its name at the provider, for people. */
  readonly name: string
  /** Holding it gives administrative rights: a role-assignable group, a group that carries an admin role, a directory role. */
  readonly privileged: boolean
  /** Why membership cannot be written by us; absent means it can. */
  readonly readOnly?: ReadOnlyReason
}

/** `Computed`: rules or a dynamic query decide. `BuiltIn`, `AppOwned`, `Synced`: the vendor, an app or a directory owns it. */
export type ReadOnlyReason = 'Computed' | 'BuiltIn' | 'AppOwned' | 'Synced' | 'MailEnabled' | 'Restricted'

/** What became of one name a mapping uses. */
export type Resolution =
  | { readonly kind: 'Found'; readonly entitlement: Entitlement }
  | { readonly kind: 'Missing' }
  | { readonly kind: 'Ambiguous'; readonly ids: readonly EntitlementId[] }
  | { readonly kind: 'Unsupported'; readonly why: string }

/** Names resolved at one provider, the markers, and what the account schema knows. */
export interface Catalog {
  /** Keyed by `entitlementKey(name)`. */
  readonly entitlements: ReadonlyMap<string, Resolution>
  /** Attributes that accounts have at the provider; absent when the schema cannot be read. */
  readonly attributes?: ReadonlyMap<string, CatalogAttribute>
  /** Domains a login may use; absent when the provider does not restrict or say. */
  readonly loginDomains?: readonly string[]
}

/** One attribute of the account schema at a provider. */
export interface CatalogAttribute {
  readonly writable: boolean
  /** What it stores; text when absent. */
  readonly type?: 'Text' | 'Number' | 'Integer' | 'Boolean' | 'TextList'
  /** Most and fewest characters of a text. */
  readonly maxLength?: number
  readonly minLength?: number
  /** The only values it takes. */
  readonly values?: readonly string[]
}
