import type { RunReport } from '../model/plan.ts'
import type { Waker } from './waker.ts'

export interface LoopOptions {
  /** One pass of the chain; may throw, which is told to `failed` and tried again. */
  readonly pass: () => Promise<RunReport>
  readonly waker: Waker
  /** How long to sleep after a pass that went well, in milliseconds. */
  readonly restMs: (report: RunReport) => number
  /** First wait after a pass that did not go well, in milliseconds; doubled each time up to `restMs` or ten minutes. */
  readonly backOffMs: number
  readonly failed: (error: unknown) => void
  readonly signal: AbortSignal
}

const longestBackOffMs = 600_000

/** Passes one after another until the signal: at once, on every wake, and at the latest when the rest is over. Level-triggered. */
export async function runLoop(options: LoopOptions): Promise<void> {
  const { pass, waker, signal } = options
  let failures = 0
  while (!signal.aborted) {
    let restMs = longestBackOffMs
    try {
      const report = await pass()
      failures = wentWell(report) ? 0 : failures + 1
      restMs = options.restMs(report)
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      options.failed(error)
    }
    await waker.sleep(failures === 0 ? restMs : Math.min(restMs, backOff(options.backOffMs, failures)), signal)
  }
}

function backOff(firstMs: number, failures: number): number {
  return Math.min(longestBackOffMs, firstMs * 2 ** (failures - 1))
}

/** What will only get better by trying again soon: a provider that could not be read, an operation without success. */
function wentWell(report: RunReport): boolean {
  return report.providers.every(
    provider =>
      provider.error === undefined &&
      provider.outcomes.every(outcome => outcome.kind === 'applied' || outcome.kind === 'skipped'),
  )
}
