import type { ScopedEntitlement } from '../model/desired.ts'
import type { Catalog, Entitlement, EntitlementName, ReadOnlyReason } from '../model/entitlement.ts'
import type { EntitlementId } from '../model/ids.ts'
import { blockedMarkerOf, entitlementKey } from '../model/keys.ts'
import type { GroupMapping } from '../model/mapping.ts'
import type { Finding, Reason } from '../model/origin.ts'
import type { ProviderPolicy } from '../model/provider.ts'
import type { MappedRecord } from '../model/record.ts'

/** A mapping with what it grants at one provider, refused entitlements left out. */
export interface MappingScope {
  readonly mapping: GroupMapping
  readonly entitlements: readonly Entitlement[]
}

export interface Scope {
  readonly mappings: readonly MappingScope[]
  readonly entitlements: ReadonlyMap<EntitlementId, ScopedEntitlement>
  /** Named still, and not to be granted now (gone, ambiguous, refused): neither given nor taken away, and not forgotten. */
  readonly held: readonly MappedRecord[]
  readonly findings: readonly Finding[]
}

/** Every name that the mappings use at one provider, each once. */
export function namesIn(mappings: readonly GroupMapping[], provider: string): EntitlementName[] {
  const names = new Map<string, EntitlementName>()
  for (const mapping of mappings)
    for (const grant of mapping.grants)
      if (grant.provider === provider) for (const name of grant.entitlements) names.set(entitlementKey(name), name)
  return [...names.values()]
}

/**
 * The entitlements that mappings name at one provider, with the mode they are held in, and those they named before. An entitlement
 * is Additive as soon as one mapping that names it is, and a directory role always. One that cannot be granted is a finding and out of scope.
 */
export function scopeOf(
  mappings: readonly GroupMapping[],
  policy: ProviderPolicy,
  catalog: Catalog,
  mapped: ReadonlyMap<EntitlementId, MappedRecord>,
): Scope {
  const findings: Finding[] = []
  const entitlements = new Map<EntitlementId, ScopedEntitlement>()
  const scoped = mappings.map(mapping => {
    const granted = namesIn([mapping], policy.name).flatMap(name => {
      const verdict = grantable(name, mapping, policy, catalog)
      if ('entitlement' in verdict) return [verdict.entitlement]
      findings.push(refused(mapping, policy.name, verdict))
      return []
    })
    for (const entitlement of granted) join(entitlements, entitlement, mapping)
    return { mapping, entitlements: granted }
  })
  const named = new Set(namesIn(mappings, policy.name).map(entitlementKey))
  const held: MappedRecord[] = []
  for (const [id, record] of mapped) {
    if (entitlements.has(id)) continue
    if (isNamed(record, named)) held.push(record)
    else if (retires(record, catalog)) entitlements.set(id, retiring(record))
  }
  return { mappings: scoped.filter(one => one.entitlements.length > 0), entitlements, held, findings }
}

/** Names for the catalogue beside those that mappings use: what they used before, by id, to learn whether it is still there. */
export function retiredNames(
  mappings: readonly GroupMapping[],
  provider: string,
  mapped: ReadonlyMap<EntitlementId, MappedRecord>,
): EntitlementName[] {
  const named = new Set(namesIn(mappings, provider).map(entitlementKey))
  const retired = [...mapped.values()].filter(record => record.onDelete === 'Revoke' && !isNamed(record, named))
  return retired.map(({ entitlement }) => ({ kind: entitlement.kind, name: `id:${entitlement.id}` }))
}

function isNamed({ entitlement: { kind, name, id } }: MappedRecord, named: ReadonlySet<string>): boolean {
  return named.has(entitlementKey({ kind, name })) || named.has(entitlementKey({ kind, name: `id:${id}` }))
}

/** What a mapping no longer names is taken back, unless it was to be kept, or is gone with everybody's membership. */
function retires({ entitlement, onDelete }: MappedRecord, catalog: Catalog): boolean {
  if (onDelete === 'Retain') return false
  return (
    catalog.entitlements.get(entitlementKey({ kind: entitlement.kind, name: `id:${entitlement.id}` }))?.kind !==
    'Missing'
  )
}

function retiring({ entitlement, mappings, onDelete }: MappedRecord): ScopedEntitlement {
  return { entitlement, mode: 'Retiring', mappings, onDelete, dated: false }
}

function join(scope: Map<EntitlementId, ScopedEntitlement>, entitlement: Entitlement, mapping: GroupMapping): void {
  const known = scope.get(entitlement.id)
  scope.set(entitlement.id, {
    entitlement,
    mode: known?.mode === 'Additive' || isAlwaysAdditive(entitlement) ? 'Additive' : mapping.mode,
    mappings: [...new Set([...(known?.mappings ?? []), mapping.name])],
    onDelete: known?.onDelete === 'Retain' ? 'Retain' : mapping.onDelete,
    dated: known?.dated === true || mapping.validFrom !== undefined || mapping.validUntil !== undefined,
  })
}

/** Directory roles are also held for an hour or by emergency accounts: only what we gave is taken back. */
function isAlwaysAdditive({ kind }: Entitlement): boolean {
  return kind === 'DirectoryRole'
}

interface Ungrantable {
  readonly reason: Reason
  readonly message: string
}

function grantable(
  name: EntitlementName,
  mapping: GroupMapping,
  policy: ProviderPolicy,
  catalog: Catalog,
): { readonly entitlement: Entitlement } | Ungrantable {
  const what = `${kindWords[name.kind]} "${name.name}"`
  const resolution = catalog.entitlements.get(entitlementKey(name)) ?? { kind: 'Missing' }
  switch (resolution.kind) {
    case 'Missing':
      return { reason: 'EntitlementMissing', message: `there is no ${what}; create it or correct the name` }
    case 'Ambiguous': {
      const ids = resolution.ids.map(id => `id:${id}`).join(', ')
      return { reason: 'EntitlementAmbiguous', message: `the name of the ${what} is not unique; use one of ${ids}` }
    }
    case 'Unsupported':
      return { reason: 'NotYetSupported', message: `the ${what} cannot be granted: ${resolution.why}` }
    case 'Found':
      return ownable(resolution.entitlement, what, mapping, policy)
  }
}

function ownable(
  entitlement: Entitlement,
  what: string,
  mapping: GroupMapping,
  policy: ProviderPolicy,
): { readonly entitlement: Entitlement } | Ungrantable {
  if (entitlement.name === policy.marker || entitlement.name === blockedMarkerOf(policy.marker))
    return { reason: 'EntitlementIsMarker', message: `the ${what} marks what Tenure manages and cannot be granted` }
  if (entitlement.readOnly) {
    const reason = entitlement.readOnly === 'Computed' ? 'EntitlementComputed' : 'EntitlementOwnedElsewhere'
    return { reason, message: `membership of the ${what} cannot be written: ${readOnlyWords[entitlement.readOnly]}` }
  }
  if (entitlement.privileged && !mapping.allowPrivileged) {
    const message = `the ${what} gives administrative rights; set allowPrivileged: true on the mapping if that is meant`
    return { reason: 'EntitlementPrivileged', message }
  }
  return { entitlement }
}

const kindWords: Readonly<Record<EntitlementName['kind'], string>> = {
  Group: 'group',
  App: 'app',
  AdministrativeUnit: 'administrative unit',
  DirectoryRole: 'directory role',
  License: 'licence',
}

const readOnlyWords: Readonly<Record<ReadOnlyReason, string>> = {
  Computed: 'a rule computes it; take the rule off, or the group out of the mapping',
  BuiltIn: 'it is built in',
  AppOwned: 'an app owns it; grant it in that app',
  Synced: 'it is synchronised from another directory; change it there',
  MailEnabled: 'it is mail-enabled; change it in the mail system',
  Restricted: 'its management is restricted to scoped administrators',
}

function refused(mapping: GroupMapping, provider: string, why: Ungrantable): Finding {
  return {
    reason: why.reason,
    severity: 'Warning',
    message: `GroupMapping ${mapping.name}: at ${provider}, ${why.message}`,
    subject: { kind: 'GroupMapping', name: mapping.name },
    origin: mapping.origin,
    provider,
  }
}
