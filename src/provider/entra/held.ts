import type { Entitlement } from '../../model/entitlement.ts'
import { readAppRoles } from './app-roles.ts'
import type { EntraClient } from './client.ts'
import { heldEntitlement } from './entitlement.ts'
import { DeniedError } from './errors.ts'
import { directLicenses } from './licenses.ts'
import type { GraphItem } from './list.ts'
import { listHeld } from './requests.ts'
import { readLicenses } from './requests-entitlements.ts'
import { readRolesOf, roleEntitlement } from './roles.ts'

/** Every group and administrative unit that a user is a direct member of, the markers among them. */
export async function readHeld(client: EntraClient, id: string, signal: AbortSignal): Promise<readonly Entitlement[]> {
  const { items } = await client.listTogether(listHeld(id), `memberships of ${id}`, signal)
  return items.flatMap(item => heldEntitlement(item) ?? [])
}

/** Permissions without which an application could not take such an entitlement away, so that it is not told of. */
const TAKERS = {
  App: 'AppRoleAssignment.ReadWrite.All',
  DirectoryRole: 'RoleManagement.ReadWrite.Directory',
  License: ['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
} as const

/** App roles, Entra roles and licences that a user holds by itself, as far as the application may take them. */
export async function readHeldElsewhere(
  client: EntraClient,
  id: string,
  signal: AbortSignal,
): Promise<readonly Entitlement[]> {
  const { roles } = await client.token.claims(signal)
  const may = (kind: keyof typeof TAKERS): boolean =>
    roles !== undefined && [TAKERS[kind]].flat().some(permission => roles.includes(permission))
  const none = async (): Promise<readonly Entitlement[]> => []
  const parts = [
    may('App') ? async () => (await readAppRoles(client, id, signal)).map(({ entitlement }) => entitlement) : none,
    may('DirectoryRole')
      ? async () => (await readRolesOf(client, id, signal)).map(({ role }) => roleEntitlement(role))
      : none,
    may('License')
      ? async () => directLicenses(((await client.send(readLicenses(id), signal)).body ?? {}) as GraphItem)
      : none,
  ]
  return (await Promise.all(parts.map(allowed))).flat()
}

async function allowed(readPart: () => Promise<readonly Entitlement[]>): Promise<readonly Entitlement[]> {
  try {
    return await readPart()
  } catch (error) {
    if (error instanceof DeniedError) return []
    throw error
  }
}
