import type { Entitlement } from '../model/entitlement.ts'
import type { Finding } from '../model/origin.ts'
import type { Because, Operation } from '../model/plan.ts'

/** One operation as tools read it: who, where, which verb with what belongs to it, and why. Absent is `null`, not left out. */
export function operationJson(operation: Operation) {
  const { person, target, lane, counts, because } = operation
  return {
    verb: operation.kind,
    employee: person.employee,
    number: person.number,
    login: person.login,
    lane,
    target: target.kind,
    account: target.kind === 'Bound' ? target.account.id : null,
    counts: counts ?? null,
    because: becauseJson(because),
    ...verbJson(operation),
  }
}

function becauseJson({ text, sources, basis, origin, confirmedAt }: Because) {
  return { text, sources, basis, confirmed: confirmedAt !== undefined, origin: origin ?? null }
}

function verbJson(operation: Operation): object {
  switch (operation.kind) {
    case 'create':
      return {
        state: operation.state,
        attributes: sortedRecord(operation.attributes),
        grants: operation.grants.map(entitlementJson),
      }
    case 'update':
      return {
        set: sortedRecord(operation.set),
        before: sortedRecord(operation.before),
        rename: operation.login ?? null,
      }
    case 'restore':
      return { restoredLogin: operation.login }
    case 'adopt':
      return { how: operation.how }
    case 'mark':
    case 'unmark':
      return { marker: operation.marker }
    case 'set-manager':
      return { manager: operation.manager ? managerJson(operation.manager) : null }
    case 'enable':
      return { first: operation.first }
    case 'block':
      return { why: operation.why }
    case 'grant':
      return { entitlement: entitlementJson(operation.entitlement), mappings: operation.mappings }
    case 'revoke':
      return { entitlement: entitlementJson(operation.entitlement) }
    case 'end-sessions':
    case 'issue-credential':
    case 'delete':
      return {}
  }
}

function managerJson({ number, id, displayName }: NonNullable<(Operation & { kind: 'set-manager' })['manager']>) {
  return { number, account: id ?? null, displayName }
}

function entitlementJson({ kind, id, name, privileged }: Entitlement) {
  return { kind, id, name, privileged }
}

function sortedRecord<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** One finding as tools read it. */
export function findingJson({ severity, reason, message, subject, origin, provider }: Finding) {
  return { severity, reason, message, subject, origin: origin ?? null, provider: provider ?? null }
}
