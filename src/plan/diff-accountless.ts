import type { Account, AccountKey } from '../model/account.ts'
import { lookupKey } from '../model/keys.ts'
import type { Drift } from '../model/plan.ts'
import { credentialDrift } from './diff-credential.ts'
import { grantDrift } from './diff-grants.ts'
import { managerDrift } from './diff-manager.ts'
import { presentDrift } from './diff-present.ts'
import { because, nothing, personOf, type Sighting, told, type View } from './diff-view.ts'

/** How far the provider's clock may be behind the moment we announced a create, in milliseconds. */
const createdEarlierMs = 5 * 60_000

/** A person we have no account of: one is made, recognised, adopted, or reported. */
export function accountlessDrift(
  view: View,
  how: { readonly deletedElsewhere: boolean; readonly loose?: readonly Account[] },
): Sighting {
  const { person } = view
  if ((how.loose?.length ?? 0) > 1) return ambiguous(view, how.loose ?? [])
  if (person.why.phase === 'Left') {
    const settled = settleIntent(view)
    return how.deletedElsewhere && settled === nothing ? { ...nothing, facts: [{ kind: 'deleted' }] } : settled
  }
  if (person.why.phase !== 'Staged' && person.why.phase !== 'Active') return settleIntent(view)
  if (person.login === '') return nothing
  const strangers = strangersFor(view)
  if (strangers === undefined) return nothing
  const ours = strangers.find(account => isOurUnfinishedCreate(view, account))
  if (ours) return adopted(view, ours, 'Intent')
  if (strangers.length > 0) return unmanaged(view, strangers)
  return missing(view, how.deletedElsewhere)
}

/** An unfinished create of ours that turned out to exist is bound, whatever became of the person meanwhile. */
function settleIntent(view: View): Sighting {
  if (!view.known?.intent) return nothing
  const ours = (strangersFor(view) ?? []).find(account => isOurUnfinishedCreate(view, account))
  return ours ? adopted(view, ours, 'Intent') : nothing
}

/** An account that is marked already: the rest of our own create, or undefined when it is not. */
export function unfinishedCreate(view: View, account: Account): Sighting | undefined {
  return isOurUnfinishedCreate(view, account) ? adopted(view, account, 'Intent') : undefined
}

/** Live accounts found under the person's number, login or e-mail, ours left out; undefined when that was not asked or not answered. */
function strangersFor(view: View): readonly Account[] | undefined {
  const { person, desired, known } = view
  const keys: AccountKey[] = [{ kind: 'Number', number: person.number }]
  keys.push({ kind: 'Login', login: known?.intent?.login ?? person.login })
  if (desired.policy.adopt === 'ByEmail' && person.email && !known?.intent)
    keys.push({ kind: 'Email', email: person.email })
  const found = new Map<string, Account>()
  for (const key of keys) {
    const answer = view.actual.answers.get(lookupKey(key))
    if (!answer) return undefined
    for (const { account } of answer.accounts)
      if (account.state !== 'Deleted' && !view.bindings.bound.has(account.id)) found.set(account.id, account)
  }
  return [...found.values()]
}

function isOurUnfinishedCreate(view: View, account: Account): boolean {
  const intent = view.known?.intent
  if (!intent || account.createdAt === undefined) return false
  if (account.login.toLowerCase() !== intent.login.toLowerCase()) return false
  if (account.number !== undefined && account.number !== view.person.number) return false
  return account.createdAt >= intent.at - createdEarlierMs
}

function missing(view: View, deletedElsewhere: boolean): Sighting {
  const { person } = view
  const staged = person.why.phase === 'Staged'
  const state = staged ? 'Staged' : 'Enabled'
  const text = deletedElsewhere ? deletedText(view) : `${staged ? 'starts soon' : 'employed'} and has no account`
  const drift: Drift[] = [
    {
      kind: 'AccountMissing',
      state,
      person: personOf(person),
      because: because(view, text, [person.why.source], true),
    },
  ]
  drift.push(
    ...managerDrift(view, undefined),
    ...grantDrift(view, undefined),
    ...credentialDrift(view, undefined, !staged),
  )
  return { drift, findings: [], facts: [] }
}

/** Ours was the deletion that the record knows of; any other one was somebody else's. */
function deletedText({ person, known }: View): string {
  if (known?.deletedAt === undefined) return 'the account was deleted by someone else, as a direct read confirms'
  const returning = person.why.phase === 'Staged' ? 'starts again soon' : 'employed again'
  return `${returning}; the account they had was deleted after they left`
}

/** Accounts that are not ours stand in the way. Only an explicit policy lets one be taken over, and never one of two. */
function unmanaged(view: View, strangers: readonly Account[]): Sighting {
  const { adopt } = view.desired.policy
  const [only, other] = strangers
  if (!only || other) return ambiguous(view, strangers)
  const where = `the account ${only.login} (${only.id})`
  const sameNumber = only.number === view.person.number
  if (only.deactivated)
    return refused(view, `${where} is deactivated and was never ours; reactivate or delete it by hand`)
  if (only.number !== undefined && !sameNumber)
    return refused(view, `${where} carries another employee number, ${only.number}; correct it there or here`)
  if (adopt === 'Never' || (adopt === 'ByEmployeeNumber' && !sameNumber)) {
    const text =
      `${where} exists and is not managed by Tenure; set ownership.adopt to ` +
      `${sameNumber ? 'ByEmployeeNumber' : 'ByEmail'} to take it over, or rename one of the two`
    return { ...nothing, findings: [told(view, 'AccountUnmanaged', 'Warning', text)] }
  }
  return adopted(view, only, 'Adoption')
}

function adopted(view: View, account: Account, how: 'Intent' | 'Adoption'): Sighting {
  const text =
    how === 'Intent'
      ? 'it is the account of a create whose answer was lost'
      : `adoption ${view.desired.policy.adopt}: it carries the same ${account.number === view.person.number ? 'employee number' : 'e-mail'}`
  const drift: Drift = {
    kind: 'AccountUnbound',
    account,
    how,
    person: personOf(view.person, account.login),
    because: because(view, text, [how === 'Intent' ? 'record' : 'ownership.adopt'], true),
  }
  const blockedByUs = how === 'Intent' && account.state !== 'Enabled' ? { blockedAt: view.desired.now } : {}
  const base = view.known ?? {
    number: view.person.number,
    employee: view.person.employee,
    enabledOnce: false,
    grants: new Map(),
    retain: false,
    orphan: false,
  }
  const made = how === 'Intent' ? { made: true as const } : {}
  const known = { ...base, ...blockedByUs, ...made, account: account.id, login: account.login }
  const marked = { ...account, marked: true }
  const rest = view.person.why.phase === 'Left' ? nothing : presentDrift({ ...view, known }, marked, true)
  return { ...rest, drift: [drift, ...rest.drift] }
}

function ambiguous(view: View, accounts: readonly Account[]): Sighting {
  const list = accounts.map(account => `${account.login} (${account.id})`).join(', ')
  const text = `more than one account may be theirs: ${list}; nothing is done until one of them is renamed, renumbered or removed`
  return { ...nothing, findings: [told(view, 'AdoptionAmbiguous', 'Warning', text)] }
}

function refused(view: View, text: string): Sighting {
  return { ...nothing, findings: [told(view, 'AdoptionRefused', 'Warning', text)] }
}
