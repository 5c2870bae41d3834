import { allConcurrently } from '../../http/concurrency.ts'
import type { Account, ReadScope } from '../../model/account.ts'
import type { AccountId, EntitlementId, Instant } from '../../model/ids.ts'
import { accountOf, anotherSystem, type OktaUser, type Standing } from './account.ts'
import type { AppHolders } from './apps.ts'
import type { OktaGroup } from './group.ts'
import { readable } from './groups.ts'
import { objectOf, textOf } from './json.ts'
import { type FoundUser, readFoundUser } from './lookup.ts'
import { allItems } from './paging.ts'
import type { Reader } from './reader.ts'
import { roleHolders } from './requests.ts'

/** What was read of an org, kept so that what changed since can be laid over it. */
export interface View {
  /** Okta's time, at the latest, when its reading began. */
  readonly since: Instant
  readonly markers: MarkerPair
  /** Every member of each marker, and every bound account. */
  readonly accounts: ReadonlyMap<AccountId, Account>
  readonly marked: ReadonlySet<AccountId>
  readonly blockMarked: ReadonlySet<AccountId>
  /** Of each group in scope, all members. */
  readonly members: ReadonlyMap<EntitlementId, ReadonlySet<AccountId>>
}

/** Who has an app, and when that was listed. */
export interface AppView extends AppHolders {
  readonly since: Instant
}

/** Both markers, each found once. */
export interface MarkerPair {
  readonly managed: OktaGroup
  readonly blocked: OktaGroup
}

/** Keeps the view that was made last. */
export interface LastView {
  view: View | undefined
  /** Of each app in scope, who has it. */
  apps: ReadonlyMap<EntitlementId, AppView>
}

/** Ids of groups among the entitlements in scope. */
export function groupsIn(scope: ReadScope): ReadScope['entitlements'] {
  return scope.entitlements.filter(entitlement => entitlement.kind === 'Group')
}

/** Accounts read directly. Their groups are too, since member lists lag and these do not. */
export async function readBound(
  reader: Reader,
  ids: readonly AccountId[],
  signal: AbortSignal,
): Promise<readonly FoundUser[]> {
  const found = await allConcurrently(ids, reader.client.concurrency, id => readFoundUser(reader, id, signal))
  return found.filter(user => user !== undefined)
}

/** Ids of users with an admin role of their own; undefined where roles cannot be read. */
export async function readRoleHolders(
  { client }: Reader,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  if (!(await client.scopes()).has('okta.roles.read')) return undefined
  const holders = await readable(() => allItems(client, roleHolders(), signal))
  return holders && new Set(holders.flatMap(holder => textOf(objectOf(holder).id) ?? []))
}

/** Makes accounts of users, with what is known of their roles. */
export function accountMaker(
  reader: Reader,
  admins: ReadonlySet<string> | undefined,
): (user: OktaUser, standing: Standing) => Account {
  return (user, standing) => {
    const admin = admins?.has(user.id)
    return accountOf(user, { ...standing, ...(admin === undefined ? {} : { admin }) }, reader)
  }
}

/** An account that did not change, with what is known of its roles and its master now: the same object where nothing is new. */
export function asKnown(
  { learnt }: Pick<Reader, 'learnt'>,
  account: Account,
  admins: ReadonlySet<string> | undefined,
): Account {
  const admin = admins?.has(account.id)
  const mastered = account.masteredBy === undefined && learnt.isMastered(account.id)
  if (admin === account.admin && !mastered) return account
  const { admin: _before, ...rest } = account
  return {
    ...rest,
    ...(admin === undefined ? {} : { admin }),
    ...(mastered ? { masteredBy: anotherSystem } : {}),
  }
}
