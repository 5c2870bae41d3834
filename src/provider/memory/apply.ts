import { AuthError } from '../../model/errors.ts'
import type { ApprovedOperation, Outcome } from '../../model/plan.ts'
import { blocked, credentialIssued, deleted, enabled, sessionsEnded } from './access.ts'
import { adopted, created, marked, restored } from './accounts.ts'
import { granted, managerSet, revoked, updated } from './changes.ts'
import type { MemoryClient } from './client.ts'
import { type Result, resultOfError, skipped } from './outcome.ts'

/** Carries out operations one after the other. After a rejected credential, or once `signal` is aborted, the rest is skipped. */
export async function* outcomesOf(
  client: MemoryClient,
  operations: readonly ApprovedOperation[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  let stop: Result | undefined
  for (const operation of operations) {
    if (signal.aborted) stop ??= skipped('ProviderFailed', 'The run was stopped before this was tried.')
    if (stop !== undefined) {
      yield { operation, ...stop }
      continue
    }
    try {
      yield { operation, ...performed(client, operation) }
    } catch (error) {
      const result = resultOfError(error)
      if (error instanceof AuthError) stop = result
      yield { operation, ...result }
    }
  }
}

function performed(client: MemoryClient, operation: ApprovedOperation): Result {
  switch (operation.kind) {
    case 'create':
      return created(client, operation)
    case 'restore':
      return restored(client, operation)
    case 'adopt':
      return adopted(client, operation)
    case 'mark':
    case 'unmark':
      return marked(client, operation)
    case 'update':
      return updated(client, operation)
    case 'set-manager':
      return managerSet(client, operation)
    case 'enable':
      return enabled(client, operation)
    case 'block':
      return blocked(client, operation)
    case 'end-sessions':
      return sessionsEnded(client, operation)
    case 'issue-credential':
      return credentialIssued(client, operation)
    case 'grant':
      return granted(client, operation)
    case 'revoke':
      return revoked(client, operation)
    case 'delete':
      return deleted(client, operation)
  }
}
