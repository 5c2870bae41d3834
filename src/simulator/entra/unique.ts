import type { Directory, DirectoryObject } from './directory.ts'

/** The values of a user that no other object of the tenant may have. */
export function uniqueUserValues(
  user: DirectoryObject,
): readonly (readonly [property: string, values: readonly string[]])[] {
  const { userPrincipalName, proxyAddresses } = user.properties
  return [
    ['userPrincipalName', typeof userPrincipalName === 'string' ? [userPrincipalName] : []],
    ['proxyAddresses', Array.isArray(proxyAddresses) ? (proxyAddresses as string[]) : []],
  ]
}

/** The userPrincipalName before its user went to the bin. */
export function originalName(user: DirectoryObject): string {
  const name = String(user.properties.userPrincipalName)
  const prefix = user.id.replaceAll('-', '')
  return name.startsWith(prefix) ? name.slice(prefix.length) : name
}

/** Gives a user the name it has in the bin, id without dashes before it, and frees what it held. */
export function freeNames(directory: Directory, user: DirectoryObject): void {
  for (const [property, values] of uniqueUserValues(user)) {
    for (const value of values) directory.release(property, value, user.id)
  }
  user.properties.userPrincipalName = `${user.id.replaceAll('-', '')}${originalName(user)}`
}
