import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import { OktaError } from './errors.ts'
import type { Org } from './org.ts'

/** When the first write to an org's group rules came, and when the last one did. */
const began = new WeakMap<Org, number>()
const changed = new WeakMap<Org, number>()

function isWithin(org: Org, since: number | undefined, seconds: number): boolean {
  return since !== undefined && org.now() - since < seconds * 1000
}

/**
 * A write to group rules, as it is answered while the org is busy with them: 409 E0000249 while rules are being set up, 423 E0000239
 * while it sorts out the write before. Source: Okta, Error codes.
 */
export function lockedWrite(answer: (call: Call) => SimulatedReply): (call: Call) => SimulatedReply {
  return call => {
    const { org } = call
    const { ruleSetUpSeconds, ruleLockSeconds } = org.switches
    if (!began.has(org)) began.set(org, org.now())
    if (isWithin(org, began.get(org), ruleSetUpSeconds)) throw new OktaError(409, 'E0000249')
    if (isWithin(org, changed.get(org), ruleLockSeconds)) throw new OktaError(423, 'E0000239')
    const reply = answer(call)
    changed.set(org, org.now())
    return reply
  }
}
