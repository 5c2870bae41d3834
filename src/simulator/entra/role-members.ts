import type { DirectoryObject, RoleAssignment } from './directory.ts'
import { namedGuid } from './guid.ts'
import { ROLE, type RoleDefinition } from './roles.ts'
import type { World } from './world.ts'

/** Object id of a role in this tenant; it is not the template's. */
export function directoryRoleId(world: World, template: string): string {
  return namedGuid(`${world.identity.id} role ${template}`)
}

/** The built-in roles, which can be activated. */
export function roleTemplates(world: World): readonly RoleDefinition[] {
  return world.roleDefinitions.filter(({ isBuiltIn }) => isBuiltIn)
}

/** Whether a role is active: Global Administrator always, any other by request or because somebody holds it. */
export function isActiveRole(world: World, template: string): boolean {
  if (template === ROLE.globalAdministrator || world.activeRoles.has(template)) return true
  for (const { roleDefinitionId } of world.directory.roleAssignments.values())
    if (roleDefinitionId === template) return true
  return false
}

/** A role as a directory object. */
export function directoryRole(world: World, { id, displayName, description }: RoleDefinition): DirectoryObject {
  const properties = { displayName, description: description ?? displayName, roleTemplateId: id }
  return { id: directoryRoleId(world, id), kind: 'directoryRole', properties }
}

/** The live objects that hold a role over the whole tenant, in the order in which they came to it. */
export function roleHolders(world: World, template: string): DirectoryObject[] {
  const { directory } = world
  return [...directory.roleAssignments.values()]
    .filter(({ roleDefinitionId, directoryScopeId }) => roleDefinitionId === template && directoryScopeId === '/')
    .flatMap(({ principalId }) => directory.find(principalId) ?? [])
}

/** The activated roles as a delta goes through them. */
export interface RoleSource {
  all(): DirectoryObject[]
  find(id: string): DirectoryObject | undefined
  /** Who holds a role, by its object id. */
  members(id: string): DirectoryObject[]
}

/** See {@link RoleSource}. */
export function roleSource(world: World): RoleSource {
  const all = (): DirectoryObject[] =>
    roleTemplates(world).flatMap((role, index) =>
      isActiveRole(world, role.id) ? [{ ...directoryRole(world, role), ordinal: index + 1 }] : [],
    )
  const find = (id: string): DirectoryObject | undefined => all().find(role => role.id === id)
  return { all, find, members: id => roleHolders(world, String(find(id)?.properties.roleTemplateId)) }
}

const isTemplate = (world: World, id: string): boolean =>
  world.roleDefinitions.some(role => role.id === id && role.isBuiltIn)

/** Notes for deltas that a role was activated; custom roles have no directory role. */
export function noteActivation(world: World, template: string): void {
  if (!isTemplate(world, template)) return
  world.directory.truth.changes.add({ id: directoryRoleId(world, template), kind: 'directoryRole', what: 'created' })
}

/** Keeps a role activated that nobody may hold any more. */
export function keepActive(world: World, template: string): void {
  if (isTemplate(world, template)) world.activeRoles.add(template)
}

/** Notes for deltas that somebody got or lost a role over the whole tenant. */
export function noteHolder(world: World, assignment: Omit<RoleAssignment, 'id'>, what: 'linked' | 'unlinked'): void {
  const { roleDefinitionId, principalId, directoryScopeId } = assignment
  const principal = world.directory.find(principalId)
  if (directoryScopeId !== '/' || principal === undefined || !isTemplate(world, roleDefinitionId)) return
  const id = directoryRoleId(world, roleDefinitionId)
  const link = { link: 'members', other: principalId, otherKind: principal.kind, byMember: false } as const
  world.directory.truth.changes.add({ id, kind: 'directoryRole', what, ...link })
}
