import { allConcurrently } from '../../http/concurrency.ts'
import { SnapshotError } from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import { type GraphUser, graphUser } from './account.ts'
import type { EntraClient } from './client.ts'
import { isMissing } from './errors.ts'
import type { GraphItem } from './list.ts'
import { listUsers, readUser } from './requests.ts'

/** So many users are read one by one rather than with the list of all. */
const FEW = 20
/** More than so many that the list of users left out but that exist: it ended early, and reading each would take too long. */
const MOST_LEFT_OUT = 200
/** Direct reads under way at one time; they go out in batches. */
const TOGETHER = 100

/** These users with their managers, one by one when they are `few`, as far as they exist. Throws SnapshotError when the list of users leaves too many of them out. */
export async function readUsers(
  client: EntraClient,
  wanted: ReadonlySet<AccountId>,
  signal: AbortSignal,
  few: number = FEW,
): Promise<ReadonlyMap<AccountId, GraphUser>> {
  const users = new Map<AccountId, GraphUser>()
  const listed = wanted.size > few ? await readListed(client, wanted, signal) : []
  for (const user of listed) users.set(user.id as AccountId, user)
  const leftOut = [...wanted].filter(id => !users.has(id))
  if (listed.length > 0 && leftOut.length > MOST_LEFT_OUT) {
    throw new SnapshotError(`The list of users left out ${leftOut.length} of ${wanted.size} who should be in it.`)
  }
  const direct = await allConcurrently(leftOut, TOGETHER, id => readOne(client, id, signal))
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
    return graphUser((await client.sendWhenVisible(readUser(id, client.select), [id], signal)).body)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
