import type { SimulatedReply } from '../kernel.ts'
import { type Call, param } from './call.ts'
import { type Body, bodiesReply, bodyReply } from './collection.ts'
import type { DirectoryObject } from './directory.ts'
import { namedGuid } from './guid.ts'
import { countReply, type Listing, pageReply } from './page.ts'
import { GraphError, notFound } from './reply.ts'
import { PERMISSIONS } from './roles.ts'
import { objectReply } from './users.ts'
import { graphPrincipalId } from './world.ts'

function organizationBody({ world: { identity } }: Call): Body {
  return {
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
      type: identity.federatedDomains.includes(name) ? 'Federated' : 'Managed',
    })),
  }
}

/** GET /organization. */
export const listOrganization = (call: Call): SimulatedReply =>
  bodiesReply(call, 'organization', [organizationBody(call)])

/** GET /organization/{id}. */
export function getOrganization(call: Call): SimulatedReply {
  if (param(call).toLowerCase() !== call.world.identity.id) throw notFound(param(call))
  return bodyReply(call, 'organization', organizationBody(call))
}

/** GET /me: there is no user behind an application's token. */
export function refuseMe(): SimulatedReply {
  throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.')
}

function domainBodies(call: Call): readonly Body[] {
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
export const listDomains = (call: Call): SimulatedReply => bodiesReply(call, 'domains', domainBodies(call))

/** GET /domains/{name}. */
export function getDomain(call: Call): SimulatedReply {
  const domain = domainBodies(call).find(({ id }) => String(id).toLowerCase() === param(call).toLowerCase())
  if (domain === undefined) throw notFound(param(call))
  return bodyReply(call, 'domains', domain)
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

/** A service principal with the app roles it offers; those of Microsoft Graph are the permissions. */
export function withAppRoles(call: Call, object: DirectoryObject): DirectoryObject {
  if (object.id !== graphPrincipalId(call.world)) return object
  return { ...object, properties: { ...object.properties, appRoles: appRoles() } }
}

/** The service principal a path names by id or by `appId=`; throws 404. */
export function principalOf(call: Call): DirectoryObject {
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
