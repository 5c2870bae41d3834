import type { Snapshot } from '../model/account.ts'
import type { AccountId, EntitlementId } from '../model/ids.ts'

const none: ReadonlySet<EntitlementId> = new Set()
const known = new WeakMap<Snapshot, ReadonlyMap<AccountId, ReadonlySet<EntitlementId>>>()

/**
 * Which entitlements in scope an account holds, as a snapshot shows them. For accounts of ours the lists are turned round once for each
 * snapshot; one that is about to be adopted is looked for in each.
 */
export function holdingsIn(snapshot: Snapshot, account: AccountId): ReadonlySet<EntitlementId> {
  if (!snapshot.accounts.has(account))
    return new Set([...snapshot.members].flatMap(([id, members]) => (members.has(account) ? [id] : [])))
  let holdings = known.get(snapshot)
  if (!holdings) {
    holdings = turnedRound(snapshot)
    known.set(snapshot, holdings)
  }
  return holdings.get(account) ?? none
}

function turnedRound(snapshot: Snapshot): ReadonlyMap<AccountId, ReadonlySet<EntitlementId>> {
  const holdings = new Map<AccountId, Set<EntitlementId>>()
  for (const [entitlement, members] of snapshot.members)
    for (const account of members) {
      if (!snapshot.accounts.has(account)) continue
      const held = holdings.get(account)
      if (held) held.add(entitlement)
      else holdings.set(account, new Set([entitlement]))
    }
  return holdings
}
