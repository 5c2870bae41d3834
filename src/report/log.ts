import pino from 'pino'
import type { Finding } from '../model/origin.ts'
import type { Outcome, RunReport } from '../model/plan.ts'

export type LogFormat = 'json' | 'pretty'

export interface LogReporter {
  /** One line for each operation and each finding that is new, and one for the pass. */
  publish(report: RunReport): Promise<void>
  note(message: string, fields: object): void
  failure(error: unknown): void
}

export interface LogOptions {
  readonly level: string
  readonly format: LogFormat
  /** Where lines go; standard error when absent. */
  readonly write?: (line: string) => void
}

/**
 * Logs passes as they happen: a static message with fields. People are named by employee number alone, so that no line above debug
 * holds personal data; secrets never get here.
 */
export function logReporter(options: LogOptions): LogReporter {
  const write = options.write ?? ((line: string) => process.stderr.write(line))
  const stream = { write: options.format === 'json' ? write : (line: string) => write(prettyLine(line)) }
  const log = pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream)
  let told = new Set<string>()
  return {
    async publish(report) {
      const seen = new Set<string>()
      for (const finding of [report, ...report.providers].flatMap(part => part.findings)) {
        const key = `${finding.reason} ${finding.message}`
        seen.add(key)
        if (!told.has(key)) logFinding(log, finding)
      }
      told = seen
      for (const provider of report.providers) {
        for (const outcome of provider.outcomes) logOutcome(log, provider.provider, outcome)
        for (const { reason, withheld } of provider.verdict?.refusals ?? [])
          if (withheld) log.warn({ provider: provider.provider, reason, ...withheld }, 'set withheld')
      }
      log.info(summary(report), 'pass finished')
    },
    note: (message, fields) => log.info(fields, message),
    failure: error => log.error({ error: error instanceof Error ? error.message : String(error) }, 'pass failed'),
  }
}

function logFinding(log: pino.Logger, finding: Finding): void {
  const { reason, subject, provider, origin } = finding
  const where = origin?.kind === 'File' ? `${origin.file}:${origin.line}:${origin.column}` : undefined
  const fields = { reason, kind: subject.kind, name: subject.name, provider, where }
  if (finding.severity === 'Info') log.debug(fields, finding.message)
  else if (finding.severity === 'Warning') log.warn(fields, 'finding')
  else log.error(fields, 'finding')
}

function logOutcome(log: pino.Logger, provider: string, outcome: Outcome): void {
  const { operation } = outcome
  const fields = {
    provider,
    operation: operation.kind,
    employee: operation.person.number,
    outcome: outcome.kind,
    ...('reason' in outcome ? { reason: outcome.reason } : {}),
    ...('entitlement' in operation ? { entitlement: operation.entitlement.name } : {}),
  }
  if (outcome.kind === 'applied') log.info(fields, 'operation')
  else log.warn(fields, 'operation')
}

function summary(report: RunReport): object {
  const providers = report.providers.map(({ provider, outcomes, managedAccounts, error }) => ({
    provider,
    operations: outcomes.length,
    managedAccounts,
    readWhole: error === undefined,
  }))
  return {
    employees: report.employees,
    complete: report.complete,
    milliseconds: report.finishedAt - report.startedAt,
    providers,
  }
}

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** One log line for people: time, level, message, then the fields. */
function prettyLine(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as {
    readonly level: number
    readonly time: string
    readonly msg: string
  }
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${time} ${(levels[level] ?? 'info').padEnd(5)} ${[msg, ...rest].join(' ')}\n`
}
