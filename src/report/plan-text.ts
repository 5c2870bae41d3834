import type { Operation, ProviderReport, RunReport } from '../model/plan.ts'
import { printable } from './escape.ts'
import { findingsOf } from './findings.ts'
import { findingBlocks } from './findings-text.ts'
import { type ChangeLine, reasonsOf } from './operation-lines.ts'
import { nameOf, type PersonChange, personChanges } from './person-change.ts'
import {
  alarmOf,
  busiestEntitlements,
  extentText,
  isQuiet,
  shortHash,
  sortedProviders,
  standing,
  totalsOf,
} from './plan-summary.ts'
import { refusalGroups, refusalLines, withheldLines, withheldSets } from './refusals-text.ts'
import { type Paint, paintOf, plural } from './style.ts'
import { peopleText, tallyOf, tallyText } from './tally.ts'

export interface PlanTextOptions {
  readonly color: boolean
  /** Everybody and every finding, however many. */
  readonly verbose: boolean
  /** False when there is no record to approve a set in: then no hash to approve is printed. True when not given. */
  readonly approvable?: boolean
}

/** Above this many people a plan prints counts, and each person only with `--verbose`. */
const readablePeople = 200

interface Style {
  readonly paint: Paint
  readonly verbose: boolean
  readonly approvable: boolean
  /** Too many people change to read about each. */
  readonly large: boolean
}

/**
 * A plan for people at a terminal: a section for each provider with a block for each person, then findings and totals. The same
 * report gives the same text, byte by byte; it holds no time of day. Ends without a line break.
 */
export function renderPlanText(report: RunReport, options: PlanTextOptions): string {
  const { people } = tallyOf(report.providers.flatMap(standing))
  const style: Style = {
    paint: paintOf(options.color),
    verbose: options.verbose,
    approvable: options.approvable ?? true,
    large: people > readablePeople,
  }
  const findings = findingBlocks(findingsOf(report), style)
  const totals = totalsBlock(report, style)
  if (isQuiet(report)) return [...findings, totals].join('\n\n')
  const blocks = [
    `${style.paint.strong('Plan')} for ${extentText(report)}`,
    ...(style.large ? [totals] : []),
    ...(report.complete
      ? []
      : [loud('Not every manifest could be read: nothing is taken away for being absent.', style)]),
    ...sortedProviders(report).flatMap(provider => providerBlocks(provider, style)),
    ...findings,
    totals,
  ]
  return blocks.join('\n\n')
}

function totalsBlock(report: RunReport, { paint }: Style): string {
  return totalsOf(report)
    .map(line => line.replace(/^[A-Z][a-z ]+:/, heading => paint.strong(heading)))
    .join('\n')
}

function loud(text: string, { paint }: Style): string {
  return paint.error(`!! ${printable(text)}`)
}

function providerBlocks(provider: ProviderReport, style: Style): readonly string[] {
  const operations = standing(provider)
  const refusals = provider.verdict?.refusals ?? []
  const alarm = alarmOf(provider)
  const head = [headOf(provider, style)]
  if (alarm !== undefined) head.push(`  ${loud(alarm, style)}`)
  for (const hash of provider.verdict?.released ?? []) head.push(`  released by approval: ${hash}`)
  if (operations.length === 0 && refusals.length === 0) {
    if (alarm === undefined) head[0] = `${head[0]}: nothing to do`
    return [head.join('\n')]
  }
  const refused = refusalLines(refusalGroups(refusals), style)
  return [
    head.join('\n'),
    ...(style.large ? [largeSummary(provider, style)] : []),
    ...(style.large && !style.verbose ? [] : personBlocks(operations, provider, style)),
    ...observedBlocks(provider, style),
    ...withheldSets(refusals).map(set => withheldLines(set, style).join('\n')),
    ...(refused.length === 0 ? [] : [refused.join('\n')]),
  ]
}

function headOf(provider: ProviderReport, { paint }: Style): string {
  const { plan, error, managedAccounts } = provider
  const notes = [
    ...(error === undefined ? [plural(managedAccounts, 'managed account')] : []),
    ...(plan && plan.operations.length > 0 ? [`plan ${shortHash(plan.hash)}`] : []),
  ]
  const name = paint.strong(printable(provider.provider))
  return notes.length === 0 ? name : `${name} (${notes.join(', ')})`
}

function largeSummary(provider: ProviderReport, { verbose }: Style): string {
  const operations = standing(provider)
  if (operations.length === 0) return '  nothing would be done here'
  const tally = tallyOf(operations)
  return [
    `  ${peopleText(tally)}`,
    `  ${tallyText(tally, 'ToDo')}`,
    ...busiestEntitlements(operations, 10).map(line => `    ${line}`),
    ...(verbose ? [] : [`  More than ${readablePeople} people change; --verbose shows each of them.`]),
  ].join('\n')
}

function personBlocks(operations: readonly Operation[], provider: ProviderReport, style: Style): readonly string[] {
  return personChanges(operations, reasonsOf(provider.drift)).map(change => personBlock(change, style))
}

/** What an observed or paused provider would have done is what somebody watches it for. */
function observedBlocks(provider: ProviderReport, style: Style): readonly string[] {
  const refusals = provider.verdict?.refusals.filter(one => one.reason === 'Observing' || one.reason === 'Paused') ?? []
  const operations = refusals.flatMap(one => one.operations)
  if (operations.length === 0 || (tallyOf(operations).people > readablePeople && !style.verbose)) return []
  return [
    `  ${style.paint.warning('only reported')}, nothing of this is done:`,
    ...personBlocks(operations, provider, style),
  ]
}

/** Beyond this column reasons are no longer put below each other. */
const widest = 60

function personBlock({ person, sign, phase, lines }: PersonChange, { paint }: Style): string {
  const width = Math.min(widest, Math.max(...lines.map(lengthOf)))
  const head = `  ${paint.sign(sign)} ${paint.strong(nameOf(person))}, ${phase}, ${printable(person.login)}`
  return [head, ...lines.map(line => lineText(line, width, paint))].join('\n')
}

function lengthOf({ text, nested, why }: ChangeLine): number {
  return nested || why === '' ? 0 : text.length
}

function lineText({ sign, text, why, nested }: ChangeLine, width: number, paint: Paint): string {
  const indent = nested ? '          ' : '      '
  const reason = why === '' ? '' : `${' '.repeat(Math.max(0, width - text.length))}  ${paint.faint(`# ${why}`)}`
  return `${indent}${paint.sign(sign)} ${text}${reason}`
}
