import type { MarkerKind } from '../../model/plan.ts'
import type { MarkerState } from '../../model/provider.ts'
import type { MemoryClient } from './client.ts'

const KINDS: readonly MarkerKind[] = ['Managed', 'Blocked']
const PATTERN = /^tenure owner=(\S+) by=(.+)$/

function description(owner: string, by: string): string {
  return `tenure owner=${owner} by=${by}`
}

/** Both marker groups as found. */
export function markerState(client: MemoryClient): MarkerState {
  const found = KINDS.map(kind => ({
    name: client.markerName(kind),
    groups: client.tenant.entitlementsNamed('Group', client.markerName(kind)),
  }))
  const twice = found.find(({ groups }) => groups.length > 1)
  if (twice !== undefined) return { kind: 'Ambiguous', name: twice.name }
  const fixed = found.find(({ groups }) => groups[0]?.readOnly !== undefined)
  if (fixed !== undefined) {
    return { kind: 'Unwritable', name: fixed.name, why: `its members are ${fixed.groups[0]?.readOnly}, not static` }
  }
  const missing = found.filter(({ groups }) => groups.length === 0).map(({ name }) => name)
  if (missing.length > 0) {
    return { kind: 'Missing', names: missing, descriptions: missing.map(() => description('<owner>', '<by>')) }
  }
  const [, owner, by] = PATTERN.exec(client.tenant.description(client.marker('Managed').id)) ?? []
  return { kind: 'Found', owner, by }
}

/** Makes the marker groups that are missing and writes the owner into both. Leaves ambiguous or unwritable ones alone. */
export function claimMarkers(
  client: MemoryClient,
  { owner, by }: { readonly owner: string; readonly by: string },
): MarkerState {
  const before = markerState(client)
  if (before.kind === 'Ambiguous' || before.kind === 'Unwritable') return before
  for (const kind of KINDS) {
    const name = client.markerName(kind)
    const [group] = client.tenant.entitlementsNamed('Group', name)
    const text = description(owner, by)
    if (group === undefined) client.write(() => void client.tenant.addGroup({ name, description: text }))
    else if (client.tenant.description(group.id) !== text) client.write(() => client.tenant.describe(group.id, text))
  }
  return markerState(client)
}
