import { allConcurrently } from '../../http/concurrency.ts'
import type { Catalog, EntitlementName, Resolution } from '../../model/entitlement.ts'
import type { AttributeName } from '../../model/ids.ts'
import { entitlementKey } from '../../model/keys.ts'
import type { OktaClient } from './client.ts'
import { entitlementOf, type OktaGroup } from './group.ts'
import { computedGroups, groupById, groupsWhere, readable } from './groups.ts'
import { objectOf } from './json.ts'
import { userSchema } from './requests.ts'

/** Resolves names, and reads which attributes users have where the app may read the schema. */
export async function readCatalog(
  client: OktaClient,
  names: readonly EntitlementName[],
  signal: AbortSignal,
): Promise<Catalog> {
  const groups = names.filter(name => name.kind === 'Group').map(name => name.name)
  const [computed, byName, byId, attributes] = await Promise.all([
    groups.length === 0 ? undefined : computedGroups(client, signal),
    groupsByName(
      client,
      groups.filter(name => !isId(name)),
      signal,
    ),
    groupsById(client, groups.filter(isId).map(idIn), signal),
    readAttributes(client, signal),
  ])
  const resolve = (name: EntitlementName): Resolution => {
    if (name.kind !== 'Group')
      return { kind: 'Unsupported', why: `entitlements of the kind ${name.kind} are not yet supported at Okta` }
    const found = isId(name.name) ? (byId.get(idIn(name.name)) ?? []) : (byName.get(name.name) ?? [])
    return resolution(found, computed ?? new Set())
  }
  const entitlements = new Map(names.map(name => [entitlementKey(name), resolve(name)]))
  return { entitlements, ...(attributes === undefined ? {} : { attributes }) }
}

function resolution(found: readonly OktaGroup[], computed: ReadonlySet<string>): Resolution {
  const [group, another] = found
  if (group === undefined) return { kind: 'Missing' }
  if (another !== undefined) return { kind: 'Ambiguous', ids: found.map(same => same.id) }
  return { kind: 'Found', entitlement: entitlementOf(group, computed) }
}

function isId(name: string): boolean {
  return name.startsWith('id:')
}

function idIn(name: string): string {
  return name.slice('id:'.length)
}

/** Names compare exactly; Okta's search does not, so it may give more. */
async function groupsByName(
  client: OktaClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly OktaGroup[]>> {
  const groups = await groupsWhere(client, { property: 'profile.name', values: names }, signal)
  return Map.groupBy(groups, group => group.name)
}

async function groupsById(
  client: OktaClient,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly OktaGroup[]>> {
  const groups = await allConcurrently(ids, client.concurrency, id => groupById(client, id, signal))
  return Map.groupBy(
    groups.filter(group => group !== undefined),
    group => group.id,
  )
}

async function readAttributes(
  client: OktaClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<AttributeName, { readonly writable: boolean }> | undefined> {
  if (!(await client.scopes()).has('okta.schemas.read')) return undefined
  return readable(async () => {
    const { base, custom } = objectOf(objectOf((await client.send(userSchema(), signal)).body).definitions)
    const properties = { ...objectOf(objectOf(base).properties), ...objectOf(objectOf(custom).properties) }
    return new Map(Object.entries(properties).map(([name, attribute]) => [name, { writable: isWritable(attribute) }]))
  })
}

/** `IMMUTABLE` can be set once and `WRITE_ONLY` cannot be compared, so neither can be kept right. */
function isWritable(attribute: unknown): boolean {
  const { mutability } = objectOf(attribute)
  return mutability === undefined || mutability === 'READ_WRITE'
}
