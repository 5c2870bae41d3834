import { TenureError } from '../model/errors.ts'
import type { Instant, ProviderName, SetHash } from '../model/ids.ts'
import type { Manifests, SourceReading } from '../model/manifests.ts'
import type { Finding, Reason } from '../model/origin.ts'
import type { Operation, Outcome, ProviderReport, RunReport } from '../model/plan.ts'
import type { IdentityProvider, ProviderPolicy } from '../model/provider.ts'
import type { JournalEntry, MappedRecord } from '../model/record.ts'
import type { Provider } from '../provider/provider.ts'
import { executePlan } from './execute.ts'
import type { Journal, Reporter, Source } from './interfaces.ts'
import { isLost, type PlannedProvider, planProvider } from './plan-provider.ts'
import type { ReadSchedule } from './read-schedule.ts'
import type { RecordBook } from './record.ts'

/** All that the chain takes from outside. */
export interface World {
  readonly source: Source
  readonly parse: (reading: SourceReading) => Manifests
  /** Makes, or hands out again, the provider that a manifest describes. Throws TenureError when its settings are wrong. */
  readonly connect: (declared: IdentityProvider) => Promise<Provider>
  readonly journal: Journal
  /** What the journal's entries say; kept up to date by every run. */
  readonly book: RecordBook
  /** The id of this directory or cluster; undefined where nothing is ever written. */
  readonly by: string | undefined
  readonly actor: string
  readonly approved: readonly SetHash[]
  readonly now: () => Instant
  readonly signal: AbortSignal
  readonly progress?: (provider: ProviderName, done: number, total: number) => void
  /** A newer plan is wanted: what is under way is brought to its end, and nothing more is begun. */
  readonly superseded?: () => boolean
  /** Operations of different people under way at once. */
  readonly underWay?: number
  /** Which providers need not be read whole; all are when absent. */
  readonly reads?: ReadSchedule
}

/** A provider that could not be planned at all. */
export interface UnplannedProvider {
  readonly policy: ProviderPolicy
  readonly error: string
  readonly findings: readonly Finding[]
}

/** A whole run up to the point where a dry run stops. */
export interface PlannedRun {
  readonly startedAt: Instant
  readonly manifests: Manifests
  readonly providers: readonly (PlannedProvider | UnplannedProvider)[]
}

/** Reads both sides and plans for every provider. One provider's failure stops only that provider. */
export async function planRun(world: World): Promise<PlannedRun> {
  const startedAt = world.now()
  const manifests = world.parse(await world.source.read(world.signal))
  const providers = await Promise.all(manifests.providers.map(declared => planned(declared, manifests, world)))
  return { startedAt, manifests, providers }
}

async function planned(
  declared: IdentityProvider,
  manifests: Manifests,
  world: World,
): Promise<PlannedProvider | UnplannedProvider> {
  const { policy } = declared
  const { by, approved, signal, reads } = world
  const now = world.now()
  const incremental = reads?.isIncremental(policy, now) ?? false
  try {
    const provider = await world.connect(declared)
    const record = world.book.of(policy.name)
    const input = { provider, policy, manifests, record, by, approved, now, incremental, signal }
    const plan = await planProvider(input)
    if (plan.error !== undefined) reads?.forget(policy.name)
    else if (!incremental) reads?.noteWhole(policy.name, now)
    return plan
  } catch (error) {
    reads?.forget(policy.name)
    const failure = asFailure(error, world)
    return { policy, error: failure.message, findings: [stopped(policy, failure)] }
  }
}

/** A fault nobody foresaw stops one provider too, and not the others; only the end of the run itself stops everything. */
function asFailure(error: unknown, world: World): TenureError {
  if (world.signal.aborted) throw error
  if (error instanceof TenureError) return error
  const text = error instanceof Error ? error.message : String(error)
  return new TenureError(`it failed in a way that was not foreseen (${text}); please report this`, { cause: error })
}

function stopped(policy: ProviderPolicy, error: TenureError): Finding {
  const reasons: Readonly<Record<string, Reason>> = {
    AuthError: 'CredentialsRejected',
    ManifestError: 'ConfigurationInvalid',
  }
  return {
    reason: reasons[error.name] ?? 'ProviderFailed',
    severity: 'Error',
    message: `IdentityProvider ${policy.name}: ${error.message}`,
    subject: { kind: 'IdentityProvider', name: policy.name },
    origin: policy.origin,
    provider: policy.name,
  }
}

/** Which of the approved operations are carried out: all, unless somebody agreed to fewer. */
export type Agreed = (operation: Operation) => boolean

/**
 * Carries out every approved plan, or what was agreed of it, providers side by side. Never throws: what went wrong is in the report.
 */
export async function executeRun(run: PlannedRun, world: World, agreed: Agreed = () => true): Promise<RunReport> {
  const reports = await Promise.all(
    run.providers.map(async provider =>
      'plan' in provider ? executed(provider, { run, world, agreed }) : unplannedReport(provider),
    ),
  )
  return reportWith(run, world, reports)
}

/** The report of a run that stops before the first write. */
export function reportPlan(run: PlannedRun, world: World): RunReport {
  return reportWith(
    run,
    world,
    run.providers.map(provider => ('plan' in provider ? reportOf(provider, []) : unplannedReport(provider))),
  )
}

/** One pass of the loop: plan, execute, publish, whatever happens in between. */
export async function reconcileOnce(world: World, reporters: readonly Reporter[]): Promise<RunReport> {
  const run = await planRun(world)
  let report = reportPlan(run, world)
  try {
    report = await executeRun(run, world)
    return report
  } finally {
    for (const reporter of reporters) await reporter.publish(report)
  }
}

interface ToExecute {
  readonly run: PlannedRun
  readonly world: World
  readonly agreed: Agreed
}

async function executed(planned: PlannedProvider, { run, world, agreed }: ToExecute): Promise<ProviderReport> {
  const { policy, provider, desired, verdict } = planned
  const plan = { ...verdict.plan, operations: verdict.plan.operations.filter(agreed) }
  const writes = plan.operations.length > 0 || !isRefusedAltogether(planned)
  try {
    if (writes) await writeDown(entriesBefore(planned, world), world.book, world)
    const { outcomes, error } = await executePlan({
      plan,
      desired,
      provider,
      source: world.source,
      journal: world.journal,
      book: world.book,
      actor: world.actor,
      run: `${run.startedAt.toString(36)}-${policy.name}`,
      now: world.now,
      signal: world.signal,
      ...(world.superseded ? { superseded: world.superseded } : {}),
      ...(world.underWay === undefined ? {} : { underWay: world.underWay }),
      ...(world.progress
        ? { progress: (done: number, total: number) => world.progress?.(policy.name, done, total) }
        : {}),
    })
    if (outcomes.some(outcome => outcome.kind === 'unknown')) world.reads?.forget(policy.name)
    const report = reportOf(planned, outcomes)
    return error ? { ...report, error: error.message } : report
  } catch (error) {
    const failure = asFailure(error, world)
    return {
      ...reportOf(planned, []),
      error: failure.message,
      findings: [...planned.findings, stopped(policy, failure)],
    }
  }
}

/** A provider that is not ours, paused or observed has nothing written down about it either. */
function isRefusedAltogether({ policy, ownership }: PlannedProvider): boolean {
  return ownership.kind !== 'Ours' || policy.paused || policy.mode === 'Observe'
}

async function writeDown(entries: readonly JournalEntry[], book: RecordBook, world: World): Promise<void> {
  if (entries.length === 0) return
  for (const entry of entries) book.enter(entry)
  await world.journal.append(entries)
}

/** What this run learned and must outlive it, written down before the first operation. */
function entriesBefore(planned: PlannedProvider, world: World): JournalEntry[] {
  const at = world.now()
  const provider = planned.policy.name
  const entries: JournalEntry[] = lossEntries(planned, world.book, at)
  for (const hash of planned.verdict.released)
    entries.push({ kind: 'decision', at, provider, hash, decision: 'Approve', source: world.actor })
  for (const { number, employee, facts } of planned.observations)
    entries.push({ kind: 'fact', at, provider, number, employee, facts })
  const record = world.book.of(provider)
  if (planned.snapshot) {
    const mapped = mappedNow(planned)
    if (mappedText(mapped) !== mappedText([...record.mapped.values()]))
      entries.push({ kind: 'mapped', at, provider, mapped })
    const accounts = planned.snapshot.accounts.size
    if (accounts !== (record.trustedAccounts ?? 0)) entries.push({ kind: 'trusted', at, provider, accounts })
  }
  return entries
}

/** A lost record is written down, so that what it infers waits in later runs too, until nothing is left to do. */
function lossEntries(planned: PlannedProvider, book: RecordBook, at: Instant): JournalEntry[] {
  const provider = planned.policy.name
  const record = book.of(provider)
  const lost = isLost(record, planned.snapshot)
  if (lost && !record.lost) return [{ kind: 'lost', at, provider, lost: true }]
  const settled = planned.error === undefined && planned.desired.complete && planned.drift.length === 0
  return record.lost && settled ? [{ kind: 'lost', at, provider, lost: false }] : []
}

/** What mappings name now, and what they named before as long as somebody still holds it through us. */
function mappedNow(planned: PlannedProvider): MappedRecord[] {
  const { desired, drift } = planned
  const pending = new Set(drift.flatMap(one => (one.kind === 'EntitlementExtra' ? [one.entitlement.id] : [])))
  const scoped = [...desired.scope.values()].filter(
    one => one.mode !== 'Retiring' || pending.has(one.entitlement.id) || !desired.complete,
  )
  return [
    ...scoped.map(({ entitlement, mode, mappings, onDelete }) => ({ entitlement, mode, mappings, onDelete })),
    ...desired.held,
  ]
}

function mappedText(mapped: readonly MappedRecord[]): string {
  const rows = mapped.map(({ entitlement, mode, mappings, onDelete }) => [
    entitlement.id,
    mode,
    [...mappings].sort(),
    onDelete,
  ])
  return JSON.stringify(rows.map(row => JSON.stringify(row)).sort())
}

function unplannedReport({ policy, error, findings }: UnplannedProvider): ProviderReport {
  return { provider: policy.name, drift: [], outcomes: [], findings, error, managedAccounts: 0, entitlements: [] }
}

function reportOf(planned: PlannedProvider, outcomes: readonly Outcome[]): ProviderReport {
  const { policy, plan, drift, verdict, findings, snapshot, desired, error } = planned
  const entitlements = [...desired.scope.values()].map(({ entitlement }) => {
    const members = snapshot?.members.get(entitlement.id) ?? new Set()
    const held = [...members].filter(id => snapshot?.accounts.has(id)).length
    return { id: entitlement.id, name: entitlement.name, held, unmanaged: members.size - held }
  })
  return {
    provider: policy.name,
    plan,
    drift,
    verdict,
    outcomes,
    findings,
    ...(error === undefined ? {} : { error }),
    managedAccounts: snapshot?.accounts.size ?? 0,
    entitlements,
  }
}

function reportWith(run: PlannedRun, world: World, providers: readonly ProviderReport[]): RunReport {
  const { manifests, startedAt } = run
  return {
    startedAt,
    finishedAt: world.now(),
    employees: manifests.employees.length,
    mappings: manifests.mappings.length,
    complete: manifests.complete,
    findings: manifests.findings,
    providers,
  }
}
