import type { AccessToken } from '@azure/identity'
import { acquireToken } from './credential.ts'
import type { TokenOptions } from './token-options.ts'

/** Gives access tokens for Microsoft Graph. */
export interface TokenSource {
  /** A token that is good now. Throws AuthError, RateLimitError or TransientError. */
  get(signal: AbortSignal): Promise<string>
  /** The token at hand was refused: the next call gets a new one. */
  forget(): void
  /** Stops what is under way. */
  close(): void
  /** Claims of the token at hand that say who we are and what we may. */
  claims(signal: AbortSignal): Promise<TokenClaims>
}

/** What an access token says of the application; absent parts were not in it. */
export interface TokenClaims {
  /** Object id of the service principal. */
  readonly objectId: string | undefined
  /** Application permissions that were consented to; undefined when the token cannot be read, which Microsoft reserves. */
  readonly roles: readonly string[] | undefined
  /** Template ids of tenant-wide Entra roles. */
  readonly directoryRoles: readonly string[]
}

/** A token is renewed in the background so long before its end, in milliseconds; a short one after half its life. */
const RENEW_EARLY_MS = 10 * 60_000
/** A token that ends sooner is not used any more, in milliseconds. */
const TOO_LATE_MS = 60_000

/**
 * A token source that asks once however many callers wait, and renews before the end while the old token serves. Every token comes
 * from a new credential object: the library keeps a refused one blocked for a minute, and would never see a changed secret.
 */
export function tokenSource(options: TokenOptions): TokenSource {
  const closing = new AbortController()
  let current: AccessToken | undefined
  let renewEarlyMs = RENEW_EARLY_MS
  let pending: Promise<AccessToken> | undefined

  const renew = (): Promise<AccessToken> => {
    pending ??= acquireToken(options, closing.signal)
      .then(token => {
        current = token
        renewEarlyMs = Math.min(RENEW_EARLY_MS, (token.expiresOnTimestamp - Date.now()) / 2)
        return token
      })
      .finally(() => {
        pending = undefined
      })
    return pending
  }
  const usable = async (signal: AbortSignal): Promise<AccessToken> => {
    const left = current === undefined ? 0 : current.expiresOnTimestamp - Date.now()
    if (current === undefined || left < TOO_LATE_MS) return await abortable(renew(), signal)
    // A failure in the background is met again, and told, when the token is needed.
    if (left < renewEarlyMs) renew().catch(() => undefined)
    return current
  }
  return {
    get: async signal => (await usable(signal)).token,
    forget: () => {
      current = undefined
    },
    close: () => closing.abort(),
    claims: async signal => claimsOf((await usable(signal)).token),
  }
}

/** Waits for a promise that others wait for too, until this caller gives up. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
  }
}

function claimsOf(token: string): TokenClaims {
  const payload = token.split('.')[1] ?? ''
  let claims: Record<string, unknown> | undefined
  try {
    const parsed = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as unknown
    if (typeof parsed === 'object' && parsed !== null) claims = parsed as Record<string, unknown>
  } catch {
    claims = undefined
  }
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
  return {
    objectId: typeof claims?.oid === 'string' ? claims.oid : undefined,
    roles: claims === undefined ? undefined : texts(claims.roles),
    directoryRoles: texts(claims?.wids),
  }
}
