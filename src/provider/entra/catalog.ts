import { allConcurrently } from '../../http/concurrency.ts'
import type { Catalog, Entitlement, EntitlementKind, EntitlementName, Resolution } from '../../model/entitlement.ts'
import { entitlementKey } from '../../model/keys.ts'
import { resolveApp } from './app-roles.ts'
import type { EntraClient } from './client.ts'
import { entitlementFrom } from './entitlement.ts'
import { DeniedError, isMissing } from './errors.ts'
import { readSkus, resolveSku } from './licenses.ts'
import type { GraphItem } from './list.ts'
import { type ContainerKind, filterParts, findContainers, readContainer } from './requests.ts'
import { readRoles, resolveRole } from './roles.ts'
import { writableAttributes } from './schema.ts'

/** Names looked up at one moment: they go out in batches. */
const TOGETHER = 100

/** What all names of one call share; each list is read once, and only when it is needed. */
interface Shelf {
  readonly client: EntraClient
  readonly signal: AbortSignal
  roles(): Promise<readonly GraphItem[]>
  skus(): Promise<readonly GraphItem[]>
  /** Groups and units by name. */
  groups(): Promise<ReadonlyMap<string, readonly Entitlement[]>>
  units(): Promise<ReadonlyMap<string, readonly Entitlement[]>>
}

/** Resolves names, and says which attributes users have. Names of a kind that may not be read are told to be unsupported, and why. */
export async function readCatalog(
  client: EntraClient,
  names: readonly EntitlementName[],
  signal: AbortSignal,
): Promise<Catalog> {
  const wanted = new Map(names.map(name => [entitlementKey(name), name]))
  const named = (kind: ContainerKind) => {
    const own = names.filter(one => one.kind === kind && !one.name.startsWith('id:'))
    return memo(() => findNamed(client, { kind, names: [...new Set(own.map(({ name }) => name))] }, signal))
  }
  const shelf: Shelf = {
    client,
    signal,
    roles: memo(() => readRoles(client, signal)),
    skus: memo(() => readSkus(client, signal)),
    groups: named('Group'),
    units: named('AdministrativeUnit'),
  }
  const resolved = await allConcurrently([...wanted], TOGETHER, async ([key, name]) => {
    return [key, await resolve(shelf, name)] as const
  })
  return { entitlements: new Map(resolved), attributes: writableAttributes(client.options.extraAttributes) }
}

function memo<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined
  return () => {
    value ??= read()
    return value
  }
}

/** Permissions that reading entitlements needs, the least one first ("Microsoft Graph permissions reference"). */
const READERS: Readonly<Partial<Record<EntitlementKind, string>>> = {
  AdministrativeUnit: 'AdministrativeUnit.Read.All',
  App: 'Application.Read.All',
  DirectoryRole: 'RoleManagement.Read.Directory',
  License: 'LicenseAssignment.Read.All',
}

async function resolve(shelf: Shelf, name: EntitlementName): Promise<Resolution> {
  try {
    return await resolveKind(shelf, name)
  } catch (error) {
    const reader = READERS[name.kind]
    if (!(error instanceof DeniedError) || reader === undefined) throw error
    return { kind: 'Unsupported', why: `reading it needs the application permission ${reader}` }
  }
}

async function resolveKind({ client, signal, ...shelf }: Shelf, { kind, name }: EntitlementName): Promise<Resolution> {
  switch (kind) {
    case 'App':
      return await resolveApp(client, name, signal)
    case 'DirectoryRole':
      return resolveRole(name, await shelf.roles())
    case 'License':
      return resolveSku(name, await shelf.skus())
    case 'Group':
    case 'AdministrativeUnit':
      if (name.startsWith('id:')) return await resolveId(client, { kind, name: name.slice('id:'.length) }, signal)
      return resolution((await (kind === 'Group' ? shelf.groups() : shelf.units())).get(name) ?? [])
  }
}

interface ContainerName {
  readonly kind: ContainerKind
  readonly name: string
}

/** Everything found by name, fifteen names with each request. */
async function findNamed(
  client: EntraClient,
  { kind, names }: { readonly kind: ContainerKind; readonly names: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Entitlement[]>> {
  const lists = await allConcurrently(filterParts(names), TOGETHER, part =>
    client.listTogether(findContainers(kind, part), `${kind}s by name`, signal),
  )
  return Map.groupBy(
    lists.flatMap(({ items }) => items.flatMap(item => entitlementFrom(item, kind) ?? [])),
    ({ name }) => name,
  )
}

function resolution(found: readonly Entitlement[]): Resolution {
  const [first, second] = found
  if (first === undefined) return { kind: 'Missing' }
  if (second !== undefined) return { kind: 'Ambiguous', ids: found.map(one => one.id) }
  return { kind: 'Found', entitlement: first }
}

async function resolveId(
  client: EntraClient,
  { kind, name: id }: ContainerName,
  signal: AbortSignal,
): Promise<Resolution> {
  try {
    const { body } = await client.send(readContainer({ kind, id }), signal)
    const entitlement = entitlementFrom((body ?? {}) as Readonly<Record<string, unknown>>, kind)
    return entitlement === undefined ? { kind: 'Missing' } : { kind: 'Found', entitlement }
  } catch (error) {
    if (isMissing(error)) return { kind: 'Missing' }
    throw error
  }
}
