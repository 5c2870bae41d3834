import { randomBytes } from 'node:crypto'
import { KubeClient } from '../kube/client.ts'
import { Elector, type LeaseTiming } from '../kube/elector.ts'
import { connect, loadKubeconfig } from '../kube/kubeconfig.ts'
import { kubeLease } from '../kube/lease.ts'
import { type KubeObject, pathOf } from '../kube/object.ts'
import { Reflector } from '../kube/reflector.ts'
import { TenureError } from '../model/errors.ts'
import type { IdentityProvider } from '../model/provider.ts'
import type { Provider } from '../provider/provider.ts'
import type { Reporter } from '../reconcile/interfaces.ts'
import { version } from '../version.ts'
import type { SecretPlace, SecretReference } from '../wire.ts'
import { runNamespace } from './namespace.ts'
import { clusterSecret } from './secrets.ts'

/** What an operator is told at its start. */
export interface OperatorOptions {
  /** A kubeconfig file; the account of the pod, or the default kubeconfig, when absent. */
  readonly kubeconfig?: string
  /** Namespaces to serve; all that hold an IdentityProvider when empty. */
  readonly namespaces: readonly string[]
  /** Where the Leases are. */
  readonly operatorNamespace: string
  /** Name of this replica; unlike that of every other. */
  readonly identity: string
  /** How long a deletion must last before it counts, in milliseconds. */
  readonly settleMs: number
  readonly now: () => number
  /** Makes the provider that a manifest describes. */
  readonly connect: (declared: IdentityProvider, secret: ReadSecret) => Provider
  readonly reporters: (namespace: string) => readonly Reporter[]
  readonly note: (message: string, fields: object) => void
  readonly failed: (error: unknown) => void
  readonly leaseTiming?: LeaseTiming
}

export type ReadSecret = (reference: SecretReference, place: SecretPlace) => Promise<string>

/**
 * `tenure operator`: serves namespaces of a cluster until the signal, each by whichever replica leads it. Resolves when everything has
 * ended cleanly; throws TenureError when a lease is lost, since nobody can know what another leader does meanwhile: the process ends.
 */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<void> {
  const source = options.kubeconfig === undefined ? {} : { path: options.kubeconfig }
  const client = new KubeClient(connect(loadKubeconfig(source)), { version })
  const leases = new KubeClient(connect(loadKubeconfig(source)), { version })
  try {
    const { metadata } = await client.get<KubeObject>(pathOf(namespaces, undefined, 'kube-system'), signal)
    const cluster = metadata.uid ?? ''
    await new Served({ options, client, leases, cluster }, signal).follow()
  } finally {
    await client.close()
    await leases.close()
  }
}

const namespaces = { group: '', version: 'v1', plural: 'namespaces' } as const
const providers = { group: 'tenure.dev', version: 'v1alpha1', plural: 'identityproviders' } as const

interface Surroundings {
  readonly options: OperatorOptions
  readonly client: KubeClient
  /** With sockets of its own: a renewal never waits behind other calls. */
  readonly leases: KubeClient
  readonly cluster: string
}

/** The namespaces that are served. */
class Served {
  readonly #around: Surroundings
  readonly #stopping = new AbortController()
  readonly #signal: AbortSignal
  readonly #running = new Map<string, Promise<void>>()
  #failure: unknown

  constructor(around: Surroundings, signal: AbortSignal) {
    this.#around = around
    this.#signal = AbortSignal.any([signal, this.#stopping.signal])
  }

  async follow(): Promise<void> {
    const { namespaces: given } = this.#around.options
    if (given.length > 0) for (const namespace of given) this.#serve(namespace)
    else await this.#discover()
    await ended(this.#signal)
    await Promise.all(this.#running.values())
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Serves every namespace in which an IdentityProvider appears. */
  async #discover(): Promise<void> {
    const { client, options } = this.#around
    const found = new Reflector<KubeObject>({
      client,
      path: pathOf(providers),
      listeners: [({ object }) => this.#serve(object.metadata.namespace ?? '')],
      onProblem: ({ error }) => options.failed(error),
    })
    await found.run(this.#signal)
  }

  #serve(namespace: string): void {
    if (namespace === '' || this.#running.has(namespace) || this.#signal.aborted) return
    const serving = this.#lead(namespace).catch((error: unknown) => {
      this.#failure ??= error
      this.#stopping.abort()
    })
    this.#running.set(namespace, serving)
  }

  async #lead(namespace: string): Promise<void> {
    const { options, leases } = this.#around
    const elector = new Elector({
      identity: `${options.identity}_${randomBytes(4).toString('hex')}`,
      lease: kubeLease(leases, options.operatorNamespace, `tenure-${namespace}`),
      onProblem: options.failed,
      ...(options.leaseTiming ? { timing: options.leaseTiming } : {}),
    })
    const end = await elector.run(this.#signal, async signal => {
      options.note('leading', { namespace })
      await this.#run(namespace, elector, signal)
    })
    options.note('no longer leading', { namespace, end })
    if (end === 'lost') throw new TenureError(`the lease of namespace ${namespace} was lost to another replica`)
  }

  async #run(namespace: string, elector: Elector, signal: AbortSignal): Promise<void> {
    const { options, client, cluster } = this.#around
    const secret: ReadSecret = (reference, place) => clusterSecret(client, reference, place)
    await runNamespace(
      {
        client,
        namespace,
        cluster,
        connect: declared => options.connect(declared, secret),
        actor: `operator ${options.identity}`,
        leading: () => elector.leading,
        reporters: options.reporters(namespace),
        settleMs: options.settleMs,
        now: options.now,
        failed: options.failed,
      },
      signal,
    )
  }
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
