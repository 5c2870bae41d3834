import type { World } from './world.ts'

/** Seconds of a token whose client says that it can be told of events meanwhile (continuous access evaluation): 24 of the 24 to 28 hours. */
const LONG_SECONDS = 86_400
const SHORTEST_SECONDS = 3600
const LONGEST_SECONDS = 5400

/** Whether a client asks for a token under continuous access evaluation: `xms_cc` with `cp1` among the claims. */
function isContinuous(claims: string | null): boolean {
  try {
    const { access_token: asked } = JSON.parse(claims ?? '{}') as { access_token?: { xms_cc?: { values?: unknown } } }
    const values = asked?.xms_cc?.values
    return Array.isArray(values) && values.includes('cp1')
  } catch {
    return false
  }
}

/** How long a token lasts, in seconds. `claims` as the form of the request has it. Source: Microsoft identity platform, Access tokens. */
export function tokenLifetime({ random, switches }: World, claims: string | null): number {
  if (isContinuous(claims)) return LONG_SECONDS
  if (switches.tokenSeconds > 0) return switches.tokenSeconds
  return SHORTEST_SECONDS + Math.floor(random() * (LONGEST_SECONDS - SHORTEST_SECONDS + 1))
}
