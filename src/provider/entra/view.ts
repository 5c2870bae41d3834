import type { Account } from '../../model/account.ts'
import type { AccountId } from '../../model/ids.ts'
import { accountFrom, type GraphUser, graphUser } from './account.ts'
import type { GraphItem } from './list.ts'
import type { EntraAttribute } from './schema.ts'

/** What was read whole of a tenant, kept so that changes can be put over it. It is never changed itself. */
export interface View {
  /** Ours, as far as they exist. Marks and administrative rights in them are as of then. */
  readonly accounts: ReadonlyMap<AccountId, Account>
  /** Users of the markers and of each group and unit in scope, by its id. */
  readonly members: ReadonlyMap<string, ReadonlySet<AccountId>>
  /** Users that were said to have been deleted since everything was read. */
  readonly gone: ReadonlySet<string>
  /** Where the changes after it are asked for. */
  readonly links: DeltaLinks
}

/** Links for the next round. Units are only followed where some are in scope. */
export interface DeltaLinks {
  readonly users: string
  readonly groups: string
  readonly units?: string
}

/** What changed since. */
export interface Rounds {
  readonly users: readonly GraphItem[]
  /** Groups and units alike. */
  readonly containers: readonly GraphItem[]
  readonly links: DeltaLinks
}

/**
 * The view with the changes put over it; undefined when they do not say clearly what is so now: a group of ours was deleted, or
 * somebody came back from the bin, of whose memberships nothing is told.
 */
export function updatedView(view: View, rounds: Rounds, attributes: readonly EntraAttribute[]): View | undefined {
  const accounts = new Map(view.accounts)
  const gone = new Set(view.gone)
  for (const item of rounds.users) {
    const id = item.id as AccountId
    if (typeof item.id !== 'string') return undefined
    if (isRemoved(item)) {
      accounts.delete(id)
      gone.add(id)
      continue
    }
    if (gone.has(id)) return undefined
    const known = accounts.get(id)
    if (known !== undefined) accounts.set(id, changedAccount(known, item, attributes))
  }
  const members = changedMembers(view, rounds.containers, gone)
  return members === undefined ? undefined : { accounts, members, gone, links: rounds.links }
}

const isRemoved = (item: GraphItem): boolean => item['@removed'] !== undefined

/** The account with the properties that the delta gives. It gives all that are followed, but for those that were never set. */
function changedAccount(known: Account, item: GraphItem, attributes: readonly EntraAttribute[]): Account {
  const user = graphUser({ ...item, manager: managerNow(known, item['manager@delta']) })
  if (user === undefined) return known
  const { marked, blockMarked, admin } = known
  const account = accountFrom(user, { attributes, marked, blockMarked, binned: false, admins: undefined })
  return admin === undefined ? account : { ...account, admin }
}

function managerNow({ manager }: Account, delta: unknown): Pick<GraphUser, 'id'> | undefined {
  const changes = Array.isArray(delta) ? (delta as readonly GraphItem[]) : []
  const added = changes.findLast(change => !isRemoved(change))
  if (typeof added?.id === 'string') return { id: added.id }
  if (manager === undefined || changes.some(({ id }) => id === manager)) return undefined
  return { id: manager }
}

function changedMembers(
  view: View,
  containers: readonly GraphItem[],
  gone: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<AccountId>> | undefined {
  const members = new Map(view.members)
  const own = new Map<string, Set<AccountId>>()
  const writable = (id: string): Set<AccountId> => {
    const set = own.get(id) ?? new Set(members.get(id))
    own.set(id, set)
    members.set(id, set)
    return set
  }
  for (const item of containers) {
    const id = String(item.id)
    if (!members.has(id)) continue
    if (isRemoved(item)) return undefined
    const changes = item['members@delta']
    if (!Array.isArray(changes)) continue
    for (const change of changes as readonly GraphItem[]) {
      if (typeof change.id !== 'string') return undefined
      if (isRemoved(change)) writable(id).delete(change.id as AccountId)
      else if (change['@odata.type'] === '#microsoft.graph.user') writable(id).add(change.id as AccountId)
      else if (change['@odata.type'] === undefined) return undefined
    }
  }
  // Links that vanish with a user need not be told of.
  for (const user of gone) {
    for (const [id, set] of members) if (set.has(user as AccountId)) writable(id).delete(user as AccountId)
  }
  return members
}
