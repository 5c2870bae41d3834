/** What the lists of an org show: everything as it is, or some seconds behind where the org lags. */
import type { Group, Membership, User } from './objects.ts'
import type { Org } from './org.ts'

/** Users as lists show them, created after the one with this number, in the order of creation. */
export function shownUsersAfter(org: Org, seq: number): Iterable<User> {
  if (!org.lag.hasUsers) return org.usersAfter(seq)
  const erased = [...org.lag.changedUsers()].filter(user => org.users.get(user.id) !== user)
  if (erased.length === 0) return asShown(org, org.usersAfter(seq))
  return asShown(org, merged(org.usersAfter(seq), erased.filter(user => user.seq > seq).sort(bySeq)))
}

/** Users who, as lists show them, can have this value: more may come, none is missing. In the order of creation. */
export function shownUsersWith(org: Org, attribute: string, value: string): Iterable<User> {
  const found = new Set(org.usersWith(attribute, value))
  for (const user of org.lag.changedUsers()) found.add(user)
  const users = [...found].sort(bySeq)
  return org.lag.hasUsers ? asShown(org, users) : users
}

/** The user with this id as lists show him. */
export function shownUser(org: Org, id: string): User | undefined {
  const user = org.users.get(id)
  if (!org.lag.hasUsers) return user
  if (user !== undefined) return org.lag.shownUser(user, true)
  for (const erased of org.lag.changedUsers()) if (erased.id === id) return org.lag.shownUser(erased, false)
  return undefined
}

/** Groups as lists show them. */
export function shownGroups(org: Org): Iterable<Group> {
  if (!org.lag.hasGroups) return org.groups.values()
  const groups = new Set(org.groups.values())
  for (const group of org.lag.changedGroups()) groups.add(group)
  return [...groups]
    .sort(bySeq)
    .map(group => org.lag.shownGroup(group, org.groups.get(group.id) === group))
    .filter(group => group !== undefined)
}

/** Members as the member list shows them, after the one with this number. */
export function shownMembers(org: Org, group: Group, after: number): Iterable<Membership> {
  return org.lag.shownMembers(group, org.membersAfter(group, after), after)
}

function* asShown(org: Org, users: Iterable<User>): Generator<User> {
  for (const user of users) {
    const view = org.lag.shownUser(user, org.users.get(user.id) === user)
    if (view !== undefined) yield view
  }
}

function* merged(live: Iterable<User>, erased: readonly User[]): Generator<User> {
  let next = 0
  for (const user of live) {
    for (let ghost = erased[next]; ghost !== undefined && ghost.seq < user.seq; ghost = erased[next]) {
      yield ghost
      next += 1
    }
    yield user
  }
  yield* erased.slice(next)
}

function bySeq(left: { readonly seq: number }, right: { readonly seq: number }): number {
  return left.seq - right.seq
}
