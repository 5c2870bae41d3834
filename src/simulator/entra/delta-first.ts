import type { Call } from './call.ts'
import { addLink, deltaBody, newSummary, type Summary, type Tracked } from './delta-changes.ts'
import type { FirstRound } from './delta-token.ts'
import type { Directory, DirectoryObject } from './directory.ts'
import { isHidden } from './replica.ts'

/** Links on one page; a group with more of them appears again on the next. */
export const LINKS_PER_PAGE = 1000

/** A page of the first round; `first` is undefined when the round is through. */
export interface FirstPage {
  readonly value: readonly unknown[]
  readonly first: FirstRound | undefined
}

const ordinalOf = ({ ordinal }: DirectoryObject): number => ordinal ?? 0

function liveObjects(directory: Directory, { kinds, ids, roles }: Tracked): Iterable<DirectoryObject> {
  if (roles !== undefined) return roles.all().filter(({ id }) => ids?.has(id) !== false)
  const [kind] = kinds
  if (ids === undefined && kinds.length === 1 && kind !== undefined) return directory.all(kind).values()
  const objects =
    ids === undefined
      ? kinds.flatMap(one => [...directory.all(one).values()])
      : [...ids].flatMap(id => directory.find(id) ?? []).filter(object => kinds.includes(object.kind))
  return objects.sort((left, right) => ordinalOf(left) - ordinalOf(right))
}

function related({ directory, tracked }: Walk, object: DirectoryObject, relation: string): readonly DirectoryObject[] {
  if (relation === 'manager') return [directory.manager(object.id) ?? []].flat()
  if (relation !== 'members' && relation !== 'owners') return []
  const linked = tracked.roles?.members(object.id) ?? directory.linked(relation, object.id)
  return linked.toSorted((left, right) => ordinalOf(left) - ordinalOf(right))
}

interface Walk {
  readonly directory: Directory
  readonly tracked: Tracked
  links: number
}

/** Fills a summary with the links after a position, as many as the page takes; answers where it stopped, if it did. */
function fillLinks(
  walk: Walk,
  object: DirectoryObject,
  summary: Summary,
  from: FirstRound['links'],
): FirstRound['links'] {
  const { relations } = walk.tracked
  for (const [index, relation] of relations.entries()) {
    if (from !== undefined && index < from[0]) continue
    const after = from?.[0] === index ? from[1] : 0
    let last = after
    for (const other of related(walk, object, relation)) {
      if (ordinalOf(other) <= after) continue
      if (walk.links >= LINKS_PER_PAGE) return [index, last]
      addLink(summary, relation, other.id, { kind: other.kind, removed: false })
      walk.links += 1
      last = ordinalOf(other)
    }
  }
  return undefined
}

function canSeeMembers(call: Call, object: DirectoryObject): boolean {
  return object.properties.visibility !== 'HiddenMembership' || call.permissions.has('Member.Read.Hidden')
}

function binPage(call: Call, tracked: Tracked, from: number): FirstPage {
  const { truth } = call.world.directory
  const { switches } = call.world
  if (!switches.deltaStartsWithBin) return { value: [], first: undefined }
  const gone = [...truth.bin().values()].filter(
    ({ id, kind }) => tracked.kinds.includes(kind) && tracked.ids?.has(id) !== false,
  )
  const page = gone.slice(from, from + switches.deltaPageSize)
  const through = from + page.length
  return {
    value: page.map(({ id }) => ({ id, '@removed': { reason: 'changed' } })),
    first: through < gone.length ? { ordinal: 0, links: undefined, bin: through } : undefined,
  }
}

/** The page of the first round after a position: live objects with their links, then the bin's as `@removed`. */
export function firstPage(call: Call, from: FirstRound, tracked: Tracked): FirstPage {
  if (from.bin !== undefined) return binPage(call, tracked, from.bin)
  const { truth } = call.world.directory
  const { switches, lag, clock } = call.world
  const time = { lag, now: clock.now() }
  const walk: Walk = { directory: truth, tracked, links: 0 }
  const value: unknown[] = []
  let ordinal = from.ordinal
  for (const object of liveObjects(truth, tracked)) {
    const resumed = from.links !== undefined && ordinalOf(object) === from.ordinal
    if (!resumed && ordinalOf(object) <= from.ordinal) continue
    if (switches.lag && isHidden(truth, object, time)) continue
    if (value.length >= switches.deltaPageSize || walk.links >= LINKS_PER_PAGE)
      return { value, first: { ordinal, links: undefined, bin: undefined } }
    const summary = newSummary(true)
    const links = canSeeMembers(call, object)
      ? fillLinks(walk, object, summary, resumed ? from.links : undefined)
      : undefined
    value.push(deltaBody(truth, object.id, summary, { tracked, minimal: false }))
    ordinal = ordinalOf(object)
    if (links !== undefined) return { value, first: { ordinal, links, bin: undefined } }
  }
  const bin = binPage(call, tracked, 0)
  return value.length === 0 ? bin : { value: [...value, ...bin.value], first: bin.first }
}
