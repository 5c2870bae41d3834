import type { DirectoryObject } from './directory.ts'
import { namedGuid } from './guid.ts'
import { typeOf } from './methods.ts'
import { graphDate } from './new-object.ts'
import { DEFAULT_PASS_POLICY } from './registered.ts'
import type { Sku } from './sku.ts'
import type { EntraState, MethodState, ObjectState, SkuState } from './state.ts'
import { emptyParts, type World } from './world.ts'

/** Finds the id behind a name in a state; throws an Error that says where the name stands. */
type Named = (name: string, where: string) => string

function skuFrom(given: SkuState): Sku {
  const skuId = (given.skuId ?? namedGuid(`sku ${given.skuPartNumber}`)).toLowerCase()
  const servicePlans = (given.servicePlans ?? []).map(plan => ({
    ...plan,
    servicePlanId: (plan.servicePlanId ?? namedGuid(`plan ${plan.servicePlanName}`)).toLowerCase(),
  }))
  return { ...given, skuId, enabled: given.enabled ?? 25, servicePlans }
}

type Licences = ReadonlyMap<string, readonly string[]>

function heldLicences(world: World, state: ObjectState, where: string): Licences {
  const inherited = new Set(
    ((state.licenseAssignmentStates ?? []) as readonly Record<string, unknown>[])
      .filter(({ assignedByGroup }) => assignedByGroup != null)
      .map(({ skuId }) => skuId),
  )
  const direct = new Set(
    ((state.licenseAssignmentStates ?? []) as readonly Record<string, unknown>[])
      .filter(({ assignedByGroup }) => assignedByGroup == null)
      .map(({ skuId }) => skuId),
  )
  const held = new Map<string, readonly string[]>()
  for (const given of (state.assignedLicenses ?? []) as readonly Record<string, unknown>[]) {
    const { skuId, skuPartNumber, disabledPlans = [] } = given
    const sku = [...world.licences.skus.values()].find(
      known => known.skuId === String(skuId).toLowerCase() || known.skuPartNumber === skuPartNumber,
    )
    if (sku === undefined)
      throw new Error(`entra.${where}.assignedLicenses: subscribedSkus has no "${String(skuId ?? skuPartNumber)}".`)
    if (inherited.has(sku.skuId) && !direct.has(sku.skuId)) continue
    held.set(sku.skuId, disabledPlans as readonly string[])
  }
  return held
}

interface Loaded {
  readonly object: DirectoryObject
  readonly state: ObjectState
  readonly where: string
}

function loadLicences(world: World, state: EntraState, loaded: readonly Loaded[]): void {
  const { directory, licences, clock } = world
  const moment = { directory, now: clock.now() }
  for (const given of state.subscribedSkus ?? []) {
    const sku = skuFrom(given)
    licences.skus.set(sku.skuId, sku)
  }
  for (const { object, state: given, where } of loaded) {
    if (given.assignedLicenses === undefined) continue
    const held = heldLicences(world, given, where)
    if (object.kind === 'user') licences.setDirect(moment, object, held)
    if (object.kind === 'group' && held.size > 0) licences.setGroup(moment, object, held, 0)
  }
  licences.settle(moment)
}

function loadMethods(world: World, given: readonly MethodState[], named: Named): void {
  for (const [index, method] of given.entries()) {
    const where = `authenticationMethods[${index}]`
    const { user, type, id, createdDateTime, ...properties } = method
    typeOf(type)
    const owner = named(user, `${where}.user`)
    world.methods.add(owner, {
      id: (id ?? namedGuid(`${owner} ${type} ${index}`)).toLowerCase(),
      path: type,
      createdDateTime: createdDateTime ?? graphDate(world.clock.now()),
      properties,
    })
  }
}

function loadAppRoles(world: World, state: EntraState, named: Named): void {
  for (const [index, given] of (state.appRoleAssignments ?? []).entries()) {
    const where = `appRoleAssignments[${index}]`
    const [principalId, resourceId] = [
      named(given.principal, `${where}.principal`),
      named(given.resource, `${where}.resource`),
    ]
    const appRoleId = (given.appRoleId ?? '00000000-0000-0000-0000-000000000000').toLowerCase()
    const id = given.id ?? namedGuid(`${principalId} ${resourceId} ${appRoleId}`)
    const createdDateTime = given.createdDateTime ?? graphDate(world.clock.now())
    world.appRoles.set(id, { id, appRoleId, principalId, resourceId, createdDateTime })
  }
}

function loadActiveRoles(world: World, names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const role = world.roleDefinitions.find(({ id, displayName }) => id === name || displayName === name)
    if (role === undefined) throw new Error(`entra.directoryRoles[${index}]: there is no role "${name}".`)
    world.activeRoles.add(role.id)
  }
}

/** Fills what a world keeps beside its directory out of a state whose objects are loaded already. */
export function loadParts(world: World, state: EntraState, loaded: readonly Loaded[], named: Named): void {
  Object.assign(world, emptyParts())
  loadLicences(world, state, loaded)
  loadMethods(world, state.authenticationMethods ?? [], named)
  world.methods.policy = { ...DEFAULT_PASS_POLICY, ...state.temporaryAccessPassPolicy }
  loadAppRoles(world, state, named)
  loadActiveRoles(world, state.directoryRoles ?? [])
  for (const [group, settings] of Object.entries(state.groupSettings ?? {}))
    world.groupSettings.set(group, [...settings])
}

/** What {@link loadParts} reads. */
export function dumpParts(world: World): Partial<EntraState> {
  const { appRoles, activeRoles, groupSettings, licences, methods } = world
  return {
    subscribedSkus: structuredClone([...licences.skus.values()]),
    authenticationMethods: [...methods.users()].flatMap(user =>
      methods.registered(user).map(({ id, path, createdDateTime, properties }) => ({
        user,
        type: path,
        id,
        createdDateTime,
        ...structuredClone(properties),
      })),
    ),
    temporaryAccessPassPolicy: { ...methods.policy },
    appRoleAssignments: [...appRoles.values()].map(given => ({
      id: given.id,
      principal: given.principalId,
      resource: given.resourceId,
      appRoleId: given.appRoleId,
      ...(given.createdDateTime === null ? {} : { createdDateTime: given.createdDateTime }),
    })),
    directoryRoles: [...activeRoles],
    groupSettings: structuredClone(Object.fromEntries(groupSettings)),
  }
}
