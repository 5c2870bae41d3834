import { allConcurrently } from '../../http/concurrency.ts'
import type { Entitlement, EntitlementName, Resolution } from '../../model/entitlement.ts'
import { NotFoundError } from '../../model/errors.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import { type AppUser, appEntitlement, appOf, appResolution, appUserOf, type OktaApp } from './app.ts'
import type { OktaClient } from './client.ts'
import { idIn, isId } from './group.ts'
import { readable } from './groups.ts'
import { allItems, wholeList } from './paging.ts'
import { allApps, appsOfUser, appsStarting, appUsers, readApp, readAppUser } from './requests.ts'

/** Scopes that only mappings which name apps need. */
export const appScopes = ['okta.apps.read', 'okta.apps.manage'] as const

/** Page sizes of lists of an app's users: the largest Okta gives, then one below half of it, so that pages end elsewhere. */
const appUserLimits = [500, 193] as const

/** Resolves names of apps: exact labels, or `id:…`. */
export async function resolveApps(
  client: OktaClient,
  names: readonly EntitlementName[],
  signal: AbortSignal,
): Promise<(name: EntitlementName) => Resolution> {
  if (names.length === 0) return () => ({ kind: 'Missing' })
  const granted = await client.scopes()
  const missing = appScopes.filter(scope => !granted.has(scope))
  if (missing.length > 0) {
    const why = `mappings that name apps need the scope ${missing.join(' and ')}: grant it to the app on its tab "Okta API Scopes" and name it in spec.okta.scopes`
    return () => ({ kind: 'Unsupported', why })
  }
  const byName = await appsByName(
    client,
    names.map(({ name }) => name),
    signal,
  )
  return ({ name }) => appResolution(byName.get(name) ?? [])
}

/** From how many labels on all apps are listed at once, which takes fewer calls; Okta allows few of either. */
const labelsToList = 4

/** Labels compare exactly; Okta's search takes what they start with, without case. */
async function appsByName(
  client: OktaClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly OktaApp[]>> {
  const labels = names.filter(name => !isId(name))
  const lists = labels.length < labelsToList ? labels.map(appsStarting) : [allApps()]
  const listed = await allConcurrently(lists, client.concurrency, list => allItems(client, list, signal))
  const apps = new Map(listed.flatMap(list => list.map(appOf)).map(app => [app.id, app]))
  const found = new Map<string, readonly OktaApp[]>()
  for (const label of labels)
    found.set(
      label,
      [...apps.values()].filter(app => app.label === label),
    )
  // One that the admin role does not reach is not there for us.
  const read = async (name: string) => [name, await readable(() => appById(client, idIn(name), signal))] as const
  for (const [name, app] of await allConcurrently(names.filter(isId), client.concurrency, read))
    found.set(name, app === undefined ? [] : [app])
  return found
}

async function appById(client: OktaClient, id: string, signal: AbortSignal): Promise<OktaApp> {
  return appOf((await client.send(readApp(id), signal)).body)
}

/** Who has an app: by themselves, and through a group. */
export interface AppHolders {
  readonly direct: ReadonlySet<AccountId>
  readonly inherited: ReadonlySet<AccountId>
}

/** Everybody who has an app, proven complete. Throws SnapshotError. */
export async function readAppHolders(client: OktaClient, app: Entitlement, signal: AbortSignal): Promise<AppHolders> {
  const users = await wholeList(
    client,
    {
      what: `the users of app ${app.name}`,
      page: limit => appUsers(app.id, limit),
      parse: appUserOf,
      limits: appUserLimits,
    },
    signal,
  )
  const direct = new Set<AccountId>()
  const inherited = new Set<AccountId>()
  for (const { id, scope, ended } of users.values()) {
    if (!ended) (scope === 'USER' ? direct : inherited).add(id)
  }
  return { direct, inherited }
}

/** Apps that a user has by themselves; none where apps may not be read. */
export async function ownApps(
  client: OktaClient,
  user: AccountId,
  signal: AbortSignal,
): Promise<readonly Entitlement[]> {
  if (!(await client.scopes()).has('okta.apps.read')) return []
  const apps = await readable(() => allItems(client, appsOfUser(user), signal))
  return (apps ?? [])
    .map(appOf)
    .filter(app => app.scope === 'USER')
    .map(appEntitlement)
}

/** How one user has an app; undefined when they have not. */
export async function appUserById(
  client: OktaClient,
  at: { readonly app: EntitlementId; readonly user: AccountId },
  signal: AbortSignal,
): Promise<AppUser | undefined> {
  try {
    const found = appUserOf((await client.send(readAppUser(at.app, at.user), signal)).body)
    return found.ended ? undefined : found
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
