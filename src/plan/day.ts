import type { Day, Instant } from '../model/ids.ts'

/** Milliseconds of a day without a change of clocks. */
export const dayMs = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, made)
  return made
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
function ordinal(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

function fromOrdinal(days: number): Day {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted + (shifted < 10 ? 3 : -9)
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const pad = (value: number, width: number): string => String(value).padStart(width, '0')
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` as Day
}

function ordinalOf(day: Day): number {
  return ordinal(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)))
}

/** The day `count` days after `day` (before it, when negative). */
export function addDays(day: Day, count: number): Day {
  return fromOrdinal(ordinalOf(day) + count)
}

/** What the wall clock of `zone` shows at `instant`, as if it were UTC. */
function wallClock(zone: string, instant: Instant): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(instant)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return ordinal(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000
}

/** The calendar day in `zone` (IANA) at `instant`. Throws RangeError for an unknown zone. */
export function dayIn(zone: string, instant: Instant): Day {
  return fromOrdinal(Math.floor(wallClock(zone, instant) / dayMs))
}

/**
 * The first moment of `day` in `zone`. Where midnight does not exist (a zone that changes its clocks at midnight) it is the moment
 * the day begins; where it happens twice, the first.
 */
export function startOfDay(day: Day, zone: string): Instant {
  const midnight = ordinalOf(day) * dayMs
  const offsets = [midnight - dayMs, midnight, midnight + dayMs].map(around => wallClock(zone, around) - around)
  const candidates = [...new Set(offsets)].map(offset => midnight - offset).sort((a, b) => a - b)
  const exact = candidates.find(candidate => wallClock(zone, candidate) === midnight)
  if (exact !== undefined) return exact
  // The clock jumps over midnight: the day begins at the jump, which lies between the candidates.
  let low = candidates[0] ?? midnight
  let high = candidates.at(-1) ?? midnight
  if (wallClock(zone, low) >= midnight) low -= dayMs
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (wallClock(zone, middle) >= midnight) high = middle
    else low = middle
  }
  return high
}

/** `dayIn` for one instant and many people: each zone is asked once. */
export function calendarAt(instant: Instant): (zone: string) => Day {
  const days = new Map<string, Day>()
  return zone => {
    const known = days.get(zone)
    if (known) return known
    const day = dayIn(zone, instant)
    days.set(zone, day)
    return day
  }
}
