import type { SimulatedReply } from '../kernel.ts'
import { appActor, groupActor, userActor } from './access.ts'
import { body, type Call, noContent, ok, origin, type Route, record, userOf } from './call.ts'
import type { Actor, RoleAssignment, User } from './objects.ts'
import { pageOf } from './paging.ts'
import {
  assignmentOf,
  giveRole,
  groupHolder,
  type Holder,
  holderOf,
  requestedRole,
  roleView,
  takeRole,
} from './role-assignments.ts'

/** A user's own roles and those of the groups he is in. */
function listRoles(call: Call): SimulatedReply {
  const holder = holderOf(call)
  const own = holder.who.roles.map(role => roleView(role, holder, origin(call)))
  if (holder.type !== 'USER') return ok(own)
  const groups = [...userOf(call).groups.values()].map(groupHolder)
  return ok([...own, ...groups.flatMap(group => group.who.roles.map(role => roleView(role, group, origin(call))))])
}

function recordRole(call: Call, holder: Holder, what: 'grant' | 'revoke'): void {
  const events = { USER: 'user.account.privilege', GROUP: 'group.privilege', CLIENT: 'app.oauth2.client.privilege' }
  record(call, `${events[holder.type]}.${what}`, [holderActor(call, holder)])
}

function holderActor(call: Call, holder: Holder): Actor {
  const { id } = holder.who
  const user = call.org.users.get(id)
  if (user !== undefined) return userActor(user)
  const group = call.org.groups.get(id)
  if (group !== undefined) return groupActor(group)
  const app = call.org.apps.get(id)
  return app === undefined ? { id, type: 'Unknown', alternateId: 'unknown', displayName: id } : appActor(app)
}

function assign(call: Call): SimulatedReply {
  const holder = holderOf(call)
  const role = requestedRole(call, body(call))
  giveRole(call.org, holder, role)
  recordRole(call, holder, 'grant')
  return { status: holder.type === 'CLIENT' ? 200 : 201, headers: [], body: roleView(role, holder, origin(call)) }
}

function getRole(call: Call): SimulatedReply {
  const holder = holderOf(call)
  return ok(roleView(assignmentOf(call, holder), holder, origin(call)))
}

function unassign(call: Call): SimulatedReply {
  const holder = holderOf(call)
  takeRole(holder, assignmentOf(call, holder))
  recordRole(call, holder, 'revoke')
  return noContent
}

/** Users who hold a role, themselves or through a group; the list is wrapped in `value`. */
function assignees(call: Call): SimulatedReply {
  const base = origin(call)
  const admins = new Set<User>()
  const holds = (held: { readonly roles: readonly RoleAssignment[] }): boolean => held.roles.length > 0
  for (const user of call.org.users.values()) if (holds(user)) admins.add(user)
  for (const group of call.org.groups.values())
    if (holds(group)) for (const member of group.members.values()) admins.add(member.user)
  const view = (user: User): unknown => ({
    id: user.id,
    orn: `orn:okta:directory:00o1:users:${user.id}`,
    _links: {
      self: { href: `${base}/api/v1/users/${user.id}` },
      roles: { href: `${base}/api/v1/users/${user.id}/roles` },
    },
  })
  const sorted = [...admins].sort((left, right) => left.seq - right.seq)
  const page = pageOf(call, sorted, { size: { byDefault: 100, max: 200 }, view })
  const next = page.headers.find(([name, value]) => name === 'link' && value.includes('rel="next"'))?.[1]
  const links = next === undefined ? {} : { _links: { next: { href: /<([^>]*)>/.exec(next)?.[1] ?? '' } } }
  return ok({ value: page.body, ...links })
}

const read = { scope: 'okta.roles.read', needs: 'okta.roles.read' }
const write = { scope: 'okta.roles.manage', needs: 'okta.roles.manage' }

function holderRoutes(path: string, bucket: Route['bucket']): readonly Route[] {
  return [
    { method: 'GET', path, ...read, bucket, answer: listRoles },
    { method: 'POST', path, ...write, bucket, answer: assign },
    { method: 'GET', path: `${path}/:role`, ...read, bucket, answer: getRole },
    { method: 'DELETE', path: `${path}/:role`, ...write, bucket, answer: unassign },
  ]
}

/** Admin roles of users, groups and apps. Source: Okta, Role Assignments API. */
export const roleRoutes: readonly Route[] = [
  ...holderRoutes('/api/v1/users/:user/roles', 'users'),
  ...holderRoutes('/api/v1/groups/:group/roles', 'groups'),
  ...holderRoutes('/oauth2/v1/clients/:client/roles', 'other'),
  { method: 'GET', path: '/api/v1/iam/assignees/users', ...read, bucket: 'other', answer: assignees },
]
