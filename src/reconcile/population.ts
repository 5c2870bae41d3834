import type { Population } from '../guard/check.ts'
import type { Snapshot } from '../model/account.ts'
import type { EntitlementId } from '../model/ids.ts'
import type { ProviderRecord } from '../model/record.ts'

/** What budgets are a percentage of: the accounts we manage, and what they hold. */
export function populationOf(record: ProviderRecord, snapshot: Snapshot | undefined): Population {
  const holders = new Map<EntitlementId, number>()
  let grants = 0
  for (const [id, members] of snapshot?.members ?? []) {
    let held = 0
    for (const member of members) if (snapshot?.accounts.has(member)) held += 1
    holders.set(id, held)
    grants += held
  }
  let bound = 0
  for (const person of record.people.values()) if (person.account && person.deletedAt === undefined) bound += 1
  return { accounts: Math.max(bound, snapshot?.accounts.size ?? 0), grants, holders }
}
