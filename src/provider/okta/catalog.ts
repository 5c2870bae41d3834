import { allConcurrently } from '../../http/concurrency.ts'
import type {
  Catalog,
  CatalogAttribute,
  EntitlementKind,
  EntitlementName,
  Resolution,
} from '../../model/entitlement.ts'
import type { AttributeName } from '../../model/ids.ts'
import { entitlementKey } from '../../model/keys.ts'
import { resolveApps } from './apps.ts'
import type { OktaClient } from './client.ts'
import { entitlementOf, idIn, isId, type OktaGroup } from './group.ts'
import { computedGroups, groupById, groupsWhere, readable } from './groups.ts'
import type { Reader } from './reader.ts'
import { userSchema } from './requests.ts'
import { schemaAttributes } from './values.ts'

/** Resolves names, and reads which attributes users have where the app may read the schema. */
export async function readCatalog(
  reader: Reader,
  names: readonly EntitlementName[],
  signal: AbortSignal,
): Promise<Catalog> {
  const { client } = reader
  const [groups, apps, attributes] = await Promise.all([
    resolveGroups(reader, namesOf(names, 'Group'), signal),
    resolveApps(client, namesOf(names, 'App'), signal),
    readAttributes(reader, signal),
  ])
  const resolve = (name: EntitlementName): Resolution => {
    if (name.kind === 'Group') return groups(name)
    if (name.kind === 'App') return apps(name)
    return { kind: 'Unsupported', why: `Okta has no entitlements of the kind ${name.kind}` }
  }
  const entitlements = new Map(names.map(name => [entitlementKey(name), resolve(name)]))
  return { entitlements, ...(attributes === undefined ? {} : { attributes }) }
}

function namesOf(names: readonly EntitlementName[], kind: EntitlementKind): readonly EntitlementName[] {
  return names.filter(name => name.kind === kind)
}

async function resolveGroups(
  { client, learnt }: Reader,
  names: readonly EntitlementName[],
  signal: AbortSignal,
): Promise<(name: EntitlementName) => Resolution> {
  if (names.length === 0) return () => ({ kind: 'Missing' })
  const groups = names.map(({ name }) => name)
  const [computed, byName, byId] = await Promise.all([
    computedGroups(client, signal),
    groupsByName(
      client,
      groups.filter(name => !isId(name)),
      signal,
    ),
    groupsById(client, groups.filter(isId).map(idIn), signal),
  ])
  learnt.noteRules(computed)
  return ({ name }) =>
    resolution(isId(name) ? (byId.get(idIn(name)) ?? []) : (byName.get(name) ?? []), computed ?? new Set())
}

function resolution(found: readonly OktaGroup[], computed: ReadonlySet<string>): Resolution {
  const [group, another] = found
  if (group === undefined) return { kind: 'Missing' }
  if (another !== undefined) return { kind: 'Ambiguous', ids: found.map(same => same.id) }
  return { kind: 'Found', entitlement: entitlementOf(group, computed) }
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
  // One that the admin role does not reach is not there for us.
  const read = (id: string) => readable(() => groupById(client, id, signal))
  const groups = await allConcurrently(ids, client.concurrency, read)
  return Map.groupBy(
    groups.filter(group => group !== undefined),
    group => group.id,
  )
}

async function readAttributes(
  { client, learnt }: Reader,
  signal: AbortSignal,
): Promise<ReadonlyMap<AttributeName, CatalogAttribute> | undefined> {
  if (!(await client.scopes()).has('okta.schemas.read')) return undefined
  const schema = await readable(async () => schemaAttributes((await client.send(userSchema(), signal)).body))
  learnt.schema = schema ?? learnt.schema
  return schema
}
