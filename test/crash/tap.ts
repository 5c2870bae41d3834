import { setTimeout as sleep } from 'node:timers/promises'
import type { JournalEntry } from '../../src/model/record.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import type { SimulatedReply, SimulatedRequest } from '../../src/simulator/kernel.ts'
import { isChange, singlesOf } from './batched.ts'

/** One request that reached a tenant. */
export interface Asked {
  readonly provider: 'okta' | 'entra'
  readonly method: string
  readonly path: string
  readonly status: number
  /** For a deletion of a user: the status Okta had for it at that time. */
  readonly userStatus?: string
}

/** Kills a process at a request. */
export interface RequestTrigger {
  readonly side: 'before' | 'after'
  readonly of: 'request' | 'write'
  readonly number: number
  kill(): void
}

/** Stands before both tenants: tells what was asked, and calls a trigger at the n-th request. */
export class Tap {
  asked: Asked[] = []
  requests = 0
  writes = 0
  trigger: RequestTrigger | undefined
  #open = 0

  constructor({ tenants }: Simulator) {
    for (const provider of ['okta', 'entra'] as const) {
      const tenant = tenants[provider]
      const handle = tenant.handle.bind(tenant)
      tenant.handle = async request => {
        this.#open += 1
        try {
          return await this.#around(request, provider, async () => {
            const userStatus = provider === 'okta' ? statusOfDeleted(tenants.okta, request) : undefined
            const reply = await handle(request)
            for (const one of singlesOf(request, reply))
              this.asked.push({ provider, ...one, ...(userStatus ? { userStatus } : {}) })
            return reply
          })
        } finally {
          this.#open -= 1
        }
      }
    }
  }

  /** Forgets what was asked, and counts anew. */
  reset(): void {
    this.asked = []
    this.requests = 0
    this.writes = 0
    this.trigger = undefined
  }

  /** Waits until what a killed process had on its way has arrived and been answered. */
  async drained(): Promise<void> {
    await sleep(20)
    while (this.#open > 0) await sleep(5)
  }

  async #around(
    request: SimulatedRequest,
    provider: Asked['provider'],
    answer: () => Promise<SimulatedReply>,
  ): Promise<SimulatedReply> {
    const isWrite = singlesOf(request).some(isChange)
    this.requests += 1
    if (isWrite) this.writes += 1
    const { trigger } = this
    const due =
      trigger !== undefined &&
      (trigger.of === 'request' ? this.requests === trigger.number : isWrite && this.writes === trigger.number)
    if (!due) return await answer()
    if (trigger.side === 'before') {
      trigger.kill()
      for (const one of singlesOf(request)) this.asked.push({ provider, ...one })
      return { status: 503, headers: [] }
    }
    const reply = await answer()
    trigger.kill()
    return reply
  }
}

function statusOfDeleted(
  okta: Simulator['tenants']['okta'],
  { method, segments }: SimulatedRequest,
): string | undefined {
  if (method !== 'DELETE' || segments.length !== 4 || segments[2] !== 'users') return undefined
  return okta.state().users?.find(user => user.id === segments[3])?.status ?? 'none'
}

/** The requests that changed something, for expectations. */
export function writesIn(asked: readonly Asked[]): readonly string[] {
  return asked.filter(isChange).map(({ provider, method, path, status }) => `${provider} ${method} ${path} ${status}`)
}

/** Requests about accounts that no intent in the record names: every change is announced before it is sent. */
export function unannouncedIn(asked: readonly Asked[], entries: readonly JournalEntry[]): readonly string[] {
  const intents = entries.filter(entry => entry.kind === 'intent')
  const announced = new Set<string>(intents.flatMap(({ account }) => account ?? []))
  for (const entry of entries) if (entry.kind === 'outcome' && entry.account) announced.add(entry.account)
  const creates = new Set(intents.filter(({ operation }) => operation === 'create').map(one => one.number))
  const writes = asked.filter(isChange)
  const made = writes.filter(({ method, path, status }) => method === 'POST' && path.endsWith('/users') && status < 300)
  const about = writes.flatMap(({ method, path }) => {
    const [, account] = /\/users\/([^/$]+)/.exec(path) ?? []
    return account === undefined || announced.has(account) ? [] : [{ account, text: `${method} ${path}` }]
  })
  // An account that was just made is marked and filled before anything can be written down of it.
  const unknown = new Set(about.map(({ account }) => account))
  return unknown.size <= creates.size && made.length <= creates.size ? [] : about.map(({ text }) => text)
}
