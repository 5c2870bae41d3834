import type { Json } from './json.ts'
import type { User } from './objects.ts'

const plain = /^[ -~]*$/

/** A login as Okta compares it: without regard to case and diacritics. */
function comparable(login: string): string {
  if (plain.test(login)) return login.toLowerCase()
  return login.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** Finds users by login, short name, attribute or place in the order of creation, without walking all of them. */
export class UserIndex {
  /** Users by creation; kept apart so that a page starts without walking the whole map. */
  readonly #ordered: User[] = []
  readonly #logins = new Map<string, User>()
  /** Users by the part of the login before its `@`; most have theirs alone. */
  readonly #shortNames = new Map<string, User | Set<User>>()
  /** Users by attribute and lower-cased value, built at the first question about an attribute. */
  readonly #byAttribute = new Map<string, Map<string, Set<User>>>()

  /** All users in the order of creation. */
  get all(): readonly User[] {
    return this.#ordered
  }

  /** Users created after the one with this number, in the order of creation. */
  *after(seq: number): Generator<User> {
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

  /** The user with this login. */
  byLogin(login: string): User | undefined {
    return this.#logins.get(login) ?? this.#logins.get(comparable(login))
  }

  /** The only user whose login begins with this before its `@`. */
  byShortName(name: string): User | undefined {
    const found = this.#shortNames.get(comparable(name))
    if (!(found instanceof Set)) return found
    return found.size === 1 ? [...found][0] : undefined
  }

  /** Users whose attribute has this value, without regard to case. */
  byAttribute(attribute: string, value: string): ReadonlySet<User> {
    let index = this.#byAttribute.get(attribute)
    if (index === undefined) {
      index = new Map()
      this.#byAttribute.set(attribute, index)
      for (const user of this.#ordered) enter(index, user.profile[attribute], user)
    }
    return index.get(value.toLowerCase()) ?? new Set()
  }

  /** Takes in a user who was created last. */
  append(user: User): void {
    this.#ordered.push(user)
    this.enter(user)
  }

  /** Forgets a user who is gone. */
  drop(user: User): void {
    this.leave(user)
    this.#ordered.splice(this.#ordered.indexOf(user), 1)
  }

  /** Enters the values of a user's profile. */
  enter(user: User): void {
    const login = comparable(String(user.profile.login ?? ''))
    this.#logins.set(login, user)
    this.#enterShortName(login.split('@')[0] ?? login, user)
    for (const [attribute, index] of this.#byAttribute) enter(index, user.profile[attribute], user)
  }

  /** Takes the values of a user's profile out, before it changes. */
  leave(user: User): void {
    const login = comparable(String(user.profile.login ?? ''))
    if (this.#logins.get(login) === user) this.#logins.delete(login)
    const short = login.split('@')[0] ?? login
    const sharing = this.#shortNames.get(short)
    if (sharing instanceof Set) sharing.delete(user)
    else if (sharing === user) this.#shortNames.delete(short)
    for (const [attribute, index] of this.#byAttribute) {
      for (const key of keysOf(user.profile[attribute])) index.get(key)?.delete(user)
    }
  }

  #enterShortName(short: string, user: User): void {
    const sharing = this.#shortNames.get(short)
    if (sharing === undefined) this.#shortNames.set(short, user)
    else if (sharing instanceof Set) sharing.add(user)
    else this.#shortNames.set(short, new Set([sharing, user]))
  }
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
