import type { EmployeeAccount, EmployeeStatus } from '../api/employee.ts'
import type { GroupMappingStatus } from '../api/group-mapping.ts'
import type { IdentityProviderStatus } from '../api/identity-provider.ts'
import { JournalError } from '../model/errors.ts'
import type { EmployeeNumber, ProviderName } from '../model/ids.ts'
import type { JournalEntry, MappedRecord } from '../model/record.ts'
import type { Journal } from '../reconcile/interfaces.ts'
import type { RecordBook } from '../reconcile/record.ts'
import { each } from './each.ts'
import type { Declared } from './objects.ts'
import { recordStatusOf } from './record-status.ts'
import type { StatusWriter } from './status-writer.ts'

/** How many objects are written at one time. */
const atOnce = 10

export interface StatusJournalOptions {
  readonly writer: StatusWriter
  /** What all entries so far say; entered before they are written. */
  readonly book: RecordBook
  /** Name of the Employee that declares a number, or did; undefined when there is none. */
  readonly employeeOf: (number: EmployeeNumber) => string | undefined
  /** Names of all mappings there are. */
  readonly mappings: () => readonly string[]
  /** Asked right before anything is announced: only who leads may write. */
  readonly leading: () => boolean
  readonly signal: AbortSignal
}

/**
 * The durable record of a cluster: what is announced and what came of it stands in the status of the Employee it is about. Somebody
 * whose Employee is gone has no place to be remembered in: there the provider is the memory (marks, blocks, times).
 */
export class StatusJournal implements Journal {
  /** Statuses are folded already; nothing is kept beside them. */
  readonly entries: readonly JournalEntry[] = []
  readonly #options: StatusJournalOptions

  constructor(options: StatusJournalOptions) {
    this.#options = options
  }

  async append(entries: readonly JournalEntry[]): Promise<void> {
    if (!this.#options.leading())
      throw new JournalError('another replica leads this namespace; nothing more is done here')
    const touched = new Map<string, { readonly number: EmployeeNumber; announced: boolean }>()
    const rest: JournalEntry[] = []
    for (const entry of entries) {
      if (!('number' in entry)) {
        rest.push(entry)
        continue
      }
      const employee = this.#options.employeeOf(entry.number)
      if (employee === undefined) continue
      const known = touched.get(employee)
      const announced = entry.kind === 'intent' || known?.announced === true
      touched.set(employee, { number: entry.number, announced })
    }
    try {
      await each(touched, atOnce, async ([employee, { number, announced }]) =>
        this.#person(employee, number, announced),
      )
      for (const entry of rest) await this.#declaration(entry)
    } catch (error) {
      if (error instanceof JournalError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new JournalError(`the status cannot be written: ${reason}`, { cause: error })
    }
  }

  /** The finalizer comes before the first write to a provider, else a deletion could pass unseen. */
  async #person(employee: string, number: EmployeeNumber, announced: boolean): Promise<void> {
    const { writer, signal } = this.#options
    if (announced) await writer.finalizer('Employee', employee, true, signal)
    await writer.status('Employee', employee, object => this.#withRecord(object, number), signal)
  }

  #withRecord({ status = {} }: Declared, number: EmployeeNumber): EmployeeStatus {
    const before: EmployeeStatus = status as EmployeeStatus
    const accounts = new Map((before.accounts ?? []).map(account => [account.provider, account]))
    for (const provider of this.#options.book.providers()) {
      const record = this.#options.book.of(provider).people.get(number)
      const known = accounts.get(provider)
      if (record) accounts.set(provider, { ...shownOf(known), provider, ...recordStatusOf(record) })
      else if (known?.employeeNumber === number) accounts.delete(provider)
    }
    return { ...before, accounts: [...accounts.values()].sort(byProvider) }
  }

  async #declaration(entry: JournalEntry): Promise<void> {
    const { writer, signal } = this.#options
    const { provider } = entry
    if (entry.kind === 'trusted')
      await writer.status(
        'IdentityProvider',
        provider,
        ({ status = {} }) => {
          const before: IdentityProviderStatus = status as IdentityProviderStatus
          return { ...before, read: { ...before.read, accounts: entry.accounts } }
        },
        signal,
      )
    if (entry.kind === 'lost')
      await writer.status(
        'IdentityProvider',
        provider,
        ({ status = {} }) => {
          const { recordLost: _before, ...rest } = status as IdentityProviderStatus
          return entry.lost ? { ...rest, recordLost: true } : rest
        },
        signal,
      )
    if (entry.kind === 'mapped') await this.#mapped(provider, entry.mapped)
  }

  async #mapped(provider: ProviderName, mapped: readonly MappedRecord[]): Promise<void> {
    const { writer, signal } = this.#options
    const named = new Set(mapped.flatMap(({ mappings }) => mappings))
    await each(this.#options.mappings(), atOnce, async mapping => {
      if (named.has(mapping)) await writer.finalizer('GroupMapping', mapping, true, signal)
      const of = ({ status = {} }: Declared): object =>
        withMapped(status as GroupMappingStatus, { provider, mapping, mapped })
      await writer.status('GroupMapping', mapping, of, signal)
    })
  }
}

/** What a status tells beside the record: it is the reporter's. */
function shownOf(account: EmployeeAccount | undefined): Partial<EmployeeAccount> {
  if (account === undefined) return {}
  const { phase, state } = account
  return { ...(phase === undefined ? {} : { phase }), ...(state === undefined ? {} : { state }) }
}

function withMapped(
  status: GroupMappingStatus,
  {
    provider,
    mapping,
    mapped,
  }: { readonly provider: string; readonly mapping: string; readonly mapped: readonly MappedRecord[] },
): GroupMappingStatus {
  const ours = mapped.filter(({ mappings }) => mappings.includes(mapping))
  const counts = new Map((status.entitlements ?? []).map(row => [`${row.provider} ${row.id}`, row]))
  const rowOf = ({ entitlement, mode, onDelete }: MappedRecord) => ({
    provider,
    kind: entitlement.kind,
    name: entitlement.name,
    id: entitlement.id,
    ...(entitlement.privileged ? { privileged: true } : {}),
    mode: mode === 'Additive' ? ('Additive' as const) : ('Authoritative' as const),
    onDelete,
  })
  const named = ours.filter(({ mode }) => mode !== 'Retiring')
  const retiring = ours.filter(({ mode }) => mode === 'Retiring')
  return {
    ...status,
    entitlements: [
      ...(status.entitlements ?? []).filter(row => row.provider !== provider),
      ...named.map(one => ({ ...counts.get(`${provider} ${one.entitlement.id}`), ...rowOf(one) })),
    ].sort(byRow),
    retiring: [...(status.retiring ?? []).filter(row => row.provider !== provider), ...retiring.map(rowOf)].sort(byRow),
  }
}

interface Row {
  readonly provider: string
  readonly kind: string
  readonly name: string
}

const byProvider = (left: { readonly provider: string }, right: { readonly provider: string }): number =>
  left.provider < right.provider ? -1 : 1
const rowText = ({ provider, kind, name }: Row): string => `${provider} ${kind} ${name}`
const byRow = (left: Row, right: Row): number => (rowText(left) < rowText(right) ? -1 : 1)
