import type { Entitlement } from '../../model/entitlement.ts'
import type { AccountId } from '../../model/ids.ts'
import type { MarkerKind } from '../../model/plan.ts'
import { appRoleOf, giveAppRole, takeAppRole } from './app-roles.ts'
import { type Desk, readLive } from './desk.ts'
import { entitlementFrom, readOnlyWords } from './entitlement.ts'
import { DeniedError, MissingError } from './errors.ts'
import { giveLicense, takeLicense } from './licenses.ts'
import { join, leave, setMark } from './marks.ts'
import type { GraphAnswer } from './middleware.ts'
import { applied, failed, OperationError, type Result } from './outcome.ts'
import { readContainer } from './requests.ts'
import { readApp } from './requests-entitlements.ts'
import { giveRole, takeRole } from './roles.ts'

/** Adds the mark to an account that exists; changes nothing else. */
export async function adopt(desk: Desk, id: AccountId): Promise<Result> {
  const user = await readLive(desk, id)
  if (user === undefined) {
    return failed(
      'AdoptionRefused',
      `The account ${id} does not exist any more, or is in the bin; it cannot be adopted.`,
    )
  }
  const answer = await setMark(desk, 'managed', { id, on: true })
  const login = typeof user.userPrincipalName === 'string' ? user.userPrincipalName : undefined
  return applied({ account: id, login, requestId: answer?.requestId })
}

/** Puts an account into a marker group, or takes it out. */
export async function mark(
  desk: Desk,
  id: AccountId,
  { marker, on }: { readonly marker: MarkerKind; readonly on: boolean },
): Promise<Result> {
  const answer = await setMark(desk, marker === 'Managed' ? 'managed' : 'blocked', { id, on })
  return applied({ account: id, requestId: answer?.requestId })
}

/** Gives or takes one entitlement. What we may not write is refused before anything is sent. */
export async function setMembership(
  desk: Desk,
  id: AccountId,
  { entitlement, on }: { readonly entitlement: Entitlement; readonly on: boolean },
): Promise<Result> {
  const { name, readOnly } = entitlement
  if (readOnly !== undefined) throw readOnlyError(name, readOnly)
  try {
    const answer = await (on ? give : take)(desk, entitlement, id)
    return applied({ account: id, requestId: answer?.requestId })
  } catch (error) {
    if (error instanceof MissingError || error instanceof DeniedError) await explain(desk, entitlement, error)
    throw error
  }
}

async function give(desk: Desk, entitlement: Entitlement, user: AccountId): Promise<GraphAnswer | undefined> {
  const { kind, id } = entitlement
  switch (kind) {
    case 'Group':
    case 'AdministrativeUnit':
      return await join(desk, { kind, id }, user)
    case 'App':
      return await giveAppRole(desk, id, user)
    case 'DirectoryRole':
      return await giveRole(desk, id, user)
    case 'License':
      return await giveLicense(desk, entitlement, user)
  }
}

/** Takes one entitlement away; not holding it is success. The answer is absent when nothing was written. */
export async function take(desk: Desk, entitlement: Entitlement, user: AccountId): Promise<GraphAnswer | undefined> {
  const { kind, id } = entitlement
  switch (kind) {
    case 'Group':
    case 'AdministrativeUnit':
      return await leave(desk, { kind, id }, user)
    case 'App':
      return await takeAppRole(desk, id, user)
    case 'DirectoryRole':
      return await takeRole(desk, id, user)
    case 'License':
      return await takeLicense(desk, entitlement, user)
  }
}

function readOnlyError(name: string, reason: NonNullable<Entitlement['readOnly']>): OperationError {
  const kind = reason === 'Computed' ? 'EntitlementComputed' : 'EntitlementOwnedElsewhere'
  return new OperationError(kind, `Members of ${name} cannot be changed: ${readOnlyWords(reason)}.`)
}

/** 404 and 403 have the same words for several causes; a look at what is given or taken tells them apart. */
async function explain(desk: Desk, entitlement: Entitlement, cause: MissingError | DeniedError): Promise<void> {
  const { kind, id, name } = entitlement
  try {
    if (kind === 'Group' || kind === 'AdministrativeUnit') await explainContainer(desk, { kind, id, name }, cause)
    else if (cause instanceof DeniedError) throw needs(`${kind} ${name}`, WRITERS[kind], cause)
    else if (kind === 'App') await desk.client.send(readApp(appRoleOf(id).app), desk.signal)
  } catch (error) {
    if (!(error instanceof MissingError)) throw error
    throw new OperationError('EntitlementMissing', `${kind} ${name} (${id}) does not exist any more.`, { cause: error })
  }
}

async function explainContainer(
  desk: Desk,
  { kind, id, name }: { readonly kind: 'Group' | 'AdministrativeUnit'; readonly id: string; readonly name: string },
  cause: Error,
): Promise<void> {
  const { body } = await desk.client.send(readContainer({ kind, id }), desk.signal)
  const now = entitlementFrom((body ?? {}) as Readonly<Record<string, unknown>>, kind)
  if (now?.readOnly !== undefined) throw readOnlyError(name, now.readOnly)
  if (cause instanceof DeniedError && now?.privileged === true)
    throw needs(`${name}, which can carry Entra roles,`, 'RoleManagement.ReadWrite.Directory', cause)
}

/** Permissions that giving and taking needs ("Microsoft Graph permissions reference"). */
const WRITERS = {
  App: 'AppRoleAssignment.ReadWrite.All and Application.Read.All',
  DirectoryRole: 'RoleManagement.ReadWrite.Directory',
  License: 'LicenseAssignment.ReadWrite.All',
} as const

function needs(what: string, permission: string, cause: Error): OperationError {
  return new OperationError('PermissionMissing', `Giving or taking ${what} needs ${permission}.`, { cause })
}
