import { isDeepStrictEqual } from 'node:util'
import {
  appState,
  customRoleState,
  eventHookState,
  principalLimitState,
  resourceSetState,
  roleState,
  time,
} from './dump-parts.ts'
import type { Attribute, Group, User, UserType } from './objects.ts'
import { isEveryone, type Org } from './org.ts'
import { limitOverrides } from './quota.ts'
import { baseAttributes } from './schema-base.ts'
import type { OktaState, UserTypeState } from './state.ts'
import { timestamp } from './time.ts'

/** The org as a state that `loadState` reads back to the same org. The System Log and open rate windows are not part of it. */
export function dumpState(org: Org): OktaState {
  return {
    version: 1,
    switches: org.switches,
    quota: {
      enforced: org.quota.enforced,
      share: org.quota.share,
      limits: limitOverrides(org.quota),
      concurrency: org.quota.concurrency,
      latencyMs: org.quota.latencyMs,
    },
    lag: org.lag.settings,
    userTypes: [...org.types.values()].map(typeState),
    groupAttributes: Object.fromEntries(org.groupAttributes),
    linkedObjects: [...org.linkedDefinitions.values()],
    customRoles: [...org.customRoles.values()].map(customRoleState),
    resourceSets: [...org.resourceSets.values()].map(resourceSetState),
    eventHooks: [...org.eventHooks.values()].map(eventHookState),
    principalLimits: [...org.principalLimits.values()].map(principalLimitState),
    users: [...org.users.values()].map(user => userState(user)),
    groups: [...org.groups.values()].map(group => groupState(org, group)),
    rules: [...org.rules.values()].map(rule => ({
      id: rule.id,
      name: rule.name,
      status: rule.status,
      expression: rule.expression,
      groups: rule.groupIds.filter(id => org.groups.has(id)),
      ...(rule.namesPeople || rule.excluded.size > 0
        ? { excluded: [...rule.excluded].filter(id => org.users.has(id)) }
        : {}),
      created: time(rule.created),
      lastUpdated: time(rule.lastUpdated),
    })),
    apps: [...org.apps.values()].map(appState),
    tokens: [...org.tokens.values()].map(token => ({
      id: token.id,
      value: token.value,
      name: token.name,
      user: token.userId,
      roles: token.roles.map(roleState),
    })),
  }
}

function typeState(type: UserType): UserTypeState {
  const { isDefault, base, custom, created, lastUpdated, ...rest } = type
  return {
    ...rest,
    default: isDefault,
    created: time(created),
    lastUpdated: time(lastUpdated),
    base: changedBase(base),
    attributes: Object.fromEntries(custom),
  }
}

/** Base attributes that are not as every org starts with them. */
function changedBase(base: ReadonlyMap<string, Attribute>): Record<string, Attribute> {
  const usual = baseAttributes()
  return Object.fromEntries([...base].filter(([name, attribute]) => !isDeepStrictEqual(attribute, usual.get(name))))
}

function userState(user: User): NonNullable<OktaState['users']>[number] {
  return {
    id: user.id,
    status: user.status,
    ...(user.transition === null
      ? {}
      : { transitioningTo: { status: user.transition.to, at: time(user.transition.at) } }),
    created: time(user.created),
    activated: timestamp(user.activated),
    statusChanged: timestamp(user.statusChanged),
    lastLogin: timestamp(user.lastLogin),
    lastUpdated: time(user.lastUpdated),
    passwordChanged: timestamp(user.passwordChanged),
    type: user.typeId,
    ...(user.realmId === undefined ? {} : { realmId: user.realmId }),
    profile: user.profile,
    password: user.hasPassword,
    recoveryQuestion: user.recoveryQuestion,
    provider: user.provider,
    profileMaster: user.profileMaster,
    ...(user.isBlocked === true ? { blocked: true } : {}),
    sessions: user.sessions,
    roles: user.roles.map(roleState),
    linked: Object.fromEntries(user.linked),
  }
}

function groupState(org: Org, group: Group): NonNullable<OktaState['groups']>[number] {
  return {
    id: group.id,
    type: group.type,
    objectClass: group.objectClass,
    source: group.source,
    created: time(group.created),
    lastUpdated: time(group.lastUpdated),
    lastMembershipUpdated: time(org.lag.trueMembershipTime(group)),
    profile: group.profile,
    roles: group.roles.map(roleState),
    members: (isEveryone(group) ? [] : [...group.members.values()]).map(member =>
      typeof member.via === 'object' ? { user: member.user.id, rule: member.via.rule } : member.user.id,
    ),
  }
}
