import { SnapshotError } from '../../model/errors.ts'
import type { Desk } from './desk.ts'
import { MissingError, RefusedError } from './errors.ts'
import { readHeld } from './held.ts'
import type { GraphAnswer } from './middleware.ts'
import { OperationError } from './outcome.ts'
import { addMember, type Container, removeMember } from './requests.ts'

const ALREADY_THERE = /added object references already exist/i
const NOT_THERE = /removed object references do not exist/i
/** Administrative units say it so; it may as well mean something else, so that a look has to decide. */
const CONFLICT = /conflicting object/i

/** Puts a user into a group or unit; being there already is success. The answer is absent when nothing was written. */
export async function join(desk: Desk, container: Container, user: string): Promise<GraphAnswer | undefined> {
  const { client, signal } = desk
  if (container.kind === 'Group') {
    const answer = await desk.binder.join(client, container.id, user, signal)
    if (answer !== 'Singly') return answer
  }
  try {
    return await client.sendWhenVisible(addMember(container, user, client.graphUrl), [user, container.id], signal)
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    if (ALREADY_THERE.test(error.refusal.message)) return undefined
    const doubtful = CONFLICT.test(error.refusal.message) || error.refusal.status === 409
    if (doubtful && (await holds(desk, container, user))) return undefined
    throw error
  }
}

/** Takes a user out of a group or unit; not being there is success. */
export async function leave(desk: Desk, container: Container, user: string): Promise<GraphAnswer | undefined> {
  const { client, signal } = desk
  try {
    return await client.send(removeMember(container, user), signal)
  } catch (error) {
    if (error instanceof RefusedError && NOT_THERE.test(error.refusal.message)) return undefined
    // 404 names the member, the group or the user: only a look tells.
    if (error instanceof MissingError && !(await holds(desk, container, user))) return undefined
    throw error
  }
}

async function holds({ client, signal }: Desk, { id }: Container, user: string): Promise<boolean> {
  try {
    return (await readHeld(client, user, signal)).some(one => one.id === id)
  } catch (error) {
    if (error instanceof MissingError) return false
    throw error
  }
}

/** Which marker group is meant. */
export type MarkerName = 'managed' | 'blocked'

/** Ids of the markers; ends the operation where they are not as they should be. */
export async function markerIds({ book, signal }: Desk) {
  try {
    return await book.ids(signal)
  } catch (error) {
    if (error instanceof SnapshotError) throw new OperationError('MarkerMissing', error.message, { cause: error })
    throw error
  }
}

/** Puts a user into a marker group, or takes it out; a marker made anew meanwhile is found again. */
export async function setMark(
  desk: Desk,
  which: MarkerName,
  { id, on }: { readonly id: string; readonly on: boolean },
) {
  const before = (await markerIds(desk))[which]
  const set = on ? join : leave
  try {
    return await set(desk, { kind: 'Group', id: before }, id)
  } catch (error) {
    if (!(error instanceof MissingError)) throw error
    const now = (await desk.book.fresh(desk.signal))[which]
    if (now === before) throw error
    return await set(desk, { kind: 'Group', id: now }, id)
  }
}
