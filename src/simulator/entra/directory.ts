import type { Kind } from './schema.ts'

/** One object of the directory. `properties` holds only what was set. */
export interface DirectoryObject {
  readonly id: string
  readonly kind: Kind
  readonly properties: Record<string, unknown>
  /** Milliseconds since 1970; set while the object is in the bin. */
  deletedAt?: number
}

/** An Entra role held by a principal over a scope: `/` or `/administrativeUnits/{id}` or `/{objectId}`. */
export interface RoleAssignment {
  readonly id: string
  readonly roleDefinitionId: string
  readonly principalId: string
  readonly directoryScopeId: string
}

/** Which links between objects there are. */
export type Link = 'members' | 'owners'

const BIN_MS = 30 * 86_400_000
const NONE: ReadonlySet<string> = new Set()

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([value]))
  else set.add(value)
}

/** The objects of the tenant and the links between them, with the indexes that keep every look-up quick. */
export class Directory {
  readonly #live = new Map<Kind, Map<string, DirectoryObject>>()
  readonly #bin = new Map<string, DirectoryObject>()
  readonly #unique = new Map<string, string>()
  readonly #links = { members: new Map<string, Set<string>>(), owners: new Map<string, Set<string>>() }
  readonly #containers = { members: new Map<string, Set<string>>(), owners: new Map<string, Set<string>>() }
  readonly #managers = new Map<string, string>()
  readonly #reports = new Map<string, Set<string>>()
  readonly roleAssignments = new Map<string, RoleAssignment>()
  #binDue = Number.POSITIVE_INFINITY

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
    if (kind !== undefined) return this.#live.get(kind)?.get(key)
    for (const objects of this.#live.values()) {
      const object = objects.get(key)
      if (object !== undefined) return object
    }
    return undefined
  }

  /** The live user of that id or userPrincipalName, in any case of letters. */
  user(key: string): DirectoryObject | undefined {
    const byId = this.find(key, 'user')
    if (byId !== undefined) return byId
    const id = this.#unique.get(uniqueKey('userPrincipalName', key))
    return id === undefined ? undefined : this.find(id, 'user')
  }

  /** Puts a new object into the directory. Its id is in lower case. */
  add(object: DirectoryObject): void {
    const objects = this.#live.get(object.kind)
    if (objects === undefined) this.#live.set(object.kind, new Map([[object.id, object]]))
    else objects.set(object.id, object)
  }

  /** The id of whoever holds a value that must be unique in the tenant. */
  holder(property: string, value: string): string | undefined {
    return this.#unique.get(uniqueKey(property, value))
  }

  /** Reserves a unique value for an object. */
  claim(property: string, value: string, id: string): void {
    this.#unique.set(uniqueKey(property, value), id)
  }

  /** Gives a unique value back, if the object holds it. */
  release(property: string, value: string, id: string): void {
    const key = uniqueKey(property, value)
    if (this.#unique.get(key) === id) this.#unique.delete(key)
  }

  /** Moves a live object to the bin; its links rest until it is restored. */
  discard(object: DirectoryObject, now: number): void {
    this.#live.get(object.kind)?.delete(object.id)
    object.deletedAt = now
    this.#bin.set(object.id, object)
    this.#binDue = Math.min(this.#binDue, now + BIN_MS)
  }

  /** Takes an object out of the bin. */
  restore(object: DirectoryObject): void {
    this.#bin.delete(object.id)
    delete object.deletedAt
    this.add(object)
  }

  /** Removes an object for good, with all its links. */
  purge(object: DirectoryObject): void {
    this.#bin.delete(object.id)
    this.#live.get(object.kind)?.delete(object.id)
    for (const link of ['members', 'owners'] as const) {
      for (const member of this.#links[link].get(object.id) ?? NONE)
        this.#containers[link].get(member)?.delete(object.id)
      for (const container of this.#containers[link].get(object.id) ?? NONE)
        this.#links[link].get(container)?.delete(object.id)
      this.#links[link].delete(object.id)
      this.#containers[link].delete(object.id)
    }
    this.setManager(object.id, undefined)
    for (const report of this.#reports.get(object.id) ?? NONE) this.#managers.delete(report)
    this.#reports.delete(object.id)
    for (const [key, id] of this.#unique) if (id === object.id) this.#unique.delete(key)
    for (const [id, role] of this.roleAssignments) if (role.principalId === object.id) this.roleAssignments.delete(id)
  }

  /** Purges what has been in the bin for thirty days. */
  sweepBin(now: number): void {
    if (now < this.#binDue) return
    this.#binDue = Number.POSITIVE_INFINITY
    for (const object of [...this.#bin.values()]) {
      const due = (object.deletedAt ?? 0) + BIN_MS
      if (due <= now) this.purge(object)
      else this.#binDue = Math.min(this.#binDue, due)
    }
  }

  /** Whether the link is there. */
  has(link: Link, container: string, member: string): boolean {
    return this.#links[link].get(container)?.has(member) ?? false
  }

  /** Links a member to a group or unit, or an owner to a group. */
  link(link: Link, container: string, member: string): void {
    addTo(this.#links[link], container, member)
    addTo(this.#containers[link], member, container)
  }

  /** Takes the link away. */
  unlink(link: Link, container: string, member: string): void {
    this.#links[link].get(container)?.delete(member)
    this.#containers[link].get(member)?.delete(container)
  }

  /** The live objects linked to a group or unit. */
  linked(link: Link, container: string): DirectoryObject[] {
    return this.#present(this.#links[link].get(container))
  }

  /** Ids linked to a group or unit, those in the bin included. */
  linkedIds(link: Link, container: string): ReadonlySet<string> {
    return this.#links[link].get(container) ?? NONE
  }

  /** The live groups and units that an object is linked to. */
  containers(link: Link, member: string): DirectoryObject[] {
    return this.#present(this.#containers[link].get(member))
  }

  #present(ids: ReadonlySet<string> | undefined): DirectoryObject[] {
    const present: DirectoryObject[] = []
    for (const id of ids ?? NONE) {
      const object = this.find(id)
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
    if (before !== undefined) this.#reports.get(before)?.delete(id)
    if (manager === undefined) {
      this.#managers.delete(id)
      return
    }
    this.#managers.set(id, manager)
    addTo(this.#reports, manager, id)
  }

  /** The live users whose manager this is. */
  directReports(id: string): DirectoryObject[] {
    return this.#present(this.#reports.get(id))
  }
}

function uniqueKey(property: string, value: string): string {
  return `${property}\n${value.toLowerCase()}`
}
