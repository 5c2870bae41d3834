import type { CompactCsdl, CsdlProperty } from './csdl.ts'

/** What a path of Microsoft Graph leads to. */
export interface GraphTarget {
  /** The path with keys as `{}`. */
  readonly path: string
  /** `Collection(graph.user)`, `graph.user`, `Edm.String`; absent where nothing is answered. */
  readonly type?: string
  readonly kind: 'value' | 'operation' | 'references' | 'count' | 'batch' | 'raw'
}

/** What a collection is made of; undefined for a type that is none. */
export const elementOf = (type: string): string | undefined => /^Collection\((.*)\)$/.exec(type)?.[1]

/** Looks things up in Microsoft's metadata, with what types inherit. */
export class GraphTypes {
  readonly #csdl: CompactCsdl
  readonly #lineages = new Map<string, readonly string[]>()
  readonly #properties = new Map<string, CsdlProperty | undefined>()

  constructor(csdl: CompactCsdl) {
    this.#csdl = csdl
  }

  /** The type itself and what it is derived from, nearest first. */
  lineage(type: string): readonly string[] {
    const known = this.#lineages.get(type)
    if (known !== undefined) return known
    const found: string[] = []
    for (let at: string | undefined = type; at !== undefined && !found.includes(at); at = this.#csdl.types[at]?.base)
      found.push(at)
    this.#lineages.set(type, found)
    return found
  }

  property(type: string, name: string): CsdlProperty | undefined {
    const key = `${type}/${name}`
    if (this.#properties.has(key)) return this.#properties.get(key)
    const owner = this.lineage(type).find(each => Object.hasOwn(this.#csdl.types[each]?.properties ?? {}, name))
    const property = owner === undefined ? undefined : this.#csdl.types[owner]?.properties[name]
    this.#properties.set(key, property)
    return property
  }

  /** The type of an entity set or singleton. */
  root = (name: string): string | undefined => this.#csdl.roots[name]
  isOpen = (type: string): boolean => this.lineage(type).some(each => this.#csdl.types[each]?.open === true)
  isEntity = (type: string): boolean => this.lineage(type).some(each => this.#csdl.types[each]?.entity === true)
  isKnown = (type: string): boolean => this.#csdl.types[type] !== undefined
  members = (type: string): readonly string[] | undefined => this.#csdl.types[type]?.members

  /** Where a path behind `/v1.0` leads; undefined where the metadata knows no such thing. */
  target(segments: readonly string[]): GraphTarget | undefined {
    const [first = '', ...rest] = segments
    if (first === '$batch') return { path: '/$batch', kind: 'batch' }
    const [name = '', key] = first.split(/\((.*)\)$/)
    const root = this.root(name)
    if (root === undefined) return undefined
    const start: GraphTarget = { path: `/${name}`, kind: 'value', type: root }
    const from =
      key === undefined ? start : { path: `/${name}/{}`, kind: 'value' as const, type: elementOf(root) ?? root }
    let target: GraphTarget | undefined = from
    for (const segment of rest) {
      if (target === undefined) return undefined
      target = this.#step(target, segment)
    }
    return target
  }

  #step({ path, type }: GraphTarget, segment: string): GraphTarget | undefined {
    if (segment === '$ref') return { path: `${path}/$ref`, kind: 'references', ...(type === undefined ? {} : { type }) }
    if (segment === '$count') return { path: `${path}/$count`, kind: 'count' }
    if (segment === '$value') return { path: `${path}/$value`, kind: 'raw' }
    if (type === undefined) return undefined
    const item = elementOf(type)
    const bare = segment.replace(/\(.*\)$/, '').replace(/^microsoft\.graph\./, '')
    if (segment.startsWith('microsoft.graph.') && this.isKnown(`graph.${bare}`)) {
      const cast = `graph.${bare}`
      return { path: `${path}/${segment}`, kind: 'value', type: item === undefined ? cast : `Collection(${cast})` }
    }
    const operation = this.#operation(type, bare)
    if (operation !== undefined) return { path: `${path}/${bare}`, kind: 'operation', ...operation }
    if (item !== undefined) return { path: `${path}/{}`, kind: 'value', type: item }
    const property = this.property(type, segment)
    return property && { path: `${path}/${segment}`, kind: 'value', type: property.type }
  }

  #operation(type: string, name: string): { type?: string } | undefined {
    if (!Object.hasOwn(this.#csdl.operations, name)) return undefined
    const item = elementOf(type)
    const names = this.lineage(item ?? type).map(each => (item === undefined ? each : `Collection(${each})`))
    const found = names.map(each => this.#csdl.operations[name]?.find(({ on }) => on === each)).find(Boolean)
    if (found === undefined) return undefined
    return found.returns === undefined ? {} : { type: found.returns }
  }
}
