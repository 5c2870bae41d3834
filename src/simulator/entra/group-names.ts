import type { DirectoryObject } from './directory.ts'
import { isUnified } from './group-rules.ts'
import { badRequest, type GraphError } from './reply.ts'
import type { World } from './world.ts'

const NAMES = ['mailNickname', 'displayName'] as const
type Name = (typeof NAMES)[number]

const taken = (name: Name): GraphError =>
  badRequest(`Another object with the same value for property ${name} already exists.`, [
    { code: 'ObjectConflict', target: name },
  ])

/** Whether a deleted group still keeps one of its names from another group. */
function isKept({ switches }: World, name: Name, deleted: DirectoryObject, group: DirectoryObject): boolean {
  if (switches.groupsInBinKeep === 'names') return true
  return name === 'mailNickname' && isUnified(deleted) && isUnified(group)
}

/**
 * Refuses names for a group that others hold: the mailNickname of a live Microsoft 365 group, if it is one itself, and what
 * groups in the bin keep. Security groups may share both names while they live.
 */
export function checkNames(world: World, group: DirectoryObject, given: Readonly<Record<string, unknown>>): void {
  const { directory } = world
  for (const name of NAMES) {
    const value = given[name]
    if (typeof value !== 'string') continue
    const holds = ({ id, properties }: DirectoryObject): boolean =>
      id !== group.id && String(properties[name]).toLowerCase() === value.toLowerCase()
    const isUnique = name === 'mailNickname' && isUnified(group)
    if (isUnique && directory.having('group', name, value).some(other => holds(other) && isUnified(other)))
      throw taken(name)
    for (const deleted of directory.bin().values())
      if (deleted.kind === 'group' && holds(deleted) && isKept(world, name, deleted, group)) throw taken(name)
  }
}
