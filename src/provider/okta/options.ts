import type { RetryPolicy } from '../../http/retry.ts'
import type { Time } from '../../http/time.ts'
import type { Instant, ProviderName } from '../../model/ids.ts'

/** What the Okta provider needs to be told. */
export interface OktaOptions {
  /** `metadata.name` of the IdentityProvider, for findings. */
  readonly name: ProviderName
  /** Such as `https://acme.okta.com`. */
  readonly orgUrl: string
  /** Client id of the API Services app. */
  readonly clientId: string
  /** Gives the app's private key, a JWK (JSON) or PEM; called again for each token, so that a changed key is taken up. */
  readonly privateKey: () => Promise<string>
  /** Names the key to Okta; needed for a PEM when the app has several keys. */
  readonly keyId?: string
  /** Scopes to ask for; see `requiredScopes`. */
  readonly scopes: readonly string[]
  /** Name of the marker group. */
  readonly marker: string
  /** Further certificates to trust, PEM. */
  readonly ca?: string
  readonly offboardingAction: 'Suspend' | 'Deactivate' | 'Delete'
  readonly now: () => Instant
  /** Attributes beyond the default table that accounts are read with. */
  readonly extraAttributes: readonly string[]
  readonly retry?: RetryPolicy
  /** Longest wait for one answer, in milliseconds; 30,000 when absent. */
  readonly requestTimeoutMs?: number
  /** Requests in flight at most; 10 when absent. Okta limits them per org, to 35 or 75. Source: Okta, Rate limits. */
  readonly concurrency?: number
  /** Share of the vendor's rate limits to use, in percent; 50 when absent. */
  readonly quotaPercent?: number
  /** What waiting is measured by; the machine's time when absent. */
  readonly time?: Time
}
