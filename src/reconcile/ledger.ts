import type { Account, AccountKey, FoundAccount, LookupResult, ReadScope, Snapshot } from '../model/account.ts'
import type { AccountId, Instant } from '../model/ids.ts'
import type { ApprovedOperation, Outcome } from '../model/plan.ts'
import type { Provider } from '../provider/provider.ts'
import { type Effect, effectsOf } from './effects.ts'
import { overlaidAccount, overlaidHoldings, overlaidMembers, type Written } from './overlay.ts'

/**
 * A provider whose own writes of late lie over what it reads: its lists may be behind them for as long as its traits say, so that lag
 * alone causes no second write. Only what the provider has confirmed counts, and only in this process.
 */
export function withLedger(provider: Provider, now: () => Instant): Provider {
  const ledger = new Ledger(provider, now)
  return {
    traits: provider.traits,
    probe: (signal, how) => provider.probe(signal, how),
    claim: (owner, signal) => provider.claim(owner, signal),
    catalog: (names, signal) => provider.catalog(names, signal),
    canonicalize: (desired, catalog) => provider.canonicalize(desired, catalog),
    snapshot: async (scope, signal) => ledger.over(await provider.snapshot(scope, signal), scope),
    lookup: async (keys, signal) => (await provider.lookup(keys, signal)).map(result => ledger.overResult(result)),
    apply: (operations, signal) => ledger.watched(provider.apply(operations, signal)),
    close: () => provider.close(),
  }
}

class Ledger {
  readonly #traits: Provider['traits']
  readonly #now: () => Instant
  readonly #written = new Map<AccountId, Written>()

  constructor({ traits }: Provider, now: () => Instant) {
    this.#traits = traits
    this.#now = now
  }

  async *watched(outcomes: AsyncIterable<Outcome>): AsyncGenerator<Outcome> {
    for await (const outcome of outcomes) {
      this.#note(outcome)
      yield outcome
    }
  }

  over(snapshot: Snapshot, scope: ReadScope): Snapshot {
    const recent = this.#recent()
    if (recent.length === 0) return snapshot
    const accounts = new Map(snapshot.accounts)
    const bound = new Set(scope.bound)
    for (const [id, written] of recent) {
      const account = overlaidAccount(accounts.get(id), written)
      const shown = account && account.state !== 'Deleted' && (account.marked || account.blockMarked || bound.has(id))
      if (shown) accounts.set(id, account)
      else accounts.delete(id)
    }
    return { ...snapshot, accounts, members: overlaidMembers(snapshot.members, recent) }
  }

  overResult({ key, accounts }: LookupResult): LookupResult {
    const recent = this.#recent()
    if (recent.length === 0) return { key, accounts }
    const written = new Map(recent)
    const found = accounts.flatMap(one => this.#overFound(one, written.get(one.account.id)))
    const known = new Set(accounts.map(one => one.account.id))
    for (const [id, one] of recent) {
      const account = known.has(id) ? undefined : overlaidAccount(undefined, one)
      if (account && account.state !== 'Deleted' && isNamedBy(key, account))
        found.push(key.kind === 'Id' ? { account, held: overlaidHoldings([], one) } : { account })
    }
    return { key, accounts: found }
  }

  #overFound(found: FoundAccount, written: Written | undefined): FoundAccount[] {
    if (!written) return [found]
    const account = overlaidAccount(found.account, written)
    if (!account || (account.state === 'Deleted' && !this.#traits.bin)) return []
    return [found.held === undefined ? { account } : { account, held: overlaidHoldings(found.held, written) }]
  }

  #note(outcome: Outcome): void {
    if (outcome.kind !== 'applied') return
    const id = outcome.account ?? outcome.operation.account
    if (id === undefined) return
    const at = this.#now()
    const earlier = this.#written.get(id)
    const base = baseOf(outcome.operation, { id, at, outcome }) ?? earlier?.base
    const effects: Effect[] = [...(earlier?.effects ?? []), ...effectsOf(outcome, at)]
    this.#written.delete(id)
    this.#written.set(id, { at, effects, ...(base ? { base } : {}) })
  }

  /** What was written so lately that reads may not show it. Older entries are forgotten. */
  #recent(): readonly (readonly [AccountId, Written])[] {
    const since = this.#now() - this.#traits.readLagMs
    for (const [id, written] of this.#written) {
      const effects = written.effects.filter(effect => effect.at > since)
      if (written.at <= since || effects.length === 0) this.#written.delete(id)
      else if (effects.length < written.effects.length) this.#written.set(id, { ...written, effects })
    }
    return [...this.#written]
  }
}

/** An account that lists may not show at all yet: one that was just made, restored or marked. */
function baseOf(
  operation: ApprovedOperation,
  made: { readonly id: AccountId; readonly at: Instant; readonly outcome: Outcome },
): Account | undefined {
  if (operation.kind === 'create') {
    const login = (made.outcome.kind === 'applied' ? made.outcome.login : undefined) ?? operation.login
    return {
      id: made.id,
      login,
      number: operation.person.number,
      state: operation.state,
      status: operation.state,
      departed: false,
      createdAt: made.at,
      stateSince: made.at,
      marked: false,
      blockMarked: false,
      attributes: operation.attributes,
    }
  }
  const shows = operation.kind === 'adopt' || operation.kind === 'mark' || operation.kind === 'restore'
  return shows && operation.target.kind === 'Bound' ? operation.target.account : undefined
}

function isNamedBy(key: AccountKey, account: Account): boolean {
  switch (key.kind) {
    case 'Id':
      return key.id === account.id
    case 'Number':
      return key.number === account.number
    case 'Login':
      return key.login.toLowerCase() === account.login.toLowerCase()
    case 'Email':
      return key.email.toLowerCase() === account.email?.toLowerCase()
  }
}
