import type { Account, FoundAccount } from '../model/account.ts'
import type { DesiredAccount, DesiredState } from '../model/desired.ts'
import type { AccountId, EmployeeNumber } from '../model/ids.ts'
import type { Finding } from '../model/origin.ts'
import type { Drift } from '../model/plan.ts'
import type { Fact, PersonRecord, ProviderRecord } from '../model/record.ts'
import type { Traits } from '../model/traits.ts'
import { type Actual, type Bindings, bindingsOf, mayRebind, readOf } from './bindings.ts'
import { accountlessDrift, unfinishedCreate } from './diff-accountless.ts'
import { leaverDrift } from './diff-leaver.ts'
import { presentDrift } from './diff-present.ts'
import { personOf, type Sighting, told, type View } from './diff-view.ts'
import { leaverOf } from './resolve.ts'

export interface DiffInput {
  readonly desired: DesiredState
  readonly actual: Actual
  readonly record: ProviderRecord
  readonly traits: Traits
}

/** Facts of difference, what people should know, and what is now known and worth writing down. */
export interface Difference {
  readonly drift: readonly Drift[]
  readonly findings: readonly Finding[]
  readonly observations: readonly Observation[]
}

export interface Observation {
  readonly number: EmployeeNumber
  readonly employee: string
  readonly facts: readonly Fact[]
}

/** Compares what should be with what is, person by person; decides no verbs. */
export function diff(input: DiffInput): Difference {
  const { desired, actual, record } = input
  const bindings = bindingsOf(desired, record, actual.snapshot)
  const drift: Drift[] = []
  const findings: Finding[] = []
  const observations: Observation[] = []
  const see = (person: DesiredAccount, known: PersonRecord | undefined): void => {
    const sighting = driftOf(person, known, input, bindings)
    drift.push(...sighting.drift)
    findings.push(...sighting.findings)
    const facts = [...declaredFacts(person, known), ...sighting.facts]
    if (facts.length > 0) observations.push({ number: person.number, employee: person.employee, facts })
  }
  for (const person of desired.people.values()) see(person, bindings.records.get(person.number))
  for (const account of bindings.unclaimed) {
    const leaver = recordlessLeaver(account, desired)
    if (!leaver) {
      if (!isDeclared(account, desired)) findings.push(foreignMark(account, desired))
      continue
    }
    const facts: Fact[] = [{ kind: 'bound', account: account.id, login: account.login }]
    observations.push({ number: leaver.number, employee: leaver.employee, facts })
    see(leaver, { ...unknownPerson(leaver), account: account.id, login: account.login })
  }
  const contested = contestedAccounts(drift)
  findings.push(...contested.map(one => claimedTwice(one, desired)))
  const settled = drift.filter(one => !contested.some(claim => claim.person.number === one.person.number))
  return { drift: withoutAbsentManagers(settled), findings, observations }
}

/** Claims on one account by several people, of whom none may have it. */
function contestedAccounts(drift: readonly Drift[]): readonly (Drift & { readonly kind: 'AccountUnbound' })[] {
  const claims = new Map<AccountId, (Drift & { readonly kind: 'AccountUnbound' })[]>()
  for (const one of drift)
    if (one.kind === 'AccountUnbound') claims.set(one.account.id, [...(claims.get(one.account.id) ?? []), one])
  return [...claims.values()].filter(claim => claim.length > 1).flat()
}

function claimedTwice(claim: Drift & { readonly kind: 'AccountUnbound' }, desired: DesiredState): Finding {
  const { person, account } = claim
  const origin = desired.people.get(person.number)?.origin
  const message =
    `Employee ${person.employee}: the account ${account.login} (${account.id}) may be theirs and somebody else's; ` +
    'it is given to neither until their employee numbers or e-mail addresses differ'
  return {
    reason: 'AdoptionAmbiguous',
    severity: 'Warning',
    message,
    subject: { kind: 'Employee', name: person.employee },
    ...(origin === undefined ? {} : { origin }),
    provider: desired.policy.name,
  }
}

/** A manager without an account is waited for only where this very plan gives them one. */
function withoutAbsentManagers(drift: readonly Drift[]): readonly Drift[] {
  const coming = new Set<EmployeeNumber>()
  for (const one of drift)
    if (one.kind === 'AccountMissing' || one.kind === 'AccountUnbound') coming.add(one.person.number)
  return drift.filter(one => {
    if (one.kind !== 'ManagerDiffers' || !one.desired || one.desired.id !== undefined) return true
    return coming.has(one.desired.number)
  })
}

function driftOf(
  person: DesiredAccount,
  known: PersonRecord | undefined,
  input: DiffInput,
  bindings: Bindings,
): Sighting {
  const view: View = { ...input, bindings, person, known }
  if (known?.account) {
    const read = readOf(known.account, input.actual)
    if (read.kind === 'Unread') return { drift: [], findings: [], facts: [] }
    if (read.kind === 'Gone') return accountlessDrift(view, { deletedElsewhere: true })
    const renumbered: Fact[] = known.number === person.number ? [] : [{ kind: 'renumbered', from: known.number }]
    const sighting = accountDrift(view, read.found, read.confirmed)
    const findings = [...sighting.findings, ...secondAccounts(view, input.record)]
    return { ...sighting, findings, facts: [...renumbered, ...sighting.facts] }
  }
  const loose = bindings.loose.get(person.number) ?? []
  const [only, other] = loose
  if (only && !other) {
    const read = readOf(only.id, input.actual)
    const account = read.kind === 'Present' ? read.found.account : only
    const unfinished = unfinishedCreate(view, account)
    if (unfinished) return unfinished
    if (mayRebind(input.record)) return rebound(view, only)
  }
  return accountlessDrift(view, { deletedElsewhere: false, loose })
}

/** One person, one account: another one that is marked for them, or bound under a number of theirs, is told of and left alone. */
function secondAccounts(view: View, record: ProviderRecord): Finding[] {
  const { person, known, bindings } = view
  const marked = (bindings.loose.get(person.number) ?? []).map(account => `${account.login} (${account.id})`)
  const numbered = person.previousNumbers
    .map(number => record.people.get(number))
    .filter(other => other?.account !== undefined && other.account !== known?.account && other.deletedAt === undefined)
    .map(other => `${other?.login} (${other?.account}), bound under number ${other?.number}`)
  const others = [...marked, ...numbered]
  if (others.length === 0) return []
  const text =
    `has the account ${known?.login} (${known?.account}), and another may be theirs too: ${others.join(', ')}; ` +
    'nothing is done about that one: block or delete it, or take it out of the marker group, by hand'
  return [told(view, 'AdoptionAmbiguous', 'Warning', text)]
}

function accountDrift(view: View, found: FoundAccount, confirmed: boolean): Sighting {
  return view.person.why.phase === 'Left'
    ? leaverDrift(view, found, confirmed)
    : presentDrift(view, found.account, confirmed)
}

/** A marked account carries the number and our record is lost: it is bound again, then compared as any other. */
function rebound(view: View, account: Account): Sighting {
  const read = readOf(account.id, view.actual)
  const found = read.kind === 'Present' ? read.found : { account }
  const isBlocked = found.account.blockMarked && found.account.state !== 'Enabled'
  const known: PersonRecord = {
    ...(view.known ?? unknownPerson(view.person)),
    ...(isBlocked ? { blockedAt: view.desired.now, enabledOnce: true } : {}),
    account: account.id,
    login: account.login,
  }
  const sighting = accountDrift({ ...view, known }, found, read.kind === 'Present' && read.confirmed)
  const because = {
    text: 'marked as ours and carries the employee number; the record of it was lost',
    sources: ['ownership.marker'],
    basis: 'Declared' as const,
  }
  const drift: Drift = {
    kind: 'AccountUnbound',
    account: found.account,
    how: 'Marked',
    person: personOf(view.person),
    because,
  }
  const blocked: Fact[] = isBlocked ? [{ kind: 'blocked' }, { kind: 'enabled' }] : []
  return { ...sighting, drift: [drift, ...sighting.drift], facts: [...blocked, ...sighting.facts] }
}

/** Marked, in the blocked marker and really blocked: a leaver of ours whose Employee and record are gone. */
function recordlessLeaver(account: Account, desired: DesiredState): DesiredAccount | undefined {
  if (!account.blockMarked || account.state !== 'Blocked' || account.number === undefined) return undefined
  if (desired.untouchable.has(account.number) || desired.declared.has(account.number)) return undefined
  return leaverOf({ ...unknownPerson({ number: account.number, employee: account.login }), login: account.login })
}

/** Somebody's, though this provider is not to touch it: out of scope, or held back by a fault of the manifest. */
function isDeclared(account: Account, desired: DesiredState): boolean {
  return (
    account.number !== undefined && (desired.declared.has(account.number) || desired.untouchable.has(account.number))
  )
}

function unknownPerson(person: Pick<DesiredAccount, 'number' | 'employee'>): PersonRecord {
  const { number, employee } = person
  return { number, employee, enabledOnce: false, grants: new Map(), retain: false, orphan: false }
}

function foreignMark(account: Account, desired: DesiredState): Finding {
  const message =
    `the account ${account.login} (${account.id}) is in the marker group ${desired.policy.marker}, but no Employee declares it and ` +
    'Tenure did not make it; it is left alone: take it out of the group, or declare its Employee'
  return {
    reason: 'MarkForeign',
    severity: 'Warning',
    message,
    subject: { kind: 'IdentityProvider', name: desired.policy.name },
    origin: desired.policy.origin,
    provider: desired.policy.name,
  }
}

/** What the manifest says that must outlive it. */
function declaredFacts(person: DesiredAccount, known: PersonRecord | undefined): Fact[] {
  if (!known?.account || person.origin === undefined) return []
  if (known.employee === person.employee && known.retain === person.retain && known.orphan === person.orphan) return []
  return [{ kind: 'declared', employee: person.employee, retain: person.retain, orphan: person.orphan }]
}
