import type { SimulatedReply } from '../kernel.ts'
import type { Call } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { badRequest, invalidValues, json, notFound } from './reply.ts'
import type { Kind } from './schema.ts'

const COLLECTIONS: Readonly<Record<string, Kind | 'any'>> = {
  directoryobjects: 'any',
  users: 'user',
  groups: 'group',
  devices: 'device',
  contacts: 'orgContact',
  serviceprincipals: 'servicePrincipal',
  applications: 'application',
  administrativeunits: 'administrativeUnit',
}

/** The id in a reference such as `https://graph.microsoft.com/v1.0/directoryObjects/{id}`; the host is not looked at. */
export function referencedId(reference: string): { readonly kind: Kind | 'any'; readonly id: string } {
  const match =
    /^https?:\/\/[^/]+\/(?:v1\.0|beta)\/(?:directory\/|[0-9a-f-]{36}\/)?([A-Za-z]+)(?:\/|\('?)([^/')]+)/i.exec(
      reference,
    )
  const kind = COLLECTIONS[match?.[1]?.toLowerCase() ?? '']
  const id = match?.[2]
  if (kind === undefined || id === undefined) throw badRequest('Invalid URL format specified in @odata.id.')
  return { kind, id: decodeURIComponent(id).toLowerCase() }
}

/** The live object a reference means; throws 404 that names its id, or 400 for a kind that cannot stand there. */
export function resolvedReference(call: Call, reference: string, accepted: readonly Kind[]): DirectoryObject {
  const { kind, id } = referencedId(reference)
  const { directory } = call.world
  const object = kind === 'user' ? directory.user(id) : directory.find(id, kind === 'any' ? undefined : kind)
  if (object === undefined) throw notFound(id)
  if (!accepted.includes(object.kind)) throw invalidValues()
  return object
}

/** One link as JSON, with the id and the type that clients look for. */
export function memberRef(call: Call, member: DirectoryObject): SimulatedReply {
  return json({
    '@odata.context': `${call.base}/$metadata#$ref`,
    '@odata.type': `#microsoft.graph.${member.kind}`,
    '@odata.id': `${call.base}/directoryObjects/${member.id}`,
    id: member.id,
  })
}
