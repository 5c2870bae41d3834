import type { EntitlementId } from '../model/ids.ts'
import type { Operation, Refusal } from '../model/plan.ts'
import type { Limit, LossClass } from '../model/provider.ts'
import { type Check, type GuardInput, isInferredLoss } from './check.ts'

/** How many of `population` one run may change: `min(atMost, max(atLeast, ⌈percent × population⌉))`. */
export function budgetOf(limit: Limit, population: number): number {
  const share = Math.ceil((limit.percent * population) / 100)
  return Math.min(limit.atMost ?? Number.POSITIVE_INFINITY, Math.max(limit.atLeast, share))
}

const classes: readonly LossClass[] = ['leave', 'block', 'revoke', 'enable', 'rename']

const words: Readonly<Record<LossClass, (count: number) => string>> = {
  leave: count => `${people(count)} would be blocked by declared departures, suspensions or leaves`,
  block: count => `${people(count)} would lose access because something is absent`,
  revoke: count => `${count} ${count === 1 ? 'grant' : 'grants'} would be taken away`,
  enable: count => `${people(count)} whom we blocked would be let back in`,
  rename: count => `${count} ${count === 1 ? 'login' : 'logins'} would change`,
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count} people`
}

/** With the record lost, nobody loses anything by inference before somebody approved exactly that. */
export const aLostRecordWaitsForApproval: Check = (operations, input) => {
  if (!input.recordLost) return []
  const losses = operations.filter(isInferredLoss)
  const message = `the record of what is ours at ${input.desired.policy.name} is lost, so what follows from absence waits for approval`
  return withheld({ check: 'aLostRecordWaitsForApproval', losses, input, class: 'block', limit: 0, message })
}

/** A class over its budget is withheld whole: what arrives together is judged together. */
export const budgetsAreKept: Check = (operations, input) =>
  classes.flatMap(one => {
    const counted = operations.filter(operation => operation.counts === one)
    const population = one === 'revoke' ? input.population.grants : input.population.accounts
    const limit = budgetOf(input.desired.policy.guard.limits[one], population)
    const count = countOf(one, counted)
    if (count <= limit) return []
    const message = `${words[one](count)}, and the budget guard.${one} allows ${limit}`
    return withheld({ check: 'budgetsAreKept', losses: counted, input, class: one, limit, message })
  })

/** No entitlement with many holders loses more than its share of them at once. */
export const noEntitlementIsEmptied: Check = (operations, input) => {
  const { revoke } = input.desired.policy.guard.limits
  const percent = revoke.perEntitlementPercent
  if (percent === undefined) return []
  const byEntitlement = new Map<EntitlementId, Operation[]>()
  for (const operation of operations)
    if (operation.kind === 'revoke' && operation.counts === 'revoke')
      byEntitlement.set(operation.entitlement.id, [...(byEntitlement.get(operation.entitlement.id) ?? []), operation])
  return [...byEntitlement].flatMap(([id, losses]) => {
    const holders = input.population.holders.get(id) ?? 0
    const limit = Math.ceil((percent * holders) / 100)
    if (holders <= revoke.atLeast || losses.length <= limit) return []
    const name = losses[0]?.kind === 'revoke' ? losses[0].entitlement.name : id
    const message = `${losses.length} of ${holders} holders would lose ${name}, and guard.revoke.perEntitlementPercent allows ${limit}`
    return withheld({ check: 'noEntitlementIsEmptied', losses, input, class: 'revoke', limit, message })
  })
}

interface LossSet {
  readonly check: string
  readonly losses: readonly Operation[]
  readonly input: GuardInput
  readonly class: LossClass
  readonly limit: number
  readonly message: string
}

/** People are counted once however many operations they have; grants one by one. */
function countOf(one: LossClass, operations: readonly Operation[]): number {
  return one === 'revoke' ? operations.length : new Set(operations.map(operation => operation.person.number)).size
}

function withheld(set: LossSet): Refusal[] {
  const { losses, input } = set
  if (losses.length === 0) return []
  const hash = input.hashOf(losses)
  const reason = set.check === 'aLostRecordWaitsForApproval' ? 'RecordLost' : 'OverBudget'
  const count = countOf(set.class, losses)
  return [
    {
      check: set.check,
      reason,
      message: set.message,
      operations: losses,
      withheld: { hash, class: set.class, count, limit: set.limit },
    },
  ]
}
