import type { IdentityProviderSpec } from '../api/identity-provider.ts'
import type { Path } from './candidate.ts'

/** A field that is set and has no behaviour yet. */
export interface Unsupported {
  readonly path: Path
  readonly message: string
}

/** What an IdentityProvider asks for that this version cannot. */
export function unsupportedInProvider(spec: IdentityProviderSpec): readonly Unsupported[] {
  const found: Unsupported[] = []
  if ((spec.guard.rejected ?? []).length > 0)
    found.push(unsupported(['spec', 'guard', 'rejected'], 'leave it out; revert the change that was withheld instead'))
  if (spec.guard.window !== '24h') found.push(unsupported(['spec', 'guard', 'window'], 'use 24h, or leave it out'))
  return found
}

function unsupported(path: Path, remedy: string): Unsupported {
  const name = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return { path, message: `${name.slice(1)} is not supported yet; ${remedy}` }
}
