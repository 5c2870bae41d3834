/** Times as Okta writes them: whole seconds, `2026-01-31T09:00:00.000Z`. */

import { edgeMachineNow } from '../skew.ts'
import type { Switches } from './switches.ts'

/** Milliseconds since 1970 cut to the second Okta keeps. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}

/** `2026-01-31T09:00:00.000Z`, or null where the org has no such time yet. */
export function timestamp(ms: number | null): string | null {
  if (ms === null) return null
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() }
  return last.text
}

/** The times of one object are often the same. */
let last = { ms: Number.NaN, text: '' }

const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** Milliseconds since 1970 of an ISO 8601 text, or undefined if it is none. */
export function parseTime(text: string): number | undefined {
  if (!isoDate.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** The machine's time in seconds since 1970, for what clients sign by their own clock; undefined where that does not count. */
export function machineSeconds({ switches }: { readonly switches: Switches }): number | undefined {
  return switches.assertionsByMachineClock ? Math.floor(edgeMachineNow() / 1000) : undefined
}
