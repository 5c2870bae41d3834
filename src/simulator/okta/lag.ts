import type { TenantClock } from '../kernel.ts'
import type { Group, Membership, User } from './objects.ts'

/** How far what is served from an index stands behind. Measured: stale reads up to 4 s after the write. */
export interface LagSettings {
  readonly enforced: boolean
  /** Shortest and longest time until a write shows, in milliseconds of the tenant's clock. */
  readonly minMs: number
  readonly maxMs: number
  /** Whether the plain list of users, without `search`, `filter` or `q`, stands behind as well. */
  readonly plainLists: boolean
}

/** Everything shows at once. */
export const lagOff: LagSettings = { enforced: false, minMs: 0, maxMs: 4000, plainLists: false }

/** A write that the index does not show before `visibleAt`; until then it shows `before`, undefined for nothing. */
interface Change<Item> {
  readonly visibleAt: number
  readonly before: Item | undefined
  readonly request: number
}

/** How often what shows by now is forgotten. */
const pruneMs = 250

type Changes<Key, Item> = Map<Key, Change<Item>[]>

interface MembershipTime {
  readonly group: Group
  readonly visibleAt: number
  readonly time: number
}

/**
 * The second of an org's two views: objects by id are always as they are, lists come from an index that follows some
 * seconds later. Only what was written in the last seconds is kept, so an org without recent writes pays nothing.
 */
export class Lag {
  settings: LagSettings = lagOff
  readonly #clock: TenantClock
  readonly #random: () => number
  readonly #users: Changes<User, User> = new Map()
  readonly #groups: Changes<Group, Group> = new Map()
  readonly #members = new Map<Group, Changes<User, Membership>>()
  #times: MembershipTime[] = []
  #request = 0
  #pruned = 0

  constructor(clock: TenantClock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** Turns the lag on or off; off shows everything at once. */
  turn(on: boolean): void {
    this.settings = { ...this.settings, enforced: on }
    if (on) return
    this.#applyTimes(Number.POSITIVE_INFINITY)
    this.#users.clear()
    this.#groups.clear()
    this.#members.clear()
  }

  /** Begins a request: what it changes twice counts as one write. Forgets what shows by now. */
  begin(): void {
    if (!this.settings.enforced) return
    this.#request += 1
    const now = this.#clock.now()
    if (this.#times.length > 0) this.#applyTimes(now)
    if (now - this.#pruned < pruneMs && now >= this.#pruned) return
    this.#pruned = now
    prune(this.#users, now)
    prune(this.#groups, now)
    for (const [group, changes] of this.#members) {
      prune(changes, now)
      if (changes.size === 0) this.#members.delete(group)
    }
  }

  /** To be called before a user changes; `isNew` for one who was not there. */
  userChanges(user: User, isNew = false): void {
    if (this.settings.enforced) this.#note(this.#users, user, isNew ? undefined : { ...user })
  }

  /** To be called before a group's own data change; `isNew` for one that was not there. */
  groupChanges(group: Group, isNew = false): void {
    if (this.settings.enforced) this.#note(this.#groups, group, isNew ? undefined : { ...group })
  }

  /** To be called before a membership begins (`before` undefined) or ends. */
  membershipChanges(group: Group, user: User, before: Membership | undefined): void {
    if (!this.settings.enforced) return
    let changes = this.#members.get(group)
    if (changes === undefined) {
      changes = new Map()
      this.#members.set(group, changes)
    }
    this.#note(changes, user, before)
  }

  /** Sets `lastMembershipUpdated`, which lags itself: in lists and on the group alike. */
  membershipTime(group: Group, time: number): void {
    if (this.settings.enforced) this.#times.push({ group, time, visibleAt: this.#clock.now() + this.#delay() })
    else group.lastMembershipUpdated = time
  }

  /** `lastMembershipUpdated` as it will be once everything shows. */
  trueMembershipTime(group: Group): number {
    return this.#times.reduce(
      (latest, entry) => (entry.group === group ? Math.max(latest, entry.time) : latest),
      group.lastMembershipUpdated,
    )
  }

  /** Whether any user shows other than he is. */
  get hasUsers(): boolean {
    return this.#users.size > 0
  }

  /** Whether any group shows other than it is. */
  get hasGroups(): boolean {
    return this.#groups.size > 0
  }

  /** Users with a write that does not show yet, erased ones included. */
  changedUsers(): Iterable<User> {
    return this.#users.keys()
  }

  changedGroups(): Iterable<Group> {
    return this.#groups.keys()
  }

  /** The user as lists show him; undefined where they do not show him yet, or any more. `alive`: he is there. */
  shownUser(user: User, alive: boolean): User | undefined {
    return shown(this.#users.get(user), this.#clock.now(), alive ? user : undefined)
  }

  shownGroup(group: Group, alive: boolean): Group | undefined {
    return shown(this.#groups.get(group), this.#clock.now(), alive ? group : undefined)
  }

  /** The members as the member list shows them, in the order in which they came, after the one with this number. */
  shownMembers(group: Group, members: Iterable<Membership>, after: number): Iterable<Membership> {
    const changes = this.#members.get(group)
    if (changes === undefined) return members
    const now = this.#clock.now()
    const list = [...members].filter(member => member.seq > after && !changes.has(member.user))
    for (const [user, change] of changes) {
      const member = shown(change, now, group.members.get(user))
      if (member !== undefined && member.seq > after) list.push(member)
    }
    return list.sort((left, right) => left.seq - right.seq)
  }

  #note<Key, Item>(changes: Changes<Key, Item>, key: Key, before: Item | undefined): void {
    const list = changes.get(key)
    const last = list?.at(-1)
    if (last?.request === this.#request) return
    const visibleAt = Math.max(last?.visibleAt ?? 0, this.#clock.now() + this.#delay())
    const change = { visibleAt, before, request: this.#request }
    if (list === undefined) changes.set(key, [change])
    else list.push(change)
  }

  #delay(): number {
    const { minMs, maxMs } = this.settings
    return minMs + this.#random() * Math.max(0, maxMs - minMs)
  }

  #applyTimes(now: number): void {
    const waiting: MembershipTime[] = []
    for (const entry of this.#times) {
      if (entry.visibleAt > now) waiting.push(entry)
      else entry.group.lastMembershipUpdated = Math.max(entry.group.lastMembershipUpdated, entry.time)
    }
    this.#times = waiting
  }
}

function shown<Item>(
  changes: readonly Change<Item>[] | undefined,
  now: number,
  live: Item | undefined,
): Item | undefined {
  for (const change of changes ?? []) if (change.visibleAt > now) return change.before
  return live
}

function prune<Key, Item>(changes: Changes<Key, Item>, now: number): void {
  for (const [key, list] of changes) if ((list.at(-1)?.visibleAt ?? 0) <= now) changes.delete(key)
}
