import { type Call, writtenFields } from './call.ts'
import { denied } from './reply.ts'

/** Any one of these application permissions will do. */
export type AnyOf = readonly string[]

/** What a route asks of the caller: one of a list, or, depending on the request, one of each of several lists. */
export type Needs = AnyOf | ((call: Call) => readonly AnyOf[])

const READ_DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All'] as const
const WRITE_DIRECTORY = 'Directory.ReadWrite.All'

/** Application permissions per operation (Microsoft Graph permissions reference). */
export const NEEDS = {
  readUsers: ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', ...READ_DIRECTORY],
  readManager: ['User.Read.All', 'User.ReadWrite.All', ...READ_DIRECTORY],
  writeUsers: ['User.ReadWrite.All', WRITE_DIRECTORY],
  deleteUsers: ['User.DeleteRestore.All', 'User.ReadWrite.All', WRITE_DIRECTORY],
  revoke: ['User.RevokeSessions.All', 'User.ReadWrite.All', WRITE_DIRECTORY],
  readMemberOf: [
    'GroupMember.ReadBasic.All',
    'Group.ReadBasic.All',
    'GroupMember.Read.All',
    'Group.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.ReadWrite.All',
    ...READ_DIRECTORY,
  ],
  readGroups: [
    'Group.ReadBasic.All',
    'GroupMember.Read.All',
    'Group.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.ReadWrite.All',
    ...READ_DIRECTORY,
  ],
  readMembers: [
    'GroupMember.ReadBasic.All',
    'GroupMember.Read.All',
    'Group.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.ReadWrite.All',
    ...READ_DIRECTORY,
  ],
  createGroups: ['Group.Create', 'Group.ReadWrite.All', WRITE_DIRECTORY],
  writeGroups: ['Group.ReadWrite.All', WRITE_DIRECTORY],
  writeMembers: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', WRITE_DIRECTORY],
  readUnits: ['AdministrativeUnit.Read.All', 'AdministrativeUnit.ReadWrite.All', ...READ_DIRECTORY],
  writeUnits: ['AdministrativeUnit.ReadWrite.All', WRITE_DIRECTORY],
  readRoles: [
    'RoleManagement.Read.Directory',
    'RoleManagement.Read.All',
    'RoleManagement.ReadWrite.Directory',
    ...READ_DIRECTORY,
  ],
  writeRoles: ['RoleManagement.ReadWrite.Directory'],
  readApplications: ['Application.Read.All', 'Application.ReadWrite.All', ...READ_DIRECTORY],
  readOrganization: ['Organization.Read.All', 'Organization.ReadWrite.All', ...READ_DIRECTORY],
  readDomains: ['Domain.Read.All', 'Domain.ReadWrite.All', ...READ_DIRECTORY],
  readDirectory: READ_DIRECTORY,
  readAnything: ['User.Read.All', 'User.ReadWrite.All', 'Group.Read.All', 'Group.ReadWrite.All', ...READ_DIRECTORY],
} as const satisfies Record<string, AnyOf>

const PASSWORD: AnyOf = ['User-PasswordProfile.ReadWrite.All', 'User.ReadWrite.All', WRITE_DIRECTORY]
const SINGLE_PROPERTY: Readonly<Record<string, AnyOf>> = {
  accountEnabled: ['User.EnableDisableAccount.All', ...NEEDS.writeUsers],
  passwordProfile: PASSWORD,
  businessPhones: ['User-Phone.ReadWrite.All', ...NEEDS.writeUsers],
  mobilePhone: ['User-Phone.ReadWrite.All', ...NEEDS.writeUsers],
  otherMails: ['User-Mail.ReadWrite.All', ...NEEDS.writeUsers],
  identities: ['User.ManageIdentities.All', ...NEEDS.writeUsers],
}

/** A PATCH of a user needs what each of its properties needs. */
export function userPatchNeeds(call: Call): readonly AnyOf[] {
  const names = Object.keys(writtenFields(call))
  return names.length === 0 ? [NEEDS.writeUsers] : names.map(name => SINGLE_PROPERTY[name] ?? NEEDS.writeUsers)
}

/** A PATCH of a group that only binds members needs the right to write members. */
export function groupPatchNeeds(call: Call): readonly AnyOf[] {
  const names = Object.keys(writtenFields(call))
  if (names.length === 0) return [NEEDS.writeGroups]
  return names.map(name => (name === 'members@odata.bind' ? NEEDS.writeMembers : NEEDS.writeGroups))
}

/** Throws the 403 of Microsoft Graph when the caller lacks what a route needs. */
export function checkPermissions(call: Call, needs: Needs): void {
  const groups = typeof needs === 'function' ? needs(call) : [needs]
  for (const anyOf of groups) if (!anyOf.some(permission => call.permissions.has(permission))) throw denied()
}
