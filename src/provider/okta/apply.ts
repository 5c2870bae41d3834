import { concurrently } from '../../http/concurrency.ts'
import { TenureError } from '../../model/errors.ts'
import type { ApprovedOperation, Outcome } from '../../model/plan.ts'
import { create } from './create.ts'
import { block, enable, endSessions, erase } from './lifecycle.ts'
import { adopt, grant, mark, revoke, unmark } from './membership.ts'
import { isRejection, outcomeOf, Refused, skipped, type Writer } from './outcome.ts'
import { setManager, update } from './update.ts'

/** Carries out operations side by side. After Okta rejected the credential, or the run was stopped, the rest is skipped. */
export async function* applyOperations(
  writer: Writer,
  operations: readonly ApprovedOperation[],
): AsyncGenerator<Outcome> {
  let rejection: string | undefined
  yield* concurrently(operations, writer.client.concurrency * workersPerSlot, async operation => {
    if (rejection !== undefined) return skipped(operation, 'CredentialsRejected', rejection)
    if (writer.signal.aborted) return skipped(operation, 'ProviderFailed', 'The run was stopped before this was tried.')
    try {
      return await carryOut({ ...writer, client: writer.client.inLane(operation.lane) }, operation)
    } catch (error) {
      if (isRejection(error)) rejection = error.message
      if (writer.signal.aborted && !(error instanceof TenureError))
        return skipped(operation, 'ProviderFailed', 'The run was stopped before this was done.')
      return outcomeOf(operation, error)
    }
  })
}

/** So that operations which wait for one of Okta's limits do not hold up those that need another. */
const workersPerSlot = 3

async function carryOut(writer: Writer, operation: ApprovedOperation): Promise<Outcome> {
  switch (operation.kind) {
    case 'create':
      return create(writer, operation)
    case 'restore':
      throw new Refused(
        'failed',
        'ProviderFailed',
        'Okta has no bin to restore an account from; what is deleted is gone.',
      )
    case 'adopt':
      return adopt(writer, operation)
    case 'mark':
      return mark(writer, operation)
    case 'unmark':
      return unmark(writer, operation)
    case 'update':
      return update(writer, operation)
    case 'set-manager':
      return setManager(writer, operation)
    case 'enable':
      return enable(writer, operation)
    case 'block':
      return block(writer, operation)
    case 'end-sessions':
      return endSessions(writer, operation)
    case 'issue-credential':
      throw new Refused('failed', 'NotYetSupported', 'Okta sends its own activation mail; it has no first credential.')
    case 'grant':
      return grant(writer, operation)
    case 'revoke':
      return revoke(writer, operation)
    case 'delete':
      return erase(writer, operation)
  }
}
