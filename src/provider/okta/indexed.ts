import { allConcurrently } from '../../http/concurrency.ts'
import type { AccountKey } from '../../model/account.ts'
import { NotFoundError } from '../../model/errors.ts'
import { userOf } from './account.ts'
import type { OktaClient } from './client.ts'
import { allItems } from './paging.ts'
import { anyOf, readUser, searchBatches, searchUsers } from './requests.ts'

/** Ids of users that may answer to a key. */
export type IdsOf = (key: AccountKey) => Promise<readonly string[]>

/** More logins than this are searched for, so that a day of many joiners does not cost a call for each. */
const directReads = 40

/**
 * Finds ids of users: by login with a direct read, which is right at once; by number and e-mail with searches, a few for all of the
 * keys, which may be behind. An e-mail mostly is the login, and is read directly too. Many logins are searched for as well: whoever is
 * missed for the moment that the index is behind is met by the create, which Okta refuses for a login that is taken.
 */
export async function idFinder(client: OktaClient, keys: readonly AccountKey[], signal: AbortSignal): Promise<IdsOf> {
  const searched = new Map<string, readonly string[]>()
  const isDirect = (key: AccountKey): boolean => isReadable(key) && !many
  const many = keys.filter(isReadable).length > directReads
  const propertyOf = (key: AccountKey): string | undefined => propertyFor(key, isDirect(key))
  for (const [property, same] of Map.groupBy(keys, propertyOf)) {
    if (property === undefined) continue
    const values = same.map(textIn)
    for (const [value, ids] of await searchedIds(client, { property, values }, signal))
      searched.set(`${property} ${value}`, ids)
  }
  return async key => {
    const property = propertyOf(key)
    const found = property === undefined ? [] : (searched.get(`${property} ${textIn(key).toLowerCase()}`) ?? [])
    const direct = isDirect(key) ? await idsByLogin(client, textIn(key), signal) : []
    return [...new Set([...(key.kind === 'Id' ? [key.id] : []), ...found, ...direct])]
  }
}

/** Under which property a key is searched for; undefined where it is read directly. */
function propertyFor(key: AccountKey, direct: boolean): string | undefined {
  if (key.kind === 'Number') return 'profile.employeeNumber'
  if (key.kind === 'Email') return 'profile.email'
  return key.kind === 'Login' && !direct ? 'profile.login' : undefined
}

/** Whether a direct read can take the key for a login: one with a slash cannot be read so. Source: Okta, Users API, retrieve a user. */
function isReadable(key: AccountKey): boolean {
  return (key.kind === 'Login' || key.kind === 'Email') && !textIn(key).includes('/')
}

function textIn(key: AccountKey): string {
  switch (key.kind) {
    case 'Id':
      return key.id
    case 'Number':
      return key.number
    case 'Login':
      return key.login
    case 'Email':
      return key.email
  }
}

/** Ids by the value in lower case. Searches find DEPROVISIONED users too. */
async function searchedIds(
  client: OktaClient,
  { property, values }: { readonly property: string; readonly values: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const name = property.slice('profile.'.length)
  const batches = searchBatches(property, [...new Set(values)])
  const found = await allConcurrently(batches, client.concurrency, batch =>
    allItems(client, searchUsers(anyOf(property, batch)), signal),
  )
  const ids = new Map<string, string[]>()
  for (const user of found.flat().map(userOf)) {
    const value = `${user.profile[name] ?? ''}`.toLowerCase()
    ids.set(value, [...(ids.get(value) ?? []), user.id])
  }
  return ids
}

async function idsByLogin(client: OktaClient, login: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return [userOf((await client.send(readUser(login), signal)).body).id]
  } catch (error) {
    if (error instanceof NotFoundError) return []
    throw error
  }
}
