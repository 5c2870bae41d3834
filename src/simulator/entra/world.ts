import type { JWK } from 'jose'
import type { TenantClock } from '../kernel.ts'
import type { AppRoleAssignment } from './app-role-assignment.ts'
import { Directory } from './directory.ts'
import type { GroupSetting } from './group-setting.ts'
import { namedGuid, randomGuid } from './guid.ts'
import { DEFAULT_LAG, type LagSettings } from './lag.ts'
import { Licences } from './licences.ts'
import { AuthenticationMethods } from './registered.ts'
import type { RoleDefinition } from './roles.ts'
import { BUILT_IN_ROLES, DEFAULT_PERMISSIONS } from './roles.ts'
import type { ApplicationState, FederatedCredential, TenantState } from './state.ts'
import { DEFAULT_SWITCHES, type Switches } from './switches.ts'

/** An application with everything filled in. */
export interface Application {
  readonly appId: string
  readonly displayName: string
  readonly servicePrincipalId: string
  readonly secrets: readonly string[]
  readonly certificates: string[]
  readonly federatedCredentials: FederatedCredential[]
  readonly permissions: readonly string[]
}

/** Who the tenant is, with everything filled in. */
export interface TenantIdentity {
  readonly id: string
  readonly displayName: string
  readonly domains: readonly string[]
  readonly federatedDomains: readonly string[]
  readonly onPremisesSyncEnabled: boolean
}

/** All that a simulated tenant knows. Loading a state replaces its parts. */
export interface World {
  readonly clock: TenantClock
  readonly random: () => number
  identity: TenantIdentity
  applications: Application[]
  issuers: Map<string, readonly JWK[]>
  directory: Directory
  roleDefinitions: readonly RoleDefinition[]
  switches: Switches
  lag: LagSettings
  licences: Licences
  methods: AuthenticationMethods
  /** App roles that principals hold, by id; grants of Microsoft Graph's permissions stand with the application. */
  appRoles: Map<string, AppRoleAssignment>
  /** Templates of the directory roles that were activated by request. */
  activeRoles: Set<string>
  /** Settings of groups, by group. */
  groupSettings: Map<string, GroupSetting[]>
}

/** Microsoft Graph's own application. */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'

/** Fills in what a state leaves out of an application. */
export function applicationFrom(given: ApplicationState, random: () => number): Application {
  return {
    appId: (given.appId ?? randomGuid(random)).toLowerCase(),
    displayName: given.displayName ?? 'Workforce tool',
    servicePrincipalId: (given.servicePrincipalId ?? randomGuid(random)).toLowerCase(),
    secrets: given.secrets ?? [`secret-${randomGuid(random)}`],
    certificates: [...(given.certificates ?? [])],
    federatedCredentials: [...(given.federatedCredentials ?? [])],
    permissions: given.permissions ?? DEFAULT_PERMISSIONS,
  }
}

/** Fills in what a state leaves out of the tenant. */
export function identityFrom(given: TenantState, random: () => number): TenantIdentity {
  return {
    id: (given.id ?? randomGuid(random)).toLowerCase(),
    displayName: given.displayName ?? 'Example',
    domains: given.domains ?? ['example.com', 'example.onmicrosoft.com'],
    federatedDomains: given.federatedDomains ?? [],
    onPremisesSyncEnabled: given.onPremisesSyncEnabled ?? false,
  }
}

/** Puts the service principals of Microsoft Graph and of the applications into the directory. */
export function addServicePrincipals(world: World): void {
  const add = (id: string, appId: string, displayName: string): void => {
    if (world.directory.find(id) !== undefined) return
    const properties = {
      appId,
      displayName,
      appDisplayName: displayName,
      accountEnabled: true,
      appRoleAssignmentRequired: false,
      servicePrincipalType: 'Application',
      servicePrincipalNames: [appId],
      appOwnerOrganizationId: world.identity.id,
    }
    world.directory.add({ id, kind: 'servicePrincipal', properties })
  }
  add(graphPrincipalId(world), GRAPH_APP_ID, 'Microsoft Graph')
  for (const { servicePrincipalId, appId, displayName } of world.applications) {
    add(servicePrincipalId, appId, displayName)
    const id = applicationObjectId(appId)
    const properties = {
      appId,
      displayName,
      oauth2RequirePostResponse: false,
      signInAudience: 'AzureADMyOrg',
      publisherDomain: world.identity.domains[0],
    }
    if (world.directory.find(id) === undefined) world.directory.add({ id, kind: 'application', properties })
  }
}

/** Object id of an application that a state names under `applications`. */
export function applicationObjectId(appId: string): string {
  return namedGuid(`application ${appId}`)
}

/** Id of Microsoft Graph's service principal in this tenant. */
export function graphPrincipalId(world: World): string {
  return namedGuid(`${world.identity.id} Microsoft Graph`)
}

/** The parts of a world that are not in its directory, with nothing in them. */
export function emptyParts(): Pick<World, 'licences' | 'methods' | 'appRoles' | 'activeRoles' | 'groupSettings'> {
  return {
    licences: new Licences(),
    methods: new AuthenticationMethods(),
    appRoles: new Map(),
    activeRoles: new Set(),
    groupSettings: new Map(),
  }
}

/** An empty tenant with one application. */
export function emptyWorld(clock: TenantClock, random: () => number): World {
  const world: World = {
    clock,
    random,
    identity: identityFrom({}, random),
    applications: [applicationFrom({}, random)],
    issuers: new Map(),
    directory: new Directory(),
    roleDefinitions: BUILT_IN_ROLES,
    switches: { ...DEFAULT_SWITCHES },
    lag: DEFAULT_LAG,
    ...emptyParts(),
  }
  addServicePrincipals(world)
  return world
}
