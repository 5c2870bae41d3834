import type { Change } from './changes.ts'
import { Directory, type DirectoryObject, type Link } from './directory.ts'
import { type LagSettings, visibleFrom } from './lag.ts'
import type { Kind } from './schema.ts'

/** Which replica of the directory a request meets. Times in milliseconds since 1970. */
export interface ReplicaTime {
  readonly lag: LagSettings
  readonly now: number
  /** What came after this has not reached it. */
  readonly asOf: number
  /** What came after this has not reached its member lists of administrative units. */
  readonly unitMembersAsOf: number
}

/** What is different at the replica. */
interface Difference {
  /** Properties before the unseen changes; `absent` names that were not set. */
  readonly before: Map<string, Map<string, { readonly value: unknown; readonly absent: boolean }>>
  /** Objects that are not there yet. */
  readonly unseen: Set<string>
  /** Objects that are still there. */
  readonly ghosts: Map<string, DirectoryObject>
  readonly links: Map<string, Map<string, boolean>>
  readonly managers: Map<string, string | undefined>
}

const linkKey = (link: Link, container: string): string => `${link} ${container}`

function undo(difference: Difference, change: Change): void {
  const { id } = change
  if (change.what === 'created' || change.what === 'restored') {
    difference.unseen.add(id)
    difference.ghosts.delete(id)
  } else if (change.what === 'discarded' || change.what === 'purged') {
    difference.unseen.delete(id)
    difference.ghosts.set(id, change.object)
  } else if (change.what === 'set') {
    const held = difference.before.get(id) ?? new Map<string, { value: unknown; absent: boolean }>()
    for (const name of change.names) held.set(name, { value: change.before[name], absent: !(name in change.before) })
    difference.before.set(id, held)
  } else if (change.what === 'manager') difference.managers.set(id, change.before)
}

function undoLink(difference: Difference, change: Change): void {
  if ((change.what !== 'linked' && change.what !== 'unlinked') || change.byMember) return
  const key = linkKey(change.link, change.id)
  const held = difference.links.get(key) ?? new Map<string, boolean>()
  held.set(change.other, change.what === 'unlinked')
  difference.links.set(key, held)
}

function differenceOf(source: Directory, { asOf, unitMembersAsOf }: ReplicaTime): Difference {
  const difference: Difference = {
    before: new Map(),
    unseen: new Set(),
    ghosts: new Map(),
    links: new Map(),
    managers: new Map(),
  }
  for (const change of source.changes.since(Math.min(asOf, unitMembersAsOf))) {
    if (change.at > asOf) undo(difference, change)
    if (change.at > (change.kind === 'administrativeUnit' ? unitMembersAsOf : asOf)) undoLink(difference, change)
  }
  return difference
}

/** All objects of a kind as a replica has them. */
class ReplicaMap implements ReadonlyMap<string, DirectoryObject> {
  readonly #source: ReadonlyMap<string, DirectoryObject>
  readonly #ghosts: readonly DirectoryObject[]
  readonly #shown: (object: DirectoryObject) => DirectoryObject | undefined

  constructor(
    source: ReadonlyMap<string, DirectoryObject>,
    ghosts: readonly DirectoryObject[],
    shown: (object: DirectoryObject) => DirectoryObject | undefined,
  ) {
    this.#source = source
    this.#ghosts = ghosts
    this.#shown = shown
  }

  *values(): MapIterator<DirectoryObject> {
    for (const object of this.#source.values()) {
      const shown = this.#shown(object)
      if (shown !== undefined) yield shown
    }
    yield* this.#ghosts
  }

  *entries(): MapIterator<[string, DirectoryObject]> {
    for (const object of this.values()) yield [object.id, object]
  }

  *keys(): MapIterator<string> {
    for (const { id } of this.values()) yield id
  }

  [Symbol.iterator](): MapIterator<[string, DirectoryObject]> {
    return this.entries()
  }

  get size(): number {
    return [...this.values()].length
  }

  get(id: string): DirectoryObject | undefined {
    const object = this.#source.get(id)
    return object === undefined ? this.#ghosts.find(ghost => ghost.id === id) : this.#shown(object)
  }

  has(id: string): boolean {
    return this.get(id) !== undefined
  }

  forEach(each: (value: DirectoryObject, key: string, map: ReadonlyMap<string, DirectoryObject>) => void): void {
    for (const [id, object] of this) each(object, id, this)
  }
}

/** The directory as a replica shows it that lags behind: for reads only. */
export class Replica extends Directory {
  readonly #source: Directory
  readonly #time: ReplicaTime
  readonly #difference: Difference

  constructor(source: Directory, time: ReplicaTime) {
    super(source.changes)
    this.#source = source
    this.#time = time
    this.#difference = differenceOf(source, time)
    for (const [id, assignment] of source.roleAssignments) this.roleAssignments.set(id, assignment)
  }

  /** Nothing is different here from the directory itself. */
  get isCurrent(): boolean {
    const { before, unseen, ghosts, links, managers } = this.#difference
    return before.size + unseen.size + ghosts.size + links.size + managers.size === 0 && !this.changes.hasFresh
  }

  #shown(object: DirectoryObject): DirectoryObject | undefined {
    const { before, unseen } = this.#difference
    if (unseen.has(object.id) || isHidden(this.#source, object, this.#time)) return undefined
    const held = before.get(object.id)
    if (held === undefined) return object
    const properties = { ...object.properties }
    for (const [name, { value, absent }] of held) {
      if (absent) delete properties[name]
      else properties[name] = value
    }
    return { ...object, properties }
  }

  override get truth(): Directory {
    return this.#source
  }

  override all(kind: Kind): ReadonlyMap<string, DirectoryObject> {
    const { before, unseen } = this.#difference
    const ghosts = [...this.#difference.ghosts.values()].filter(object => object.kind === kind)
    if (before.size + unseen.size + ghosts.length === 0 && !this.changes.hasFresh) return this.#source.all(kind)
    return new ReplicaMap(this.#source.all(kind), ghosts, object => this.#shown(object))
  }

  override bin(): ReadonlyMap<string, DirectoryObject> {
    return this.#source.bin()
  }

  override find(id: string, kind?: Kind): DirectoryObject | undefined {
    const object = this.#source.find(id, kind)
    if (object !== undefined) return this.#shown(object)
    const ghost = this.#difference.ghosts.get(id.toLowerCase())
    return kind === undefined || ghost?.kind === kind ? ghost : undefined
  }

  override user(key: string): DirectoryObject | undefined {
    const object = this.#source.user(key)
    return object === undefined ? this.find(key, 'user') : this.#shown(object)
  }

  override holder(property: string, value: string): string | undefined {
    return this.#source.holder(property, value)
  }

  override having(kind: Kind, property: string, value: string): readonly DirectoryObject[] {
    const found = new Set(this.#source.having(kind, property, value).map(({ id }) => id))
    for (const id of [...this.#difference.before.keys(), ...this.#difference.ghosts.keys()]) found.add(id)
    const shown = [...found].flatMap(id => this.find(id, kind) ?? [])
    return shown.filter(({ properties }) => String(properties[property]).toLowerCase() === value.toLowerCase())
  }

  override has(link: Link, container: string, member: string): boolean {
    return (
      this.#difference.links.get(linkKey(link, container))?.get(member) ?? this.#source.has(link, container, member)
    )
  }

  override linkedIds(link: Link, container: string): ReadonlySet<string> {
    const differences = this.#difference.links.get(linkKey(link, container))
    const ids = this.#source.linkedIds(link, container)
    if (differences === undefined) return ids
    const shown = new Set(ids)
    for (const [id, present] of differences) {
      if (present) shown.add(id)
      else shown.delete(id)
    }
    return shown
  }

  override linked(link: Link, container: string): readonly DirectoryObject[] {
    const { links, ghosts } = this.#difference
    const differences = links.get(linkKey(link, container))
    const objects: DirectoryObject[] = []
    for (const object of this.#source.linked(link, container)) {
      const shown = differences?.get(object.id) === false ? undefined : this.#shown(object)
      if (shown !== undefined) objects.push(shown)
    }
    for (const ghost of ghosts.values()) if (this.has(link, container, ghost.id)) objects.push(ghost)
    for (const [id, present] of differences ?? []) {
      const gone = present && !ghosts.has(id) && !this.#source.has(link, container, id) ? this.find(id) : undefined
      if (gone !== undefined) objects.push(gone)
    }
    return objects
  }

  override containers(link: Link, member: string): DirectoryObject[] {
    const ids = new Set(this.#source.containers(link, member).map(({ id }) => id))
    for (const [key, differences] of this.#difference.links) {
      const [kind, container = ''] = key.split(' ')
      const present = differences.get(member)
      if (kind !== link || present === undefined) continue
      if (present) ids.add(container)
      else ids.delete(container)
    }
    return [...ids].flatMap(id => this.find(id) ?? [])
  }

  override manager(id: string): DirectoryObject | undefined {
    if (!this.#difference.managers.has(id)) return this.#source.manager(id)
    const manager = this.#difference.managers.get(id)
    return manager === undefined ? undefined : this.find(manager, 'user')
  }

  override directReports(id: string): DirectoryObject[] {
    return this.#source.directReports(id).flatMap(({ id: report }) => this.find(report) ?? [])
  }
}

/** Whether an object is so new that nobody finds it yet. */
export function isHidden(source: Directory, { id }: DirectoryObject, time: Pick<ReplicaTime, 'lag' | 'now'>): boolean {
  const madeAt = source.changes.madeAt(id)
  return madeAt !== undefined && time.now < visibleFrom(time.lag, id, madeAt)
}
