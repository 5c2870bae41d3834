import { type Fault, type Faults, skewMs } from './faults.ts'
import type { SimulatedReply, SimulatedRequest, Tenant, TenantClock } from './kernel.ts'
import type { RequestLog } from './requests.ts'
import { withSkew } from './skew.ts'

/** What the socket is to do: send a reply (`broken`: only the first half of its body), break the connection, or stay silent. */
export type Outcome =
  | { readonly kind: 'reply'; readonly reply: SimulatedReply; readonly broken?: true }
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' }

const REMEMBERED_PAGES = 128

/** What stands before both tenants alike. */
interface Surroundings {
  readonly faults: Faults
  readonly log: RequestLog
  readonly clock: TenantClock
}

/** Stands before a tenant: plays the armed faults and counts what was asked. */
export class Front {
  readonly #tenant: Tenant
  readonly #faults: Faults
  readonly #log: RequestLog
  readonly #clock: TenantClock
  readonly #earlier = new Map<string, SimulatedReply>()

  constructor(tenant: Tenant, { faults, log, clock }: Surroundings) {
    this.#tenant = tenant
    this.#faults = faults
    this.#log = log
    this.#clock = clock
  }

  /** Answers one request from the network. */
  async answer(request: SimulatedRequest): Promise<Outcome> {
    const fault = this.#faults.strike(this.#tenant.name, request.method, request.url.pathname)
    const outcome = await this.#play(fault, request)
    const status = outcome.kind === 'reply' ? outcome.reply.status : 0
    this.#log.record({
      provider: this.#tenant.name,
      method: request.method,
      path: this.#tenant.pattern(request),
      status,
    })
    return outcome.kind === 'reply' ? { ...outcome, reply: this.#dated(outcome.reply) } : outcome
  }

  /** Answers one request that came inside a batch. A broken connection shows as 503 before and 504 after the effect. */
  answerBatched(request: SimulatedRequest, next: () => SimulatedReply): SimulatedReply {
    const fault = this.#faults.strike(this.#tenant.name, request.method, request.url.pathname)
    const reply = this.#playBatched(fault, request, next)
    this.#log.record({
      provider: this.#tenant.name,
      method: request.method,
      path: this.#tenant.pattern(request),
      status: reply.status,
      batched: true,
    })
    return reply
  }

  #playBatched(fault: Fault | undefined, request: SimulatedRequest, next: () => SimulatedReply): SimulatedReply {
    if (fault === undefined) return this.#remember(request, next())
    if (fault.fault === 'clockSkew') return skewed(fault, next)
    const instead = this.#instead(fault, request)
    if (instead !== undefined) return instead
    if (fault.fault === 'resetBefore' || fault.fault === 'hang') return { status: 503, headers: [] }
    const fresh = next()
    if (fault.fault === 'status') return this.#struck(fault, request)
    if (fault.fault === 'resetAfter' || fault.fault === 'malformed') return { status: 504, headers: [] }
    return this.#bent(fault, request, fresh)
  }

  async #play(fault: Fault | undefined, request: SimulatedRequest): Promise<Outcome> {
    if (fault?.fault === 'resetBefore') return { kind: 'reset' }
    if (fault?.fault === 'hang') return { kind: 'silence' }
    if (fault?.fault === 'clockSkew') return { kind: 'reply', reply: await this.#skewed(fault, request) }
    const instead = fault && this.#instead(fault, request)
    if (instead !== undefined) return { kind: 'reply', reply: instead }
    const fresh = await this.#tenant.handle(request)
    if (fault === undefined) return { kind: 'reply', reply: this.#remember(request, fresh) }
    if (fault.fault === 'resetAfter') return { kind: 'reset' }
    if (fault.fault === 'status') return { kind: 'reply', reply: this.#struck(fault, request) }
    if (fault.fault === 'malformed') return { kind: 'reply', reply: fresh, broken: true }
    return { kind: 'reply', reply: this.#bent(fault, request, fresh) }
  }

  /** What is answered although nothing is done. */
  #instead(fault: Fault, request: SimulatedRequest): SimulatedReply | undefined {
    if (fault.fault === 'expiredToken') return this.#tenant.refuse(request, 'expiredToken')
    return fault.fault === 'status' && fault.applied !== true ? this.#struck(fault, request) : undefined
  }

  #struck(fault: Fault, request: SimulatedRequest): SimulatedReply {
    const { status = 500, headers, body } = fault
    const own = status === 429 && body === undefined ? this.#tenant.refuse(request, 'throttled') : undefined
    const said = body ?? own?.body
    return {
      status,
      headers: headers === undefined ? (own?.headers ?? []) : Object.entries(headers),
      ...(said === undefined ? {} : { body: said }),
    }
  }

  async #skewed(fault: Fault, request: SimulatedRequest): Promise<SimulatedReply> {
    const ms = skewMs(fault.by ?? '')
    const reply = await withSkew(ms, async () => this.#tenant.handle(request))
    const date = new Date(this.#clock.now() + ms).toUTCString()
    return { ...reply, headers: [...reply.headers.filter(([name]) => name.toLowerCase() !== 'date'), ['Date', date]] }
  }

  /** Every answer is dated by the tenants' clock, also those that no tenant made. */
  #dated(reply: SimulatedReply): SimulatedReply {
    if (reply.headers.some(([name]) => name.toLowerCase() === 'date')) return reply
    return { ...reply, headers: [...reply.headers, ['Date', new Date(this.#clock.now()).toUTCString()]] }
  }

  #bent(fault: Fault, request: SimulatedRequest, fresh: SimulatedReply): SimulatedReply {
    if (fault.fault === 'stale') return this.#earlier.get(memoryKey(request)) ?? this.#remember(request, fresh)
    if (fault.fault === 'truncated') return this.#tenant.pages.truncated(fresh)
    if (fault.fault === 'empty') return this.#tenant.pages.empty(fresh)
    if (fault.fault === 'duplicate') return this.#tenant.pages.duplicate(fresh)
    return fresh
  }

  #remember(request: SimulatedRequest, reply: SimulatedReply): SimulatedReply {
    if (request.method !== 'GET') return reply
    const key = memoryKey(request)
    this.#earlier.delete(key)
    this.#earlier.set(key, reply)
    const oldest = this.#earlier.keys().next()
    if (this.#earlier.size > REMEMBERED_PAGES && oldest.done !== true) this.#earlier.delete(oldest.value)
    return reply
  }
}

function memoryKey(request: SimulatedRequest): string {
  return request.url.pathname + request.url.search
}

function skewed(fault: Fault, next: () => SimulatedReply): SimulatedReply {
  return withSkew(skewMs(fault.by ?? ''), next)
}
