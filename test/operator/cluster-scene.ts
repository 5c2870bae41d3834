import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import type { CustomResourceDefinition } from '../../src/api/crd.ts'
import { KubeClient } from '../../src/kube/client.ts'
import type { RunReport } from '../../src/model/plan.ts'
import type { IdentityProvider } from '../../src/model/provider.ts'
import { runNamespace } from '../../src/operator/namespace.ts'
import type { Declared } from '../../src/operator/objects.ts'
import type { Provider } from '../../src/provider/provider.ts'
import { parseManifests } from '../../src/source/parse.ts'
import { connectProvider } from '../../src/wire.ts'
import { startTenants, type Tenants } from '../e2e/stage.ts'
import { FakeCluster } from '../kube/fake/cluster.ts'
import { rulesOf } from '../kube/fake/rules.ts'

const crds = join(import.meta.dirname, '../../crds')
const definitions = ['employees', 'groupmappings', 'identityproviders'].map(
  kind => parse(readFileSync(join(crds, `${kind}.tenure.dev.yaml`), 'utf8')) as CustomResourceDefinition,
)
const admit = rulesOf(definitions)
const namespace = 'people'

/** An API server and simulated tenants in this process, with an operator between them. */
export class ClusterScene {
  readonly cluster: FakeCluster
  readonly tenants: Tenants
  readonly reports: RunReport[] = []
  readonly failures: unknown[] = []
  readonly #running: { readonly stop: AbortController; readonly ended: Promise<void> }[] = []
  leading = true

  constructor(tenants: Tenants) {
    this.tenants = tenants
    this.cluster = new FakeCluster({ definitions, admit, namespaces: [namespace] })
  }

  static async start(options: Parameters<typeof startTenants>[0]): Promise<ClusterScene> {
    return new ClusterScene(await startTenants(options))
  }

  readonly connect = (declared: IdentityProvider): Provider =>
    connectProvider(declared, {
      now: () => this.tenants.simulator.clock.now(),
      borrowedTime: true,
      allowInsecure: true,
      secret: async ({ env = '' }) => this.tenants.env[env] ?? '',
      deliver: async () => undefined,
    })

  /** Makes the marker groups of every IdentityProvider among these manifests, as `tenure init` does. */
  async claim(text: string): Promise<void> {
    const objects = objectsIn(this.tenants.pointed(text))
    const origin = { kind: 'Object', namespace, name: '', uid: '' } as const
    const raw = objects.map(object => ({ object, origin, locate: () => origin }))
    const { providers } = parseManifests({ manifests: raw, findings: [], complete: true })
    for (const declared of providers) {
      const provider = this.connect(declared)
      await provider.claim({ owner: declared.policy.owner ?? '', by: this.clusterId }, new AbortController().signal)
      await provider.close()
    }
  }

  get clusterId(): string {
    return String(
      (this.cluster.call('GET', '/api/v1/namespaces/kube-system') as { metadata: { uid: string } }).metadata.uid,
    )
  }

  /** `kubectl apply` of new objects. */
  create(text: string): void {
    for (const object of objectsIn(this.tenants.pointed(text))) {
      const { kind, metadata } = object
      this.cluster.call('POST', pathOf(kind), { ...object, metadata: { ...metadata, namespace } })
    }
  }

  get(kind: string, name: string): Declared | undefined {
    return this.list(kind).find(({ metadata }) => metadata.name === name)
  }

  list(kind: string): Declared[] {
    return (this.cluster.call('GET', pathOf(kind)) as unknown as { items: Declared[] }).items
  }

  /** Changes the spec of an object as somebody with kubectl would. */
  patch(kind: string, name: string, patch: object): void {
    this.cluster.call('PATCH', `${pathOf(kind)}/${name}`, patch, 'application/merge-patch+json')
  }

  delete(kind: string, name: string): void {
    this.cluster.call('DELETE', `${pathOf(kind)}/${name}`)
  }

  condition(kind: string, name: string, type = 'Ready') {
    return this.get(kind, name)?.status?.conditions?.find(one => one.type === type)
  }

  /** Starts an operator; `stop` ends it. */
  operate(settleMs = 0): void {
    const stop = new AbortController()
    const client = new KubeClient(this.cluster.connection(), { version: 'test' })
    const ended = runNamespace(
      {
        client,
        namespace,
        connect: this.connect,
        cluster: this.clusterId,
        actor: 'test',
        leading: () => this.leading,
        reporters: [{ publish: async report => void this.reports.push(report) }],
        settleMs,
        proofMs: 50,
        now: () => this.tenants.simulator.clock.now(),
        failed: error => this.failures.push(error),
      },
      stop.signal,
    )
    this.#running.push({ stop, ended })
  }

  async stop(): Promise<void> {
    for (const { stop, ended } of this.#running.splice(0)) {
      stop.abort()
      await ended
    }
  }

  /** Waits until something holds; says what it waited for when it never does. */
  async until(what: string, holds: () => boolean, ms = 20_000): Promise<void> {
    const end = performance.now() + ms
    while (!holds()) {
      if (performance.now() > end)
        throw new Error(`${what}: not within ${ms} ms; failures: ${this.failures.map(String).join('; ')}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  async close(): Promise<void> {
    await this.stop()
    await this.tenants.close()
  }
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
}

function objectsIn(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap(document => (document.toJS() as Manifest | null) ?? [])
}

/** Every manifest of an example, as one text. */
export function exampleText(name: string): string {
  const folder = join(import.meta.dirname, '../../examples', name)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.ya?ml$/.test(file) && file !== 'example.yaml' && !file.startsWith('expected'))
    .sort()
  return files.map(file => readFileSync(join(folder, file), 'utf8')).join('\n---\n')
}

function pathOf(kind: string): string {
  return `/apis/tenure.dev/v1alpha1/namespaces/${namespace}/${kind.toLowerCase()}s`
}
