import type { DesiredState } from '../model/desired.ts'
import type { Drift, Plan } from '../model/plan.ts'
import type { Traits } from '../model/traits.ts'
import { planHash } from './hash.ts'
import { operationsFor } from './operations.ts'

/** Turns facts of difference into ordered operations. */
export function planOperations(drift: readonly Drift[], desired: DesiredState, traits: Traits): Plan {
  const operations = operationsFor(drift, desired, traits)
  return { provider: desired.policy.name, operations, hash: planHash(operations) }
}
