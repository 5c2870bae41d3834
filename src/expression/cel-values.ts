import type { Environment } from '@marcbachmann/cel-js'
import type { CelSchema } from './cel-schema.ts'

/** A node of a schema as CEL knows it. */
export interface DeclaredType {
  /** Name of the type, such as `string`, `list<string>` or `Employee.address`. */
  readonly name: string
  /** Gives a value of this node in the form CEL computes with. The value must be valid by the schema. */
  readonly convert: (value: unknown) => unknown
  readonly fields?: ReadonlyMap<string, DeclaredType>
  readonly items?: DeclaredType
  readonly values?: DeclaredType
}

const same = (value: unknown) => value
const scalars: Readonly<Record<string, DeclaredType>> = {
  string: { name: 'string', convert: same },
  boolean: { name: 'bool', convert: same },
  integer: { name: 'int', convert: value => BigInt(value as number) },
}
const time: DeclaredType = { name: 'google.protobuf.Timestamp', convert: value => new Date(value as string) }

/** Instances of a subclass are the objects of one node; only declared fields that are set are there. */
class CelObject {
  [field: string]: unknown
}

function declareObject(
  environment: Environment,
  name: string,
  properties: Readonly<Record<string, CelSchema>>,
): DeclaredType {
  const fields = new Map(
    Object.entries(properties).map(([key, schema]) => [key, declareType(environment, `${name}.${key}`, schema)]),
  )
  const ObjectOfNode = class extends CelObject {}
  environment.registerType(name, {
    ctor: ObjectOfNode,
    fields: Object.fromEntries([...fields].map(([key, type]) => [key, type.name])),
  })
  const entries = [...fields].map(([key, type]) => ({ key, convert: type.convert === same ? undefined : type.convert }))
  const convert = (value: unknown) => {
    const source = value as Readonly<Record<string, unknown>>
    const result = new ObjectOfNode()
    for (const { key, convert } of entries) {
      const part = source[key]
      if (part !== undefined && part !== null) result[key] = convert ? convert(part) : part
    }
    return result
  }
  return { name, convert, fields }
}

/**
 * Registers the types of a schema in an environment, under `name` and names below it. Objects become instances of a class of
 * their own and maps become `Map`s, so that no key that people choose (`constructor`, say) can be mistaken for JavaScript's.
 */
export function declareType(environment: Environment, name: string, schema: CelSchema): DeclaredType {
  if (schema.type === 'array' && schema.items) {
    const items = declareType(environment, name, schema.items)
    const convert = items.convert === same ? same : (value: unknown) => (value as unknown[]).map(items.convert)
    return { name: `list<${items.name}>`, convert, items }
  }
  if (schema.additionalProperties) {
    const values = declareType(environment, name, schema.additionalProperties)
    const convert = (value: unknown) => {
      const entries = Object.entries(value as Record<string, unknown>)
      return new Map(values.convert === same ? entries : entries.map(([key, part]) => [key, values.convert(part)]))
    }
    return { name: `map<string, ${values.name}>`, convert, values }
  }
  if (schema.type === 'object') return declareObject(environment, name, schema.properties ?? {})
  if (schema.format === 'date-time') return time
  const scalar = scalars[schema.type ?? '']
  if (!scalar) throw new Error(`${name}: type ${schema.type} has no counterpart in CEL`)
  return scalar
}
