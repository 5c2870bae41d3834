import { StringPool } from '../string-pool.ts'
import type { Field } from './field.ts'
import type { Json } from './json.ts'
import { rolesOf } from './load-roles.ts'
import { HeldGroups } from './memberships.ts'
import { announcedStatuses, noLinks, type User, type UserStatus, userStatuses } from './objects.ts'
import type { Org } from './org.ts'
import { attributeOf } from './profile.ts'

const userFields = [
  'id',
  'status',
  'transitioningTo',
  'profile',
  'type',
  'realmId',
  'created',
  'activated',
  'statusChanged',
  'lastLogin',
  'lastUpdated',
  'passwordChanged',
  'password',
  'recoveryQuestion',
  'provider',
  'profileMaster',
  'blocked',
  'sessions',
  'roles',
  'linked',
] as const

const oktaItself: User['provider'] = { type: 'OKTA', name: 'OKTA' }

/** Statuses that imply a password unless the state says otherwise. */
const withPassword: readonly UserStatus[] = ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY', 'SUSPENDED']

/** Loads users in the order of the list, then the links between them. */
export function loadUsers(org: Org, field: Field): void {
  const linking: { user: User; linked: Field }[] = []
  const pool = new StringPool()
  for (const item of field.items()) {
    const fields = item.object(...userFields)
    const user = userFrom(org, fields, pool)
    if (!fields.realmId.absent) user.realmId = fields.realmId.text()
    if (fields.blocked.flag(false)) user.isBlocked = true
    org.addUser(user)
    if (user.transition !== null) org.moving.add(user)
    if (!fields.linked.absent) linking.push({ user, linked: fields.linked })
  }
  org.indexUsers()
  for (const { user, linked } of linking) {
    for (const [name, primary] of linked.entries()) {
      const found = org.findUser(primary.text())
      if (found === undefined) throw primary.wrong(`there is no user ${primary.text()}`)
      if (!org.linkedDefinitions.has(name))
        throw primary.wrong(`there is no linked object with the primary name ${name}`)
      user.linked = new Map(user.linked).set(name, found.id)
    }
  }
}

type UserFields = Readonly<Record<(typeof userFields)[number], Field>>

function userFrom(org: Org, fields: UserFields, pool: StringPool): User {
  const status = fields.status.oneOf(userStatuses, 'ACTIVE')
  const created = fields.created.time(org.now())
  const started = status === 'STAGED' ? null : created
  const hasPassword = fields.password.flag(withPassword.includes(status))
  const type = typeOf(org, fields.type)
  const profile = profileOf(org, { typeId: type, pool }, fields.profile)
  const id = fields.id.text(org.id('00u'))
  if (org.users.has(id)) throw fields.id.wrong('is used by another user')
  const { type: providerType, name: providerName } = fields.provider.object('type', 'name')
  return {
    id,
    seq: org.next(),
    status,
    transition: transitionOf(fields.transitioningTo),
    created,
    activated: fields.activated.timeOrNull(started),
    statusChanged: fields.statusChanged.timeOrNull(started),
    lastLogin: fields.lastLogin.timeOrNull(null),
    lastUpdated: fields.lastUpdated.time(created),
    passwordChanged: fields.passwordChanged.timeOrNull(hasPassword ? created : null),
    typeId: type,
    profile,
    provider: fields.provider.absent
      ? oktaItself
      : { type: providerType.text('OKTA'), name: providerName.text('OKTA') },
    hasPassword,
    recoveryQuestion: fields.recoveryQuestion.textOrNull(),
    profileMaster: fields.profileMaster.textOrNull(),
    sessions: fields.sessions.number(0),
    version: 1,
    roles: rolesOf(org, fields.roles),
    groups: new HeldGroups(),
    linked: noLinks,
  }
}

function transitionOf(field: Field): User['transition'] {
  if (field.absent) return null
  const { status, at } = field.object('status', 'at')
  return { to: status.oneOf(announcedStatuses, 'DEPROVISIONED'), at: at.time(0) }
}

function typeOf(org: Org, field: Field): string {
  for (const type of org.types.values()) {
    if (field.absent ? type.isDefault : type.id === field.text() || type.name === field.text()) return type.id
  }
  throw field.wrong('there is no such user type')
}

function profileOf(
  org: Org,
  { typeId, pool }: { readonly typeId: string; readonly pool: StringPool },
  field: Field,
): Record<string, Json> {
  const profile: Record<string, Json> = {}
  const type = org.types.get(typeId)
  for (const [name, value] of field.entries()) {
    if (type !== undefined && attributeOf(type, name) === undefined)
      throw value.wrong('is not defined in the schema of the user type')
    const held = pool.shared(name, value.value())
    if (held !== null) profile[name] = held
  }
  if (typeof profile.login !== 'string') throw field.wrong('must have a login')
  if (profile.email === undefined || profile.email === profile.login) profile.email = profile.login
  if (org.userByLogin(profile.login) !== undefined)
    throw field.wrong(`the login ${profile.login} is used by another user`)
  return profile
}
