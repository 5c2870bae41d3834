import type { CustomResourceDefinition, StructuralSchema } from '../src/api/crd.ts'

/** The schema without what only people and `kubectl explain` read. */
function bare(schema: StructuralSchema): StructuralSchema {
  const { description: _, properties, items, additionalProperties, ...rest } = schema
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, bare(child)])),
    }),
    ...(items && { items: bare(items) }),
    ...(additionalProperties && { additionalProperties: bare(additionalProperties) }),
  }
}

/** Module that carries the CRDs in the product, so that it needs no files at run time. */
export function schemasModule(crds: readonly CustomResourceDefinition[]): string {
  const constants = crds.map(({ spec }) => {
    const { kind, plural } = spec.names
    const crd: CustomResourceDefinition = {
      spec: {
        group: spec.group,
        names: { kind, plural },
        versions: spec.versions.map(version => ({
          name: version.name,
          schema: { openAPIV3Schema: bare(version.schema.openAPIV3Schema) },
        })),
      },
    }
    const name = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}Crd`
    const text = `/** The CRD of ${kind}, without descriptions. */\nexport const ${name}: CustomResourceDefinition = ${JSON.stringify(crd)}\n`
    return { name, text }
  })
  return [
    "import type { CustomResourceDefinition } from './crd.ts'\n",
    ...constants.map(constant => constant.text),
    `/** All kinds of this version. */\nexport const crds: readonly CustomResourceDefinition[] = [${constants.map(one => one.name).join(', ')}]\n`,
  ].join('\n')
}
