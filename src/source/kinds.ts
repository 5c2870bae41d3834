import { nearestName } from '../expression/nearest.ts'

/** The group and version of our resources. */
const apiVersion = 'tenure.dev/v1alpha1'
/** The kinds people write. */
export const manifestKinds = ['Employee', 'GroupMapping', 'IdentityProvider'] as const
export type ManifestKind = (typeof manifestKinds)[number]

/** What a document turns out to be. `path` leads to the value at fault. */
export type Classified =
  | { readonly kind: 'Manifest' }
  | { readonly kind: 'List'; readonly items: readonly unknown[] }
  | { readonly kind: 'Foreign' }
  | { readonly kind: 'Fault'; readonly path: readonly string[]; readonly message: string }

const group = 'tenure.dev'
const listKinds: readonly string[] = manifestKinds.map(kind => `${kind}List`)

/**
 * Tells our manifests from lists of them, from what is somebody else's, and from what was meant to be ours and is misspelt: a
 * person must not vanish because of a slip in the first two lines.
 */
export function classify(value: unknown): Classified {
  if (value === null || value === undefined) return { kind: 'Foreign' }
  if (typeof value !== 'object')
    return { kind: 'Fault', path: [], message: 'is no manifest but a bare value; remove it, or complete the file' }
  if (Array.isArray(value))
    return value.some(item => isRecord(item) && claimsToBeOurs(item))
      ? { kind: 'Fault', path: [], message: `is a bare sequence of manifests; separate them by ---, or use kind: List` }
      : { kind: 'Foreign' }
  return isRecord(value) ? classifyObject(value) : { kind: 'Foreign' }
}

function classifyObject(object: Readonly<Record<string, unknown>>): Classified {
  const { apiVersion: version, kind } = object
  if (kind === 'List' && (version === 'v1' || version === undefined)) return listOf(object)
  if (!claimsToBeOurs(object)) return { kind: 'Foreign' }
  if (version === undefined)
    return { kind: 'Fault', path: [], message: `has no apiVersion; begin it with apiVersion: ${apiVersion}` }
  if (version !== apiVersion)
    return {
      kind: 'Fault',
      path: ['apiVersion'],
      message: `apiVersion ${quoted(version)} is unknown; use ${apiVersion}`,
    }
  if (typeof kind === 'string' && listKinds.includes(kind)) return listOf(object)
  if (manifestKinds.some(each => each === kind)) return { kind: 'Manifest' }
  if (kind === 'ChangePlan' || kind === 'ChangePlanList')
    return {
      kind: 'Fault',
      path: ['kind'],
      message: 'ChangePlan is written by the operator; remove it from the folder',
    }
  const use = `use one of ${manifestKinds.join(', ')}`
  if (kind === undefined) return { kind: 'Fault', path: [], message: `has no kind; ${use}` }
  const near = typeof kind === 'string' ? nearestName(kind, manifestKinds) : undefined
  const remedy = near === undefined ? use : `did you mean ${near}?`
  return { kind: 'Fault', path: ['kind'], message: `kind ${quoted(kind)} is unknown; ${remedy}` }
}

function listOf(object: Readonly<Record<string, unknown>>): Classified {
  const items = object.items
  if (Array.isArray(items)) return { kind: 'List', items }
  return { kind: 'Fault', path: ['items'], message: 'is a list without items; give items: [...], or remove it' }
}

/** By its group, a group that looks like ours, or by what it holds where the header is missing. */
function claimsToBeOurs(object: Readonly<Record<string, unknown>>): boolean {
  const { apiVersion: version, kind, spec } = object
  if (typeof version !== 'string') return ourKind(kind) || (isRecord(spec) && 'employeeNumber' in spec)
  const name = version.split('/')[0] ?? ''
  if (name === group) return true
  return (ourKind(kind) || /tenure/i.test(name)) && (!version.includes('/') || nearestName(name, [group]) !== undefined)
}

function ourKind(kind: unknown): boolean {
  return typeof kind === 'string' && (manifestKinds.some(each => each === kind) || listKinds.includes(kind))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function quoted(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'of no value'
}
