import { setTimeout as sleep } from 'node:timers/promises'
import { allConcurrently } from '../../http/concurrency.ts'
import type { Account, ReadScope, Snapshot } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import { SnapshotError } from '../../model/errors.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import { accountOf, type OktaUser, type Standing, userOf } from './account.ts'
import type { OktaClient } from './client.ts'
import type { OktaGroup } from './group.ts'
import { groupById, readable } from './groups.ts'
import { listOf, objectOf, textOf } from './json.ts'
import { type FoundUser, readFoundUser } from './lookup.ts'
import { missingText } from './markers.ts'
import { allItems, type WholeList, wholeList } from './paging.ts'
import type { Reader } from './reader.ts'
import { anyUser, groupMembers, roleHolders } from './requests.ts'

/** Page sizes of member lists: the largest Okta gives, then one below what it recommends, so that pages end elsewhere. */
const memberLimits = [1000, 193] as const

/** Every marked, block-marked and bound account and the members of the entitlements in scope. Throws SnapshotError. */
export async function readSnapshot(reader: Reader, scope: ReadScope, signal: AbortSignal): Promise<Snapshot> {
  const { client, markers, options } = reader
  const takenAt = options.now()
  const groups = await markers.find(signal)
  const [managed, blocked] = [groups.managed[0], groups.blocked[0]]
  if (managed === undefined || blocked === undefined || groups.managed.length > 1 || groups.blocked.length > 1)
    throw new SnapshotError(missingText(groups, options.marker))
  const [listed, blockListed, admins] = await Promise.all([
    wholeList(client, memberList(managed, userOf), signal),
    wholeList(client, memberList(blocked, userOf), signal),
    readRoleHolders(client, signal),
  ])
  const hidden = scope.bound.filter(id => !listed.has(id))
  const bound = await readBound(reader, hidden, signal)
  const marked = await provenMembers(
    client,
    { marker: managed, listed, known: bound.filter(one => one.standing.marked) },
    signal,
  )
  const blockMarked = await provenMembers(
    client,
    { marker: blocked, listed: blockListed, known: bound.filter(one => one.standing.blockMarked) },
    signal,
  )
  const members = await readMembers(client, scope.entitlements, signal)
  const accounts = new Map<AccountId, Account>()
  const add = (user: OktaUser, standing: Standing): void => {
    const admin = admins?.has(user.id)
    accounts.set(user.id, accountOf(user, { ...standing, ...(admin === undefined ? {} : { admin }) }, options))
  }
  for (const user of [...marked.values(), ...blockMarked.values()])
    add(user, { marked: marked.has(user.id), blockMarked: blockMarked.has(user.id) })
  for (const { user, standing } of bound) add(user, standing)
  return { takenAt, accounts, members }
}

interface MarkerReading {
  readonly marker: OktaGroup
  readonly listed: ReadonlyMap<string, OktaUser>
  /** Bound accounts that are in the marker by a direct read. */
  readonly known: readonly FoundUser[]
}

/**
 * An empty marker is believed only when Okta's own count of its members agrees, or direct reads account for it (lists may leave out
 * DEPROVISIONED members); where there is no count, only when users are visible at all. Lists and counts lag, so it is read again
 * for a while before it is an error.
 */
async function provenMembers(
  client: OktaClient,
  { marker, listed, known }: MarkerReading,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OktaUser>> {
  if (listed.size > 0) return listed
  const { tries, baseMs } = client.policy
  for (let attempt = 1; ; attempt += 1) {
    const again = await wholeList(client, memberList(marker, userOf), signal)
    if (again.size > 0) return again
    const counted = (await groupById(client, marker.id, signal))?.users
    if (counted === undefined) return provenByVisibility(client, marker, signal)
    if (counted <= known.length) return again
    if (attempt >= tries) throw new SnapshotError(hiddenText(marker, counted))
    await sleep(baseMs * 2 ** attempt, undefined, { signal })
  }
}

function hiddenText({ name }: OktaGroup, counted: number): string {
  return `Okta counts ${counted} members of group ${name} and shows none: give the app's admin role okta.users.read over them, or wait a little.`
}

async function provenByVisibility(
  client: OktaClient,
  { name }: OktaGroup,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OktaUser>> {
  if (listOf((await client.send(anyUser(), signal)).body).length > 0) return new Map()
  throw new SnapshotError(
    `Okta shows no user at all, so the empty group ${name} proves nothing: give the app an admin role.`,
  )
}

function memberList<Item extends { readonly id: string }>(
  group: { readonly id: string; readonly name: string },
  parse: (json: unknown) => Item,
): WholeList<Item> {
  return {
    what: `the members of group ${group.name}`,
    page: limit => groupMembers(group.id, limit),
    parse,
    limits: memberLimits,
  }
}

async function readMembers(
  client: OktaClient,
  entitlements: readonly Entitlement[],
  signal: AbortSignal,
): Promise<ReadonlyMap<EntitlementId, ReadonlySet<AccountId>>> {
  const groups = entitlements.filter(entitlement => entitlement.kind === 'Group')
  const read = async (group: Entitlement): Promise<readonly [EntitlementId, ReadonlySet<AccountId>]> => {
    const members = await wholeList(client, memberList(group, idOnly), signal)
    return [group.id, new Set([...members.keys()] as AccountId[])]
  }
  return new Map(await allConcurrently(groups, client.concurrency, read))
}

function idOnly(json: unknown): { readonly id: AccountId } {
  return { id: userOf(json).id }
}

/** Bound accounts that the marker does not show. Their groups are read directly, since member lists lag and these do not. */
async function readBound(
  reader: Reader,
  ids: readonly AccountId[],
  signal: AbortSignal,
): Promise<readonly FoundUser[]> {
  const found = await allConcurrently(ids, reader.client.concurrency, id => readFoundUser(reader, id, signal))
  return found.filter(user => user !== undefined)
}

/** Ids of users with an admin role of their own; undefined where roles cannot be read. */
async function readRoleHolders(client: OktaClient, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  if (!(await client.scopes()).has('okta.roles.read')) return undefined
  const holders = await readable(() => allItems(client, roleHolders(), signal))
  return holders && new Set(holders.flatMap(holder => textOf(objectOf(holder).id) ?? []))
}
