import type { Outcome, ProviderReport, RunReport } from '../model/plan.ts'
import { printable } from './escape.ts'
import { findingsOf } from './findings.ts'
import { severityCounts } from './findings-text.ts'
import { operationJson } from './operation-json.ts'
import { linesOf } from './operation-lines.ts'
import { nameOf, peopleOf } from './person-change.ts'
import { type PlanJsonOptions, providerJson, runJson, schemaVersion, totalsJson } from './plan-json.ts'
import { alarmOf, sortedProviders } from './plan-summary.ts'
import { withheldLines, withheldSets } from './refusals-text.ts'
import { compareText, listed, type Paint, paintOf, plural } from './style.ts'
import { peopleText, tallyOf, tallyText } from './tally.ts'

export interface OutcomeTextOptions {
  readonly color: boolean
  /** Everything, however long, and what a provider had to remark about what it did. */
  readonly verbose: boolean
}

type Result = Outcome['kind']
type Of<Kind extends Result> = Outcome & { readonly kind: Kind }

/**
 * What an apply did, for people: counts of what was applied, a line for each failure and each operation without an answer, what was
 * skipped by reason, what stays withheld, and one last line. Findings were told with the plan and are only counted here.
 */
export function renderOutcomeText(report: RunReport, options: OutcomeTextOptions): string {
  const paint = paintOf(options.color)
  const blocks = sortedProviders(report).flatMap(provider => providerBlock(provider, { ...options, paint }))
  return [...blocks, lastLines(report, paint)].join('\n\n')
}

interface Style {
  readonly paint: Paint
  readonly verbose: boolean
}

function providerBlock(provider: ProviderReport, style: Style): readonly string[] {
  const { paint, verbose } = style
  const applied = resultsOf(provider, 'applied')
  const alarm = alarmOf(provider)
  const lines = [
    ...(alarm === undefined ? [] : [`  ${paint.error(`!! ${printable(alarm)}`)}`]),
    ...(applied.length === 0 ? [] : [`  ${tallyText(tallyOf(applied.map(one => one.operation)), 'Done')}`]),
    ...(verbose
      ? applied.flatMap(one => (one.note === undefined ? [] : [`  note     ${did(one)}: ${printable(one.note)}`]))
      : []),
    ...cut(
      resultsOf(provider, 'failed').map(one => `  ${paint.error('failed ')}  ${failureText(one, paint)}`),
      verbose,
    ),
    ...cut(
      resultsOf(provider, 'unknown').map(
        one => `  ${paint.warning('unknown')}  ${did(one)}: ${printable(one.message)}`,
      ),
      verbose,
    ),
    ...cut(skippedLines(resultsOf(provider, 'skipped'), paint), verbose),
  ]
  const withheld = withheldSets(provider.verdict?.refusals ?? []).map(set =>
    withheldLines(set, { paint, verbose: false, approvable: true }).join('\n'),
  )
  if (lines.length === 0 && withheld.length === 0) return []
  return [[paint.strong(printable(provider.provider)), ...lines].join('\n'), ...withheld]
}

/** Failures say what the provider said and which request it was, for its support. */
function failureText({ operation, reason, message, requestId }: Of<'failed'>, paint: Paint): string {
  const request = requestId === undefined ? '' : `, request ${printable(requestId)}`
  return `${did({ operation })}: ${printable(message)} ${paint.faint(`(${reason}${request})`)}`
}

/** `ada (E1), group Engineering`. */
function did({ operation }: Pick<Outcome, 'operation'>): string {
  const [first] = linesOf(operation, new Map())
  const what = operation.kind === 'update' ? `change ${attributesOf(operation)}` : `${first?.sign} ${first?.discreet}`
  return `${nameOf(operation.person)}, ${what}`
}

function attributesOf(operation: Outcome['operation'] & { readonly kind: 'update' }): string {
  const names = Object.keys(operation.set).sort(compareText)
  return printable((operation.login ? ['login', ...names] : names).join(', '))
}

function skippedLines(skipped: readonly Of<'skipped'>[], paint: Paint): readonly string[] {
  const groups = new Map<string, Of<'skipped'>[]>()
  for (const one of skipped) {
    const key = `${one.reason} ${one.message}`
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (!first) return []
    const { shown, more } = peopleOf(
      group.map(one => one.operation),
      3,
    )
    const names = `${shown.map(nameOf).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
    const note = paint.faint(`(${first.reason})`)
    return [
      `  ${paint.warning('skipped')}  ${plural(group.length, 'operation')} for ${names}: ${printable(first.message)} ${note}`,
    ]
  })
}

function cut(lines: readonly string[], verbose: boolean): readonly string[] {
  const atMost = 100
  if (verbose || lines.length <= atMost) return lines
  return [...lines.slice(0, atMost), `  and ${lines.length - atMost} more like these; --verbose shows all`]
}

/** Outcomes of one kind, by person and in the order they came. */
function resultsOf<Kind extends Result>(provider: ProviderReport, kind: Kind): readonly Of<Kind>[] {
  const is = (outcome: Outcome): outcome is Of<Kind> => outcome.kind === kind
  return provider.outcomes.filter(is).sort((a, b) => compareText(a.operation.person.number, b.operation.person.number))
}

function lastLines(report: RunReport, paint: Paint): string {
  const outcomes = report.providers.flatMap(one => one.outcomes)
  const applied = outcomes.filter(one => one.kind === 'applied').map(one => one.operation)
  const count = (kind: Result): number => outcomes.filter(one => one.kind === kind).length
  const rest = [
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('unknown') > 0 ? [`${count('unknown')} without an answer`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} skipped`] : []),
  ]
  const withheld = report.providers.flatMap(one => one.verdict?.refusals ?? []).filter(one => one.withheld)
  const told = severityCounts(findingsOf(report))
  return [
    applied.length === 0
      ? `${paint.strong('Applied:')} nothing.`
      : `${paint.strong('Applied:')} ${tallyText(tallyOf(applied), 'Done')}; ${peopleText(tallyOf(applied))}.`,
    ...(rest.length === 0
      ? []
      : [`${paint.error('Not applied:')} ${plural(outcomes.length - applied.length, 'operation')}: ${listed(rest)}.`]),
    ...(withheld.length === 0
      ? []
      : [`${paint.strong('Withheld:')} ${plural(withheld.length, 'set')}, until approved.`]),
    ...(told.length === 0 ? [] : [`${paint.strong('Findings:')} ${listed(told)}.`]),
  ].join('\n')
}

/** What an apply did, for tools, as docs/reference/plan-json.md describes it. */
export function outcomeJson(report: RunReport, options: PlanJsonOptions = {}) {
  const outcomes = report.providers.flatMap(one => one.outcomes)
  const count = (kind: Result): number => outcomes.filter(one => one.kind === kind).length
  return {
    schemaVersion,
    kind: 'Outcome' as const,
    ...runJson(report),
    /** Of what was applied. */
    totals: totalsJson(
      outcomes.filter(one => one.kind === 'applied').map(one => one.operation),
      report,
    ),
    results: {
      applied: count('applied'),
      failed: count('failed'),
      unknown: count('unknown'),
      skipped: count('skipped'),
    },
    providers: sortedProviders(report).map(provider => ({
      ...providerJson(provider, options.approvable ?? true),
      outcomes: provider.outcomes.map(resultJson),
    })),
  }
}

function resultJson(outcome: Outcome) {
  const { operation } = outcome
  const made = outcome.kind === 'applied' ? outcome.account : undefined
  return {
    result: outcome.kind,
    reason: 'reason' in outcome ? outcome.reason : null,
    message: 'message' in outcome ? outcome.message : (outcome.note ?? null),
    requestId: 'requestId' in outcome ? (outcome.requestId ?? null) : null,
    /** The account it was done to, the one it made included. */
    account: made ?? operation.account ?? null,
    operation: operationJson(operation),
  }
}
