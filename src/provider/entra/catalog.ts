import { allConcurrently } from '../../http/concurrency.ts'
import type { Catalog, Entitlement, EntitlementName, Resolution } from '../../model/entitlement.ts'
import { entitlementKey } from '../../model/keys.ts'
import type { EntraClient } from './client.ts'
import { entitlementFrom } from './entitlement.ts'
import { isMissing } from './errors.ts'
import { findGroups, findUnits, readContainer } from './requests.ts'
import { writableAttributes } from './schema.ts'

/** Resolves names, each with one request, and says which attributes users have. */
export async function readCatalog(
  client: EntraClient,
  names: readonly EntitlementName[],
  signal: AbortSignal,
): Promise<Catalog> {
  const wanted = new Map(names.map(name => [entitlementKey(name), name]))
  const resolved = await allConcurrently([...wanted], client.concurrency, async ([key, name]) => {
    const resolution = await resolve(client, name, signal)
    return [key, resolution] as const
  })
  return { entitlements: new Map(resolved), attributes: writableAttributes(client.options.extraAttributes) }
}

const ONLY = 'Entra ID groups and administrative units are supported so far'

async function resolve(client: EntraClient, { kind, name }: EntitlementName, signal: AbortSignal): Promise<Resolution> {
  if (kind !== 'Group' && kind !== 'AdministrativeUnit') {
    return { kind: 'Unsupported', why: `${kind} is not yet supported; ${ONLY}.` }
  }
  if (name.startsWith('id:')) return await resolveId(client, { kind, id: name.slice('id:'.length) }, signal)
  const request = kind === 'Group' ? findGroups(name) : findUnits(name)
  const { items } = await client.list(request, `${kind} named ${name}`, signal)
  const found = items.flatMap(item => entitlementFrom(item, kind) ?? [])
  return resolution(found.filter(one => one.name === name))
}

function resolution(found: readonly Entitlement[]): Resolution {
  const [first, second] = found
  if (first === undefined) return { kind: 'Missing' }
  if (second !== undefined) return { kind: 'Ambiguous', ids: found.map(one => one.id) }
  return { kind: 'Found', entitlement: first }
}

interface ById {
  readonly kind: 'Group' | 'AdministrativeUnit'
  readonly id: string
}

async function resolveId(client: EntraClient, { kind, id }: ById, signal: AbortSignal): Promise<Resolution> {
  try {
    const { body } = await client.send(readContainer({ kind, id }), signal)
    const entitlement = entitlementFrom((body ?? {}) as Readonly<Record<string, unknown>>, kind)
    return entitlement === undefined ? { kind: 'Missing' } : { kind: 'Found', entitlement }
  } catch (error) {
    if (isMissing(error)) return { kind: 'Missing' }
    throw error
  }
}
