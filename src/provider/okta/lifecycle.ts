import { NotFoundError, PermissionError, type TenureError } from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import type { Outcome } from '../../model/plan.ts'
import { isDeparted, type OktaUser, stateOf } from './account.ts'
import { faultOf } from './errors.ts'
import { readFoundUser, readUserById } from './lookup.ts'
import { sendToMarker } from './membership.ts'
import { accountIn, applied, isRefusal, isSetback, type OperationOf, Refused, type Writer } from './outcome.ts'
import { addMember, deleteUser, endSessions as endSessionsRequest, lifecycle, removeMember } from './requests.ts'

/** Lets a person in again, or for the first time (Okta then sends its mail), and only then takes our block mark off. */
export async function enable(writer: Writer, operation: OperationOf<'enable'>): Promise<Outcome> {
  const account = accountIn(operation)
  const user = await readUserById(writer.client, account, writer.signal)
  if (user === undefined) throw new Refused('failed', 'ProviderFailed', `Account ${account} does not exist any more.`)
  let requestId: string | undefined
  if (stateOf(user.status) !== 'Enabled') {
    const step = user.status === 'SUSPENDED' ? 'unsuspend' : 'activate'
    const sent = await attempt(() => writer.client.send(lifecycle(account, step), writer.signal))
    requestId = sent.requestId
    if (sent.error !== undefined) {
      const now = await settledUser(writer, account)
      if (now === undefined || stateOf(now.status) !== 'Enabled') throw sent.error
    }
  }
  const unmarked = await attempt(() => sendToMarker(writer, 'Blocked', group => removeMember(group, account)))
  const notes = unmarked.error === undefined ? [] : [`The block mark was not taken off: ${unmarked.error.message}`]
  return applied(operation, { requestId, notes })
}

/**
 * Keeps a person out. What is done, by status and how deep the block has to go:
 *
 * | status                                | to be lifted again, or action Suspend | departure, action Deactivate or Delete |
 * | ------------------------------------- | ------------------------------------- | -------------------------------------- |
 * | ACTIVE                                | suspend                               | deactivate                             |
 * | PROVISIONED, LOCKED_OUT and the like  | deactivate (Okta suspends only ACTIVE) | deactivate                            |
 * | STAGED                                | nothing, it cannot sign in            | deactivate                             |
 * | SUSPENDED                             | nothing                               | deactivate                             |
 * | DEPROVISIONED                         | nothing                               | nothing                                |
 */
export async function block(writer: Writer, operation: OperationOf<'block'>): Promise<Outcome> {
  const account = accountIn(operation)
  const found = await readFoundUser(writer, account, writer.signal)
  if (found === undefined)
    throw new Refused(
      'skipped',
      'Unconfirmed',
      `Account ${account} does not exist any more, so there is nobody to block.`,
    )
  const goal = operation.why === 'Departure' ? writer.options.offboardingAction : 'Suspend'
  if (isDeparted(found.user.status, goal)) {
    if (found.standing.blockMarked || found.user.status === 'STAGED') return applied(operation)
    const message = `Account ${account} is ${found.user.status} already, by somebody else.`
    throw new Refused('skipped', 'BlockedElsewhere', message)
  }
  // The mark comes first but never delays the block: it gets a tenth of the time that one answer may take.
  const patience = new AbortController()
  const marking = found.standing.blockMarked ? undefined : blockMark(writer, account, patience.signal)
  await Promise.race([marking, writer.client.time.sleep(writer.client.timeoutMs / 10, writer.signal)])
  patience.abort()
  const step = goal === 'Suspend' && found.user.status === 'ACTIVE' ? 'suspend' : 'deactivate'
  const sent = await attempt(() => writer.client.send(lifecycle(account, step), writer.signal))
  const now = await settledUser(writer, account)
  if (now !== undefined && !isDeparted(now.status, goal))
    throw notBlocked({ account, status: now.status, step }, sent.error)
  const notes = (await marking)?.error === undefined ? [] : await markAgain(writer, account)
  return applied(operation, { requestId: sent.requestId, notes })
}

/** Puts the account into the blocked marker: one try, and no waiting for a rate limit beyond `patience`. Never throws. */
async function blockMark(
  writer: Writer,
  account: AccountId,
  patience: AbortSignal,
): Promise<{ readonly error?: unknown }> {
  const hurried = { ...writer.client.policy, tries: 1, maxMs: 0 }
  const send: Writer['client']['send'] = (request, signal) => writer.client.send(request, signal, hurried)
  const signal = AbortSignal.any([writer.signal, patience])
  const quick: Writer = { ...writer, signal, client: { ...writer.client, send } }
  try {
    await sendToMarker(quick, 'Blocked', group => addMember(group, account))
    return {}
  } catch (error) {
    return { error }
  }
}

async function markAgain(writer: Writer, account: AccountId): Promise<readonly string[]> {
  const { error } = await attempt(() => sendToMarker(writer, 'Blocked', group => addMember(group, account)))
  return error === undefined
    ? []
    : [`The block mark could not be set, so the block will look like somebody else's: ${error.message}`]
}

function notBlocked(
  at: { readonly account: AccountId; readonly status: string; readonly step: string },
  error: TenureError | undefined,
): Error {
  const still = `Account ${at.account} is still ${at.status}`
  if (error === undefined)
    return new Refused(
      'failed',
      'Unconfirmed',
      `${still} although Okta accepted the request to ${at.step} it; it is tried again in the next run.`,
    )
  const cause = faultOf(error)
  if (!isRefusal(error)) return new Refused('failed', 'Unconfirmed', `${still}: ${error.message}`, cause)
  const hint =
    error instanceof PermissionError
      ? `give the app's admin role okta.users.lifecycle.${at.step}, or ${at.step} the account by hand (an administrator only a super admin can)`
      : `${at.step} the account by hand`
  return new Refused(
    'failed',
    'LeaverNotBlocked',
    `${still}: Okta refused to ${at.step} it (${cause?.words ?? error.message}); ${hint}.`,
    cause,
  )
}

/**
 * Signs out everywhere, tokens of apps included where Okta lets us. A role that may not clear sessions is no obstacle once the account
 * is blocked: suspending and deactivating end its sessions by themselves. Source: Okta, Deactivate and delete user accounts.
 */
export async function endSessions(writer: Writer, operation: OperationOf<'end-sessions'>): Promise<Outcome> {
  const account = accountIn(operation)
  const { client, signal } = writer
  try {
    const { requestId } = await client.send(endSessionsRequest(account, true), signal)
    return applied(operation, { requestId })
  } catch (error) {
    if (error instanceof NotFoundError) return applied(operation, { notes: ['The account does not exist any more.'] })
    if (!isRefusal(error)) throw error
    return endSessionsAlone(writer, operation, error instanceof Error ? error.message : '')
  }
}

/** Without the tokens of apps, which the first try was refused for. */
async function endSessionsAlone(
  writer: Writer,
  operation: OperationOf<'end-sessions'>,
  refusal: string,
): Promise<Outcome> {
  const account = accountIn(operation)
  const { client, signal } = writer
  const tokens = `Tokens of apps stay valid until they expire: ${refusal}`
  try {
    const { requestId } = await client.send(endSessionsRequest(account, false), signal)
    return applied(operation, { requestId, notes: [tokens] })
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error
    const user = await readUserById(client, account, signal)
    if (user?.status !== 'SUSPENDED' && user?.status !== 'DEPROVISIONED') throw error
    return applied(operation, { notes: [`The block (${user.status}) ended its sessions.`, tokens] })
  }
}

/** Erases an account that is DEPROVISIONED: one DELETE, never a second one, since on an account that is not it would deactivate. */
export async function erase(writer: Writer, operation: OperationOf<'delete'>): Promise<Outcome> {
  const account = accountIn(operation)
  const { client, signal } = writer
  const before = await readUserById(client, account, signal)
  if (before === undefined) return applied(operation, { notes: ['The account was gone already.'] })
  if (before.status !== 'DEPROVISIONED' || before.transitioningTo !== undefined)
    throw new Refused(
      'failed',
      'Unconfirmed',
      `Account ${account} is ${before.status}, and only a DEPROVISIONED one is deleted; it is blocked first.`,
    )
  const { requestId } = await client.send(deleteUser(account), signal)
  const after = await readUserById(client, account, signal)
  if (after === undefined) {
    writer.learnt.noteErased(account)
    return applied(operation, { requestId })
  }
  throw new Refused(
    'failed',
    'Unconfirmed',
    `Okta accepted the deletion of account ${account} but still shows it as ${after.status}.`,
  )
}

interface Attempt {
  readonly requestId?: string | undefined
  readonly error?: TenureError
}

async function attempt(send: () => Promise<{ readonly requestId: string | undefined }>): Promise<Attempt> {
  try {
    return { requestId: (await send()).requestId }
  } catch (error) {
    if (!isSetback(error)) throw error
    return { error }
  }
}

/** The user once no announced status is outstanding, at most about 5 s later; deactivation may be asynchronous. */
async function settledUser({ client, signal }: Writer, account: AccountId): Promise<OktaUser | undefined> {
  for (let pause = 100; ; pause *= 2) {
    const user = await readUserById(client, account, signal)
    if (user?.transitioningTo === undefined || pause > 3_000) return user
    await client.time.sleep(pause, signal)
  }
}
