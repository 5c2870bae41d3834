import type { Account } from '../model/account.ts'
import type { DesiredAccount, DesiredState } from '../model/desired.ts'
import type { Finding, Reason } from '../model/origin.ts'
import type { Because, Drift, Person } from '../model/plan.ts'
import type { Fact, PersonRecord } from '../model/record.ts'
import type { Traits } from '../model/traits.ts'
import type { Actual, Bindings } from './bindings.ts'

/** One person in front of everything that was read. */
export interface View {
  readonly desired: DesiredState
  readonly actual: Actual
  readonly traits: Traits
  readonly bindings: Bindings
  readonly person: DesiredAccount
  readonly known: PersonRecord | undefined
}

/** What comparing one person gives. */
export interface Sighting {
  readonly drift: readonly Drift[]
  readonly findings: readonly Finding[]
  readonly facts: readonly Fact[]
}

export const nothing: Sighting = { drift: [], findings: [], facts: [] }

export function personOf(person: DesiredAccount, login?: string): Person {
  return { number: person.number, employee: person.employee, login: login ?? person.login }
}

/** A `because` that stands on the person's own manifest, or on its absence. */
export function because(view: View, text: string, sources: readonly string[], confirmed = false): Because {
  const { person, desired } = view
  return {
    text,
    sources,
    basis: person.why.basis,
    ...(person.origin === undefined ? {} : { origin: person.origin }),
    ...(confirmed ? { confirmedAt: desired.now } : {}),
  }
}

/** A block that we announced, whose answer was lost, and that stands with our mark: it is ours. */
export function blockedFacts({ known }: View, account: Account): Fact[] {
  const ours = known?.blockAnnounced === true && known.blockedAt === undefined && account.blockMarked
  return ours && account.state !== 'Enabled' && account.state !== 'Deleted' ? [{ kind: 'blocked' }] : []
}

/** Sessions were ended since the block that stands; lifting one forgets it. A block whose own outcome was lost has no time. */
export function sessionsEnded(known: PersonRecord | undefined): boolean {
  const { sessionsEndedAt, blockedAt = 0 } = known ?? {}
  return sessionsEndedAt !== undefined && sessionsEndedAt >= blockedAt
}

/** A finding about the person; `Info` is only told, `Warning` asks for something. */
export function told(view: View, reason: Reason, severity: 'Info' | 'Warning', text: string): Finding {
  const { person, desired } = view
  return {
    reason,
    severity,
    message: `Employee ${person.employee}: ${text}`,
    subject: { kind: 'Employee', name: person.employee },
    ...(person.origin === undefined ? {} : { origin: person.origin }),
    provider: desired.policy.name,
  }
}

export function info(view: View, reason: Reason, text: string): Finding {
  return told(view, reason, 'Info', text)
}
