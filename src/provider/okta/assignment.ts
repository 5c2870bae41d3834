import { ConflictError, InvalidRequestError, NotFoundError, PermissionError } from '../../model/errors.ts'
import type { Outcome } from '../../model/plan.ts'
import { appUserById } from './apps.ts'
import { faultOf } from './errors.ts'
import { readUserById } from './lookup.ts'
import { accountIn, applied, type OperationOf, Refused, type Writer } from './outcome.ts'
import { appThroughGroup, assignApp, readApp, unassignApp } from './requests.ts'

/** Assigns somebody to an app by themselves; one who has it stays so, however they have it. */
export async function assign(writer: Writer, operation: OperationOf<'grant'>): Promise<Outcome> {
  const { client, signal } = writer
  const user = accountIn(operation)
  const { entitlement } = operation
  writer.learnt.noteWrittenApp(entitlement.id)
  try {
    const { requestId } = await client.send(assignApp(entitlement.id, user), signal)
    return applied(operation, { requestId })
  } catch (error) {
    const maybeSo = error instanceof ConflictError || error instanceof InvalidRequestError
    if (maybeSo && (await appUserById(client, { app: entitlement.id, user }, signal)) !== undefined)
      return applied(operation, { notes: ['The account had the app already.'] })
    throw await assignmentError(writer, operation, error)
  }
}

/** Ends an assignment; who does not have the app is left so, and what comes through a group is not ours to end here. */
export async function unassign(writer: Writer, operation: OperationOf<'revoke'>): Promise<Outcome> {
  const { client, signal } = writer
  const user = accountIn(operation)
  const { entitlement } = operation
  writer.learnt.noteWrittenApp(entitlement.id)
  try {
    const { requestId } = await client.send(unassignApp(entitlement.id, user), signal)
    return applied(operation, { requestId })
  } catch (error) {
    if (error instanceof NotFoundError) return applied(operation, { notes: ['The account did not have the app.'] })
    if (faultOf(error)?.code === throughGroup) return leftToGroups(writer, operation, error)
    throw await assignmentError(writer, operation, error)
  }
}

/** Okta's code for an app that a group of the user gives. */
const throughGroup = 'E0000046'

/** Takes what the account has by itself; what a group gives stays, and is told. */
async function leftToGroups(writer: Writer, operation: OperationOf<'revoke'>, error: unknown): Promise<Outcome> {
  const { client, signal } = writer
  const user = accountIn(operation)
  const { entitlement } = operation
  const held = await appUserById(client, { app: entitlement.id, user }, signal)
  const still = `has app ${entitlement.name} (${entitlement.id}) through a group`
  if (held?.scope === 'USER') {
    const { requestId } = await client.send(appThroughGroup(entitlement.id, user), signal)
    return applied(operation, { requestId, notes: [`The account still ${still}.`] })
  }
  const message = `Account ${user} ${still}, so it cannot be taken by itself; take the account out of that group.`
  throw new Refused('skipped', 'EntitlementComputed', message, faultOf(error))
}

/** What to say of a refusal, by Okta's code. Source: Okta, Error codes. */
const meanings: Readonly<Record<string, string>> = {
  E0000041: 'the sign-on method of the app takes no credentials from us; have it take the Okta login',
  E0000062: 'Okta says that it is assigned already and does not show it; look at it by hand',
  E0000075: 'the app owns an attribute of the assignment; change the mapping of its profile',
}

async function assignmentError(
  writer: Writer,
  operation: OperationOf<'grant'> | OperationOf<'revoke'>,
  error: unknown,
): Promise<unknown> {
  const { entitlement } = operation
  const account = accountIn(operation)
  const app = `app ${entitlement.name} (${entitlement.id})`
  const fault = faultOf(error)
  const code = fault?.code ?? ''
  if (code === 'E0000117') {
    const message = `Account ${account} is not active, and Okta assigns no app to such an account; it gets ${app} once it is active.`
    return new Refused('skipped', 'ProviderFailed', message, fault)
  }
  const meaning = meanings[code]
  if (meaning !== undefined)
    return new Refused(
      'failed',
      'ProviderFailed',
      `Okta refused ${app} for account ${account} (${fault?.words}): ${meaning}.`,
      fault,
    )
  if (error instanceof PermissionError) {
    const message = `Okta does not let the app change who has ${app} (${fault?.words ?? error.message}): it needs the scope okta.apps.manage, and its admin role okta.apps.assignment.manage and okta.users.appAssignment.manage for it.`
    return new Refused('failed', 'PermissionMissing', message, fault)
  }
  return error instanceof NotFoundError ? missingPart(writer, operation, error) : error
}

async function missingPart(
  { client, signal }: Writer,
  operation: OperationOf<'grant'> | OperationOf<'revoke'>,
  error: NotFoundError,
): Promise<unknown> {
  const { entitlement } = operation
  const account = accountIn(operation)
  const user = await readUserById(client, account, signal)
  if (user === undefined)
    return new Refused('failed', 'ProviderFailed', `Account ${account} does not exist any more.`, faultOf(error))
  if (user.status === 'DEPROVISIONED')
    return new Refused(
      'skipped',
      'ProviderFailed',
      `Account ${account} is DEPROVISIONED, and Okta assigns no app to it.`,
    )
  const app = await client.send(readApp(entitlement.id), signal).catch((reason: unknown) => reason)
  if (!(app instanceof NotFoundError)) return error
  const message = `The app ${entitlement.name} (${entitlement.id}) does not exist any more.`
  return new Refused('failed', 'EntitlementMissing', message, faultOf(error))
}
