import type { Finding } from '../model/origin.ts'
import { findingLine } from './findings.ts'
import { compareText, type Paint, plural } from './style.ts'

const headings: readonly (readonly [Finding['severity'], string, number])[] = [
  ['Error', 'Errors', 100],
  ['Warning', 'Warnings', 50],
  ['Info', 'Notes', 20],
]

/** Findings under a heading for each severity, the worst first; long lists are cut and counted unless all are wanted. */
export function findingBlocks(
  findings: readonly Finding[],
  options: { readonly paint: Paint; readonly verbose: boolean },
): readonly string[] {
  return headings.flatMap(([severity, heading, atMost]) => {
    const found = findings.filter(one => one.severity === severity)
    if (found.length === 0) return []
    const shown = options.verbose ? found : found.slice(0, atMost)
    const left = found.slice(shown.length)
    const lines = [
      options.paint.strong(`${heading}:`),
      ...shown.map(finding => `  ${findingLine(finding, options.paint)}`),
      ...(left.length === 0 ? [] : [`  and ${left.length} more (${reasonCounts(left)}); --verbose shows all`]),
    ]
    return [lines.join('\n')]
  })
}

/** `3 OutOfScope, 1 LoginTaken`, the most frequent first. */
function reasonCounts(findings: readonly Pick<Finding, 'reason'>[]): string {
  const counts = new Map<string, number>()
  for (const { reason } of findings) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || compareText(a, b))
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ')
}

/** `2 errors and 1 warning`; empty without either. */
export function severityCounts(findings: readonly Finding[]): readonly string[] {
  const count = (severity: Finding['severity']): number => findings.filter(one => one.severity === severity).length
  const [errors, warnings] = [count('Error'), count('Warning')]
  return [...(errors > 0 ? [plural(errors, 'error')] : []), ...(warnings > 0 ? [plural(warnings, 'warning')] : [])]
}
