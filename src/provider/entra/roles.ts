import type { Entitlement, Resolution } from '../../model/entitlement.ts'
import type { EntitlementId } from '../../model/ids.ts'
import type { EntraClient } from './client.ts'
import type { Desk } from './desk.ts'
import { DeniedError, MissingError, RefusedError } from './errors.ts'
import type { GraphItem } from './list.ts'
import type { GraphAnswer } from './middleware.ts'
import { listMembers } from './requests.ts'
import {
  assignRole,
  listRoleAssignments,
  listRoleDefinitions,
  listRolesOf,
  unassignRole,
} from './requests-entitlements.ts'

/** Application permissions that let role assignments be read. */
export const ROLE_READERS: readonly string[] = [
  'RoleManagement.Read.Directory',
  'RoleManagement.ReadWrite.Directory',
  'RoleManagement.Read.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
]

/** Template ids of roles whose holders are treated like anyone else ("Who can perform sensitive actions"). */
const HARMLESS = new Set([
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', // Directory Readers
  '95e79109-95c0-4d8e-aee3-d01accf2d47b', // Guest Inviter
  '790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b', // Message Center Reader
  '4a5d8f65-41da-4de4-8968-e035b65339cf', // Reports Reader
])

/** One Entra role that somebody holds. */
export interface RoleAssignment {
  readonly id: string
  readonly role: string
  readonly principal: string
  readonly isGroup: boolean
  /** `/` for the whole tenant. */
  readonly scope: string
}

function assignmentFrom({ id, roleDefinitionId, principalId, principal, directoryScopeId }: GraphItem) {
  if (typeof id !== 'string' || typeof principalId !== 'string') return []
  const type = (principal as GraphItem | null | undefined)?.['@odata.type']
  const role = String(roleDefinitionId)
  const isGroup = type === '#microsoft.graph.group'
  return [{ id, role, principal: principalId, isGroup, scope: String(directoryScopeId) }]
}

/** Whether the token allows to read who holds which role. */
async function mayReadRoles(client: EntraClient, signal: AbortSignal): Promise<boolean> {
  const { roles, directoryRoles } = await client.token.claims(signal)
  return roles === undefined || directoryRoles.length > 0 || ROLE_READERS.some(role => roles.includes(role))
}

/**
 * Every Entra role that anyone holds; undefined where the application may not read that. Roles that are only eligible (Privileged
 * Identity Management) do not show; one that was activated for a time shows like any other.
 */
export async function readRoleAssignments(
  client: EntraClient,
  signal: AbortSignal,
): Promise<readonly RoleAssignment[] | undefined> {
  if (!(await mayReadRoles(client, signal))) return undefined
  try {
    const { items } = await client.list(listRoleAssignments(), 'role assignments', signal)
    return items.flatMap(assignmentFrom)
  } catch (error) {
    if (error instanceof DeniedError) return undefined
    throw error
  }
}

/** Gives the ids of a group's users. */
export type GroupReader = (group: string) => Promise<ReadonlySet<string>>

/** Ids of all users who hold an administrative Entra role, by themselves or through a group. */
export async function adminsAmong(
  assignments: readonly RoleAssignment[],
  membersOf: GroupReader,
): Promise<ReadonlySet<string>> {
  const telling = assignments.filter(({ role }) => !HARMLESS.has(role))
  const admins = new Set(telling.map(({ principal }) => principal))
  const groups = new Set(telling.filter(({ isGroup }) => isGroup).map(({ principal }) => principal))
  for (const group of groups) for (const member of await membersOf(group)) admins.add(member)
  return admins
}

/** Like `adminsAmong`, all read anew; undefined where the application may not read roles. */
export async function readAdmins(client: EntraClient, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  const assignments = await readRoleAssignments(client, signal)
  if (assignments === undefined) return undefined
  return await adminsAmong(assignments, async group => {
    const name = `members of the admin group ${group}`
    const { items } = await client.list(listMembers({ kind: 'Group', id: group }), name, signal)
    return new Set(items.map(({ id }) => String(id)))
  })
}

/** Every role of the tenant, to resolve names with. */
export async function readRoles(client: EntraClient, signal: AbortSignal): Promise<readonly GraphItem[]> {
  return (await client.list(listRoleDefinitions(), 'role definitions', signal)).items
}

/** Resolves a role by its display name, or `id:` and its id or template id. */
export function resolveRole(name: string, roles: readonly GraphItem[]): Resolution {
  const id = name.startsWith('id:') ? name.slice('id:'.length).toLowerCase() : undefined
  const found = roles.filter(role =>
    id === undefined ? role.displayName === name : role.id === id || role.templateId === id,
  )
  const [first, second] = found
  if (first === undefined) return { kind: 'Missing' }
  if (second !== undefined) return { kind: 'Ambiguous', ids: found.map(one => String(one.id) as EntitlementId) }
  if (first.isEnabled === false) return { kind: 'Unsupported', why: `the role ${name} is disabled` }
  return { kind: 'Found', entitlement: roleEntitlement(String(first.id), String(first.displayName)) }
}

/** An Entra role in the whole tenant. */
export function roleEntitlement(id: string, name: string = id): Entitlement {
  return { kind: 'DirectoryRole', id: id as EntitlementId, name, privileged: true }
}

/** Roles that a user holds by itself in the whole tenant, with the ids of their assignments. */
export async function readRolesOf(
  client: EntraClient,
  user: string,
  signal: AbortSignal,
): Promise<readonly RoleAssignment[]> {
  const { items } = await client.listTogether(listRolesOf(user), `roles of ${user}`, signal)
  return items.flatMap(assignmentFrom).filter(({ scope, principal }) => scope === '/' && principal === user)
}

/** Gives a role in the whole tenant; holding it already is success. */
export async function giveRole(desk: Desk, role: string, user: string): Promise<GraphAnswer | undefined> {
  const { client, signal } = desk
  try {
    return await client.sendWhenVisible(assignRole(role, user), [user], signal)
  } catch (error) {
    // The words about a conflict may as well mean something else.
    const doubtful = error instanceof RefusedError && /conflicting object|already exist/i.test(error.refusal.message)
    if (doubtful && (await readRolesOf(client, user, signal)).some(held => held.role === role)) return undefined
    throw error
  }
}

/** Takes a role in the whole tenant away; not holding it is success. */
export async function takeRole(desk: Desk, role: string, user: string): Promise<GraphAnswer | undefined> {
  const { client, signal } = desk
  let answer: GraphAnswer | undefined
  for (const held of await readRolesOf(client, user, signal)) {
    if (held.role !== role) continue
    try {
      answer = await client.send(unassignRole(held.id), signal)
    } catch (error) {
      if (!(error instanceof MissingError)) throw error
    }
  }
  return answer
}
