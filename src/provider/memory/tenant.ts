import type { Entitlement, EntitlementKind } from '../../model/entitlement.ts'
import type { AccountId, AttributeName, EntitlementId, Instant } from '../../model/ids.ts'
import { type LaggingView, WriteHistory } from './lag.ts'
import {
  type MemoryAccount,
  type MemoryAccountSeed,
  type MemoryAccountState,
  type MemoryGroupSeed,
  type MemorySeed,
  type MemoryState,
  seededAccount,
  seededGroup,
} from './state.ts'
import { TextIndex } from './text-index.ts'

/** A group with its members. `lent`: a reader holds the set, so that the next write works on a copy. */
interface StoredGroup {
  readonly entitlement: Entitlement
  description: string
  members: Set<AccountId>
  lent: boolean
}

/** What the tenant needs to know to find accounts and to lag. */
export interface TenantOptions {
  readonly numberAttribute: AttributeName
  readonly emailAttribute: AttributeName
  readonly bin: boolean
  readonly readLagMs: number
  readonly now: () => Instant
}

/**
 * A tenant in memory: accounts, groups and administrative units, and the rules a vendor keeps whoever asks. Its methods are what an
 * administrator does by hand; the provider reaches it through `MemoryClient`, which is where faults strike.
 */
export class MemoryTenant {
  readonly #options: TenantOptions
  readonly #history: WriteHistory
  #accounts = new Map<AccountId, MemoryAccount>()
  #groups = new Map<EntitlementId, StoredGroup>()
  #logins = new TextIndex<AccountId>()
  #numbers = new TextIndex<AccountId>()
  #emails = new TextIndex<AccountId>()
  #groupNames = new TextIndex<EntitlementId>()
  #nextId = 1

  constructor(options: TenantOptions) {
    this.#options = options
    this.#history = new WriteHistory(options.readLagMs)
  }

  account(id: AccountId): MemoryAccount | undefined {
    return this.#accounts.get(id)
  }

  accounts(): Iterable<MemoryAccount> {
    return this.#accounts.values()
  }

  /** Live and binned accounts by login, number or e-mail, without case. */
  find(by: 'login' | 'number' | 'email', text: string): readonly MemoryAccount[] {
    const index = { login: this.#logins, number: this.#numbers, email: this.#emails }[by]
    return index.find(text).flatMap(id => this.#accounts.get(id) ?? [])
  }

  /** The live account that has this login; a binned one has set it free. */
  holderOf(login: string): MemoryAccount | undefined {
    return this.find('login', login).find(account => account.state !== 'Deleted')
  }

  entitlement(id: EntitlementId): Entitlement | undefined {
    return this.#groups.get(id)?.entitlement
  }

  entitlementsNamed(kind: EntitlementKind, name: string): readonly Entitlement[] {
    const found = this.#groupNames.find(name).flatMap(id => this.#groups.get(id)?.entitlement ?? [])
    return found.filter(entitlement => entitlement.kind === kind && entitlement.name === name)
  }

  /** Everything a live account is in, marker groups included. */
  entitlementsOf(account: AccountId): readonly Entitlement[] {
    const held: Entitlement[] = []
    for (const { entitlement, members } of this.#groups.values()) if (members.has(account)) held.push(entitlement)
    return held
  }

  description(id: EntitlementId): string {
    return this.#groups.get(id)?.description ?? ''
  }

  isMember(group: EntitlementId, account: AccountId): boolean {
    return this.#groups.get(group)?.members.has(account) ?? false
  }

  /** The members now. The set never changes: later writes make another one. */
  members(id: EntitlementId): ReadonlySet<AccountId> | undefined {
    const group = this.#groups.get(id)
    if (group === undefined) return undefined
    group.lent = true
    return group.members
  }

  /** What a lagging read sees differently from the methods above. */
  lagging(): LaggingView {
    return this.#history.view(this.#options.now())
  }

  addAccount(seed: MemoryAccountSeed): AccountId {
    const account = seededAccount(seed, this.#newId('account'), this.#options.now())
    this.#put(account)
    return account.id
  }

  addGroup(seed: MemoryGroupSeed): EntitlementId {
    const { id, name, kind, privileged, readOnly, description, members } = seededGroup(seed, this.#newId('group'))
    const entitlement = { kind, id, name, privileged, ...(readOnly === undefined ? {} : { readOnly }) }
    this.#groups.set(id, { entitlement, description, members: new Set(members), lent: false })
    this.#groupNames.add(name, id)
    return id
  }

  describe(id: EntitlementId, description: string): void {
    const group = this.#groups.get(id)
    if (group !== undefined) group.description = description
  }

  removeGroup(id: EntitlementId): void {
    this.#groupNames.remove(this.#groups.get(id)?.entitlement.name, id)
    this.#groups.delete(id)
  }

  setMember(id: EntitlementId, account: AccountId, member: boolean): void {
    const group = this.#groups.get(id)
    if (group === undefined || group.members.has(account) === member) return
    this.#history.note(this.#options.now(), { kind: 'Member', group: id, account, was: !member })
    if (group.lent) {
      group.members = new Set(group.members)
      group.lent = false
    }
    if (member) group.members.add(account)
    else group.members.delete(account)
  }

  /** Changes what is named of an account that exists; an attribute that is null is cleared. */
  edit(
    id: AccountId,
    change: {
      readonly login?: string
      readonly attributes?: Readonly<Record<AttributeName, string | null>>
      readonly manager?: AccountId | undefined
      readonly signedIn?: boolean
      readonly credentials?: number
      readonly admin?: boolean
      readonly masteredBy?: string
    },
  ): void {
    const account = this.#accounts.get(id)
    if (account === undefined) return
    const { attributes, manager, ...rest } = change
    const { manager: before, ...kept } = account
    const next = 'manager' in change ? manager : before
    this.#put({
      ...kept,
      ...rest,
      attributes: attributes === undefined ? account.attributes : written(account.attributes, attributes),
      ...(next === undefined ? {} : { manager: next }),
    })
  }

  /** Moves an account into a state. Being blocked ends sessions; the bin hides memberships, leaving it brings them back. */
  setState(id: AccountId, state: MemoryAccountState): void {
    const account = this.#accounts.get(id)
    if (account === undefined || account.state === state) return
    if (state === 'Deleted' && !this.#options.bin) {
      this.erase(id)
      return
    }
    const held = state === 'Deleted' ? this.#leaveAll(id) : []
    const signedIn = state === 'Enabled' && account.signedIn
    this.#put({ ...account, state, stateSince: this.#options.now(), signedIn, heldInBin: held })
    for (const group of account.heldInBin) this.setMember(group, id, true)
  }

  /** Removes an account for good. */
  erase(id: AccountId): void {
    const account = this.#accounts.get(id)
    if (account === undefined) return
    this.#leaveAll(id)
    this.#history.note(this.#options.now(), { kind: 'Account', id, before: account })
    this.#unindex(account)
    this.#accounts.delete(id)
  }

  /** Everything, as JSON. */
  state(): MemoryState {
    const groups = [...this.#groups.values()].map(({ entitlement, description, members }) => ({
      ...entitlement,
      description,
      members: [...members],
    }))
    return { version: 1, accounts: [...this.#accounts.values()], groups }
  }

  /** Replaces everything. */
  load(seed: MemorySeed): void {
    this.#accounts = new Map()
    this.#groups = new Map()
    this.#logins = new TextIndex<AccountId>()
    this.#numbers = new TextIndex<AccountId>()
    this.#emails = new TextIndex<AccountId>()
    this.#groupNames = new TextIndex<EntitlementId>()
    for (const account of seed.accounts ?? []) this.addAccount(account)
    for (const group of seed.groups ?? []) this.addGroup(group)
    this.#history.clear()
  }

  #put(account: MemoryAccount): void {
    const before = this.#accounts.get(account.id)
    this.#history.note(this.#options.now(), { kind: 'Account', id: account.id, before })
    if (before !== undefined) this.#unindex(before)
    this.#accounts.set(account.id, account)
    this.#logins.add(account.login, account.id)
    this.#numbers.add(account.attributes[this.#options.numberAttribute], account.id)
    this.#emails.add(account.attributes[this.#options.emailAttribute], account.id)
  }

  #unindex(account: MemoryAccount): void {
    this.#logins.remove(account.login, account.id)
    this.#numbers.remove(account.attributes[this.#options.numberAttribute], account.id)
    this.#emails.remove(account.attributes[this.#options.emailAttribute], account.id)
  }

  #leaveAll(id: AccountId): readonly EntitlementId[] {
    const held = this.entitlementsOf(id).map(entitlement => entitlement.id)
    for (const group of held) this.setMember(group, id, false)
    return held
  }

  /** An id for an account that is about to be made. */
  newAccountId(): AccountId {
    return this.#newId('account') as AccountId
  }

  /** An id nothing has yet. */
  #newId(what: 'account' | 'group'): string {
    for (;;) {
      const id = `${what}-${this.#nextId}`
      this.#nextId += 1
      if (!this.#accounts.has(id as AccountId) && !this.#groups.has(id as EntitlementId)) return id
    }
  }
}

function written(
  before: Readonly<Record<AttributeName, string>>,
  set: Readonly<Record<AttributeName, string | null>>,
): Readonly<Record<AttributeName, string>> {
  const after: Record<AttributeName, string> = { ...before }
  for (const [name, value] of Object.entries(set)) {
    if (value === null || value === '') delete after[name]
    else after[name] = value
  }
  return after
}
