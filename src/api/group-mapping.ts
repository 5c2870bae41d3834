// Generated from crds/ by script/gen. Do not edit.

import type { Condition, LabelSelector, ObjectMeta } from './shared.ts'

/**
 * GroupMapping is a rule that says which employees get which entitlements.
 */
export interface GroupMapping {
  apiVersion: 'tenure.dev/v1alpha1'
  kind: 'GroupMapping'
  metadata: ObjectMeta
  spec: GroupMappingSpec
  status?: GroupMappingStatus
}
/**
 * Who is meant, and what they get.
 */
export interface GroupMappingSpec {
  employees: GroupMappingEmployees
  /**
   * Authoritative takes the entitlements from every managed account that no mapping grants them to. Additive takes back only what was given through a mapping.
   */
  mode: 'Authoritative' | 'Additive'
  /**
   * First day on which the mapping grants anything, as a quoted "YYYY-MM-DD".
   */
  validFrom?: string
  /**
   * Last day, inclusive, on which the mapping grants anything.
   */
  validUntil?: string
  /**
   * What becomes of the grants when the mapping is deleted. Revoke takes back what only this mapping granted, Retain leaves it.
   */
  onDelete: 'Revoke' | 'Retain'
  /**
   * Allows targets that carry administrative power, such as directory roles and groups with an admin role.
   */
  allowPrivileged: boolean
  /**
   * What the employees get, by provider.
   */
  grants: GroupMappingGrant[]
}
/**
 * Which employees are meant. All conditions given must hold.
 */
export interface GroupMappingEmployees {
  /**
   * The employee is in at least one of these groups (spec.groups of the Employee).
   */
  groups?: string[]
  /**
   * The labels of the Employee match this selector.
   */
  selector?: LabelSelector
  /**
   * A CEL expression over employee (the spec of the Employee) and labels that is true for the employees meant, such as employee.title.startsWith('Principal').
   */
  expression?: string
}
export interface GroupMappingGrant {
  /**
   * Name of an IdentityProvider of the same namespace.
   */
  provider: string
  /**
   * Groups at the provider, by name, or by id as id:00g1.
   */
  groups?: string[]
  /**
   * Applications, by name or id; an application role follows a slash, as in Jira/User.
   */
  apps?: string[]
  /**
   * Administrative units, by name or id.
   */
  administrativeUnits?: string[]
  /**
   * Directory roles, by name or id. They need allowPrivileged.
   */
  directoryRoles?: string[]
  /**
   * Licences assigned directly, by SKU part number or id. A licensed group is cheaper.
   */
  licenses?: string[]
}
/**
 * What the mapping came to. Written by Tenure.
 */
export interface GroupMappingStatus {
  /**
   * The metadata.generation this status is about.
   */
  observedGeneration?: number
  /**
   * How many employees the mapping means now.
   */
  matched?: number
  /**
   * The entitlements the mapping names.
   */
  entitlements?: GroupMappingEntitlement[]
  /**
   * Entitlements no longer named, until nobody holds them through us.
   */
  retiring?: GroupMappingRetiring[]
  /**
   * Ready, Reconciling, Stalled, DriftDetected, Withheld.
   */
  conditions?: Condition[]
}
export interface GroupMappingEntitlement {
  /**
   * Name of the IdentityProvider.
   */
  provider: string
  /**
   * What kind of entitlement it is.
   */
  kind: 'Group' | 'App' | 'AdministrativeUnit' | 'DirectoryRole' | 'License'
  /**
   * Its name, as the mapping gives it.
   */
  name: string
  /**
   * The provider's own id of it. Absent while the name is not resolved.
   */
  id?: string
  /**
   * Whether holding it gives administrative rights.
   */
  privileged?: boolean
  /**
   * How it is held; Additive when any mapping that names it is.
   */
  mode?: 'Authoritative' | 'Additive'
  /**
   * What becomes of its grants when no mapping names it any more.
   */
  onDelete?: 'Revoke' | 'Retain'
  /**
   * How many managed accounts hold it because of a mapping.
   */
  granted?: number
  /**
   * How many changes of it the guard holds.
   */
  withheld?: number
  /**
   * How many accounts that are not ours hold it. They are counted and left alone.
   */
  unmanagedMembers?: number
}
export interface GroupMappingRetiring {
  /**
   * Name of the IdentityProvider.
   */
  provider: string
  /**
   * What kind of entitlement it is.
   */
  kind: 'Group' | 'App' | 'AdministrativeUnit' | 'DirectoryRole' | 'License'
  /**
   * Its name, as the mapping gave it.
   */
  name: string
  /**
   * The provider's own id of it.
   */
  id?: string
  /**
   * Whether holding it gives administrative rights.
   */
  privileged?: boolean
  /**
   * The mapping's mode when the entitlement was last named.
   */
  mode?: 'Authoritative' | 'Additive'
  /**
   * The mapping's onDelete when the entitlement was last named.
   */
  onDelete?: 'Revoke' | 'Retain'
  /**
   * When it was first seen to be no longer named.
   */
  since?: string
}
