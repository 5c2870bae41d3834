/** Users whose profile another system masters. Source: Okta, Error codes, E0000023; Schemas API, attribute-level sourcing. */
import { OktaError } from './errors.ts'
import type { Json } from './json.ts'
import type { User, UserType } from './objects.ts'
import type { Org } from './org.ts'
import { attributeOf } from './profile.ts'

const directories = ['ACTIVE_DIRECTORY', 'LDAP']

/** Whether a directory is the source of a user. */
export function isOfDirectory(user: User): boolean {
  return directories.includes(user.provider.type) || directories.includes(user.profileMaster ?? '')
}

/** Refuses a profile that another system masters: always, or only where an attribute changes that Okta does not master itself. */
export function checkMaster(
  org: Org,
  user: User,
  { type, next }: { readonly type: UserType; readonly next: Readonly<Record<string, Json>> },
): void {
  if (user.profileMaster === null) return
  const names = new Set([...Object.keys(user.profile), ...Object.keys(next)])
  const changes = (name: string): boolean =>
    JSON.stringify(user.profile[name] ?? null) !== JSON.stringify(next[name] ?? null)
  const isMastered = (name: string): boolean => attributeOf(type, name)?.master?.type !== 'OKTA'
  if (org.switches.masteredRefusal === 'any-write' || [...names].some(name => isMastered(name) && changes(name)))
    throw new OktaError(403, 'E0000023')
}

/** Refuses to end a user who belongs to another system. */
export function checkMasteredEnd(org: Org, user: User): void {
  if (user.profileMaster !== null && org.switches.masteredDeactivation === 'E0000023')
    throw new OktaError(403, 'E0000023')
}
