import type { SimulatedReply, SimulatedRequest, TenantClock } from '../kernel.ts'
import { json, type RequestIds } from './reply.ts'
import type { Switches } from './switches.ts'

/** A bucket of tokens that refills evenly: so many per window. */
class Bucket {
  readonly #size: number
  readonly #perMs: number
  #level: number
  #at: number

  constructor(size: number, windowMs: number, now: number) {
    this.#size = size
    this.#perMs = size / windowMs
    this.#level = size
    this.#at = now
  }

  /** Takes so many tokens and says how full it is; a request while empty counts too. Answers seconds to wait, or 0. */
  take(amount: number, now: number): number {
    this.#level = Math.min(this.#size, this.#level + Math.max(0, now - this.#at) * this.#perMs)
    this.#at = now
    this.#level -= amount
    if (this.#level >= 0) return 0
    this.#level = Math.max(this.#level, -this.#size / 10)
    return Math.max(1, Math.ceil(-this.#level / this.#perMs / 1000))
  }
}

const RESOURCE_WINDOW_MS = 10_000
const WRITE_WINDOW_MS = 150_000
const WRITES = 3000

function resourceUnits(users: number): number {
  if (users < 50) return 3500
  return users <= 500 ? 5000 : 8000
}

/** What a request costs in resource units: the base of its route, less for `$select` and small pages, more for `$expand`. */
export function costOf(request: SimulatedRequest, base: number): number {
  const { searchParams } = request.url
  const select = searchParams.has('$select') ? 1 : 0
  const expand = searchParams.has('$expand') ? 1 : 0
  const small = searchParams.has('$top') && Number(searchParams.get('$top')) < 20 ? 1 : 0
  return Math.max(1, base - select + expand - small)
}

function writesOf(request: SimulatedRequest, switches: Switches): number {
  if (request.method === 'GET') return 0
  if (switches.memberPatchCost === 'one' || request.method !== 'PATCH') return 1
  const binds = request.body.toString('utf8').match(/directoryObjects|\/users\//gi)?.length ?? 0
  return Math.max(1, Math.ceil(binds / 3))
}

/** The rate limits of one application in the tenant (Microsoft Graph, "Identity and access service limits"). */
export class Quota {
  readonly #resources: Bucket
  readonly #writes: Bucket

  constructor(clock: TenantClock, users: number) {
    this.#resources = new Bucket(resourceUnits(users), RESOURCE_WINDOW_MS, clock.now())
    this.#writes = new Bucket(WRITES, WRITE_WINDOW_MS, clock.now())
  }

  /** Charges a request; the 429 when a limit is reached. */
  charge(request: SimulatedRequest, cost: number, switches: Switches, ids: RequestIds): SimulatedReply | undefined {
    const wait = this.#resources.take(cost, ids.now)
    const writes = writesOf(request, switches)
    const writeWait = writes === 0 ? 0 : this.#writes.take(writes, ids.now)
    if (wait === 0 && writeWait === 0) return undefined
    const innerError = {
      code: '429',
      date: new Date(ids.now).toISOString().slice(0, 19),
      message: 'Please retry after',
      'request-id': ids.requestId,
      status: '429',
    }
    const scope = writeWait > 0 ? 'Write' : 'ReadWrite'
    const reply = json({ error: { code: 'TooManyRequests', message: 'Too Many Requests', innerError } }, 429)
    const retry: [string, string][] = switches.retryAfter ? [['Retry-After', String(Math.max(wait, writeWait))]] : []
    return {
      ...reply,
      headers: [
        ...retry,
        ['x-ms-throttle-scope', `Tenant_Application/${scope}`],
        ['x-ms-throttle-information', writeWait > 0 ? 'WriteLimitExceeded' : 'ResourceUnitLimitExceeded'],
      ],
    }
  }
}
