import type { Shape, Shapes } from './shape.ts'

/** What an operation may answer: a shape by status, or null where there is no JSON body. */
export type Answers = Readonly<Record<string, Shape | null>>

/** An OpenAPI description brought down to what is needed to judge an answer. */
export interface CompactOpenApi {
  readonly shapes: Shapes
  /** Answers by `GET /api/v1/users/{}`. */
  readonly operations: Readonly<Record<string, Answers>>
}

type Node = Readonly<Record<string, unknown>>

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const nodesIn = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : [])
const inside = (node: Node, name: string): Node => (isNode(node[name]) ? (node[name] as Node) : {})
const nameOf = (ref: unknown): string => String(ref).split('/').at(-1) ?? ''

type ObjectShape = Shape & { is: 'object' }

/** Brings the schemas of one description into shapes. */
class Compiler {
  readonly #schemas: Node

  constructor(schemas: Node) {
    this.#schemas = schemas
  }

  shapes(): Shapes {
    return Object.fromEntries(Object.keys(this.#schemas).map(name => [name, this.shape(inside(this.#schemas, name))]))
  }

  shape(schema: Node): Shape {
    const mayBeNull = schema.nullable === true || schema['x-okta-allow-null-property-value-for-updates'] === true
    const nullable = mayBeNull ? { nullable: true as const } : {}
    if (schema.$ref !== undefined) return { is: 'named', name: nameOf(schema.$ref), ...nullable }
    const subtypes = this.#subtypes(schema)
    if (subtypes !== undefined) return { ...subtypes, ...nullable }
    const parts = nodesIn(schema.allOf)
    if (parts.length > 0) return { ...this.#merged(schema, parts), ...nullable }
    const choices = [...nodesIn(schema.oneOf), ...nodesIn(schema.anyOf)]
    if (choices.length > 0) return { is: 'one', of: choices.map(each => this.shape(each)), ...nullable }
    return { ...this.#plain(schema), ...nullable }
  }

  /** The alternatives that a discriminator chooses from; the schema itself stands last, for values it does not name. */
  #subtypes(schema: Node): Shape | undefined {
    const { propertyName, mapping } = inside(schema, 'discriminator')
    if (typeof propertyName !== 'string' || !isNode(mapping)) return undefined
    const names = [...new Set(Object.values(mapping).map(nameOf))]
    const places = Object.fromEntries(
      Object.entries(mapping).map(([value, ref]) => [value, names.indexOf(nameOf(ref))]),
    )
    const of = names.map(name => ({ is: 'named', name }) as const)
    const own = schema.properties === undefined ? [] : [this.#object(schema)]
    return { is: 'one', of: [...of, ...own], by: { property: propertyName, places } }
  }

  #merged(schema: Node, parts: readonly Node[]): Shape {
    const whole = this.#flat({ ...schema, allOf: parts }, new Set())
    if (Object.keys(whole.properties).length > 0 || whole.rest !== undefined) return whole
    const first = parts.find(part => part.$ref !== undefined || part.type !== undefined || part.enum !== undefined)
    return first === undefined ? { is: 'any' } : this.shape(first)
  }

  /** All properties of a schema and of what it is composed of. */
  #flat(schema: Node, seen: ReadonlySet<string>): ObjectShape {
    if (schema.$ref !== undefined) {
      const name = nameOf(schema.$ref)
      if (seen.has(name)) return { is: 'object', properties: {}, required: [] }
      return this.#flat(inside(this.#schemas, name), new Set([...seen, name]))
    }
    const own = this.#object(schema)
    const open = schema.properties === undefined && schema.additionalProperties === undefined
    const all = nodesIn(schema.allOf).map(part => this.#flat(part, seen))
    const rest = [...(open ? [] : [own]), ...all].find(each => each.rest !== undefined)?.rest
    return {
      is: 'object',
      properties: Object.assign({}, ...all.map(each => each.properties), own.properties),
      required: [...new Set([...all.flatMap(each => each.required), ...own.required])],
      ...(rest === undefined ? {} : { rest }),
    }
  }

  #object(schema: Node): ObjectShape {
    const properties = Object.entries(inside(schema, 'properties')).filter(([, each]) => isNode(each)) as [
      string,
      Node,
    ][]
    const hidden = properties.filter(([, each]) => each.writeOnly === true).map(([name]) => name)
    const { additionalProperties: more } = schema
    const open = more === undefined ? properties.length === 0 : more !== false
    return {
      is: 'object',
      properties: Object.fromEntries(properties.map(([name, each]) => [name, this.shape(each)])),
      required: Array.isArray(schema.required) ? schema.required.filter(name => !hidden.includes(name)) : [],
      ...(open ? { rest: isNode(more) ? this.shape(more) : { is: 'any' } } : {}),
    }
  }

  #plain(schema: Node): Shape {
    const { type, format } = schema
    if (type === 'array') return { is: 'list', of: this.shape(inside(schema, 'items')) }
    if (type === 'object' || schema.properties !== undefined) return this.#object(schema)
    if (type !== 'string' && type !== 'number' && type !== 'integer' && type !== 'boolean') return { is: 'any' }
    const values = Array.isArray(schema.enum) ? { values: schema.enum as readonly unknown[] } : {}
    return { is: 'scalar', type, ...values, ...(format === 'date-time' ? { time: true } : {}) }
  }
}

/** Brings an OpenAPI 3.0 description into its compact form. */
export function compactOpenApi(description: unknown): CompactOpenApi {
  const root = isNode(description) ? description : {}
  const components = inside(root, 'components')
  const compiler = new Compiler(inside(components, 'schemas'))
  const answersOf = (operation: Node): Answers =>
    Object.fromEntries(
      Object.entries(inside(operation, 'responses')).map(([status, given]) => {
        const response =
          isNode(given) && given.$ref !== undefined
            ? inside(inside(components, 'responses'), nameOf(given.$ref))
            : given
        const content = isNode(response) ? inside(inside(response, 'content'), 'application/json') : {}
        return [status, isNode(content.schema) ? compiler.shape(content.schema) : null]
      }),
    )
  const operations: Record<string, Answers> = {}
  for (const [path, item] of Object.entries(inside(root, 'paths'))) {
    for (const method of METHODS) {
      const operation = isNode(item) ? item[method] : undefined
      const key = `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`
      if (isNode(operation)) operations[key] = answersOf(operation)
    }
  }
  return { shapes: compiler.shapes(), operations }
}
