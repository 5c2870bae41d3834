import type { Change } from './changes.ts'
import type { Directory, DirectoryObject } from './directory.ts'
import { shown } from './projection.ts'
import type { RoleSource } from './role-members.ts'
import { DEFAULT_PROPERTIES, type Kind } from './schema.ts'

/** What a delta query follows. */
export interface Tracked {
  readonly kinds: readonly Kind[]
  /** Only these objects, when given. */
  readonly ids: ReadonlySet<string> | undefined
  /** Properties, when they were selected. */
  readonly select: readonly string[] | undefined
  /** Links and `manager` to be shown as `…@delta`. */
  readonly relations: readonly string[]
  /** Objects carry `@odata.type`. */
  readonly typed: boolean
  /** Whether a member's way into the bin takes it out of the groups' deltas. */
  readonly byMember: boolean
  /** Where directory roles are found, which are no objects of the directory; set for their delta only. */
  readonly roles?: RoleSource | undefined
}

interface LinkChange {
  readonly kind: Kind
  readonly removed: boolean
}

/** All that happened to one object on a page. */
export interface Summary {
  whole: boolean
  readonly names: Set<string>
  readonly links: Map<string, Map<string, LinkChange>>
}

/** An empty summary; a `whole` object is shown with everything. */
export const newSummary = (whole = false): Summary => ({ whole, names: new Set(), links: new Map() })

/** Whether a change shows in this delta. */
export function isTracked(change: Change, { kinds, ids, select, relations, byMember }: Tracked): boolean {
  if (!kinds.includes(change.kind) || ids?.has(change.id) === false) return false
  switch (change.what) {
    case 'set': {
      const followed = select ?? DEFAULT_PROPERTIES[change.kind]
      return change.names.some(name => followed.includes(name))
    }
    case 'linked':
    case 'unlinked':
      return relations.includes(change.link) && (byMember || !change.byMember)
    case 'manager':
      return relations.includes('manager')
    default:
      return true
  }
}

/** Adds a link to a summary; a later change of the same link replaces an earlier one. */
export function addLink(summary: Summary, relation: string, id: string, change: LinkChange): void {
  const links = summary.links.get(relation) ?? new Map<string, LinkChange>()
  links.delete(id)
  links.set(id, change)
  summary.links.set(relation, links)
}

/** Adds a change to the summary of its object. */
export function summarize(summary: Summary, change: Change): void {
  if (change.what === 'created' || change.what === 'restored') summary.whole = true
  else if (change.what === 'set') for (const name of change.names) summary.names.add(name)
  else if (change.what === 'manager') {
    const { before, manager } = change
    if (before !== undefined) addLink(summary, 'manager', before, { kind: 'user', removed: true })
    if (manager !== undefined) addLink(summary, 'manager', manager, { kind: 'user', removed: false })
  } else if (change.what === 'linked' || change.what === 'unlinked') {
    addLink(summary, change.link, change.other, { kind: change.otherKind, removed: change.what === 'unlinked' })
  }
}

/** How many links a summary shows. */
export function linkCount({ links }: Summary): number {
  let count = 0
  for (const some of links.values()) count += some.size
  return count
}

function linkBodies(links: ReadonlyMap<string, LinkChange>): readonly unknown[] {
  return [...links].map(([id, { kind, removed }]) => ({
    '@odata.type': `#microsoft.graph.${kind}`,
    id,
    ...(removed ? { '@removed': { reason: 'deleted' } } : {}),
  }))
}

function properties(
  directory: Directory,
  object: DirectoryObject,
  tracked: Tracked,
  selected: readonly string[],
): Record<string, unknown> {
  const shape = { select: ['id', ...selected], expand: [], typed: tracked.typed }
  return shown(directory, object, shape)
}

/** How a changed object stands in a delta: gone, or with what is followed; `minimal` leaves out what did not change. */
export function deltaBody(
  directory: Directory,
  id: string,
  summary: Summary,
  how: { readonly tracked: Tracked; readonly minimal: boolean },
): Record<string, unknown> {
  const { tracked, minimal } = how
  const object = tracked.roles === undefined ? directory.find(id) : tracked.roles.find(id)
  if (object === undefined) return { id, '@removed': { reason: directory.bin().has(id) ? 'changed' : 'deleted' } }
  const followed = (tracked.select ?? DEFAULT_PROPERTIES[object.kind]).filter(name => name !== 'id')
  const selected = minimal && !summary.whole ? followed.filter(name => summary.names.has(name)) : followed
  const body = properties(directory, object, tracked, selected)
  for (const name of selected) {
    const neverSet = object.properties[name] === undefined && !summary.names.has(name)
    if (neverSet && (body[name] === null || Array.isArray(body[name]))) delete body[name]
  }
  for (const [relation, links] of summary.links) body[`${relation}@delta`] = linkBodies(links)
  return body
}
