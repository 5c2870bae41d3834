import type { DesiredState } from '../model/desired.ts'
import type { Instant } from '../model/ids.ts'
import type { ApprovedOperation, ApprovedPlan, Outcome } from '../model/plan.ts'
import type { JournalEntry } from '../model/record.ts'
import { announcedGrants, factsOf } from './facts.ts'

/** What surrounds an operation that is written down. */
interface Around {
  readonly plan: ApprovedPlan
  readonly desired: DesiredState
  /** Who asks: a commit or a person. */
  readonly actor: string
  readonly now: () => Instant
}

/** What is written down before an operation is sent. `id` ties the outcome to it. */
export function intentOf(
  operation: ApprovedOperation,
  id: string,
  { plan, actor, now, desired }: Around,
): JournalEntry {
  const grants = announcedGrants(operation, desired)
  return {
    kind: 'intent',
    id,
    at: now(),
    provider: plan.provider,
    number: operation.person.number,
    employee: operation.person.employee,
    operation: operation.kind,
    ...(operation.account === undefined ? {} : { account: operation.account }),
    login: operation.kind === 'create' ? operation.login : operation.person.login,
    detail: detailOf(operation),
    ...(grants.length > 0 ? { grants } : {}),
    because: operation.because.text,
    plan: plan.hash,
    actor,
  }
}

/** What is written down once it is known what became of it. */
export function outcomeEntry(outcome: Outcome, id: string, { plan, now, desired }: Around): JournalEntry {
  const { operation } = outcome
  const message = 'message' in outcome ? outcome.message : outcome.note
  const requestId = 'requestId' in outcome ? outcome.requestId : undefined
  const account = ('account' in outcome ? outcome.account : undefined) ?? operation.account
  return {
    kind: 'outcome',
    id,
    at: now(),
    provider: plan.provider,
    number: operation.person.number,
    operation: operation.kind,
    result: outcome.kind,
    ...(account === undefined ? {} : { account }),
    ...(message === undefined ? {} : { message }),
    ...(requestId === undefined ? {} : { requestId }),
    facts: factsOf(outcome, desired),
  }
}

function detailOf(operation: ApprovedOperation): string {
  switch (operation.kind) {
    case 'grant':
    case 'revoke':
      return `${operation.entitlement.kind} ${operation.entitlement.name} (${operation.entitlement.id})`
    case 'update':
      return [...Object.keys(operation.set), ...(operation.login ? ['login'] : [])].join(', ')
    case 'create':
      return [operation.state, ...operation.grants.map(one => one.name)].join(', ')
    case 'block':
      return operation.why
    case 'mark':
    case 'unmark':
      return operation.marker
    case 'set-manager':
      return operation.manager?.number ?? 'none'
    case 'adopt':
      return operation.how
    default:
      return ''
  }
}
