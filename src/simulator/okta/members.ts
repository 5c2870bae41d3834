import type { SimulatedReply } from '../kernel.ts'
import { groupActor, reachesUser, systemActor, userActor } from './access.ts'
import { openAttributes } from './attribute-access.ts'
import { type Call, groupOf, noContent, ok, origin, type Route, record, userOf } from './call.ts'
import { forbidden, notFound, OktaError } from './errors.ts'
import { groupView } from './group-view.ts'
import type { Group, Membership } from './objects.ts'
import type { Org } from './org.ts'
import { type PageSize, pageOf, seqOf } from './paging.ts'
import { applyRules, membershipRulesExist } from './rules.ts'
import { shownMembers } from './shown.ts'
import { userView } from './user-view.ts'

const size: PageSize = { byDefault: 1000, max: 1000 }
const userSide = 'okta.users.groupMembership.manage'

/** Refuses writes to groups that an import or Okta itself owns. */
export function requireWritable(org: Org, group: Group): void {
  if (group.type === 'OKTA_GROUP') return
  if (org.switches.readOnlyGroupRefusal === 'E0000060') throw new OktaError(501, 'E0000060')
  throw forbidden()
}

function* shown(call: Call, group: Group): Generator<Membership> {
  for (const member of shownMembers(call.org, group, seqOf(call))) {
    const hidden = member.user.status === 'DEPROVISIONED' && !call.org.switches.membersIncludeDeprovisioned
    if (!hidden) yield member
  }
}

function listMembers(call: Call): SimulatedReply {
  const base = origin(call)
  return pageOf(call, shown(call, groupOf(call)), {
    size,
    view: ({ user }) =>
      userView(call.org, user, {
        base,
        links: 'self',
        isOpen: openAttributes(call.principal, 'okta.users.read', user),
      }),
  })
}

function addMember(call: Call): SimulatedReply {
  const { org } = call
  const group = groupOf(call)
  const user = userOf(call, { needs: 'okta.users.read' })
  if (!reachesUser(call.principal, userSide, user)) throw forbidden()
  requireWritable(org, group)
  if (user.status === 'DEPROVISIONED' && !group.members.has(user)) {
    throw org.switches.deprovisionedMemberRefusal === 'E0000006'
      ? forbidden()
      : notFound(call.parameters.user ?? '', 'User')
  }
  if (org.join(group, user, 'manual')) record(call, 'group.user_membership.add', [userActor(user), groupActor(group)])
  if (membershipRulesExist(org)) applyRules(org, user)
  return noContent
}

function removeMember(call: Call): SimulatedReply {
  const { org } = call
  const group = groupOf(call)
  const user = userOf(call, { needs: 'okta.users.read' })
  if (!reachesUser(call.principal, userSide, user)) throw forbidden()
  requireWritable(org, group)
  const via = org.leave(group, user)
  if (via === undefined) return noContent
  record(call, 'group.user_membership.remove', [userActor(user), groupActor(group)])
  if (typeof via === 'object') {
    for (const rule of org.rules.values())
      if (rule.groupIds.includes(group.id) && rule.status === 'ACTIVE') rule.excluded.add(user.id)
    record(call, 'group.user_membership.rule.add_exclusion', [userActor(user), groupActor(group)], systemActor)
  }
  if (membershipRulesExist(org)) applyRules(org, user)
  return noContent
}

/** All groups of a user on one page, Everyone included. */
function listUserGroups(call: Call): SimulatedReply {
  const base = origin(call)
  const groups = [...userOf(call).groups.values()].map(group => groupView(call.org, group, { base }))
  const { url } = call.request
  return ok(groups, [['link', `<${url.origin}${url.pathname}?limit=200>; rel="self"`]])
}

const write = { scope: 'okta.groups.manage', needs: 'okta.groups.members.manage', bucket: 'groups' } as const
const member = '/api/v1/groups/:group/users/:user'

/** Who is in which group. Source: Okta, Groups API, group membership. */
export const memberRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/groups/:group/users',
    scope: 'okta.groups.read',
    needs: 'okta.groups.read',
    bucket: 'groups',
    answer: listMembers,
  },
  { method: 'PUT', path: member, ...write, answer: addMember },
  { method: 'DELETE', path: member, ...write, answer: removeMember },
  {
    method: 'GET',
    path: '/api/v1/users/:user/groups',
    scope: 'okta.users.read',
    needs: 'okta.users.read',
    bucket: 'users',
    answer: listUserGroups,
  },
]
