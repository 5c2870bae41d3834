import { writeFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { ManifestError } from '../model/errors.ts'
import type { RunReport } from '../model/plan.ts'
import { planRun, reportPlan } from '../reconcile/run.ts'
import { exitCodeOfPlan } from '../report/exit-code.ts'
import { planJson } from '../report/plan-json.ts'
import { renderPlanMarkdown } from '../report/plan-markdown.ts'
import { renderPlanText } from '../report/plan-text.ts'
import { openSession } from './session.ts'
import type { Terminal } from './terminal.ts'

export type PlanOutput = 'text' | 'json' | 'markdown'

/** `tenure plan DIR`: reads both sides and prints what would be done. Writes to no provider. */
export async function plan(
  config: Config,
  options: { readonly output: PlanOutput; readonly out?: string },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const session = await openSession(config, 'Read', { terminal, signal })
  try {
    const report = reportPlan(await planRun(session.world), session.world)
    const approvable = session.hasRecord && !session.recordBroken
    terminal.out(rendered(report, options.output, { color: terminal.color, verbose: config.verbose, approvable }))
    if (options.out !== undefined) await writeOut(options.out, planJson(report, { approvable }))
    if (!session.hasRecord)
      terminal.err(
        `note: there is no record at ${config.auditFile} yet; this plan is made without one, and no hash of it can be approved`,
      )
    return session.recordBroken ? 1 : exitCodeOfPlan(report)
  } finally {
    await session.close()
  }
}

async function writeOut(file: string, json: object): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(json, null, 2)}\n`)
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new ManifestError(`--out ${file}: cannot be written (${why}); name a file in a folder that exists`, { cause })
  }
}

/** A plan in one of its forms. */
function rendered(
  report: RunReport,
  output: PlanOutput,
  style: { readonly color: boolean; readonly verbose: boolean; readonly approvable: boolean },
): string {
  switch (output) {
    case 'json':
      return JSON.stringify(planJson(report, style), null, 2)
    case 'markdown':
      return renderPlanMarkdown(report, style)
    case 'text':
      return renderPlanText(report, style)
  }
}
