/** How long what was written stays unseen, where read-after-write delays are on (Microsoft Entra, Designing for eventual consistency). */
export interface LagSettings {
  /** A new object is not found for up to so many seconds; each object has its own share of it. Default 10. */
  readonly visibleSeconds: number
  /** Chance that a read is served by a replica that lags behind. Default 0.2. */
  readonly staleProbability: number
  /** Such a replica lags up to so many seconds behind. Default 15. */
  readonly staleSeconds: number
  /** The member lists of administrative units lag so many seconds, whoever serves them. Default 60. */
  readonly unitMemberSeconds: number
  /** A group made inside an administrative unit is not found by reads that select what Exchange keeps, for so many seconds. Default 660. */
  readonly unitGroupSeconds: number
  /** Deltas show a change after so many seconds; never before the reads do. Default 30. */
  readonly deltaSeconds: number
  /** Repeats which replica serves which read. Default 1. */
  readonly seed: number
}

/** See {@link LagSettings}. */
export const DEFAULT_LAG: LagSettings = {
  visibleSeconds: 10,
  staleProbability: 0.2,
  staleSeconds: 15,
  unitMemberSeconds: 60,
  unitGroupSeconds: 660,
  deltaSeconds: 30,
  seed: 1,
}

/** The defaults with the given ones over them; throws an Error that names what is wrong. */
export function lagFrom(given: Readonly<Partial<LagSettings>> = {}): LagSettings {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in DEFAULT_LAG)) throw new Error(`entra.lag has no "${name}".`)
    if (typeof value !== 'number' || !(value >= 0)) throw new Error(`entra.lag.${name} must be a number, 0 or more.`)
  }
  return { ...DEFAULT_LAG, ...given }
}

/** A number in [0, 1) that the same text always gives (FNV-1a, mixed once more). */
function shareOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296
}

/** When an object that was made at `madeAt` is found by reads and writes, in milliseconds since 1970. */
export function visibleFrom(lag: LagSettings, id: string, madeAt: number): number {
  return madeAt + Math.ceil(lag.visibleSeconds * 1000 * shareOf(`${lag.seed} seen ${id}`))
}

/** How far behind the replica is that serves a read at `now`, in milliseconds; 0 for one that is up to date. */
export function replicaLag(lag: LagSettings, now: number, read: string): number {
  if (shareOf(`${lag.seed} replica ${now} ${read}`) >= lag.staleProbability) return 0
  return Math.ceil(lag.staleSeconds * 1000 * (1 - shareOf(`${lag.seed} behind ${now} ${read}`)))
}

/** How much later deltas show what happened, in milliseconds. */
export function deltaLag(lag: LagSettings): number {
  return 1000 * Math.max(lag.deltaSeconds, lag.visibleSeconds, lag.staleSeconds, lag.unitMemberSeconds)
}
