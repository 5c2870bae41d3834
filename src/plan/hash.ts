import { createHash } from 'node:crypto'
import type { PlanHash, SetHash } from '../model/ids.ts'
import type { Operation } from '../model/plan.ts'

/** What an operation would do, as text: account, verb and target, nothing that time or order changes. */
function fingerprint(operation: Operation): string {
  const { provider, person, target } = operation
  const account = target.kind === 'Bound' ? target.account.id : ''
  return JSON.stringify([provider, person.number, account, ...verbParts(operation)])
}

function verbParts(operation: Operation): unknown[] {
  const { kind } = operation
  switch (operation.kind) {
    case 'create':
      return [
        kind,
        operation.state,
        operation.login.toLowerCase(),
        sorted(operation.attributes),
        operation.grants.map(one => one.id).sort(),
      ]
    case 'update':
      return [kind, sorted(operation.set), operation.login?.to.toLowerCase() ?? null]
    case 'set-manager':
      return [kind, operation.manager?.number ?? null]
    case 'grant':
    case 'revoke':
      return [kind, operation.entitlement.id]
    case 'mark':
    case 'unmark':
      return [kind, operation.marker]
    case 'block':
      return [kind, operation.why]
    case 'restore':
      return [kind, operation.login.toLowerCase()]
    case 'adopt':
    case 'enable':
    case 'end-sessions':
    case 'issue-credential':
    case 'delete':
      return [kind]
  }
}

function sorted(record: Readonly<Record<string, string | null>>): [string, string | null][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

function digest(operations: readonly Operation[], domain: string): string {
  const hash = createHash('sha256').update(domain)
  for (const line of operations.map(fingerprint).sort()) hash.update('\n').update(line)
  return `sha256:${hash.digest('hex')}`
}

/** The same for the same operations in whatever order. */
export function planHash(operations: readonly Operation[]): PlanHash {
  return digest(operations, 'tenure plan v1') as PlanHash
}

/** Names a withheld set by accounts, verbs and targets. */
export function setHash(operations: readonly Operation[]): SetHash {
  return digest(operations, 'tenure set v1') as SetHash
}
