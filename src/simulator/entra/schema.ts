/** Which properties each kind of directory object has, after the published metadata of Microsoft Graph v1.0. */

/** Kinds of directory objects the simulated tenant holds. */
export type Kind =
  | 'user'
  | 'group'
  | 'administrativeUnit'
  | 'servicePrincipal'
  | 'application'
  | 'device'
  | 'orgContact'
  | 'directoryRole'
  | 'directoryRoleTemplate'

/** The type of a property's value; `object` and `objects` stand for complex types. */
export type PropertyType = 'string' | 'boolean' | 'dateTime' | 'number' | 'strings' | 'object' | 'objects' | 'guid'

/** Property names of one kind, with their types. */
export type Schema = Readonly<Record<string, PropertyType>>

function typed(type: PropertyType, names: string): Record<string, PropertyType> {
  return Object.fromEntries(names.split(/\s+/).map(name => [name, type]))
}

const DIRECTORY_OBJECT = { ...typed('string', 'id'), ...typed('dateTime', 'deletedDateTime') }

const USER: Schema = {
  ...DIRECTORY_OBJECT,
  ...typed(
    'string',
    'aboutMe ageGroup city companyName consentProvidedForMinor country creationType department displayName employeeId employeeType externalUserState faxNumber givenName jobTitle legalAgeGroupClassification mail mailNickname mobilePhone mySite officeLocation onPremisesDistinguishedName onPremisesDomainName onPremisesImmutableId onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesUserPrincipalName passwordPolicies postalCode preferredDataLocation preferredLanguage preferredName securityIdentifier state streetAddress surname usageLocation userPrincipalName userType',
  ),
  ...typed(
    'boolean',
    'accountEnabled isManagementRestricted isResourceAccount onPremisesSyncEnabled showInAddressList',
  ),
  ...typed(
    'dateTime',
    'birthday createdDateTime employeeHireDate employeeLeaveDateTime externalUserStateChangeDateTime hireDate lastPasswordChangeDateTime onPremisesLastSyncDateTime signInSessionsValidFromDateTime',
  ),
  ...typed(
    'strings',
    'businessPhones imAddresses interests otherMails pastProjects proxyAddresses responsibilities schools skills',
  ),
  ...typed('object', 'authorizationInfo employeeOrgData onPremisesExtensionAttributes passwordProfile signInActivity'),
  ...typed(
    'objects',
    'assignedLicenses assignedPlans identities licenseAssignmentStates onPremisesProvisioningErrors provisionedPlans serviceProvisioningErrors',
  ),
}

const GROUP: Schema = {
  ...DIRECTORY_OBJECT,
  ...typed(
    'string',
    'classification description displayName mail mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier preferredDataLocation preferredLanguage securityIdentifier theme uniqueName visibility',
  ),
  ...typed(
    'boolean',
    'allowExternalSenders autoSubscribeNewMembers hasMembersWithLicenseErrors isArchived isSubscribedByMail hideFromAddressLists hideFromOutlookClients isAssignableToRole isManagementRestricted mailEnabled onPremisesSyncEnabled securityEnabled',
  ),
  ...typed('dateTime', 'createdDateTime expirationDateTime onPremisesLastSyncDateTime renewedDateTime'),
  ...typed('strings', 'groupTypes infoCatalogs proxyAddresses resourceBehaviorOptions resourceProvisioningOptions'),
  ...typed('number', 'unseenCount'),
  ...typed('object', 'licenseProcessingState'),
  ...typed('objects', 'assignedLabels assignedLicenses onPremisesProvisioningErrors serviceProvisioningErrors'),
}

const ADMINISTRATIVE_UNIT: Schema = {
  ...DIRECTORY_OBJECT,
  ...typed('string', 'description displayName membershipRule membershipRuleProcessingState membershipType visibility'),
  ...typed('boolean', 'isMemberManagementRestricted'),
}

const SERVICE_PRINCIPAL: Schema = {
  ...DIRECTORY_OBJECT,
  ...typed(
    'string',
    'appDescription appDisplayName appId applicationTemplateId createdByAppId description disabledByMicrosoftStatus displayName homepage loginUrl logoutUrl notes preferredSingleSignOnMode servicePrincipalType signInAudience',
  ),
  ...typed('guid', 'appOwnerOrganizationId tokenEncryptionKeyId'),
  ...typed('boolean', 'accountEnabled appRoleAssignmentRequired'),
  ...typed('strings', 'alternativeNames notificationEmailAddresses replyUrls servicePrincipalNames tags'),
  ...typed('object', 'info samlSingleSignOnSettings verifiedPublisher'),
  ...typed('objects', 'addIns appRoles keyCredentials oauth2PermissionScopes passwordCredentials'),
}

const APPLICATION: Schema = {
  ...DIRECTORY_OBJECT,
  ...typed(
    'string',
    'appId applicationTemplateId createdByAppId description disabledByMicrosoftStatus displayName groupMembershipClaims notes publisherDomain serviceManagementReference signInAudience uniqueName',
  ),
  ...typed('guid', 'tokenEncryptionKeyId'),
  ...typed('boolean', 'isDeviceOnlyAuthSupported isFallbackPublicClient oauth2RequirePostResponse'),
  ...typed('dateTime', 'createdDateTime'),
  ...typed('strings', 'identifierUris tags'),
  ...typed('object', 'api info optionalClaims parentalControlSettings publicClient spa verifiedPublisher web'),
  ...typed(
    'objects',
    'addIns appRoles federatedIdentityCredentials keyCredentials passwordCredentials requiredResourceAccess',
  ),
}

const DEVICE: Schema = {
  ...DIRECTORY_OBJECT,
  ...typed(
    'string',
    'deviceCategory deviceId deviceOwnership displayName enrollmentProfileName managementType manufacturer model operatingSystem operatingSystemVersion profileType trustType',
  ),
  ...typed('boolean', 'accountEnabled isCompliant isManaged isManagementRestricted onPremisesSyncEnabled'),
  ...typed('dateTime', 'approximateLastSignInDateTime registrationDateTime'),
  ...typed('strings', 'physicalIds systemLabels'),
}

const ORG_CONTACT: Schema = {
  ...DIRECTORY_OBJECT,
  ...typed('string', 'companyName department displayName givenName jobTitle mail mailNickname surname'),
  ...typed('boolean', 'onPremisesSyncEnabled'),
  ...typed('dateTime', 'onPremisesLastSyncDateTime'),
  ...typed('strings', 'proxyAddresses'),
  ...typed('objects', 'addresses onPremisesProvisioningErrors phones serviceProvisioningErrors'),
}

const DIRECTORY_ROLE: Schema = { ...DIRECTORY_OBJECT, ...typed('string', 'description displayName roleTemplateId') }
const DIRECTORY_ROLE_TEMPLATE: Schema = { ...DIRECTORY_OBJECT, ...typed('string', 'description displayName') }

/** The schema of each kind. */
export const SCHEMAS: Readonly<Record<Kind, Schema>> = {
  user: USER,
  group: GROUP,
  administrativeUnit: ADMINISTRATIVE_UNIT,
  servicePrincipal: SERVICE_PRINCIPAL,
  application: APPLICATION,
  device: DEVICE,
  orgContact: ORG_CONTACT,
  directoryRole: DIRECTORY_ROLE,
  directoryRoleTemplate: DIRECTORY_ROLE_TEMPLATE,
}

/** What is answered without `$select`. Microsoft names eleven for users; other kinds answer nearly everything. */
export const DEFAULT_PROPERTIES: Readonly<Record<Kind, readonly string[]>> = {
  user: 'id businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'.split(
    ' ',
  ),
  group:
    'id deletedDateTime classification createdDateTime description displayName expirationDateTime groupTypes isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions resourceProvisioningOptions securityEnabled securityIdentifier theme uniqueName visibility onPremisesProvisioningErrors serviceProvisioningErrors'.split(
      ' ',
    ),
  administrativeUnit: Object.keys(ADMINISTRATIVE_UNIT),
  servicePrincipal: Object.keys(SERVICE_PRINCIPAL),
  // Federated identity credentials have a path of their own.
  application: Object.keys(APPLICATION).filter(name => name !== 'federatedIdentityCredentials'),
  device: Object.keys(DEVICE).filter(name => name !== 'isManagementRestricted'),
  orgContact: Object.keys(ORG_CONTACT),
  directoryRole: Object.keys(DIRECTORY_ROLE),
  directoryRoleTemplate: Object.keys(DIRECTORY_ROLE_TEMPLATE),
}

/** Longest accepted values, in characters. */
export const MAX_LENGTHS: Readonly<Partial<Record<Kind, Readonly<Record<string, number>>>>> = {
  user: {
    displayName: 256,
    givenName: 64,
    surname: 64,
    department: 64,
    companyName: 64,
    mailNickname: 64,
    jobTitle: 128,
    employeeId: 16,
    mobilePhone: 64,
    city: 128,
    country: 128,
    state: 128,
    officeLocation: 128,
    postalCode: 40,
    streetAddress: 1024,
  },
  group: { displayName: 256, mailNickname: 64 },
  application: { displayName: 256 },
}

/** Never written through the API. */
export const READ_ONLY: Readonly<Partial<Record<Kind, ReadonlySet<string>>>> = {
  user: new Set(
    'id deletedDateTime createdDateTime creationType externalUserState isManagementRestricted lastPasswordChangeDateTime onPremisesDistinguishedName onPremisesDomainName onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName proxyAddresses securityIdentifier signInSessionsValidFromDateTime assignedLicenses assignedPlans licenseAssignmentStates provisionedPlans serviceProvisioningErrors signInActivity imAddresses'.split(
      ' ',
    ),
  ),
  group: new Set(
    'id deletedDateTime createdDateTime expirationDateTime isManagementRestricted mail onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled proxyAddresses renewedDateTime securityIdentifier assignedLicenses hasMembersWithLicenseErrors licenseProcessingState serviceProvisioningErrors'.split(
      ' ',
    ),
  ),
  administrativeUnit: new Set(['id', 'deletedDateTime']),
  servicePrincipal: new Set(['id', 'deletedDateTime', 'appOwnerOrganizationId', 'appDisplayName', 'createdByAppId']),
  application: new Set(
    'id deletedDateTime appId createdDateTime createdByAppId publisherDomain federatedIdentityCredentials'.split(' '),
  ),
}

/** Kept in SharePoint: never app-only, and not selectable on a list. */
export const SHAREPOINT_PROPERTIES: ReadonlySet<string> = new Set(
  'aboutMe birthday hireDate interests mySite pastProjects preferredName responsibilities schools skills'.split(' '),
)

const EXTENSION_ATTRIBUTES = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`)

/** The names inside `onPremisesExtensionAttributes`. */
export const EXTENSION_ATTRIBUTE_NAMES: ReadonlySet<string> = new Set(EXTENSION_ATTRIBUTES)

/** What a property holds that was never set: `[]` for collections, all-null extension attributes, else null. */
export function unsetValue(type: PropertyType, name: string): unknown {
  if (type === 'strings' || type === 'objects') return []
  if (name === 'onPremisesExtensionAttributes') {
    return Object.fromEntries(EXTENSION_ATTRIBUTES.map(attribute => [attribute, null]))
  }
  return null
}
