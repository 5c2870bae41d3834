/** How often one kind of request was answered with one status. */
export interface RequestCount {
  readonly provider: 'okta' | 'entra'
  readonly method: string
  /** The path with ids replaced by `*`. */
  readonly path: string
  /** HTTP status; 0 where the connection was broken or never answered. */
  readonly status: number
  /** True for a request that came inside a `$batch`, which is counted itself too. */
  readonly batched?: true
  readonly count: number
}

/** Counts requests by provider, method, path pattern and status. */
export class RequestLog {
  readonly #counts = new Map<string, { row: Omit<RequestCount, 'count'>; count: number }>()

  /** Counts one answered request. */
  record(row: Omit<RequestCount, 'count'>): void {
    const key = [row.provider, row.method, row.path, row.status, row.batched === true].join(' ')
    const entry = this.#counts.get(key)
    if (entry === undefined) this.#counts.set(key, { row, count: 1 })
    else entry.count += 1
  }

  /** All counts, in the order in which each kind came first. */
  counts(): readonly RequestCount[] {
    return [...this.#counts.values()].map(({ row, count }) => ({ ...row, count }))
  }

  /** Forgets everything. */
  clear(): void {
    this.#counts.clear()
  }
}
