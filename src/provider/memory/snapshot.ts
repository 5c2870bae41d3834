import type { Account, ReadScope, Snapshot } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import { NotFoundError, SnapshotError } from '../../model/errors.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import type { MarkerKind } from '../../model/plan.ts'
import type { MemoryClient } from './client.ts'
import type { MemoryFaults } from './faults.ts'
import type { LaggingView } from './lag.ts'

/** Every managed or bound account and every entitlement in scope, as reads show them at this moment. Throws SnapshotError. */
export function snapshotOf(client: MemoryClient, scope: ReadScope, fault: MemoryFaults['snapshot']): Snapshot {
  if (fault === 'Torn') {
    throw new SnapshotError(
      'The list of managed accounts broke off: one page came twice. Nothing is inferred; run again.',
    )
  }
  const view = client.tenant.lagging()
  const marked = membersOf(client, view, markerOf(client, 'Managed'))
  const blockMarked = membersOf(client, view, markerOf(client, 'Blocked'))
  const accounts = new Map<AccountId, Account>()
  const add = (id: AccountId): void => {
    const stored = view.accounts.has(id) ? view.accounts.get(id) : client.tenant.account(id)
    if (stored === undefined || stored.state === 'Deleted') return
    accounts.set(id, client.accountWith(stored, marked.has(id), blockMarked.has(id)))
  }
  for (const id of marked) add(id)
  for (const id of blockMarked) if (!marked.has(id)) add(id)
  for (const id of scope.bound) if (!accounts.has(id)) add(id)
  if (fault !== undefined) for (const id of [...accounts.keys()].slice(0, fault.hidden)) accounts.delete(id)
  const members = new Map<EntitlementId, ReadonlySet<AccountId>>(
    scope.entitlements.map(entitlement => [entitlement.id, membersOf(client, view, entitlement)]),
  )
  return { takenAt: client.settings.now(), accounts, members }
}

function markerOf(client: MemoryClient, kind: MarkerKind): Entitlement {
  try {
    return client.marker(kind)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    throw new SnapshotError(`The managed accounts cannot be read. ${error.message}`, { cause: error })
  }
}

function membersOf(client: MemoryClient, view: LaggingView, { id, name }: Entitlement): ReadonlySet<AccountId> {
  const members = client.tenant.members(id)
  if (members === undefined)
    throw new SnapshotError(`"${name}" (${id}) is gone since its name was resolved; run again.`)
  const lagging = view.members.get(id)
  if (lagging === undefined) return members
  const seen = new Set(members)
  for (const [account, member] of lagging) {
    if (member) seen.add(account)
    else seen.delete(account)
  }
  return seen
}
