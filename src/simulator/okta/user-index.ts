import type { Json } from './json.ts'
import type { User } from './objects.ts'
import { ValueIndex } from './value-index.ts'

const plain = /^[ -~]*$/

type Profile = User['profile']

/** A login as Okta compares it: without regard to case and diacritics. */
function comparable(login: string): string {
  if (plain.test(login)) return login.toLowerCase()
  return login.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function loginOf(profile: Profile): string {
  return comparable(String(profile.login ?? ''))
}

/** The part of a login before its `@`, as it is compared. */
function shortName(profile: Profile): string {
  const login = loginOf(profile)
  const at = login.indexOf('@')
  return at < 0 ? login : login.slice(0, at)
}

/** Finds users by login, short name, attribute or place in the order of creation, without walking all of them. */
export class UserIndex {
  /** Users by creation; kept apart so that a page starts without walking the whole map. */
  readonly #ordered: User[] = []
  readonly #logins = new Map<string, User>()
  #shortNames = new ValueIndex()
  /** Users by attribute and lower-cased value, for every attribute that anybody has. */
  readonly #byAttribute = new Map<string, ValueIndex>()
  /** How many users these two know; the rest waits until somebody asks. */
  #caughtUp = 0

  /** All users in the order of creation. */
  get all(): readonly User[] {
    return this.#ordered
  }

  /** Users created after the one with this number, in the order of creation. */
  *after(seq: number): Generator<User> {
    for (let index = this.#placeAfter(seq); index < this.#ordered.length; index += 1) {
      const user = this.#ordered[index]
      if (user !== undefined) yield user
    }
  }

  /** The user with this login. */
  byLogin(login: string): User | undefined {
    return this.#logins.get(login) ?? this.#logins.get(comparable(login))
  }

  /** The only user whose login begins with this before its `@`. */
  byShortName(name: string): User | undefined {
    this.catchUp()
    const short = comparable(name)
    const found = this.#confirmed(this.#shortNames.like(short), user => shortName(user.profile) === short)
    return found.size === 1 ? [...found][0] : undefined
  }

  /** Users whose attribute has this value, without regard to case. */
  byAttribute(attribute: string, value: string): ReadonlySet<User> {
    this.catchUp()
    const key = value.toLowerCase()
    const like = this.#byAttribute.get(attribute)?.like(key) ?? []
    return this.#confirmed(like, user => keysOf(user.profile[attribute]).includes(key))
  }

  /** Takes in a user who was created last. */
  append(user: User): void {
    this.#ordered.push(user)
    this.#logins.set(loginOf(user.profile), user)
  }

  /** Takes the users who came last into all indexes: many at once need less room than one after the other. */
  catchUp(): void {
    if (this.#caughtUp === 0) this.#shortNames = new ValueIndex(this.#ordered.length)
    for (; this.#caughtUp < this.#ordered.length; this.#caughtUp += 1) {
      const user = this.#ordered[this.#caughtUp]
      if (user === undefined) continue
      this.#shortNames.add(shortName(user.profile), user.seq)
      for (const attribute in user.profile) this.#enter(attribute, user)
    }
  }

  /** Forgets a user who is gone. */
  drop(user: User): void {
    this.catchUp()
    const at = this.#placeAfter(user.seq) - 1
    if (this.#ordered[at] === user) {
      this.#ordered.splice(at, 1)
      this.#caughtUp -= 1
    }
    this.#leaveLogin(user, user.profile)
    for (const attribute in user.profile) this.#leave(attribute)
  }

  /** Follows a user whose profile has just changed from what it was before. */
  update(user: User, before: Profile): void {
    this.catchUp()
    if (before.login !== user.profile.login) {
      this.#leaveLogin(user, before)
      this.#logins.set(loginOf(user.profile), user)
      this.#shortNames.add(shortName(user.profile), user.seq)
    }
    for (const attribute in before) if (before[attribute] !== user.profile[attribute]) this.#leave(attribute)
    for (const attribute in user.profile)
      if (before[attribute] !== user.profile[attribute]) this.#enter(attribute, user)
  }

  #confirmed(seqs: Iterable<number>, isMeant: (user: User) => boolean): ReadonlySet<User> {
    const found = new Set<User>()
    for (const seq of seqs) {
      const user = this.#ordered[this.#placeAfter(seq) - 1]
      if (user?.seq === seq && isMeant(user)) found.add(user)
    }
    return found
  }

  #leaveLogin(user: User, profile: Profile): void {
    const login = loginOf(profile)
    if (this.#logins.get(login) === user) this.#logins.delete(login)
    this.#shortNames.noteOutdated()
    if (!this.#shortNames.isOutdated) return
    this.#shortNames = new ValueIndex(this.#ordered.length)
    for (const other of this.#ordered) this.#shortNames.add(shortName(other.profile), other.seq)
  }

  #enter(attribute: string, user: User): void {
    const index = this.#byAttribute.get(attribute) ?? new ValueIndex(this.#ordered.length)
    this.#byAttribute.set(attribute, index)
    for (const key of keysOf(user.profile[attribute])) index.add(key, user.seq)
  }

  #leave(attribute: string): void {
    const index = this.#byAttribute.get(attribute)
    index?.noteOutdated()
    if (index?.isOutdated !== true) return
    this.#byAttribute.delete(attribute)
    for (const user of this.#ordered) this.#enter(attribute, user)
  }

  #placeAfter(seq: number): number {
    let low = 0
    let high = this.#ordered.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ordered[middle]?.seq ?? 0) > seq) high = middle
      else low = middle + 1
    }
    return low
  }
}

function keysOf(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(item => String(item).toLowerCase())
}
