const known: Readonly<Record<string, string>> = {
  SUPER_ADMIN: 'Super Administrator',
  ORG_ADMIN: 'Organization Administrator',
  READ_ONLY_ADMIN: 'Read-Only Administrator',
  USER_ADMIN: 'Group Administrator',
  GROUP_MEMBERSHIP_ADMIN: 'Group Membership Administrator',
  HELP_DESK_ADMIN: 'Help Desk Administrator',
  APP_ADMIN: 'Application Administrator',
  REPORT_ADMIN: 'Report Administrator',
  API_ACCESS_MANAGEMENT_ADMIN: 'API Access Management Administrator',
  MOBILE_ADMIN: 'Mobile Administrator',
  CUSTOM: 'Custom role',
}

/** The words under which a role type is shown: `ORG_ADMIN` is `Organization Administrator`. */
export function roleLabel(type: string): string {
  return known[type] ?? type
}

const targeted = ['USER_ADMIN', 'APP_ADMIN', 'HELP_DESK_ADMIN', 'GROUP_MEMBERSHIP_ADMIN']
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Assignments of types that take targets have an id that is the type itself in base 32; others get a new one. */
export function assignmentId(type: string): string | undefined {
  if (!targeted.includes(type)) return undefined
  const bits = [...type].map(letter => letter.charCodeAt(0).toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map(group => base32.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('')
}
