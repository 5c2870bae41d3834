import type { AccountId } from '../../model/ids.ts'
import { becomes, type Desk, readLive } from './desk.ts'
import { MissingError, RefusedError } from './errors.ts'
import { readHeld, readHeldElsewhere } from './held.ts'
import { markerIds, setMark } from './marks.ts'
import { take } from './membership.ts'
import { applied, failed, OperationError, type Result } from './outcome.ts'
import { deleteUser, patchUser, restoreUser } from './requests.ts'

/** Moves a blocked user to the bin. The request is sent once; an answer that does not come stays unknown. */
export async function remove(desk: Desk, id: AccountId): Promise<Result> {
  const user = await readLive(desk, id)
  if (user === undefined) return applied({ account: id })
  if (user.accountEnabled !== false) {
    return failed('Unconfirmed', `The account ${id} is not blocked, so it was not deleted.`)
  }
  let requestId: string | undefined
  try {
    requestId = (await desk.client.send(deleteUser(id), desk.signal)).requestId
  } catch (error) {
    if (!(error instanceof MissingError)) throw error
  }
  desk.client.noteDeleted(id)
  const proven = await becomes(desk, id, now => now === undefined)
  return proven
    ? applied({ account: id, requestId })
    : failed('Unconfirmed', `The account ${id} was deleted, but can still be read.`, requestId)
}

/**
 * Takes a user out of the bin: disabled at once, without what it held before, and marked as blocked by us. What it held comes back
 * with it, so that it is taken away before anyone may sign in.
 */
export async function restore(desk: Desk, id: AccountId, login: string): Promise<Result> {
  const { client, signal } = desk
  await markerIds(desk)
  const requestId = await takeOut(desk, id, login)
  client.noteCreated(id)
  await client.sendWhenVisible(patchUser(id, { accountEnabled: false }), [id], signal)
  await strip(desk, id)
  await setMark(desk, 'managed', { id, on: true })
  await setMark(desk, 'blocked', { id, on: true })
  let found: unknown
  const proven = await becomes(desk, id, now => {
    found = now?.userPrincipalName
    return now?.accountEnabled === false
  })
  if (!proven) return failed('Unconfirmed', `The account ${id} was restored, but does not read as disabled.`, requestId)
  return applied({ account: id, login: typeof found === 'string' ? found : login, requestId })
}

async function takeOut(desk: Desk, id: AccountId, login: string): Promise<string | undefined> {
  try {
    return (await desk.client.send(restoreUser(id), desk.signal)).requestId
  } catch (error) {
    if (error instanceof RefusedError && /conflicting object|already exists/i.test(error.refusal.message)) {
      const text = `The account ${id} cannot be restored, since its login ${login} or an address is held by another. ${error.message}`
      throw new OperationError('LoginTaken', text, { cause: error })
    }
    if (!(error instanceof MissingError)) throw error
    if ((await readLive(desk, id)) !== undefined) return undefined
    const text = `The account ${id} is not in the bin any more; deleted users stay there for 30 days.`
    throw new OperationError('ProviderFailed', text, { cause: error })
  }
}

/** Takes away what came back with the account: groups and units, app roles and Entra roles; licences wait for what is declared. */
async function strip(desk: Desk, id: AccountId): Promise<void> {
  const { client, signal } = desk
  const { managed, blocked } = await markerIds(desk)
  const held = [...(await readHeld(client, id, signal)), ...(await readHeldElsewhere(client, id, signal))]
  for (const entitlement of held) {
    const { id: of, kind, readOnly } = entitlement
    if (readOnly !== undefined || of === managed || of === blocked || kind === 'License') continue
    await take(desk, entitlement, id)
  }
}
