import type { Account } from '../model/account.ts'
import type { Drift } from '../model/plan.ts'
import type { PersonRecord } from '../model/record.ts'
import { because, personOf, type View } from './diff-view.ts'

/** A block this much later than ours, in milliseconds, is somebody else's. */
const laterBlockMs = 15 * 60_000

/** Our record alone speaks for a block of ours only while the provider does not say that the state changed long after it. */
export function blockedSince(known: PersonRecord | undefined, account: Account): boolean {
  if (known?.blockedAt === undefined) return false
  const since = Math.max(known.blockedAt, known.sessionsEndedAt ?? 0)
  return account.stateSince === undefined || account.stateSince <= since + laterBlockMs
}

/**
 * A block of ours whose mark could not be written: it is put there, so that the block is known for ours when the record is lost. A
 * deactivated account may take no mark any more; then the record alone knows.
 */
export function blockMarkDrift(view: View, account: Account): Drift[] {
  const { known, person } = view
  if (account.state !== 'Blocked' || account.blockMarked || account.deactivated || !blockedSince(known, account))
    return []
  const why = because(view, 'blocked by us, and not in the blocked marker group', ['ownership.marker'], true)
  return [{ kind: 'BlockMarkMissing', account, person: personOf(person, account.login), because: why }]
}
