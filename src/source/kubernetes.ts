import type { KubeClient } from '../kube/client.ts'
import { NotFound } from '../kube/errors.ts'
import { type KubeObject, pathOf, type Resource } from '../kube/object.ts'
import type { RawManifest, SourceReading } from '../model/manifests.ts'
import type { Origin } from '../model/origin.ts'
import type { Operation } from '../model/plan.ts'
import type { Source } from '../reconcile/interfaces.ts'

/** The kinds people write, as the paths of the API name them. */
export const resources = {
  Employee: { group: 'tenure.dev', version: 'v1alpha1', plural: 'employees' },
  GroupMapping: { group: 'tenure.dev', version: 'v1alpha1', plural: 'groupmappings' },
  IdentityProvider: { group: 'tenure.dev', version: 'v1alpha1', plural: 'identityproviders' },
} as const satisfies Readonly<Record<string, Resource>>

export type DeclaredKind = keyof typeof resources

/** Everything of one kind in the namespace, as the watch cache has it. */
export type Listed = (kind: DeclaredKind) => readonly KubeObject[]

export interface KubernetesSourceOptions {
  readonly namespace: string
  readonly listed: Listed
  /** For the live reads; the cache may be old. */
  readonly client: KubeClient
}

export interface KubernetesSource extends Source {
  /** The generation of an object at the last reading; undefined for what was not read. */
  generationOf(kind: DeclaredKind, name: string): number | undefined
}

/** A source that reads the custom resources of one namespace. */
export function kubernetesSource(options: KubernetesSourceOptions): KubernetesSource {
  return new CachedSource(options)
}

/** What an object was when it was read last: another uid or generation, or a deletion, is another manifest. */
interface Seen {
  readonly uid: string
  readonly generation: number
  readonly labels: string
}

class CachedSource implements KubernetesSource {
  readonly #options: KubernetesSourceOptions
  #seen: ReadonlyMap<string, Seen> = new Map()

  constructor(options: KubernetesSourceOptions) {
    this.#options = options
  }

  async read(): Promise<SourceReading> {
    const seen = new Map<string, Seen>()
    const manifests: RawManifest[] = []
    for (const kind of ['IdentityProvider', 'GroupMapping', 'Employee'] as const) {
      for (const object of this.#options.listed(kind)) {
        if (!isDeclared(kind, object)) continue
        seen.set(`${kind}/${object.metadata.name}`, seenOf(object))
        manifests.push(rawManifest(object))
      }
    }
    this.#seen = seen
    return { manifests, findings: [], complete: true }
  }

  generationOf(kind: DeclaredKind, name: string): number | undefined {
    return this.#seen.get(`${kind}/${name}`)?.generation
  }

  async recheck(operation: Operation, signal: AbortSignal): Promise<'Same' | 'Changed'> {
    const { origin } = operation.because
    const behind: [DeclaredKind, string][] = [['Employee', operation.person.employee]]
    if (origin?.kind === 'Object' && origin.name !== operation.person.employee) {
      const kind = this.#kindOf(origin)
      if (kind) behind.push([kind, origin.name])
    }
    for (const [kind, name] of behind) if (await this.#hasChanged(kind, name, signal)) return 'Changed'
    return 'Same'
  }

  async #hasChanged(kind: DeclaredKind, name: string, signal: AbortSignal): Promise<boolean> {
    const before = this.#seen.get(`${kind}/${name}`)
    const now = await this.#live(kind, name, signal)
    if (!before || !now) return before !== now
    return now.uid !== before.uid || now.generation !== before.generation || now.labels !== before.labels
  }

  /** Undefined for what is not there, or about to go. */
  async #live(kind: DeclaredKind, name: string, signal: AbortSignal): Promise<Seen | undefined> {
    const { client, namespace } = this.#options
    try {
      const object = await client.get<KubeObject>(pathOf(resources[kind], namespace, name), signal)
      return isDeclared(kind, object) ? seenOf(object) : undefined
    } catch (error) {
      if (error instanceof NotFound) return undefined
      throw error
    }
  }

  #kindOf(origin: Origin & { readonly kind: 'Object' }): DeclaredKind | undefined {
    return (['GroupMapping', 'IdentityProvider', 'Employee'] as const).find(
      kind => this.#seen.get(`${kind}/${origin.name}`)?.uid === origin.uid,
    )
  }
}

/**
 * An Employee or a mapping that is being deleted declares nothing any more. An IdentityProvider still does: it says how to reach the
 * accounts that are bound there.
 */
function isDeclared(kind: DeclaredKind, { metadata }: KubeObject): boolean {
  return kind === 'IdentityProvider' || metadata.deletionTimestamp === undefined
}

function seenOf({ metadata }: KubeObject): Seen {
  const { uid = '', generation = 0, labels = {} } = metadata
  return { uid, generation, labels: JSON.stringify(Object.entries(labels).sort()) }
}

function rawManifest(object: KubeObject): RawManifest {
  const { namespace = '', name, uid = '' } = object.metadata
  const origin: Origin = { kind: 'Object', namespace, name, uid }
  return { object, origin, locate: () => origin }
}
