import type { Account, Snapshot } from '../model/account.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { AccountId, AttributeName, EntitlementId, Instant } from '../model/ids.ts'
import type { Effect } from './effects.ts'

/** What was lately written to one account. */
export interface Written {
  /** The last write. */
  readonly at: Instant
  /** The account as it was when we made or marked it, for lists that do not show it yet. */
  readonly base?: Account
  /** In the order of writing. */
  readonly effects: readonly Effect[]
}

/** The account as it is after what was written; undefined when nobody knows of one. */
export function overlaidAccount(read: Account | undefined, { base, effects }: Written): Account | undefined {
  let account = read ?? base
  if (!account) return undefined
  for (const effect of effects) {
    if (effect.kind === 'Parts') account = { ...account, ...effect.parts }
    else if (effect.kind === 'Attributes') account = { ...account, attributes: written(account.attributes, effect.set) }
    else if (effect.kind === 'Manager') account = withManager(account, effect.manager)
  }
  return account
}

function written(
  before: Account['attributes'],
  set: Readonly<Record<AttributeName, string | null>>,
): Account['attributes'] {
  const after: Record<AttributeName, string> = { ...before }
  for (const [name, value] of Object.entries(set) as [AttributeName, string | null][])
    if (value === null) delete after[name]
    else after[name] = value
  return after
}

function withManager({ manager: _before, ...account }: Account, manager: AccountId | undefined): Account {
  return manager === undefined ? account : { ...account, manager }
}

/** The members as they are after what was written; the lists that nothing was written to stay the same objects. */
export function overlaidMembers(
  members: Snapshot['members'],
  recent: readonly (readonly [AccountId, Written])[],
): Snapshot['members'] {
  const after = new Map(members)
  const own = new Map<EntitlementId, Set<AccountId>>()
  for (const [id, { effects }] of recent)
    for (const effect of effects) {
      if (effect.kind !== 'Membership') continue
      const before = members.get(effect.entitlement.id)
      if (!before) continue
      let list = own.get(effect.entitlement.id)
      if (!list) {
        list = new Set(before)
        own.set(effect.entitlement.id, list)
        after.set(effect.entitlement.id, list)
      }
      if (effect.member) list.add(id)
      else list.delete(id)
    }
  return after
}

/** What an account holds after what was written. */
export function overlaidHoldings(held: readonly Entitlement[], { effects }: Written): readonly Entitlement[] {
  const after = new Map(held.map(entitlement => [entitlement.id, entitlement]))
  for (const effect of effects) {
    if (effect.kind !== 'Membership') continue
    if (effect.member) after.set(effect.entitlement.id, effect.entitlement)
    else after.delete(effect.entitlement.id)
  }
  return [...after.values()]
}
