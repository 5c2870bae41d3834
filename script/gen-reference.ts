import type { CustomResourceDefinition, StructuralSchema, ValidationRule } from '../src/api/crd.ts'

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``

/** `string`, `list of string`, `map of string`, `object`, or the values of an enum. */
function typeOf(schema: StructuralSchema): string {
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (schema.items) return schema.items.enum ? `list of ${typeOf(schema.items)}` : `list of ${schema.items.type}`
  if (schema.additionalProperties) return `map of ${schema.additionalProperties.type}`
  return schema.format === 'date-time' ? 'time' : (schema.type ?? '')
}

const span = (from: number | undefined, to: number | undefined, unit: string) => {
  if (from !== undefined && to !== undefined) return from === to ? `${to} ${unit}` : `${from}–${to} ${unit}`
  if (to !== undefined) return `at most ${to} ${unit}`
  return from === undefined ? '' : `at least ${from} ${unit}`
}

/** A rule's message as something a reader can keep to: what tells a fault becomes a condition. */
const ruleText = ({ rule, message = rule }: ValidationRule) =>
  /^(is no|is empty|has|grants)\b/.test(message) ? `refused if it ${message}` : message

function boundsOf(schema: StructuralSchema): string {
  const parts = [
    span(schema.minLength, schema.maxLength, 'characters'),
    span(schema.minItems, schema.maxItems, 'entries'),
    span(schema.minProperties, schema.maxProperties, 'entries'),
    schema.minimum === undefined && schema.maximum === undefined ? '' : span(schema.minimum, schema.maximum, '').trim(),
    schema.items?.maxLength === undefined
      ? ''
      : `each ${span(schema.items.minLength, schema.items.maxLength, 'characters')}`,
    schema['x-kubernetes-list-type'] === 'set' ? 'no entry twice' : '',
    schema['x-kubernetes-list-map-keys'] ? `one entry per ${schema['x-kubernetes-list-map-keys'].join(', ')}` : '',
    ...(schema['x-kubernetes-validations'] ?? []).map(ruleText),
    ...(schema.items?.['x-kubernetes-validations'] ?? []).map(rule => `for an entry: ${ruleText(rule)}`),
  ]
  return parts.filter(part => part !== '').join('; ')
}

function rows(schema: StructuralSchema, path: string): string[] {
  const inner = schema.items ?? schema
  return Object.entries(inner.properties ?? {}).flatMap(([key, child]) => {
    const here = path === '' ? key : `${path}.${key}`
    const must = inner.required?.includes(key)
      ? 'required'
      : child.default === undefined
        ? ''
        : code(JSON.stringify(child.default))
    const row = `| ${code(here)} | ${typeOf(child)} | ${must} | ${cell(child.description ?? '')} | ${cell(boundsOf(child))} |`
    return [row, ...rows(child, child.items ? `${here}[]` : here)]
  })
}

/** Reference page of one kind: a table of all fields with type, default, meaning and bounds. */
export function referencePage(crd: CustomResourceDefinition): string {
  const { kind, plural } = crd.spec.names
  const [version] = crd.spec.versions
  const schema = version?.schema.openAPIV3Schema
  if (!version || !schema?.properties) throw new Error(`${kind} has no version with a schema`)
  const head = '| Field | Type | Default | Meaning | Allowed |\n| --- | --- | --- | --- | --- |'
  const section = (key: 'spec' | 'status') => {
    const node = schema.properties?.[key] ?? {}
    const rules = (node['x-kubernetes-validations'] ?? []).map(
      rule => `- ${rule.fieldPath ? `${code(key + rule.fieldPath)} ` : ''}${rule.message ?? rule.rule}\n`,
    )
    return `## ${key}\n\n${node.description ?? ''}\n\n${head}\n${rows(node, key).join('\n')}\n${rules.length > 0 ? `\nRules over several fields:\n\n${rules.join('')}` : ''}`
  }
  return `# ${kind}\n\n${schema.description ?? ''}\n\n\`${crd.spec.group}/${version.name}\`, ${code(plural)}, namespaced.\n\n${section('spec')}\n${section('status')}`
}
