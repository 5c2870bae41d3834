import type { SimulatedReply } from '../kernel.ts'
import { groupActor, userActor } from './access.ts'
import { body, type Call, groupOf, noContent, ok, origin, parameter, type Route, record, userOf } from './call.ts'
import { invalid, notFound, OktaError } from './errors.ts'
import { type JsonObject, stringOr, stringsOf } from './json.ts'
import type { App, Group, RoleAssignment, User } from './objects.ts'
import type { CustomRole } from './org.ts'
import { pageOf } from './paging.ts'
import { timestamp } from './time.ts'

type AssignmentType = 'USER' | 'GROUP' | 'CLIENT'

/** Who can hold roles. */
type Holder = Pick<User | Group | App, 'id' | 'roles'>

function roleView(role: RoleAssignment, assignmentType: AssignmentType): unknown {
  return {
    id: role.id,
    label: role.label,
    type: role.type,
    status: 'ACTIVE',
    created: timestamp(role.created),
    lastUpdated: timestamp(role.created),
    assignmentType,
  }
}

/** A user's own roles and those of the groups he is in. */
function userRoles(call: Call): SimulatedReply {
  const user = userOf(call)
  const inherited = [...user.groups.values()].flatMap(group => group.roles)
  return ok([...user.roles.map(role => roleView(role, 'USER')), ...inherited.map(role => roleView(role, 'GROUP'))])
}

function clientOf(call: Call): App {
  const id = parameter(call, 'client')
  const app = call.org.apps.get(id)
  if (app === undefined) throw notFound(id, 'AppInstance')
  return app
}

function assignedRole(call: Call, given: JsonObject): RoleAssignment {
  const type = stringOr(given.type) ?? ''
  if (!/^[A-Z_]+$/.test(type)) throw invalid('type', 'type: The field cannot be left blank')
  if (type !== 'CUSTOM') return call.org.role(type)
  const custom = customRole(call, stringOr(given.role) ?? '')
  return { ...call.org.role('CUSTOM', custom.permissions), label: custom.label }
}

function assign(call: Call, holder: Holder, assignmentType: AssignmentType): SimulatedReply {
  const role = assignedRole(call, body(call))
  const taken = role.type !== 'CUSTOM' && holder.roles.some(held => held.type === role.type)
  if (taken) throw new OktaError(409, 'E0000090', { summary: 'The role specified is already assigned to the user.' })
  holder.roles.push(role)
  return ok(roleView(role, assignmentType))
}

function assignToUser(call: Call): SimulatedReply {
  const user = userOf(call)
  const reply = assign(call, user, 'USER')
  record(call, 'user.account.privilege.grant', [userActor(user)])
  return reply
}

/** Groups that rules fill cannot hold roles. */
function assignToGroup(call: Call): SimulatedReply {
  const group = groupOf(call)
  if ([...call.org.rules.values()].some(rule => rule.groupIds.includes(group.id))) {
    throw new OktaError(400, 'E0000192', { summary: 'A group with group rules cannot be granted an admin role.' })
  }
  const reply = assign(call, group, 'GROUP')
  record(call, 'group.privilege.grant', [groupActor(group)])
  return reply
}

function unassign(call: Call, holder: Holder): SimulatedReply {
  const id = parameter(call, 'role')
  const index = holder.roles.findIndex(role => role.id === id)
  if (index < 0) throw notFound(id, 'RoleAssignment')
  holder.roles.splice(index, 1)
  return noContent
}

function customRole(call: Call, given: string): CustomRole {
  for (const role of call.org.customRoles.values()) if (role.id === given || role.label === given) return role
  throw notFound(given, 'CustomRole')
}

function customRoleView(role: CustomRole, base: string): unknown {
  const self = `${base}/api/v1/iam/roles/${role.id}`
  return {
    id: role.id,
    label: role.label,
    description: role.description,
    created: timestamp(role.created),
    lastUpdated: timestamp(role.created),
    _links: { self: { href: self }, permissions: { href: `${self}/permissions` } },
  }
}

function createCustomRole(call: Call): SimulatedReply {
  const given = body(call)
  const label = stringOr(given.label) ?? ''
  if (label === '') throw invalid('label', 'label: The field cannot be left blank')
  const { org } = call
  const role = {
    id: org.id('cr0'),
    label,
    description: stringOr(given.description) ?? '',
    permissions: stringsOf(given.permissions),
    created: org.now(),
  }
  org.customRoles.set(role.id, role)
  return ok(customRoleView(role, origin(call)))
}

function permissionsView(call: Call): SimulatedReply {
  const role = customRole(call, parameter(call, 'role'))
  const created = timestamp(role.created)
  return ok({
    permissions: role.permissions.map(label => ({ label, conditions: null, created, lastUpdated: created })),
  })
}

/** Users who hold a role themselves; the list is wrapped in `value`. */
function assignees(call: Call): SimulatedReply {
  const base = origin(call)
  const holders = [...call.org.users.values()].filter(user => user.roles.length > 0)
  const view = (user: User): unknown => ({
    id: user.id,
    orn: `orn:okta:directory:00o1:users:${user.id}`,
    _links: {
      self: { href: `${base}/api/v1/users/${user.id}` },
      roles: { href: `${base}/api/v1/users/${user.id}/roles` },
    },
  })
  const page = pageOf(call, holders, { size: { byDefault: 100, max: 200 }, view })
  const next = page.headers.find(([name, value]) => name === 'link' && value.includes('rel="next"'))?.[1]
  const links = next === undefined ? {} : { _links: { next: { href: /<([^>]*)>/.exec(next)?.[1] ?? '' } } }
  return ok({ value: page.body, ...links })
}

const read = { scope: 'okta.roles.read', needs: 'okta.roles.read' }
const write = { scope: 'okta.roles.manage', needs: 'okta.roles.manage' }
const ofUser = '/api/v1/users/:user/roles'
const ofGroup = '/api/v1/groups/:group/roles'
const ofClient = '/oauth2/v1/clients/:client/roles'

/** Admin roles of users, groups and apps, and the org's custom roles. Source: Okta, Roles API. */
export const roleRoutes: readonly Route[] = [
  { method: 'GET', path: ofUser, ...read, bucket: 'users', answer: userRoles },
  { method: 'POST', path: ofUser, ...write, bucket: 'users', answer: assignToUser },
  {
    method: 'DELETE',
    path: `${ofUser}/:role`,
    ...write,
    bucket: 'users',
    answer: call => unassign(call, userOf(call)),
  },
  {
    method: 'GET',
    path: ofGroup,
    ...read,
    bucket: 'groups',
    answer: call => ok(groupOf(call).roles.map(role => roleView(role, 'GROUP'))),
  },
  { method: 'POST', path: ofGroup, ...write, bucket: 'groups', answer: assignToGroup },
  {
    method: 'DELETE',
    path: `${ofGroup}/:role`,
    ...write,
    bucket: 'groups',
    answer: call => unassign(call, groupOf(call)),
  },
  {
    method: 'GET',
    path: ofClient,
    ...read,
    bucket: 'other',
    answer: call => ok(clientOf(call).roles.map(role => roleView(role, 'CLIENT'))),
  },
  { method: 'POST', path: ofClient, ...write, bucket: 'other', answer: call => assign(call, clientOf(call), 'CLIENT') },
  {
    method: 'DELETE',
    path: `${ofClient}/:role`,
    ...write,
    bucket: 'other',
    answer: call => unassign(call, clientOf(call)),
  },
  {
    method: 'GET',
    path: '/api/v1/iam/roles',
    ...read,
    bucket: 'other',
    answer: call => ok({ roles: [...call.org.customRoles.values()].map(role => customRoleView(role, origin(call))) }),
  },
  { method: 'POST', path: '/api/v1/iam/roles', ...write, bucket: 'other', answer: createCustomRole },
  {
    method: 'GET',
    path: '/api/v1/iam/roles/:role',
    ...read,
    bucket: 'other',
    answer: call => ok(customRoleView(customRole(call, parameter(call, 'role')), origin(call))),
  },
  { method: 'GET', path: '/api/v1/iam/roles/:role/permissions', ...read, bucket: 'other', answer: permissionsView },
  { method: 'GET', path: '/api/v1/iam/assignees/users', ...read, bucket: 'other', answer: assignees },
]
