import type { Employee } from '../api/employee.ts'
import type { GroupMapping } from '../api/group-mapping.ts'
import type { IdentityProvider as IdentityProviderObject } from '../api/identity-provider.ts'
import type { KubeClient } from '../kube/client.ts'
import { runLoop } from '../loop/loop.ts'
import { SettlingSource } from '../loop/settle.ts'
import { Waker } from '../loop/waker.ts'
import type { Instant } from '../model/ids.ts'
import type { RunReport } from '../model/plan.ts'
import type { IdentityProvider } from '../model/provider.ts'
import type { Provider } from '../provider/provider.ts'
import type { Reporter } from '../reconcile/interfaces.ts'
import { ProviderPool } from '../reconcile/provider-pool.ts'
import { ReadSchedule } from '../reconcile/read-schedule.ts'
import { RecordBook } from '../reconcile/record.ts'
import { executeRun, planRun, reportPlan, type World } from '../reconcile/run.ts'
import { type DeclaredKind, kubernetesSource } from '../source/kubernetes.ts'
import { parseManifests } from '../source/parse.ts'
import { Caches } from './caches.ts'
import { releaseSettled } from './finalizers.ts'
import type { Declared } from './objects.ts'
import { readRecord } from './record-reading.ts'
import { StatusJournal } from './status-journal.ts'
import { StatusReporter } from './status-reporter.ts'
import { StatusWriter } from './status-writer.ts'

/** How long things must be quiet before a pass, how long at most; the first wait after a pass that failed; in milliseconds. */
const quietMs = 100
const patienceMs = 500
const firstBackOffMs = 2_000
/** How long to rest before looking at what has changed at the providers, in milliseconds; that is a handful of requests. */
const lookMs = 60_000
/** How long after a pass that wrote the next one proves what came of it, in milliseconds. */
const defaultProofMs = 5_000
/** Operations of different people under way at once: few, so that a newer plan soon takes over. */
const underWay = 60

export interface NamespaceOptions {
  readonly client: KubeClient
  readonly namespace: string
  /** Makes the provider that a manifest describes. */
  readonly connect: (declared: IdentityProvider) => Provider
  /** The id of this cluster: the uid of its kube-system namespace. */
  readonly cluster: string
  readonly actor: string
  /** Whether this replica leads; asked before anything is announced. */
  readonly leading: () => boolean
  readonly reporters: readonly Reporter[]
  readonly settleMs: number
  /** How long after a pass that wrote the next one proves what came of it, in milliseconds; 5,000 when absent. */
  readonly proofMs?: number
  readonly now: () => Instant
  readonly failed: (error: unknown) => void
}

/**
 * Keeps the providers as one namespace says, until the signal. To be run by whoever leads, from nothing each time: the record is what
 * the statuses say then.
 */
export async function runNamespace(options: NamespaceOptions, signal: AbortSignal): Promise<void> {
  const run = new NamespaceRun(options, signal)
  await run.follow()
}

class NamespaceRun {
  readonly #options: NamespaceOptions
  readonly #signal: AbortSignal
  readonly #waker = new Waker(quietMs, patienceMs)
  readonly #caches: Caches
  readonly #providers: ProviderPool
  /** Something changed since the plan was made. */
  #outdated = false

  constructor(options: NamespaceOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    const { client, namespace, connect, now } = options
    this.#caches = new Caches({
      client,
      namespace,
      changed: () => this.#wake(),
      problem: (_kind, { error }) => options.failed(error),
    })
    this.#providers = new ProviderPool(connect, now)
  }

  async follow(): Promise<void> {
    const following = this.#caches.run(this.#signal)
    try {
      await this.#caches.synced()
      await this.#loop()
    } catch (error) {
      if (!this.#signal.aborted) throw error
    } finally {
      await following
      await this.#providers.close()
    }
  }

  #wake(): void {
    this.#outdated = true
    this.#waker.wake()
  }

  async #loop(): Promise<void> {
    const { client, namespace, settleMs, proofMs = defaultProofMs, now, failed } = this.#options
    const signal = this.#signal
    const { listed, cached, employeeOf } = this.#caches
    const writer = new StatusWriter({ client, namespace, cached })
    const book = new RecordBook(readRecord(remembering(listed), now()))
    const journal = new StatusJournal({
      writer,
      book,
      employeeOf,
      mappings: () => listed('GroupMapping').map(({ metadata }) => metadata.name),
      leading: this.#options.leading,
      signal,
    })
    const manifests = kubernetesSource({ namespace, listed, client })
    const source = new SettlingSource(manifests, settleMs, () => performance.now())
    const seen = manifests.generationOf.bind(manifests)
    const statuses = new StatusReporter({ writer, book, listed, seen, now: () => new Date(now()), signal })
    let restMs = lookMs
    const world: World = {
      source,
      parse: reading => {
        const parsed = parseManifests(reading)
        restMs = Math.min(lookMs, ...parsed.providers.map(({ policy }) => policy.fullReadEveryMs))
        return parsed
      },
      connect: async declared => this.#providers.get(declared),
      journal,
      book,
      by: this.#options.cluster,
      actor: this.#options.actor,
      approved: [],
      now,
      signal,
      superseded: () => this.#outdated,
      underWay,
      reads: new ReadSchedule(),
    }
    await runLoop({
      pass: async () => {
        const report = await this.#pass(world, statuses)
        await releaseSettled({ writer, book, listed, signal })
        return report
      },
      waker: this.#waker,
      restMs: report => Math.min(restMs, source.settlesInMs ?? restMs, hasWritten(report) ? proofMs : restMs),
      backOffMs: firstBackOffMs,
      failed,
      signal,
    })
  }

  async #pass(world: World, statuses: StatusReporter): Promise<RunReport> {
    this.#outdated = false
    await statuses.acknowledge()
    const run = await planRun(world)
    let report = reportPlan(run, world)
    try {
      report = await executeRun(run, world)
    } finally {
      await statuses.publish(run, report)
      for (const reporter of this.#options.reporters) await reporter.publish(report)
    }
    return report
  }
}

type Listed = (kind: DeclaredKind) => readonly Declared[]

function hasWritten({ providers }: RunReport): boolean {
  return providers.some(({ outcomes }) => outcomes.some(({ kind }) => kind === 'applied'))
}

function remembering(listed: Listed): Parameters<typeof readRecord>[0] {
  return {
    employees: listed('Employee') as unknown as readonly Employee[],
    mappings: listed('GroupMapping') as unknown as readonly GroupMapping[],
    providers: listed('IdentityProvider') as unknown as readonly IdentityProviderObject[],
  }
}
