import type { Entitlement, Resolution } from '../../model/entitlement.ts'
import type { EntitlementId } from '../../model/ids.ts'
import type { EntraClient } from './client.ts'
import type { Desk } from './desk.ts'
import { isMissing, MissingError, RefusedError } from './errors.ts'
import type { GraphItem } from './list.ts'
import type { GraphAnswer } from './middleware.ts'
import { assignAppRole, findApps, listAppRoles, readApp, unassignAppRole } from './requests-entitlements.ts'

/** Stands for access to an application without a role ("appRoleAssignment resource type"). */
const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000'

/** An app role by the service principal of its application and its own id. */
export interface AppRole {
  readonly app: string
  readonly role: string
}

/** The id of an entitlement of the kind `App`: service principal and role. */
export const appRoleId = ({ app, role }: AppRole): EntitlementId =>
  `${app.toLowerCase()}/${role.toLowerCase()}` as EntitlementId

/** Service principal and role from such an id; default access when it names no role. */
export function appRoleOf(id: string): AppRole {
  const [app = '', role = DEFAULT_ACCESS] = id.split('/')
  return { app, role }
}

/** The role that an assignment gives; undefined where it is no assignment. */
export function assignedRole({ resourceId, appRoleId: role }: GraphItem): AppRole | undefined {
  return typeof resourceId === 'string' && typeof role === 'string' ? { app: resourceId, role } : undefined
}

interface RoleItem {
  readonly id: string
  readonly names: readonly string[]
  readonly enabled: boolean
  readonly forUsers: boolean
}

function rolesOf({ appRoles }: GraphItem): readonly RoleItem[] {
  if (!Array.isArray(appRoles)) return []
  return (appRoles as readonly GraphItem[]).flatMap(({ id, value, displayName, isEnabled, allowedMemberTypes }) => {
    if (typeof id !== 'string') return []
    const names = [value, displayName].filter((name): name is string => typeof name === 'string' && name !== '')
    const types = Array.isArray(allowedMemberTypes) ? allowedMemberTypes : []
    return [{ id, names, enabled: isEnabled !== false, forUsers: types.includes('User') }]
  })
}

interface Named {
  readonly app: string
  readonly role: string | undefined
}

/** Every way to read `name` or `name/role`, since both may have slashes in them. */
function readings(name: string): readonly Named[] {
  const cuts = [...name.matchAll(/\//g)].map(({ index }) => index).filter(at => at > 0 && at < name.length - 1)
  return [{ app: name, role: undefined }, ...cuts.map(at => ({ app: name.slice(0, at), role: name.slice(at + 1) }))]
}

/** Resolves `name` (default access), `name/role` by the role's value or display name, or `id:<service principal>/<role>`. */
export async function resolveApp(client: EntraClient, name: string, signal: AbortSignal): Promise<Resolution> {
  if (name.startsWith('id:')) return await resolveById(client, name.slice('id:'.length), signal)
  const all = await Promise.all(readings(name).map(reading => resolveReading(client, reading, signal)))
  const found = all.flat()
  const [first, second] = found
  if (first === undefined) return { kind: 'Missing' }
  if (second === undefined) return first
  return { kind: 'Ambiguous', ids: found.flatMap(one => (one.kind === 'Found' ? [one.entitlement.id] : [])) }
}

async function resolveReading(client: EntraClient, named: Named, signal: AbortSignal): Promise<readonly Resolution[]> {
  const { items } = await client.listTogether(findApps(named.app), `apps named ${named.app}`, signal)
  return items.filter(({ displayName }) => displayName === named.app).flatMap(app => resolveRole(app, named.role))
}

function resolveRole(app: GraphItem, wanted: string | undefined): readonly Resolution[] {
  const { id, displayName } = app
  if (typeof id !== 'string') return []
  const name = typeof displayName === 'string' ? displayName : id
  if (wanted === undefined)
    return [{ kind: 'Found', entitlement: appEntitlement({ app: id, role: DEFAULT_ACCESS }, name) }]
  return rolesOf(app)
    .filter(role => role.id === wanted.toLowerCase() || role.names.includes(wanted))
    .map(role => {
      const { why } = unusable(role)
      if (why !== undefined) return { kind: 'Unsupported', why: `the role ${wanted} of ${name} ${why}` }
      return { kind: 'Found', entitlement: appEntitlement({ app: id, role: role.id }, `${name}/${wanted}`) }
    })
}

function unusable({ enabled, forUsers }: RoleItem): { readonly why?: string } {
  if (!enabled) return { why: 'is disabled' }
  return forUsers ? {} : { why: 'is for applications, not for users' }
}

function appEntitlement(role: AppRole, name: string): Entitlement {
  return { kind: 'App', id: appRoleId(role), name, privileged: false }
}

async function resolveById(client: EntraClient, id: string, signal: AbortSignal): Promise<Resolution> {
  const { app, role } = appRoleOf(id)
  try {
    const item = ((await client.send(readApp(app), signal)).body ?? {}) as GraphItem
    const [found] = resolveRole(item, role === DEFAULT_ACCESS ? undefined : role)
    return found ?? { kind: 'Missing' }
  } catch (error) {
    if (isMissing(error)) return { kind: 'Missing' }
    throw error
  }
}

/** App roles a user holds directly, with the ids of their assignments. */
export async function readAppRoles(
  client: EntraClient,
  user: string,
  signal: AbortSignal,
): Promise<readonly { readonly assignment: string; readonly entitlement: Entitlement }[]> {
  const { items } = await client.listTogether(listAppRoles(user), `app roles of ${user}`, signal)
  return items.flatMap(item => {
    const role = assignedRole(item)
    if (role === undefined || item.principalType !== 'User') return []
    const name = typeof item.resourceDisplayName === 'string' ? item.resourceDisplayName : role.app
    const named = role.role === DEFAULT_ACCESS ? name : `${name}/${role.role}`
    return [{ assignment: String(item.id), entitlement: appEntitlement(role, named) }]
  })
}

/** Gives an app role; holding it already is success. */
export async function giveAppRole(desk: Desk, id: string, user: string): Promise<GraphAnswer | undefined> {
  const { app, role } = appRoleOf(id)
  try {
    return await desk.client.sendWhenVisible(assignAppRole(app, role, user), [user], desk.signal)
  } catch (error) {
    if (error instanceof RefusedError && /already exists on the object/i.test(error.refusal.message)) return undefined
    throw error
  }
}

/** Takes an app role away; not holding it is success. */
export async function takeAppRole(desk: Desk, id: string, user: string): Promise<GraphAnswer | undefined> {
  const held = (await readAppRoles(desk.client, user, desk.signal)).filter(({ entitlement }) => entitlement.id === id)
  let answer: GraphAnswer | undefined
  for (const { assignment } of held) {
    try {
      answer = await desk.client.send(unassignAppRole(appRoleOf(id).app, assignment), desk.signal)
    } catch (error) {
      if (!(error instanceof MissingError)) throw error
    }
  }
  return answer
}
