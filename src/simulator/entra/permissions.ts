import { type Call, writtenFields } from './call.ts'
import { denied } from './reply.ts'

/** Any one of these application permissions will do. */
export type AnyOf = readonly string[]

/** What a route asks of the caller: one of a list, or, depending on the request, one of each of several lists. */
export type Needs = AnyOf | ((call: Call) => readonly AnyOf[])

const READ_DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All'] as const
const WRITE_DIRECTORY = 'Directory.ReadWrite.All'
const READ_USERS = ['User.Read.All', 'User.ReadWrite.All', ...READ_DIRECTORY] as const
const READ_GROUPS = [
  'GroupMember.Read.All',
  'Group.Read.All',
  'GroupMember.ReadWrite.All',
  'Group.ReadWrite.All',
  ...READ_DIRECTORY,
] as const
const READ_UNITS = ['AdministrativeUnit.Read.All', 'AdministrativeUnit.ReadWrite.All', ...READ_DIRECTORY] as const
const READ_APPLICATIONS = ['Application.Read.All', 'Application.ReadWrite.All', ...READ_DIRECTORY] as const

/** Application permissions per operation (Microsoft Graph permissions reference), the least privileged first. */
export const NEEDS = {
  readUsers: ['User.ReadBasic.All', ...READ_USERS],
  readManager: READ_USERS,
  writeUsers: ['User.ReadWrite.All', WRITE_DIRECTORY],
  deleteUsers: ['User.DeleteRestore.All', 'User.ReadWrite.All', WRITE_DIRECTORY],
  revoke: ['User.RevokeSessions.All', 'User.ReadWrite.All', WRITE_DIRECTORY],
  invite: ['User.Invite.All', 'User.ReadWrite.All', WRITE_DIRECTORY],
  readMemberOf: ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', ...READ_GROUPS],
  readGroups: ['Group.ReadBasic.All', ...READ_GROUPS],
  readMembers: ['GroupMember.ReadBasic.All', ...READ_GROUPS],
  createGroups: ['Group.Create', 'Group.ReadWrite.All', WRITE_DIRECTORY],
  writeGroups: ['Group.ReadWrite.All', WRITE_DIRECTORY],
  writeMembers: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', WRITE_DIRECTORY],
  readUnits: READ_UNITS,
  writeUnits: ['AdministrativeUnit.ReadWrite.All', WRITE_DIRECTORY],
  writeDevices: ['Device.ReadWrite.All', WRITE_DIRECTORY],
  readRoles: [
    'RoleManagement.Read.Directory',
    'RoleManagement.Read.All',
    'RoleManagement.ReadWrite.Directory',
    ...READ_DIRECTORY,
  ],
  writeRoles: ['RoleManagement.ReadWrite.Directory'],
  readApplications: READ_APPLICATIONS,
  writeApplications: ['Application.ReadWrite.All', WRITE_DIRECTORY],
  createApplications: ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All', WRITE_DIRECTORY],
  readContacts: ['OrgContact.Read.All', ...READ_DIRECTORY],
  readAppRoles: ['AppRoleAssignment.ReadWrite.All', ...READ_APPLICATIONS],
  deleteAppRoles: ['AppRoleAssignment.ReadWrite.All'],
  readLicences: [
    'LicenseAssignment.Read.All',
    'LicenseAssignment.ReadWrite.All',
    'Organization.Read.All',
    'Organization.ReadWrite.All',
    ...READ_DIRECTORY,
  ],
  readUserLicences: ['LicenseAssignment.Read.All', 'LicenseAssignment.ReadWrite.All', ...READ_USERS],
  assignLicences: ['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', WRITE_DIRECTORY],
  assignGroupLicences: ['LicenseAssignment.ReadWrite.All', 'Group.ReadWrite.All', WRITE_DIRECTORY],
  readMethods: ['UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All'],
  readMethodPolicy: ['Policy.Read.All', 'Policy.ReadWrite.AuthenticationMethod'],
  writeMethodPolicy: ['Policy.ReadWrite.AuthenticationMethod'],
  readOrganization: ['Organization.Read.All', 'Organization.ReadWrite.All', ...READ_DIRECTORY],
  readDomains: ['Domain.Read.All', 'Domain.ReadWrite.All', ...READ_DIRECTORY],
  readDirectory: READ_DIRECTORY,
  readAnything: [
    'User.Read.All',
    'User.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    'Application.Read.All',
    'Application.ReadWrite.All',
    ...READ_DIRECTORY,
  ],
  nothing: [],
} as const satisfies Record<string, AnyOf>

/** What `User.ReadBasic.All` shows. */
const BASIC = new Set('id displayName givenName mail photo surname userPrincipalName'.split(' '))

function selectedNames(call: Call): readonly string[] {
  const { searchParams } = call.request.url
  const select = searchParams.get('$select') ?? searchParams.get('select') ?? ''
  return select
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}

/** Reading users takes more where properties are selected that are not basic, or that come from the audit log. */
export function userReadNeeds(call: Call): readonly AnyOf[] {
  const names = selectedNames(call)
  const isBasic = names.every(name => BASIC.has(name))
  const reads = isBasic ? NEEDS.readUsers : READ_USERS
  return names.includes('signInActivity') ? [reads, ['AuditLog.Read.All']] : [reads]
}

const SINGLE_PROPERTY: Readonly<Record<string, AnyOf>> = {
  passwordProfile: ['User-PasswordProfile.ReadWrite.All', ...NEEDS.writeUsers],
  businessPhones: ['User-Phone.ReadWrite.All', ...NEEDS.writeUsers],
  mobilePhone: ['User-Phone.ReadWrite.All', ...NEEDS.writeUsers],
  otherMails: ['User-Mail.ReadWrite.All', ...NEEDS.writeUsers],
  identities: ['User.ManageIdentities.All', ...NEEDS.writeUsers],
}

const ENABLE = 'User.EnableDisableAccount.All'

/** Enabling and disabling has a permission of its own, which needs one to read users besides. */
function accountNeeds(call: Call): readonly AnyOf[] {
  const writes = NEEDS.writeUsers.some(permission => call.permissions.has(permission))
  return writes ? [NEEDS.writeUsers] : [[ENABLE], READ_USERS]
}

/** What a PATCH would change; an `id` among it does not count. */
function patchedNames(call: Call): readonly string[] {
  return Object.keys(writtenFields(call)).filter(name => name !== 'id')
}

/** A PATCH of a user needs what each of its properties needs. */
export function userPatchNeeds(call: Call): readonly AnyOf[] {
  if (call.world.switches.userReadUpdateAll && call.permissions.has('User.ReadUpdate.All')) return []
  const names = patchedNames(call)
  if (names.length === 0) return [NEEDS.writeUsers]
  return names.flatMap(name =>
    name === 'accountEnabled' ? accountNeeds(call) : [SINGLE_PROPERTY[name] ?? NEEDS.writeUsers],
  )
}

/** A PATCH of a group that only binds members needs the right to write members. */
export function groupPatchNeeds(call: Call): readonly AnyOf[] {
  const names = patchedNames(call)
  if (names.length === 0) return [NEEDS.writeGroups]
  return names.map(name => (name === 'members@odata.bind' ? NEEDS.writeMembers : NEEDS.writeGroups))
}

/** Assigning app roles needs the right to do so and the right to read applications. */
export const appRoleCreateNeeds = (): readonly AnyOf[] => [NEEDS.deleteAppRoles, NEEDS.readApplications]

/** A group is made inside a unit with the right to make groups and at least to read units. */
export const groupInUnitNeeds = (): readonly AnyOf[] => [NEEDS.createGroups, NEEDS.readUnits]

const DELETED_WRITERS: Readonly<Record<string, AnyOf>> = {
  user: NEEDS.deleteUsers,
  group: NEEDS.writeGroups,
  administrativeUnit: NEEDS.writeUnits,
  application: NEEDS.writeApplications,
  servicePrincipal: NEEDS.writeApplications,
  device: NEEDS.writeDevices,
}

/** Restoring and purging need what deleting an object of that kind needs. */
export function deletedWriteNeeds(call: Call): readonly AnyOf[] {
  const kind = call.world.directory.bin().get((call.params[0] ?? '').toLowerCase())?.kind
  return [DELETED_WRITERS[kind ?? 'user'] ?? NEEDS.deleteUsers]
}

const DELETED_READERS: Readonly<Record<string, AnyOf>> = {
  user: ['User.DeleteRestore.All', ...READ_USERS],
  group: ['Group.Read.All', 'Group.ReadWrite.All', ...READ_DIRECTORY],
  administrativeunit: READ_UNITS,
  application: READ_APPLICATIONS,
  serviceprincipal: READ_APPLICATIONS,
}

/** Reading the bin needs what reading objects of that kind needs. */
export function deletedReadNeeds(call: Call): readonly AnyOf[] {
  const key = (call.params[0] ?? '').toLowerCase()
  const kind = call.world.directory.bin().get(key)?.kind ?? key.replace(/^microsoft\.graph\./, '')
  return [DELETED_READERS[kind.toLowerCase()] ?? NEEDS.readAnything]
}

/** Throws the 403 of Microsoft Graph when the caller lacks what a route needs. An empty list is granted to everyone. */
export function checkPermissions(call: Call, needs: Needs): void {
  const groups = typeof needs === 'function' ? needs(call) : [needs]
  for (const anyOf of groups) {
    if (anyOf.length > 0 && !anyOf.some(permission => call.permissions.has(permission))) throw denied()
  }
}
