import type { AccountKey } from './account.ts'
import type { EntitlementName } from './entitlement.ts'

/** Text that stands for an entitlement name in a map: `Group:Engineering-Core`. */
export function entitlementKey(name: EntitlementName): string {
  return `${name.kind}:${name.name}`
}

/** Name of the second marker group, which holds the accounts that we blocked or staged. */
export function blockedMarkerOf(marker: string): string {
  return `${marker}-blocked`
}

/** Text that stands for a direct read in a map; logins and e-mail compare without case. */
export function lookupKey(key: AccountKey): string {
  switch (key.kind) {
    case 'Id':
      return `Id:${key.id}`
    case 'Number':
      return `Number:${key.number}`
    case 'Login':
      return `Login:${key.login.toLowerCase()}`
    case 'Email':
      return `Email:${key.email.toLowerCase()}`
  }
}
