import type { Account, AccountKey, Snapshot } from '../model/account.ts'
import type { DesiredAccount, DesiredState } from '../model/desired.ts'
import type { AccountId } from '../model/ids.ts'
import { lookupKey } from '../model/keys.ts'
import type { PersonRecord, ProviderRecord } from '../model/record.ts'
import { type Actual, type Bindings, bindingsOf, mayRebind, readOf } from './bindings.ts'
import { sessionsEnded } from './diff-view.ts'
import { holdingsIn } from './holdings.ts'

/**
 * What must be read directly before anything is decided, and has not been: accounts that are in no list (absence is confirmed one by
 * one), declared departures and suspensions (they wait for no list), leavers not yet proven out, and people without an account,
 * who may have one that is not ours. Answers may raise new questions; ask until there are none.
 */
export function questionsOf(desired: DesiredState, record: ProviderRecord, actual: Actual): AccountKey[] {
  const bindings = bindingsOf(desired, record, actual.snapshot)
  const keys = new Map<string, AccountKey>()
  const ask = (key: AccountKey): void => {
    const text = lookupKey(key)
    if (!actual.answers.has(text)) keys.set(text, key)
  }
  for (const person of desired.people.values())
    for (const key of questionsAbout(person, { desired, record, bindings, actual })) ask(key)
  for (const account of bindings.unclaimed)
    if (account.blockMarked && account.state === 'Blocked') ask({ kind: 'Id', id: account.id })
  return [...keys.values()]
}

/** The accounts of people whose own manifest says that they left or are suspended: read before and apart from everything else. */
export function departuresToRead(desired: DesiredState, record: ProviderRecord): AccountKey[] {
  const { records } = bindingsOf(desired, record, undefined)
  return [...desired.people.values()].flatMap((person): AccountKey[] => {
    const known = records.get(person.number)
    const declared =
      person.why.basis === 'Declared' && (person.why.phase === 'Left' || person.why.phase === 'Suspended')
    if (!declared || !known?.account || !needsDirectRead(person, known, desired, undefined)) return []
    return known.offboardedAt === undefined || person.why.phase === 'Suspended'
      ? [{ kind: 'Id', id: known.account }]
      : []
  })
}

interface Known {
  readonly desired: DesiredState
  readonly record: ProviderRecord
  readonly bindings: Bindings
  readonly actual: Actual
}

function questionsAbout(person: DesiredAccount, { desired, record, bindings, actual }: Known): readonly AccountKey[] {
  const known = bindings.records.get(person.number)
  if (known?.account) {
    if (readOf(known.account, actual).kind === 'Gone')
      return intentKeys(person, known) ?? strangerKeys(person, desired, actual)
    return needsDirectRead(person, known, desired, actual.snapshot) ? [{ kind: 'Id', id: known.account }] : []
  }
  const loose = bindings.loose.get(person.number) ?? []
  const direct: AccountKey[] = loose.map(account => ({ kind: 'Id', id: account.id }))
  if (direct.length > 0 && mayRebind(record)) return direct
  return [...direct, ...(intentKeys(person, known) ?? strangerKeys(person, desired, actual))]
}

/** Under what the account of an unfinished create would be found. */
function intentKeys(person: DesiredAccount, known: PersonRecord | undefined): readonly AccountKey[] | undefined {
  if (!known?.intent) return undefined
  return [
    { kind: 'Number', number: person.number },
    { kind: 'Login', login: known.intent.login },
  ]
}

/** Under what someone else may hold the account this person would get. */
function strangerKeys(person: DesiredAccount, desired: DesiredState, actual: Actual): readonly AccountKey[] {
  const wanted = person.why.phase === 'Staged' || person.why.phase === 'Active'
  if (!wanted || !actual.snapshot || person.login === '') return []
  const keys: AccountKey[] = [
    { kind: 'Number', number: person.number },
    { kind: 'Login', login: person.login },
  ]
  if (desired.policy.adopt === 'ByEmail' && person.email) keys.push({ kind: 'Email', email: person.email })
  return keys
}

function needsDirectRead(
  person: DesiredAccount,
  known: PersonRecord,
  desired: DesiredState,
  snapshot: Snapshot | undefined,
): boolean {
  const account = known.account ? snapshot?.accounts.get(known.account) : undefined
  switch (person.why.phase) {
    case 'Left': {
      // Deleted, and in the lists all the same: somebody took it out of the bin, with all it held.
      if (known.deletedAt !== undefined) return account !== undefined
      const mayBeDeleted = desired.policy.offboarding.delete && !person.retain
      if (!account || known.offboardedAt === undefined || !account.departed || mayBeDeleted) return true
      return desired.policy.offboarding.revokeGrants && holdsAgain(account.id, snapshot)
    }
    case 'Suspended':
      return (
        !account || account.state === 'Enabled' || (desired.policy.offboarding.revokeSessions && !sessionsEnded(known))
      )
    case 'Planned':
    case 'OutOfScope':
      return false
    default:
      return snapshot !== undefined && (!account || lacksGrants(person, known, { account, snapshot }))
  }
}

/**
 * Grants of ours that are not to be, and that no list shows: before they are forgotten, which would leave them for ever if a list came
 * short, the account itself is asked.
 */
function lacksGrants(
  person: DesiredAccount,
  known: PersonRecord,
  { account, snapshot }: { readonly account: Account; readonly snapshot: Snapshot },
): boolean {
  const ours = [...known.grants.keys(), ...(known.announced?.keys() ?? [])]
  return ours.some(id => !person.grants.has(id) && snapshot.members.get(id)?.has(account.id) === false)
}

/** Somebody gave a leaver who was stripped an entitlement in scope. */
function holdsAgain(id: AccountId, snapshot: Snapshot | undefined): boolean {
  return snapshot !== undefined && holdingsIn(snapshot, id).size > 0
}
