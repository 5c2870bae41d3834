import { ConflictError, InvalidRequestError, PermissionError, SnapshotError } from '../../model/errors.ts'
import type { EntitlementId } from '../../model/ids.ts'
import { blockedMarkerOf } from '../../model/keys.ts'
import type { MarkerState } from '../../model/provider.ts'
import type { OktaClient } from './client.ts'
import { faultOf } from './errors.ts'
import { groupOf, type OktaGroup } from './group.ts'
import { computedGroups, groupById, groupsWhere, readable } from './groups.ts'
import { createGroup, replaceGroup } from './requests.ts'
import { oktaTraits } from './schema.ts'

/** Both marker groups as found by their exact names. */
export interface MarkerGroups {
  readonly managed: readonly OktaGroup[]
  readonly blocked: readonly OktaGroup[]
}

/** The ids of both marker groups. */
export interface MarkerIds {
  readonly managed: EntitlementId
  readonly blocked: EntitlementId
}

/** Finds the marker groups and remembers them for writes. */
export interface Markers {
  find(signal: AbortSignal): Promise<MarkerGroups>
  /** What was found last, or is found now. Throws SnapshotError unless there is exactly one of each. */
  ids(signal: AbortSignal): Promise<MarkerIds>
  /** Reads them again at the next use: Okta said one is not there. */
  forget(): void
  remember(ids: MarkerIds): void
}

/** Markers of this name, found through `client`. */
export function markersOf(client: OktaClient, marker: string): Markers {
  let known: MarkerIds | undefined
  let looking: Promise<MarkerGroups> | undefined
  const find = async (signal: AbortSignal): Promise<MarkerGroups> => {
    const names = [marker, blockedMarkerOf(marker)]
    const groups = await groupsWhere(client, { property: 'profile.name', values: names }, signal)
    const ids = known === undefined ? [] : [known.managed, known.blocked]
    const found = await Promise.all(
      names.map(async (name, index) => {
        const same = groups.filter(group => group.name === name)
        return same.length > 0 ? same : stillThere(client, { id: ids[index], name }, signal)
      }),
    )
    const [managed = [], blocked = []] = found
    known = idsOf({ managed, blocked })
    return { managed, blocked }
  }
  return {
    find,
    ids: async signal => {
      if (known !== undefined) return known
      looking ??= find(signal).finally(() => {
        looking = undefined
      })
      const groups = await looking
      const ids = idsOf(groups)
      if (ids !== undefined) return ids
      throw new SnapshotError(missingText(groups, marker))
    },
    forget: () => {
      known = undefined
    },
    remember: ids => {
      known = ids
    },
  }
}

/** A marker that we know and that the search, which may be behind, does not show. */
async function stillThere(
  client: OktaClient,
  { id, name }: { readonly id: EntitlementId | undefined; readonly name: string },
  signal: AbortSignal,
): Promise<readonly OktaGroup[]> {
  const group = id === undefined ? undefined : await readable(() => groupById(client, id, signal))
  return group?.name === name ? [group] : []
}

function idsOf({ managed, blocked }: MarkerGroups): MarkerIds | undefined {
  const [one, another] = [managed[0], blocked[0]]
  if (one === undefined || another === undefined || managed.length > 1 || blocked.length > 1) return undefined
  return { managed: one.id, blocked: another.id }
}

/** A sentence about the first marker that is not there exactly once. */
export function missingText({ managed, blocked }: MarkerGroups, marker: string): string {
  const [groups, name] = managed.length === 1 ? [blocked, blockedMarkerOf(marker)] : [managed, marker]
  return groups.length > 1
    ? `Okta shows ${groups.length} groups named ${name}: delete or rename all but one.`
    : `Okta shows no group named ${name}: make it with tenure init, or let the app's admin role see it.`
}

const descriptionForm = /^tenure owner=(\S+) by=(\S+)$/

/** The description of both markers for an owner. */
function markerDescription(owner: string, by: string): string {
  return `tenure owner=${owner} by=${by}`
}

/** What `probe` says about the markers; `computed` holds the targets of active group rules. */
export function markerState(groups: MarkerGroups, marker: string, computed: ReadonlySet<string>): MarkerState {
  const found = [
    { name: marker, groups: groups.managed },
    { name: blockedMarkerOf(marker), groups: groups.blocked },
  ]
  for (const { name, groups: same } of found) {
    const group = same[0]
    if (same.length > 1) return { kind: 'Ambiguous', name }
    if (group === undefined) continue
    if (group.type !== 'OKTA_GROUP')
      return { kind: 'Unwritable', name, why: `it is no group of Okta's own but of type ${group.type}` }
    if (computed.has(group.id))
      return { kind: 'Unwritable', name, why: 'a group rule computes its members; take it out of the rule' }
  }
  const missing = found.filter(({ groups: same }) => same.length === 0).map(({ name }) => name)
  if (missing.length > 0)
    return { kind: 'Missing', names: missing, descriptions: missing.map(() => markerDescription('<owner>', '<by>')) }
  const [, owner, by] = descriptionForm.exec(groups.managed[0]?.description.trim() ?? '') ?? []
  return { kind: 'Found', owner, by }
}

/** Makes the markers that are missing and writes the owner into both. */
export async function claimMarkers(
  from: { readonly client: OktaClient; readonly markers: Markers; readonly marker: string },
  owner: { readonly owner: string; readonly by: string },
  signal: AbortSignal,
): Promise<MarkerState> {
  const { client, markers, marker } = from
  const state = await claimOnce(from, owner, signal)
  if (state.kind !== 'Unwritable' || !/already exists/i.test(state.why)) return state
  // Somebody made it a moment ago, and the search does not show it yet.
  await client.time.sleep(oktaTraits.readLagMs, signal)
  return claimOnce({ client, markers, marker }, owner, signal)
}

async function claimOnce(
  { client, markers, marker }: Parameters<typeof claimMarkers>[0],
  owner: Parameters<typeof claimMarkers>[1],
  signal: AbortSignal,
): Promise<MarkerState> {
  const before = await markers.find(signal)
  const state = markerState(before, marker, (await computedGroups(client, signal)) ?? new Set())
  if (state.kind === 'Ambiguous' || state.kind === 'Unwritable') return state
  const description = markerDescription(owner.owner, owner.by)
  const settled: OktaGroup[] = []
  for (const [name, group] of [
    [marker, before.managed[0]],
    [blockedMarkerOf(marker), before.blocked[0]],
  ] as const) {
    try {
      settled.push(await settleMarker(client, { name, group, description }, signal))
    } catch (error) {
      if (!(error instanceof PermissionError || error instanceof InvalidRequestError || error instanceof ConflictError))
        throw error
      return { kind: 'Unwritable', name, why: faultOf(error)?.words ?? error.message }
    }
  }
  const [managed, blocked] = settled
  if (managed !== undefined && blocked !== undefined) markers.remember({ managed: managed.id, blocked: blocked.id })
  return { kind: 'Found', owner: owner.owner, by: owner.by }
}

async function settleMarker(
  client: OktaClient,
  marker: { readonly name: string; readonly group: OktaGroup | undefined; readonly description: string },
  signal: AbortSignal,
): Promise<OktaGroup> {
  const { name, group, description } = marker
  if (group?.description === description) return group
  const request = group === undefined ? createGroup(name, description) : replaceGroup(group.id, name, description)
  return groupOf((await client.send(request, signal)).body)
}
