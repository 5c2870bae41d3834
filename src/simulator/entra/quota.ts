import type { SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { json, type RequestIds } from './reply.ts'
import type { Switches } from './switches.ts'

/** A bucket of tokens that refills evenly: so many per window. */
class Bucket {
  readonly #windowMs: number
  #size: number
  #level: number
  #at: number

  constructor(size: number, windowMs: number, now: number) {
    this.#windowMs = windowMs
    this.#size = size
    this.#level = size
    this.#at = now
  }

  /** Changes how much it holds. */
  resize(size: number): void {
    this.#level += size - this.#size
    this.#size = size
  }

  /** Takes so many tokens; a request while it is empty counts too. Answers seconds to wait, or 0. */
  take(amount: number, now: number): number {
    const perMs = this.#size / this.#windowMs
    this.#level = Math.min(this.#size, this.#level + Math.max(0, now - this.#at) * perMs)
    this.#at = now
    this.#level = Math.max(this.#level - amount, -OVERDRAWN * this.#size)
    return this.#level >= 0 ? 0 : Math.max(1, Math.ceil(-this.#level / perMs / 1000))
  }

  /** How much of the limit is used: 1 is all of it, more is what was asked while throttled. */
  get used(): number {
    return (this.#size - this.#level) / this.#size
  }
}

/** The percentage header goes up to 1.8. */
const OVERDRAWN = 0.8
const REPORTED_FROM = 0.8
/** Resource units of `getByIds` with `$select`, in every version of the published table. */
const SELECTED_BY_IDS = 2
const RESOURCE_WINDOW_MS = 10_000
const WRITE_WINDOW_MS = 150_000
const WRITES = 3000
const TENANT_WRITE_WINDOW_MS = 300_000
const TENANT_WRITES = 18_000
/** POST requests that only read; they cost no write. */
const READING_POSTS =
  /\/(?:microsoft\.graph\.)?(?:getByIds|checkMember(?:Groups|Objects)|getMember(?:Groups|Objects))$/i

function resourceUnits(users: number): number {
  if (users < 50) return 3500
  return users <= 500 ? 5000 : 8000
}

/** Whether a request only reads. */
export function isRead({ method, url }: SimulatedRequest): boolean {
  return method === 'GET' || (method === 'POST' && READING_POSTS.test(url.pathname))
}

/** What a request costs in resource units: the base of its route, less for `$select` and small pages, more for `$expand`. */
export function costOf(request: SimulatedRequest, base: number, { getByIdsCost }: Switches): number {
  const { pathname, searchParams } = request.url
  if (/\/getByIds$/i.test(pathname)) return searchParams.has('$select') ? SELECTED_BY_IDS : getByIdsCost
  if (request.method !== 'GET') return base
  const select = searchParams.has('$select') ? 1 : 0
  const expand = searchParams.has('$expand') ? 1 : 0
  const small = searchParams.has('$top') && Number(searchParams.get('$top')) < 20 ? 1 : 0
  return Math.max(1, base - select + expand - small)
}

function bindCount(body: Buffer): number {
  try {
    const fields = JSON.parse(body.toString('utf8')) as Record<string, unknown>
    return Object.values(fields).reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : 0), 0)
  } catch {
    return 0
  }
}

function writesOf(request: SimulatedRequest, switches: Switches): number {
  if (isRead(request)) return 0
  const isGroupPatch = request.method === 'PATCH' && request.url.pathname.includes('/groups/')
  if (switches.memberPatchCost === 'one' || !isGroupPatch) return 1
  return Math.max(1, Math.ceil(bindCount(request.body) / 3))
}

/** A request as the limits see it. */
export interface Charge {
  readonly request: SimulatedRequest
  /** Resource units. */
  readonly cost: number
  readonly appId: string
  readonly tenantId: string
  /** How many users the tenant has, which decides its size class. */
  readonly users: number
}

/** What the limits say to a request: a 429, and the share of the limit to be told, if it is high. */
export interface Verdict {
  readonly refused: SimulatedReply | undefined
  readonly percentage: string | undefined
}

interface Exceeded {
  readonly wait: number
  readonly scope: string
  readonly why: string
}

/** The rate limits of the tenant (Microsoft Graph, "Identity and access service limits"). */
export class Quotas {
  readonly #applications = new Map<string, { readonly resources: Bucket; readonly writes: Bucket }>()
  #tenantWrites: Bucket | undefined

  /** Charges a request; it counts whether it is refused or not. */
  charge(charge: Charge, switches: Switches, ids: RequestIds): Verdict {
    const { now } = ids
    const { appId, tenantId } = charge
    const { resources, writes } = this.#buckets(charge, switches, now)
    this.#tenantWrites ??= new Bucket(TENANT_WRITES * switches.quotaShare, TENANT_WRITE_WINDOW_MS, now)
    const written = writesOf(charge.request, switches)
    const wait = resources.take(charge.cost, now)
    const writeWait = written === 0 ? 0 : writes.take(written, now)
    const tenantWait = written === 0 ? 0 : this.#tenantWrites.take(written, now)
    const exceeded: readonly Exceeded[] = [
      { wait: tenantWait, scope: `Tenant/Write/${appId}/${tenantId}`, why: 'WriteLimitExceeded' },
      { wait: writeWait, scope: `Tenant_Application/Write/${appId}/${tenantId}`, why: 'WriteLimitExceeded' },
      { wait, scope: `Tenant_Application/ReadWrite/${appId}/${tenantId}`, why: 'ResourceUnitLimitExceeded' },
    ]
    const worst = exceeded.reduce((most, one) => (one.wait > most.wait ? one : most))
    const used = written === 0 ? resources.used : Math.max(resources.used, writes.used, this.#tenantWrites.used)
    return {
      refused: worst.wait === 0 ? undefined : refusal(worst, switches, ids),
      percentage: used > REPORTED_FROM ? String(Math.round(used * 100) / 100) : undefined,
    }
  }

  #buckets(
    { appId, users }: Charge,
    { quotaShare }: Switches,
    now: number,
  ): { readonly resources: Bucket; readonly writes: Bucket } {
    const size = resourceUnits(users) * quotaShare
    const known = this.#applications.get(appId)
    if (known !== undefined) {
      known.resources.resize(size)
      return known
    }
    const buckets = {
      resources: new Bucket(size, RESOURCE_WINDOW_MS, now),
      writes: new Bucket(WRITES * quotaShare, WRITE_WINDOW_MS, now),
    }
    this.#applications.set(appId, buckets)
    return buckets
  }
}

function refusal({ wait, scope, why }: Exceeded, switches: Switches, ids: RequestIds): SimulatedReply {
  const innerError = {
    code: '429',
    date: new Date(ids.now).toISOString().slice(0, 19),
    message: 'Please retry after',
    'request-id': ids.requestId,
    status: '429',
  }
  const retry: readonly [string, string][] = switches.retryAfter ? [['Retry-After', String(wait)]] : []
  return {
    ...json({ error: { code: 'TooManyRequests', message: 'Too Many Requests', innerError } }, 429),
    headers: [...retry, ['x-ms-throttle-scope', scope], ['x-ms-throttle-information', why]],
  }
}
