import type { JWK } from 'jose'
import type { GroupSetting } from './group-setting.ts'
import type { LagSettings } from './lag.ts'
import type { PassPolicy } from './registered.ts'
import type { RoleDefinition } from './roles.ts'
import type { Switches } from './switches.ts'

/**
 * Everything a simulated Entra tenant holds, as JSON meant to be written by hand: only names are needed, ids are made up
 * where they are absent, and people, groups and roles may be named by userPrincipalName, displayName or id.
 *
 *     {"users": [{"userPrincipalName": "ada@example.com", "manager": "grace@example.com"}],
 *      "groups": [{"displayName": "Engineering", "members": ["ada@example.com"]}]}
 */
export interface EntraState {
  version?: 1
  tenant?: TenantState
  /** Applications that may ask for tokens; the first is the one a client is told of. */
  applications?: readonly ApplicationState[]
  /** Issuers of federated tokens whose keys the tenant holds, as it cannot fetch them. */
  issuers?: readonly { issuer: string; keys: readonly JWK[] }[]
  /** Any property of Microsoft Graph's user, and `manager`. `deletedDateTime` puts it into the bin. */
  users?: readonly ObjectState[]
  /** Any property of Microsoft Graph's group, and `members`, `owners`. */
  groups?: readonly ObjectState[]
  /** Any property of Microsoft Graph's administrativeUnit, and `members`. */
  administrativeUnits?: readonly ObjectState[]
  devices?: readonly ObjectState[]
  /** Any property of Microsoft Graph's orgContact. */
  contacts?: readonly ObjectState[]
  /** Any property of Microsoft Graph's servicePrincipal, and `owners`; those of `applications` are there without. */
  servicePrincipals?: readonly ObjectState[]
  /** Any property of Microsoft Graph's application, `owners` and `federatedIdentityCredentials`; a password has its `secretText`. */
  appRegistrations?: readonly ObjectState[]
  /** Products; the `assignedLicenses` of users and groups name them by `skuId` or `skuPartNumber`. */
  subscribedSkus?: readonly SkuState[]
  /** What users registered to sign in with. */
  authenticationMethods?: readonly MethodState[]
  temporaryAccessPassPolicy?: Partial<PassPolicy>
  appRoleAssignments?: readonly AppRoleState[]
  /** Ids or displayNames of built-in roles that were activated. */
  directoryRoles?: readonly string[]
  /** By id of the group. */
  groupSettings?: Readonly<Record<string, readonly GroupSetting[]>>
  /** Roles besides the built-in ones. */
  roleDefinitions?: readonly RoleDefinition[]
  roleAssignments?: readonly RoleAssignmentState[]
  switches?: Partial<Switches>
  /** How long writes stay unseen, once the switch `lag` is on. */
  lag?: Partial<LagSettings>
}

/** Who the tenant is. */
export interface TenantState {
  id?: string
  displayName?: string
  /** Verified domains; the first is the default. */
  domains?: readonly string[]
  /** Domains whose passwords another identity provider keeps. */
  federatedDomains?: readonly string[]
  onPremisesSyncEnabled?: boolean
}

/** An application with its service principal and its credentials. */
export interface ApplicationState {
  appId?: string
  displayName?: string
  servicePrincipalId?: string
  secrets?: readonly string[]
  /** PEM of the certificates whose keys may sign its assertions. */
  certificates?: readonly string[]
  federatedCredentials?: readonly FederatedCredential[]
  /** Application permissions of Microsoft Graph that were granted. */
  permissions?: readonly string[]
}

/** Whose tokens an application accepts in place of a secret: issuer, subject and audience must match exactly. */
export interface FederatedCredential {
  name: string
  issuer: string
  subject: string
  audiences: readonly string[]
}

/** A directory object by its Microsoft Graph properties. */
export interface ObjectState {
  id?: string
  manager?: string
  members?: readonly string[]
  owners?: readonly string[]
  [property: string]: unknown
}

/** A product the tenant subscribed to. */
export interface SkuState {
  skuId?: string
  skuPartNumber: string
  /** Seats. Default 25. */
  enabled?: number
  servicePlans?: readonly ServicePlanState[]
  /** Countries in which it is not to be had, in two letters. */
  prohibitedIn?: readonly string[]
}

/** A service inside a product. */
export interface ServicePlanState {
  servicePlanId?: string
  servicePlanName: string
  /** Ids of plans without which it cannot be had, whichever product has them. */
  dependsOn?: readonly string[]
  /** Ids of plans with which it cannot be had. */
  excludes?: readonly string[]
}

/** An authentication method with its properties, such as `phoneNumber`. */
export interface MethodState {
  /** Id or userPrincipalName. */
  user: string
  /** Segment of the path: `phoneMethods`, `fido2Methods`. */
  type: string
  id?: string
  createdDateTime?: string
  [property: string]: unknown
}

/** An app role held by a user, group or service principal. */
export interface AppRoleState {
  id?: string
  /** Id, userPrincipalName, displayName of a group, or appId. */
  principal: string
  /** Id, displayName or appId of the service principal. */
  resource: string
  /** The default access when absent. */
  appRoleId?: string
  createdDateTime?: string
}

/** An Entra role held by a user, group or service principal. */
export interface RoleAssignmentState {
  id?: string
  /** Id or displayName of the role. */
  role: string
  /** Id, userPrincipalName, displayName of a group, or appId. */
  principal: string
  /** `/` by default; `/administrativeUnits/{id or displayName}`. */
  scope?: string
}
