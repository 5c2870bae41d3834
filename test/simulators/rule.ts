import { test } from 'vitest'

/** One rule of a vendor's API that a simulated tenant must keep, and who says so. */
export interface Rule {
  /** Part of the API it belongs to, such as `Users: lifecycle`; the heading it stands under in docs/simulators.md. */
  readonly area: string
  /** The rule as one sentence with its status, code and words: `suspend of a user that is not ACTIVE is 400 E0000001`. */
  readonly says: string
  /** The vendor's document, specification or tool that the fact comes from. */
  readonly source: string
  /** The switch that chooses the behaviour, where the vendor does not confirm it. */
  readonly unconfirmed?: string
}

/**
 * Declares the test that holds a rule. `script/gen` reads the calls in `test/simulators/**` to write docs/simulators.md, so `what` is
 * written as an object literal of plain strings.
 */
export function rule(what: Rule, body: () => void | Promise<void>): void {
  test(`${what.area}: ${what.says}`, body)
}
