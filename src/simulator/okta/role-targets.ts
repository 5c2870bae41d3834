import type { SimulatedReply } from '../kernel.ts'
import { type Call, noContent, ok, origin, parameter, type Route } from './call.ts'
import { invalid, notFound } from './errors.ts'
import { groupView } from './group-view.ts'
import type { RoleAssignment } from './objects.ts'
import { pageOf } from './paging.ts'
import { assignmentOf, holderOf } from './role-assignments.ts'

const size = { byDefault: 20, max: 200 }
const ofGroups = ['USER_ADMIN', 'HELP_DESK_ADMIN', 'GROUP_MEMBERSHIP_ADMIN']

function roleOf(call: Call, kind: 'group' | 'app'): RoleAssignment {
  const role = assignmentOf(call, holderOf(call))
  const allowed = kind === 'group' ? ofGroups.includes(role.type) : role.type === 'APP_ADMIN'
  if (!allowed) throw invalid('role', `role: A role of type ${role.type} takes no ${kind} targets`)
  return role
}

function listGroups(call: Call): SimulatedReply {
  const ids = assignmentOf(call, holderOf(call)).groups ?? []
  const groups = ids.map(id => call.org.groups.get(id)).filter(group => group !== undefined)
  return pageOf(call, groups, { size, view: group => groupView(call.org, group, { base: origin(call) }) })
}

function targetGroup(call: Call): string {
  const id = parameter(call, 'target')
  if (!call.org.groups.has(id)) throw notFound(id, 'UserGroup')
  return id
}

/** The first target narrows a role that reached everything. */
function addGroup(call: Call): SimulatedReply {
  const id = targetGroup(call)
  const role = roleOf(call, 'group')
  role.groups = [...new Set([...(role.groups ?? []), id])]
  return noContent
}

/** The last target cannot go: a role without any would reach everything. */
function without(targets: readonly string[] | undefined, gone: string, kind: string): readonly string[] {
  if (targets === undefined || !targets.includes(gone)) throw notFound(gone, kind)
  if (targets.length === 1) throw invalid('target', 'target: The last target of a role assignment cannot be removed')
  return targets.filter(target => target !== gone)
}

function removeGroup(call: Call): SimulatedReply {
  const id = targetGroup(call)
  const role = roleOf(call, 'group')
  role.groups = without(role.groups, id, 'UserGroup')
  return noContent
}

function targetApp(call: Call): string {
  const name = parameter(call, 'name')
  const id = call.parameters.app
  const apps = [...call.org.apps.values()]
  const known = id === undefined ? apps.some(app => app.name === name) : call.org.apps.get(id)?.name === name
  if (!known) throw notFound(id ?? name, 'AppInstance')
  return id ?? name
}

function listApps(call: Call): SimulatedReply {
  const base = origin(call)
  const targets = (assignmentOf(call, holderOf(call)).apps ?? []).map((target, seq) => {
    const app = call.org.apps.get(target)
    const name = app?.name ?? target
    const self = { href: `${base}/api/v1/catalog/apps/${name}` }
    const one = app === undefined ? {} : { id: app.id }
    return { seq: seq + 1, view: { ...one, name, displayName: app?.label ?? name, status: 'ACTIVE', _links: { self } } }
  })
  return pageOf(call, targets, { size, view: target => target.view })
}

function addApp(call: Call): SimulatedReply {
  const target = targetApp(call)
  const role = roleOf(call, 'app')
  role.apps = [...new Set([...(role.apps ?? []), target])]
  return noContent
}

function removeApp(call: Call): SimulatedReply {
  const target = targetApp(call)
  const role = roleOf(call, 'app')
  role.apps = without(role.apps, target, 'AppInstance')
  return noContent
}

function addEveryApp(call: Call): SimulatedReply {
  delete roleOf(call, 'app').apps
  return ok({})
}

const read = { scope: 'okta.roles.read', needs: 'okta.roles.read' }
const write = { scope: 'okta.roles.manage', needs: 'okta.roles.manage' }

function targetRoutes(holder: string, bucket: Route['bucket']): readonly Route[] {
  const groups = `${holder}/roles/:role/targets/groups`
  const apps = `${holder}/roles/:role/targets/catalog/apps`
  return [
    { method: 'GET', path: groups, ...read, bucket, answer: listGroups },
    { method: 'PUT', path: `${groups}/:target`, ...write, bucket, answer: addGroup },
    { method: 'DELETE', path: `${groups}/:target`, ...write, bucket, answer: removeGroup },
    { method: 'GET', path: apps, ...read, bucket, answer: listApps },
    { method: 'PUT', path: apps, ...write, bucket, answer: addEveryApp },
    { method: 'PUT', path: `${apps}/:name`, ...write, bucket, answer: addApp },
    { method: 'DELETE', path: `${apps}/:name`, ...write, bucket, answer: removeApp },
    { method: 'PUT', path: `${apps}/:name/:app`, ...write, bucket, answer: addApp },
    { method: 'DELETE', path: `${apps}/:name/:app`, ...write, bucket, answer: removeApp },
  ]
}

/** Groups and apps that a standard role is confined to. Source: Okta, Role Targets API. */
export const roleTargetRoutes: readonly Route[] = [
  ...targetRoutes('/api/v1/users/:user', 'users'),
  ...targetRoutes('/api/v1/groups/:group', 'groups'),
  ...targetRoutes('/oauth2/v1/clients/:client', 'other'),
]
