import { allConcurrently } from '../../http/concurrency.ts'
import { NotFoundError, type TenureError } from '../../model/errors.ts'
import type { AccountId, AttributeName } from '../../model/ids.ts'
import type { Outcome } from '../../model/plan.ts'
import { faultOf } from './errors.ts'
import { isLoginTaken, loginTaken } from './login.ts'
import { readUserById } from './lookup.ts'
import { accountIn, applied, isRefusal, type OperationOf, Refused, type Writer } from './outcome.ts'
import { updateUser } from './requests.ts'

/** Attributes to write; null clears. */
export type Changes = Readonly<Record<AttributeName, string | null>>

/** What became of attributes written together, or after a refusal one by one. */
export interface Updated {
  readonly requestId: string | undefined
  readonly refused: readonly { readonly attribute: AttributeName; readonly error: TenureError }[]
}

/** Attributes that Okta refuses to have changed one by one; a duplicate login is told apart. Source: Okta, Error codes. */
const attributeCodes = new Set(['E0000001', 'E0000075', 'E0000077', 'E0000078'])

/** Whether Okta refused the content of some attribute. */
export function isAttributeRefusal(error: unknown): boolean {
  return isRefusal(error) && attributeCodes.has(faultOf(error)?.code ?? '')
}

/** Writes what differs, and the login when it changes. */
export async function update(writer: Writer, operation: OperationOf<'update'>): Promise<Outcome> {
  const account = accountIn(operation)
  const { set, login } = operation
  const changes: Changes = login === undefined ? set : { ...set, login: login.to }
  const { requestId, refused } = await updateEach(writer, account, changes)
  if (refused.length === 0)
    return applied(operation, { requestId, ...(login === undefined ? {} : { login: login.to }) })
  const texts = refused.map(({ attribute, error }) => `${attribute} (${faultOf(error)?.words ?? error.message})`)
  const others = Object.keys(changes).length > refused.length ? ' The others were written.' : ''
  const taken = refused.find(({ error }) => isLoginTaken(error))
  const message = `Okta refused ${texts.join(', ')} for account ${account}: correct the value or take the attribute out.${others}`
  if (taken === undefined || login === undefined)
    throw new Refused('failed', 'AttributeUnknown', message, faultOf(refused[0]?.error))
  const conflict = await loginTaken(writer, login.to, taken.error)
  throw new Refused('failed', 'LoginTaken', `${message} ${conflict.message}`, faultOf(taken.error))
}

/** Writes all in one call; when Okta refuses one of them, each by itself, so that it does not block the others. */
export async function updateEach(writer: Writer, account: AccountId, changes: Changes): Promise<Updated> {
  const names = Object.keys(changes)
  if (names.length === 0) return { requestId: undefined, refused: [] }
  try {
    return { requestId: await write(writer, account, changes), refused: [] }
  } catch (error) {
    if (!isAttributeRefusal(error)) throw error
  }
  const results = await allConcurrently(names, 1, async attribute => {
    try {
      return {
        attribute,
        requestId: await write(writer, account, { [attribute]: changes[attribute] ?? null }),
        error: undefined,
      }
    } catch (error) {
      if (!isAttributeRefusal(error)) throw error
      return { attribute, requestId: undefined, error: error as TenureError }
    }
  })
  const refused = results.flatMap(({ attribute, error }) => (error === undefined ? [] : [{ attribute, error }]))
  return { requestId: results.find(result => result.requestId !== undefined)?.requestId, refused }
}

/** Okta answers 404 for a DEPROVISIONED user as for one that never was. Source: Okta, Users API, update a user. */
async function write(writer: Writer, account: AccountId, changes: Changes): Promise<string | undefined> {
  const { client, learnt, signal } = writer
  try {
    return (await client.send(updateUser(account, learnt.stored(changes)), signal)).requestId
  } catch (error) {
    if (faultOf(error)?.code === 'E0000023') learnt.refusedAsMastered(account)
    if (!(error instanceof NotFoundError)) throw error
    const user = await readUserById(client, account, signal)
    if (user === undefined)
      throw new Refused('failed', 'ProviderFailed', `Account ${account} does not exist any more.`, faultOf(error))
    if (user.status !== 'DEPROVISIONED') throw error
    const message = `Account ${account} is DEPROVISIONED, and Okta changes no profile of such an account; it is changed once the account is active again.`
    throw new Refused('skipped', 'ProviderFailed', message)
  }
}

/** Sets or clears the manager: Okta keeps an id and a name, both plain text. */
export async function setManager(writer: Writer, operation: OperationOf<'set-manager'>): Promise<Outcome> {
  const { manager, managerAccount } = operation
  if (manager !== undefined && managerAccount === undefined)
    throw new Refused(
      'failed',
      'Unconfirmed',
      `The manager ${manager.displayName} (number ${manager.number}) has no account at Okta yet.`,
    )
  const changes = { managerId: managerAccount ?? null, manager: manager?.displayName ?? null }
  const { requestId, refused } = await updateEach(writer, accountIn(operation), changes)
  const first = refused[0]
  if (first === undefined) return applied(operation, { requestId })
  const words = faultOf(first.error)?.words ?? first.error.message
  throw new Refused(
    'failed',
    'AttributeUnknown',
    `Okta refused the attribute ${first.attribute} of the manager (${words}).`,
    faultOf(first.error),
  )
}
