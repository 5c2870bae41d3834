import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call } from './call.ts'
import { shown } from './projection.ts'
import { objectQuery } from './query.ts'
import { badRequest, invalidValues, json } from './reply.ts'
import { type Kind, SCHEMAS } from './schema.ts'
import { anyObject, memberOfReply, objectReply } from './users.ts'

const MAX_IDS = 1000
const MAX_GROUP_IDS = 20

function texts(value: unknown, most: number): readonly string[] {
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string')) throw invalidValues()
  if (value.length === 0 || value.length > most) throw badRequest(`The number of ids must be between 1 and ${most}.`)
  return value
}

/** POST /directoryObjects/getByIds: those of up to a thousand ids that are there. */
export function getByIds(call: Call): SimulatedReply {
  const fields = bodyFields(call)
  const ids = texts(fields.ids, MAX_IDS)
  const types = fields.types === undefined ? undefined : texts(fields.types, MAX_IDS).map(type => type.toLowerCase())
  const { select } = objectQuery(call.request.url, Object.keys(SCHEMAS) as Kind[])
  const { directory } = call.world
  const found = [...new Set(ids.map(id => id.toLowerCase()))].flatMap(id => directory.find(id) ?? [])
  const wanted = found.filter(
    ({ kind }) => types === undefined || types.includes('directoryobject') || types.includes(kind.toLowerCase()),
  )
  return json({
    '@odata.context': `${call.base}/$metadata#directoryObjects`,
    value: wanted.map(object => shown(directory, object, { select, expand: [], typed: true })),
  })
}

/** GET /directoryObjects/{id}. */
export const getDirectoryObject = (call: Call): SimulatedReply =>
  objectReply(call, anyObject(call), 'directoryObjects', true)

function groupsAround(call: Call): Set<string> {
  const { directory } = call.world
  const start = directory.user(call.params[0] ?? '') ?? anyObject(call)
  const found = new Set<string>()
  const inner = [start.id]
  for (const id of inner) {
    for (const object of directory.containers('members', id)) {
      if (object.kind !== 'group' || found.has(object.id)) continue
      found.add(object.id)
      inner.push(object.id)
    }
  }
  return found
}

/** POST …/checkMemberGroups: which of up to twenty groups the object is in, directly or through other groups. */
export function checkMemberGroups(call: Call): SimulatedReply {
  const around = groupsAround(call)
  const value = texts(bodyFields(call).groupIds, MAX_GROUP_IDS).filter(id => around.has(id.toLowerCase()))
  return json({ '@odata.context': `${call.base}/$metadata#Collection(Edm.String)`, value })
}

/** POST …/getMemberGroups: every group the object is in, directly or through other groups. */
export function getMemberGroups(call: Call): SimulatedReply {
  const securityOnly = bodyFields(call).securityEnabledOnly === true
  const value = [...groupsAround(call)].filter(
    id => !securityOnly || call.world.directory.find(id)?.properties.securityEnabled === true,
  )
  return json({ '@odata.context': `${call.base}/$metadata#Collection(Edm.String)`, value })
}

/** GET /groups/{id}/memberOf and /servicePrincipals/{id}/memberOf. */
export const objectMemberOf = (call: Call): SimulatedReply => memberOfReply(call, anyObject(call), false)

/** GET /groups/{id}/transitiveMemberOf and /servicePrincipals/{id}/transitiveMemberOf. */
export const objectTransitiveMemberOf = (call: Call): SimulatedReply => memberOfReply(call, anyObject(call), true)
