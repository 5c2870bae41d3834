import type { CustomResourceDefinition, StructuralSchema } from '../src/api/crd.ts'

/** What CEL needs to know of a node: its type and its parts. */
function typed(schema: StructuralSchema): object {
  const { type, format, properties, items, additionalProperties } = schema
  return {
    type,
    ...(format && { format }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, typed(child)])),
    }),
    ...(items && { items: typed(items) }),
    ...(additionalProperties && { additionalProperties: typed(additionalProperties) }),
  }
}

/** A value as the formatter of this project writes it, one entry a line. */
function literal(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return `'${String(value)}'`
  const lines = Object.entries(value).map(([key, child]) => `${indent}  ${key}: ${literal(child, `${indent}  `)},\n`)
  return `{\n${lines.join('')}${indent}}`
}

/** Module with the declared types of an Employee's spec, for type-checking expressions. */
export function employeeTypeModule(crds: readonly CustomResourceDefinition[]): string {
  const employee = crds.find(crd => crd.spec.names.kind === 'Employee')
  const spec = employee?.spec.versions[0]?.schema.openAPIV3Schema.properties?.spec
  if (!spec) throw new Error('there is no Employee with a spec')
  return `import type { CelSchema } from './cel-schema.ts'\n\n/** The spec of an Employee, as expressions see it. */\nexport const employeeType: CelSchema = ${literal(typed(spec), '')}\n`
}
