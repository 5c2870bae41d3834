import type { SimulatedReply } from '../kernel.ts'
import { type Call, param } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { namedGuid } from './guid.ts'
import { countReply, type Listing, pageReply } from './page.ts'
import { objectQuery } from './query.ts'
import { json, notFound } from './reply.ts'
import { PERMISSIONS } from './roles.ts'
import { objectReply } from './users.ts'
import { graphPrincipalId } from './world.ts'

/** GET /organization. */
export function listOrganization(call: Call): SimulatedReply {
  const { identity } = call.world
  const organization = {
    id: identity.id,
    deletedDateTime: null,
    displayName: identity.displayName,
    onPremisesSyncEnabled: identity.onPremisesSyncEnabled ? true : null,
    onPremisesLastSyncDateTime: null,
    tenantType: 'AAD',
    countryLetterCode: null,
    verifiedDomains: identity.domains.map((name, index) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: index === 0,
      isInitial: name.endsWith('.onmicrosoft.com'),
      name,
      type: 'Managed',
    })),
  }
  const select = new Set(call.request.url.searchParams.get('$select')?.split(',') ?? Object.keys(organization))
  const value = [Object.fromEntries(Object.entries(organization).filter(([name]) => select.has(name)))]
  return json({ '@odata.context': `${call.base}/$metadata#organization`, value })
}

function domainBodies(call: Call): readonly Record<string, unknown>[] {
  const { domains, federatedDomains } = call.world.identity
  return domains.map((id, index) => ({
    id,
    authenticationType: federatedDomains.includes(id) ? 'Federated' : 'Managed',
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault: index === 0,
    isInitial: id.endsWith('.onmicrosoft.com'),
    isRoot: true,
    isVerified: true,
    supportedServices: ['Email'],
    passwordValidityPeriodInDays: null,
    passwordNotificationWindowInDays: null,
    state: null,
  }))
}

/** GET /domains. */
export const listDomains = (call: Call): SimulatedReply =>
  json({ '@odata.context': `${call.base}/$metadata#domains`, value: domainBodies(call) })

/** GET /domains/{name}. */
export function getDomain(call: Call): SimulatedReply {
  const domain = domainBodies(call).find(({ id }) => String(id).toLowerCase() === param(call).toLowerCase())
  if (domain === undefined) throw notFound(param(call))
  return json({ '@odata.context': `${call.base}/$metadata#domains/$entity`, ...domain })
}

function principals(call: Call): Listing {
  const objects = [...call.world.directory.all('servicePrincipal').values()].map(object => withAppRoles(call, object))
  return { context: 'servicePrincipals', kinds: ['servicePrincipal'], objects }
}

function appRoles(): readonly Record<string, unknown>[] {
  return PERMISSIONS.map(value => ({
    id: namedGuid(value),
    value,
    displayName: value,
    description: value,
    allowedMemberTypes: ['Application'],
    isEnabled: true,
    origin: 'Application',
  }))
}

function withAppRoles(call: Call, object: DirectoryObject): DirectoryObject {
  if (object.id !== graphPrincipalId(call.world)) return object
  return { ...object, properties: { ...object.properties, appRoles: appRoles() } }
}

function principalOf(call: Call): DirectoryObject {
  const key = param(call)
  const appId = /^appId='?([^']+)'?$/i.exec(key)?.[1]?.toLowerCase()
  const all = call.world.directory.all('servicePrincipal')
  const found =
    appId === undefined
      ? all.get(key.toLowerCase())
      : [...all.values()].find(({ properties }) => properties.appId === appId)
  if (found === undefined) throw notFound(appId ?? key)
  return found
}

/** GET /servicePrincipals. */
export const listPrincipals = (call: Call): SimulatedReply => pageReply(call, principals(call))

/** GET /servicePrincipals/$count. */
export const countPrincipals = (call: Call): SimulatedReply => countReply(call, principals(call))

/** GET /servicePrincipals/{id} and /servicePrincipals(appId='{id}'). */
export const getPrincipal = (call: Call): SimulatedReply =>
  objectReply(call, withAppRoles(call, principalOf(call)), 'servicePrincipals')

/** GET /servicePrincipals/{id}/appRoleAssignments: the application permissions that were granted. */
export function listGrants(call: Call): SimulatedReply {
  objectQuery(call.request.url, ['servicePrincipal'])
  const principal = principalOf(call)
  const application = call.world.applications.find(({ servicePrincipalId }) => servicePrincipalId === principal.id)
  const value = (application?.permissions ?? []).map(permission => ({
    id: namedGuid(`${principal.id} ${permission}`),
    deletedDateTime: null,
    appRoleId: namedGuid(permission),
    createdDateTime: null,
    principalDisplayName: principal.properties.displayName,
    principalId: principal.id,
    principalType: 'ServicePrincipal',
    resourceDisplayName: 'Microsoft Graph',
    resourceId: graphPrincipalId(call.world),
  }))
  return json({ '@odata.context': `${call.base}/$metadata#appRoleAssignments`, value })
}
