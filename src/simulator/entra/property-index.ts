import type { DirectoryObject } from './object.ts'
import type { Kind } from './schema.ts'

/** Most values are those of one object only. */
type Index = Map<string, DirectoryObject | DirectoryObject[]>

const PREPARED: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  user: ['displayName', 'employeeId', 'mail', 'mailNickname', 'onPremisesImmutableId'],
  group: ['displayName', 'mailNickname'],
}
const INDEXED: ReadonlySet<string> = new Set(
  'displayName employeeId mail mailNickname userPrincipalName appId onPremisesImmutableId'.split(' '),
)

/** Whether objects can be found by this property without going through all of them. */
export const isIndexed = (property: string): boolean => INDEXED.has(property)

/** Finds objects by the value of a text property. An index that was not prepared is made when it is first asked for. */
export class PropertyIndex {
  readonly #indexes = new Map<string, { readonly kind: Kind; readonly property: string; readonly index: Index }>()

  /** The objects among `all` of this kind that have the value. */
  having(
    all: ReadonlyMap<string, DirectoryObject>,
    kind: Kind,
    property: string,
    value: string,
  ): readonly DirectoryObject[] {
    const key = value.toLowerCase()
    const found = [this.#of(all, kind, property).get(key) ?? []].flat()
    const stillSo = ({ id, properties }: DirectoryObject): boolean =>
      all.has(id) && String(properties[property]).toLowerCase() === key
    return found.filter(stillSo)
  }

  /** Makes the indexes that lists are usually asked by, so that the first list is no slower than the next. */
  prepare(all: ReadonlyMap<string, DirectoryObject>, kind: Kind): void {
    for (const property of PREPARED[kind] ?? []) this.#of(all, kind, property)
  }

  #of(all: ReadonlyMap<string, DirectoryObject>, kind: Kind, property: string): Index {
    const known = this.#indexes.get(`${kind}/${property}`)
    if (known !== undefined) return known.index
    const index: Index = new Map()
    for (const object of all.values()) put(index, object.properties[property], object)
    this.#indexes.set(`${kind}/${property}`, { kind, property, index })
    return index
  }

  /** Adds a new object to the indexes there are. */
  add(object: DirectoryObject): void {
    for (const { kind, property, index } of this.#indexes.values())
      if (kind === object.kind) put(index, object.properties[property], object)
  }

  /** Takes an object out of them, whatever its values were when it was added. */
  remove(object: DirectoryObject): void {
    for (const { kind, property, index } of this.#indexes.values())
      if (kind === object.kind) drop(index, object.properties[property], object)
  }

  /** Moves an object from its values before to those it has now. */
  update(object: DirectoryObject, before: Readonly<Record<string, unknown>>): void {
    for (const { kind, property, index } of this.#indexes.values()) {
      if (kind !== object.kind || before[property] === object.properties[property]) continue
      drop(index, before[property], object)
      put(index, object.properties[property], object)
    }
  }
}

function put(index: Index, value: unknown, object: DirectoryObject): void {
  if (typeof value !== 'string') return
  const key = value.toLowerCase()
  const held = index.get(key)
  if (held === undefined) index.set(key, object)
  else if (Array.isArray(held)) held.push(object)
  else index.set(key, [held, object])
}

function drop(index: Index, value: unknown, object: DirectoryObject): void {
  if (typeof value !== 'string') return
  const key = value.toLowerCase()
  const rest = [index.get(key) ?? []].flat().filter(other => other !== object)
  if (rest.length === 0) index.delete(key)
  else index.set(key, rest)
}
