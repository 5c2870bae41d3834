/** What every object of a cluster says about itself. */
export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  /** Set once somebody asked for the object's deletion: it lives on until its finalizers are gone. */
  readonly deletionTimestamp?: string
  readonly finalizers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** An object of a cluster, of whichever kind. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
}

/** A kind of objects as the paths of the API name it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** Plural, in small letters: `employees`. */
  readonly plural: string
}

/** The name of an object among those of its kind: `namespace/name`, or the name alone for kinds without namespaces. */
export type ObjectKey = string

/** The key of an object. */
export function keyOf({ metadata }: KubeObject): ObjectKey {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`
}

/** Namespace and name of a key. */
export function partsOf(key: ObjectKey): { readonly namespace?: string; readonly name: string } {
  const at = key.indexOf('/')
  return at < 0 ? { name: key } : { namespace: key.slice(0, at), name: key.slice(at + 1) }
}

/** The path of a kind's list, or of one object of it; without a namespace: that of all namespaces, or of the cluster. */
export function pathOf(resource: Resource, namespace?: string, name?: string): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const parts = [
    root,
    ...(namespace === undefined ? [] : ['namespaces', encodeURIComponent(namespace)]),
    resource.plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ]
  return parts.join('/')
}
