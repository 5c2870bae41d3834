import type { Entitlement, ReadOnlyReason } from '../../model/entitlement.ts'
import type { EntitlementId } from '../../model/ids.ts'

type GraphObject = Readonly<Record<string, unknown>>

/** A group or administrative unit as Microsoft Graph gives it; undefined for anything else, or without an id. */
export function entitlementFrom(object: GraphObject, kind: 'Group' | 'AdministrativeUnit'): Entitlement | undefined {
  const { id, displayName } = object
  if (typeof id !== 'string') return undefined
  const readOnly = kind === 'Group' ? groupReadOnly(object) : unitReadOnly(object)
  return {
    kind,
    id: id as EntitlementId,
    name: typeof displayName === 'string' ? displayName : id,
    privileged: object.isAssignableToRole === true,
    ...(readOnly === undefined ? {} : { readOnly }),
  }
}

/** What a member list says of its items by `@odata.type`; directory roles are left out, since they are not ours to write. */
export function heldEntitlement(object: GraphObject): Entitlement | undefined {
  if (object['@odata.type'] === '#microsoft.graph.group') return entitlementFrom(object, 'Group')
  if (object['@odata.type'] === '#microsoft.graph.administrativeUnit')
    return entitlementFrom(object, 'AdministrativeUnit')
  return undefined
}

/**
 * Rules decide over a dynamic group, a synced directory over its own, and Exchange over distribution lists and mail-enabled
 * security groups; a Microsoft 365 group is mail-enabled too, and can be written.
 */
function groupReadOnly(group: GraphObject): ReadOnlyReason | undefined {
  const types = Array.isArray(group.groupTypes) ? group.groupTypes : []
  if (types.includes('DynamicMembership')) return 'Computed'
  if (group.onPremisesSyncEnabled === true) return 'Synced'
  if (group.mailEnabled === true && !types.includes('Unified')) return 'MailEnabled'
  return undefined
}

/** In a restricted unit only administrators of that unit may manage members ("Restricted management administrative units"). */
function unitReadOnly(unit: GraphObject): ReadOnlyReason | undefined {
  if (unit.membershipType === 'Dynamic') return 'Computed'
  return unit.isMemberManagementRestricted === true ? 'Restricted' : undefined
}

const WORDS: Readonly<Record<ReadOnlyReason, string>> = {
  Computed: 'its members follow from a rule',
  Synced: 'it is synced from an on-premises directory',
  MailEnabled: 'its members are managed in Exchange',
  Restricted: 'only administrators of that restricted unit may manage it',
  BuiltIn: 'it is built in',
  AppOwned: 'an app owns it',
}

/** Why membership cannot be written, as a part of a sentence. */
export function readOnlyWords(reason: ReadOnlyReason): string {
  return WORDS[reason]
}
