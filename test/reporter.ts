import { writeSync } from 'node:fs'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'

/** How many tests passed, failed and were skipped. */
interface Totals {
  passed: number
  failed: number
  skipped: number
}

/** Prints `Tests: N passed, N failed, N skipped` as the very last line, after what vitest and its coverage print. */
export class TotalsReporter implements Reporter {
  readonly #print = () => {
    const { passed, failed, skipped } = this.#totals
    writeSync(1, `Tests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  }
  // What never came to an end, such as a run that cannot start, is not "0 failed".
  #totals: Totals = { passed: 0, failed: 1, skipped: 0 }

  onInit(): void {
    process.removeListener('exit', this.#print)
    process.once('exit', this.#print)
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const totals = { passed: 0, failed: unhandled.length, skipped: 0 }
    for (const module of modules) countModule(module, totals)
    this.#totals = totals
  }
}

/** A file that does not load, or a hook that fails, counts as one failed test if no test says so itself. */
function countModule(module: TestModule, totals: Totals): void {
  const before = totals.failed
  for (const test of module.children.allTests()) totals[stateOf(test)] += 1
  if (!module.ok() && totals.failed === before) totals.failed += 1
}

/** A test that was begun and never ended has failed. */
function stateOf(test: TestCase): keyof Totals {
  const { state } = test.result()
  return state === 'pending' ? 'failed' : state
}
