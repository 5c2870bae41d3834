import type { SimulatedReply } from '../kernel.ts'
import { confinedTo, groupActor, reachesGroup } from './access.ts'
import { body, type Call, groupOf, noContent, ok, origin, part, query, type Route, record } from './call.ts'
import { forbidden, invalid, OktaError } from './errors.ts'
import { type Expression, parseExpression, predicate, type Test, testsOf } from './expression.ts'
import { groupView } from './group-view.ts'
import type { Json, JsonObject } from './json.ts'
import { requireWritable } from './members.ts'
import { Members } from './memberships.ts'
import type { Group } from './objects.ts'
import type { Org } from './org.ts'
import { limitOf, type PageSize, pageOf } from './paging.ts'
import { forgetGroup } from './rules.ts'
import { shownGroups } from './shown.ts'
import { sortedPage } from './sorted.ts'

/** The longest page of groups. */
const longest = 10_000
/** How many groups `q` finds at most where no limit is said. */
const quickly: PageSize = { byDefault: 300, max: longest }
const times = new Set(['created', 'lastUpdated', 'lastMembershipUpdated'])
const filterProperties = new Set(['id', 'type', 'lastUpdated', 'lastMembershipUpdated'])
const searchProperties = new Set(['id', 'created', 'lastMembershipUpdated', 'lastUpdated', 'type', 'source.id'])

function listGroups(call: Call): SimulatedReply {
  const search = query(call, 'search')
  const filter = query(call, 'filter')
  const q = query(call, 'q')
  if (search !== undefined && filter !== undefined) throw new OktaError(400, 'E0000033')
  const base = origin(call)
  const expand = query(call, 'expand')
  const view = (group: Group): unknown => groupView(call.org, group, { base, expand })
  const size = sizeOf(call)
  if (search !== undefined) return searched(call, search, view)
  if (filter !== undefined) {
    const expression = parseExpression(filter)
    for (const test of testsOf(expression)) checkFilterTest(call, test)
    return pageOf(call, matching(call, expression, false), { size, view })
  }
  return q === undefined ? pageOf(call, visible(call), { size, view }) : quick(call, q, view)
}

function sizeOf({ org }: Call): PageSize {
  return { byDefault: Math.min(org.switches.groupsPerPage, longest), max: longest }
}

/** What `q` finds; this list does not page and has no links. */
function quick(call: Call, start: string, view: (group: Group) => unknown): SimulatedReply {
  const limit = limitOf(call, quickly)
  const found: unknown[] = []
  for (const group of named(call, start)) {
    if (found.length === limit) break
    found.push(view(group))
  }
  return ok(found)
}

function searched(call: Call, text: string, view: (group: Group) => unknown): SimulatedReply {
  const expression = parseExpression(text)
  for (const test of testsOf(expression)) checkSearchTest(call, test)
  const size = sizeOf(call)
  const sortBy = query(call, 'sortBy')
  const groups = matching(call, expression, true)
  return sortBy === undefined
    ? pageOf(call, groups, { size, view })
    : sortedPage(call, groups, { size, view, sortBy, value: groupValue })
}

function* visible(call: Call): Generator<Group> {
  const everywhere = confinedTo(call.principal, call.route.needs) === undefined
  for (const group of shownGroups(call.org)) {
    if (everywhere || reachesGroup(call.principal, call.route.needs, group)) yield group
  }
}

function* named(call: Call, start: string): Generator<Group> {
  const wanted = start.toLowerCase()
  for (const group of visible(call))
    if (
      String(group.profile.name ?? '')
        .toLowerCase()
        .startsWith(wanted)
    )
      yield group
}

function* matching(call: Call, expression: Expression, ignoreCase: boolean): Generator<Group> {
  const matches = predicate(expression, { value: groupValue, isTime: property => times.has(property), ignoreCase })
  for (const group of visible(call)) if (matches(group)) yield group
}

function groupValue(group: Group, property: string): unknown {
  if (property.startsWith('profile.')) return group.profile[property.slice('profile.'.length)]
  switch (property) {
    case 'id':
      return group.id
    case 'type':
      return group.type
    case 'created':
      return group.created
    case 'lastUpdated':
      return group.lastUpdated
    case 'lastMembershipUpdated':
      return group.lastMembershipUpdated
    case 'source.id':
      return group.source
    default:
      return undefined
  }
}

function checkFilterTest({ org }: Call, test: Test): void {
  const more = org.switches.groupOperators === 'all' ? ['ge', 'le'] : []
  const allowed = times.has(test.property) ? ['eq', 'gt', 'lt', ...more] : ['eq']
  if (!filterProperties.has(test.property) || !allowed.includes(test.operator)) throw new OktaError(400, 'E0000094')
}

function checkSearchTest({ org }: Call, test: Test): void {
  const known = searchProperties.has(test.property) || test.property.startsWith('profile.')
  const contains = test.property === 'profile.name' || test.property === 'profile.description'
  const more = org.switches.groupOperators === 'all' ? ['ge', 'le', 'pr'] : []
  const allowed = ['eq', 'sw', 'gt', 'lt', ...more, ...(contains ? ['co'] : [])]
  if (!known || !allowed.includes(test.operator)) throw new OktaError(400, 'E0000031')
}

/** The profile of a request. Refuses an empty, too long or taken name and a description that is too long. */
function checkedProfile(org: Org, given: JsonObject, group?: Group): Record<string, Json> {
  const profile = part(given, 'profile')
  const name = profile?.name
  if (typeof name !== 'string' || name.trim() === '') throw invalid('name', 'name: The field cannot be left blank')
  if (name.length > 255) throw invalid('name', 'name: String lengths should be within 1 to 255 characters')
  const description = profile?.description ?? null
  if (description !== null && typeof description !== 'string')
    throw invalid('description', 'description: The value must be a string')
  if ((description ?? '').length > 1024)
    throw invalid('description', 'description: String lengths should be within 0 to 1024 characters')
  if (isTaken(org, name, group)) throw invalid('name', org.switches.groupNameTakenCause)
  const unknown = Object.keys(profile ?? {}).filter(
    key => key !== 'name' && key !== 'description' && key !== 'objectClass' && !org.groupAttributes.has(key),
  )
  if (unknown.length > 0)
    throw invalid('profile', ...unknown.map(key => `Property name '${key}' is not defined in profile`))
  return { name, description, ...customValues(org, profile ?? {}) }
}

/** Whether another group has the name, as far as the org sees it yet. */
function isTaken(org: Org, name: string, group: Group | undefined): boolean {
  const { groupNamesIgnoreCase, groupNameRaceMs } = org.switches
  return org
    .groupsNamed(name)
    .some(
      other =>
        other !== group &&
        (groupNamesIgnoreCase || other.profile.name === name) &&
        org.now() - other.created >= groupNameRaceMs,
    )
}

/** The custom attributes a profile names, those that are null left out. */
function customValues(org: Org, profile: JsonObject): Record<string, Json> {
  const values: Record<string, Json> = {}
  for (const name of org.groupAttributes.keys()) {
    const value = profile[name]
    if (value !== undefined && value !== null) values[name] = value
  }
  return values
}

function createGroup(call: Call): SimulatedReply {
  const { org } = call
  if (confinedTo(call.principal, call.route.needs) !== undefined) throw forbidden()
  const profile = checkedProfile(org, body(call))
  const now = org.now()
  const group: Group = {
    id: org.id('00g'),
    seq: org.next(),
    type: 'OKTA_GROUP',
    objectClass: ['okta:user_group'],
    created: now,
    lastUpdated: now,
    lastMembershipUpdated: now,
    profile,
    source: null,
    roles: [],
    members: new Members(),
  }
  org.addGroup(group)
  record(call, 'group.lifecycle.create', [groupActor(group)])
  return ok(groupView(call.org, group, { base: origin(call) }))
}

function replaceGroup(call: Call): SimulatedReply {
  const group = groupOf(call)
  requireWritable(call.org, group)
  call.org.setGroupProfile(group, checkedProfile(call.org, body(call), group))
  group.lastUpdated = call.org.now()
  record(call, 'group.profile.update', [groupActor(group)])
  return ok(groupView(call.org, group, { base: origin(call) }))
}

function deleteGroup(call: Call): SimulatedReply {
  const group = groupOf(call)
  requireWritable(call.org, group)
  call.org.eraseGroup(group)
  forgetGroup(call.org, group)
  record(call, 'group.lifecycle.delete', [groupActor(group)])
  return noContent
}

const read = { scope: 'okta.groups.read', needs: 'okta.groups.read' }
const one = '/api/v1/groups/:group'

/** Groups themselves. Source: Okta, Groups API. */
export const groupRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/groups', ...read, bucket: 'groups', withoutRole: 'empty', answer: listGroups },
  {
    method: 'POST',
    path: '/api/v1/groups',
    scope: 'okta.groups.manage',
    needs: 'okta.groups.create',
    bucket: 'groups',
    answer: createGroup,
  },
  {
    method: 'GET',
    path: one,
    ...read,
    bucket: 'groups-id',
    answer: call => ok(groupView(call.org, groupOf(call), { base: origin(call), expand: query(call, 'expand') })),
  },
  {
    method: 'PUT',
    path: one,
    scope: 'okta.groups.manage',
    needs: 'okta.groups.manage',
    bucket: 'groups-id',
    answer: replaceGroup,
  },
  {
    method: 'DELETE',
    path: one,
    scope: 'okta.groups.manage',
    needs: 'okta.groups.manage',
    bucket: 'groups-id',
    answer: deleteGroup,
  },
]
