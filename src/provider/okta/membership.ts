import { NotFoundError, PermissionError } from '../../model/errors.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import type { MarkerKind, Outcome } from '../../model/plan.ts'
import { assign, unassign } from './assignment.ts'
import { faultOf } from './errors.ts'
import { computedGroups, groupById } from './groups.ts'
import { readFoundUser, readUserById } from './lookup.ts'
import { accountIn, applied, type OperationOf, Refused, type Writer } from './outcome.ts'
import { addMember, type OktaRequest, removeMember } from './requests.ts'

/** Adds to a marker. A DEPROVISIONED user cannot be added to any group. Source: seen in the field. */
export async function mark(writer: Writer, operation: OperationOf<'mark'>): Promise<Outcome> {
  const account = accountIn(operation)
  try {
    const { requestId } = await sendToMarker(writer, operation.marker, group => addMember(group, account))
    return applied(operation, { requestId })
  } catch (error) {
    const found =
      error instanceof NotFoundError || error instanceof PermissionError
        ? await readFoundUser(writer, account, writer.signal)
        : undefined
    if (found === undefined) throw error
    if (operation.marker === 'Managed' ? found.standing.marked : found.standing.blockMarked) return applied(operation)
    if (found.user.status !== 'DEPROVISIONED') throw error
    throw new Refused(
      'skipped',
      'ProviderFailed',
      `Account ${account} is DEPROVISIONED, and Okta adds no such account to a group.`,
    )
  }
}

/** Takes out of a marker; one who is not in it stays so. */
export async function unmark(writer: Writer, operation: OperationOf<'unmark'>): Promise<Outcome> {
  const account = accountIn(operation)
  const { requestId } = await sendToMarker(writer, operation.marker, group => removeMember(group, account))
  return applied(operation, { requestId })
}

/** Sends a membership request for a marker; looks the marker up again once when Okta does not know its id any more. */
export async function sendToMarker(
  writer: Writer,
  marker: MarkerKind,
  request: (group: EntitlementId) => OktaRequest,
): Promise<{ readonly requestId: string | undefined }> {
  const { client, markers, signal } = writer
  const idOf = async (): Promise<EntitlementId> => {
    const { managed, blocked } = await markers.ids(signal)
    return marker === 'Managed' ? managed : blocked
  }
  const first = await idOf()
  try {
    return await client.send(request(first), signal)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    markers.forget()
    const second = await idOf()
    if (second === first) throw error
    return client.send(request(second), signal)
  }
}

/**
 * Takes an account over: only the mark, nothing else of it changes. One that is marked already, found again after our record was lost,
 * may be DEPROVISIONED; Okta would add such a user to no group.
 */
export async function adopt(writer: Writer, operation: OperationOf<'adopt'>): Promise<Outcome> {
  const account = accountIn(operation)
  const user = await readUserById(writer.client, account, writer.signal)
  if (user?.status === 'DEPROVISIONED' && operation.how === 'Marked') return applied(operation, { login: user.login })
  const why =
    user === undefined
      ? 'does not exist any more'
      : 'is DEPROVISIONED; activate it by hand first if it is to be taken over'
  if (user === undefined || user.status === 'DEPROVISIONED')
    throw new Refused('failed', 'AdoptionRefused', `Account ${account} ${why}.`)
  const { requestId } = await sendToMarker(writer, 'Managed', group => addMember(group, account))
  return applied(operation, { requestId, login: user.login })
}

/** Gives membership or an app; who has it keeps it. */
export async function grant(writer: Writer, operation: OperationOf<'grant'>): Promise<Outcome> {
  if (operation.entitlement.kind === 'App') return assign(writer, operation)
  const account = accountIn(operation)
  requireGroup(operation)
  try {
    const { requestId } = await writer.client.send(addMember(operation.entitlement.id, account), writer.signal)
    return applied(operation, { requestId })
  } catch (error) {
    throw await membershipError(writer, operation, error)
  }
}

/** Takes membership or an app; when group or account are gone, so is the membership. */
export async function revoke(writer: Writer, operation: OperationOf<'revoke'>): Promise<Outcome> {
  if (operation.entitlement.kind === 'App') return unassign(writer, operation)
  const account = accountIn(operation)
  requireGroup(operation)
  await requireNoRule(writer, operation)
  try {
    const { requestId } = await writer.client.send(removeMember(operation.entitlement.id, account), writer.signal)
    return applied(operation, { requestId })
  } catch (error) {
    if (error instanceof NotFoundError)
      return applied(operation, { notes: ['The group or the account does not exist any more.'] })
    throw await membershipError(writer, operation, error)
  }
}

function requireGroup({ entitlement }: OperationOf<'grant'> | OperationOf<'revoke'>): void {
  if (entitlement.kind === 'Group') return
  throw new Refused(
    'failed',
    'ProviderFailed',
    `Okta has no entitlements of the kind ${entitlement.kind} (${entitlement.name}).`,
  )
}

/** A member that a rule made is never taken out: Okta would put the person on the rule's list of exceptions for good. */
async function requireNoRule(writer: Writer, { entitlement }: OperationOf<'revoke'>): Promise<void> {
  const { client, learnt, signal } = writer
  const targets = await learnt.ruleTargets(() => computedGroups(client, signal))
  if (!targets?.has(entitlement.id)) return
  const message = `An active group rule fills group ${entitlement.name} (${entitlement.id}); change who the rule matches, or take the group out of it.`
  throw new Refused('skipped', 'EntitlementComputed', message)
}

/** What a refused membership change means: an object that is gone, an account that takes no groups, or a group that is not ours. */
async function membershipError(
  writer: Writer,
  operation: OperationOf<'grant'> | OperationOf<'revoke'>,
  error: unknown,
): Promise<unknown> {
  const { entitlement } = operation
  const group = `group ${entitlement.name} (${entitlement.id})`
  if (error instanceof NotFoundError)
    return missingPart(writer, { account: accountIn(operation), entitlement: entitlement.id, group }, error)
  const code = faultOf(error)?.code
  // Okta says "no permission" to everybody for groups that an app or Okta itself fills; before April 2026 it said E0000060.
  if (code !== 'E0000060' && code !== 'E0000006') return error
  const words = faultOf(error)?.words
  const message = `Okta does not let the app change the members of ${group} (${words}); it must be a group of Okta's own, and the app's admin role needs okta.groups.members.manage and okta.users.groupMembership.manage for it.`
  return new Refused('failed', 'PermissionMissing', message, faultOf(error))
}

async function missingPart(
  { client, signal }: Writer,
  at: { readonly account: AccountId; readonly entitlement: EntitlementId; readonly group: string },
  error: NotFoundError,
): Promise<unknown> {
  const cause = faultOf(error)
  if ((await groupById(client, at.entitlement, signal)) === undefined)
    return new Refused('failed', 'EntitlementMissing', `The ${at.group} does not exist any more.`, cause)
  const user = await readUserById(client, at.account, signal)
  if (user === undefined)
    return new Refused('failed', 'ProviderFailed', `Account ${at.account} does not exist any more.`, cause)
  if (user.status !== 'DEPROVISIONED') return error
  return new Refused(
    'skipped',
    'ProviderFailed',
    `Account ${at.account} is DEPROVISIONED, and Okta adds no such account to a group.`,
  )
}
