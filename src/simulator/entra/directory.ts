import { ChangeLog, changedNames } from './changes.ts'
import { Links } from './links.ts'
import type { DirectoryObject, Link } from './object.ts'
import { PropertyIndex } from './property-index.ts'
import type { Kind } from './schema.ts'

export type { DirectoryObject, Link } from './object.ts'

/** An Entra role held by a principal over a scope: `/` or `/administrativeUnits/{id}` or `/{objectId}`. */
export interface RoleAssignment {
  readonly id: string
  readonly roleDefinitionId: string
  readonly principalId: string
  readonly directoryScopeId: string
  /** Milliseconds since 1970; absent for one that was there from the start. */
  readonly at?: number
}

const BIN_MS = 30 * 86_400_000
const NONE: ReadonlySet<string> = new Set()
const LINKS: readonly Link[] = ['members', 'owners']
const FIRST: readonly Kind[] = ['user', 'group']

/** The objects of the tenant and the links between them, with the indexes that keep every look-up quick. */
export class Directory {
  /** By kind; what there is most of stands first, for look-ups that do not know the kind. */
  readonly #live = new Map<Kind, Map<string, DirectoryObject>>(FIRST.map(kind => [kind, new Map()]))
  readonly #index = new PropertyIndex()
  /** What happened since requests are answered. */
  readonly changes: ChangeLog
  readonly #bin = new Map<string, DirectoryObject>()
  readonly #unique = new Map<string, Map<string, string>>()
  readonly #links: Readonly<Record<Link, Links>> = { members: new Links(), owners: new Links() }
  readonly #managers = new Map<string, string>()
  readonly #reports = new Map<string, Set<string>>()
  readonly roleAssignments = new Map<string, RoleAssignment>()
  #binDue = Number.POSITIVE_INFINITY
  #ordinal = 0
  #hidden: ((object: DirectoryObject) => boolean) | undefined
  /** Changes with everything that is written, so that what was computed from the directory can be kept until then. */
  version = 0

  constructor(changes: ChangeLog = new ChangeLog()) {
    this.changes = changes
  }

  /** The directory itself, also where a replica that lags behind stands for it. */
  get truth(): Directory {
    return this
  }

  /** All live objects of a kind, in the order in which they came. */
  all(kind: Kind): ReadonlyMap<string, DirectoryObject> {
    return this.#live.get(kind) ?? new Map<string, DirectoryObject>()
  }

  /** Everything in the bin. */
  bin(): ReadonlyMap<string, DirectoryObject> {
    return this.#bin
  }

  /** The live object of that id and, when given, that kind. */
  find(id: string, kind?: Kind): DirectoryObject | undefined {
    const key = id.toLowerCase()
    const object = kind === undefined ? this.#at(key) : this.#live.get(kind)?.get(key)
    return object !== undefined && this.#hidden?.(object) === true ? undefined : object
  }

  #at(id: string): DirectoryObject | undefined {
    for (const objects of this.#live.values()) {
      const object = objects.get(id)
      if (object !== undefined) return object
    }
    return undefined
  }

  /** Does something while objects for which `hidden` holds are not found. */
  whileHiding<T>(hidden: (object: DirectoryObject) => boolean, act: () => T): T {
    this.#hidden = hidden
    try {
      return act()
    } finally {
      this.#hidden = undefined
    }
  }

  /** The live objects of a kind whose text property has this value, in any case of letters; quick after the first time. */
  having(kind: Kind, property: string, value: string): readonly DirectoryObject[] {
    return this.#index.having(this.all(kind), kind, property, value)
  }

  /** The live user of that id or userPrincipalName, in any case of letters. */
  user(key: string): DirectoryObject | undefined {
    if (!key.includes('@')) return this.find(key, 'user')
    const id = this.holder('userPrincipalName', key)
    return id === undefined ? undefined : this.find(id, 'user')
  }

  /** Puts a new object into the directory. Its id is in lower case. */
  add(object: DirectoryObject): void {
    this.#put(object)
    this.changes.add({ id: object.id, kind: object.kind, what: 'created' })
  }

  #put(object: DirectoryObject): void {
    this.#ordinal += 1
    object.ordinal = this.#ordinal
    const objects = this.#live.get(object.kind)
    if (objects === undefined) this.#live.set(object.kind, new Map([[object.id, object]]))
    else objects.set(object.id, object)
    this.#index.add(object)
    this.version += 1
  }

  #takeOut(object: DirectoryObject): void {
    this.#live.get(object.kind)?.delete(object.id)
    this.#index.remove(object)
    this.version += 1
  }

  /** Says that properties of a live object changed; `before` is a deep copy of what they were. */
  changed(object: DirectoryObject, before: Readonly<Record<string, unknown>>): void {
    const names = changedNames(before, object.properties)
    if (names.length === 0) return
    this.version += 1
    this.#index.update(object, before)
    const kept = Object.fromEntries(names.filter(name => name in before).map(name => [name, before[name]]))
    this.changes.add({ id: object.id, kind: object.kind, what: 'set', names, before: kept })
  }

  /** The id of whoever holds a value that must be unique in the tenant. */
  holder(property: string, value: string): string | undefined {
    return this.#unique.get(property)?.get(value.toLowerCase())
  }

  /** Reserves a unique value for an object. */
  claim(property: string, value: string, id: string): void {
    const holders = this.#unique.get(property) ?? new Map<string, string>()
    if (holders.size === 0) this.#unique.set(property, holders)
    holders.set(value.toLowerCase(), id)
  }

  /** Gives a unique value back, if the object holds it. */
  release(property: string, value: string, id: string): void {
    const key = value.toLowerCase()
    const holders = this.#unique.get(property)
    if (holders?.get(key) === id) holders.delete(key)
  }

  /** Moves a live object to the bin; its links rest until it is restored. */
  discard(object: DirectoryObject, now: number): void {
    this.#noteMemberships(object, 'unlinked')
    this.#takeOut(object)
    for (const link of LINKS) this.#links[link].rest(object)
    this.changes.add({ id: object.id, kind: object.kind, what: 'discarded', object })
    object.deletedAt = now
    this.#bin.set(object.id, object)
    this.#binDue = Math.min(this.#binDue, now + BIN_MS)
  }

  /** Takes an object out of the bin. */
  restore(object: DirectoryObject): void {
    this.#bin.delete(object.id)
    delete object.deletedAt
    this.#put(object)
    for (const link of LINKS) this.#links[link].wake(object)
    this.changes.add({ id: object.id, kind: object.kind, what: 'restored' })
    this.#noteMemberships(object, 'linked')
  }

  /** What deltas may say of the groups and units that a member leaves by going to the bin. */
  #noteMemberships(object: DirectoryObject, what: 'linked' | 'unlinked'): void {
    for (const link of LINKS) {
      for (const { id, kind } of this.containers(link, object.id)) {
        this.changes.add({ id, kind, what, link, other: object.id, otherKind: object.kind, byMember: true })
      }
    }
  }

  /** Removes an object for good, with all its links. */
  purge(object: DirectoryObject): void {
    if (!this.#bin.delete(object.id)) this.#noteMemberships(object, 'unlinked')
    this.#takeOut(object)
    this.changes.add({ id: object.id, kind: object.kind, what: 'purged', object })
    for (const link of LINKS) this.#links[link].deleteAll(object)
    this.setManager(object.id, undefined)
    for (const report of this.#reports.get(object.id) ?? NONE) this.#managers.delete(report)
    this.#reports.delete(object.id)
    this.#releaseAll(object)
    for (const [id, role] of this.roleAssignments) if (role.principalId === object.id) this.roleAssignments.delete(id)
  }

  #releaseAll(object: DirectoryObject): void {
    for (const property of ['userPrincipalName', 'proxyAddresses']) {
      for (const value of [object.properties[property]].flat())
        if (typeof value === 'string') this.release(property, value, object.id)
    }
  }

  /** Purges what has been in the bin for thirty days. Everything written until the next call happens at this time. */
  sweepBin(now: number): void {
    this.changes.tick(now)
    if (now < this.#binDue) return
    this.#binDue = Number.POSITIVE_INFINITY
    for (const object of [...this.#bin.values()]) {
      const due = (object.deletedAt ?? 0) + BIN_MS
      if (due <= now) this.purge(object)
      else this.#binDue = Math.min(this.#binDue, due)
    }
  }

  /** Everything is loaded: builds what would else be built by the first list that needs it. */
  settle(): void {
    for (const link of LINKS) this.#links[link].settle()
    for (const [kind, objects] of this.#live) this.#index.prepare(objects, kind)
  }

  /** Whether the link is there. */
  has(link: Link, container: string, member: string): boolean {
    return this.#links[link].has(container, member)
  }

  /** Links a member to a group or unit, or an owner to a group. */
  link(link: Link, container: string, member: string): void {
    if (this.has(link, container, member)) return
    const holder = this.#at(container) ?? this.#bin.get(container)
    const held = this.#at(member) ?? this.#bin.get(member)
    if (holder === undefined || held === undefined) return
    this.#noteLink('linked', link, container, member)
    this.#links[link].add(holder, held)
  }

  /** Takes the link away. */
  unlink(link: Link, container: string, member: string): void {
    if (!this.has(link, container, member)) return
    this.#noteLink('unlinked', link, container, member)
    this.#links[link].delete(container, member)
  }

  #noteLink(what: 'linked' | 'unlinked', link: Link, container: string, member: string): void {
    this.version += 1
    if (!this.changes.isOn) return
    const [holder, held] = [this.#at(container), this.#at(member)]
    if (holder === undefined || held === undefined) return
    const { id, kind } = holder
    this.changes.add({ id, kind, what, link, other: member, otherKind: held.kind, byMember: false })
  }

  /** The live objects linked to a group or unit. */
  linked(link: Link, container: string): readonly DirectoryObject[] {
    return this.#links[link].linked(container)
  }

  /** Ids linked to a group or unit, those in the bin included. */
  linkedIds(link: Link, container: string): ReadonlySet<string> {
    return this.#links[link].ids(container)
  }

  /** The live groups and units that an object is linked to. */
  containers(link: Link, member: string): DirectoryObject[] {
    return this.#links[link].containers(member)
  }

  #present(ids: ReadonlySet<string> | undefined): DirectoryObject[] {
    const present: DirectoryObject[] = []
    for (const id of ids ?? NONE) {
      const object = this.#at(id)
      if (object !== undefined) present.push(object)
    }
    return present
  }

  /** The live manager of a user. */
  manager(id: string): DirectoryObject | undefined {
    const manager = this.#managers.get(id)
    return manager === undefined ? undefined : this.find(manager, 'user')
  }

  /** Sets or, with undefined, removes a user's manager. */
  setManager(id: string, manager: string | undefined): void {
    const before = this.#managers.get(id)
    this.version += 1
    if (before !== manager) this.changes.add({ id, kind: 'user', what: 'manager', manager, before })
    if (before !== undefined) this.#reports.get(before)?.delete(id)
    if (manager === undefined) {
      this.#managers.delete(id)
      return
    }
    this.#managers.set(id, manager)
    this.#reports.set(manager, (this.#reports.get(manager) ?? new Set<string>()).add(id))
  }

  /** The live users whose manager this is. */
  directReports(id: string): DirectoryObject[] {
    return this.#present(this.#reports.get(id))
  }
}
