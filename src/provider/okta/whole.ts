import { allConcurrently } from '../../http/concurrency.ts'
import type { Account, ReadScope } from '../../model/account.ts'
import type { AccountId, Instant } from '../../model/ids.ts'
import { userOf } from './account.ts'
import { memberIds, memberList, provenMembers } from './marked.ts'
import { wholeList } from './paging.ts'
import type { Reader } from './reader.ts'
import { accountMaker, groupsIn, type MarkerPair, readBound, readRoleHolders, type View } from './view.ts'

/** Reads everything in scope anew. Throws SnapshotError. */
export async function readEverything(
  reader: Reader,
  from: { readonly scope: ReadScope; readonly markers: MarkerPair; readonly since: Instant },
  signal: AbortSignal,
): Promise<View> {
  const { client } = reader
  const { scope, markers, since } = from
  const { managed, blocked } = markers
  const [listed, blockListed, admins] = await Promise.all([
    wholeList(client, memberList(managed, userOf), signal),
    wholeList(client, memberList(blocked, userOf), signal),
    readRoleHolders(reader, signal),
  ])
  const hidden = scope.bound.filter(id => !listed.has(id))
  const bound = await readBound(reader, hidden, signal)
  const known = {
    managed: bound.filter(one => one.standing.marked),
    blocked: bound.filter(one => one.standing.blockMarked),
  }
  const marked = await provenMembers(client, { marker: managed, listed, known: known.managed }, signal)
  const blockMarked = await provenMembers(
    client,
    { marker: blocked, listed: blockListed, known: known.blocked },
    signal,
  )
  const read = async (group: { readonly id: string; readonly name: string }) => memberIds(client, group, signal)
  const groups = groupsIn(scope)
  const members = await allConcurrently(groups, client.concurrency, read)
  const accounts = new Map<AccountId, Account>()
  const account = accountMaker(reader, admins)
  for (const user of [...marked.values(), ...blockMarked.values()])
    accounts.set(user.id, account(user, { marked: marked.has(user.id), blockMarked: blockMarked.has(user.id) }))
  for (const { user, standing } of bound) accounts.set(user.id, account(user, standing))
  return {
    since,
    markers,
    accounts,
    marked: new Set([...marked.keys()] as AccountId[]),
    blockMarked: new Set([...blockMarked.keys()] as AccountId[]),
    members: new Map(groups.map((group, index) => [group.id, members[index] ?? new Set()])),
  }
}
