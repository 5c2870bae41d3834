import { allConcurrently } from '../../http/concurrency.ts'
import type { ReadScope, Snapshot } from '../../model/account.ts'
import { SnapshotError } from '../../model/errors.ts'
import type { AccountId, EntitlementId, Instant } from '../../model/ids.ts'
import { type AppHolders, readAppHolders } from './apps.ts'
import { readChanges } from './changes.ts'
import { missingText } from './markers.ts'
import type { Reader } from './reader.ts'
import type { LastView, MarkerPair, View } from './view.ts'
import { readEverything } from './whole.ts'

/**
 * Every marked, block-marked and bound account, and who holds the entitlements in scope. With `scope.incremental`, what was read before
 * is brought up to date where that is possible; users of apps are listed anew each time, since Okta does not say when they change.
 * Throws SnapshotError.
 */
export async function readSnapshot(
  reader: Reader,
  last: LastView,
  scope: ReadScope,
  signal: AbortSignal,
): Promise<Snapshot> {
  const takenAt = reader.options.now()
  const markers = await markerPair(reader, signal)
  const since = readingBegins(reader)
  const from = { view: last.view, scope, markers, since }
  const changed = scope.incremental === true ? await readChanges(reader, from, signal) : undefined
  const view: View = changed ?? (await readEverything(reader, from, signal))
  const apps = await readApps(reader, scope, signal)
  last.view = view
  return withApps({ takenAt, accounts: view.accounts, members: view.members }, apps)
}

/** Okta's time now, or ours where that is earlier: changes are asked for from there, and too many do no harm. */
function readingBegins({ client, options }: Reader): Instant {
  return Math.min(client.clock()?.theirs ?? Number.POSITIVE_INFINITY, options.now())
}

async function markerPair({ markers, options }: Reader, signal: AbortSignal): Promise<MarkerPair> {
  const groups = await markers.find(signal)
  const [managed, blocked] = [groups.managed[0], groups.blocked[0]]
  if (managed === undefined || blocked === undefined || groups.managed.length > 1 || groups.blocked.length > 1)
    throw new SnapshotError(missingText(groups, options.marker))
  return { managed, blocked }
}

async function readApps(
  { client }: Reader,
  scope: ReadScope,
  signal: AbortSignal,
): Promise<ReadonlyMap<EntitlementId, AppHolders>> {
  const apps = scope.entitlements.filter(entitlement => entitlement.kind === 'App')
  const read = async (app: (typeof apps)[number]) => [app.id, await readAppHolders(client, app, signal)] as const
  return new Map(await allConcurrently(apps, client.concurrency, read))
}

function withApps(snapshot: Snapshot, apps: ReadonlyMap<EntitlementId, AppHolders>): Snapshot {
  if (apps.size === 0) return snapshot
  const members = new Map<EntitlementId, ReadonlySet<AccountId>>(snapshot.members)
  const inherited = new Map<EntitlementId, ReadonlySet<AccountId>>()
  for (const [id, holders] of apps) {
    members.set(id, holders.direct)
    inherited.set(id, holders.inherited)
  }
  return { ...snapshot, members, inherited }
}
