import type { AccountId } from '../../model/ids.ts'
import type { ApprovedOperation, OperationVerb } from '../../model/plan.ts'
import { holderWords } from './create.ts'
import { type Desk, readLive } from './desk.ts'
import { DeniedError, MissingError, RefusedError } from './errors.ts'
import { applied, failed, type Result, refusalReason } from './outcome.ts'
import { clearManager, patchUser, setManager } from './requests.ts'
import { refusedWords, writeAttributes } from './write-attributes.ts'

type Update = ApprovedOperation & Extract<OperationVerb, { kind: 'update' }>
type SetManager = ApprovedOperation & Extract<OperationVerb, { kind: 'set-manager' }>

/** Writes the attributes that differ, and the login; names what was refused after the rest is written. */
export async function update(desk: Desk, id: AccountId, operation: Update): Promise<Result> {
  const { refused, requestId } = await writeAttributes(desk, id, new Map(Object.entries(operation.set)))
  const login = operation.login === undefined ? undefined : await rename(desk, id, operation.login.to)
  if (refused.length > 0) {
    const reason = refusalReason(refused[0]?.error)
    const message = `Not written: ${refusedWords(refused)} The other changes were made.`
    return failed(
      reason === 'ProviderFailed' ? 'AttributeUnknown' : reason,
      message,
      refused[0]?.error.refusal.requestId,
    )
  }
  if (login !== undefined && login.kind !== 'applied') return login
  return applied({ account: id, login: operation.login?.to, requestId: login?.requestId ?? requestId })
}

async function rename(desk: Desk, id: AccountId, to: string): Promise<Extract<Result, { requestId?: string }>> {
  const { client, signal } = desk
  try {
    const { requestId } = await client.sendWhenVisible(patchUser(id, { userPrincipalName: to }), [id], signal)
    return { kind: 'applied', ...(requestId === undefined ? {} : { requestId }) }
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof DeniedError)) throw error
    const { message, requestId } = error.refusal
    const taken = /already exists/i.test(message)
    const text = taken
      ? `The login ${to} is taken ${await holderWords(desk, to)}.`
      : `The login could not be changed to ${to}: ${error.message}`
    const reason = taken ? 'LoginTaken' : refusalReason(error)
    return { kind: 'failed', reason, message: text, ...(requestId === undefined ? {} : { requestId }) }
  }
}

/** Sets or clears the manager. */
export async function writeManager(desk: Desk, id: AccountId, operation: SetManager): Promise<Result> {
  const { client, signal } = desk
  const { manager, managerAccount } = operation
  if (manager === undefined) return await removeManager(desk, id)
  if (managerAccount === undefined) {
    return failed('ManagerMissing', `The manager ${manager.displayName} has no account at this provider yet.`)
  }
  const request = setManager(id, managerAccount, client.graphUrl)
  const { requestId } = await client.sendWhenVisible(request, [id, managerAccount], signal)
  return applied({ account: id, requestId })
}

async function removeManager(desk: Desk, id: AccountId): Promise<Result> {
  try {
    const { requestId } = await desk.client.send(clearManager(id), desk.signal)
    return applied({ account: id, requestId })
  } catch (error) {
    // 404 says that there is no manager, or that there is no user.
    if (!(error instanceof MissingError) || (await readLive(desk, id)) === undefined) throw error
    return applied({ account: id })
  }
}
