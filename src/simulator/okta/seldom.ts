/** What an org refuses only now and then, where its switches say so. */
import { invalid, OktaError } from './errors.ts'
import type { Org } from './org.ts'

const searches = new WeakMap<Org, number>()
const creations = new WeakMap<Org, number>()
/** When a schema last changed in a way that stored profiles do not follow at once, in milliseconds since 1970. */
const schemaChanges = new WeakMap<Org, number>()

/** Whether it is the turn of one in so many; 0 is never. */
function isTurn(org: Org, counts: WeakMap<Org, number>, every: number): boolean {
  if (every === 0) return false
  const count = (counts.get(org) ?? 0) + 1
  counts.set(org, count)
  return count % every === 0
}

/** Takes note of a change of a schema with which stored profiles may not agree. */
export function noteSchemaChange(org: Org): void {
  schemaChanges.set(org, org.now())
}

/** Refuses a search while the index is away or profiles are stale. Source: Okta, Error codes, E0000100 and E0000145. */
export function requireSearchable(org: Org): void {
  const { searchFailsEvery, staleProfilesSeconds } = org.switches
  if (isTurn(org, searches, searchFailsEvery)) throw new OktaError(503, 'E0000100')
  const changed = schemaChanges.get(org)
  if (changed !== undefined && org.now() - changed < staleProfilesSeconds * 1000) throw new OktaError(409, 'E0000145')
}

/** Refuses a good profile as if its last attribute were unknown. Source: Okta, Release notes 2026.08.2. */
export function requireKnown(org: Org, named: readonly string[]): void {
  const last = named.at(-1)
  if (last !== undefined && isTurn(org, creations, org.switches.unknownAttributeFlakeEvery))
    throw invalid('newUser', `Property name '${last}' is not defined in profile`)
}
