import type { Finding } from '../model/origin.ts'
import type { Outcome, ProviderReport, RunReport } from '../model/plan.ts'
import { sortedProviders, standing } from './plan-summary.ts'
import { refusalGroups, withheldSets } from './refusals-text.ts'
import { compareText } from './style.ts'
import type { RunReporter, TextStream } from './terminal.ts'

/** Version of the lines: raised when a member is taken out or changes its meaning. */
const version = 1

/**
 * Writes each run as lines of JSON: one for each operation that was tried, for each withheld set, for what is refused and found by
 * reason, and one for the run. People are employee numbers and account ids: no name, no login, no message that could quote one.
 */
export function jsonLinesReporter(stream: TextStream): RunReporter {
  return {
    async publish(report) {
      const time = new Date(report.finishedAt).toISOString()
      const lines = [...sortedProviders(report).flatMap(providerLines), ...foundLines(report.findings), runLine(report)]
      stream.write(lines.map(line => `${JSON.stringify({ time, version, ...line })}\n`).join(''))
    },
  }
}

function providerLines(provider: ProviderReport): readonly object[] {
  const name = { provider: provider.provider }
  const refusals = provider.verdict?.refusals ?? []
  return [
    ...provider.outcomes.map(outcome => ({ kind: 'Operation', ...name, ...outcomeLine(outcome) })),
    ...withheldSets(refusals).map(({ reason, withheld, operations }) => ({
      kind: 'Withheld',
      ...name,
      reason,
      ...withheld,
      operations: operations.length,
    })),
    ...refusedCounts(provider).map(([reason, operations]) => ({ kind: 'Refused', ...name, reason, operations })),
    ...foundLines(provider.findings).map(line => ({ ...line, ...name })),
  ]
}

function outcomeLine(outcome: Outcome): object {
  const { operation } = outcome
  const account = (outcome.kind === 'applied' ? outcome.account : undefined) ?? operation.account
  return {
    verb: operation.kind,
    number: operation.person.number,
    ...(account === undefined ? {} : { account }),
    result: outcome.kind,
    ...('reason' in outcome ? { reason: outcome.reason } : {}),
    ...('requestId' in outcome && outcome.requestId !== undefined ? { requestId: outcome.requestId } : {}),
  }
}

function refusedCounts({ verdict }: ProviderReport): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const { reason, operations } of refusalGroups(verdict?.refusals ?? []))
    counts.set(reason, (counts.get(reason) ?? 0) + operations.length)
  return [...counts]
}

function foundLines(findings: readonly Finding[]): readonly object[] {
  const counts = new Map<string, number>()
  for (const { severity, reason } of findings)
    counts.set(`${severity} ${reason}`, (counts.get(`${severity} ${reason}`) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, count]) => {
      const [severity, reason] = key.split(' ')
      return { kind: 'Found', severity, reason, count }
    })
}

function runLine(report: RunReport): object {
  const outcomes = report.providers.flatMap(one => one.outcomes)
  const count = (kind: Outcome['kind']): number => outcomes.filter(one => one.kind === kind).length
  return {
    kind: 'Run',
    durationMs: report.finishedAt - report.startedAt,
    employees: report.employees,
    mappings: report.mappings,
    complete: report.complete && report.providers.every(one => one.error === undefined),
    planned: report.providers.flatMap(standing).length,
    applied: count('applied'),
    failed: count('failed'),
    unknown: count('unknown'),
    skipped: count('skipped'),
  }
}
