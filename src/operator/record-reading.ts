import type { Employee, EmployeeAccount } from '../api/employee.ts'
import type { GroupMapping } from '../api/group-mapping.ts'
import type { IdentityProvider } from '../api/identity-provider.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { EntitlementId, Instant, ProviderName } from '../model/ids.ts'
import type { JournalEntry, MappedRecord } from '../model/record.ts'
import { entriesOf } from './record-status.ts'

/** The custom resources of a namespace, with what their statuses remember. */
export interface Remembering {
  readonly employees: readonly Employee[]
  readonly mappings: readonly GroupMapping[]
  readonly providers: readonly IdentityProvider[]
}

/** Everything the statuses of a namespace record, as entries from which a RecordBook folds it. */
export function readRecord({ employees, mappings, providers }: Remembering, now: Instant): JournalEntry[] {
  const entries: JournalEntry[] = []
  for (const { metadata, status } of providers) {
    const provider = metadata.name as ProviderName
    const accounts = status?.read?.accounts
    if (accounts !== undefined) entries.push({ kind: 'trusted', at: now, provider, accounts })
    if (status?.recordLost) entries.push({ kind: 'lost', at: now, provider, lost: true })
  }
  for (const [provider, mapped] of mappedRecords(mappings)) entries.push({ kind: 'mapped', at: now, provider, mapped })
  for (const employee of employees) entries.push(...accountEntries(employee))
  return entries
}

function accountEntries({ metadata, spec, status }: Employee): JournalEntry[] {
  const { name, annotations } = metadata
  const orphan = annotations?.['tenure.dev/orphan'] === 'true'
  return (status?.accounts ?? []).flatMap((account: EmployeeAccount) =>
    entriesOf(account, { provider: account.provider as ProviderName, employee: name, retain: spec.retain, orphan }),
  )
}

/** What all mappings named, and no longer name, together: an entitlement that any of them still names is not retiring. */
function mappedRecords(mappings: readonly GroupMapping[]): ReadonlyMap<ProviderName, readonly MappedRecord[]> {
  const found = new Map<ProviderName, Map<EntitlementId, MappedRecord>>()
  for (const { metadata, status } of mappings) {
    const rows = [
      ...(status?.entitlements ?? []).map(row => ({ ...row, retiring: false })),
      ...(status?.retiring ?? []).map(row => ({ ...row, retiring: true })),
    ]
    for (const {
      provider,
      kind,
      name,
      id,
      privileged,
      mode = 'Authoritative',
      onDelete = 'Revoke',
      retiring,
    } of rows) {
      if (id === undefined) continue
      const entitlement: Entitlement = { kind, id: id as EntitlementId, name, privileged: privileged ?? false }
      const of = found.get(provider as ProviderName) ?? new Map<EntitlementId, MappedRecord>()
      found.set(provider as ProviderName, of)
      const known = of.get(entitlement.id)
      const still = !retiring || (known !== undefined && known.mode !== 'Retiring')
      of.set(entitlement.id, {
        entitlement,
        mode: still ? mode : 'Retiring',
        mappings: [...(known?.mappings ?? []), metadata.name].sort(),
        onDelete,
      })
    }
  }
  return new Map([...found].map(([provider, of]) => [provider, [...of.values()]]))
}
