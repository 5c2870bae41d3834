import type { StructuralSchema } from '../api/crd.ts'
import { nearestName } from '../expression/nearest.ts'
import { isLabelName, isLabelValue } from './schema-ajv.ts'
import { type Path, pathText, resolvePointer } from './schema-path.ts'

/** What ajv reports, as far as it is used: our own keywords included. */
export interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
}

/** A fault in words for people. */
export interface Described {
  readonly path: Path
  readonly message: string
  readonly keyword: string
}

/** What the patterns of the CRDs ask for. A test sees to it that none is missing. */
export const patternWords: Readonly<Record<string, string>> = {
  '^[A-Za-z0-9._-]+$': 'may hold letters, digits, dots, underscores and hyphens only',
  '^[^ \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^ \\x00-\\x1f\\x7f])?$':
    'must not begin or end with a space, nor hold line breaks or other control characters',
  '^[^@ \\x00-\\x1f\\x7f]+@[^@ \\x00-\\x1f\\x7f]+[.][^@ \\x00-\\x1f\\x7f]+$': 'must be an e-mail address',
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$':
    'must be the name of an object: small letters, digits, hyphens and dots, beginning and ending with a letter or digit',
  '^[A-Z]{2}$': 'must be two capital letters, such as GB',
  '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$': 'must be a language tag, such as en-GB',
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00Z)?$': 'must be a day, such as "2026-01-31"',
  '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$': 'must be a time zone, such as Europe/London',
  '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$':
    'must be a label value: letters, digits, hyphens, underscores and dots, beginning and ending with a letter or digit',
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$':
    'must be a label name, such as site or example.com/site',
  '^[A-Za-z0-9_-]+$': 'may hold letters, digits, underscores and hyphens only',
  '^[-._a-zA-Z0-9]+$': 'may hold letters, digits, dots, underscores and hyphens only',
  '^[A-Za-z_][A-Za-z0-9_]*$': 'must be the name of an environment variable',
  '^okta([.][A-Za-z0-9]+)+$': 'must be a scope, such as okta.users.read',
  '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$':
    'must be a UUID, such as 6f0e2a54-93c1-4b7e-8a7d-0b1c2d3e4f50',
  '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$':
    'may hold letters, digits, dots, underscores and hyphens only, beginning and ending with a letter or digit',
  '^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)*$':
    'must be the name of an attribute, such as department or employeeOrgData.division',
  '^([0-9]+h)?([0-9]+m)?([0-9]+s)?$': 'must be a duration, such as 24h or 1h30m',
  '^sha256:[0-9a-f]{64}$': 'must be the hash of a withheld set: sha256: and 64 hexadecimal digits',
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
}

/** A value as a message shows it: short, on one line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? `the string ${shown(value)}` : shown(value)
}

function typeMessage(expected: string, value: unknown): string {
  const words = `must be ${typeWords[expected] ?? expected}, not ${kindOf(value)}`
  const quotable = expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')
  return quotable ? `${words}; put it in quotes` : words
}

function enumMessage(allowed: readonly unknown[], value: unknown): string {
  const near = typeof value === 'string' ? nearestName(value, allowed.map(String)) : undefined
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  return `must be one of ${allowed.join(', ')}, not ${typeof value === 'string' ? shown(value) : kindOf(value)}${hint}`
}

/** Where in the schema a field of this name is, if it is somewhere else than looked for. */
function elsewhere(schema: StructuralSchema, name: string, path: Path): Path | undefined {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    if (path.length === 0 && key !== 'spec') continue
    if (key === name) return [...path, key]
    const found = elsewhere(child, name, [...path, key])
    if (found) return found
  }
  return undefined
}

function schemaAt(root: StructuralSchema, path: Path): StructuralSchema | undefined {
  let node: StructuralSchema | undefined = root
  for (const part of path)
    node = typeof part === 'number' ? node?.items : (node?.properties?.[part] ?? node?.additionalProperties)
  return node
}

const metadataFields = ['name', 'namespace', 'labels', 'annotations', 'finalizers']

function unknownMessage(root: StructuralSchema, parent: Path, name: string): string {
  const known = parent[0] === 'metadata' ? metadataFields : Object.keys(schemaAt(root, parent)?.properties ?? {})
  const near = nearestName(name, known)
  if (near !== undefined) return `unknown field ${name}; did you mean ${near}?`
  const place = elsewhere(root, name, [])
  if (place) return `unknown field ${name}; did you mean ${pathText(place)}?`
  return known.length <= 12 ? `unknown field ${name}; known here: ${known.join(', ')}` : `unknown field ${name}`
}

function labelsFault(path: Path, value: unknown): Described {
  const [name = '', word] =
    Object.entries(value as Record<string, unknown>).find(
      ([name, word]) => !isLabelName(name) || (typeof word === 'string' && !isLabelValue(word)),
    ) ?? []
  const message = isLabelName(name)
    ? `label value ${shown(word)} may hold up to 63 letters, digits, hyphens, underscores and dots, and must begin and end with a letter or digit`
    : `${shown(name)} is no label name; one is such as site or example.com/site`
  return { path: [...path, name], message, keyword: 'x-labels' }
}

function duplicateKeys(keys: readonly string[], items: readonly Readonly<Record<string, unknown>>[]): string {
  const name = (item: Readonly<Record<string, unknown>>) =>
    keys.map(key => `${key} ${shown(item?.[key])}`).join(' and ')
  const twice = items.map(name).find((text, index, all) => all.indexOf(text) !== index)
  return `has more than one entry with ${twice}`
}

type Words = (params: SchemaError['params'], value: unknown) => string

const atLeastEntries: Words = ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} entries`)
const atMostEntries: Words = ({ limit }) => `has more than ${limit} entries, which are not allowed`

/** What to say for each keyword: what is wrong, and what is allowed. */
const words: Readonly<Record<string, Words>> = {
  type: ({ type }, value) => typeMessage(String(type), value),
  enum: ({ allowedValues }, value) => enumMessage(allowedValues as readonly unknown[], value),
  const: ({ allowedValue }, value) => `must be ${String(allowedValue)}, not ${kindOf(value)}`,
  pattern: ({ pattern }, value) => `${patternWords[String(pattern)] ?? `must match ${pattern}`}; got ${shown(value)}`,
  format: ({ format }, value) =>
    `must be ${format === 'date-time' ? 'a time, such as "2026-01-31T12:00:00Z"' : `in the range of ${format}`}; got ${shown(value)}`,
  maxLength: ({ limit }, value) => `is ${[...String(value)].length} characters long; at most ${limit} are allowed`,
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must be at least ${limit} characters long`),
  minItems: atLeastEntries,
  minProperties: atLeastEntries,
  maxItems: atMostEntries,
  maxProperties: atMostEntries,
  minimum: ({ limit }, value) => `must be at least ${limit}, not ${shown(value)}`,
  maximum: ({ limit }, value) => `must be at most ${limit}, not ${shown(value)}`,
  uniqueItems: ({ i }, value) => `lists ${shown((value as readonly unknown[])[Number(i)])} twice`,
}

/** Where people put a secret itself by mistake. What stands there is never shown. */
const secretFields: ReadonlySet<string | number> = new Set(['privateKey', 'clientSecret', 'clientCertificate'])

/** Puts an error of ajv into words: what is wrong, and what is allowed. */
export function describeError(error: SchemaError, object: unknown, schema: StructuralSchema): Described {
  const { path, value: found } = resolvePointer(object, error.instancePath)
  const value = typeof found === 'string' && path.some(part => secretFields.has(part)) ? '…' : found
  const { keyword } = error
  if (keyword === 'required')
    return { path: [...path, String(error.params.missingProperty)], message: 'is missing; it is required', keyword }
  if (keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty)
    return { path: [...path, name], message: unknownMessage(schema, path, name), keyword }
  }
  if (keyword === 'x-labels') return labelsFault(path, value)
  if (keyword === 'x-keys') {
    const keys = schemaAt(schema, path)?.['x-kubernetes-list-map-keys'] ?? []
    return { path, message: duplicateKeys(keys, value as Readonly<Record<string, unknown>>[]), keyword }
  }
  const message = words[keyword]?.(error.params, value) ?? `is not valid (${keyword})`
  return { path, message, keyword }
}
