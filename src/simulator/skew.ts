import { AsyncLocalStorage } from 'node:async_hooks'
import type { TenantClock } from './kernel.ts'

const skew = new AsyncLocalStorage<number>()

/** Does something as a machine of the vendor whose clock is off by so many milliseconds. */
export function withSkew<Result>(ms: number, work: () => Result): Result {
  return skew.run(ms, work)
}

/** The time by which the machine that answers a request checks tokens and dates its answer, in milliseconds since 1970. */
export function edgeNow(clock: TenantClock): number {
  return clock.now() + (skew.getStore() ?? 0)
}

/** The machine's own time under the same skew, for what clients sign by their own clock. Milliseconds since 1970. */
export function edgeMachineNow(): number {
  return edgeNow(Date)
}
