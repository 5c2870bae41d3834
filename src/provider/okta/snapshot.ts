import { allConcurrently } from '../../http/concurrency.ts'
import type { ReadScope, Snapshot } from '../../model/account.ts'
import { SnapshotError } from '../../model/errors.ts'
import type { AccountId, EntitlementId, Instant } from '../../model/ids.ts'
import { readAppHolders } from './apps.ts'
import { readChanges } from './changes.ts'
import { missingText } from './markers.ts'
import type { Reader } from './reader.ts'
import type { AppView, LastView, MarkerPair, View } from './view.ts'
import { readEverything } from './whole.ts'

/**
 * Every marked, block-marked and bound account, and who holds the entitlements in scope. With `scope.incremental`, what was read before
 * is brought up to date where that is possible. Throws SnapshotError.
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
  const apps = await readApps(reader, { scope, since, last: changed === undefined ? new Map() : last.apps }, signal)
  last.view = view
  last.apps = apps
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

/** Most apps whose users an incremental read lists again: Okta allows few such calls, and does not say which apps changed. */
const appsAtOnce = 5

interface AppReading {
  readonly scope: ReadScope
  readonly since: Instant
  /** What may be taken as it was. */
  readonly last: ReadonlyMap<EntitlementId, AppView>
}

/** Who has the apps in scope: listed anew where it never was, where we wrote, and for the few that were listed longest ago. */
async function readApps(
  { client, learnt }: Reader,
  { scope, since, last }: AppReading,
  signal: AbortSignal,
): Promise<ReadonlyMap<EntitlementId, AppView>> {
  const apps = scope.entitlements.filter(entitlement => entitlement.kind === 'App')
  const written = learnt.takeWrittenApps()
  const known = apps.filter(({ id }) => last.has(id) && !written.has(id))
  const oldestFirst = known.toSorted((a, b) => (last.get(a.id)?.since ?? 0) - (last.get(b.id)?.since ?? 0))
  const kept = new Set(oldestFirst.slice(appsAtOnce).map(({ id }) => id))
  const read = async (app: (typeof apps)[number]): Promise<readonly [EntitlementId, AppView]> => {
    const before = kept.has(app.id) ? last.get(app.id) : undefined
    return [app.id, before ?? { ...(await readAppHolders(client, app, signal)), since }]
  }
  try {
    return new Map(await allConcurrently(apps, client.concurrency, read))
  } catch (error) {
    for (const app of written) learnt.noteWrittenApp(app)
    throw error
  }
}

/** Okta takes all apps from an account that it deactivates. */
function withApps(snapshot: Snapshot, apps: ReadonlyMap<EntitlementId, AppView>): Snapshot {
  if (apps.size === 0) return snapshot
  const { accounts } = snapshot
  const active = (ids: ReadonlySet<AccountId>): ReadonlySet<AccountId> =>
    new Set([...ids].filter(id => accounts.get(id)?.deactivated !== true))
  const members = new Map<EntitlementId, ReadonlySet<AccountId>>(snapshot.members)
  const inherited = new Map<EntitlementId, ReadonlySet<AccountId>>()
  for (const [id, holders] of apps) {
    members.set(id, active(holders.direct))
    inherited.set(id, active(holders.inherited))
  }
  return { ...snapshot, members, inherited }
}
