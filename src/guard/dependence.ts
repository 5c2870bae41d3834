import type { Operation, Refusal } from '../model/plan.ts'
import type { Check, GuardInput } from './check.ts'

/** An operation whose account an earlier one makes, adopts or restores goes with it when that one was taken out. */
export const nothingStandsOnARefusal: Check = (operations, input) => {
  const kinds = new Map<string, Set<string>>()
  for (const operation of operations) {
    const known = kinds.get(operation.person.number) ?? new Set<string>()
    kinds.set(operation.person.number, known.add(operation.kind))
  }
  const fallen = operations.filter(
    operation =>
      !standsOnItsOwn(operation, kinds.get(operation.person.number), input) || lacksItsManager(operation, kinds),
  )
  if (fallen.length === 0) return []
  const refusal: Refusal = {
    check: 'nothingStandsOnARefusal',
    reason: 'Unconfirmed',
    message: 'it waits for an earlier step of the same person that was taken out',
    operations: fallen,
  }
  return [refusal]
}

function standsOnItsOwn(operation: Operation, kinds: ReadonlySet<string> | undefined, input: GuardInput): boolean {
  if (operation.target.kind === 'Created') return kinds?.has('create') === true
  const { account } = operation.target
  if (account.state === 'Deleted' && !kinds?.has('restore')) return false
  const ours = input.bound.has(account.id) || (account.marked && account.blockMarked && account.state === 'Blocked')
  return ours || kinds?.has('adopt') === true
}

/** The manager has no account yet, and the operation that would give them one was taken out. */
function lacksItsManager(operation: Operation, kinds: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  if (operation.kind !== 'set-manager' || !operation.manager || operation.manager.id !== undefined) return false
  const manager = kinds.get(operation.manager.number)
  return !manager?.has('create') && !manager?.has('adopt')
}
