import type { Exchange } from '../../src/simulator/exchange.ts'
import type { Fault } from './shape.ts'

/** One thing in which an answer differs from what the vendor describes. */
export interface Departure extends Fault {
  readonly tenant: Exchange['tenant']
  /** Method and path with ids as `{}`: `GET /api/v1/users/{}`. */
  readonly operation: string
  readonly status: number
}

/** Judges what a tenant answered by one vendor's description. */
export type Judge = (exchange: Exchange) => readonly Departure[]

/** A departure as one line. */
export function line({ tenant, operation, status, pointer, says }: Departure): string {
  return `${tenant} ${operation} → ${status}${pointer === '' ? '' : ` at ${pointer}`}: ${says}`
}
