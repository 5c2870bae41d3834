import { forbidden, OktaError } from './errors.ts'
import { everything, type Reach, reachOf } from './iam.ts'
import type { JsonObject } from './json.ts'
import type { Actor, App, Group, RoleAssignment, User } from './objects.ts'
import type { Org } from './org.ts'

export { appActor, groupActor, systemActor, userActor } from './actors.ts'

/** A role as it stands when a request comes: what it allows, and what it reaches. */
export interface Role {
  readonly type: string
  /** Permissions of a CUSTOM role. */
  readonly permissions: readonly string[]
  /** Conditions of a CUSTOM role by permission; absent where it has none. */
  readonly conditions?: Readonly<Record<string, JsonObject>> | undefined
  readonly reach: Reach
}

/** Who sends a request, after the credentials have been found good. */
export interface Principal {
  readonly actor: Actor
  /** Granted scopes of an access token; undefined for an API token, which knows no scopes. */
  readonly scopes: ReadonlySet<string> | undefined
  readonly roles: readonly Role[]
  /** The user behind an API token. */
  readonly userId: string | null
  /** What the rate limits count by: an app's client id, or the API token's own id. */
  readonly counted: string
}

/** The roles behind assignments: a custom role and a resource set are looked up, since they may have changed. */
export function rolesFrom(org: Org, assignments: readonly RoleAssignment[]): readonly Role[] {
  return assignments.map(role => ({
    type: role.type,
    permissions: role.customRole === undefined ? role.permissions : permissionsOf(org, role.customRole),
    conditions: conditionsOf(org, role.customRole),
    reach: role.resourceSet === undefined ? targetsOf(role) : setReach(org, role.resourceSet),
  }))
}

function conditionsOf(org: Org, customRole: string | undefined): Role['conditions'] {
  const conditions = customRole === undefined ? undefined : org.customRoles.get(customRole)?.conditions
  return conditions === undefined || Object.keys(conditions).length === 0 ? undefined : conditions
}

/** The permissions of a custom role of the org. */
function permissionsOf(org: Org, customRole: string): readonly string[] {
  const permissions = org.customRoles.get(customRole)?.permissions ?? []
  return org.switches.customRolesReadLogs ? permissions : permissions.filter(held => held !== 'okta.logs.read')
}

function setReach(org: Org, id: string): Reach {
  return reachOf(org.resourceSets.get(id)?.resources.values() ?? [])
}

/** The reach of a role with targets: the groups and their members, or the apps. */
function targetsOf(role: RoleAssignment): Reach {
  if (role.groups === undefined && role.apps === undefined) return everything
  const groups = role.groups === undefined ? undefined : new Set(role.groups)
  return { users: groups, groups, apps: role.apps === undefined ? undefined : new Set(role.apps) }
}

const reads = /\.read$/
const userWork = /^okta\.(users\.|groups\.(read|members\.))/

/**
 * Which permissions the standard roles carry. Sources: Okta, Standard administrator roles and permissions; for schemas the admin
 * roles that the OpenAPI description of the management API names.
 */
const standardRoles: Readonly<Record<string, (permission: string) => boolean>> = {
  SUPER_ADMIN: () => true,
  ORG_ADMIN: permission => permission !== 'okta.roles.manage' && permission !== 'okta.apps.grants.manage',
  READ_ONLY_ADMIN: permission => reads.test(permission) && !/^okta\.(schemas|linkedObjects)\./.test(permission),
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
    /^okta\.(apps\.(?!grants)|\w*[sS]chemas\.|userTypes\.|linkedObjects\.|users\.(read|appAssignment\.)|groups\.(read|appAssignment\.)|logs\.read)/.test(
      permission,
    ),
  API_ACCESS_MANAGEMENT_ADMIN: permission =>
    /^okta\.(apps|users|groups|schemas|userTypes|linkedObjects)\.read$|^okta\.(linkedObjects|\w*[sS]chemas)\.manage$/.test(
      permission,
    ),
}

/** Permissions outside the custom-role vocabulary that follow from one inside it. None opens writing the schema of users. */
const implied: Readonly<Record<string, string>> = {
  'okta.schemas.read': 'okta.apps.manage',
  'okta.appSchemas.manage': 'okta.apps.manage',
  'okta.groupSchemas.manage': 'okta.apps.manage',
  'okta.userTypes.read': 'okta.apps.manage',
  'okta.linkedObjects.read': 'okta.apps.manage',
  'okta.linkedObjects.manage': 'okta.apps.manage',
  'okta.roles.read': 'okta.iam.read',
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

function roleAllows(role: Role, permission: string): boolean {
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
    role => roleAllows(role, permission) && (role.reach.groups === undefined || role.reach.groups.has(group.id)),
  )
}

/** Whether a role that reaches this user, directly or as a member of a group, carries the permission. */
export function reachesUser(principal: Principal, permission: string, user: User): boolean {
  return principal.roles.some(
    role =>
      roleAllows(role, permission) &&
      hasMember(role.reach.users, user) &&
      (role.type !== 'CUSTOM' || reads.test(permission) || !isSuperAdmin(user)),
  )
}

/** Whether a role that reaches this app, by its id or the name of its kind, carries the permission. */
export function reachesApp(principal: Principal, permission: string, app: App): boolean {
  return principal.roles.some(role => roleAllows(role, permission) && hasApp(role.reach.apps, app))
}

/** Whether a role that reaches all apps carries the permission: new apps are in no narrower set. */
export function reachesEveryApp(principal: Principal, permission: string): boolean {
  return principal.roles.some(role => roleAllows(role, permission) && role.reach.apps === undefined)
}

function hasApp(apps: ReadonlySet<string> | undefined, app: App): boolean {
  return apps === undefined || apps.has(app.id) || apps.has(app.name)
}

function hasMember(groups: ReadonlySet<string> | undefined, user: User): boolean {
  if (groups === undefined) return true
  for (const id of groups) if (user.groups.has(id)) return true
  return false
}

/** What opens a permission over this user to the principal: of each that he holds the condition, undefined where it has none. */
export function* grantsOf(principal: Principal, permission: string, user: User): Generator<JsonObject | undefined> {
  for (const role of principal.roles) {
    if (!roleAllows(role, permission) || !hasMember(role.reach.users, user)) continue
    if (role.type !== 'CUSTOM' || role.conditions === undefined) yield undefined
    else for (const held of role.permissions) if (customRoleAllows([held], permission)) yield role.conditions[held]
  }
}

function isSuperAdmin(user: User): boolean {
  const isSuper = (role: RoleAssignment): boolean => role.type === 'SUPER_ADMIN'
  if (user.roles.some(isSuper)) return true
  for (const group of user.groups.values()) if (group.roles.some(isSuper)) return true
  return false
}

const aboutUsers = /^okta\.users\.(?!create)/

/**
 * Ids of the groups a principal's permission is confined to; undefined where it reaches the whole org. What is done to
 * users counts by groups whose members it reaches, everything else, creation of users included, by groups themselves.
 */
export function confinedTo(principal: Principal, permission: string): ReadonlySet<string> | undefined {
  const groups = new Set<string>()
  for (const role of principal.roles) {
    if (!roleAllows(role, permission)) continue
    const reached = aboutUsers.test(permission) ? role.reach.users : role.reach.groups
    if (reached === undefined) return undefined
    for (const group of reached) groups.add(group)
  }
  return groups
}

/** The refusal for one object that the principal may not see or touch. */
export function unseen(org: Org, given: string, kind: string): OktaError {
  return org.switches.unseenObject === 'E0000006'
    ? forbidden()
    : new OktaError(404, 'E0000007', { summary: `Not found: Resource not found: ${given} (${kind})` })
}
