import type { Finding, Origin } from '../model/origin.ts'
import type { RunReport } from '../model/plan.ts'
import { printable } from './escape.ts'
import { compareText, type Paint, paintOf } from './style.ts'

/** `file:line:column: error: message (Reason)`, one a line, in the order of files and lines; what has no place comes last. */
export function renderFindings(findings: readonly Finding[], options: { readonly color: boolean }): string {
  const paint = paintOf(options.color)
  return sortedFindings(findings)
    .map(finding => findingLine(finding, paint))
    .join('\n')
}

/** One finding on one line, the place first so that editors can jump there. */
export function findingLine(finding: Finding, paint: Paint): string {
  const { severity, message, reason, provider } = finding
  const place = finding.origin ? `${placeText(finding.origin)}: ` : ''
  const note = provider === undefined ? reason : `${reason}, ${printable(provider)}`
  return `${place}${severityText(severity, paint)}: ${printable(message)} ${paint.faint(`(${note})`)}`
}

function severityText(severity: Finding['severity'], paint: Paint): string {
  switch (severity) {
    case 'Error':
      return paint.error('error')
    case 'Warning':
      return paint.warning('warning')
    case 'Info':
      return 'info'
  }
}

/** A place as people write it: `file:line:column` as given, or `namespace/name` of an object. */
export function placeText(origin: Origin): string {
  return origin.kind === 'File'
    ? `${printable(origin.file)}:${origin.line}:${origin.column}`
    : printable(`${origin.namespace}/${origin.name}`)
}

/** Findings of the manifests and of every provider, sorted, each once. */
export function findingsOf(report: RunReport): readonly Finding[] {
  return sortedFindings([...report.findings, ...report.providers.flatMap(one => one.findings)])
}

/** By place, then severity, then text; the very same finding is kept once. */
export function sortedFindings(findings: readonly Finding[]): readonly Finding[] {
  const unique = new Map(findings.map(finding => [findingKey(finding), finding]))
  return [...unique.values()].sort(compareFindings)
}

/** Text that is the same for the very same finding. */
function findingKey(finding: Finding): string {
  const { origin, severity, reason, message, provider, subject } = finding
  const place = origin ? placeText(origin) : ''
  return JSON.stringify([place, severity, reason, message, provider ?? '', subject.kind, subject.name])
}

const ranks: Readonly<Record<Finding['severity'], number>> = { Error: 0, Warning: 1, Info: 2 }

function compareFindings(a: Finding, b: Finding): number {
  return (
    comparePlaces(a.origin, b.origin) ||
    ranks[a.severity] - ranks[b.severity] ||
    compareText(findingKey(a), findingKey(b))
  )
}

function comparePlaces(a: Origin | undefined, b: Origin | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b)
  if (a.kind === 'File' && b.kind === 'File')
    return compareText(a.file, b.file) || a.line - b.line || a.column - b.column
  return compareText(placeText(a), placeText(b))
}
