import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, param } from './call.ts'
import { type Body, bodiesReply, bodyReply } from './collection.ts'
import type { DirectoryObject } from './directory.ts'
import { groupOf } from './group-rules.ts'
import { clashOf, type Held } from './licence-clash.ts'
import type { Licences } from './licences.ts'
import { linkedListing } from './members.ts'
import { pageReply } from './page.ts'
import { shown } from './projection.ts'
import { badRequest, type GraphError, invalidValues, json, notFound } from './reply.ts'
import type { Sku } from './sku.ts'
import { userOf } from './user-writes.ts'

function planBodies(sku: Sku, disabled: readonly string[] = []): readonly Body[] {
  return sku.servicePlans.map(({ servicePlanId, servicePlanName }) => ({
    servicePlanId,
    servicePlanName,
    provisioningStatus: disabled.includes(servicePlanId) ? 'Disabled' : 'Success',
    appliesTo: 'User',
  }))
}

function skuBody(call: Call, sku: Sku): Body {
  const { directory, identity, licences } = call.world
  return {
    accountName: identity.displayName,
    accountId: identity.id,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: licences.consumed(directory, sku.skuId),
    id: `${identity.id}_${sku.skuId}`,
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: [],
    prepaidUnits: { enabled: sku.enabled, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: planBodies(sku),
  }
}

/** GET /subscribedSkus. */
export function listSkus(call: Call): SimulatedReply {
  const bodies = [...call.world.licences.skus.values()].map(sku => skuBody(call, sku))
  return bodiesReply(call, 'subscribedSkus', bodies)
}

/** GET /subscribedSkus/{id}. */
export function getSku(call: Call): SimulatedReply {
  const skuId = param(call).toLowerCase().split('_').at(-1) ?? ''
  const sku = call.world.licences.skus.get(skuId)
  if (sku === undefined) throw notFound(param(call))
  return bodyReply(call, 'subscribedSkus', skuBody(call, sku))
}

/** GET /users/{id}/licenseDetails: the products a user has, however he came to them. */
export function listLicenceDetails(call: Call): SimulatedReply {
  const user = userOf(call)
  const { skus } = call.world.licences
  const held = (user.properties.assignedLicenses ?? []) as readonly { skuId: string; disabledPlans: string[] }[]
  const bodies = held.flatMap(({ skuId, disabledPlans }) => {
    const sku = skus.get(skuId)
    if (sku === undefined) return []
    const id = Buffer.from(`${user.id}${skuId}`.replaceAll('-', ''), 'hex').toString('base64url')
    return [{ id, skuId, skuPartNumber: sku.skuPartNumber, servicePlans: planBodies(sku, disabledPlans) }]
  })
  return bodiesReply(call, `users('${user.id}')/licenseDetails`, bodies)
}

interface Change {
  readonly add: ReadonlyMap<string, readonly string[]>
  readonly remove: readonly string[]
}

function missingParameters(names: readonly string[]): GraphError {
  return badRequest(
    `One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: ${names.join(', ')}.`,
  )
}

function textList(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string')) throw invalidValues()
  return value.map(text => text.toLowerCase())
}

function addedLicence(licences: Licences, given: unknown): [string, readonly string[]] {
  if (typeof given !== 'object' || given === null) throw invalidValues()
  const { skuId, disabledPlans = [] } = given as Record<string, unknown>
  if (typeof skuId !== 'string') throw invalidValues()
  const sku = licences.skus.get(skuId.toLowerCase())
  if (sku === undefined) throw badRequest(`License ${skuId} does not correspond to a valid company License.`)
  const plans = textList(disabledPlans)
  if (plans.some(plan => !sku.servicePlans.some(({ servicePlanId }) => servicePlanId === plan))) throw invalidValues()
  return [sku.skuId, plans]
}

function changeFrom(call: Call): Change {
  const fields = bodyFields(call)
  const missing = ['addLicenses', 'removeLicenses'].filter(name => fields[name] === undefined)
  if (missing.length > 0) throw missingParameters(missing)
  if (!Array.isArray(fields.addLicenses)) throw invalidValues()
  const add = new Map(fields.addLicenses.map(given => addedLicence(call.world.licences, given)))
  const remove = textList(fields.removeLicenses)
  if (remove.some(skuId => add.has(skuId))) throw invalidValues()
  return { add, remove }
}

function checkRemovable(call: Call, user: DirectoryObject, remove: readonly string[]): void {
  const held = call.world.licences.assignments(user.id)
  for (const skuId of remove) {
    if (held.some(assignment => assignment.skuId === skuId && assignment.group === null)) continue
    if (held.some(assignment => assignment.skuId === skuId)) {
      throw badRequest(call.world.switches.inheritedLicenceMessage)
    }
    throw badRequest('User does not have a corresponding license.')
  }
}

const heldOf = (licences: ReadonlyMap<string, readonly string[]>): readonly Held[] =>
  [...licences].map(([skuId, disabledPlans]) => ({ skuId, disabledPlans }))

/** POST /users/{id}/assignLicense. */
export function assignToUser(call: Call): SimulatedReply {
  const { clock, directory, licences, switches } = call.world
  const user = userOf(call)
  const { add, remove } = changeFrom(call)
  checkRemovable(call, user, remove)
  const isNowhere = typeof user.properties.usageLocation !== 'string'
  if (add.size > 0 && (isNowhere || [...add.keys()].some(skuId => licences.isProhibited(skuId, user))))
    throw badRequest('License assignment cannot be done for user with invalid usage location.')
  for (const skuId of add.keys()) {
    if (!licences.hasSeat(directory, skuId, user.id))
      throw badRequest(switches.noSeatMessage.replaceAll('{skuId}', skuId))
  }
  const direct = licences.assignments(user.id).filter(({ group }) => group === null)
  const wanted = new Map(direct.map(({ skuId, disabledPlans }) => [skuId, disabledPlans]))
  for (const skuId of remove) wanted.delete(skuId)
  for (const [skuId, plans] of add) wanted.set(skuId, plans)
  const clash = licences.clashFor(user.id, heldOf(wanted))
  if (clash !== undefined) throw badRequest(clash.message)
  licences.setDirect({ directory, now: clock.now() }, user, wanted)
  return entityReply(call, user, 'users', switches.userLicenceStatus)
}

/** POST /groups/{id}/assignLicense: accepted at once, handed to the direct members later. */
export function assignToGroup(call: Call): SimulatedReply {
  const { clock, directory, identity, licences, switches } = call.world
  const group = groupOf(call)
  if (group.properties.securityEnabled !== true) throw invalidValues()
  const { add, remove } = changeFrom(call)
  const wanted = new Map(licences.groupLicences(group.id))
  for (const skuId of remove)
    if (!wanted.delete(skuId)) throw badRequest('Group does not have a corresponding license.')
  for (const [skuId, plans] of add) wanted.set(skuId, plans)
  const clash = clashOf(licences.skus, heldOf(wanted))
  if (clash !== undefined) throw badRequest(clash.message)
  licences.setGroup({ directory, now: clock.now() }, group, wanted, switches.licenceSeconds * 1000)
  const { origin } = call.request.url
  const location = `${origin}/v2/${identity.id}/directoryObjects/${group.id}/Microsoft.DirectoryServices.Group`
  return { ...entityReply(call, group, 'groups', 202), headers: [['location', location]] }
}

/** POST /users/{id}/reprocessLicenseAssignment: tries once more what a user should have from his groups. */
export function reprocess(call: Call): SimulatedReply {
  const { clock, directory, licences } = call.world
  const user = userOf(call)
  for (const group of directory.containers('members', user.id)) {
    if (group.kind === 'group' && licences.groupLicences(group.id).size > 0)
      licences.inherit({ directory, now: clock.now() }, user, group)
  }
  return entityReply(call, user, 'users', 200)
}

function hasError(call: Call, user: DirectoryObject, group: string): boolean {
  return call.world.licences.assignments(user.id).some(held => held.group === group && held.error !== 'None')
}

/** GET /groups/{id}/membersWithLicenseErrors. */
export function listMembersWithErrors(call: Call): SimulatedReply {
  const group = groupOf(call)
  const objects = call.world.directory.linked('members', group.id).filter(member => hasError(call, member, group.id))
  return pageReply(call, linkedListing(call, objects))
}

function entityReply(call: Call, object: DirectoryObject, context: string, status: number): SimulatedReply {
  const body = shown(call.world.directory, object, { select: undefined, expand: [], typed: false })
  return json({ '@odata.context': `${call.base}/$metadata#${context}/$entity`, ...body }, status)
}
