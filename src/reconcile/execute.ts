import type { DesiredState } from '../model/desired.ts'
import { JournalError } from '../model/errors.ts'
import type { AccountId, Instant } from '../model/ids.ts'
import type { ApprovedOperation, ApprovedPlan, Operation, Outcome } from '../model/plan.ts'
import type { JournalEntry } from '../model/record.ts'
import type { Provider } from '../provider/provider.ts'
import { intentOf, outcomeEntry } from './entries.ts'
import type { Journal, Source } from './interfaces.ts'
import type { RecordBook } from './record.ts'

export interface Execution {
  readonly plan: ApprovedPlan
  readonly desired: DesiredState
  readonly provider: Provider
  readonly source: Source
  readonly journal: Journal
  readonly book: RecordBook
  /** Who asks: a commit or a person, for the audit log. */
  readonly actor: string
  /** Unique for the run; ties intents to outcomes. */
  readonly run: string
  readonly now: () => Instant
  readonly signal: AbortSignal
  readonly progress?: (done: number, total: number) => void
  /** A newer plan is wanted: what is under way is brought to its end, and nothing more is begun. */
  readonly superseded?: () => boolean
  /** Operations of different people under way at once; 300 when absent. */
  readonly underWay?: number
}

/** Operations announced and sent together, at most. */
const waveSize = 100
/** Operations of different people under way at once: while some wait for one limit of the provider, others may use the next. */
const underWayAtOnce = 300
/** While others are under way, a wave waits until so many can go: providers put as many into one call. */
const smallestWave = 20

/** A plan that fell through: what was carried out and, when the journal failed, why nothing more may be. */
export interface Executed {
  readonly outcomes: readonly Outcome[]
  readonly error?: JournalError
}

/**
 * Carries out an approved plan: lane by lane, each person's operations one after another, different people side by side. Each
 * operation is announced in the journal before it is sent. What goes wrong with an operation is its outcome.
 */
export async function executePlan(execution: Execution): Promise<Executed> {
  const executor = new Executor(execution)
  return executor.run()
}

/** How waves of one lane are run. */
interface Lap {
  /** Nothing comes after it that could make a manager. */
  readonly last: boolean
  /** The person's turn is over, with an outcome or put off. */
  readonly settled: (operation: Operation, outcome: Outcome | undefined) => void
}

class Executor {
  readonly #execution: Execution
  readonly #outcomes: Outcome[] = []
  /** Managers whose account was not there yet; tried once more at the end. */
  readonly #deferred: Operation[] = []
  /** People for whom nothing more is done in this run, and the outcome that says so. */
  readonly #ended = new Map<string, Outcome>()
  #failure: JournalError | undefined
  #sequence = 0

  constructor(execution: Execution) {
    this.#execution = execution
  }

  async run(): Promise<Executed> {
    const { operations } = this.#execution.plan
    const leavers = operations.filter(operation => operation.lane === 'Leaver')
    await this.#runLane(leavers.filter(isBlocking))
    await this.#runLane(leavers.filter(operation => !isBlocking(operation)))
    await this.#runLane(this.#blocksToRepeat())
    for (const lane of ['Joiner', 'Mover', 'Repair'] as const)
      await this.#runLane(operations.filter(operation => operation.lane === lane))
    await this.#runLane(this.#deferred.splice(0), true)
    return { outcomes: this.#outcomes, ...(this.#failure ? { error: this.#failure } : {}) }
  }

  /** A vendor may refuse to block an administrator. Whose administrative rights are gone by now is blocked after all. */
  #blocksToRepeat(): Operation[] {
    const stripped = new Set<string>()
    for (const { kind, operation } of this.#outcomes)
      if (kind === 'applied' && operation.kind === 'revoke' && operation.entitlement.privileged)
        stripped.add(operation.person.number)
    const refused = this.#outcomes.filter(
      one => one.kind === 'failed' && one.reason === 'LeaverNotBlocked' && stripped.has(one.operation.person.number),
    )
    for (const one of refused) this.#outcomes.splice(this.#outcomes.indexOf(one), 1)
    return refused.map(one => one.operation)
  }

  async #runLane(operations: readonly Operation[], last = false): Promise<void> {
    const queues = new Map<string, Operation[]>()
    for (const operation of operations) {
      const failed = this.#ended.get(operation.person.number)
      if (failed) {
        this.#settle(waiting(operation, failed))
        continue
      }
      const queue = queues.get(operation.person.number)
      if (queue) queue.push(operation)
      else queues.set(operation.person.number, [operation])
    }
    await this.#runQueues(queues, last)
  }

  /** Waves side by side. Ends, also by a throw, when none is under way any more: nothing is sent behind the caller's back. */
  async #runQueues(queues: Map<string, Operation[]>, last: boolean): Promise<void> {
    const busy = new Set<string>()
    const waves = new Set<Promise<void>>()
    const failures: unknown[] = []
    const settled = (operation: Operation, outcome: Outcome | undefined): void => {
      busy.delete(operation.person.number)
      if (outcome && endsThePerson(outcome)) this.#abandon(queues, outcome)
      this.#execution.progress?.(this.#outcomes.length, this.#execution.plan.operations.length)
      start()
    }
    const start = (): void => {
      while (failures.length === 0) {
        const operations = this.#nextWave(queues, busy)
        if (operations.length === 0) return
        const wave: Promise<void> = this.#runWave(operations, { last, settled })
          .catch((error: unknown) => void failures.push(error))
          .finally(() => waves.delete(wave))
        waves.add(wave)
      }
    }
    start()
    while (waves.size > 0) await Promise.race(waves)
    if (failures.length > 0) throw failures[0]
  }

  /** The next step of people for whom none is under way: a whole wave, or less when nothing else is under way. */
  #nextWave(queues: Map<string, Operation[]>, busy: Set<string>): readonly Operation[] {
    const room = Math.min(waveSize, (this.#execution.underWay ?? underWayAtOnce) - busy.size)
    const free: string[] = []
    for (const number of queues.keys()) {
      if (free.length >= room) break
      if (!busy.has(number)) free.push(number)
    }
    if (free.length < smallestWave && busy.size > 0) return []
    return free.flatMap(number => {
      const queue = queues.get(number) ?? []
      const operation = queue.shift()
      if (queue.length === 0) queues.delete(number)
      busy.add(number)
      return operation ?? []
    })
  }

  /** What comes after a step that failed is not tried, and says so. */
  #abandon(queues: Map<string, Operation[]>, failed: Outcome): void {
    const { number } = failed.operation.person
    this.#ended.set(number, failed)
    for (const operation of queues.get(number) ?? []) this.#settle(waiting(operation, failed))
    queues.delete(number)
  }

  /** Tells of each operation as soon as its outcome is written down, or as it is put off. */
  async #runWave(wave: readonly Operation[], { last, settled }: Lap): Promise<void> {
    const ready: ApprovedOperation[] = []
    const told: (() => void)[] = []
    for (const operation of wave) {
      const resolved = await this.#ready(operation, last)
      if (resolved === 'Deferred') {
        this.#deferred.push(operation)
        told.push(() => settled(operation, undefined))
      } else if ('target' in resolved) ready.push(resolved)
      else {
        this.#settle(resolved)
        told.push(() => settled(operation, resolved))
      }
    }
    for (const tell of told) tell()
    await this.#send(ready, settled)
  }

  /** Resolves accounts that earlier operations made, and reads the manifest again before what creates or destroys. */
  async #ready(operation: Operation, last: boolean): Promise<ApprovedOperation | Outcome | 'Deferred'> {
    const { signal, plan, book } = this.#execution
    if (this.#failure)
      return skipped(operation, 'ProviderFailed', `the audit log cannot be written: ${this.#failure.message}`)
    if (signal.aborted) return skipped(operation, 'ProviderFailed', 'the run was stopped')
    if (this.#execution.superseded?.()) return skipped(operation, 'Unconfirmed', 'a newer plan goes on from here')
    const people = book.of(plan.provider).people
    const account =
      operation.target.kind === 'Bound' ? operation.target.account.id : people.get(operation.person.number)?.account
    if (account === undefined && operation.kind !== 'create')
      return skipped(operation, 'Unconfirmed', 'the account it needs was not made')
    let manager: AccountId | undefined
    if (operation.kind === 'set-manager' && operation.manager) {
      manager = people.get(operation.manager.number)?.account ?? operation.manager.id
      if (manager === undefined && !last) return 'Deferred'
      if (manager === undefined) return skipped(operation, 'Unconfirmed', 'the manager has no account yet')
    }
    const changed = rechecked.has(operation.kind) ? await this.#changed(operation) : undefined
    return changed ? skipped(operation, 'Unconfirmed', changed) : approvedOperation(operation, account, manager)
  }

  /** Why the manifest is no longer what the plan was made from; a manifest that cannot be read again may be anything. */
  async #changed(operation: Operation): Promise<string | undefined> {
    const { signal, source } = this.#execution
    try {
      if ((await source.recheck(operation, signal)) === 'Same') return undefined
      return 'the manifest has changed since the plan was made; the next run decides'
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return `the manifest cannot be read again (${reason}); the next run decides`
    }
  }

  async #send(operations: readonly ApprovedOperation[], settled: Lap['settled']): Promise<void> {
    if (operations.length === 0) return
    const ids = new Map<ApprovedOperation, string>()
    for (const operation of operations) ids.set(operation, `${this.#execution.run}-${++this.#sequence}`)
    const intents = operations.map(operation => intentOf(operation, ids.get(operation) ?? '', this.#execution))
    if (!(await this.#journal(intents))) {
      for (const operation of operations)
        settled(operation, this.#settle(skipped(operation, 'ProviderFailed', 'the audit log cannot be written')))
      return
    }
    const writes: Promise<void>[] = []
    const left = new Set(operations)
    const tell = (outcome: Outcome): void => {
      left.delete(outcome.operation)
      this.#settle(outcome)
      const entry = outcomeEntry(outcome, ids.get(outcome.operation) ?? '', this.#execution)
      writes.push(this.#journal([entry]).then(() => settled(outcome.operation, outcome)))
    }
    let silence = 'the provider told no outcome'
    try {
      for await (const outcome of this.#execution.provider.apply(operations, this.#execution.signal)) tell(outcome)
    } catch (error) {
      silence = `the provider gave up: ${error instanceof Error ? error.message : String(error)}`
    }
    for (const operation of left) tell({ kind: 'unknown', operation, message: silence })
    await Promise.all(writes)
  }

  async #journal(entries: readonly JournalEntry[]): Promise<boolean> {
    if (this.#failure) return false
    for (const entry of entries) this.#execution.book.enter(entry)
    try {
      await this.#execution.journal.append(entries)
      return true
    } catch (error) {
      this.#failure = error instanceof JournalError ? error : new JournalError(String(error), { cause: error })
      return false
    }
  }

  #settle(outcome: Outcome): Outcome {
    this.#outcomes.push(outcome)
    return outcome
  }
}

/** What everybody who goes out needs before anybody's second step. */
function isBlocking(operation: Operation): boolean {
  return operation.kind === 'adopt' || operation.kind === 'block'
}

function waiting(operation: Operation, failed: Outcome): Outcome {
  return skipped(operation, 'Unconfirmed', `it waits for "${failed.operation.kind}", which was ${failed.kind}`)
}

/** Kinds that create, let in or take away: the manifest is read again right before them. */
const rechecked: ReadonlySet<string> = new Set(['create', 'restore', 'adopt', 'enable', 'block', 'revoke', 'delete'])

/** The brand is handed on from the plan it came from; the account is the one thing that was not known then. */
function approvedOperation(
  operation: Operation,
  account: AccountId | undefined,
  managerAccount: AccountId | undefined,
): ApprovedOperation {
  const resolved = {
    ...operation,
    ...(account === undefined ? {} : { account }),
    ...(managerAccount === undefined ? {} : { managerAccount }),
  }
  return resolved as ApprovedOperation
}

function skipped(operation: Operation, reason: (Outcome & { kind: 'skipped' })['reason'], message: string): Outcome {
  return { kind: 'skipped', operation: approvedOperation(operation, undefined, undefined), reason, message }
}

/** Later steps of a person need these; without an answer nothing more is done for that person in this run. */
function endsThePerson(outcome: Outcome): boolean {
  if (outcome.kind === 'applied') return false
  return outcome.kind === 'unknown' || ['create', 'restore', 'adopt'].includes(outcome.operation.kind)
}
