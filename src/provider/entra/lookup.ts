import { allConcurrently } from '../../http/concurrency.ts'
import type { AccountKey, FoundAccount, LookupResult } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import { AuthError } from '../../model/errors.ts'
import { accountFrom, type GraphUser, graphUser } from './account.ts'
import type { EntraClient } from './client.ts'
import { heldEntitlement } from './entitlement.ts'
import { DeniedError, isMissing } from './errors.ts'
import type { MarkerBook, Markers } from './markers.ts'
import { findUsers, listBin, listHeld, readUser } from './requests.ts'
import { readAdmins } from './roles.ts'

/** What all look-ups of one call share; each part is read once, and only when it is needed. */
interface Desk {
  readonly client: EntraClient
  readonly markers: Markers
  readonly signal: AbortSignal
  /** Everybody in the bin. */
  bin(): Promise<readonly FoundAccount[]>
  admins(): Promise<ReadonlySet<string> | undefined>
}

/** Direct reads of users, in the tenant and in the bin; one result for each key, in the same order. */
export async function lookupAccounts(
  client: EntraClient,
  book: MarkerBook,
  { keys, signal }: { readonly keys: readonly AccountKey[]; readonly signal: AbortSignal },
): Promise<readonly LookupResult[]> {
  if (keys.length === 0) return []
  let bin: Promise<readonly FoundAccount[]> | undefined
  let admins: Promise<ReadonlySet<string> | undefined> | undefined
  try {
    const desk: Desk = {
      client,
      markers: await book.ids(signal),
      signal,
      bin: () => {
        bin ??= readBin(desk)
        return bin
      },
      admins: () => {
        admins ??= readAdmins(client, signal)
        return admins
      },
    }
    return await allConcurrently(keys, client.concurrency, async key => ({ key, accounts: await find(desk, key) }))
  } catch (error) {
    if (error instanceof DeniedError) throw new AuthError(error.message, { cause: error })
    throw error
  }
}

async function readBin(desk: Desk): Promise<readonly FoundAccount[]> {
  const { client, signal } = desk
  const { items } = await client.list(listBin(client.select), 'deleted users', signal)
  const users = items.flatMap(item => graphUser(item) ?? [])
  return await Promise.all(users.map(user => found(desk, { user, binned: true })))
}

async function find(desk: Desk, key: AccountKey): Promise<readonly FoundAccount[]> {
  switch (key.kind) {
    case 'Id':
      return await findById(desk, key.id)
    case 'Login':
      return await findByLogin(desk, key.login)
    case 'Number':
      return await findByValue(desk, { property: 'employeeId', value: key.number, same: (a, b) => a === b })
    case 'Email':
      return await findByValue(desk, {
        property: 'mail',
        value: key.email,
        same: (a, b) => a.toLowerCase() === b.toLowerCase(),
      })
  }
}

async function findById(desk: Desk, id: string): Promise<readonly FoundAccount[]> {
  const user = await readLive(desk, id)
  if (user !== undefined) return [await found(desk, { user, binned: false })]
  return (await desk.bin()).filter(({ account }) => account.id === id)
}

async function findByLogin(desk: Desk, login: string): Promise<readonly FoundAccount[]> {
  const user = await readLive(desk, login)
  const live = user === undefined ? [] : [await found(desk, { user, binned: false })]
  const bin = await desk.bin()
  return withoutHeld([...live, ...bin.filter(({ account }) => account.login.toLowerCase() === login.toLowerCase())])
}

interface Search {
  readonly property: 'employeeId' | 'mail'
  readonly value: string
  readonly same: (a: string, b: string) => boolean
}

/** A search may lag, so that each hit is read again before it counts. */
async function findByValue(desk: Desk, { property, value, same }: Search): Promise<readonly FoundAccount[]> {
  const { client, signal } = desk
  const { items } = await client.list(findUsers(property, value), `users by ${property}`, signal)
  const users = await Promise.all(items.map(item => readLive(desk, String(item.id))))
  const live = users.filter((user): user is GraphUser => user !== undefined && same(String(user[property]), value))
  const bin = (await desk.bin()).filter(({ account }) => {
    const held = property === 'mail' ? account.email : account.number
    return held !== undefined && same(held, value)
  })
  return withoutHeld([...(await Promise.all(live.map(user => found(desk, { user, binned: false })))), ...bin])
}

/** What a person holds is told for ids only. */
function withoutHeld(accounts: readonly FoundAccount[]): readonly FoundAccount[] {
  return accounts.map(({ account }) => ({ account }))
}

async function readLive({ client, signal }: Desk, key: string): Promise<GraphUser | undefined> {
  try {
    return graphUser((await client.sendWhenVisible(readUser(key, client.select), [key], signal)).body)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

interface Hit {
  readonly user: GraphUser
  readonly binned: boolean
}

async function found(desk: Desk, { user, binned }: Hit): Promise<FoundAccount> {
  const held = binned ? [] : await readHeld(desk.client, user.id, desk.signal)
  const isMarked = (marker: string): boolean => held.some(one => one.id === marker)
  const { managed, blocked } = desk.markers
  const account = accountFrom(user, {
    attributes: desk.client.attributes,
    marked: isMarked(managed),
    blockMarked: isMarked(blocked),
    binned,
    admins: await desk.admins(),
  })
  return { account, held: held.filter(one => one.id !== managed && one.id !== blocked) }
}

/** Every group and administrative unit that a user is a direct member of, the markers among them. */
export async function readHeld(client: EntraClient, id: string, signal: AbortSignal): Promise<readonly Entitlement[]> {
  const { items } = await client.list(listHeld(id), `memberships of ${id}`, signal)
  return items.flatMap(item => heldEntitlement(item) ?? [])
}
