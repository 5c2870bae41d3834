/** Built-in Entra roles and Microsoft Graph application permissions the simulated tenant knows. */

/** A role that can be assigned. `id` is the published template id for built-in roles. */
export interface RoleDefinition {
  readonly id: string
  readonly displayName: string
  readonly isBuiltIn: boolean
  readonly description?: string
  /** Switched off when false; custom roles only. */
  readonly isEnabled?: boolean
  readonly rolePermissions?: readonly Readonly<Record<string, unknown>>[]
  readonly version?: string | null
}

/** Template ids of the roles that decide what the simulated tenant allows. */
export const ROLE = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  privilegedRoleAdministrator: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  privilegedAuthenticationAdministrator: '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  groupsAdministrator: 'fdd7a751-b60b-444a-984c-02652fe8fa1c',
  helpdeskAdministrator: '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  directoryReaders: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
  guestInviter: '95e79109-95c0-4d8e-aee3-d01accf2d47b',
  messageCenterReader: '790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b',
  reportsReader: '4a5d8f65-41da-4de4-8968-e035b65339cf',
} as const

const builtIn = (id: string, displayName: string): RoleDefinition => ({ id, displayName, isBuiltIn: true })

/** The built-in roles. */
export const BUILT_IN_ROLES: readonly RoleDefinition[] = [
  builtIn(ROLE.globalAdministrator, 'Global Administrator'),
  builtIn(ROLE.privilegedRoleAdministrator, 'Privileged Role Administrator'),
  builtIn(ROLE.privilegedAuthenticationAdministrator, 'Privileged Authentication Administrator'),
  builtIn(ROLE.userAdministrator, 'User Administrator'),
  builtIn(ROLE.groupsAdministrator, 'Groups Administrator'),
  builtIn(ROLE.helpdeskAdministrator, 'Helpdesk Administrator'),
  builtIn(ROLE.directoryReaders, 'Directory Readers'),
  builtIn(ROLE.guestInviter, 'Guest Inviter'),
  builtIn(ROLE.messageCenterReader, 'Message Center Reader'),
  builtIn(ROLE.reportsReader, 'Reports Reader'),
  builtIn('194ae4cb-b126-40b2-bd5b-6091b380977d', 'Security Administrator'),
  builtIn('c4e39bd9-1100-46d3-8c65-fb160da0071f', 'Authentication Administrator'),
  builtIn('4d6ac14f-3453-41d0-bef9-a3e0c569773a', 'License Administrator'),
  builtIn('9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', 'Application Administrator'),
  builtIn('158c047a-c907-4556-b7ef-446551a6b5f7', 'Cloud Application Administrator'),
  builtIn('29232cdf-9323-42fd-ade2-1d097af3e4de', 'Exchange Administrator'),
  builtIn('f28a1f50-f6e7-4571-818b-6a12f2af6b6c', 'SharePoint Administrator'),
  builtIn('5d6b6bb7-de71-4623-b4af-96380a352509', 'Security Reader'),
  builtIn('f2ef992c-3afb-46b9-b7cf-a126ee74c451', 'Global Reader'),
  builtIn('966707d0-3269-4727-9be2-8c3a10f19b9d', 'Password Administrator'),
  builtIn('3a2c62db-5318-420d-8d74-23affee5d9d5', 'Intune Administrator'),
  builtIn('69091246-20e8-4a56-aa4d-066075b2a7a8', 'Teams Administrator'),
]

/** Built-in roles that can be assigned over an administrative unit (Microsoft Entra, Assign Microsoft Entra roles). */
export const UNIT_ROLES: ReadonlySet<string> = new Set([
  ROLE.privilegedAuthenticationAdministrator,
  ROLE.userAdministrator,
  ROLE.groupsAdministrator,
  ROLE.helpdeskAdministrator,
  'c4e39bd9-1100-46d3-8c65-fb160da0071f',
  '4d6ac14f-3453-41d0-bef9-a3e0c569773a',
  'f28a1f50-f6e7-4571-818b-6a12f2af6b6c',
  '966707d0-3269-4727-9be2-8c3a10f19b9d',
  '69091246-20e8-4a56-aa4d-066075b2a7a8',
])

/** Roles whose holders are treated like anyone else (Microsoft Graph, "Who can perform sensitive actions"). */
export const HARMLESS_ROLES: ReadonlySet<string> = new Set([
  ROLE.directoryReaders,
  ROLE.guestInviter,
  ROLE.messageCenterReader,
  ROLE.reportsReader,
])

/** Roles whose holders a User Administrator may still manage. */
export const LIMITED_ADMIN_ROLES: ReadonlySet<string> = new Set([
  ROLE.userAdministrator,
  ROLE.helpdeskAdministrator,
  ROLE.groupsAdministrator,
])

/** Roles that may do sensitive actions on every administrator. */
export const HIGHEST_ROLES: ReadonlySet<string> = new Set([
  ROLE.globalAdministrator,
  ROLE.privilegedAuthenticationAdministrator,
])

/** Granted to the tenant's application unless the state says otherwise: what a workforce tool asks for, no more. */
export const DEFAULT_PERMISSIONS: readonly string[] = [
  'AdministrativeUnit.ReadWrite.All',
  'Application.Read.All',
  'Directory.Read.All',
  'Domain.Read.All',
  'Group.ReadWrite.All',
  'GroupMember.ReadWrite.All',
  'Organization.Read.All',
  'RoleManagement.Read.Directory',
  'User.DeleteRestore.All',
  'User.EnableDisableAccount.All',
  'User.ReadWrite.All',
  'User.RevokeSessions.All',
]

/** The application permissions of Microsoft Graph that can be granted here. */
export const PERMISSIONS: readonly string[] = [
  ...DEFAULT_PERMISSIONS,
  'AdministrativeUnit.Read.All',
  'AppRoleAssignment.ReadWrite.All',
  'Application.ReadWrite.All',
  'Application.ReadWrite.OwnedBy',
  'Device.ReadWrite.All',
  'Directory.ReadWrite.All',
  'Domain.ReadWrite.All',
  'Group.Create',
  'Group.Read.All',
  'Group.ReadBasic.All',
  'GroupMember.Read.All',
  'GroupMember.ReadBasic.All',
  'LicenseAssignment.Read.All',
  'LicenseAssignment.ReadWrite.All',
  'Member.Read.Hidden',
  'Organization.ReadWrite.All',
  'RoleManagement.Read.All',
  'RoleManagement.ReadWrite.Directory',
  'User-Mail.ReadWrite.All',
  'User-PasswordProfile.ReadWrite.All',
  'User-Phone.ReadWrite.All',
  'User.ManageIdentities.All',
  'User.Read.All',
  'User.ReadBasic.All',
  'AuditLog.Read.All',
  'OrgContact.Read.All',
  'Policy.Read.All',
  'Policy.ReadWrite.AuthenticationMethod',
  'User.Invite.All',
  'UserAuthenticationMethod.Read.All',
  'UserAuthenticationMethod.ReadWrite.All',
  ...['Phone', 'MicrosoftAuthApp', 'Passkey', 'TAP', 'SoftwareOATH', 'Email', 'WindowsHello', 'Password'].flatMap(
    kind => [`UserAuthMethod-${kind}.Read.All`, `UserAuthMethod-${kind}.ReadWrite.All`],
  ),
  'UserAuthMethod-PlatformCred.ReadWrite.All',
  'UserAuthMethod-External.ReadWrite.All',
]
