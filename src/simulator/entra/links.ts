import type { DirectoryObject } from './object.ts'

/** Containers with so many linked objects list them in the order in which the objects came, smaller ones in that of the links. */
const MANY = 1000
const NOTHING: readonly DirectoryObject[] = []
const inOrder = new WeakSet<Iterable<DirectoryObject>>()

const ordinalOf = ({ ordinal }: DirectoryObject): number => ordinal ?? 0
const isLive = ({ deletedAt }: DirectoryObject): boolean => deletedAt === undefined

/** Whether a list is known to be in the order in which its objects came into the directory. */
export const isInOrder = (objects: Iterable<DirectoryObject>): boolean => inOrder.has(objects)

/** Notes that a list is in that order. */
export function noteOrder(objects: Iterable<DirectoryObject>): void {
  inOrder.add(objects)
}

/** What is linked to one container. */
interface Held {
  /** In the order of the links, those in the bin included. */
  readonly links: DirectoryObject[]
  /** The live ones in the order in which they came, where there are many; kept so with every change. */
  byAge: DirectoryObject[] | undefined
}

function placeOf(byAge: readonly DirectoryObject[], object: DirectoryObject): number {
  let [low, high] = [0, byAge.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = byAge[middle]
    if (other !== undefined && ordinalOf(other) < ordinalOf(object)) low = middle + 1
    else high = middle
  }
  return low
}

function takeOut(byAge: DirectoryObject[] | undefined, object: DirectoryObject): void {
  if (byAge === undefined) return
  const at = placeOf(byAge, object)
  if (byAge[at] === object) byAge.splice(at, 1)
}

function putIn(byAge: DirectoryObject[] | undefined, object: DirectoryObject): void {
  byAge?.splice(placeOf(byAge, object), 0, object)
}

/** Links of one sort between containers and objects: from both ends, quick, and in little memory. */
export class Links {
  readonly #held = new Map<string, Held>()
  readonly #containers = new Map<string, readonly DirectoryObject[]>()
  #settled = false

  /** Whether the link is there. */
  has(container: string, member: string): boolean {
    for (const { id } of this.#containers.get(member) ?? NOTHING) if (id === container) return true
    return false
  }

  /** Adds a link that is not there yet. */
  add(container: DirectoryObject, member: DirectoryObject): void {
    // `concat` makes arrays without room for more: most objects are in few groups.
    this.#containers.set(member.id, (this.#containers.get(member.id) ?? NOTHING).concat([container]))
    const held = this.#held.get(container.id)
    if (held === undefined) this.#held.set(container.id, { links: [member], byAge: undefined })
    else {
      held.links.push(member)
      if (isLive(member)) putIn(held.byAge, member)
      if (this.#settled) sort(held)
    }
  }

  /** Takes a link away. */
  delete(container: string, member: string): void {
    const held = this.#held.get(container)
    const at = held?.links.findIndex(({ id }) => id === member) ?? -1
    const object = held?.links[at]
    if (held === undefined || object === undefined) return
    held.links.splice(at, 1)
    takeOut(held.byAge, object)
    this.#leave(container, member)
  }

  #leave(container: string, member: string): void {
    const containers = this.#containers.get(member) ?? NOTHING
    this.#containers.set(
      member,
      containers.filter(({ id }) => id !== container),
    )
  }

  /** Takes away all links from and to an object. */
  deleteAll(object: DirectoryObject): void {
    for (const { id } of this.#held.get(object.id)?.links ?? NOTHING) this.#leave(object.id, id)
    for (const { id } of this.#containers.get(object.id) ?? NOTHING) this.delete(id, object.id)
    this.#held.delete(object.id)
    this.#containers.delete(object.id)
  }

  /** An object went to the bin; its links rest. To be called while it still has its ordinal. */
  rest(object: DirectoryObject): void {
    for (const { id } of this.#containers.get(object.id) ?? NOTHING) takeOut(this.#held.get(id)?.byAge, object)
  }

  /** An object came back from the bin, with its new ordinal. */
  wake(object: DirectoryObject): void {
    for (const { id } of this.#containers.get(object.id) ?? NOTHING) putIn(this.#held.get(id)?.byAge, object)
  }

  /** Everything is loaded: sorts what must be sorted, and keeps it so from now on. */
  settle(): void {
    this.#settled = true
    for (const held of this.#held.values()) sort(held)
  }

  /** The live objects linked to a container. */
  linked(container: string): readonly DirectoryObject[] {
    const held = this.#held.get(container)
    if (held === undefined) return NOTHING
    sort(held)
    return held.byAge !== undefined && held.byAge.length >= MANY ? held.byAge : held.links.filter(isLive)
  }

  /** Ids linked to a container, those in the bin included. */
  ids(container: string): ReadonlySet<string> {
    return new Set(this.#held.get(container)?.links.map(({ id }) => id))
  }

  /** The live containers that an object is linked to. */
  containers(member: string): DirectoryObject[] {
    return (this.#containers.get(member) ?? NOTHING).filter(isLive)
  }
}

function sort(held: Held): void {
  if (held.byAge !== undefined || held.links.length < MANY) return
  held.byAge = held.links.filter(isLive).sort((left, right) => ordinalOf(left) - ordinalOf(right))
  noteOrder(held.byAge)
}
