import type { SetHash } from '../../src/model/ids.ts'
import type { Manifests } from '../../src/model/manifests.ts'
import type { RunReport } from '../../src/model/plan.ts'
import type { JournalEntry } from '../../src/model/record.ts'
import { type MemoryOptions, type MemoryProvider, memoryProvider } from '../../src/provider/memory/index.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { Journal } from '../../src/reconcile/interfaces.ts'
import { RecordBook } from '../../src/reconcile/record.ts'
import { executeRun, planRun, reportPlan, type World } from '../../src/reconcile/run.ts'
import { MONDAY, manifests } from './builders.ts'

const markers = ['tenure-managed', 'tenure-managed-blocked'].map(name => ({
  name,
  description: 'tenure owner=acme by=here',
}))

/** A journal that keeps its entries in memory; as durable as the test is long. */
export class MemoryJournal implements Journal {
  readonly entries: JournalEntry[] = []
  async append(entries: readonly JournalEntry[]): Promise<void> {
    this.entries.push(...entries)
  }
}

/** A whole chain on the memory provider: declare people, move the clock, plan and apply. */
export class TestWorld {
  now = MONDAY
  declared: Manifests = manifests()
  approved: readonly SetHash[] = []
  by = 'here'
  journal = new MemoryJournal()
  readonly provider: MemoryProvider
  /** What reading a manifest again says. */
  recheck: () => Promise<'Same' | 'Changed'> = async () => 'Same'
  /** What stands between the chain and the provider: nothing, unless a test says so. */
  around: (provider: Provider) => Provider = provider => provider

  constructor(options: MemoryOptions = {}) {
    const groups = options.state?.groups ?? [{ name: 'Engineering' }, { name: 'Sales' }]
    this.provider = memoryProvider({
      now: () => this.now,
      ...options,
      state: { ...options.state, groups: [...markers, ...groups] },
    })
  }

  /** What is declared from now on. */
  declare(options: Partial<Manifests>): this {
    this.declared = manifests(options)
    return this
  }

  async plan(): Promise<RunReport> {
    const world = this.#world()
    return reportPlan(await planRun(world), world)
  }

  async apply(): Promise<RunReport> {
    const world = this.#world()
    this.now += 1000
    return executeRun(await planRun(world), world)
  }

  advance(days: number): this {
    this.now += days * 86_400_000
    return this
  }

  /** The operations of the next plan that the guard lets through, as `kind person [target]`. */
  async planned(): Promise<string[]> {
    const report = await this.plan()
    return report.providers.flatMap(provider => provider.verdict?.plan.operations ?? []).map(said)
  }

  #world(): World {
    return {
      source: { read: async () => ({ manifests: [], findings: [], complete: true }), recheck: () => this.recheck() },
      parse: () => this.declared,
      connect: async () => this.around(this.provider),
      journal: this.journal,
      book: new RecordBook(this.journal.entries),
      by: this.by,
      actor: 'test',
      approved: this.approved,
      now: () => this.now,
      signal: new AbortController().signal,
    }
  }
}

/** An operation in a few words, for expectations. */
function said(operation: { readonly kind: string; readonly person: { readonly employee: string } }): string {
  const parts = [operation.kind, operation.person.employee]
  if ('entitlement' in operation) parts.push((operation.entitlement as { name: string }).name)
  if ('marker' in operation) parts.push(operation.marker as string)
  if ('state' in operation) parts.push(operation.state as string)
  return parts.join(' ')
}
