import type { DesiredState } from '../model/desired.ts'
import type { ApprovedOperation, Outcome } from '../model/plan.ts'
import type { Fact, RecordedGrant } from '../model/record.ts'

/** What an outcome makes true of a person, for the record. Nothing is true of what was not applied. */
export function factsOf(outcome: Outcome, desired: DesiredState): readonly Fact[] {
  if (outcome.kind !== 'applied') return []
  const { operation } = outcome
  const account = outcome.account ?? operation.account
  const login = outcome.login ?? operation.person.login
  switch (operation.kind) {
    case 'create': {
      if (account === undefined) return []
      const state: Fact = operation.state === 'Staged' ? { kind: 'blocked' } : { kind: 'enabled' }
      return [
        { kind: 'bound', account, login },
        { kind: 'made' },
        state,
        ...declaredBy(operation, desired),
        ...grantedOnCreate(operation, desired),
      ]
    }
    case 'restore':
      return account === undefined ? [] : [{ kind: 'bound', account, login }, { kind: 'blocked' }]
    case 'adopt': {
      if (account === undefined) return []
      const staged =
        operation.how === 'Intent' && operation.target.kind === 'Bound' && operation.target.account.state !== 'Enabled'
      return [
        { kind: 'bound', account, login },
        ...(operation.how === 'Intent' ? [{ kind: 'made' } as const] : []),
        ...declaredBy(operation, desired),
        ...(staged ? [{ kind: 'blocked' } as const] : []),
      ]
    }
    case 'enable':
      return [{ kind: 'unblocked' }, { kind: 'enabled' }]
    case 'block':
      return [{ kind: 'blocked' }]
    case 'end-sessions':
      return [{ kind: 'sessions-ended' }]
    case 'issue-credential':
      return [{ kind: 'credential-issued' }]
    case 'grant':
      return [{ kind: 'granted', entitlement: operation.entitlement, mappings: operation.mappings }]
    case 'revoke':
      return [{ kind: 'revoked', entitlement: operation.entitlement.id }]
    case 'delete':
      return [{ kind: 'deleted' }]
    case 'update':
      return operation.login && account !== undefined ? [{ kind: 'bound', account, login: operation.login.to }] : []
    case 'unmark':
      return operation.marker === 'Managed' ? [{ kind: 'unbound' }] : []
    case 'mark':
    case 'set-manager':
      return []
  }
}

/** What the manifest says that must outlive it, from the first moment there is an account. */
function declaredBy({ person }: ApprovedOperation, desired: DesiredState): Fact[] {
  const declared = desired.people.get(person.number)
  if (!declared?.origin) return []
  return [{ kind: 'declared', employee: declared.employee, retain: declared.retain, orphan: declared.orphan }]
}

function grantedOnCreate(operation: ApprovedOperation, desired: DesiredState): Fact[] {
  return announcedGrants(operation, desired).map(grant => ({ kind: 'granted', ...grant }))
}

/** What an operation is about to give, written down before it is sent. */
export function announcedGrants(operation: ApprovedOperation, desired: DesiredState): readonly RecordedGrant[] {
  if (operation.kind === 'grant') return [{ entitlement: operation.entitlement, mappings: operation.mappings }]
  if (operation.kind !== 'create') return []
  const grants = desired.people.get(operation.person.number)?.grants
  return operation.grants.map(entitlement => ({ entitlement, mappings: grants?.get(entitlement.id)?.mappings ?? [] }))
}
