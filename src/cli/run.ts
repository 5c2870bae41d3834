import type { Config } from '../config.ts'
import { runLoop } from '../loop/loop.ts'
import { SettlingSource } from '../loop/settle.ts'
import { Waker } from '../loop/waker.ts'
import { watchTree } from '../loop/watch.ts'
import type { RunReport } from '../model/plan.ts'
import type { Journal, Reporter } from '../reconcile/interfaces.ts'
import { ReadSchedule } from '../reconcile/read-schedule.ts'
import { reconcileOnce } from '../reconcile/run.ts'
import { serveStatus } from '../report/http.ts'
import { type LogFormat, logReporter } from '../report/log.ts'
import { metricsOf } from '../report/metrics.ts'
import { listenAddress } from './listen-address.ts'
import { openSession } from './session.ts'
import type { Terminal } from './terminal.ts'

export interface RunOptions {
  /** `HOST:PORT` of metrics, health and status. */
  readonly http: string
  readonly logLevel: string
  readonly logFormat: LogFormat
  /** How long a deletion must last before it counts, in milliseconds. */
  readonly settleMs: number
}

/** How long files must be quiet before a pass, and the first wait after one that failed, in milliseconds. */
const quietMs = 500
const firstBackOffMs = 5_000
/** How long to rest before looking at what has changed at the providers, in milliseconds; that is a handful of requests. */
const lookMs = 60_000
/** How long to rest where no IdentityProvider says, in milliseconds. */
const defaultRestMs = 600_000

/**
 * `tenure run DIR`: applies continuously, on every change of a file, every minute what has changed at the providers, and every
 * `fullReadEvery` everything, until the signal.
 */
export async function run(
  config: Config,
  options: RunOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const address = listenAddress(options.http)
  const session = await openSession(config, 'Write', { terminal, signal })
  const metrics = metricsOf()
  const { logLevel: level, logFormat: format } = options
  const log = logReporter({ level, format, write: line => terminal.err(line) })
  const latest = new LatestReport()
  try {
    const server = await serveStatus({ ...address, metrics, health: () => latest.health() })
    try {
      log.note('started', { url: server.url, dir: config.dir })
      const waker = new Waker(quietMs)
      const failed = (error: unknown): void => log.failure(error)
      watchTree(config.dir, () => waker.wake(), failed, signal)
      const source = new SettlingSource(session.world.source, options.settleMs, () => performance.now())
      let restMs = defaultRestMs
      const parse: typeof session.world.parse = reading => {
        const manifests = session.world.parse(reading)
        restMs = Math.min(defaultRestMs, ...manifests.providers.map(provider => provider.policy.fullReadEveryMs))
        return manifests
      }
      // Nothing may be sent once the record cannot be written: whoever supervises this process starts it anew.
      const reads = new ReadSchedule()
      const journal = new WatchedJournal(session.world.journal)
      const ending = AbortSignal.any([signal, journal.broken])
      await runLoop({
        pass: async () => {
          await session.clock.refresh()
          const world = { ...session.world, source, parse, journal, reads, signal: ending }
          return reconcileOnce(world, [latest, metrics, log])
        },
        waker,
        restMs: () => Math.min(restMs, lookMs, source.settlesInMs ?? restMs),
        backOffMs: firstBackOffMs,
        failed,
        signal: ending,
      })
      if (journal.failure) throw journal.failure
      log.note('stopped', {})
      return 0
    } finally {
      await server.close()
    }
  } finally {
    await session.close()
  }
}

/** The record, and the first thing that went wrong with writing it. */
class WatchedJournal implements Journal {
  readonly #journal: Journal
  readonly #ended = new AbortController()
  failure: unknown

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Aborts when the record can be written no more. */
  get broken(): AbortSignal {
    return this.#ended.signal
  }

  get entries(): Journal['entries'] {
    return this.#journal.entries
  }

  async append(entries: Parameters<Journal['append']>[0]): Promise<void> {
    try {
      await this.#journal.append(entries)
    } catch (error) {
      this.failure ??= error
      this.#ended.abort()
      throw error
    }
  }
}

/** What the status page tells: the last pass, without names. */
class LatestReport implements Reporter {
  #report: RunReport | undefined

  async publish(report: RunReport): Promise<void> {
    this.#report = report
  }

  health(): { readonly live: boolean; readonly ready: boolean; readonly status: object } {
    const report = this.#report
    if (!report) return { live: true, ready: false, status: { passes: 'none yet' } }
    const providers = report.providers.map(({ provider, managedAccounts, error, outcomes, verdict }) => ({
      provider,
      managedAccounts,
      readWhole: error === undefined,
      operations: outcomes.length,
      withheld: verdict?.refusals.filter(refusal => refusal.withheld).length ?? 0,
    }))
    const { employees, mappings, complete, finishedAt } = report
    const status = { employees, mappings, complete, finishedAt: new Date(finishedAt).toISOString(), providers }
    return { live: true, ready: true, status }
  }
}
