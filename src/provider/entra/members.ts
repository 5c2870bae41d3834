import { SnapshotError } from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import type { EntraClient } from './client.ts'
import { DeniedError, isRefusal } from './errors.ts'
import { type Container, listMembers } from './requests.ts'

const READS = 3
/** Between two reads of a list that was short, so that the count and the list can come to agree. */
const LONGEST_PAUSE_MS = 4000

/** A group or unit whose members are wanted. */
export interface MemberList extends Container {
  readonly name: string
  /** An empty list is read a second time before it is believed. */
  readonly twiceWhenEmpty?: true
}

/**
 * All users in a group or unit. The number that Microsoft Graph counts must be reached, since a list that ends early looks whole.
 * Throws SnapshotError when it is not proven whole.
 */
export async function readMembers(
  client: EntraClient,
  container: MemberList,
  signal: AbortSignal,
): Promise<ReadonlySet<AccountId>> {
  const list = `members of ${container.name}`
  let words = ''
  let wasEmpty = container.twiceWhenEmpty !== true
  for (let read = 1; read <= READS; read += 1) {
    const { ids, count } = await readOnce(client, container, { list, signal })
    if (count === undefined) throw new SnapshotError(`Microsoft Graph did not say how many the ${list} are.`)
    if (ids.size >= count && (ids.size > 0 || wasEmpty)) return ids
    wasEmpty = ids.size === 0 && count === 0
    words = `${ids.size} of ${count}`
    if (!wasEmpty) await client.time.sleep(Math.min(LONGEST_PAUSE_MS, client.retry.baseMs * 4 ** read), signal)
  }
  throw new SnapshotError(`The list of ${list} is not whole: it gave ${words}, ${READS} times over.`)
}

interface OneRead {
  readonly list: string
  readonly signal: AbortSignal
}

async function readOnce(client: EntraClient, container: Container, { list, signal }: OneRead) {
  try {
    const { items, count } = await client.list(listMembers(container), list, signal)
    return { ids: new Set(items.map(item => String(item.id) as AccountId)), count }
  } catch (error) {
    if (error instanceof DeniedError || !isRefusal(error)) throw error
    throw new SnapshotError(`The ${list} cannot be read: ${error.message}`, { cause: error })
  }
}
