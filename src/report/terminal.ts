import type { RunReport } from '../model/plan.ts'
import { findingKey, findingLine, findingsOf } from './findings.ts'
import { renderOutcomeText } from './outcome.ts'
import { withheldSets } from './refusals-text.ts'
import { paintOf } from './style.ts'

/** Where text goes: a stream of this process, or something like it. */
export interface TextStream {
  write(text: string): unknown
}

/** Tells of every run. The same shape as the reporters of the chain. */
export interface RunReporter {
  publish(report: RunReport): Promise<void>
}

/**
 * Tells people at a terminal what each run of a loop did. A run that did nothing, and of which everything was said before, says nothing:
 * findings and withheld sets are told when they come and when they are gone.
 */
export function terminalReporter(
  stream: TextStream,
  options: { readonly color: boolean; readonly verbose: boolean },
): RunReporter {
  const paint = paintOf(options.color)
  let told = new Set<string>()
  let held = ''
  return {
    async publish(report) {
      const findings = findingsOf(report)
      const fresh = findings.filter(one => !told.has(findingKey(one)))
      const keys = new Set(findings.map(findingKey))
      const gone = [...told].filter(key => !keys.has(key)).length
      const sets = heldText(report)
      const acted = report.providers.some(one => one.outcomes.length > 0)
      const lines = fresh.map(finding => findingLine(finding, paint))
      if (gone > 0) lines.push(`${gone} earlier ${gone === 1 ? 'finding' : 'findings'} settled`)
      if (acted || sets !== held) lines.push(renderOutcomeText(report, options))
      told = keys
      held = sets
      if (lines.length > 0) stream.write(`${paint.faint(timeText(report.finishedAt))}\n${lines.join('\n')}\n`)
    },
  }
}

function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}

function heldText(report: RunReport): string {
  const sets = report.providers.flatMap(one => withheldSets(one.verdict?.refusals ?? []))
  return sets.map(set => set.withheld.hash).join(' ')
}
