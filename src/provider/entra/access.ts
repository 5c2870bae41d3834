import type { AccountId } from '../../model/ids.ts'
import type { BlockReason } from '../../model/plan.ts'
import { becomes, type Desk, noting, readLive } from './desk.ts'
import { isRefusal, MissingError } from './errors.ts'
import { readHeld } from './held.ts'
import { markerIds, setMark } from './marks.ts'
import { applied, failed, type Result, skipped } from './outcome.ts'
import { endSessions as endSessionsOf, patchUser } from './requests.ts'

/** Lets a user sign in, then takes the mark of our block away. */
export async function enable(desk: Desk, id: AccountId): Promise<Result> {
  const { client, signal } = desk
  const notes: string[] = []
  const user = await readLive(desk, id)
  if (user === undefined)
    return failed('ProviderFailed', `The account ${id} does not exist any more, or is in the bin.`)
  let requestId: string | undefined
  if (user.accountEnabled !== true) {
    requestId = (await client.sendWhenVisible(patchUser(id, { accountEnabled: true }), [id], signal)).requestId
  }
  const unmark = () => setMark(desk, 'blocked', { id, on: false })
  await noting(desk, notes, { what: 'The blocked mark is still there', run: unmark })
  return applied({ account: id, requestId, notes })
}

const gone = (id: AccountId): Result =>
  failed('Unconfirmed', `The account ${id} does not exist any more, or is in the bin; it was left so.`)

/** Longest time that the mark may hold up the block it belongs to, in milliseconds. */
const MARK_WITHIN_MS = 5000

/**
 * Keeps a user from signing in, and proves it by a direct read. Our mark comes first, but never holds up the block. A user found
 * disabled gets no mark: that block is somebody else's.
 */
export async function block(desk: Desk, id: AccountId, why: BlockReason): Promise<Result> {
  const user = await readLive(desk, id)
  if (user === undefined) return gone(id)
  if (user.accountEnabled === false) return await alreadyBlocked(desk, id)
  const notes: string[] = []
  const hurried = { ...desk, signal: AbortSignal.any([desk.signal, AbortSignal.timeout(MARK_WITHIN_MS)]) }
  const mark = () => setMark(hurried, 'blocked', { id, on: true })
  await noting(desk, notes, { what: 'The blocked mark is missing', run: mark })
  let requestId: string | undefined
  try {
    const request = patchUser(id, { accountEnabled: false })
    requestId = (await desk.client.sendWhenVisible(request, [id], desk.signal)).requestId
  } catch (error) {
    if (error instanceof MissingError) return gone(id)
    if (!isRefusal(error)) throw error
    return failed('LeaverNotBlocked', notBlocked(id, why, error.message), error.refusal.requestId)
  }
  const proven = await becomes(desk, id, now => now === undefined || now.accountEnabled === false)
  if (!proven) return failed('Unconfirmed', `The account ${id} was disabled, but still reads as enabled.`, requestId)
  return applied({ account: id, requestId, notes })
}

function notBlocked(id: AccountId, why: BlockReason, answer: string): string {
  const advice =
    'Block it by hand; if it holds an admin role or is in a restricted unit, give the application an Entra role that may manage it'
  return `The account ${id} can still sign in (${why.toLowerCase()}). ${answer} ${advice}.`
}

async function alreadyBlocked(desk: Desk, id: AccountId): Promise<Result> {
  const { blocked } = await markerIds(desk)
  const held = await readHeld(desk.client, id, desk.signal)
  if (held.some(one => one.id === blocked)) return applied({ account: id })
  return skipped('BlockedElsewhere', `The account ${id} is disabled already, and not by us; it stays so.`)
}

/** Makes every session of a user invalid, within minutes. */
export async function endSessions({ client, signal }: Desk, id: AccountId): Promise<Result> {
  try {
    const { requestId } = await client.sendWhenVisible(endSessionsOf(id), [id], signal)
    return applied({ account: id, requestId })
  } catch (error) {
    if (error instanceof MissingError) return gone(id)
    throw error
  }
}
