import { asJson, type Json, listOr, textOr } from './answer.ts'

/** A structural schema as a CustomResourceDefinition holds it. */
export type Schema = Json

/** A kind of objects the server knows. */
export interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly isNamespaced: boolean
  readonly hasStatus: boolean
  /** Only of custom resources. */
  readonly schema?: Schema
}

export const idOf = ({ group, version, plural }: Pick<Kind, 'group' | 'version' | 'plural'>) =>
  `${group}/${version}/${plural}`

export const apiVersionOf = ({ group, version }: Kind) => (group === '' ? version : `${group}/${version}`)

/** `widgets.example.com`, as messages have it. */
export const qualified = ({ group, plural }: Kind) => (group === '' ? plural : `${plural}.${group}`)

const builtin = (group: string, version: string, kind: string, options: Partial<Kind> = {}): Kind => ({
  group,
  version,
  kind,
  plural: `${kind.toLowerCase()}s`,
  isNamespaced: true,
  hasStatus: false,
  ...options,
})

export const NAMESPACES = builtin('', 'v1', 'Namespace', { isNamespaced: false, hasStatus: true })
export const CRDS = builtin('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', { isNamespaced: false })
export const LEASES = builtin('coordination.k8s.io', 'v1', 'Lease')
export const EVENTS = builtin('events.k8s.io', 'v1', 'Event')
export const BUILTIN: readonly Kind[] = [
  NAMESPACES,
  CRDS,
  LEASES,
  EVENTS,
  builtin('', 'v1', 'Secret'),
  builtin('', 'v1', 'ConfigMap'),
  builtin('', 'v1', 'ServiceAccount'),
]

/** The kinds a CustomResourceDefinition declares, one for each served version. */
export function kindsOf(definition: Json): Kind[] {
  const spec = asJson(definition.spec)
  const names = asJson(spec.names)
  return listOr(spec.versions)
    .map(asJson)
    .map(version => ({
      group: textOr(spec.group),
      version: textOr(version.name),
      kind: textOr(names.kind),
      plural: textOr(names.plural),
      isNamespaced: spec.scope === 'Namespaced',
      hasStatus: 'status' in asJson(version.subresources),
      schema: asJson(asJson(version.schema).openAPIV3Schema),
    }))
}

/** What the path of a request names. */
export interface Route {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

/** Reads `/api/v1/…` and `/apis/group/version/…`; undefined for what names no resources. */
export function routeOf(path: string): Route | undefined {
  const [root, ...rest] = path.split('/').slice(1).map(decodeURIComponent)
  if (root !== 'api' && root !== 'apis') return undefined
  const group = root === 'api' ? '' : (rest.shift() ?? '')
  const [version = '', first, second, third, ...others] = rest
  if (first === undefined) return undefined
  // A namespace is itself an object: `namespaces/name` and `namespaces/name/status`.
  if (first !== 'namespaces' || third === undefined || third === 'status' || third === 'finalize')
    return { group, version, plural: first, ...named(second, third) }
  return { group, version, plural: third, namespace: second ?? '', ...named(others[0], others[1]) }
}

const named = (name: string | undefined, subresource: string | undefined) => ({
  ...(name === undefined ? {} : { name }),
  ...(subresource === undefined ? {} : { subresource }),
})
