import { concurrently } from '../../http/concurrency.ts'
import { AuthError } from '../../model/errors.ts'
import type { ApprovedOperation, Outcome } from '../../model/plan.ts'
import { block, enable, endSessions } from './access.ts'
import { remove, restore } from './bin.ts'
import { create } from './create.ts'
import type { Desk } from './desk.ts'
import { isRefusal } from './errors.ts'
import { adopt, mark, setMembership } from './membership.ts'
import { failed, type Result, resultOf, skipped } from './outcome.ts'
import { issuePass } from './pass.ts'
import { update, writeManager } from './update.ts'

/** An operation under way when the caller gave up: it may have had its effect. */
const STOPPED: Result = { kind: 'unknown', message: 'The run was stopped before the answer came.' }

/** Operations under way together: what they send at the same moment goes out in one call. */
const TOGETHER = 500

/**
 * Carries out operations, all of a wave together. Never throws. Once the credential is refused, whatever is left
 * is skipped; once the caller gives up, too.
 */
export async function* applyOperations(
  desk: Desk,
  operations: readonly ApprovedOperation[],
): AsyncGenerator<Outcome, void, undefined> {
  let rejected: string | undefined
  const work = async (operation: ApprovedOperation): Promise<Outcome> => {
    if (rejected !== undefined) return { operation, ...skipped('CredentialsRejected', rejected) }
    if (desk.signal.aborted)
      return { operation, ...skipped('ProviderFailed', 'The run was stopped before it was tried.') }
    try {
      const client = desk.client.at(operation.lane)
      return { operation, ...(await carryOut({ ...desk, client }, operation)) }
    } catch (error) {
      if (desk.signal.aborted && !isRefusal(error)) return { operation, ...STOPPED }
      if (!(error instanceof AuthError)) return { operation, ...resultOf(error) }
      rejected = error.message
      return { operation, ...skipped('CredentialsRejected', error.message) }
    }
  }
  yield* concurrently(operations, TOGETHER, work)
}

async function carryOut(desk: Desk, operation: ApprovedOperation): Promise<Result> {
  if (operation.kind === 'create') return await create(desk, operation)
  const id = operation.account
  if (id === undefined) return failed('ProviderFailed', `The operation ${operation.kind} names no account.`)
  switch (operation.kind) {
    case 'restore':
      return await restore(desk, id, operation.login)
    case 'adopt':
      return await adopt(desk, id)
    case 'mark':
      return await mark(desk, id, { marker: operation.marker, on: true })
    case 'unmark':
      return await mark(desk, id, { marker: operation.marker, on: false })
    case 'update':
      return await update(desk, id, operation)
    case 'set-manager':
      return await writeManager(desk, id, operation)
    case 'enable':
      return await enable(desk, id)
    case 'block':
      return await block(desk, id, operation.why)
    case 'end-sessions':
      return await endSessions(desk, id)
    case 'issue-credential':
      return await issuePass(desk, id, operation.person)
    case 'grant':
      return await setMembership(desk, id, { entitlement: operation.entitlement, on: true })
    case 'revoke':
      return await setMembership(desk, id, { entitlement: operation.entitlement, on: false })
    case 'delete':
      return await remove(desk, id)
  }
}
