import type { EntraClient } from './client.ts'
import { DeniedError } from './errors.ts'
import { listMembers, listRoleAssignments } from './requests.ts'

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

/**
 * Ids of all users who hold an administrative Entra role, by themselves or through a group; undefined where the application may
 * not read that. Roles that are only eligible (Privileged Identity Management) do not show.
 */
export async function readAdmins(client: EntraClient, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  const { roles, directoryRoles } = await client.token.claims(signal)
  const mayRead = roles === undefined || directoryRoles.length > 0 || ROLE_READERS.some(role => roles.includes(role))
  if (!mayRead) return undefined
  try {
    return await adminsFrom(client, signal)
  } catch (error) {
    if (error instanceof DeniedError) return undefined
    throw error
  }
}

async function adminsFrom(client: EntraClient, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { items } = await client.list(listRoleAssignments(), 'role assignments', signal)
  const admins = new Set<string>()
  const groups = new Set<string>()
  for (const { principalId, principal, roleDefinitionId } of items) {
    if (typeof principalId !== 'string' || HARMLESS.has(String(roleDefinitionId))) continue
    admins.add(principalId)
    const type = (principal as Readonly<Record<string, unknown>> | null | undefined)?.['@odata.type']
    if (type === '#microsoft.graph.group') groups.add(principalId)
  }
  for (const id of groups) {
    const members = await client.list(listMembers({ kind: 'Group', id }), `members of the admin group ${id}`, signal)
    for (const member of members.items) if (typeof member.id === 'string') admins.add(member.id)
  }
  return admins
}
