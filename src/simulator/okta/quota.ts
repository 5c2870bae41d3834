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
  /** Requests per minute and principal in each bucket; the org as a whole has that divided by the share. */
  readonly limits: Readonly<Record<BucketName, number>>
  /** How many requests the org serves at the same time. */
  readonly concurrency: number
  /** How long each request counts as being served, in real milliseconds; 0: until the others that came with it are in. */
  readonly latencyMs: number
}

/** The share of one app or API token where it is not the org's default: `/api/v1/principal-rate-limits`. */
export interface PrincipalLimit {
  readonly id: string
  readonly seq: number
  readonly principalId: string
  readonly principalType: 'SSWS_TOKEN' | 'OAUTH_CLIENT'
  readonly percentage: number
  readonly concurrencyPercentage: number
  readonly created: number
  readonly createdBy: string
  readonly lastUpdate: number
  readonly lastUpdatedBy: string
}

const plenty = 1_000_000
/** Simultaneous requests of a Workforce org. Source: Okta, Rate limits, concurrency. */
const concurrency = 75

/** Headers are there, but nobody ever meets the limit. */
export const quotaOff: Quota = {
  enforced: false,
  share: 0.5,
  limits: Object.fromEntries(bucketNames.map(name => [name, plenty])) as Record<BucketName, number>,
  concurrency,
  latencyMs: 0,
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
  token: 300,
  other: 1200,
}

/** The published limits, cut to the share one app gets: half of each bucket unless an admin says otherwise. */
export function quotaOn(share = 0.5): Quota {
  const limits = Object.fromEntries(bucketNames.map(name => [name, Math.max(1, Math.floor(workforce[name] * share))]))
  return { ...quotaOff, enforced: true, share, limits: limits as Record<BucketName, number> }
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
  /** What this call is the first in the window to do: use 90 % of the limit, or go beyond it. */
  readonly event?: 'warning' | 'violation'
}

/** One call as the buckets see it; `percentage` is the principal's own share of the org's limit, if it has one. */
export interface CountedCall {
  readonly principal: string
  /** Milliseconds since 1970. */
  readonly now: number
  readonly percentage?: number | undefined
}

interface Window {
  readonly start: number
  used: number
  warned: boolean
  violated: boolean
}

const windowMs = 60_000
const warnsAt = 0.9

/** The open windows of all principals and of the org. */
export class Buckets {
  readonly #windows = new Map<string, Window>()

  /** Counts one call of a principal. */
  draw(quota: Quota, bucket: BucketName, call: CountedCall): Standing {
    const own = this.#window(`${call.principal} ${bucket}`, call.now)
    const limit = limitOf(quota, bucket, call)
    if (!quota.enforced) {
      own.used += 1
      return standing({ window: own, limit }, false)
    }
    const all = { window: this.#window(`* ${bucket}`, call.now), limit: orgLimit(quota, bucket) }
    const binding = all.limit - all.window.used < limit - own.used ? all : { window: own, limit }
    const exceeded = own.used >= limit || all.window.used >= all.limit
    if (!exceeded) {
      own.used += 1
      all.window.used += 1
    }
    const event = eventOf(binding, exceeded)
    const where = { ...standing(binding, exceeded), limit }
    return event === undefined ? where : { ...where, event }
  }

  /** Where a principal stands without one more call. */
  peek(quota: Quota, bucket: BucketName, call: CountedCall): Standing {
    const known = this.#windows.get(`${call.principal} ${bucket}`)
    const limit = limitOf(quota, bucket, call)
    const start = Math.floor(call.now / 1000) * 1000
    const isOpen = known !== undefined && start < known.start + windowMs && start >= known.start
    return standing({ window: isOpen ? known : { start, used: 0, warned: false, violated: false }, limit }, false)
  }

  #window(key: string, at: number): Window {
    const now = Math.floor(at / 1000) * 1000
    const open = this.#windows.get(key)
    if (open !== undefined && now < open.start + windowMs && now >= open.start) return open
    const window = { start: now, used: 0, warned: false, violated: false }
    this.#windows.set(key, window)
    return window
  }
}

function orgLimit(quota: Quota, bucket: BucketName): number {
  return Math.round(quota.limits[bucket] / quota.share)
}

function limitOf(quota: Quota, bucket: BucketName, call: CountedCall): number {
  if (call.percentage === undefined || !quota.enforced) return quota.limits[bucket]
  return Math.max(1, Math.floor((orgLimit(quota, bucket) * call.percentage) / 100))
}

function standing({ window, limit }: { window: Window; limit: number }, exceeded: boolean): Standing {
  return { limit, remaining: Math.max(0, limit - window.used), reset: (window.start + windowMs) / 1000, exceeded }
}

function eventOf({ window, limit }: { window: Window; limit: number }, exceeded: boolean): Standing['event'] {
  if (exceeded && !window.violated) {
    window.violated = true
    return 'violation'
  }
  if (exceeded || window.warned || window.used < limit * warnsAt) return undefined
  window.warned = true
  return 'warning'
}
