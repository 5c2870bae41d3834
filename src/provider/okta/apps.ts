import { allConcurrently } from '../../http/concurrency.ts'
import type { Entitlement, EntitlementName, Resolution } from '../../model/entitlement.ts'
import { NotFoundError } from '../../model/errors.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import { type AppUser, appEntitlement, appOf, appResolution, appUserOf, type OktaApp } from './app.ts'
import type { OktaClient } from './client.ts'
import { idIn, isId } from './group.ts'
import { readable } from './groups.ts'
import { allItems, wholeList } from './paging.ts'
import { appsOfUser, appsStarting, appUsers, readApp, readAppUser } from './requests.ts'

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
  const resolve = async ({ name }: EntitlementName): Promise<readonly [string, Resolution]> => [
    name,
    appResolution(await appsNamed(client, name, signal)),
  ]
  const found = new Map(await allConcurrently(names, client.concurrency, resolve))
  return ({ name }) => found.get(name) ?? { kind: 'Missing' }
}

/** Labels compare exactly; Okta's search takes what they start with, without case. */
async function appsNamed(client: OktaClient, name: string, signal: AbortSignal): Promise<readonly OktaApp[]> {
  if (!isId(name)) {
    const apps = await allItems(client, appsStarting(name), signal)
    return apps.map(appOf).filter(app => app.label === name)
  }
  try {
    return [appOf((await client.send(readApp(idIn(name)), signal)).body)]
  } catch (error) {
    if (error instanceof NotFoundError) return []
    throw error
  }
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
