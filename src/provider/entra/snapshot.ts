import { allConcurrently } from '../../http/concurrency.ts'
import type { Account, ReadScope, Snapshot } from '../../model/account.ts'
import { PermissionError, SnapshotError } from '../../model/errors.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import { blockedMarkerOf } from '../../model/keys.ts'
import { accountFrom, type GraphUser, graphUser } from './account.ts'
import type { EntraClient, GraphItem } from './client.ts'
import { DeniedError, isMissing } from './errors.ts'
import type { MarkerBook } from './markers.ts'
import { readMembers } from './members.ts'
import { missingRights } from './probe.ts'
import { listUsers, readUser } from './requests.ts'
import { readAdmins } from './roles.ts'

/**
 * Everything in scope: the member lists of both markers and of each entitlement, and from the list of all users those who are
 * marked, block-marked or bound. Managers only come with the list of all users or with one user, so that list it is. Whoever is
 * missing in it is read directly. Throws SnapshotError when anything is not proven whole.
 */
export async function readSnapshot(
  client: EntraClient,
  markers: MarkerBook,
  { scope, signal }: { readonly scope: ReadScope; readonly signal: AbortSignal },
): Promise<Snapshot> {
  try {
    return await readAll(client, markers, { scope, signal })
  } catch (error) {
    if (error instanceof DeniedError) throw new PermissionError(deniedWords(error), { cause: error })
    throw error
  }
}

function deniedWords(error: DeniedError): string {
  return `${error.message} Grant the application what probe names as missing.`
}

interface Read {
  readonly scope: ReadScope
  readonly signal: AbortSignal
}

async function readAll(client: EntraClient, book: MarkerBook, { scope, signal }: Read): Promise<Snapshot> {
  const takenAt = client.options.now()
  const { marker } = client.options
  const { managed, blocked } = await book.fresh(signal)
  const [marked, blockMarked] = await Promise.all([
    readMembers(client, { kind: 'Group', id: managed, name: marker, twiceWhenEmpty: true }, signal),
    readMembers(client, { kind: 'Group', id: blocked, name: blockedMarkerOf(marker) }, signal),
  ])
  if (marked.size === 0) await checkMayRead(client, signal)
  const wanted = new Set([...marked, ...blockMarked, ...scope.bound])
  const [users, admins, members] = await Promise.all([
    readUsers(client, wanted, signal),
    readAdmins(client, signal),
    readEntitlements(client, scope, signal),
  ])
  const accounts = new Map<AccountId, Account>()
  for (const [id, user] of users) {
    const marks = { marked: marked.has(id), blockMarked: blockMarked.has(id) }
    accounts.set(id, accountFrom(user, { attributes: client.attributes, binned: false, admins, ...marks }))
  }
  return { takenAt, accounts, members }
}

/** Nobody marked may be true, or what an application sees that may read nothing. */
async function checkMayRead(client: EntraClient, signal: AbortSignal): Promise<void> {
  const problems = missingRights(await client.token.claims(signal), false)
  const blind = problems.find(({ severity, writing }) => severity === 'Error' && !writing)
  if (blind !== undefined)
    throw new SnapshotError(`The marker group reads as empty, which proves nothing. ${blind.message}`)
}

async function readEntitlements(
  client: EntraClient,
  { entitlements }: ReadScope,
  signal: AbortSignal,
): Promise<ReadonlyMap<EntitlementId, ReadonlySet<AccountId>>> {
  const lists = await allConcurrently(entitlements, client.concurrency, async ({ kind, id, name }) => {
    if (kind !== 'Group' && kind !== 'AdministrativeUnit')
      throw new SnapshotError(`${kind} ${name} cannot be read yet.`)
    return [id, await readMembers(client, { kind, id, name }, signal)] as const
  })
  return new Map(lists)
}

/** So many users are read one by one rather than with the list of all. */
const FEW = 20
/** More than so many that the list of users left out but that exist: it ended early, and reading each would take too long. */
const MOST_LEFT_OUT = 200

async function readUsers(
  client: EntraClient,
  wanted: ReadonlySet<AccountId>,
  signal: AbortSignal,
): Promise<ReadonlyMap<AccountId, GraphUser>> {
  const users = new Map<AccountId, GraphUser>()
  const listed = wanted.size > FEW ? await readListed(client, wanted, signal) : []
  for (const user of listed) users.set(user.id as AccountId, user)
  const leftOut = [...wanted].filter(id => !users.has(id))
  if (listed.length > 0 && leftOut.length > MOST_LEFT_OUT) {
    throw new SnapshotError(`The list of users left out ${leftOut.length} of ${wanted.size} who should be in it.`)
  }
  const direct = await allConcurrently(leftOut, client.concurrency, id => readOne(client, id, signal))
  for (const user of direct) if (user !== undefined) users.set(user.id as AccountId, user)
  return users
}

async function readListed(
  client: EntraClient,
  wanted: ReadonlySet<AccountId>,
  signal: AbortSignal,
): Promise<readonly GraphUser[]> {
  const keep = ({ id }: GraphItem): boolean => wanted.has(String(id) as AccountId)
  const { items } = await client.list(listUsers(client.select), { name: 'users', keep }, signal)
  return items.flatMap(item => graphUser(item) ?? [])
}

async function readOne(client: EntraClient, id: AccountId, signal: AbortSignal): Promise<GraphUser | undefined> {
  try {
    return graphUser((await client.send(readUser(id, client.select), signal)).body)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
