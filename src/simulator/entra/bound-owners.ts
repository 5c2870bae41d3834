import type { Call, Fields } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { referencedId, resolvedReference } from './references.ts'
import { badRequest, invalidValues } from './reply.ts'

/** Most references that one request may bind. */
const MAX_BINDS = 20

/** Who `owners@odata.bind` of a new application or service principal names: up to twenty, each once. */
export function boundOwners(call: Call, fields: Fields): readonly DirectoryObject[] {
  const binds = fields['owners@odata.bind'] ?? []
  if (!Array.isArray(binds) || !binds.every(bind => typeof bind === 'string')) throw invalidValues()
  if (binds.length > MAX_BINDS) throw badRequest(call.world.switches.bindLimitMessage)
  if (new Set(binds.map(bind => referencedId(bind).id)).size < binds.length)
    throw badRequest('Request contains a property with duplicate values')
  return binds.map(bind => resolvedReference(call, bind, ['user', 'servicePrincipal']))
}
