import type { GraphRequest } from './requests.ts'

/** What a call takes of the two limits of one application in a tenant. */
export interface Cost {
  /** Resource units. */
  readonly units: number
  readonly writes: number
}

/** Base cost of reads that are not 1, by path ("Microsoft Graph service-specific throttling limits", identity and access). */
const BASE: readonly (readonly [path: RegExp, units: number])[] = [
  [/^\/(users|groups|administrativeUnits)\/(microsoft\.graph\.)?delta\b/, 5],
  [/^\/directory\/administrativeUnits\/(microsoft\.graph\.)?delta\b/, 5],
  [/^\/users$/, 2],
  [/^\/groups\/[^/]+\/members\b/, 3],
  [/^\/(groups|users)\/[^/]+\/memberOf\b/, 2],
  [/^\/servicePrincipals\/[^/]+\/appRole/, 2],
  [/^\/users\/[^/]+\/(appRoleAssignments|licenseDetails)\b/, 2],
  [/^\/subscribedSkus\b/, 3],
]

/** What a request costs: `$select` and small pages take one unit off, `$expand` adds one, and nothing is free. */
export function costOf({ method, path }: GraphRequest): Cost {
  if (method !== 'GET') return { units: 1, writes: 1 }
  const [route = '', query = ''] = path.replace(/^https?:\/\/[^/]+\/[^/]+/, '').split('?')
  const base = BASE.find(([pattern]) => pattern.test(route))?.[1] ?? 1
  const options = new URLSearchParams(query)
  const select = options.has('$select') ? 1 : 0
  const expand = options.has('$expand') ? 1 : 0
  const small = options.has('$top') && Number(options.get('$top')) < 20 ? 1 : 0
  return { units: Math.max(1, base - select + expand - small), writes: 0 }
}

/** What several requests cost together: inside a batch each is counted by itself. */
export function costOfAll(requests: readonly GraphRequest[]): Cost {
  const costs = requests.map(costOf)
  return {
    units: costs.reduce((sum, cost) => sum + cost.units, 0),
    writes: costs.reduce((sum, cost) => sum + cost.writes, 0),
  }
}
