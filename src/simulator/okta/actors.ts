import type { Actor, App, Group, User } from './objects.ts'

/** How the System Log names an app. */
export function appActor(app: App): Actor {
  return { id: app.id, type: 'PublicClientApp', alternateId: app.id, displayName: app.label }
}

/** How the System Log names a user. */
export function userActor(user: User): Actor {
  const name = String(
    user.profile.displayName ?? `${user.profile.firstName ?? ''} ${user.profile.lastName ?? ''}`.trim(),
  )
  return { id: user.id, type: 'User', alternateId: String(user.profile.login ?? 'unknown'), displayName: name }
}

/** How the System Log names a group. */
export function groupActor(group: Group): Actor {
  return { id: group.id, type: 'UserGroup', alternateId: 'unknown', displayName: String(group.profile.name ?? '') }
}

/** The org itself, which applies group rules. */
export const systemActor: Actor = {
  id: 'okta.system',
  type: 'SystemPrincipal',
  alternateId: 'system@okta.com',
  displayName: 'Okta System',
}
