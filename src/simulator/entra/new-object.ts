import { securityIdentifier } from './guid.ts'
import type { Kind } from './schema.ts'
import type { World } from './world.ts'

type Properties = Record<string, unknown>

/** An ISO date as Microsoft Graph writes it: whole seconds, `Z`. */
export function graphDate(at: number): string {
  if (at !== lastDate.at) lastDate = { at, text: `${new Date(at).toISOString().slice(0, 19)}Z` }
  return lastDate.text
}

let lastDate = { at: Number.NaN, text: '' }

function newUser(world: World, id: string, given: Properties): Properties {
  const name = String(given.userPrincipalName ?? '')
  const now = graphDate(world.clock.now())
  const mail = typeof given.mail === 'string' ? { proxyAddresses: [`SMTP:${given.mail}`] } : {}
  return {
    displayName: name.split('@')[0] ?? name,
    mailNickname: name.split('@')[0] ?? name,
    accountEnabled: true,
    userType: 'Member',
    createdDateTime: now,
    lastPasswordChangeDateTime: now,
    signInSessionsValidFromDateTime: now,
    securityIdentifier: securityIdentifier(id),
    identities: [{ signInType: 'userPrincipalName', issuer: world.identity.domains[0] ?? '', issuerAssignedId: name }],
    ...mail,
  }
}

function newGroup(world: World, id: string, given: Properties): Properties {
  const now = graphDate(world.clock.now())
  const unified = Array.isArray(given.groupTypes) && given.groupTypes.includes('Unified')
  const nick = String(given.mailNickname ?? '')
  const mail = `${nick}@${world.identity.domains[0] ?? ''}`
  return {
    createdDateTime: now,
    renewedDateTime: now,
    groupTypes: [],
    mailEnabled: false,
    securityEnabled: true,
    mailNickname: id.slice(0, 10),
    securityIdentifier: securityIdentifier(id),
    ...(unified ? { mail, proxyAddresses: [`SMTP:${mail}`], visibility: 'Public' } : {}),
  }
}

/** What the service itself sets on a new object. */
export function newProperties(world: World, kind: Kind, id: string, given: Properties): Properties {
  if (kind === 'user') return newUser(world, id, given)
  if (kind === 'group') return newGroup(world, id, given)
  if (kind === 'administrativeUnit') return { isMemberManagementRestricted: false }
  if (kind === 'servicePrincipal')
    return { accountEnabled: true, appRoleAssignmentRequired: false, servicePrincipalType: 'Application' }
  if (kind === 'application') return { oauth2RequirePostResponse: false, signInAudience: 'AzureADMyOrg' }
  return {}
}
