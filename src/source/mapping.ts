import type { GroupMapping as GroupMappingObject } from '../api/group-mapping.ts'
import type { LabelSelector } from '../api/shared.ts'
import type { EntitlementName } from '../model/entitlement.ts'
import type { GroupMapping, Selector } from '../model/mapping.ts'
import type { Origin } from '../model/origin.ts'
import { dayOf } from './days.ts'

type Grant = GroupMappingObject['spec']['grants'][number]

/** A valid GroupMapping in the words of the model. */
export function groupMappingOf(object: GroupMappingObject, namespace: string, origin: Origin): GroupMapping {
  const { spec, metadata } = object
  const { groups, selector, expression } = spec.employees
  return {
    name: metadata.name,
    namespace,
    origin,
    ...(groups && { groups }),
    ...(selector && { selector: selectorOf(selector) }),
    ...(expression !== undefined && { expression }),
    mode: spec.mode,
    ...(spec.validFrom && { validFrom: dayOf(spec.validFrom) }),
    ...(spec.validUntil && { validUntil: dayOf(spec.validUntil) }),
    onDelete: spec.onDelete,
    allowPrivileged: spec.allowPrivileged,
    grants: spec.grants.map(grant => ({ provider: grant.provider, entitlements: entitlementsOf(grant) })),
  }
}

/** A label selector with its parts always there. */
export function selectorOf(selector: LabelSelector): Selector {
  return {
    matchLabels: selector.matchLabels ?? {},
    matchExpressions: (selector.matchExpressions ?? []).map(term => ({ ...term, values: term.values ?? [] })),
  }
}

function entitlementsOf(grant: Grant): readonly EntitlementName[] {
  const named = (kind: EntitlementName['kind'], names: readonly string[] = []): readonly EntitlementName[] =>
    names.map(name => ({ kind, name }))
  return [
    ...named('Group', grant.groups),
    ...named('App', grant.apps),
    ...named('AdministrativeUnit', grant.administrativeUnits),
    ...named('DirectoryRole', grant.directoryRoles),
    ...named('License', grant.licenses),
  ]
}
