import type { EmployeeNumber, EntitlementId, Instant, ProviderName } from '../model/ids.ts'
import type { Fact, JournalEntry, MappedRecord, PersonRecord, ProviderRecord } from '../model/record.ts'

/** What all entries so far say, kept up to date entry by entry. */
export class RecordBook {
  readonly #providers = new Map<ProviderName, Folded>()

  constructor(entries: readonly JournalEntry[]) {
    for (const entry of entries) this.enter(entry)
  }

  /** The record of one provider; a live view, which later entries change. */
  of(provider: ProviderName): ProviderRecord {
    return this.#folded(provider)
  }

  enter(entry: JournalEntry): void {
    const folded = this.#folded(entry.provider)
    switch (entry.kind) {
      case 'intent':
        folded.empty = false
        if (entry.operation === 'create' && entry.login !== undefined)
          change(folded, entry, { intent: { login: entry.login, at: entry.at }, employee: entry.employee })
        return
      case 'outcome':
        if (entry.operation === 'create' && entry.result !== 'unknown') withoutIntent(folded, entry.number)
        for (const fact of entry.facts) note(folded, entry, fact)
        return
      case 'fact':
        folded.empty = false
        change(folded, entry, { employee: entry.employee })
        for (const fact of entry.facts) note(folded, entry, fact)
        return
      case 'mapped':
        folded.mapped = new Map(entry.mapped.map(one => [one.entitlement.id, one]))
        return
      case 'trusted':
        folded.trustedAccounts = entry.accounts
        return
      case 'owner':
      case 'decision':
        return
    }
  }

  #folded(provider: ProviderName): Folded {
    let folded = this.#providers.get(provider)
    if (!folded) {
      folded = { people: new Map(), mapped: new Map(), empty: true }
      this.#providers.set(provider, folded)
    }
    return folded
  }
}

interface Folded {
  readonly people: Map<EmployeeNumber, PersonRecord>
  mapped: ReadonlyMap<EntitlementId, MappedRecord>
  trustedAccounts?: number
  empty: boolean
}

interface Moment {
  readonly at: Instant
  readonly number: EmployeeNumber
}

function change(folded: Folded, { number }: Moment, changes: Partial<PersonRecord>): void {
  const known = folded.people.get(number)
  const base: PersonRecord = known ?? {
    number,
    employee: number,
    enabledOnce: false,
    grants: new Map(),
    retain: false,
    orphan: false,
  }
  folded.people.set(number, { ...base, ...changes })
}

/** Takes optional parts out of a person's record, as absent differs from undefined. */
function clear(folded: Folded, { number }: Moment, parts: readonly (keyof PersonRecord)[]): void {
  const known = folded.people.get(number)
  if (!known) return
  const copy: Partial<Record<keyof PersonRecord, unknown>> = { ...known }
  for (const part of parts) delete copy[part]
  folded.people.set(number, copy as unknown as PersonRecord)
}

function withoutIntent(folded: Folded, number: EmployeeNumber): void {
  if (folded.people.get(number)?.intent) clear(folded, { number, at: 0 }, ['intent'])
}

function note(folded: Folded, moment: Moment, fact: Fact): void {
  switch (fact.kind) {
    case 'bound':
      clear(folded, moment, ['intent', 'deletedAt'])
      change(folded, moment, { account: fact.account, login: fact.login })
      return
    case 'unbound':
      folded.people.delete(moment.number)
      return
    case 'renumbered':
      renumber(folded, moment, fact.from)
      return
    case 'blocked':
      change(folded, moment, { blockedAt: moment.at })
      return
    case 'unblocked':
      clear(folded, moment, ['blockedAt', 'foreignBlockSeenAt', 'sessionsEndedAt'])
      return
    case 'enabled':
      change(folded, moment, { enabledOnce: true })
      return
    case 'sessions-ended':
      change(folded, moment, { sessionsEndedAt: moment.at })
      return
    case 'departure-seen':
      change(folded, moment, { departureSeenAt: fact.at })
      return
    case 'returned':
      clear(folded, moment, ['departureSeenAt', 'offboardedAt', 'sessionsEndedAt'])
      return
    case 'offboarded':
      change(folded, moment, { offboardedAt: moment.at })
      return
    case 'deleted':
      change(folded, moment, { deletedAt: moment.at, grants: new Map() })
      return
    case 'granted':
    case 'revoked':
      noteGrant(folded, moment, fact)
      return
    case 'foreign-block':
      clear(folded, moment, ['foreignBlockSeenAt'])
      if (fact.seenAt !== undefined) change(folded, moment, { foreignBlockSeenAt: fact.seenAt })
      return
    case 'declared':
      change(folded, moment, { employee: fact.employee, retain: fact.retain, orphan: fact.orphan })
      return
  }
}

function noteGrant(folded: Folded, moment: Moment, fact: Fact & { readonly kind: 'granted' | 'revoked' }): void {
  const grants = new Map(folded.people.get(moment.number)?.grants)
  if (fact.kind === 'granted')
    grants.set(fact.entitlement.id, { entitlement: fact.entitlement, mappings: fact.mappings })
  else grants.delete(fact.entitlement)
  change(folded, moment, { grants })
}

function renumber(folded: Folded, moment: Moment, from: EmployeeNumber): void {
  const old = folded.people.get(from)
  if (!old) return
  folded.people.delete(from)
  folded.people.set(moment.number, { ...old, number: moment.number })
}
