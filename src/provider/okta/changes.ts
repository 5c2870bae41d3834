import { allConcurrently } from '../../http/concurrency.ts'
import type { Account, ReadScope } from '../../model/account.ts'
import { InvalidRequestError, SnapshotError } from '../../model/errors.ts'
import type { AccountId, EntitlementId, Instant } from '../../model/ids.ts'
import { type OktaUser, userOf } from './account.ts'
import { groupOf } from './group.ts'
import { memberIds, memberList, provenMembers } from './marked.ts'
import { wholeList } from './paging.ts'
import type { Reader } from './reader.ts'
import { groupsWithMembersChanged, usersChanged } from './requests.ts'
import { accountMaker, asKnown, groupsIn, type MarkerPair, readBound, readRoleHolders, type View } from './view.ts'

/** How far back changes are asked for beyond the last reading: Okta keeps seconds, and shows a change up to some seconds late. */
const overlapMs = 90_000
/** From how old a view on everything is read anew, in milliseconds. */
const oldestMs = 3_600_000
/** Page sizes of lists of what changed; pages must end elsewhere the second time. */
const pageLimits = [200, 193] as const

/**
 * The view with what Okta says has changed since laid over it: only groups whose members changed are listed again. Undefined where
 * that cannot be relied on, so that everything has to be read.
 */
export async function readChanges(
  reader: Reader,
  from: {
    readonly view: View | undefined
    readonly scope: ReadScope
    readonly markers: MarkerPair
    readonly since: Instant
  },
  signal: AbortSignal,
): Promise<View | undefined> {
  const { view, scope, markers, since } = from
  if (view === undefined || !isCurrent(view, markers, since)) return undefined
  try {
    const [changed, admins] = await Promise.all([
      changedSince(reader, view.since - overlapMs, signal),
      readRoleHolders(reader, signal),
    ])
    const marks = await readMarks(reader, { view, markers, groups: changed.groups }, signal)
    const accounts = await readAccounts(reader, { view, scope, marks, users: changed.users, admins }, signal)
    const members = await readMembers(reader, { view, scope, groups: changed.groups }, signal)
    return { since, markers, accounts, marked: marks.marked, blockMarked: marks.blockMarked, members }
  } catch (error) {
    if (error instanceof SnapshotError || error instanceof InvalidRequestError) return undefined
    throw error
  }
}

function isCurrent(view: View, { managed, blocked }: MarkerPair, since: Instant): boolean {
  const { markers } = view
  const age = since - view.since
  return markers.managed.id === managed.id && markers.blocked.id === blocked.id && age >= 0 && age < oldestMs
}

interface Changed {
  readonly groups: ReadonlySet<string>
  readonly users: ReadonlyMap<string, OktaUser>
}

async function changedSince({ client }: Reader, since: Instant, signal: AbortSignal): Promise<Changed> {
  const [groups, users] = await Promise.all([
    wholeList(
      client,
      {
        what: 'the groups whose members changed',
        page: limit => groupsWithMembersChanged(since, limit),
        parse: groupOf,
        limits: pageLimits,
      },
      signal,
    ),
    wholeList(
      client,
      {
        what: 'the users that changed',
        page: limit => usersChanged(since, limit),
        parse: userOf,
        limits: pageLimits,
      },
      signal,
    ),
  ])
  return { groups: new Set(groups.keys()), users }
}

interface Marks {
  readonly marked: ReadonlySet<AccountId>
  readonly blockMarked: ReadonlySet<AccountId>
  /** Members of markers that were listed again. */
  readonly listed: ReadonlyMap<string, OktaUser>
}

async function readMarks(
  { client }: Reader,
  from: { readonly view: View; readonly markers: MarkerPair; readonly groups: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<Marks> {
  const { view, markers, groups } = from
  const read = async (marker: MarkerPair['managed']): Promise<ReadonlyMap<string, OktaUser> | undefined> => {
    if (!groups.has(marker.id)) return undefined
    const listed = await wholeList(client, memberList(marker, userOf), signal)
    return provenMembers(client, { marker, listed, known: [] }, signal)
  }
  const [managed, blocked] = await Promise.all([read(markers.managed), read(markers.blocked)])
  return {
    marked: managed === undefined ? view.marked : idsOf(managed),
    blockMarked: blocked === undefined ? view.blockMarked : idsOf(blocked),
    listed: new Map([...(managed ?? []), ...(blocked ?? [])]),
  }
}

function idsOf(users: ReadonlyMap<string, OktaUser>): ReadonlySet<AccountId> {
  return new Set([...users.keys()] as AccountId[])
}

interface AccountSource {
  readonly view: View
  readonly scope: ReadScope
  readonly marks: Marks
  readonly users: ReadonlyMap<string, OktaUser>
  readonly admins: ReadonlySet<string> | undefined
}

/** Accounts of both markers and the bound ones: changed ones anew, the others as they were. */
async function readAccounts(
  reader: Reader,
  { view, scope, marks, users, admins }: AccountSource,
  signal: AbortSignal,
): Promise<ReadonlyMap<AccountId, Account>> {
  const { marked, blockMarked, listed } = marks
  const account = accountMaker(reader, admins)
  const accounts = new Map<AccountId, Account>()
  const unclear: AccountId[] = []
  for (const id of new Set([...marked, ...blockMarked])) {
    if (reader.learnt.isErased(id)) continue
    const standing = { marked: marked.has(id), blockMarked: blockMarked.has(id) }
    const user = users.get(id) ?? listed.get(id)
    const before = view.accounts.get(id)
    if (user !== undefined) accounts.set(id, account(user, standing))
    else if (before !== undefined && before.marked === standing.marked && before.blockMarked === standing.blockMarked)
      accounts.set(id, asKnown(reader, before, admins))
    else unclear.push(id)
  }
  const marksMoved = marked !== view.marked || blockMarked !== view.blockMarked
  for (const id of scope.bound) {
    if (accounts.has(id) || marked.has(id) || blockMarked.has(id) || reader.learnt.isErased(id)) continue
    const before = view.accounts.get(id)
    if (before === undefined || marksMoved || users.has(id)) unclear.push(id)
    else accounts.set(id, asKnown(reader, before, admins))
  }
  for (const { user, standing } of await readBound(reader, unclear, signal))
    accounts.set(user.id, account(user, standing))
  return accounts
}

async function readMembers(
  { client }: Reader,
  from: { readonly view: View; readonly scope: ReadScope; readonly groups: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<ReadonlyMap<EntitlementId, ReadonlySet<AccountId>>> {
  const { view, scope, groups } = from
  const read = async (group: ReadScope['entitlements'][number]) => {
    const before = groups.has(group.id) ? undefined : view.members.get(group.id)
    return [group.id, before ?? (await memberIds(client, group, signal))] as const
  }
  return new Map(await allConcurrently(groupsIn(scope), client.concurrency, read))
}
