import type { EventHook } from './event-hook.ts'
import type { CustomRole, ResourceSet } from './iam.ts'
import type { App, AppGroup, AppUser, RoleAssignment } from './objects.ts'
import type { PrincipalLimit } from './quota.ts'
import type { OktaState, RoleState } from './state.ts'

type Item<Name extends keyof OktaState> = NonNullable<OktaState[Name]> extends readonly (infer One)[] ? One : never

/** Milliseconds since 1970 as a state says them. */
export function time(ms: number): string {
  return new Date(ms).toISOString()
}

/** A role assignment as a state says it. */
export function roleState(role: RoleAssignment): RoleState {
  return { ...role, created: time(role.created) }
}

/** An app as a state says it: users who come through groups only where something was said about them. */
export function appState(app: App): Item<'apps'> {
  const { seq: _, users, groups, grants, ...rest } = app
  const said = [...users.values()].filter(
    held => held.scope === 'USER' || held.userName !== null || hasKeys(held.profile),
  )
  return {
    ...rest,
    created: time(app.created),
    lastUpdated: time(app.lastUpdated),
    roles: app.roles.map(roleState),
    scopes: grants.map(grant => grant.scopeId),
    secrets: app.secrets.map(secret => ({
      ...secret,
      created: time(secret.created),
      lastUpdated: time(secret.lastUpdated),
    })),
    grants: grants.map(grant => ({ ...grant, created: time(grant.created) })),
    groups: [...groups.values()].map(appGroupState),
    users: said.map(appUserState),
  }
}

function hasKeys(value: object): boolean {
  return Object.keys(value).length > 0
}

function appGroupState({
  group,
  priority,
  profile,
  lastUpdated,
}: AppGroup): NonNullable<Item<'apps'>['groups']>[number] {
  return { group: group.id, priority, profile, lastUpdated: time(lastUpdated) }
}

function appUserState(held: AppUser): NonNullable<Item<'apps'>['users']>[number] {
  const { seq: _, user, ...rest } = held
  return {
    ...rest,
    user: user.id,
    created: time(held.created),
    lastUpdated: time(held.lastUpdated),
    statusChanged: time(held.statusChanged),
    passwordChanged: held.passwordChanged === null ? null : time(held.passwordChanged),
  }
}

/** A custom role as a state says it. */
export function customRoleState(role: CustomRole): Item<'customRoles'> {
  return { ...role, created: time(role.created), lastUpdated: time(role.lastUpdated) }
}

/** A resource set as a state says it. */
export function resourceSetState(set: ResourceSet): Item<'resourceSets'> {
  const resources = [...set.resources.values()].map(({ conditions, ...resource }) => ({
    ...resource,
    ...(conditions === null ? {} : { conditions }),
    created: time(resource.created),
  }))
  return { ...set, resources, created: time(set.created), lastUpdated: time(set.lastUpdated) }
}

/** An event hook as a state says it. */
export function eventHookState({ seq: _, ...hook }: EventHook): Item<'eventHooks'> {
  return { ...hook, created: time(hook.created), lastUpdated: time(hook.lastUpdated) }
}

/** A principal's share of the rate limits as a state says it. */
export function principalLimitState({ seq: _, ...limit }: PrincipalLimit): Item<'principalLimits'> {
  return { ...limit, created: time(limit.created), lastUpdate: time(limit.lastUpdate) }
}
