import type { Account } from '../model/account.ts'
import type { Drift } from '../model/plan.ts'
import type { Fact, PersonRecord } from '../model/record.ts'
import { blockedSince, blockMarkDrift } from './diff-block-mark.ts'
import { credentialDrift } from './diff-credential.ts'
import { grantDrift, grantFacts } from './diff-grants.ts'
import { managerDrift } from './diff-manager.ts'
import {
  because,
  blockedFacts,
  info,
  nothing,
  personOf,
  type Sighting,
  sessionsEnded,
  told,
  type View,
} from './diff-view.ts'

/** A person with an account who has not left. */
export function presentDrift(view: View, account: Account, confirmed: boolean): Sighting {
  switch (view.person.why.phase) {
    case 'Planned':
      return {
        ...nothing,
        findings: [info(view, 'PlannedButPresent', 'is not due to start yet and has an account; it is left as it is')],
      }
    case 'OutOfScope': {
      const text = `is out of scope (${view.person.why.source}) and has an account; it is kept as it is (onUnmatched: Retain)`
      return { ...nothing, findings: [info(view, 'OutOfScope', text)] }
    }
    default:
      if (account.state === 'Deleted') return binned(view, account)
      return compared(view, account, confirmed)
  }
}

function binned(view: View, account: Account): Sighting {
  const phase = view.person.why.phase
  if (phase !== 'Active' && phase !== 'Staged') return nothing
  const drift: Drift[] = [
    {
      kind: 'AccountBinned',
      account,
      person: personOf(view.person, account.login),
      because: because(view, 'the account lies in the bin', [view.person.why.source], true),
    },
  ]
  if (phase === 'Active')
    drift.push(notEnabled(view, account, { first: false, text: 'employed, and restored blocked' }))
  // The restore itself gives the login.
  const attributes = attributeDrift(view, account).filter(one => one.kind !== 'LoginDiffers')
  if (!account.masteredBy) drift.push(...attributes, ...managerDrift(view, account))
  drift.push(...grantDrift(view, account, 'Stripped'))
  return { drift, findings: [], facts: [] }
}

function compared(view: View, account: Account, confirmed: boolean): Sighting {
  const state = stateDrift(view, account, confirmed)
  if (view.person.why.unmatched) return state
  if (!view.actual.snapshot)
    return { ...state, drift: state.drift.filter(one => one.kind === 'NotBlocked' || one.kind === 'SessionsOpen') }
  if (account.deactivated && !state.drift.some(one => one.kind === 'NotEnabled')) return dormant(view, account, state)
  const drift: Drift[] = []
  const findings = [...state.findings]
  if (!account.marked) {
    drift.push({
      kind: 'MarkMissing',
      account,
      person: personOf(view.person, account.login),
      because: because(view, 'ours, and not in the marker group', ['ownership.marker']),
    })
    findings.push(
      info(view, 'MarkRemoved', `its account ${account.login} was taken out of the marker group; the mark is put back`),
    )
  }
  if (account.masteredBy) {
    const text = `its account ${account.login} is mastered by ${account.masteredBy}; its attributes are left alone`
    findings.push(info(view, 'ExternallyMastered', text))
  } else drift.push(...attributeDrift(view, account), ...managerDrift(view, account))
  const enabling = state.drift.some(one => one.kind === 'NotEnabled' && one.first)
  drift.push(...grantDrift(view, account), ...credentialDrift(view, account, enabling))
  return { drift: [...state.drift, ...drift], findings, facts: [...state.facts, ...observedFacts(view, account)] }
}

/** What the account shows of writes whose answers were lost, and of a departure that is over. */
function observedFacts(view: View, account: Account): Fact[] {
  return [
    ...boundFacts(view, account),
    ...blockedFacts(view, account),
    ...grantFacts(view, account),
    ...returnedFacts(view),
  ]
}

/** A deactivated account takes no change. It is compared when it is activated; until then it only loses what it should not have. */
function dormant(view: View, account: Account, state: Sighting): Sighting {
  const text = `its account ${account.login} is deactivated (${account.status}); it gets what is missing once it is active again`
  const extra = grantDrift(view, account).filter(one => one.kind === 'EntitlementExtra')
  return {
    drift: [...state.drift, ...extra],
    findings: [...state.findings, info(view, 'AccountDeactivated', text)],
    facts: [...state.facts, ...observedFacts(view, account)],
  }
}

/** The account has another login than we wrote down, or is not deleted after all: the answer to a rename or restore was lost. */
function boundFacts({ known }: View, account: Account): Fact[] {
  if (known?.account !== account.id) return []
  const same = known.login === account.login && known.deletedAt === undefined
  return same ? [] : [{ kind: 'bound', account: account.id, login: account.login }]
}

/** Somebody who had left is employed again: what we wrote down of the departure no longer holds. */
function returnedFacts(view: View): Fact[] {
  const { known } = view
  return known?.account && (known.departureSeenAt !== undefined || known.offboardedAt !== undefined)
    ? [{ kind: 'returned' }]
    : []
}

function attributeDrift(view: View, account: Account): Drift[] {
  const { person, traits } = view
  const drift: Drift[] = []
  const shared = { person: personOf(person, account.login), account }
  for (const [attribute, { value, owner, source }] of person.attributes) {
    const actual = account.attributes[attribute]
    if (owner === 'Provider' || actual === value) continue
    if (value === undefined && traits.attributes.some(one => one.to === attribute && one.required)) continue
    const why = { ...because(view, source, [source]), basis: 'Declared' as const }
    drift.push({ ...shared, kind: 'AttributeDiffers', attribute, desired: value, actual, because: why })
  }
  if (person.login !== '' && account.login.toLowerCase() !== person.login.toLowerCase())
    drift.push({
      ...shared,
      kind: 'LoginDiffers',
      desired: person.login,
      because: { ...because(view, 'workEmail', ['workEmail']), basis: 'Declared' },
    })
  return drift
}

/**
 * Where the account stands against where it should stand:
 *
 * | phase             | Staged        | Enabled           | Blocked                                |
 * | ----------------- | ------------- | ----------------- | -------------------------------------- |
 * | Staged            | –             | told, left alone  | –                                      |
 * | Active            | enable (ours) | –                 | enable if ours, else BlockedElsewhere  |
 * | OnLeave           | –             | block             | ours: marked so                        |
 * | Suspended         | –             | block             | ours: marked so; sessions ended once   |
 */
function stateDrift(view: View, account: Account, confirmed: boolean): Sighting {
  switch (view.person.why.phase) {
    case 'Staged':
      return stagedState(view, account)
    case 'Active':
      return activeState(view, account)
    case 'OnLeave':
      return account.state === 'Enabled'
        ? { ...nothing, drift: [notBlocked(view, account, 'Leave', confirmed)] }
        : { ...nothing, drift: blockMarkDrift(view, account) }
    default:
      return suspendedState(view, account, confirmed)
  }
}

function stagedState(view: View, account: Account): Sighting {
  if (account.state === 'Enabled') {
    const text = `starts on a later day, but the account ${account.login} is enabled already; an account once enabled is not staged again`
    return { ...nothing, findings: [info(view, 'AlreadyEnabled', text)] }
  }
  if (account.blockMarked || view.known?.blockedAt === undefined) return nothing
  return { ...nothing, drift: [blockMarkMissing(view, account)] }
}

function blockMarkMissing(view: View, account: Account): Drift {
  return {
    kind: 'BlockMarkMissing',
    account,
    person: personOf(view.person, account.login),
    because: because(view, 'staged by us, and not in the blocked marker group', ['ownership.marker']),
  }
}

function activeState(view: View, account: Account): Sighting {
  if (account.state === 'Enabled') {
    const facts: Fact[] = view.known?.enabledOnce ? [] : [{ kind: 'enabled' }]
    if (view.known?.foreignBlockSeenAt !== undefined) facts.push({ kind: 'foreign-block', seenAt: undefined })
    // Somebody lifted a block of ours. Kept on record, it would make the next one, which is not ours, look like ours.
    if (view.known?.blockedAt !== undefined) facts.push({ kind: 'unblocked' })
    if (!account.blockMarked) return { ...nothing, facts }
    const superfluous: Drift = {
      kind: 'MarkSuperfluous',
      marker: 'Blocked',
      account,
      person: personOf(view.person, account.login),
      because: because(view, 'enabled, and still in the blocked marker group', ['ownership.marker']),
    }
    return { ...nothing, drift: [superfluous], facts }
  }
  const ours = account.blockMarked || blockedSince(view.known, account)
  const first = ours && isFirst(view.known, account)
  const text = first ? 'the first day has come' : 'employed, and blocked by us'
  if (ours) return { ...nothing, drift: [notEnabled(view, account, { first, text })] }
  return foreignBlock(view, account)
}

/**
 * The provider or our record says that the account was never enabled. An account bound again after the record was lost is not taken for
 * one, so that letting it in counts.
 */
function isFirst(known: PersonRecord | undefined, account: Account): boolean {
  if (known?.departureSeenAt !== undefined || known?.enabledOnce) return false
  return account.state === 'Staged' || known?.blockedAt !== undefined
}

/** A block that is not ours stays, unless the annotation lifts blocks first seen before its time. */
function foreignBlock(view: View, account: Account): Sighting {
  const { person, desired, known } = view
  const seenAt = known?.foreignBlockSeenAt ?? desired.now
  const facts: Fact[] = known?.foreignBlockSeenAt === undefined ? [{ kind: 'foreign-block', seenAt }] : []
  if (person.unblockBefore !== undefined && seenAt < person.unblockBefore) {
    const text = `tenure.dev/unblock lifts the block that is not ours (${account.status})`
    return { ...nothing, drift: [notEnabled(view, account, { first: false, text, source: unblocking })], facts }
  }
  const text =
    `its account ${account.login} is blocked (${account.status}), and not by Tenure; it stays blocked until it is unblocked at ` +
    `${desired.policy.name} or the annotation tenure.dev/unblock gives a time after the block was seen`
  return { ...nothing, findings: [told(view, 'BlockedElsewhere', 'Warning', text)], facts }
}

function suspendedState(view: View, account: Account, confirmed: boolean): Sighting {
  const blocking = account.state === 'Enabled' ? [notBlocked(view, account, 'Suspension', confirmed)] : []
  const ended = sessionsEnded(view.known)
  const ours = account.blockMarked || view.known?.blockedAt !== undefined
  const open =
    view.desired.policy.offboarding.revokeSessions &&
    (blocking.length > 0 || (ours && !ended && account.state === 'Blocked' && view.known?.enabledOnce === true))
  const sessions: Drift[] = open ? [sessionsOpen(view, account, 'Suspension', confirmed)] : []
  return { ...nothing, drift: [...blocking, ...sessions, ...blockMarkDrift(view, account)] }
}

/** The annotation that lifts a block which is not ours. */
const unblocking = 'tenure.dev/unblock'

interface Enabling {
  /** The account was never enabled before. */
  readonly first: boolean
  readonly text: string
  /** The field or annotation behind it; what gives the phase when absent. */
  readonly source?: string
}

function notEnabled(view: View, account: Account, { first, text, source }: Enabling): Drift {
  return {
    kind: 'NotEnabled',
    account,
    first,
    person: personOf(view.person, account.login),
    because: because(view, text, [source ?? view.person.why.source]),
  }
}

function notBlocked(view: View, account: Account, why: 'Leave' | 'Suspension', confirmed: boolean): Drift {
  const text = why === 'Leave' ? 'on leave' : 'suspended: true'
  return {
    kind: 'NotBlocked',
    account,
    why,
    person: personOf(view.person, account.login),
    because: because(view, text, [view.person.why.source], confirmed),
  }
}

function sessionsOpen(view: View, account: Account, why: 'Suspension', confirmed: boolean): Drift {
  return {
    kind: 'SessionsOpen',
    account,
    why,
    person: personOf(view.person, account.login),
    because: because(view, 'blocked, sessions may be open', [view.person.why.source], confirmed),
  }
}
