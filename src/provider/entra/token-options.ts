import type { RetryPolicy } from '../../http/retry.ts'
import type { Time } from '../../http/time.ts'

/** What the application proves itself with. Secrets are read again for every token, so that a changed one is taken up. */
export type EntraCredential =
  | { readonly kind: 'Secret'; readonly secret: () => Promise<string> }
  | { readonly kind: 'Certificate'; readonly pem: () => Promise<string> }
  | { readonly kind: 'WorkloadIdentity'; readonly tokenFile?: string }

/** Whose token, from where. */
export interface TokenOptions {
  readonly tenantId: string
  readonly clientId: string
  readonly credential: EntraCredential
  /** Such as `https://login.microsoftonline.com`; must be https. */
  readonly authorityHost: string
  /** The service the token is for. */
  readonly graphUrl: string
  /** A PEM to trust besides the well-known authorities. */
  readonly ca?: string
  readonly retry: RetryPolicy
  readonly timeoutMs: number
  /** What waiting is measured by; the machine's time when absent. */
  readonly time?: Time
}
