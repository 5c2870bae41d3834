import type { Account, FoundAccount } from '../model/account.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { Instant } from '../model/ids.ts'
import type { Drift } from '../model/plan.ts'
import type { Fact } from '../model/record.ts'
import { dayMs } from './day.ts'
import { blockMarkDrift } from './diff-block-mark.ts'
import { because, blockedFacts, info, nothing, personOf, type Sighting, type View } from './diff-view.ts'

/** A leaver with an account: blocked, signed out, stripped; after the grace deleted, where that is the action. */
export function leaverDrift(view: View, found: FoundAccount, confirmed: boolean): Sighting {
  const { account } = found
  const { person, known, desired } = view
  if (person.why.source === 'deleted' && person.orphan) return released(view, account)
  if (account.state === 'Deleted')
    return known?.deletedAt === undefined ? { ...nothing, facts: [{ kind: 'deleted' }] } : nothing
  const seen: Fact[] =
    known?.departureSeenAt === undefined
      ? [{ kind: 'departure-seen', at: desired.now, deletes: desired.policy.offboarding.delete }]
      : []
  if (!confirmed) return { ...nothing, facts: seen }
  seen.push(...blockedFacts(view, account), ...strippedFacts(view, found))
  const steps = [
    ...blocking(view, account),
    ...sessions(view, account),
    ...stripping(view, found),
    ...marking(view, account),
  ]
  if (steps.length > 0) return { ...nothing, drift: steps, facts: seen }
  const done: Fact[] = known?.offboardedAt === undefined ? [{ kind: 'offboarded' }] : []
  const after = isReleased(view) ? released(view, account) : deletion(view, account)
  return { ...after, facts: [...seen, ...done, ...after.facts] }
}

const leaver = (view: View, account: Account): Pick<Drift, 'person'> => ({
  person: personOf(view.person, account.login),
})

function departure(view: View): string {
  const { source } = view.person.why
  if (source === 'employment.endDate') return 'left after the last day'
  return source === 'deleted' ? 'the Employee was deleted' : `no longer in scope (${source})`
}

function blocking(view: View, account: Account): Drift[] {
  if (account.departed) return []
  const why = because(view, departure(view), [view.person.why.source], true)
  return [{ ...leaver(view, account), kind: 'NotBlocked', account, why: 'Departure', because: why }]
}

/** Sessions are ended once for each departure, and again when the block has to be repeated. */
function sessions(view: View, account: Account): Drift[] {
  const { known, desired } = view
  if (!desired.policy.offboarding.revokeSessions || account.state === 'Staged') return []
  const endedAt = known?.sessionsEndedAt
  const since = Math.max(known?.departureSeenAt ?? Number.POSITIVE_INFINITY, known?.blockedAt ?? 0)
  if (account.departed && endedAt !== undefined && endedAt >= since) return []
  const why = because(view, `${departure(view)}; sessions may be open`, [view.person.why.source], true)
  return [{ ...leaver(view, account), kind: 'SessionsOpen', account, why: 'Departure', because: why }]
}

/** Everything static and writable that a direct read shows, what gives administrative rights first; licences go with the account. */
function stripping(view: View, found: FoundAccount): Drift[] {
  if (!view.desired.policy.offboarding.revokeGrants) return []
  const held = (found.held ?? [])
    .filter(({ readOnly, kind }) => !readOnly && kind !== 'License')
    .map(entitlement => ({ ...entitlement, name: nameOf(view, entitlement) }))
  const order = (a: Entitlement, b: Entitlement): number =>
    Number(b.privileged) - Number(a.privileged) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  return [...held].sort(order).map(entitlement => ({
    ...leaver(view, found.account),
    kind: 'EntitlementExtra',
    account: found.account,
    entitlement,
    departed: true,
    because: because(view, departure(view), [view.person.why.source], true),
  }))
}

/** The name that mappings use or used; what a direct read calls it may be no more than an id. */
function nameOf({ desired, known }: View, { id, name }: Entitlement): string {
  return desired.scope.get(id)?.entitlement.name ?? known?.grants.get(id)?.entitlement.name ?? name
}

/** Grants of ours that the direct read does not show any more: the answer to their removal was lost, or somebody else's was first. */
function strippedFacts({ known }: View, { held }: FoundAccount): Fact[] {
  if (!known || !held) return []
  const left = new Set(held.map(entitlement => entitlement.id))
  const ours = new Set([...known.grants.keys(), ...(known.announced?.keys() ?? [])])
  return [...ours].filter(id => !left.has(id)).map(entitlement => ({ kind: 'revoked', entitlement }))
}

/** A leaver's account stays marked, so that it is known for ours when everything else is lost. A deactivated one takes no mark. */
function marking(view: View, account: Account): Drift[] {
  if (account.deactivated || isReleased(view)) return []
  const blockMark = blockMarkDrift(view, account)
  if (account.marked) return blockMark
  const why = because(view, 'ours, and not in the marker group', ['ownership.marker'], true)
  return [{ ...leaver(view, account), kind: 'MarkMissing', account, because: why }, ...blockMark]
}

/** Under legal hold, and its Employee is gone: the marks come off and nothing more is done. */
function isReleased({ person }: View): boolean {
  return person.why.source === 'deleted' && (person.retain || person.orphan)
}

/**
 * Deletion is the second of two steps: only what is proven blocked, in a later run than the one that first saw the departure, and only
 * after the grace.
 */
function deletion(view: View, account: Account): Sighting {
  const { person, desired, known } = view
  if (!desired.policy.offboarding.delete) return nothing
  if (person.retain)
    return {
      ...nothing,
      findings: [info(view, 'Retained', 'is retained (retain: true); its account is blocked and never deleted')],
    }
  if (!account.departed || known?.departureSeenAt === undefined || graceEnd(view, account) > desired.now) return nothing
  const text = `${departure(view)}, and the grace of ${desired.policy.offboarding.graceDays} days is over`
  const why = because(view, text, ['offboarding.graceDays'], true)
  return {
    ...nothing,
    drift: [
      {
        ...leaver(view, account),
        kind: 'DeletionDue',
        account,
        counted: known.departureDeletes === true && known.blockedAt !== undefined,
        because: why,
      },
    ],
  }
}

/** The grace runs from the latest that is known: the departure, our own block, the provider's own time. */
function graceEnd(view: View, account: Account): Instant {
  const { person, known, desired } = view
  const departed = Math.max(person.why.since ?? 0, known?.departureSeenAt ?? 0)
  const latest = Math.max(departed, known?.blockedAt ?? 0, account.stateSince ?? 0)
  return latest + desired.policy.offboarding.graceDays * dayMs
}

/** Both marks and the binding go; the account is otherwise untouched. */
function released(view: View, account: Account): Sighting {
  const why = because(
    view,
    view.person.orphan ? 'released (tenure.dev/orphan)' : 'retained, and the Employee was deleted',
    ['deleted'],
  )
  const marks: Drift[] = []
  if (account.blockMarked)
    marks.push({ ...leaver(view, account), kind: 'MarkSuperfluous', account, marker: 'Blocked', because: why })
  if (account.marked)
    marks.push({ ...leaver(view, account), kind: 'MarkSuperfluous', account, marker: 'Managed', because: why })
  return marks.length > 0 ? { ...nothing, drift: marks } : { ...nothing, facts: [{ kind: 'unbound' }] }
}
