import type { TenantClock } from '../kernel.ts'
import { gainApp, loseApp, unassignGroup } from './app-access.ts'
import type { EventHook } from './event-hook.ts'
import type { CustomRole, ResourceSet } from './iam.ts'
import { hexText, newId } from './ids.ts'
import type { Json } from './json.ts'
import { Lag } from './lag.ts'
import { SystemLog } from './log-store.ts'
import {
  type ApiToken,
  type App,
  type Attribute,
  type Group,
  type GroupRule,
  type LinkedDefinition,
  type LogEntry,
  type Membership,
  type MembershipSource,
  type RoleAssignment,
  type User,
  type UserType,
  unlink,
} from './objects.ts'
import { type PrincipalLimit, type Quota, quotaOff } from './quota.ts'
import { assignmentId, roleLabel } from './role-label.ts'
import { defaultSwitches, type Switches } from './switches.ts'
import { wholeSecond } from './time.ts'
import { UserIndex } from './user-index.ts'

/** Everything one org holds, with the indexes that keep lookups flat at 100,000 users. */
export class Org {
  readonly clock: TenantClock
  readonly random: () => number
  readonly users = new Map<string, User>()
  readonly groups = new Map<string, Group>()
  readonly rules = new Map<string, GroupRule>()
  readonly types = new Map<string, UserType>()
  readonly linkedDefinitions = new Map<string, LinkedDefinition>()
  /** Custom attributes of group profiles. */
  readonly groupAttributes = new Map<string, Attribute>()
  groupSchemaUpdated = 0
  readonly apps = new Map<string, App>()
  readonly tokens = new Map<string, ApiToken>()
  readonly customRoles = new Map<string, CustomRole>()
  readonly resourceSets = new Map<string, ResourceSet>()
  readonly eventHooks = new Map<string, EventHook>()
  /** Shares of the rate limits by id of the app or API token. */
  readonly principalLimits = new Map<string, PrincipalLimit>()
  /** Apps that deactivated users had been assigned to by themselves. */
  readonly assignedBefore = new WeakMap<User, readonly App[]>()
  /** Apps by the id of a group that is assigned to them. */
  readonly appsByGroup = new Map<string, Set<App>>()
  readonly log = new SystemLog()
  readonly lag: Lag
  /** Users on their way into an announced status. */
  readonly moving = new Set<User>()
  switches: Switches = { ...defaultSwitches }
  quota: Quota = quotaOff
  readonly #index = new UserIndex()
  readonly #groupNames = new Map<string, Set<Group>>()
  #seq = 0

  constructor(clock: TenantClock, random: () => number) {
    this.clock = clock
    this.random = random
    this.lag = new Lag(clock, random)
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
  usersAfter(seq: number): Generator<User> {
    return this.#index.after(seq)
  }

  /** The user with this login, compared as Okta does, DEPROVISIONED ones included. */
  userByLogin(login: string): User | undefined {
    return this.#index.byLogin(login)
  }

  /** The user meant by an id, a login or the part of a login before its `@` where only one user has it. */
  findUser(given: string): User | undefined {
    if (given.includes('@')) return this.#index.byLogin(given) ?? this.#index.byShortName(given)
    return this.users.get(given) ?? this.#index.byLogin(given) ?? this.#index.byShortName(given)
  }

  /** Users whose attribute has this value, without regard to case; a superset for a case-sensitive question. */
  usersWith(attribute: string, value: string): ReadonlySet<User> {
    return this.#index.byAttribute(attribute, value)
  }

  /** Members of a group that came after the one with this number, in the order in which they came. */
  membersAfter(group: Group, seq: number): Iterable<Membership> {
    return group.members.after(seq)
  }

  /** Builds the indexes of all users at once, as it is best done when many have come. */
  indexUsers(): void {
    this.#index.catchUp()
  }

  /** Takes in a new user and makes him a member of Everyone. */
  addUser(user: User): void {
    this.lag.userChanges(user, true)
    this.users.set(user.id, user)
    this.#index.append(user)
    for (const group of this.groups.values()) {
      if (isEveryone(group)) this.join(group, user, 'everyone')
    }
  }

  /** Replaces a user's profile and keeps the indexes right. Null values become absent ones. */
  setProfile(user: User, profile: Readonly<Record<string, Json>>): void {
    this.lag.userChanges(user)
    const before = user.profile
    user.profile = Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null))
    this.#index.update(user, before)
  }

  /** Forgets a user with memberships and links. */
  eraseUser(user: User): void {
    this.lag.userChanges(user)
    for (const app of this.apps.values()) loseApp(this, app, user)
    for (const group of [...user.groups.values()]) this.leave(group, user)
    this.#index.drop(user)
    this.users.delete(user.id)
    for (const other of this.linkedDefinitions.size > 0 ? this.#index.all : []) {
      for (const [name, primary] of other.linked) if (primary === user.id) unlink(other, name)
    }
  }

  /** Marks a user as changed now. */
  touch(user: User): void {
    this.lag.userChanges(user)
    user.lastUpdated = this.now()
    user.version += 1
  }

  addGroup(group: Group): void {
    this.lag.groupChanges(group, true)
    this.groups.set(group.id, group)
    this.#enterName(group)
    if (isEveryone(group)) for (const user of this.#index.all) this.join(group, user, 'everyone')
  }

  setGroupProfile(group: Group, profile: Readonly<Record<string, Json>>): void {
    this.lag.groupChanges(group)
    this.#groupNames.get(nameKey(group))?.delete(group)
    group.profile = profile
    this.#enterName(group)
  }

  eraseGroup(group: Group): void {
    this.lag.groupChanges(group)
    for (const app of [...(this.appsByGroup.get(group.id) ?? [])]) unassignGroup(this, app, group)
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
    const existing = group.members.get(user)
    if (existing !== undefined) {
      group.members.setSource(existing.seq, via)
      return false
    }
    const seq = this.next()
    this.lag.membershipChanges(group, user, undefined)
    group.members.add({ seq, user, via })
    user.groups.add(group, seq)
    this.#membershipChanged(group)
    for (const app of this.#appsOf(group)) gainApp(this, app, user)
    return true
  }

  /** Ends a membership; returns how the user had come in, undefined if he was no member. */
  leave(group: Group, user: User): MembershipSource | undefined {
    const membership = group.members.get(user)
    if (membership === undefined) return undefined
    this.lag.membershipChanges(group, user, membership)
    group.members.delete(membership.seq)
    user.groups.delete(group.id)
    this.#membershipChanged(group)
    for (const app of this.#appsOf(group)) loseApp(this, app, user, { only: 'GROUP' })
    return membership.via
  }

  /** Writes one entry of the System Log, to be read at once or after the delay the switches say. */
  record(entry: Omit<LogEntry, 'seq' | 'uuid' | 'at'>): void {
    if (this.log.quiet) return
    const { random, switches } = this
    const uuid = Array.from({ length: 5 }, (_, index) => hexText(random, [8, 4, 4, 4, 12][index] ?? 4)).join('-')
    const at = this.clock.now()
    const delay = switches.logDelaySeconds * 1000 * (switches.logDelaySeconds > 0 ? 0.5 + random() / 2 : 0)
    this.log.add({ uuid, at, ...entry }, at + delay)
  }

  /** A role assignment of a standard type or with the permissions of a custom one. */
  role(type: string, permissions: readonly string[] = [], groups?: readonly string[]): RoleAssignment {
    const role = {
      id: assignmentId(type) ?? this.id(type === 'CUSTOM' ? 'irb' : 'ra1'),
      type,
      label: roleLabel(type),
      created: this.now(),
      permissions,
    }
    return groups === undefined ? role : { ...role, groups }
  }

  #membershipChanged(group: Group): void {
    if (isEveryone(group) && !this.switches.everyoneMembershipMoves) return
    this.lag.membershipTime(group, this.now())
  }

  #appsOf(group: Group): Iterable<App> {
    return this.appsByGroup.size === 0 ? [] : (this.appsByGroup.get(group.id) ?? [])
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

function nameKey(group: Group): string {
  return String(group.profile.name ?? '').toLowerCase()
}
