import { Counter, Gauge, type Registry } from 'prom-client'
import type { ProviderName } from '../model/ids.ts'
import type { Drift, OperationKind, Outcome, ProviderReport, RunReport } from '../model/plan.ts'
import { remainingDrift } from './remaining-drift.ts'

/** Part of an account that a write corrects; the values of the label `field`. */
type Field =
  | 'account'
  | 'credential'
  | 'attributes'
  | 'login'
  | 'manager'
  | 'state'
  | 'sessions'
  | 'entitlements'
  | 'marks'

const fieldOf: Readonly<Record<OperationKind, Field>> = {
  create: 'account',
  restore: 'account',
  adopt: 'account',
  delete: 'account',
  mark: 'marks',
  unmark: 'marks',
  update: 'attributes',
  'set-manager': 'manager',
  enable: 'state',
  block: 'state',
  'end-sessions': 'sessions',
  'issue-credential': 'credential',
  grant: 'entitlements',
  revoke: 'entitlements',
}

const fields: readonly Field[] = [...new Set<Field>([...Object.values(fieldOf), 'login'])]

const driftKinds = Object.keys({
  AccountMissing: true,
  AccountBinned: true,
  AccountUnbound: true,
  MarkMissing: true,
  MarkSuperfluous: true,
  BlockMarkMissing: true,
  AttributeDiffers: true,
  LoginDiffers: true,
  ManagerDiffers: true,
  NotEnabled: true,
  NotBlocked: true,
  SessionsOpen: true,
  EntitlementMissing: true,
  CredentialMissing: true,
  EntitlementExtra: true,
  DeletionDue: true,
} satisfies Record<Drift['kind'], true>)

/** What was sent: a skipped operation never was. */
const results: readonly Outcome['kind'][] = ['applied', 'failed', 'unknown']

/** State of each provider, and what was written there. */
export class ProviderFigures {
  readonly #drifted
  readonly #corrections
  readonly #writes
  readonly #success
  readonly #brake
  readonly #accounts
  #known: ReadonlySet<ProviderName> = new Set()

  constructor(registry: Registry) {
    this.#drifted = gauge(registry, 'tenure_drifted_objects', {
      help: 'People whose account still differs from what is declared after the run, by kind of difference.',
      labelNames: ['provider', 'kind'],
    })
    this.#corrections = counter(registry, 'tenure_drift_corrections_total', {
      help: 'Differences set right, by the part of the account.',
      labelNames: ['provider', 'field'],
    })
    this.#writes = counter(registry, 'tenure_external_writes_total', {
      help: 'Operations sent to a provider, by what became of them.',
      labelNames: ['provider', 'operation', 'result'],
    })
    this.#success = gauge(registry, 'tenure_provider_last_success_timestamp_seconds', {
      help: 'When the provider was last read whole and planned for, in seconds since 1970; 0 is never.',
      labelNames: ['provider'],
    })
    this.#brake = gauge(registry, 'tenure_mass_change_brake', {
      help: '1 while a set of changes is withheld until somebody approves it.',
      labelNames: ['provider'],
    })
    this.#accounts = gauge(registry, 'tenure_managed_accounts', {
      help: 'Accounts that are ours at the provider, as last read whole.',
      labelNames: ['provider'],
    })
  }

  show(report: RunReport): void {
    const present = new Set(report.providers.map(one => one.provider))
    for (const provider of this.#known) if (!present.has(provider)) this.#forget(provider)
    for (const provider of present) if (!this.#known.has(provider)) this.#introduce(provider)
    this.#known = present
    for (const provider of report.providers) this.#showOne(provider, report.finishedAt)
  }

  /** Every combination of a provider's labels, with 0. */
  #introduce(provider: ProviderName): void {
    for (const kind of driftKinds) this.#drifted.set({ provider, kind }, 0)
    for (const field of fields) this.#corrections.inc({ provider, field }, 0)
    for (const operation of Object.keys(fieldOf))
      for (const result of results) this.#writes.inc({ provider, operation, result }, 0)
    for (const one of [this.#success, this.#brake, this.#accounts]) one.set({ provider }, 0)
  }

  /** A provider that is not declared any more has no state; what was written there stays counted. */
  #forget(provider: ProviderName): void {
    for (const kind of driftKinds) this.#drifted.remove({ provider, kind })
    for (const one of [this.#success, this.#brake, this.#accounts]) one.remove({ provider })
  }

  /** What was not read whole leaves the last figures as they are: half a reading must not look like all is well. */
  #showOne(report: ProviderReport, finishedAt: number): void {
    const { provider, outcomes, verdict, plan, error } = report
    for (const [field, count] of corrected(outcomes)) this.#corrections.inc({ provider, field }, count)
    for (const { kind: result, operation } of outcomes)
      if (results.includes(result)) this.#writes.inc({ provider, operation: operation.kind, result })
    const withheld = verdict?.refusals.some(refusal => refusal.withheld) ?? false
    if (withheld) this.#brake.set({ provider }, 1)
    if (!plan || error !== undefined) return
    if (!withheld) this.#brake.set({ provider }, 0)
    const people = peopleIn(remainingDrift(report))
    for (const kind of driftKinds) this.#drifted.set({ provider, kind }, people.get(kind) ?? 0)
    this.#success.set({ provider }, finishedAt / 1000)
    this.#accounts.set({ provider }, report.managedAccounts)
  }
}

interface Described<Label extends string> {
  readonly help: string
  readonly labelNames: readonly Label[]
}

function gauge<Label extends string>(registry: Registry, name: string, described: Described<Label>): Gauge<Label> {
  return new Gauge({ name, ...described, registers: [registry] })
}

function counter<Label extends string>(registry: Registry, name: string, described: Described<Label>): Counter<Label> {
  return new Counter({ name, ...described, registers: [registry] })
}

function peopleIn(drift: readonly Drift[]): ReadonlyMap<string, number> {
  const people = new Map<string, Set<string>>()
  for (const { kind, person } of drift) people.set(kind, (people.get(kind) ?? new Set()).add(person.number))
  return new Map([...people].map(([kind, numbers]) => [kind, numbers.size]))
}

/** An update sets right as many attributes as it sets, and the login; a create also what it grants in the same call. */
function corrected(outcomes: readonly Outcome[]): ReadonlyMap<Field, number> {
  const counts = new Map<Field, number>()
  const add = (field: Field, count: number): void => {
    if (count > 0) counts.set(field, (counts.get(field) ?? 0) + count)
  }
  for (const { kind, operation } of outcomes) {
    if (kind !== 'applied') continue
    if (operation.kind === 'update') {
      add('attributes', Object.keys(operation.set).length)
      add('login', operation.login ? 1 : 0)
    } else add(fieldOf[operation.kind], 1)
    if (operation.kind === 'create') add('entitlements', operation.grants.length)
  }
  return counts
}
