import type { Account } from '../model/account.ts'
import type { Operation } from '../model/plan.ts'
import { type Check, type GuardInput, isDeclaredDeparture, refusing } from './check.ts'

/**
 * No operation names an account that is not bound, but for one we adopt by policy, one of an unfinished create or a lost record of
 * ours, and a leaver of ours: marked, in the blocked marker and blocked.
 */
export const strangersAreOutOfReach: Check = (operations, input) => {
  const adopted = new Set<string>()
  for (const operation of operations) {
    if (
      operation.kind === 'adopt' &&
      operation.target.kind === 'Bound' &&
      mayBeAdopted(operation, operation.target.account, input)
    )
      adopted.add(operation.target.account.id)
  }
  const strangers = operations.filter(operation => {
    if (operation.target.kind !== 'Bound') return false
    const { account } = operation.target
    return !input.bound.has(account.id) && !adopted.has(account.id) && !isOurLeaver(account)
  })
  if (strangers.length === 0) return []
  const message = 'the account is not ours: nothing binds it to an employee'
  return [{ check: 'strangersAreOutOfReach', reason: 'Stranger', message, operations: strangers }]
}

function mayBeAdopted(operation: Operation & { readonly kind: 'adopt' }, account: Account, input: GuardInput): boolean {
  switch (operation.how) {
    case 'Intent':
      return true
    case 'Marked':
      return account.marked
    case 'Adoption': {
      const { adopt } = input.desired.policy
      if (adopt === 'Never') return false
      if (adopt === 'ByEmployeeNumber') return account.number === operation.person.number
      return account.number === undefined || account.number === operation.person.number
    }
  }
}

function isOurLeaver(account: Account): boolean {
  return account.marked && account.blockMarked && account.state === 'Blocked'
}

/** Protected logins and account ids are touched by nobody. */
export const protectedAccountsAreNeverTouched: Check = refusing(
  'protectedAccountsAreNeverTouched',
  'Protected',
  (operation, { desired }) => {
    const names = new Set(desired.policy.guard.protected.map(name => name.toLowerCase()))
    if (names.size === 0) return undefined
    const account = operation.target.kind === 'Bound' ? operation.target.account : undefined
    const touched = [operation.person.login, account?.login, account?.id, account?.email]
    const hit = touched.find(name => name !== undefined && names.has(name.toLowerCase()))
    return hit === undefined ? undefined : `${hit} is protected (guard.protected); change it by hand`
  },
)

/** Who holds admin roles loses access only by a departure that their own manifest declares. */
export const adminsLeaveOnlyByDeclaration: Check = refusing('adminsLeaveOnlyByDeclaration', 'Protected', operation => {
  if (operation.target.kind !== 'Bound' || operation.target.account.admin !== true) return undefined
  if (!['block', 'revoke', 'delete', 'end-sessions'].includes(operation.kind) || isDeclaredDeparture(operation))
    return undefined
  return `${operation.person.login} holds an admin role; only an endDate or suspended: true in their manifest takes access away`
})
