/** How waits grow with every failure in a row. */
export interface Growth {
  readonly firstMs: number
  readonly longestMs: number
  /** Part by which a wait may be shorter or longer than its turn: 0.5 is half to one and a half. */
  readonly jitter: number
}

/** How long to wait after so many failures in a row (from 1), with chance in [0, 1). */
export function waitAfter(failures: number, { firstMs, longestMs, jitter }: Growth, chance: number): number {
  const turn = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 40))
  return turn * (1 - jitter + 2 * jitter * chance)
}
