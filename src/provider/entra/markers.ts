import { ConflictError, SnapshotError } from '../../model/errors.ts'
import type { EntitlementId } from '../../model/ids.ts'
import { blockedMarkerOf } from '../../model/keys.ts'
import type { MarkerState } from '../../model/provider.ts'
import { abortable } from './abortable.ts'
import type { EntraClient } from './client.ts'
import { entitlementFrom, readOnlyWords } from './entitlement.ts'
import { createGroup, describeGroup, findContainers } from './requests.ts'

/** Ids of both marker groups. */
export interface Markers {
  readonly managed: EntitlementId
  readonly blocked: EntitlementId
}

interface MarkerGroup {
  readonly id: EntitlementId
  readonly name: string
  readonly description: string
  readonly unwritable: string | undefined
}

type Search = { readonly name: string; readonly groups: readonly MarkerGroup[] }

/** Finds, remembers and makes the marker groups: static groups with exactly these names. */
export interface MarkerBook {
  /** Both ids, as last found. Throws SnapshotError when there are not exactly these two groups. */
  ids(signal: AbortSignal): Promise<Markers>
  /** Both ids, found anew. */
  fresh(signal: AbortSignal): Promise<Markers>
  state(signal: AbortSignal): Promise<MarkerState>
  claim(owner: { readonly owner: string; readonly by: string }, signal: AbortSignal): Promise<MarkerState>
}

const description = (owner: string, by: string): string => `tenure owner=${owner} by=${by}`

/** A book of the markers of one tenant. */
export function markerBook(client: EntraClient): MarkerBook {
  const { marker } = client.options
  const names = [marker, blockedMarkerOf(marker)] as const
  let known: Markers | undefined
  const find = (signal: AbortSignal): Promise<readonly Search[]> => search(client, names, signal)
  let asking: Promise<Markers> | undefined
  const fresh = async (signal: AbortSignal): Promise<Markers> => {
    known = undefined
    known = markersIn(await find(signal))
    return known
  }
  /** Asked for once, however many wait; whoever gives up leaves it to the others. */
  const shared = async (signal: AbortSignal): Promise<Markers> => {
    asking ??= fresh(client.closing).finally(() => {
      asking = undefined
    })
    return await abortable(asking, signal)
  }
  return {
    fresh,
    ids: async signal => known ?? (await shared(signal)),
    state: async signal => stateOf(await find(signal)),
    claim: async ({ owner, by }, signal) => {
      const searches = await find(signal)
      const before = stateOf(searches)
      if (before.kind === 'Ambiguous' || before.kind === 'Unwritable') return before
      const ids: EntitlementId[] = []
      for (const one of searches) ids.push(await claimOne(client, one, { text: description(owner, by), signal }))
      const [managed, blocked] = ids
      if (managed !== undefined && blocked !== undefined) known = { managed, blocked }
      return { kind: 'Found', owner, by }
    },
  }
}

async function search(client: EntraClient, names: readonly string[], signal: AbortSignal): Promise<readonly Search[]> {
  const { items } = await client.list(findContainers('Group', names), `groups named ${names.join(' or ')}`, signal)
  const groups = items.flatMap(item => {
    const group = entitlementFrom(item, 'Group')
    if (group === undefined) return []
    const unwritable = group.readOnly === undefined ? undefined : readOnlyWords(group.readOnly)
    const text = typeof item.description === 'string' ? item.description : ''
    return [{ id: group.id, name: group.name, description: text, unwritable }]
  })
  // The filter compares without case; a marker is meant to the letter.
  return names.map(name => ({ name, groups: groups.filter(group => group.name === name) }))
}

function markersIn(searches: readonly Search[]): Markers {
  const ids = searches.map(({ name, groups }) => {
    const [group, second] = groups
    if (group === undefined) throw new SnapshotError(`The marker group ${name} does not exist; run init, or create it.`)
    if (second !== undefined) throw new SnapshotError(`There are ${groups.length} groups named ${name}; keep only one.`)
    return group.id
  })
  const [managed, blocked] = ids
  if (managed === undefined || blocked === undefined) throw new SnapshotError('The marker groups were not found.')
  return { managed, blocked }
}

function stateOf(searches: readonly Search[]): MarkerState {
  const twice = searches.find(({ groups }) => groups.length > 1)
  if (twice !== undefined) return { kind: 'Ambiguous', name: twice.name }
  const missing = searches.filter(({ groups }) => groups.length === 0).map(({ name }) => name)
  if (missing.length > 0) {
    return { kind: 'Missing', names: missing, descriptions: missing.map(() => description('<owner>', '<by>')) }
  }
  const groups = searches.flatMap(one => one.groups)
  const unwritable = groups.find(group => group.unwritable !== undefined)
  if (unwritable?.unwritable !== undefined) {
    return { kind: 'Unwritable', name: unwritable.name, why: unwritable.unwritable }
  }
  const [first, second] = groups.map(group => ownerIn(group.description))
  const agreed = first?.owner === second?.owner && first?.by === second?.by ? first : undefined
  return { kind: 'Found', owner: agreed?.owner, by: agreed?.by }
}

function ownerIn(text: string): { readonly owner: string | undefined; readonly by: string | undefined } {
  const match = /\btenure owner=(\S+)(?:\s+by=(\S+))?/.exec(text)
  return { owner: match?.[1], by: match?.[2] }
}

interface Claim {
  readonly text: string
  readonly signal: AbortSignal
}

async function claimOne(
  client: EntraClient,
  { name, groups }: Search,
  { text, signal }: Claim,
): Promise<EntitlementId> {
  const [group] = groups
  if (group !== undefined) {
    if (group.description !== text) await client.send(describeGroup(group.id, text), signal)
    return group.id
  }
  const { body } = await client.send(createGroup(name, text), signal)
  const made = entitlementFrom((body ?? {}) as Readonly<Record<string, unknown>>, 'Group')
  if (made === undefined) throw new ConflictError(`Microsoft Graph made the group ${name} but did not say its id.`)
  client.noteCreated(made.id)
  return made.id
}
