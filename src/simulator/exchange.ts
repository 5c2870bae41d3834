import { channel } from 'node:diagnostics_channel'
import type { SimulatedReply, SimulatedRequest, Tenant } from './kernel.ts'

/** The diagnostics channel on which a tenant publishes an {@link Exchange} for everything it answers, also inside a batch. */
export const EXCHANGE_CHANNEL = 'simulated-tenant:response'

/** One request and what a tenant answered to it, before any fault bends the answer. */
export interface Exchange {
  readonly tenant: Tenant['name']
  readonly request: SimulatedRequest
  readonly reply: SimulatedReply
}

const exchanges = channel(EXCHANGE_CHANNEL)

/** The reply itself, once whoever listens has been told of it. */
export function published(tenant: Tenant['name'], request: SimulatedRequest, reply: SimulatedReply): SimulatedReply {
  if (exchanges.hasSubscribers) exchanges.publish({ tenant, request, reply } satisfies Exchange)
  return reply
}
