import type { Fault, Faults } from './faults.ts'
import type { SimulatedReply, SimulatedRequest, Tenant } from './kernel.ts'
import type { RequestLog } from './requests.ts'

/** What the socket is to do: send a reply (`broken`: only the first half of its body), break the connection, or stay silent. */
export type Outcome =
  | { readonly kind: 'reply'; readonly reply: SimulatedReply; readonly broken?: true }
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' }

const REMEMBERED_PAGES = 128

/** Stands before a tenant: plays the armed faults and counts what was asked. */
export class Front {
  readonly #tenant: Tenant
  readonly #faults: Faults
  readonly #log: RequestLog
  readonly #earlier = new Map<string, SimulatedReply>()

  constructor(tenant: Tenant, faults: Faults, log: RequestLog) {
    this.#tenant = tenant
    this.#faults = faults
    this.#log = log
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
    return outcome
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
    if (fault.fault === 'status' && fault.applied !== true) return struck(fault)
    if (fault.fault === 'resetBefore' || fault.fault === 'hang') return { status: 503, headers: [] }
    const fresh = next()
    if (fault.fault === 'status') return struck(fault)
    if (fault.fault === 'resetAfter' || fault.fault === 'malformed') return { status: 504, headers: [] }
    return this.#bent(fault, request, fresh)
  }

  async #play(fault: Fault | undefined, request: SimulatedRequest): Promise<Outcome> {
    if (fault?.fault === 'resetBefore') return { kind: 'reset' }
    if (fault?.fault === 'hang') return { kind: 'silence' }
    if (fault?.fault === 'status' && fault.applied !== true) return { kind: 'reply', reply: struck(fault) }
    const fresh = await this.#tenant.handle(request)
    if (fault === undefined) return { kind: 'reply', reply: this.#remember(request, fresh) }
    if (fault.fault === 'resetAfter') return { kind: 'reset' }
    if (fault.fault === 'status') return { kind: 'reply', reply: struck(fault) }
    if (fault.fault === 'malformed') return { kind: 'reply', reply: fresh, broken: true }
    return { kind: 'reply', reply: this.#bent(fault, request, fresh) }
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

function struck(fault: Fault): SimulatedReply {
  const headers = Object.entries(fault.headers ?? {})
  return { status: fault.status ?? 500, headers, ...(fault.body === undefined ? {} : { body: fault.body }) }
}
