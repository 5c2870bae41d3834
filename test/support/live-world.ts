import { readFile } from 'node:fs/promises'
import type { RetryPolicy } from '../../src/http/retry.ts'
import type { Time } from '../../src/http/time.ts'
import type { Manifests } from '../../src/model/manifests.ts'
import type { RunReport } from '../../src/model/plan.ts'
import { entraProvider } from '../../src/provider/entra/index.ts'
import { oktaProvider, requiredScopes } from '../../src/provider/okta/index.ts'
import type { Provider } from '../../src/provider/provider.ts'
import { withLedger } from '../../src/reconcile/ledger.ts'
import { ReadSchedule } from '../../src/reconcile/read-schedule.ts'
import { RecordBook } from '../../src/reconcile/record.ts'
import { executeRun, planRun, reportPlan, type World } from '../../src/reconcile/run.ts'
import {
  type SimulatedClock,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../src/simulator/index.ts'
import { manifests, providerName } from './builders.ts'
import { MemoryJournal } from './world.ts'

/** How the providers of a `LiveWorld` behave. */
export interface LiveOptions {
  readonly time: Time
  readonly retry?: RetryPolicy
  readonly requestTimeoutMs?: number
  readonly quotaPercent?: number
  readonly concurrency?: number
}

/** The whole chain in this process against both simulated tenants, over real sockets. */
export class LiveWorld {
  readonly simulator: Simulator
  readonly #ca: string
  readonly #options: LiveOptions
  #declared = manifests()
  #journal = new MemoryJournal()
  #book = new RecordBook([])
  #reads = new ReadSchedule()
  #providers = new Map<string, Provider>()

  constructor(simulator: Simulator, ca: string, options: LiveOptions) {
    this.simulator = simulator
    this.#ca = ca
    this.#options = options
  }

  /** Starts the tenants; `options` are made once their clock is there. */
  static async start(tenants: SimulatorOptions, options: (clock: SimulatedClock) => LiveOptions): Promise<LiveWorld> {
    const simulator = await startSimulator(tenants)
    return new LiveWorld(simulator, await readFile(simulator.entra.caFile, 'utf8'), options(simulator.clock))
  }

  get clock(): SimulatedClock {
    return this.simulator.clock
  }

  /** Forgets everything and begins with what the tenants are to hold. */
  async begin(tenants: { readonly okta: object; readonly entra: object }, now: number): Promise<void> {
    await this.restart()
    this.simulator.faults.clear()
    this.clock.set(now)
    this.simulator.tenants.okta.load(tenants.okta)
    this.simulator.tenants.entra.load(tenants.entra)
    this.#journal = new MemoryJournal()
    await this.restart()
  }

  /** As if the process had ended and been started again: only the record is left. */
  async restart(): Promise<void> {
    for (const provider of this.#providers.values()) await provider.close()
    this.#providers = new Map()
    this.#book = new RecordBook(this.#journal.entries)
    this.#reads = new ReadSchedule()
  }

  declare(declared: Manifests): void {
    this.#declared = declared
  }

  async plan(): Promise<RunReport> {
    const world = this.#world()
    return reportPlan(await planRun(world), world)
  }

  async apply(): Promise<RunReport> {
    const world = this.#world()
    return executeRun(await planRun(world), world)
  }

  async close(): Promise<void> {
    await this.restart()
    await this.simulator.close()
  }

  #world(): World {
    return {
      source: { read: async () => ({ manifests: [], findings: [], complete: true }), recheck: async () => 'Same' },
      parse: () => this.#declared,
      connect: async ({ policy }) => this.#connected(policy.name, policy.offboarding.delete),
      journal: this.#journal,
      book: this.#book,
      by: 'here',
      actor: 'test',
      approved: [],
      now: () => this.clock.now(),
      signal: new AbortController().signal,
      reads: this.#reads,
    }
  }

  #connected(name: string, deletes: boolean): Provider {
    const known = this.#providers.get(name)
    if (known) return known
    const made = withLedger(name === 'okta' ? this.#okta(deletes) : this.#entra(deletes), () => this.clock.now())
    this.#providers.set(name, made)
    return made
  }

  #okta(deletes: boolean): Provider {
    const { okta, tenants } = this.simulator
    return oktaProvider({
      name: providerName('okta'),
      orgUrl: okta.orgUrl,
      clientId: okta.clientId,
      privateKey: async () => tenants.okta.privateKeyPem,
      scopes: requiredScopes,
      offboardingAction: deletes ? 'Delete' : 'Suspend',
      ...this.#shared(),
    })
  }

  #entra(deletes: boolean): Provider {
    const { entra } = this.simulator
    return entraProvider({
      name: providerName('entra'),
      tenantId: entra.tenantId,
      clientId: entra.clientId,
      credential: { kind: 'Secret', secret: async () => entra.clientSecret },
      graphUrl: entra.graphUrl,
      authorityHost: entra.authorityHost,
      ca: this.#ca,
      offboardingAction: deletes ? 'Delete' : 'Disable',
      ...this.#shared(),
    })
  }

  #shared() {
    return {
      marker: 'tenure-managed',
      now: () => this.clock.now(),
      extraAttributes: [],
      ...this.#options,
    }
  }
}
