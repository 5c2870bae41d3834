import type { EmployeeAccount, EmployeeStatus } from '../api/employee.ts'
import type { GroupMappingStatus } from '../api/group-mapping.ts'
import type { IdentityProviderStatus } from '../api/identity-provider.ts'
import type { Phase } from '../model/desired.ts'
import type { EmployeeNumber } from '../model/ids.ts'
import type { RunReport } from '../model/plan.ts'
import type { PersonRecord } from '../model/record.ts'
import type { RecordBook } from '../reconcile/record.ts'
import type { PlannedRun } from '../reconcile/run.ts'
import { conditionsOf, type Observed, progressing } from '../report/conditions.ts'
import { type Standing, Standings } from '../report/standing.ts'
import type { DeclaredKind } from '../source/kubernetes.ts'
import { each } from './each.ts'
import { type Declared, isDeleting } from './objects.ts'
import { recordStatusOf } from './record-status.ts'
import type { StatusWriter } from './status-writer.ts'

const atOnce = 10

export interface StatusReporterOptions {
  readonly writer: StatusWriter
  readonly book: RecordBook
  readonly listed: (kind: DeclaredKind) => readonly Declared[]
  /** The generation that the last reading of the manifests saw; undefined for what it did not read. */
  readonly seen: (kind: DeclaredKind, name: string) => number | undefined
  readonly now: () => Date
  readonly signal: AbortSignal
}

/** Tells in the statuses of the custom resources what a run came to. Writes what changed and nothing else. */
export class StatusReporter {
  readonly #options: StatusReporterOptions

  constructor(options: StatusReporterOptions) {
    this.#options = options
  }

  /** Says of everything new, or changed, that it was seen: before any provider is asked. */
  async acknowledge(): Promise<void> {
    const { listed, writer, signal } = this.#options
    for (const kind of ['IdentityProvider', 'GroupMapping', 'Employee'] as const) {
      const fresh = listed(kind).filter(object => !isDeleting(object) && !isObserved(object))
      await each(fresh, atOnce, async ({ metadata }) => {
        const of = (object: Declared): object | undefined =>
          isObserved(object) ? undefined : this.#acknowledged(object)
        await writer.status(kind, metadata.name, of, signal)
      })
    }
  }

  async publish(run: PlannedRun, report: RunReport): Promise<void> {
    const { listed, writer, signal } = this.#options
    const view = new View(run, report, this.#options.book)
    for (const kind of ['IdentityProvider', 'GroupMapping', 'Employee'] as const)
      await each(listed(kind), atOnce, async ({ metadata }) => {
        await writer.status(kind, metadata.name, object => this.#status(kind, object, view), signal)
      })
  }

  #acknowledged({ metadata, status = {} }: Declared): object {
    const { generation = 0 } = metadata
    const conditions = progressing(this.#observed(status, generation))
    return { ...status, observedGeneration: generation, conditions }
  }

  #observed(status: NonNullable<Declared['status']>, generation: number): Observed {
    return { generation, before: status.conditions ?? [], now: `${this.#options.now().toISOString().slice(0, 19)}Z` }
  }

  /** Undefined while the run has not seen this generation: the next one tells of it. */
  #status(kind: DeclaredKind, object: Declared, view: View): object | undefined {
    const { name, generation = 0 } = object.metadata
    const seen = this.#options.seen(kind, name)
    if (seen !== generation && !isDeleting(object)) return undefined
    const status = object.status ?? {}
    const observed = this.#observed(status, generation)
    const base = { ...status, observedGeneration: generation }
    switch (kind) {
      case 'Employee':
        return employeeStatus(base as EmployeeStatus, { object, view, observed })
      case 'GroupMapping':
        return mappingStatus(base as GroupMappingStatus, { object, view, observed })
      case 'IdentityProvider':
        return providerStatus(base as IdentityProviderStatus, { object, view, observed })
    }
  }
}

/** The status is about this generation; a new object is born with -1. */
function isObserved({ metadata, status }: Declared): boolean {
  return status?.observedGeneration === metadata.generation
}

/** An Employee that is being deleted and about whom nothing else is to be said. */
const leaving: Standing = {
  kind: 'Waiting',
  reason: 'Progressing',
  message: 'being deleted; it goes when the accounts are blocked, signed out and stripped',
}

interface Shown {
  readonly object: Declared
  readonly view: View
  readonly observed: Observed
}

/** What a run came to, ready to be asked about one object after the other. */
class View {
  readonly standings: Standings
  readonly report: RunReport
  readonly #book: RecordBook
  readonly #phases = new Map<string, Map<EmployeeNumber, Phase>>()

  constructor(run: PlannedRun, report: RunReport, book: RecordBook) {
    this.report = report
    this.#book = book
    this.standings = new Standings(report)
    for (const planned of run.providers) {
      if (!('desired' in planned)) continue
      const phases = new Map<EmployeeNumber, Phase>()
      for (const { number, why } of planned.desired.people.values()) phases.set(number, why.phase)
      this.#phases.set(planned.policy.name, phases)
    }
  }

  /** The accounts of a person at every provider, as they are to be shown. */
  accounts(number: EmployeeNumber, before: readonly EmployeeAccount[]): EmployeeAccount[] {
    const names = new Set([...before.map(({ provider }) => provider), ...this.#phases.keys()])
    return [...names].sort().flatMap(provider => {
      const known = before.find(account => account.provider === provider)
      const record = this.#book.of(provider as never).people.get(number)
      const phases = this.#phases.get(provider)
      const phase = phases ? phases.get(number) : known?.phase
      if (record === undefined && phase === undefined) return []
      return {
        provider,
        ...(record ? recordStatusOf(record) : {}),
        ...(phase === undefined ? {} : { phase: phase === 'Left' && record?.deletedAt ? ('Gone' as const) : phase }),
        state: stateOf(record),
      }
    })
  }
}

function employeeStatus(status: EmployeeStatus, { object, view, observed }: Shown): EmployeeStatus {
  const { name } = object.metadata
  const number = object.spec?.employeeNumber as EmployeeNumber
  const accounts = view.accounts(number, status.accounts ?? [])
  const said = view.standings.ofEmployee(name, new Set(accounts.map(({ provider }) => provider)))
  const standing = isDeleting(object) && said.kind === 'Ready' ? leaving : said
  const phase = accounts.find(one => one.phase !== 'OutOfScope')?.phase ?? accounts[0]?.phase
  const { phase: _before, ...rest } = status
  return { ...rest, ...(phase === undefined ? {} : { phase }), accounts, conditions: conditionsOf(standing, observed) }
}

function mappingStatus(status: GroupMappingStatus, { object, view, observed }: Shown): GroupMappingStatus {
  const { name } = object.metadata
  const entitlements = (status.entitlements ?? []).map(row => {
    const provider = view.report.providers.find(one => one.provider === row.provider)
    const counted = provider?.entitlements.find(one => one.id === row.id)
    return counted ? { ...row, granted: counted.held, unmanagedMembers: counted.unmanaged } : row
  })
  const standing = view.standings.ofDeclaration('GroupMapping', name)
  return { ...status, ...(status.entitlements ? { entitlements } : {}), conditions: conditionsOf(standing, observed) }
}

function providerStatus(status: IdentityProviderStatus, { object, view, observed }: Shown): IdentityProviderStatus {
  const { name } = object.metadata
  const report = view.report.providers.find(one => one.provider === name)
  const standing = view.standings.ofDeclaration('IdentityProvider', name)
  const withheld = (report?.verdict?.refusals ?? []).flatMap(({ reason, withheld: held, operations }) =>
    held ? [{ hash: held.hash, reason, operations: operations.length }] : [],
  )
  const { withheld: before = [], ...guard } = status.guard ?? {}
  const shown = withheld.map(one => ({ ...before.find(({ hash }) => hash === one.hash), ...one }))
  return {
    ...status,
    ...(report ? { read: { ...status.read, complete: report.error === undefined } } : {}),
    ...(shown.length > 0 || Object.keys(guard).length > 0
      ? { guard: { ...guard, ...(shown.length > 0 ? { withheld: shown } : {}) } }
      : {}),
    conditions: conditionsOf(standing, observed),
  }
}

/** What the account is, by all we know. */
function stateOf(record: PersonRecord | undefined): NonNullable<EmployeeAccount['state']> {
  if (record?.deletedAt !== undefined) return 'Deleted'
  if (record?.account === undefined) return record?.intent ? 'Creating' : 'Absent'
  if (record.blockedAt !== undefined) return record.enabledOnce ? 'Blocked' : 'Staged'
  return record.foreignBlockSeenAt === undefined ? 'Enabled' : 'Blocked'
}
