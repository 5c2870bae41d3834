import type { AccountId, EmployeeNumber, EntitlementId, Instant, ProviderName } from '../model/ids.ts'
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

  /** The providers of which anything is known. */
  providers(): readonly ProviderName[] {
    return [...this.#providers.keys()]
  }

  enter(entry: JournalEntry): void {
    const folded = this.#folded(entry.provider)
    switch (entry.kind) {
      case 'intent':
        folded.empty = false
        announce(folded, entry)
        return
      case 'outcome':
        if (entry.result !== 'unknown') settle(folded, entry)
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
      case 'lost':
        folded.lost = entry.lost
        return
      case 'owner':
      case 'decision':
        return
    }
  }

  #folded(provider: ProviderName): Folded {
    let folded = this.#providers.get(provider)
    if (!folded) {
      folded = { people: new Map(), mapped: new Map(), empty: true, lost: false, open: new Map() }
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
  lost: boolean
  /** What was announced and not answered, by the id of its intent. */
  readonly open: Map<string, Intent>
}

type Intent = JournalEntry & { readonly kind: 'intent' }

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

/** What is about to be sent may have its effect without our ever hearing of it. */
function announce(folded: Folded, intent: Intent): void {
  const { operation, login, at, employee, grants = [] } = intent
  if (operation !== 'create' && operation !== 'grant' && operation !== 'block') return
  folded.open.set(intent.id, intent)
  const known = folded.people.get(intent.number)
  if (operation === 'create' && login !== undefined) {
    const earlier = known?.intent?.login === login ? known.intent.at : at
    change(folded, intent, { intent: { login, at: Math.min(earlier, at) }, employee })
  }
  if (operation === 'block') change(folded, intent, { blockAnnounced: true })
  if (grants.length > 0) {
    const announced = new Map(known?.announced)
    for (const grant of grants) announced.set(grant.entitlement.id, grant)
    change(folded, intent, { announced })
  }
}

/** The answer is known, but for a create only when no earlier one of that person still has none: that one may hold the login. */
function settle(folded: Folded, { id, number, operation }: JournalEntry & { readonly kind: 'outcome' }): void {
  const intent = folded.open.get(id)
  folded.open.delete(id)
  if (operation === 'block') clear(folded, { number, at: 0 }, ['blockAnnounced'])
  if (operation === 'create' && ![...folded.open.values()].some(one => isCreateOf(one, number)))
    clear(folded, { number, at: 0 }, ['intent'])
  for (const { entitlement } of intent?.grants ?? []) unannounce(folded, number, entitlement.id)
}

function isCreateOf(intent: Intent, number: EmployeeNumber): boolean {
  return intent.operation === 'create' && intent.number === number
}

function unannounce(folded: Folded, number: EmployeeNumber, id: EntitlementId): void {
  const known = folded.people.get(number)
  if (!known?.announced?.has(id)) return
  const announced = new Map(known.announced)
  announced.delete(id)
  if (announced.size > 0) change(folded, { number, at: 0 }, { announced })
  else clear(folded, { number, at: 0 }, ['announced'])
}

function note(folded: Folded, moment: Moment, fact: Fact): void {
  switch (fact.kind) {
    case 'bound':
      bind(folded, moment, fact)
      return
    case 'unbound':
      folded.people.delete(moment.number)
      return
    case 'renumbered':
      renumber(folded, moment, fact.from)
      return
    case 'blocked':
      clear(folded, moment, ['blockAnnounced'])
      change(folded, moment, { blockedAt: moment.at })
      return
    case 'unblocked':
      clear(folded, moment, ['blockedAt', 'blockAnnounced', 'foreignBlockSeenAt', 'sessionsEndedAt'])
      return
    case 'enabled':
    case 'made':
    case 'sessions-ended':
    case 'credential-issued':
    case 'offboarded':
      change(folded, moment, noted(fact.kind, moment, folded.people.get(moment.number)))
      return
    case 'departure-seen':
      change(folded, moment, { departureSeenAt: fact.at, departureDeletes: fact.deletes })
      return
    case 'returned':
      clear(folded, moment, ['departureSeenAt', 'departureDeletes', 'offboardedAt', 'sessionsEndedAt'])
      return
    case 'deleted':
      clear(folded, moment, ['announced'])
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

type Plain = 'enabled' | 'made' | 'sessions-ended' | 'credential-issued' | 'offboarded'

/** What a fact without details adds to a person's record. */
function noted(kind: Plain, { at }: Moment, known: PersonRecord | undefined): Partial<PersonRecord> {
  switch (kind) {
    case 'enabled':
      return { enabledOnce: true, firstEnabledAt: known?.firstEnabledAt ?? at }
    case 'made':
      return { made: true }
    case 'sessions-ended':
      return { sessionsEndedAt: at }
    case 'credential-issued':
      return { credentialIssued: true }
    case 'offboarded':
      return { offboardedAt: at }
  }
}

function bind(folded: Folded, moment: Moment, { account, login }: Fact & { readonly kind: 'bound' }): void {
  if (isAnotherAccount(folded.people.get(moment.number), account)) forgetAccount(folded, moment)
  for (const [id, intent] of folded.open) if (isCreateOf(intent, moment.number)) folded.open.delete(id)
  clear(folded, moment, ['intent', 'deletedAt'])
  change(folded, moment, { account, login })
}

function isAnotherAccount(known: PersonRecord | undefined, account: AccountId): boolean {
  return known?.account !== undefined && known.account !== account
}

/** What was true of an account says nothing of the one that took its place: a block of ours on the old one is none on the new. */
function forgetAccount(folded: Folded, moment: Moment): void {
  clear(folded, moment, [
    'blockedAt',
    'foreignBlockSeenAt',
    'sessionsEndedAt',
    'departureSeenAt',
    'departureDeletes',
    'offboardedAt',
    'made',
    'firstEnabledAt',
    'credentialIssued',
  ])
  change(folded, moment, { enabledOnce: false, grants: new Map() })
}

function noteGrant(folded: Folded, moment: Moment, fact: Fact & { readonly kind: 'granted' | 'revoked' }): void {
  unannounce(folded, moment.number, fact.kind === 'granted' ? fact.entitlement.id : fact.entitlement)
  const grants = new Map(folded.people.get(moment.number)?.grants)
  if (fact.kind === 'granted')
    grants.set(fact.entitlement.id, { entitlement: fact.entitlement, mappings: fact.mappings, at: moment.at })
  else grants.delete(fact.entitlement)
  change(folded, moment, { grants })
}

function renumber(folded: Folded, moment: Moment, from: EmployeeNumber): void {
  const old = folded.people.get(from)
  if (!old) return
  folded.people.delete(from)
  folded.people.set(moment.number, { ...old, number: moment.number })
}
