import { type GraphUser, graphUser } from './account.ts'
import type { Binder } from './binder.ts'
import type { EntraClient } from './client.ts'
import { isMissing } from './errors.ts'
import type { MarkerBook } from './markers.ts'
import { isFatal, words } from './outcome.ts'
import { readUser } from './requests.ts'

/** What every operation works with. */
export interface Desk {
  readonly client: EntraClient
  readonly book: MarkerBook
  readonly binder: Binder
  readonly signal: AbortSignal
}

const FRAME = ['id', 'accountEnabled', 'userPrincipalName', 'employeeId', 'onPremisesSyncEnabled'] as const

/** A user as it is now, or undefined when it is gone or in the bin. */
export async function readLive({ client, signal }: Desk, key: string): Promise<GraphUser | undefined> {
  try {
    return graphUser((await client.sendWhenVisible(readUser(key, FRAME), [key], signal)).body)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const MOST_READS = 7
const LONGEST_PAUSE_MS = 8000

/** Reads a user until it is as expected; false when it never was. Reads may lag a write by seconds. */
export async function becomes(
  desk: Desk,
  id: string,
  expected: (user: GraphUser | undefined) => boolean,
): Promise<boolean> {
  const { retry, time } = desk.client
  for (let read = 1; ; read += 1) {
    if (expected(await readLive(desk, id))) return true
    if (read >= MOST_READS) return false
    await time.sleep(Math.min(LONGEST_PAUSE_MS, retry.maxMs, retry.baseMs * 2 ** read), desk.signal)
  }
}

/** Runs what must not hold up the rest; its failure becomes a note that begins with `what`. */
export async function noting(
  { signal }: Desk,
  notes: string[],
  { what, run }: { readonly what: string; readonly run: () => Promise<unknown> },
): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (isFatal(error, signal)) throw error
    notes.push(`${what}: ${words(error)}`)
  }
}
