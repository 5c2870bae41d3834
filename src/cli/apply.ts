import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { ManifestError } from '../model/errors.ts'
import type { Operation, RunReport } from '../model/plan.ts'
import { executeRun, type PlannedRun, planRun, reportPlan } from '../reconcile/run.ts'
import { exitCodeOfApply } from '../report/exit-code.ts'
import { outcomeJson, renderOutcomeText } from '../report/outcome.ts'
import { renderPlanText } from '../report/plan-text.ts'
import { openSession, type Session } from './session.ts'
import type { Terminal } from './terminal.ts'

export interface ApplyOptions {
  readonly output: 'text' | 'json'
  /** Do not ask. */
  readonly yes: boolean
  /** A plan made by `plan --out`: refuse when the world is not as it was then. */
  readonly plan?: string
}

/** Runs after the first one, at most, to settle operations that got no answer. */
const settlingRuns = 2

/** `tenure apply DIR`: the same plan as `plan`, then asks and executes. */
export async function apply(
  config: Config,
  options: ApplyOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const session = await openSession(config, 'Write', { terminal, signal })
  try {
    const run = await planRun(session.world)
    const planned = reportPlan(run, session.world)
    if (options.output === 'text' && options.plan === undefined)
      terminal.out(renderPlanText(planned, { color: terminal.color, verbose: config.verbose }))
    if (options.plan !== undefined) await requireSamePlan(planned, options.plan)
    const count = planned.providers.reduce((sum, one) => sum + (one.verdict?.plan.operations.length ?? 0), 0)
    if (count > 0 && !options.yes && !(await agreed(count, terminal))) return 1
    const report = await settled(run, session, signal)
    if (options.output === 'json') terminal.out(JSON.stringify(outcomeJson(report), null, 2))
    else if (count > 0) terminal.out(renderOutcomeText(report, { color: terminal.color, verbose: config.verbose }))
    return exitCodeOfApply(report)
  } finally {
    await session.close()
  }
}

/**
 * Executes, and plans anew while an operation got no answer, so that it is known what became of it. Nothing is carried out then but what
 * was in the plan that was agreed to, and only for the people concerned.
 */
async function settled(run: PlannedRun, session: Session, signal: AbortSignal): Promise<RunReport> {
  const { world } = session
  const agreed = new Set(run.providers.flatMap(one => ('plan' in one ? one.verdict.plan.operations.map(deed) : [])))
  const reports = [await executeRun(run, world)]
  for (let more = settlingRuns; more > 0 && !signal.aborted; more -= 1) {
    const open = unanswered(reports.at(-1))
    if (open.size === 0) break
    const again = await planRun(world)
    const report = await executeRun(
      again,
      world,
      one => open.has(personKey(one)) && (agreed.has(deed(one)) || isOurs(one)),
    )
    reports.push(report)
  }
  return joined(reports)
}

function unanswered(report: RunReport | undefined): ReadonlySet<string> {
  const outcomes = report?.providers.flatMap(provider => provider.outcomes) ?? []
  return new Set(outcomes.filter(outcome => outcome.kind === 'unknown').map(outcome => personKey(outcome.operation)))
}

function personKey({ provider, person }: Operation): string {
  return `${provider} ${person.number}`
}

/** What an operation does to whom, whether or not its account was known when it was planned. */
function deed(operation: Operation): string {
  const target = 'entitlement' in operation ? operation.entitlement.id : 'marker' in operation ? operation.marker : ''
  return `${personKey(operation)} ${operation.kind} ${target}`
}

/** The account that an unanswered create made after all is bound. */
function isOurs(operation: Operation): boolean {
  return operation.kind === 'adopt' && operation.how === 'Intent'
}

/** The last run tells what holds now; what earlier runs did, but for what they left open, is kept beside it. */
function joined(reports: readonly RunReport[]): RunReport {
  const last = reports.at(-1)
  if (!last) throw new Error('there is always a first run')
  const earlier = reports.slice(0, -1).flatMap(report => report.providers)
  const providers = last.providers.map(provider => {
    const before = earlier.filter(one => one.provider === provider.provider).flatMap(one => one.outcomes)
    const kept = before.filter(outcome => outcome.kind === 'applied')
    return { ...provider, outcomes: [...kept, ...provider.outcomes] }
  })
  return { ...last, startedAt: reports[0]?.startedAt ?? last.startedAt, providers }
}

async function agreed(count: number, terminal: Terminal): Promise<boolean> {
  if (!terminal.interactive)
    throw new ManifestError(`${count} operations are waiting and nobody is there to ask; add --yes to carry them out`)
  if (await terminal.confirm(`Carry out these ${count} operations? Only "yes" is taken as yes:`)) return true
  terminal.err('Nothing was done.')
  return false
}

/** Compares the hash of each provider's plan with the one that was reviewed. */
async function requireSamePlan(report: RunReport, file: string): Promise<void> {
  const reviewed = await reviewedHashes(file)
  const gone = [...reviewed.keys()].find(name => !report.providers.some(({ provider }) => provider === name))
  if (gone !== undefined)
    throw new ManifestError(`--plan ${file}: ${gone} is not declared any more; make a new plan and review it`)
  for (const { provider, plan } of report.providers) {
    const before = reviewed.get(provider)
    if (plan === undefined || before === plan.hash) continue
    const what = before === undefined ? 'is not in it' : 'would do something else now'
    throw new ManifestError(`--plan ${file}: ${provider} ${what}; make a new plan and review it`)
  }
}

async function reviewedHashes(file: string): Promise<ReadonlyMap<string, string>> {
  try {
    const { kind, providers } = JSON.parse(await readFile(file, 'utf8')) as {
      readonly kind: unknown
      readonly providers: readonly { readonly name: string; readonly hash: string }[]
    }
    if (kind !== 'Plan') throw new Error('it is no plan')
    return new Map(providers.map(provider => [provider.name, provider.hash]))
  } catch (cause) {
    throw new ManifestError(`--plan ${file}: cannot be used; give a file that "tenure plan --out" wrote`, { cause })
  }
}
