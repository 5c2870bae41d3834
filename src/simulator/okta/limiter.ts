import { setTimeout as later, setImmediate as otherArrivals } from 'node:timers/promises'
import type { SimulatedReply } from '../kernel.ts'
import type { Principal } from './access.ts'
import { systemActor } from './actors.ts'
import type { Actor } from './objects.ts'
import type { Org } from './org.ts'
import { type BucketName, Buckets, type CountedCall, type Standing } from './quota.ts'

/** Paths under which the System Log names a bucket. */
const paths: Readonly<Record<BucketName, string>> = {
  users: '/api/v1/users',
  'users-write': '/api/v1/users/{id}',
  'users-read': '/api/v1/users/{id}',
  groups: '/api/v1/groups',
  'groups-id': '/api/v1/groups/{id}',
  apps: '/api/v1/apps',
  'apps-id': '/api/v1/apps/{id}',
  logs: '/api/v1/logs',
  token: '/oauth2/v1/token',
  other: '/api/v1',
}

/** Who calls: what the limits count by, and how the System Log names him. */
export type Caller = Pick<Principal, 'actor' | 'counted'>

/** Counts requests against an org's rate limits and its limit of simultaneous ones, and writes what happens to the log. */
export class Limiter {
  readonly #buckets = new Buckets()
  #inFlight = 0

  /** Counts one call of a principal. */
  draw(org: Org, bucket: BucketName, caller: Caller): Standing {
    const standing = this.#buckets.draw(org.quota, bucket, counted(org, caller.counted))
    if (standing.event !== undefined) {
      const eventType = `system.org.rate_limit.${standing.event}`
      recordLimit(org, { eventType, bucket, actor: caller.actor, refused: standing.exceeded })
    }
    return standing
  }

  /** Where a caller stands whose call does not count. */
  peek(org: Org, bucket: BucketName, id: string): Standing {
    return this.#buckets.peek(org.quota, bucket, counted(org, id))
  }

  /** Serves a request among the others that are being served; one too many gets `refusal` instead. */
  async among(org: Org, serve: () => Promise<SimulatedReply>, refusal: () => SimulatedReply): Promise<SimulatedReply> {
    const { concurrency, latencyMs } = org.quota
    this.#inFlight += 1
    try {
      if (this.#inFlight > concurrency) {
        recordLimit(org, { eventType: 'core.concurrency.org.limit.violation', actor: systemActor, refused: true })
        return withStanding(refusal(), { limit: 0, remaining: 0, reset: Math.ceil(org.clock.now() / 1000) + 60 })
      }
      const reply = await serve()
      await (latencyMs > 0 ? later(latencyMs) : otherArrivals())
      return reply
    } finally {
      this.#inFlight -= 1
    }
  }
}

function counted(org: Org, id: string): CountedCall {
  return { principal: id, now: org.clock.now(), percentage: org.principalLimits.get(id)?.percentage }
}

function recordLimit(
  org: Org,
  what: { readonly eventType: string; readonly bucket?: BucketName; readonly actor: Actor; readonly refused: boolean },
): void {
  const path = what.bucket === undefined ? '/' : paths[what.bucket]
  org.record({
    eventType: what.eventType,
    actor: what.actor,
    targets: [{ id: path, type: 'URL Pattern', alternateId: 'unknown', displayName: path }],
    requestId: '',
    requestUri: path,
    outcome: what.refused ? { result: 'DENY', reason: 'Rate limit exceeded' } : { result: 'SUCCESS', reason: null },
    severity: 'WARN',
  })
}

/** The reply with the three headers that tell where the caller stands. */
export function withStanding(
  reply: SimulatedReply,
  standing: Pick<Standing, 'limit' | 'remaining' | 'reset'>,
): SimulatedReply {
  const headers: SimulatedReply['headers'] = [
    ['x-rate-limit-limit', String(standing.limit)],
    ['x-rate-limit-remaining', String(standing.remaining)],
    ['x-rate-limit-reset', String(standing.reset)],
    ...reply.headers,
  ]
  return { ...reply, headers }
}
