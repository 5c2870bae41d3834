import type { SimulatedReply } from '../kernel.ts'
import { type Call, param, writtenFields } from './call.ts'
import { bodiesReply, bodyReply } from './collection.ts'
import { checkGroupWritable, groupOf } from './group-rules.ts'
import { randomGuid } from './guid.ts'
import { invalidValues, noContent, notFound } from './reply.ts'

/** Template of the settings for guests of Microsoft 365 groups. */
const GUEST_TEMPLATE = '08d542b9-071f-4e16-94b0-74abb372e3d9'

/** GET /groups/{id}/settings. */
export function listSettings(call: Call): SimulatedReply {
  const group = groupOf(call)
  const settings = call.world.groupSettings.get(group.id) ?? []
  const bodies = settings.map(setting => ({ ...setting }))
  return bodiesReply(call, `groups('${group.id}')/settings`, bodies)
}

function isValue(given: unknown): given is { name: string; value: string } {
  if (typeof given !== 'object' || given === null) return false
  const { name, value } = given as Record<string, unknown>
  return typeof name === 'string' && typeof value === 'string'
}

/** POST /groups/{id}/settings: what `Group.Unified.Guest` offers. */
export function createSetting(call: Call): SimulatedReply {
  const group = groupOf(call)
  const { templateId, values } = writtenFields(call)
  checkGroupWritable(call, group)
  if (templateId !== GUEST_TEMPLATE || !Array.isArray(values) || !values.every(isValue)) throw invalidValues()
  const setting = { id: randomGuid(call.world.random), displayName: 'Group.Unified.Guest', templateId, values }
  call.world.groupSettings.set(group.id, [...(call.world.groupSettings.get(group.id) ?? []), setting])
  return bodyReply(call, `groups('${group.id}')/settings`, { ...setting }, 201)
}

/** DELETE /groups/{id}/settings/{id}. */
export function deleteSetting(call: Call): SimulatedReply {
  const group = groupOf(call)
  const settings = call.world.groupSettings.get(group.id) ?? []
  const left = settings.filter(({ id }) => id !== param(call, 1).toLowerCase())
  if (left.length === settings.length) throw notFound(param(call, 1))
  call.world.groupSettings.set(group.id, left)
  return noContent()
}
