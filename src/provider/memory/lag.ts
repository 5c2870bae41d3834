import type { AccountId, EntitlementId, Instant } from '../../model/ids.ts'
import type { MemoryAccount } from './state.ts'

/** What one write changed, so that a lagging read can take it back. */
export type Undo =
  | { readonly kind: 'Account'; readonly id: AccountId; readonly before: MemoryAccount | undefined }
  | { readonly kind: 'Member'; readonly group: EntitlementId; readonly account: AccountId; readonly was: boolean }

/** The tenant as a read that lags sees it: only what differs from now. */
export interface LaggingView {
  readonly accounts: ReadonlyMap<AccountId, MemoryAccount | undefined>
  readonly members: ReadonlyMap<EntitlementId, ReadonlyMap<AccountId, boolean>>
}

/** Remembers writes for as long as reads may not show them. Remembers nothing when the lag is 0. */
export class WriteHistory {
  readonly #lagMs: number
  #entries: { readonly at: Instant; readonly undo: Undo }[] = []

  constructor(lagMs: number) {
    this.#lagMs = lagMs
  }

  note(at: Instant, undo: Undo): void {
    if (this.#lagMs > 0) this.#entries.push({ at, undo })
  }

  clear(): void {
    this.#entries = []
  }

  /** What a lagging read at `now` sees differently. Forgets writes that every read shows by now. */
  view(now: Instant): LaggingView {
    this.#entries = this.#entries.filter(entry => entry.at > now - this.#lagMs)
    const accounts = new Map<AccountId, MemoryAccount | undefined>()
    const members = new Map<EntitlementId, Map<AccountId, boolean>>()
    for (const { undo } of this.#entries.toReversed()) {
      if (undo.kind === 'Account') {
        accounts.set(undo.id, undo.before)
        continue
      }
      const changed = members.get(undo.group) ?? new Map<AccountId, boolean>()
      members.set(undo.group, changed.set(undo.account, undo.was))
    }
    return { accounts, members }
  }
}
