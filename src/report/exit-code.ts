import type { RunReport } from '../model/plan.ts'

/*
 * | something went wrong | operations failed | sets withheld | operations planned | plan | apply |
 * | :------------------: | :---------------: | :-----------: | :----------------: | :--: | :---: |
 * |         yes          |        any        |      any      |        any         |  1   |   1   |
 * |          no          |        yes        |      any      |        any         |  –   |   4   |
 * |          no          |        no         |      yes      |        any         |  3   |   3   |
 * |          no          |        no         |      no       |        yes         |  2   |   0   |
 * |          no          |        no         |      no       |         no         |  0   |   0   |
 *
 * "Went wrong" is a fault of a manifest, of settings or of a provider's reading; only sets under a hash count as withheld. What a
 * provider holds against a change (a foreign block, a group that rules decide), `paused` and `mode: Observe` are told, and change
 * nothing here.
 */

/** Exit code of `plan`: 1 error, 3 some sets are withheld, 2 there is something to do, 0 there is not. */
export function exitCodeOfPlan(report: RunReport): 0 | 1 | 2 | 3 {
  if (wentWrong(report)) return 1
  if (hasWithheld(report)) return 3
  return report.providers.some(one => (one.verdict?.plan.operations.length ?? 0) > 0) ? 2 : 0
}

/** Exit code of `apply`: 1 error, 4 some operations failed, 3 some sets are withheld, 0 all is as declared now. */
export function exitCodeOfApply(report: RunReport): 0 | 1 | 3 | 4 {
  if (wentWrong(report)) return 1
  if (hasFailed(report)) return 4
  return hasWithheld(report) ? 3 : 0
}

function wentWrong(report: RunReport): boolean {
  if (!report.complete || report.findings.some(one => one.severity === 'Error')) return true
  return report.providers.some(
    one => one.error !== undefined || one.findings.some(finding => finding.severity === 'Error'),
  )
}

function hasWithheld(report: RunReport): boolean {
  return report.providers.some(one => one.verdict?.refusals.some(refusal => refusal.withheld) ?? false)
}

/**
 * Without an answer nobody knows that it is done. A step skipped because the world moved on is the next run's to decide, one skipped
 * because the run broke off is not done.
 */
function hasFailed(report: RunReport): boolean {
  return report.providers.some(one =>
    one.outcomes.some(
      outcome =>
        outcome.kind === 'failed' ||
        outcome.kind === 'unknown' ||
        (outcome.kind === 'skipped' && outcome.reason === 'ProviderFailed'),
    ),
  )
}
