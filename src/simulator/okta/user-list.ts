import type { SimulatedReply } from '../kernel.ts'
import { confinedTo, reachesUser } from './access.ts'
import { openAttributes } from './attribute-access.ts'
import { type Call, ok, origin, query } from './call.ts'
import { OktaError } from './errors.ts'
import { type Expression, parseExpression, predicate, required, type Test, testsOf } from './expression.ts'
import { fieldsOf, project } from './fields.ts'
import type { User } from './objects.ts'
import { limitOf, type PageSize, pageOf, selfLink, seqOf } from './paging.ts'
import { requireSearchable } from './seldom.ts'
import { shownUser, shownUsersAfter, shownUsersWith } from './shown.ts'
import { sortedPage } from './sorted.ts'
import { classified, omittedBy, userView } from './user-view.ts'

const size: PageSize = { byDefault: 200, max: 200 }
const times = new Set(['created', 'activated', 'statusChanged', 'lastUpdated', 'lastLogin', 'passwordChanged'])
const searchTimes = ['created', 'activated', 'statusChanged', 'lastUpdated']
const contains = new Set(['profile.firstName', 'profile.lastName', 'profile.email', 'profile.login'])
const filterProperties = new Set([
  'status',
  'id',
  'profile.login',
  'profile.email',
  'profile.firstName',
  'profile.lastName',
])

/** `GET /api/v1/users`: the plain list, `q`, `filter` and `search`. */
export function listUsers(call: Call): SimulatedReply {
  const search = query(call, 'search')
  const filter = query(call, 'filter')
  const q = query(call, 'q')
  if (search !== undefined && filter !== undefined) throw new OktaError(400, 'E0000033')
  const view = viewOf(call)
  if (search !== undefined) return searched(call, search, view)
  if (filter !== undefined) {
    const expression = parseExpression(filter)
    for (const test of testsOf(expression)) checkFilterTest(test)
    return pageOf(call, visible(call, matching(call, { expression, ignoreCase: false, from: seqOf(call) })), {
      size,
      view,
    })
  }
  if (q !== undefined && q !== '') return quick(call, q.toLowerCase(), view)
  const { org } = call
  const users = org.lag.settings.plainLists ? shownUsersAfter(org, seqOf(call)) : org.usersAfter(seqOf(call))
  return pageOf(call, visible(call, notDeprovisioned(users)), { size, view })
}

function viewOf(call: Call): (user: User) => unknown {
  const base = origin(call)
  const fields = query(call, 'fields')
  const omitted = omittedBy(call.request.headers['content-type'])
  const expands = query(call, 'expand') === 'classification'
  const view = (user: User): Record<string, unknown> => {
    const isOpen = openAttributes(call.principal, 'okta.users.read', user)
    const shown = userView(call.org, user, { base, links: 'self', omitted, isOpen })
    return expands ? classified(shown) : shown
  }
  if (fields === undefined) return view
  const projection = fieldsOf(fields)
  return user => ({ id: user.id, ...project(view(user), projection) })
}

function searched(call: Call, text: string, view: (user: User) => unknown): SimulatedReply {
  const expression = parseExpression(text)
  for (const test of testsOf(expression)) checkSearchTest(test)
  requireSearchable(call.org)
  const { searchPagingCap: cap } = call.org.switches
  const sortBy = query(call, 'sortBy')
  const from = sortBy === undefined && cap === 0 ? seqOf(call) : 0
  const users = visible(call, matching(call, { expression, ignoreCase: true, from }))
  if (sortBy === undefined) return pageOf(call, cap === 0 ? users : firstOf(users, cap), { size, view })
  return sortedPage(call, users, { size, view, sortBy, value: userValue })
}

function* firstOf(users: Iterable<User>, count: number): Generator<User> {
  let left = count
  for (const user of users) {
    yield user
    left -= 1
    if (left === 0) return
  }
}

/** Up to 10 users (or `limit`) whose first name, last name or email starts with the text; this list does not page. */
function quick(call: Call, text: string, view: (user: User) => unknown): SimulatedReply {
  const limit = limitOf(call, { byDefault: 10, max: size.max })
  const found: unknown[] = []
  for (const user of visible(call, notDeprovisioned(shownUsersAfter(call.org, seqOf(call))))) {
    const starts = ['firstName', 'lastName', 'email'].some(name =>
      String(user.profile[name] ?? '')
        .toLowerCase()
        .startsWith(text),
    )
    if (starts) found.push(view(user))
    if (found.length === limit) break
  }
  return ok(found, [['link', selfLink(call.request.url)]])
}

function* notDeprovisioned(users: Iterable<User>): Generator<User> {
  for (const user of users) if (user.status !== 'DEPROVISIONED') yield user
}

/** Leaves out users the principal's role does not reach. */
function visible(call: Call, users: Iterable<User>): Iterable<User> {
  if (confinedTo(call.principal, call.route.needs) === undefined) return users
  return reached(call, users)
}

function* reached(call: Call, users: Iterable<User>): Generator<User> {
  for (const user of users) if (reachesUser(call.principal, call.route.needs, user)) yield user
}

function* matching(call: Call, wanted: { expression: Expression; ignoreCase: boolean; from: number }): Generator<User> {
  const matches = predicate(wanted.expression, {
    value: userValue,
    isTime: property => times.has(property),
    ignoreCase: wanted.ignoreCase,
  })
  for (const user of candidates(call, wanted.expression, wanted.from)) if (matches(user)) yield user
}

/** Every user, or only those an `eq` that all matches must pass can mean. */
function candidates(call: Call, expression: Expression, from: number): Iterable<User> {
  for (const test of required(expression)) {
    if (test.operator !== 'eq' || test.value === null) continue
    if (test.property === 'id') {
      const user = shownUser(call.org, String(test.value))
      return user === undefined ? [] : [user]
    }
    const attribute = /^profile\.(.+)$/.exec(test.property)?.[1]
    if (attribute !== undefined) return shownUsersWith(call.org, attribute, String(test.value))
  }
  return shownUsersAfter(call.org, from)
}

/** The value of a user under a property name of `filter`, `search` and `sortBy`. */
function userValue(user: User, property: string): unknown {
  if (property.startsWith('profile.')) return user.profile[property.slice('profile.'.length)]
  switch (property) {
    case 'id':
      return user.id
    case 'status':
      return user.status
    case 'type.id':
      return user.typeId
    case 'created':
      return user.created
    case 'activated':
      return user.activated
    case 'statusChanged':
      return user.statusChanged
    case 'lastUpdated':
      return user.lastUpdated
    default:
      return undefined
  }
}

function checkFilterTest(test: Test): void {
  const allowed =
    test.property === 'lastUpdated' ? ['eq', 'gt', 'ge', 'lt', 'le'] : filterProperties.has(test.property) ? ['eq'] : []
  if (!allowed.includes(test.operator)) throw new OktaError(400, 'E0000094')
}

function checkSearchTest(test: Test): void {
  const known =
    ['id', 'status', 'type.id', ...searchTimes].includes(test.property) || test.property.startsWith('profile.')
  const operators = ['eq', 'sw', 'gt', 'ge', 'lt', 'le', 'pr', ...(contains.has(test.property) ? ['co'] : [])]
  if (!known || !operators.includes(test.operator)) throw new OktaError(400, 'E0000031')
}
