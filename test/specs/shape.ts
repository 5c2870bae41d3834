/** What a JSON value must look like; the compact form that an OpenAPI description is brought into. */
export type Shape =
  | { readonly is: 'any' }
  | {
      readonly is: 'scalar'
      readonly type: 'string' | 'number' | 'integer' | 'boolean'
      readonly values?: readonly unknown[]
      readonly time?: true
      readonly nullable?: true
    }
  | { readonly is: 'list'; readonly of: Shape; readonly nullable?: true }
  | {
      readonly is: 'object'
      readonly properties: Readonly<Record<string, Shape>>
      readonly required: readonly string[]
      /** What further properties look like; absent where there may be none. */
      readonly rest?: Shape
      readonly nullable?: true
    }
  | { readonly is: 'named'; readonly name: string; readonly nullable?: true }
  | {
      readonly is: 'one'
      readonly of: readonly Shape[]
      /** The property whose value chooses the alternative by name, and the alternative's place in `of` for each value. */
      readonly by?: { readonly property: string; readonly places: Readonly<Record<string, number>> }
      readonly nullable?: true
    }

/** Shapes by name, which others refer to. */
export type Shapes = Readonly<Record<string, Shape>>

/** One thing that is wrong with a value: where, as a JSON pointer, and what. */
export interface Fault {
  readonly pointer: string
  readonly says: string
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const ANY: Shape = { is: 'any' }

/** How a fault shows a value: short enough for a line. */
export const brief = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60)

function ofType(value: unknown, type: 'string' | 'number' | 'integer' | 'boolean'): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}

/** Fewer faults, or as many that lie deeper: the alternative that was probably meant. */
function isNearer(faults: readonly Fault[], than: readonly Fault[]): boolean {
  const depth = (all: readonly Fault[]): number => Math.max(...all.map(({ pointer }) => pointer.split('/').length))
  return faults.length < than.length || (faults.length === than.length && depth(faults) > depth(than))
}

/** Looks at JSON values through the shapes of one description. */
export class ShapeChecker {
  readonly #shapes: Shapes

  constructor(shapes: Shapes) {
    this.#shapes = shapes
  }

  /** Everything in which a value differs from a shape; nothing when it fits. */
  faults(shape: Shape, value: unknown, pointer = ''): readonly Fault[] {
    if (this.#fits(shape, value)) return []
    const found: Fault[] = []
    this.#check(shape, value, pointer, found)
    return found
  }

  /** Whether there is nothing to say of a value; much quicker than saying it. */
  #fits(shape: Shape, value: unknown): boolean {
    if (shape.is === 'any') return true
    if (shape.is === 'named')
      return this.#fits(this.#shapes[shape.name] ?? ANY, value) || (value === null && this.#nullable(shape))
    if (value === null) return this.#nullable(shape)
    switch (shape.is) {
      case 'scalar':
        return (
          ofType(value, shape.type) &&
          shape.values?.includes(value) !== false &&
          (shape.time !== true || DATE_TIME.test(String(value)))
        )
      case 'list':
        return Array.isArray(value) && value.every(item => this.#fits(shape.of, item))
      case 'object':
        return this.#fitsObject(shape, value)
      case 'one': {
        const chosen = this.#chosen(shape, value)
        return chosen === undefined ? shape.of.some(each => this.#fits(each, value)) : this.#fits(chosen, value)
      }
    }
  }

  #fitsObject(shape: Shape & { is: 'object' }, value: unknown): boolean {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const fields = value as Readonly<Record<string, unknown>>
    for (const name of shape.required) if (fields[name] === undefined) return false
    for (const name of Object.keys(fields)) {
      const inner = fields[name]
      if (inner === undefined) continue
      const known = Object.hasOwn(shape.properties, name) ? shape.properties[name] : shape.rest
      if (known === undefined || !this.#fits(known, inner)) return false
    }
    return true
  }

  #check(shape: Shape, value: unknown, pointer: string, found: Fault[]): void {
    if (shape.is === 'any') return
    if (value === null && this.#nullable(shape)) return
    switch (shape.is) {
      case 'named':
        this.#check(this.#shapes[shape.name] ?? ANY, value, pointer, found)
        return
      case 'scalar':
        if (!ofType(value, shape.type)) found.push({ pointer, says: `${brief(value)} is no ${shape.type}` })
        else if (shape.values?.includes(value) === false) {
          found.push({ pointer, says: `${brief(value)} is none of ${shape.values.join(', ').slice(0, 200)}` })
        } else if (shape.time === true && !DATE_TIME.test(String(value)))
          found.push({ pointer, says: `${brief(value)} is no date-time` })
        return
      case 'list':
        if (!Array.isArray(value)) found.push({ pointer, says: `${brief(value)} is no list` })
        else for (const [index, item] of value.entries()) this.#check(shape.of, item, `${pointer}/${index}`, found)
        return
      case 'object':
        this.#checkObject(shape, value, pointer, found)
        return
      case 'one':
        this.#checkOne(shape, value, pointer, found)
    }
  }

  #nullable(shape: Shape): boolean {
    if (shape.is === 'any' || shape.nullable === true) return true
    if (shape.is === 'named') return this.#nullable(this.#shapes[shape.name] ?? ANY)
    return shape.is === 'one' && shape.of.some(each => this.#nullable(each))
  }

  #checkObject(shape: Shape & { is: 'object' }, value: unknown, pointer: string, found: Fault[]): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      found.push({ pointer, says: `${brief(value)} is no object` })
      return
    }
    for (const name of shape.required) {
      if (Reflect.get(value, name) === undefined) found.push({ pointer, says: `"${name}" is missing` })
    }
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined) continue
      const known = Object.hasOwn(shape.properties, name) ? shape.properties[name] : shape.rest
      if (known === undefined) found.push({ pointer, says: `"${name}" is unknown` })
      else this.#check(known, inner, `${pointer}/${name}`, found)
    }
  }

  #checkOne(shape: Shape & { is: 'one' }, value: unknown, pointer: string, found: Fault[]): void {
    const chosen = this.#chosen(shape, value)
    if (chosen !== undefined) {
      this.#check(chosen, value, pointer, found)
      return
    }
    let best: readonly Fault[] | undefined
    for (const each of shape.of) {
      const faults = this.faults(each, value, pointer)
      if (faults.length === 0) return
      if (best === undefined || isNearer(faults, best)) best = faults
    }
    found.push(...(best ?? []))
  }

  #chosen({ by, of }: Shape & { is: 'one' }, value: unknown): Shape | undefined {
    if (by === undefined || typeof value !== 'object' || value === null) return undefined
    const place = by.places[String(Reflect.get(value, by.property))]
    return place === undefined ? undefined : of[place]
  }
}
