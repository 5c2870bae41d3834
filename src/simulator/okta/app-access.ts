import { appActor, groupActor, systemActor, userActor } from './actors.ts'
import type { Actor, App, AppGroup, AppUser, Group, LogEntry, User } from './objects.ts'

/** What of an org decides who has which app. */
export interface AppHome {
  readonly apps: ReadonlyMap<string, App>
  readonly appsByGroup: Map<string, Set<App>>
  readonly assignedBefore: WeakMap<User, readonly App[]>
  readonly switches: { readonly individualAppsReturn: boolean }
  now(): number
  next(): number
  record(entry: Omit<LogEntry, 'seq' | 'uuid' | 'at'>): void
}

const noProfile = {}

/** An app user who is assigned now. */
export function newAppUser(org: AppHome, user: User, scope: AppUser['scope']): AppUser {
  const now = org.now()
  return {
    seq: org.next(),
    user,
    scope,
    created: now,
    lastUpdated: now,
    statusChanged: now,
    passwordChanged: null,
    userName: null,
    profile: noProfile,
  }
}

/** Whether one of the app's groups gives the user access. */
export function hasThroughGroup(app: App, user: User): boolean {
  const [few, many] = app.groups.size < user.groups.size ? [app.groups, user.groups] : [user.groups, app.groups]
  for (const id of few.keys()) if (many.has(id)) return true
  return false
}

/** Gives a user an app that one of his groups has. Deactivated users get none. */
export function gainApp(org: AppHome, app: App, user: User, actor: Actor = systemActor): void {
  if (user.status === 'DEPROVISIONED' || app.users.has(user.id)) return
  app.users.set(user.id, newAppUser(org, user, 'GROUP'))
  recordAppUser(org, 'application.user_membership.add', { app, user, actor })
}

/**
 * Takes an app from a user. With `only: 'GROUP'` a user who is assigned by himself, or whom another group gives the app,
 * keeps it.
 */
export function loseApp(
  org: AppHome,
  app: App,
  user: User,
  how: { readonly only?: 'GROUP'; readonly actor?: Actor } = {},
): void {
  const held = app.users.get(user.id)
  if (held === undefined) return
  if (how.only === 'GROUP' && (held.scope === 'USER' || hasThroughGroup(app, user))) return
  app.users.delete(user.id)
  recordAppUser(org, 'application.user_membership.remove', { app, user, actor: how.actor ?? systemActor })
}

/** Assigns a group to an app: all its members get it. */
export function assignGroup(org: AppHome, app: App, as: AppGroup, actor?: Actor): void {
  app.groups.set(as.group.id, as)
  const apps = org.appsByGroup.get(as.group.id)
  if (apps === undefined) org.appsByGroup.set(as.group.id, new Set([app]))
  else apps.add(app)
  for (const member of as.group.members.values()) gainApp(org, app, member.user, actor)
}

/** Takes a group from an app: members without another way to it lose it. */
export function unassignGroup(org: AppHome, app: App, group: Group, actor: Actor = systemActor): void {
  app.groups.delete(group.id)
  const apps = org.appsByGroup.get(group.id)
  apps?.delete(app)
  if (apps?.size === 0) org.appsByGroup.delete(group.id)
  for (const member of group.members.values()) loseApp(org, app, member.user, { only: 'GROUP', actor })
}

/** What deactivation does: every app goes, however the user came to it. */
export function loseAllApps(org: AppHome, user: User): void {
  for (const app of org.apps.values()) {
    const held = app.users.get(user.id)
    if (held?.scope === 'USER') org.assignedBefore.set(user, [...(org.assignedBefore.get(user) ?? []), app])
    loseApp(org, app, user)
  }
}

/** What activation does: apps that come through groups return, others where the switches say so. */
export function regainApps(org: AppHome, user: User): void {
  const before = org.assignedBefore.get(user) ?? []
  org.assignedBefore.delete(user)
  if (org.switches.individualAppsReturn)
    for (const app of before) if (org.apps.has(app.id)) app.users.set(user.id, newAppUser(org, user, 'USER'))
  for (const group of user.groups.values())
    for (const app of org.appsByGroup.get(group.id) ?? []) gainApp(org, app, user)
}

/** How the System Log names the assignment of a user to an app. */
export function recordAppUser(
  org: AppHome,
  eventType: string,
  of: { readonly app: App; readonly user: User; readonly actor: Actor; readonly requestId?: string },
): void {
  const { app, user } = of
  const actor = userActor(user)
  const appUser = { ...actor, type: 'AppUser', id: `0ua${user.id.slice(3)}` }
  const instance = { ...appActor(app), type: 'AppInstance' }
  org.record({
    eventType,
    actor: of.actor,
    targets: [appUser, instance, actor],
    requestId: of.requestId ?? '',
    requestUri: '',
  })
}

/** How the System Log names the assignment of a group to an app. */
export function groupTargets(app: App, group: Group): readonly Actor[] {
  return [groupActor(group), { ...appActor(app), type: 'AppInstance' }]
}
