import type { DirectoryObject } from './object.ts'
import type { Kind } from './schema.ts'

type Index = Map<string, Set<DirectoryObject>>

const INDEXED: ReadonlySet<string> = new Set(
  'displayName employeeId mail mailNickname userPrincipalName appId onPremisesImmutableId'.split(' '),
)

/** Whether objects can be found by this property without going through all of them. */
export const isIndexed = (property: string): boolean => INDEXED.has(property)

/** Finds objects by the value of a text property. An index is made when it is first asked for, and kept from then on. */
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
    const found = [...(this.#of(all, kind, property).get(key) ?? [])]
    const stillSo = ({ id, properties }: DirectoryObject): boolean =>
      all.has(id) && String(properties[property]).toLowerCase() === key
    return found.filter(stillSo)
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
  const objects = index.get(key)
  if (objects === undefined) index.set(key, new Set([object]))
  else objects.add(object)
}

function drop(index: Index, value: unknown, object: DirectoryObject): void {
  if (typeof value !== 'string') return
  const key = value.toLowerCase()
  const objects = index.get(key)
  objects?.delete(object)
  if (objects?.size === 0) index.delete(key)
}
