import type { Account, Snapshot } from '../model/account.ts'
import type { ScopedEntitlement } from '../model/desired.ts'
import type { EntitlementId } from '../model/ids.ts'
import { lookupKey } from '../model/keys.ts'
import type { Drift } from '../model/plan.ts'
import type { Fact } from '../model/record.ts'
import { because, personOf, type View } from './diff-view.ts'
import { holdingsIn } from './holdings.ts'

const nothingHeld: ReadonlySet<EntitlementId> = new Set()

/**
 * Entitlements of a person who is not a leaver. `held` is what the snapshot says of one account and one entitlement in scope; what comes
 * through a group is held as far as it is desired, and not held as far as it is to be taken.
 *
 * | desired | held | undecided | mode                   | we gave it | drift   |
 * | :-----: | :--: | :-------: | ---------------------- | :--------: | ------- |
 * |   yes   |  no  |     –     | any                    |     –      | Missing |
 * |   no    | yes  |    yes    | any                    |     –      | –       |
 * |   no    | yes  |    no     | Authoritative          |     –      | Extra   |
 * |   no    | yes  |    no     | Additive or Retiring   |    yes     | Extra   |
 * |   no    | yes  |    no     | Additive or Retiring   |     no     | –       |
 *
 * Without a snapshot nothing is known. Without an account everything is missing, and so it is for one that is stripped first.
 */
export function grantDrift(view: View, account: Account | undefined, how: 'AsRead' | 'Stripped' = 'AsRead'): Drift[] {
  const { snapshot } = view.actual
  if (!snapshot) return []
  const { person } = view
  const held = account && how === 'AsRead' ? heldBy(view, account, snapshot) : nothingHeld
  const drift: Drift[] = []
  for (const { entitlement, mappings } of person.grants.values()) {
    if (held.has(entitlement.id)) continue
    if (account && how === 'AsRead' && (isInherited(view, account, entitlement.id) || isFresh(view, entitlement.id)))
      continue
    const text = `${mappings.length === 1 ? 'mapping' : 'mappings'} ${mappings.join(', ')}`
    drift.push({
      kind: 'EntitlementMissing',
      account,
      entitlement,
      person: personOf(person, account?.login),
      because: { ...because(view, text, mappings), basis: 'Declared' },
    })
  }
  if (account) drift.push(...extraGrants(view, account, held))
  return drift
}

/** What the lists show, and what the account itself told where it was asked: a list may have come short. */
function heldBy(view: View, account: Account, snapshot: Snapshot): ReadonlySet<EntitlementId> {
  const listed = holdingsIn(snapshot, account.id)
  const told = directlyHeld(view, account)
  if (!told) return listed
  return new Set([...listed, ...[...told].filter(id => view.desired.scope.has(id))])
}

/** What a direct read of this account says that it holds; undefined where it was not asked. */
function directlyHeld({ actual }: View, { id }: Account): ReadonlySet<EntitlementId> | undefined {
  const [found] = actual.answers.get(lookupKey({ kind: 'Id', id }))?.accounts ?? []
  return found?.held && new Set(found.held.map(entitlement => entitlement.id))
}

/** It comes through a group: nothing is missing, and there is nothing of their own to take. */
function isInherited({ actual }: View, account: Account, id: EntitlementId): boolean {
  return actual.snapshot?.inherited?.get(id)?.has(account.id) === true
}

/** We gave it so lately that the provider's lists need not show it yet: our own write is trusted, not the list. */
function isFresh({ known, desired, traits }: View, id: EntitlementId): boolean {
  const at = known?.grants.get(id)?.at
  return at !== undefined && desired.now - at < traits.readLagMs
}

/**
 * What the lists settle about grants of ours. One whose answer was lost is ours if it is held; one that is gone, and not to be given
 * again, is ours no longer: whoever gives it next, it is not us. That it is gone is not taken from a list, but from the account itself.
 */
export function grantFacts(view: View, account: Account): Fact[] {
  const { known, person, actual } = view
  const members = actual.snapshot?.members
  const told = directlyHeld(view, account)
  const isHeld = (id: EntitlementId): boolean => members?.get(id)?.has(account.id) === true || told?.has(id) === true
  const facts: Fact[] = []
  for (const [id, grant] of known?.announced ?? []) {
    if (!members?.has(id)) continue
    if (isHeld(id)) facts.push({ kind: 'granted', ...grant })
    else if (told || person.grants.has(id)) facts.push({ kind: 'revoked', entitlement: id })
  }
  for (const id of known?.grants.keys() ?? []) {
    const settled = known?.announced?.has(id) || person.grants.has(id)
    if (told && members?.has(id) && !settled && !isHeld(id) && !isFresh(view, id))
      facts.push({ kind: 'revoked', entitlement: id })
  }
  return facts
}

function extraGrants(view: View, account: Account, held: ReadonlySet<EntitlementId>): Drift[] {
  const { person, desired, known } = view
  const drift: Drift[] = []
  for (const id of held) {
    const scoped = desired.scope.get(id)
    if (!scoped || person.grants.has(id) || person.undecided.has(id)) continue
    if (scoped.mode !== 'Authoritative' && !known?.grants.has(id) && !known?.announced?.has(id)) continue
    drift.push({
      kind: 'EntitlementExtra',
      account,
      entitlement: scoped.entitlement,
      departed: false,
      person: personOf(person, account.login),
      because: { ...because(view, extraText(scoped), scoped.mappings), basis: 'Inferred' },
    })
  }
  return drift
}

function extraText(scoped: ScopedEntitlement): string {
  const names = scoped.mappings.join(', ')
  switch (scoped.mode) {
    case 'Retiring':
      return `granted by mapping ${names}, which no longer names it`
    case 'Additive':
      return `granted by mapping ${names}, which no longer matches`
    case 'Authoritative':
      return `no mapping grants it, and mapping ${names} is authoritative`
  }
}
