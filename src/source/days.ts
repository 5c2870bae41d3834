import type { Day } from '../model/ids.ts'

/** A day as the schema allows it, `2026-01-05` or `2026-01-05T00:00:00Z`, which both mean that day in the employee's zone. */
export function dayOf(text: string): Day {
  return text.slice(0, 10) as Day
}

const knownZones = new Map<string, boolean>()

/** Whether the platform knows a time zone by this IANA name. */
export function isTimeZone(name: string): boolean {
  const known = knownZones.get(name)
  if (known !== undefined) return known
  let exists = true
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    exists = false
  }
  knownZones.set(name, exists)
  return exists
}

/** Milliseconds of a duration such as `1h30m`, as the schema allows it. */
export function durationMs(text: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? []
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}
