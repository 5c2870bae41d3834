import type { Entitlement, Resolution } from '../../model/entitlement.ts'
import type { EntitlementId } from '../../model/ids.ts'
import type { EntraClient } from './client.ts'
import type { Desk } from './desk.ts'
import { RefusedError } from './errors.ts'
import type { GraphItem } from './list.ts'
import type { GraphAnswer } from './middleware.ts'
import { OperationError } from './outcome.ts'
import { changeLicenses, listSkus, readLicenses } from './requests-entitlements.ts'

/** Every licence the tenant has, to resolve names with. */
export async function readSkus(client: EntraClient, signal: AbortSignal): Promise<readonly GraphItem[]> {
  return (await client.list(listSkus(), 'subscribed SKUs', signal)).items
}

/** Resolves a licence by its SKU part number, or `id:` and the id of the SKU. */
export function resolveSku(name: string, skus: readonly GraphItem[]): Resolution {
  const id = name.startsWith('id:') ? name.slice('id:'.length).toLowerCase() : undefined
  const sku = skus.find(one => (id === undefined ? one.skuPartNumber === name : one.skuId === id))
  if (sku === undefined) return { kind: 'Missing' }
  if (sku.appliesTo === 'Company') return { kind: 'Unsupported', why: `${name} applies to the company, not to users` }
  return { kind: 'Found', entitlement: licenseEntitlement(String(sku.skuId), String(sku.skuPartNumber)) }
}

function licenseEntitlement(id: string, name: string = id): Entitlement {
  return { kind: 'License', id: id as EntitlementId, name, privileged: false }
}

/** Licences of a user, as Microsoft Graph gives it, that were assigned to it and to no group of it. */
export function directLicenses(user: GraphItem): readonly Entitlement[] {
  const direct = statesOf(user).filter(({ assignedByGroup }) => !isText(assignedByGroup))
  return [...new Set(direct.map(({ skuId }) => String(skuId)))].map(id => licenseEntitlement(id))
}

/** How a user came to one licence. */
export function waysTo(sku: string, user: GraphItem): { readonly direct: boolean; readonly inherited: boolean } {
  const states = statesOf(user).filter(({ skuId }) => skuId === sku)
  const working = states.filter(({ state }) => state !== 'Error')
  return {
    direct: states.some(({ assignedByGroup }) => !isText(assignedByGroup)),
    inherited: working.some(({ assignedByGroup }) => isText(assignedByGroup)),
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

function statesOf({ licenseAssignmentStates }: GraphItem): readonly GraphItem[] {
  return Array.isArray(licenseAssignmentStates) ? (licenseAssignmentStates as readonly GraphItem[]) : []
}

/** Gives a licence. Without a usage location, or without a free seat, it says so for this one person. */
export async function giveLicense(desk: Desk, { id, name }: Entitlement, user: string): Promise<GraphAnswer> {
  try {
    return await desk.client.sendWhenVisible(changeLicenses(user, { add: [id] }), [user], desk.signal)
  } catch (error) {
    const advice = error instanceof RefusedError ? adviceFor(error.refusal.message, name) : undefined
    if (advice === undefined) throw error
    throw new OperationError('ProviderFailed', advice, { cause: error })
  }
}

function adviceFor(message: string, name: string): string | undefined {
  if (/usage location/i.test(message))
    return `The licence ${name} needs a usage location: set address.country of the employee, or an attribute usageLocation.`
  if (/available licenses/i.test(message))
    return `No seat of the licence ${name} is free: buy more, or take it from somebody. It is tried again in the next run.`
  return undefined
}

/** Takes a licence that was given directly; not having it so is success, and one that comes through a group stays. */
export async function takeLicense(desk: Desk, { id }: Entitlement, user: string): Promise<GraphAnswer | undefined> {
  const { client, signal } = desk
  try {
    return await client.send(changeLicenses(user, { remove: [id] }), signal)
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    const { body } = await client.send(readLicenses(user), signal)
    if (waysTo(id, (body ?? {}) as GraphItem).direct) throw error
    return undefined
  }
}
