import type { Account, FoundAccount, LookupResult, Snapshot } from '../model/account.ts'
import type { DesiredAccount, DesiredState } from '../model/desired.ts'
import type { AccountId, EmployeeNumber } from '../model/ids.ts'
import { lookupKey } from '../model/keys.ts'
import type { PersonRecord, ProviderRecord } from '../model/record.ts'

/** Which account is whose, as far as we know it before comparing. */
export interface Bindings {
  /** The record of each desired person, taken over from a previous number where there is none under the present one. */
  readonly records: ReadonlyMap<EmployeeNumber, PersonRecord>
  /** Ids that our record binds. */
  readonly bound: ReadonlySet<AccountId>
  /** Marked accounts that nobody is bound to, by the employee number they carry. */
  readonly loose: ReadonlyMap<EmployeeNumber, readonly Account[]>
  /** Marked accounts that nobody is bound to and nobody declared: foreign, or leavers of ours whose record is lost. */
  readonly unclaimed: readonly Account[]
}

/** Everything a run read from one provider. `snapshot` is absent when the whole read failed. */
export interface Actual {
  readonly snapshot: Snapshot | undefined
  /** Answers of direct reads, by `lookupKey`. */
  readonly answers: ReadonlyMap<string, LookupResult>
}

/** Ties people to accounts: the record first, then marked accounts that carry a declared number. */
export function bindingsOf(desired: DesiredState, record: ProviderRecord, snapshot: Snapshot | undefined): Bindings {
  const records = new Map<EmployeeNumber, PersonRecord>()
  for (const person of desired.people.values()) {
    const known = recordFor(person, record)
    if (known) records.set(person.number, known)
  }
  const bound = new Set<AccountId>()
  for (const person of record.people.values()) if (person.account) bound.add(person.account)
  const loose = new Map<EmployeeNumber, Account[]>()
  const unclaimed: Account[] = []
  const claims = claimsOf(desired)
  for (const account of snapshot?.accounts.values() ?? []) {
    if (bound.has(account.id) || !account.marked) continue
    const claimant = account.number === undefined ? undefined : claims.get(account.number)
    if (claimant === undefined) unclaimed.push(account)
    else loose.set(claimant, [...(loose.get(claimant) ?? []), account])
  }
  return { records, bound, loose, unclaimed }
}

/** Who may claim an account by the number it carries: a present number goes before a previous one. */
function claimsOf(desired: DesiredState): ReadonlyMap<EmployeeNumber, EmployeeNumber> {
  const claims = new Map<EmployeeNumber, EmployeeNumber>()
  for (const person of desired.people.values())
    for (const number of person.previousNumbers) claims.set(number, person.number)
  for (const number of desired.people.keys()) claims.set(number, number)
  return claims
}

function recordFor(person: DesiredAccount, record: ProviderRecord): PersonRecord | undefined {
  for (const number of [person.number, ...person.previousNumbers]) {
    const known = record.people.get(number)
    if (known && (known.account || known.intent)) return known
  }
  return record.people.get(person.number)
}

/** The account a person is bound to as this run read it: a direct read is fresher than the snapshot. */
export type BoundAccount =
  | { readonly kind: 'Present'; readonly found: FoundAccount; readonly confirmed: boolean }
  /** Read directly and not there. */
  | { readonly kind: 'Gone' }
  /** In no list, and not read directly: nothing may be inferred. */
  | { readonly kind: 'Unread' }

export function readOf(id: AccountId, actual: Actual): BoundAccount {
  const answer = actual.answers.get(lookupKey({ kind: 'Id', id }))
  if (answer) {
    const found = answer.accounts[0]
    return found ? { kind: 'Present', found, confirmed: true } : { kind: 'Gone' }
  }
  const account = actual.snapshot?.accounts.get(id)
  return account ? { kind: 'Present', found: { account }, confirmed: false } : { kind: 'Unread' }
}

/**
 * Marked accounts are bound again by their number only while the record of them is lost. With a record at hand, a mark that we did not
 * set makes nobody ours: somebody may have put a stranger into the group.
 */
export function mayRebind(record: ProviderRecord): boolean {
  return record.empty || record.lost
}
