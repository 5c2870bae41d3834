/** Rate limits: seven buckets, each a window of 60 s that opens at the first request after the last one ended. */

export const bucketNames = [
  'users',
  'users-write',
  'users-read',
  'groups',
  'groups-id',
  'apps',
  'apps-id',
  'logs',
  'token',
  'other',
] as const
/**
 * Which calls share a limit. `users`: `/users` and everything below one user; `users-write` and `users-read`: one user
 * itself; `groups`: `/groups`, members and rules; `groups-id`: one group itself; `apps` and `apps-id` likewise.
 */
export type BucketName = (typeof bucketNames)[number]

export interface Quota {
  /** Whether a call beyond the limit is refused with 429. */
  readonly enforced: boolean
  /** Share of each published limit one principal gets. */
  readonly share: number
  /** Requests per minute and principal in each bucket. */
  readonly limits: Readonly<Record<BucketName, number>>
}

const plenty = 1_000_000

/** Headers are there, but nobody ever meets the limit. */
export const quotaOff: Quota = {
  enforced: false,
  share: 0.5,
  limits: Object.fromEntries(bucketNames.map(name => [name, plenty])) as Record<BucketName, number>,
}

/** A workforce org's published limits per minute. Source: Okta, Rate limits, table of December 2025. */
const workforce: Readonly<Record<BucketName, number>> = {
  users: 600,
  'users-write': 600,
  'users-read': 2000,
  groups: 500,
  'groups-id': 1000,
  apps: 100,
  'apps-id': 500,
  logs: 120,
  token: 150,
  other: 1200,
}

/** The published limits, cut to the share one app gets: half of each bucket unless an admin says otherwise. */
export function quotaOn(share = 0.5): Quota {
  const limits = Object.fromEntries(bucketNames.map(name => [name, Math.max(1, Math.floor(workforce[name] * share))]))
  return { enforced: true, share, limits: limits as Record<BucketName, number> }
}

/** The limits that differ from what the org would have without being told. */
export function limitOverrides(quota: Quota): Partial<Record<BucketName, number>> {
  const usual = (quota.enforced ? quotaOn(quota.share) : quotaOff).limits
  const overrides: Partial<Record<BucketName, number>> = {}
  for (const name of bucketNames) if (quota.limits[name] !== usual[name]) overrides[name] = quota.limits[name]
  return overrides
}

/** Where a principal stands in a bucket after one more call. */
export interface Standing {
  readonly limit: number
  readonly remaining: number
  /** UTC seconds since 1970 at which the window ends. */
  readonly reset: number
  readonly exceeded: boolean
}

const windowMs = 60_000

/** The open windows of all principals. */
export class Buckets {
  readonly #windows = new Map<string, { readonly start: number; used: number }>()

  /** Counts one call of `principal` at `now` (ms since 1970). */
  draw(quota: Quota, bucket: BucketName, call: { readonly principal: string; readonly now: number }): Standing {
    const key = `${call.principal} ${bucket}`
    const now = Math.floor(call.now / 1000) * 1000
    let window = this.#windows.get(key)
    if (window === undefined || now >= window.start + windowMs || now < window.start) {
      window = { start: now, used: 0 }
      this.#windows.set(key, window)
    }
    const limit = quota.limits[bucket]
    const exceeded = quota.enforced && window.used >= limit
    if (!exceeded) window.used += 1
    return { limit, remaining: Math.max(0, limit - window.used), reset: (window.start + windowMs) / 1000, exceeded }
  }
}
