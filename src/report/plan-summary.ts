import type { Operation, ProviderReport, RunReport } from '../model/plan.ts'
import { findingsOf } from './findings.ts'
import { severityCounts } from './findings-text.ts'
import { entitlementText } from './operation-lines.ts'
import { compareText, listed, plural } from './style.ts'
import { peopleText, tallyOf, tallyText } from './tally.ts'

/** Providers by name. */
export function sortedProviders(report: RunReport): readonly ProviderReport[] {
  return [...report.providers].sort((a, b) => compareText(a.provider, b.provider))
}

/** What would be carried out: what the guard let through. */
export function standing(provider: ProviderReport): readonly Operation[] {
  return provider.verdict?.plan.operations ?? []
}

/** The hash of a plan, short enough to compare by eye. */
export function shortHash(hash: string): string {
  return hash.replace('sha256:', '').slice(0, 12)
}

/** Every provider was read and nothing at all is to be done, withheld or refused. */
export function isQuiet(report: RunReport): boolean {
  if (!report.complete) return false
  return report.providers.every(
    one => one.error === undefined && standing(one).length === 0 && (one.verdict?.refusals.length ?? 0) === 0,
  )
}

/** `12 employees, 4 mappings and 2 providers`. */
export function extentText(report: RunReport): string {
  const { employees, mappings, providers } = report
  return `${plural(employees, 'employee')}, ${plural(mappings, 'mapping')} and ${plural(providers.length, 'provider')}`
}

/** The last lines of a plan: what it comes to, and what it leaves out. */
export function totalsOf(report: RunReport): readonly string[] {
  const operations = report.providers.flatMap(standing)
  const refusals = report.providers.flatMap(one => one.verdict?.refusals ?? [])
  const withheld = refusals.filter(one => one.withheld)
  const refused = refusals.filter(one => !one.withheld).flatMap(one => one.operations)
  const unread = report.providers.filter(one => one.error !== undefined).map(one => one.provider)
  const told = findingsOf(report)
  const lines: string[] = []
  if (operations.length > 0) {
    const tally = tallyOf(operations)
    lines.push(`Plan: ${tallyText(tally, 'ToDo')}.`, `      ${peopleText(tally)}.`)
  } else if (isQuiet(report) && !told.some(one => one.severity === 'Error'))
    lines.push(`Nothing to do: ${extentText(report)}, and everything is as declared.`)
  else lines.push('Plan: nothing would be done.')
  if (withheld.length > 0) {
    const people = tallyOf(withheld.flatMap(one => one.operations)).people
    lines.push(`Withheld: ${plural(withheld.length, 'set')} for ${plural(people, 'person', 'people')}, until approved.`)
  }
  if (refused.length > 0)
    lines.push(
      `Not done: ${plural(refused.length, 'operation')} for ${plural(tallyOf(refused).people, 'person', 'people')}, for the reasons given.`,
    )
  if (unread.length > 0) lines.push(`Incomplete: ${[...unread].sort(compareText).join(', ')}, as said above.`)
  if (!report.complete) lines.push('Incomplete: not every manifest could be read.')
  const counts = severityCounts(told)
  if (counts.length > 0) lines.push(`Findings: ${listed(counts)}.`)
  return lines
}

/** The entitlements that most people gain or lose, for plans too large to read. */
export function busiestEntitlements(operations: readonly Operation[], atMost: number): readonly string[] {
  const counts = new Map<string, number>()
  const count = (text: string): void => {
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  for (const operation of operations) {
    if (operation.kind === 'create') for (const one of operation.grants) count(`+ ${entitlementText(one)}`)
    if (operation.kind === 'grant') count(`+ ${entitlementText(operation.entitlement)}`)
    if (operation.kind === 'revoke') count(`- ${entitlementText(operation.entitlement)}`)
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || compareText(a, b))
  const lines = sorted.slice(0, atMost).map(([text, people]) => `${text}: ${plural(people, 'person', 'people')}`)
  const left = sorted.length - lines.length
  return left > 0 ? [...lines, `and ${plural(left, 'other entitlement')}`] : lines
}

/** Why a provider's part is missing or partial, to be said loudly; undefined when it is whole. */
export function alarmOf(provider: ProviderReport): string | undefined {
  const { plan, findings } = provider
  if (provider.error === undefined) return undefined
  const error = provider.error.replace(/\.$/, '')
  if (!plan) return `NOT PLANNED: ${error}`
  if (findings.some(finding => finding.reason === 'ReadIncomplete'))
    return `READ INCOMPLETE: ${error}; only declared departures go on`
  return `STOPPED: ${error}`
}
