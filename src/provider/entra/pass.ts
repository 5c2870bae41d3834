import type { Deliver, FirstCredential } from '../../model/credential.ts'
import type { AccountId } from '../../model/ids.ts'
import type { Person } from '../../model/plan.ts'
import type { Desk } from './desk.ts'
import { MissingError, RefusedError } from './errors.ts'
import type { GraphItem } from './list.ts'
import type { GraphAnswer } from './middleware.ts'
import { applied, failed, OperationError, type Result, words } from './outcome.ts'
import { createPass, deletePass, listPasses } from './requests-entitlements.ts'

/** Longest life of a pass, in minutes. */
const LONGEST_MINUTES = 24 * 60

const WHAT = 'Temporary Access Pass'

/** Makes a pass for one sign-in, in place of an earlier one, and delivers it. One that could not be delivered is deleted again. */
export async function issuePass(desk: Desk, id: AccountId, person: Person): Promise<Result> {
  const { deliver } = desk.client.options
  if (deliver === undefined)
    return failed('ConfigurationInvalid', `There is no place to deliver a ${WHAT} to, so that none was made.`)
  await deleteAll(desk, id)
  const answer = await makePass(desk, id)
  const made = (answer.body ?? {}) as GraphItem
  const pass = made.temporaryAccessPass
  if (typeof pass !== 'string' || pass === '') {
    await undo(desk, id, made)
    return failed(
      'ProviderFailed',
      `Microsoft Graph made a ${WHAT} but did not show it; it was deleted.`,
      answer.requestId,
    )
  }
  const failure = await delivered(deliver, credentialFrom(desk, person, made, pass))
  if (failure === undefined) return applied({ account: id, requestId: answer.requestId })
  const left = await undo(desk, id, made)
  // What a place to deliver to says may repeat what it was given.
  const why = failure.replaceAll(pass, '…')
  return failed('ProviderFailed', `The ${WHAT} could not be delivered, and ${left}: ${why}`, answer.requestId)
}

async function deleteAll({ client, signal }: Desk, id: AccountId): Promise<void> {
  const { items } = await client.listTogether(listPasses(id), `passes of ${id}`, signal)
  for (const item of items) await gone(() => client.send(deletePass(id, String(item.id)), signal))
}

async function gone(remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove()
  } catch (error) {
    if (!(error instanceof MissingError)) throw error
  }
}

/**
 * The longest life that the policy allows is not for us to read: a day is asked for, then the eight hours that policies allow unless
 * they were changed, and then what the policy gives by itself ("Configure Temporary Access Pass").
 */
async function makePass({ client, signal }: Desk, id: AccountId): Promise<GraphAnswer> {
  let refused: unknown
  for (const minutes of [LONGEST_MINUTES, 8 * 60, undefined]) {
    try {
      return await client.sendWhenVisible(createPass(id, minutes), [id], signal)
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      refused = error
    }
  }
  const advice = `Enable ${WHAT}es for this person in the authentication methods policy.`
  throw new OperationError('ProviderFailed', `${words(refused)} ${advice}`, { cause: refused })
}

function credentialFrom({ client }: Desk, person: Person, made: GraphItem, pass: string): FirstCredential {
  const start = Date.parse(String(made.startDateTime ?? made.createdDateTime))
  const validFrom = Number.isNaN(start) ? client.options.now() : start
  const minutes = typeof made.lifetimeInMinutes === 'number' ? made.lifetimeInMinutes : 60
  return {
    provider: client.options.name,
    number: person.number,
    employee: person.employee,
    login: person.login,
    what: WHAT,
    secret: pass,
    validFrom,
    validUntil: validFrom + minutes * 60_000,
  }
}

async function delivered(deliver: Deliver, credential: FirstCredential): Promise<string | undefined> {
  try {
    await deliver(credential)
    return undefined
  } catch (error) {
    return words(error)
  }
}

async function undo({ client, signal }: Desk, id: AccountId, { id: pass }: GraphItem): Promise<string> {
  try {
    await gone(() => client.send(deletePass(id, String(pass)), signal))
    return 'it was deleted again'
  } catch (error) {
    return `deleting it failed too (${words(error)}), so that it lives on unseen until it ends`
  }
}
