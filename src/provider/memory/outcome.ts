import type { Entitlement } from '../../model/entitlement.ts'
import { AuthError, TransientError } from '../../model/errors.ts'
import type { AccountId } from '../../model/ids.ts'
import type { Reason } from '../../model/origin.ts'
import type { Outcome } from '../../model/plan.ts'
import type { MemoryClient } from './client.ts'
import type { MemoryAccount } from './state.ts'

type WithoutOperation<T> = T extends unknown ? Omit<T, 'operation'> : never

/** What became of one operation, before it is tied to it. */
export type Result = WithoutOperation<Outcome>

/** It is as the operation wants it, by its doing or already. Notes say what was left undone. */
export function applied(account: MemoryAccount, notes: readonly string[] = []): Result {
  const note = notes.length === 0 ? {} : { note: notes.join(' ') }
  return { kind: 'applied', account: account.id, login: account.login, ...note }
}

export function failed(reason: Reason, message: string): Result {
  return { kind: 'failed', reason, message }
}

export function skipped(reason: Reason, message: string): Result {
  return { kind: 'skipped', reason, message }
}

/** What an error thrown while carrying out an operation means. */
export function resultOfError(error: unknown): Result {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof AuthError) return skipped('CredentialsRejected', message)
  if (error instanceof TransientError && !error.answered) return { kind: 'unknown', message }
  return failed('ProviderFailed', message)
}

/** The operation's account is not there, or in the bin. */
export function goneResult(id: AccountId | undefined): Result {
  return failed(
    'Unconfirmed',
    `Account ${id ?? '(none named)'} is not there any more: look whether somebody deleted it.`,
  )
}

/** Carries out a step that must not stop the ones after it. Gives a sentence when it failed. Credential faults go through. */
export function attempt(what: string, step: () => void): readonly string[] {
  try {
    step()
    return []
  } catch (error) {
    if (error instanceof AuthError) throw error
    return [`${what} failed: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** Adds or removes a member; writes nothing when it is so already. */
export function writeMember(client: MemoryClient, group: Entitlement, account: AccountId, member: boolean): void {
  if (client.tenant.isMember(group.id, account) === member) return
  client.write(() => client.tenant.setMember(group.id, account, member))
}
