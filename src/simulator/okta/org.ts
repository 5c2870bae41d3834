import type { TenantClock } from '../kernel.ts'
import { hexText, newId } from './ids.ts'
import type { Json } from './json.ts'
import type {
  ApiToken,
  App,
  Group,
  GroupRule,
  LinkedDefinition,
  LogEntry,
  Membership,
  MembershipSource,
  RoleAssignment,
  User,
  UserType,
} from './objects.ts'
import { type Quota, quotaOff } from './quota.ts'
import { defaultSwitches, type Switches } from './switches.ts'
import { wholeSecond } from './time.ts'

/** A login as Okta compares it: without regard to case and diacritics. */
function comparable(login: string): string {
  return login.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** A custom role of the org: `/api/v1/iam/roles`. */
export interface CustomRole {
  readonly id: string
  readonly label: string
  readonly description: string
  readonly permissions: readonly string[]
  readonly created: number
}

/** Everything one org holds, with the indexes that keep lookups flat at 100,000 users. */
export class Org {
  readonly clock: TenantClock
  readonly random: () => number
  readonly users = new Map<string, User>()
  readonly groups = new Map<string, Group>()
  readonly rules = new Map<string, GroupRule>()
  readonly types = new Map<string, UserType>()
  readonly linkedDefinitions = new Map<string, LinkedDefinition>()
  readonly apps = new Map<string, App>()
  readonly tokens = new Map<string, ApiToken>()
  readonly customRoles = new Map<string, CustomRole>()
  readonly log: LogEntry[] = []
  /** Users on their way into an announced status. */
  readonly moving = new Set<User>()
  switches: Switches = { ...defaultSwitches }
  quota: Quota = quotaOff
  /** Users by creation; kept apart so that a page starts without walking the whole map. */
  readonly #ordered: User[] = []
  readonly #logins = new Map<string, User>()
  readonly #shortNames = new Map<string, Set<User>>()
  readonly #groupNames = new Map<string, Set<Group>>()
  /** Users by attribute and lower-cased value, built at the first question about an attribute. */
  readonly #byAttribute = new Map<string, Map<string, Set<User>>>()
  #seq = 0

  constructor(clock: TenantClock, random: () => number) {
    this.clock = clock
    this.random = random
  }

  /** The tenant's time in whole seconds, as ms since 1970. */
  now(): number {
    return wholeSecond(this.clock.now())
  }

  /** A new id with the prefix that says what it is. */
  id(prefix: string): string {
    return newId(this.random, prefix)
  }

  /** The next number in the order of creation. */
  next(): number {
    this.#seq += 1
    return this.#seq
  }

  /** Users created after the one with this number, in the order of creation. */
  *usersAfter(seq: number): Generator<User> {
    let low = 0
    let high = this.#ordered.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ordered[middle]?.seq ?? 0) > seq) high = middle
      else low = middle + 1
    }
    for (let index = low; index < this.#ordered.length; index += 1) {
      const user = this.#ordered[index]
      if (user !== undefined) yield user
    }
  }

  /** The user with this login, compared as Okta does, DEPROVISIONED ones included. */
  userByLogin(login: string): User | undefined {
    return this.#logins.get(comparable(login))
  }

  /** The user meant by an id, a login or the part of a login before its `@` where only one user has it. */
  findUser(given: string): User | undefined {
    const found = this.users.get(given) ?? this.userByLogin(given)
    if (found !== undefined) return found
    const short = this.#shortNames.get(comparable(given))
    return short?.size === 1 ? [...short][0] : undefined
  }

  /** Users whose attribute has this value, without regard to case; a superset for a case-sensitive question. */
  usersWith(attribute: string, value: string): ReadonlySet<User> {
    let index = this.#byAttribute.get(attribute)
    if (index === undefined) {
      index = new Map()
      this.#byAttribute.set(attribute, index)
      for (const user of this.#ordered) enter(index, user.profile[attribute], user)
    }
    return index.get(value.toLowerCase()) ?? new Set()
  }

  /** Takes in a new user and makes him a member of Everyone. */
  addUser(user: User): void {
    this.users.set(user.id, user)
    this.#ordered.push(user)
    this.#index(user)
    for (const group of this.groups.values()) {
      if (isEveryone(group)) this.join(group, user, 'everyone')
    }
  }

  /** Replaces a user's profile and keeps the indexes right. Null values become absent ones. */
  setProfile(user: User, profile: Readonly<Record<string, Json>>): void {
    this.#unindex(user)
    user.profile = Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null))
    this.#index(user)
  }

  /** Forgets a user with memberships and links. */
  eraseUser(user: User): void {
    for (const group of [...user.groups.values()]) this.leave(group, user)
    this.#unindex(user)
    this.users.delete(user.id)
    this.#ordered.splice(this.#ordered.indexOf(user), 1)
    for (const other of this.linkedDefinitions.size > 0 ? this.#ordered : []) {
      for (const [name, primary] of other.linked) if (primary === user.id) other.linked.delete(name)
    }
  }

  /** Marks a user as changed now. */
  touch(user: User): void {
    user.lastUpdated = this.now()
    user.version += 1
  }

  addGroup(group: Group): void {
    this.groups.set(group.id, group)
    this.#enterName(group)
    if (isEveryone(group)) for (const user of this.#ordered) this.join(group, user, 'everyone')
  }

  setGroupProfile(group: Group, profile: Readonly<Record<string, Json>>): void {
    this.#groupNames.get(nameKey(group))?.delete(group)
    group.profile = profile
    this.#enterName(group)
  }

  eraseGroup(group: Group): void {
    for (const member of group.members.values()) member.user.groups.delete(group.id)
    this.#groupNames.get(nameKey(group))?.delete(group)
    this.groups.delete(group.id)
  }

  /** Groups of this name, without regard to case. */
  groupsNamed(name: string): readonly Group[] {
    return [...(this.#groupNames.get(name.toLowerCase()) ?? [])]
  }

  /** Makes a user a member. An existing membership only changes its source; returns whether the user is new in it. */
  join(group: Group, user: User, via: MembershipSource): boolean {
    const existing = group.members.get(user.id)
    if (existing !== undefined) {
      existing.via = via
      return false
    }
    const membership: Membership = { seq: this.next(), user, via }
    group.members.set(user.id, membership)
    user.groups.set(group.id, group)
    this.#membershipChanged(group)
    return true
  }

  /** Ends a membership; returns how the user had come in, undefined if he was no member. */
  leave(group: Group, user: User): MembershipSource | undefined {
    const membership = group.members.get(user.id)
    if (membership === undefined) return undefined
    group.members.delete(user.id)
    user.groups.delete(group.id)
    this.#membershipChanged(group)
    return membership.via
  }

  /** Writes one entry of the System Log; the oldest go when there are more than 200,000. */
  record(entry: Omit<LogEntry, 'seq' | 'uuid' | 'at'>): void {
    const uuid = Array.from({ length: 5 }, (_, index) => hexText(this.random, [8, 4, 4, 4, 12][index] ?? 4)).join('-')
    this.log.push({ seq: this.next(), uuid, at: this.clock.now(), ...entry })
    if (this.log.length > 220_000) this.log.splice(0, 20_000)
  }

  /** A role assignment of a standard type or with the permissions of a custom one. */
  role(type: string, permissions: readonly string[] = [], groups?: readonly string[]): RoleAssignment {
    const role = {
      id: this.id(type === 'CUSTOM' ? 'irb' : 'ra1'),
      type,
      label: roleLabel(type),
      created: this.now(),
      permissions,
    }
    return groups === undefined ? role : { ...role, groups }
  }

  #membershipChanged(group: Group): void {
    if (isEveryone(group) && !this.switches.everyoneMembershipMoves) return
    group.lastMembershipUpdated = this.now()
  }

  #index(user: User): void {
    const login = comparable(String(user.profile.login ?? ''))
    this.#logins.set(login, user)
    const short = login.split('@')[0] ?? login
    const sharing = this.#shortNames.get(short)
    if (sharing === undefined) this.#shortNames.set(short, new Set([user]))
    else sharing.add(user)
    for (const [attribute, index] of this.#byAttribute) enter(index, user.profile[attribute], user)
  }

  #unindex(user: User): void {
    const login = comparable(String(user.profile.login ?? ''))
    if (this.#logins.get(login) === user) this.#logins.delete(login)
    this.#shortNames.get(login.split('@')[0] ?? login)?.delete(user)
    for (const [attribute, index] of this.#byAttribute) {
      for (const key of keysOf(user.profile[attribute])) index.get(key)?.delete(user)
    }
  }

  #enterName(group: Group): void {
    const key = nameKey(group)
    const sharing = this.#groupNames.get(key)
    if (sharing === undefined) this.#groupNames.set(key, new Set([group]))
    else sharing.add(group)
  }
}

/** The group that everybody is in. */
export function isEveryone(group: Group): boolean {
  return group.type === 'BUILT_IN' && group.profile.name === 'Everyone'
}

/** `ORG_ADMIN` is shown as `Organization Administrator`, others by their words. */
function roleLabel(type: string): string {
  const known: Readonly<Record<string, string>> = {
    SUPER_ADMIN: 'Super Administrator',
    ORG_ADMIN: 'Organization Administrator',
    READ_ONLY_ADMIN: 'Read-Only Administrator',
    USER_ADMIN: 'Group Administrator',
    GROUP_MEMBERSHIP_ADMIN: 'Group Membership Administrator',
    HELP_DESK_ADMIN: 'Help Desk Administrator',
    APP_ADMIN: 'Application Administrator',
    REPORT_ADMIN: 'Report Administrator',
    API_ACCESS_MANAGEMENT_ADMIN: 'API Access Management Administrator',
    MOBILE_ADMIN: 'Mobile Administrator',
    CUSTOM: 'Custom role',
  }
  return known[type] ?? type
}

function nameKey(group: Group): string {
  return String(group.profile.name ?? '').toLowerCase()
}

function keysOf(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(item => String(item).toLowerCase())
}

function enter(index: Map<string, Set<User>>, value: Json | undefined, user: User): void {
  for (const key of keysOf(value)) {
    const sharing = index.get(key)
    if (sharing === undefined) index.set(key, new Set([user]))
    else sharing.add(user)
  }
}
