import { edgeNow } from '../skew.ts'
import { type AppPassword, passwordsOf } from './app-passwords.ts'
import type { DirectoryObject } from './directory.ts'
import { federatedOf } from './federated-credentials.ts'
import { namedGuid } from './guid.ts'
import { PERMISSIONS } from './roles.ts'
import { type Application, graphPrincipalId, type World } from './world.ts'

function registration(world: World, appId: string): DirectoryObject | undefined {
  return world.directory.having('application', 'appId', appId)[0]
}

function grantedTo(world: World, principalId: string): readonly string[] {
  const resource = graphPrincipalId(world)
  const held = [...world.appRoles.values()].filter(
    assignment => assignment.principalId === principalId && assignment.resourceId === resource,
  )
  const roles = new Set(held.map(({ appRoleId }) => appRoleId))
  return PERMISSIONS.filter(permission => roles.has(namedGuid(permission)))
}

/** An application that was registered by request, once it has a service principal. */
function registered(world: World, appId: string): Application | undefined {
  const [principal] = world.directory.having('servicePrincipal', 'appId', appId)
  const object = registration(world, appId)
  if (object === undefined || principal === undefined) return undefined
  return {
    appId,
    displayName: String(object.properties.displayName),
    servicePrincipalId: principal.id,
    secrets: [],
    certificates: [],
    federatedCredentials: [],
    permissions: grantedTo(world, principal.id),
  }
}

/** The application of that id that may ask for tokens, with the federated identity credentials that it was given by request. */
export function signingIn(world: World, id: string): Application | undefined {
  const appId = id.toLowerCase()
  const application = world.applications.find(known => known.appId === appId) ?? registered(world, appId)
  const object = registration(world, appId)
  if (application === undefined || object === undefined || federatedOf(object).length === 0) return application
  return { ...application, federatedCredentials: [...application.federatedCredentials, ...federatedOf(object)] }
}

/** Whether a secret is one of the application's: `expired` for a password whose time is over or has not come. */
export function secretState(world: World, application: Application, secret: string): 'good' | 'expired' | 'unknown' {
  if (application.secrets.includes(secret)) return 'good'
  const objects = (['application', 'servicePrincipal'] as const).flatMap(kind =>
    world.directory.having(kind, 'appId', application.appId),
  )
  const password: AppPassword | undefined = objects.flatMap(passwordsOf).find(({ secretText }) => secretText === secret)
  if (password === undefined) return 'unknown'
  const now = edgeNow(world.clock)
  return Date.parse(password.startDateTime) <= now && now < Date.parse(password.endDateTime) ? 'good' : 'expired'
}
