import type { Entitlement } from '../../model/entitlement.ts'
import type { AccountId } from '../../model/ids.ts'
import type { MarkerKind } from '../../model/plan.ts'
import { type Desk, join, leave, readLive, setMark } from './desk.ts'
import { entitlementFrom, readOnlyWords } from './entitlement.ts'
import { DeniedError, MissingError } from './errors.ts'
import { applied, failed, OperationError, type Result } from './outcome.ts'
import { type Container, readContainer } from './requests.ts'

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
  const container = writable(entitlement)
  try {
    const answer = await (on ? join : leave)(desk, container, id)
    return applied({ account: id, requestId: answer?.requestId })
  } catch (error) {
    if (error instanceof MissingError || error instanceof DeniedError) await explain(desk, entitlement, error)
    throw error
  }
}

function writable({ kind, id, name, readOnly }: Entitlement): Container {
  if (kind !== 'Group' && kind !== 'AdministrativeUnit') {
    throw new OperationError('NotYetSupported', `${kind} ${name} cannot be given or taken yet.`)
  }
  if (readOnly !== undefined) throw readOnlyError(name, readOnly)
  return { kind, id }
}

function readOnlyError(name: string, reason: NonNullable<Entitlement['readOnly']>): OperationError {
  const kind = reason === 'Computed' ? 'EntitlementComputed' : 'EntitlementOwnedElsewhere'
  return new OperationError(kind, `Members of ${name} cannot be changed: ${readOnlyWords(reason)}.`)
}

/** 404 and 403 have the same words for several causes; a look at the group tells them apart. */
async function explain(desk: Desk, entitlement: Entitlement, cause: MissingError | DeniedError): Promise<void> {
  const { kind, id, name } = entitlement
  if (kind !== 'Group' && kind !== 'AdministrativeUnit') return
  try {
    const { body } = await desk.client.send(readContainer({ kind, id }), desk.signal)
    const now = entitlementFrom((body ?? {}) as Readonly<Record<string, unknown>>, kind)
    if (now?.readOnly !== undefined) throw readOnlyError(name, now.readOnly)
    if (cause instanceof DeniedError && now?.privileged === true) {
      const need = 'RoleManagement.ReadWrite.Directory'
      throw new OperationError(
        'PermissionMissing',
        `${name} can carry Entra roles; changing its members needs ${need}.`,
      )
    }
  } catch (error) {
    if (!(error instanceof MissingError)) throw error
    throw new OperationError('EntitlementMissing', `${kind} ${name} (${id}) does not exist any more.`, { cause: error })
  }
}
