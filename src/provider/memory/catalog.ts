import type { Catalog, EntitlementName, Resolution } from '../../model/entitlement.ts'
import type { EntitlementId } from '../../model/ids.ts'
import { entitlementKey } from '../../model/keys.ts'
import type { MemoryClient } from './client.ts'

const BY_ID = 'id:'

/** Resolves names: exact, or `id:…`. */
export function resolvedCatalog(client: MemoryClient, names: readonly EntitlementName[]): Catalog {
  const { loginDomains, schema, traits } = client.settings
  return {
    entitlements: new Map(names.map(name => [entitlementKey(name), resolution(client, name)])),
    attributes: new Map([traits.loginAttribute, ...schema.keys()].map(name => [name, { writable: true }])),
    ...(loginDomains === undefined ? {} : { loginDomains }),
  }
}

function resolution(client: MemoryClient, { kind, name }: EntitlementName): Resolution {
  if (!client.settings.traits.entitlementKinds.includes(kind)) {
    return { kind: 'Unsupported', why: `entitlements of kind ${kind} are not yet supported by the memory provider` }
  }
  if (name.startsWith(BY_ID)) {
    const entitlement = client.tenant.entitlement(name.slice(BY_ID.length) as EntitlementId)
    return entitlement?.kind === kind ? { kind: 'Found', entitlement } : { kind: 'Missing' }
  }
  const [found, ...others] = client.tenant.entitlementsNamed(kind, name)
  if (found === undefined) return { kind: 'Missing' }
  if (others.length > 0) return { kind: 'Ambiguous', ids: [found, ...others].map(entitlement => entitlement.id) }
  return { kind: 'Found', entitlement: found }
}
