import { allConcurrently } from '../../http/concurrency.ts'
import type { AccountKey, FoundAccount, LookupResult } from '../../model/account.ts'
import { AuthError } from '../../model/errors.ts'
import { accountFrom, type GraphUser, graphUser } from './account.ts'
import type { EntraClient } from './client.ts'
import { DeniedError, isMissing } from './errors.ts'
import { readHeld, readHeldElsewhere } from './held.ts'
import type { MarkerBook, Markers } from './markers.ts'
import { filterParts, findUsers, listBin, readUser, type SearchProperty } from './requests.ts'
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

/** Reads under way at one time; they go out in batches. */
const TOGETHER = 100

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
    return await findAll(desk, keys)
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

/** So many logins are read directly, which no lag of a search can hide; more of them are searched for. */
const FEW_LOGINS = 40

async function findAll(desk: Desk, keys: readonly AccountKey[]): Promise<readonly LookupResult[]> {
  const values = (kind: AccountKey['kind']): readonly string[] => [
    ...new Set(keys.filter(key => key.kind === kind).map(keyText)),
  ]
  const logins = values('Login')
  const [byId, byNumber, byLogin, byEmail] = await Promise.all([
    read(values('Id'), id => findById(desk, id)),
    search(desk, 'employeeId', values('Number')),
    logins.length <= FEW_LOGINS
      ? read(logins, login => findByLogin(desk, login))
      : search(desk, 'userPrincipalName', logins),
    search(desk, 'mail', values('Email')),
  ])
  const tables = { Id: byId, Number: byNumber, Login: byLogin, Email: byEmail }
  return keys.map(key => ({ key, accounts: tables[key.kind].get(keyText(key)) ?? [] }))
}

/** What a key names; logins and addresses are compared without case. */
function keyText(key: AccountKey): string {
  switch (key.kind) {
    case 'Id':
      return key.id
    case 'Number':
      return key.number
    case 'Login':
      return key.login.toLowerCase()
    case 'Email':
      return key.email.toLowerCase()
  }
}

type Table = ReadonlyMap<string, readonly FoundAccount[]>

async function read(
  values: readonly string[],
  find: (value: string) => Promise<readonly FoundAccount[]>,
): Promise<Table> {
  return new Map(await allConcurrently(values, TOGETHER, async value => [value, await find(value)] as const))
}

async function findById(desk: Desk, id: string): Promise<readonly FoundAccount[]> {
  const user = await readLive(desk, id)
  if (user !== undefined) return [await found(desk, { user, binned: false })]
  return (await desk.bin()).filter(({ account }) => account.id === id)
}

async function findByLogin(desk: Desk, login: string): Promise<readonly FoundAccount[]> {
  const user = await readLive(desk, login)
  const live = user === undefined ? [] : [await stranger(desk, user)]
  const bin = (await desk.bin()).filter(({ account }) => account.login.toLowerCase() === login)
  return [...live, ...bin]
}

/** What is looked for in an account, in the form of `keyText`. */
const READ: Readonly<Record<SearchProperty, (account: FoundAccount) => string | undefined>> = {
  employeeId: ({ account }) => account.number,
  mail: ({ account }) => account.email?.toLowerCase(),
  userPrincipalName: ({ account }) => account.login.toLowerCase(),
}

/** Fifteen values with each request. A search may lag, so that each hit is read again before it counts. */
async function search(desk: Desk, property: SearchProperty, values: readonly string[]): Promise<Table> {
  if (values.length === 0) return new Map()
  const { client, signal } = desk
  const lists = await allConcurrently(filterParts(values), TOGETHER, part =>
    client.listTogether(findUsers(property, part), `users by ${property}`, signal),
  )
  const hits = new Set(lists.flatMap(({ items }) => items.map(({ id }) => String(id))))
  const users = await allConcurrently([...hits], TOGETHER, id => readLive(desk, id))
  const live = await Promise.all(users.flatMap(user => (user === undefined ? [] : [stranger(desk, user)])))
  const byValue = Map.groupBy([...live, ...(await desk.bin())], READ[property])
  return new Map(values.map(value => [value, byValue.get(value) ?? []]))
}

async function readLive({ client, signal }: Desk, key: string): Promise<GraphUser | undefined> {
  try {
    return graphUser((await client.sendWhenVisible(readUser(key, client.select), [key], signal)).body)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Whoever was not asked for by id is told without what it holds, but with its marks. */
async function stranger(desk: Desk, user: GraphUser): Promise<FoundAccount> {
  return { account: (await found(desk, { user, binned: false })).account }
}

interface Hit {
  readonly user: GraphUser
  readonly binned: boolean
}

async function found(desk: Desk, { user, binned }: Hit): Promise<FoundAccount> {
  const { client, signal } = desk
  if (binned) return { account: await accountOf(desk, { user, binned }, []) }
  const [held, elsewhere] = await Promise.all([
    readHeld(client, user.id, signal),
    readHeldElsewhere(client, user.id, signal),
  ])
  const { managed, blocked } = desk.markers
  const account = await accountOf(
    desk,
    { user, binned },
    held.map(({ id }) => id),
  )
  return { account, held: [...held.filter(({ id }) => id !== managed && id !== blocked), ...elsewhere] }
}

async function accountOf(desk: Desk, { user, binned }: Hit, held: readonly string[]): Promise<FoundAccount['account']> {
  const { managed, blocked } = desk.markers
  return accountFrom(user, {
    attributes: desk.client.attributes,
    marked: held.includes(managed),
    blockMarked: held.includes(blocked),
    binned,
    admins: await desk.admins(),
  })
}
