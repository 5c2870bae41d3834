import type { UserType } from './objects.ts'
import type { Org } from './org.ts'

/** The org's default user type. Throws on an org without one, which loading prevents. */
export function defaultType(org: Org): UserType {
  for (const type of org.types.values()) if (type.isDefault) return type
  throw new Error('the org has no default user type')
}
