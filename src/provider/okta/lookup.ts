import { allConcurrently } from '../../http/concurrency.ts'
import type { AccountKey, FoundAccount, LookupResult } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import { NotFoundError } from '../../model/errors.ts'
import { blockedMarkerOf } from '../../model/keys.ts'
import { accountOf, type OktaUser, type Standing, userOf } from './account.ts'
import { ownApps } from './apps.ts'
import type { OktaClient } from './client.ts'
import { entitlementOf, groupOf, type OktaGroup } from './group.ts'
import { computedGroups, groupsWhere, readable } from './groups.ts'
import { type IdsOf, idFinder } from './indexed.ts'
import { listOf } from './json.ts'
import { allItems } from './paging.ts'
import type { Reader } from './reader.ts'
import { readUser, userGroups, userRoles } from './requests.ts'

/** A user read directly, with all groups. */
export interface FoundUser {
  readonly user: OktaUser
  readonly standing: Standing
  /** Markers left out. */
  readonly groups: readonly OktaGroup[]
}

/** One user by id, strongly consistent; undefined when there is none. */
export async function readUserById(client: OktaClient, id: string, signal: AbortSignal): Promise<OktaUser | undefined> {
  try {
    const user = userOf((await client.send(readUser(id), signal)).body)
    return user.id === id ? user : undefined
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** One user by id with all groups; undefined when there is none. */
export async function readFoundUser(reader: Reader, id: string, signal: AbortSignal): Promise<FoundUser | undefined> {
  const user = await readUserById(reader.client, id, signal)
  return user && withGroups(reader, user, signal)
}

/** Membership of the markers goes by name, as everywhere; a user that is erased meanwhile is in no group. */
async function withGroups(
  { client, options }: Reader,
  user: OktaUser,
  signal: AbortSignal,
): Promise<FoundUser | undefined> {
  let groups: readonly OktaGroup[]
  try {
    groups = (await allItems(client, userGroups(user.id), signal)).map(groupOf)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
  const names = [options.marker, blockedMarkerOf(options.marker)]
  const isIn = (name: string | undefined): boolean =>
    groups.some(group => group.name === name && group.type === 'OKTA_GROUP')
  const standing = { marked: isIn(names[0]), blockMarked: isIn(names[1]) }
  return { user, standing, groups: groups.filter(group => !names.includes(group.name)) }
}

/** Direct reads, one result a key in the same order. What an index finds is read again by id before it counts. */
export async function lookupAccounts(
  reader: Reader,
  keys: readonly AccountKey[],
  signal: AbortSignal,
): Promise<readonly LookupResult[]> {
  const { client } = reader
  const roles = (await client.scopes()).has('okta.roles.read')
  const idsOf = await idFinder(client, keys, signal)
  const found = await allConcurrently(keys, client.concurrency, key => usersFor(reader, { key, idsOf }, signal))
  const entitlements = await flaggedGroups(
    client,
    found.flatMap((users, index) => (keys[index]?.kind === 'Id' ? users.flatMap(user => user.groups) : [])),
    signal,
  )
  const complete = async (one: FoundUser, key: AccountKey): Promise<FoundAccount> => {
    const held = one.groups.flatMap(group => entitlements.get(group.id) ?? [])
    const own = roles ? await holdsRole(client, one.user.id, signal) : undefined
    const admin = held.some(entitlement => entitlement.privileged) ? true : own
    const account = accountOf(one.user, { ...one.standing, ...(admin === undefined ? {} : { admin }) }, reader)
    if (key.kind !== 'Id') return { account }
    // Okta takes all apps from an account that it deactivates.
    const apps = one.user.status === 'DEPROVISIONED' ? [] : await ownApps(client, one.user.id, signal)
    return { account, held: [...held, ...apps] }
  }
  const results = keys.map((key, index) => ({ key, users: found[index] ?? [] }))
  return allConcurrently(results, client.concurrency, async ({ key, users }) => ({
    key,
    accounts: await Promise.all(users.map(user => complete(user, key))),
  }))
}

async function usersFor(
  reader: Reader,
  { key, idsOf }: { readonly key: AccountKey; readonly idsOf: IdsOf },
  signal: AbortSignal,
): Promise<readonly FoundUser[]> {
  const users = await Promise.all((await idsOf(key)).map(id => readFoundUser(reader, id, signal)))
  return users.filter(user => user !== undefined).filter(({ user }) => matches(user, key))
}

/** Whether the user as it is now still answers to the key: an index may be behind, and a short name matches logins it is not. */
function matches(user: OktaUser, key: AccountKey): boolean {
  const same = (one: unknown, other: string): boolean => `${one ?? ''}`.toLowerCase() === other.toLowerCase()
  switch (key.kind) {
    case 'Id':
      return true
    case 'Number':
      return user.profile.employeeNumber === key.number
    case 'Login':
      return same(user.login, key.login)
    case 'Email':
      return same(user.profile.email, key.email)
  }
}

/** Groups as entitlements, read once more for what a user's list of groups does not say: admin roles and rules. */
async function flaggedGroups(
  client: OktaClient,
  groups: readonly OktaGroup[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Entitlement>> {
  if (groups.length === 0) return new Map()
  const ids = [...new Set(groups.map(group => group.id))]
  const [computed, detailed] = await Promise.all([
    computedGroups(client, signal),
    groupsWhere(client, { property: 'id', values: ids }, signal),
  ])
  const latest = new Map([...groups, ...detailed].map(group => [group.id, group]))
  return new Map([...latest].map(([id, group]) => [id, entitlementOf(group, computed ?? new Set())]))
}

async function holdsRole(client: OktaClient, user: string, signal: AbortSignal): Promise<boolean | undefined> {
  const roles = await readable(() => allItems(client, userRoles(user), signal))
  return roles && listOf(roles).length > 0
}
