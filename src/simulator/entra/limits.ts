import type { DirectoryObject } from './directory.ts'
import { quotaExceeded } from './reply.ts'
import { type Kind, SCHEMAS } from './schema.ts'
import type { World } from './world.ts'

/** Refuses one more object when the directory holds as many as it may, those in the bin included. */
export function checkObjectQuota(world: World): void {
  const { directory, switches } = world
  const live = (Object.keys(SCHEMAS) as Kind[]).reduce((sum, kind) => sum + directory.all(kind).size, 0)
  if (live + directory.bin().size >= switches.objectQuota) throw quotaExceeded()
}

function isRuled({ kind, properties }: DirectoryObject): boolean {
  if (kind === 'administrativeUnit') return properties.membershipType === 'Dynamic'
  return Array.isArray(properties.groupTypes) && properties.groupTypes.includes('DynamicMembership')
}

/** Refuses one more dynamic group or dynamic administrative unit when there are as many as there may be. */
export function checkDynamicQuota(world: World): void {
  const { directory, switches } = world
  const objects = [...directory.all('group').values(), ...directory.all('administrativeUnit').values()]
  if (objects.filter(isRuled).length >= switches.dynamicQuota) throw quotaExceeded()
}
