import { machineTime } from '../../http/time.ts'
import { abortable } from './abortable.ts'
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

interface HeldToken {
  readonly token: string
  /** By the time that waiting is measured by, since the time of day may jump; and by the time of day, since a machine may sleep. */
  readonly endsAt: number
  readonly expiresAt: number
  readonly renewEarlyMs: number
}

/**
 * A token source that asks once however many callers wait, and renews before the end while the old token serves. Every token comes
 * from a new credential object: the library keeps a refused one blocked for a minute, and would never see a changed secret.
 */
export function tokenSource(options: TokenOptions): TokenSource {
  const closing = new AbortController()
  const { time = machineTime } = options
  let current: HeldToken | undefined
  let pending: Promise<HeldToken> | undefined

  const renew = (): Promise<HeldToken> => {
    pending ??= acquireToken(options, closing.signal)
      .then(({ token, expiresOnTimestamp }) => {
        const lastsMs = expiresOnTimestamp - Date.now()
        const renewEarlyMs = Math.min(RENEW_EARLY_MS, lastsMs / 2)
        current = { token, endsAt: time.now() + lastsMs, expiresAt: expiresOnTimestamp, renewEarlyMs }
        return current
      })
      .finally(() => {
        pending = undefined
      })
    return pending
  }
  const usable = async (signal: AbortSignal): Promise<HeldToken> => {
    const left = current === undefined ? 0 : Math.min(current.endsAt - time.now(), current.expiresAt - Date.now())
    if (current === undefined || left < TOO_LATE_MS) return await abortable(renew(), signal)
    // A failure in the background is met again, and told, when the token is needed.
    if (left < current.renewEarlyMs) renew().catch(() => undefined)
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
