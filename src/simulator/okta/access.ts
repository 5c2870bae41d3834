import { forbidden, OktaError } from './errors.ts'
import type { Actor, App, Group, RoleAssignment, User } from './objects.ts'
import type { Org } from './org.ts'

/** Who sends a request, after the credentials have been found good. */
export interface Principal {
  readonly actor: Actor
  /** Granted scopes of an access token; undefined for an API token, which knows no scopes. */
  readonly scopes: ReadonlySet<string> | undefined
  readonly roles: readonly RoleAssignment[]
  /** The user behind an API token. */
  readonly userId: string | null
}

const reads = /\.read$/
const userWork = /^okta\.(users\.|groups\.(read|members\.))/

/** Which permissions the standard roles carry. Source: Okta, Standard administrator roles and permissions. */
const standardRoles: Readonly<Record<string, (permission: string) => boolean>> = {
  SUPER_ADMIN: () => true,
  ORG_ADMIN: permission => permission !== 'okta.roles.manage' && permission !== 'okta.apps.grants.manage',
  READ_ONLY_ADMIN: permission => reads.test(permission),
  REPORT_ADMIN: permission => permission === 'okta.logs.read' || permission === 'okta.users.read',
  USER_ADMIN: permission =>
    userWork.test(permission) || permission === 'okta.groups.manage' || permission === 'okta.logs.read',
  GROUP_MEMBERSHIP_ADMIN: permission =>
    /^okta\.(users|groups)\.read$|^okta\.groups\.members\.|^okta\.users\.groupMembership\./.test(permission),
  HELP_DESK_ADMIN: permission =>
    /^okta\.users\.(read|credentials\..*|lifecycle\.(unlock|activate|clearSessions))$|^okta\.groups\.read$/.test(
      permission,
    ),
  APP_ADMIN: permission =>
    /^okta\.(apps\.(?!grants)|schemas\.|userTypes\.|linkedObjects\.|users\.(read|appAssignment\.)|groups\.(read|appAssignment\.)|logs\.read)/.test(
      permission,
    ),
  API_ACCESS_MANAGEMENT_ADMIN: permission =>
    /^okta\.(apps|users|groups|schemas|userTypes|linkedObjects)\.read$|^okta\.linkedObjects\.manage$/.test(permission),
}

/** Permissions outside the custom-role vocabulary that follow from one inside it. */
const implied: Readonly<Record<string, string>> = {
  'okta.schemas.read': 'okta.apps.manage',
  'okta.userTypes.read': 'okta.apps.manage',
  'okta.linkedObjects.read': 'okta.apps.manage',
  'okta.linkedObjects.manage': 'okta.apps.manage',
}

/** Whether a custom role with these permissions may do what needs `permission`: `….manage` above it is enough. */
function customRoleAllows(permissions: readonly string[], permission: string): boolean {
  if (permissions.includes(permission) || permissions.includes(implied[permission] ?? permission)) return true
  const parts = permission.split('.')
  for (let length = 2; length < parts.length; length += 1) {
    if (permissions.includes(`${parts.slice(0, length).join('.')}.manage`)) return true
  }
  if (parts.at(-1) !== 'read') return false
  const prefix = `${parts.slice(0, -1).join('.')}.`
  return permissions.some(held => held.startsWith(prefix) && held.endsWith('.manage'))
}

function roleAllows(role: RoleAssignment, permission: string): boolean {
  if (role.type === 'CUSTOM') return customRoleAllows(role.permissions, permission)
  return standardRoles[role.type]?.(permission) ?? false
}

/** Whether any role of the principal carries the permission, wherever it reaches. */
export function hasPermission(principal: Principal, permission: string): boolean {
  return principal.roles.some(role => roleAllows(role, permission))
}

/** Whether a role that reaches this group carries the permission. */
export function reachesGroup(principal: Principal, permission: string, group: Group): boolean {
  return principal.roles.some(
    role => roleAllows(role, permission) && (role.groups === undefined || role.groups.includes(group.id)),
  )
}

/** Whether a role that reaches this user, directly or as a member of a group, carries the permission. */
export function reachesUser(principal: Principal, permission: string, user: User): boolean {
  return principal.roles.some(
    role =>
      roleAllows(role, permission) &&
      (role.groups === undefined || role.groups.some(group => user.groups.has(group))) &&
      (role.type !== 'CUSTOM' || reads.test(permission) || !user.roles.some(held => held.type === 'SUPER_ADMIN')),
  )
}

/** Ids of the groups a principal's permission is confined to; undefined where it reaches the whole org. */
export function confinedTo(principal: Principal, permission: string): ReadonlySet<string> | undefined {
  const groups = new Set<string>()
  for (const role of principal.roles) {
    if (!roleAllows(role, permission)) continue
    if (role.groups === undefined) return undefined
    for (const group of role.groups) groups.add(group)
  }
  return groups
}

/** The refusal for one object that the principal may not see or touch. */
export function unseen(org: Org, given: string, kind: string): OktaError {
  return org.switches.unseenObject === 'E0000006'
    ? forbidden()
    : new OktaError(404, 'E0000007', { summary: `Not found: Resource not found: ${given} (${kind})` })
}

/** How the System Log names an app. */
export function appActor(app: App): Actor {
  return { id: app.id, type: 'PublicClientApp', alternateId: app.id, displayName: app.label }
}

/** How the System Log names a user. */
export function userActor(user: User): Actor {
  const name = String(
    user.profile.displayName ?? `${user.profile.firstName ?? ''} ${user.profile.lastName ?? ''}`.trim(),
  )
  return { id: user.id, type: 'User', alternateId: String(user.profile.login ?? 'unknown'), displayName: name }
}

/** How the System Log names a group. */
export function groupActor(group: Group): Actor {
  return { id: group.id, type: 'UserGroup', alternateId: 'unknown', displayName: String(group.profile.name ?? '') }
}

/** The org itself, which applies group rules. */
export const systemActor: Actor = {
  id: 'okta.system',
  type: 'SystemPrincipal',
  alternateId: 'system@okta.com',
  displayName: 'Okta System',
}
