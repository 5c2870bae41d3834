import type { GroupMappingSpec } from '../api/group-mapping.ts'
import type { IdentityProviderSpec } from '../api/identity-provider.ts'
import type { Path } from './candidate.ts'

/** A field that is set and has no behaviour yet. */
export interface Unsupported {
  readonly path: Path
  readonly message: string
}

/** What a GroupMapping grants that this version cannot. */
export function unsupportedInMapping(spec: GroupMappingSpec): readonly Unsupported[] {
  return spec.grants.flatMap((grant, index) =>
    (['apps', 'directoryRoles', 'licenses'] as const)
      .filter(field => (grant[field] ?? []).length > 0)
      .map(field => unsupported(['spec', 'grants', index, field], 'grant groups or administrativeUnits instead')),
  )
}

/** What an IdentityProvider asks for that this version cannot. */
export function unsupportedInProvider(spec: IdentityProviderSpec): readonly Unsupported[] {
  const found: Unsupported[] = []
  if (spec.firstCredential !== 'None') found.push(unsupported(['spec', 'firstCredential'], 'use None, or leave it out'))
  if ((spec.guard.rejected ?? []).length > 0)
    found.push(unsupported(['spec', 'guard', 'rejected'], 'leave it out; revert the change that was withheld instead'))
  if (spec.guard.window !== '24h') found.push(unsupported(['spec', 'guard', 'window'], 'use 24h, or leave it out'))
  if (spec.quota.percent !== 50) found.push(unsupported(['spec', 'quota', 'percent'], 'use 50, or leave it out'))
  return found
}

function unsupported(path: Path, remedy: string): Unsupported {
  const name = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return { path, message: `${name.slice(1)} is not supported yet; ${remedy}` }
}
