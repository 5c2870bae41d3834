import { createHash } from 'node:crypto'
import type { SimulatedReply } from '../kernel.ts'
import { confinedTo, groupActor, reachesGroup, userActor } from './access.ts'
import { openAttributes, requireOpen } from './attribute-access.ts'
import { body, type Call, flag, noContent, ok, origin, part, query, type Route, record, userOf } from './call.ts'
import { type CredentialWrite, checkHistory, checkPassword, credentialWrite, rememberPassword } from './credentials.ts'
import { forbidden, invalid, notFound, OktaError } from './errors.ts'
import { type Json, type JsonObject, stringOr, stringsOf } from './json.ts'
import { beginActivation, deactivate } from './lifecycle.ts'
import { requireWritable } from './members.ts'
import { newUser, tokenOwner } from './new-user.ts'
import type { Group, User, UserStatus, UserType } from './objects.ts'
import { attributeOf, checkProfile } from './profile.ts'
import { applyRules } from './rules.ts'
import { requireKnown } from './seldom.ts'
import { listUsers } from './user-list.ts'
import { checkMaster } from './user-master.ts'
import { defaultType } from './user-types.ts'
import { blocksOf, classified, omittedBy, userView } from './user-view.ts'

function fullView(call: Call, user: User): SimulatedReply {
  const omitted = omittedBy(call.request.headers['content-type'])
  const isOpen = openAttributes(call.principal, 'okta.users.read', user)
  let view = userView(call.org, user, { base: origin(call), links: 'all', omitted, isOpen })
  const expand = query(call, 'expand')
  if (expand === 'blocks') view._embedded = { blocks: blocksOf(user) }
  if (expand === 'classification') view = classified(view)
  return ok(view, [['etag', etag(user)]])
}

function etag(user: User): string {
  return `W/"${createHash('sha256').update(`${user.id} ${user.version}`).digest('hex').slice(0, 32)}"`
}

function checkIfMatch(call: Call, user: User): void {
  const wanted = call.request.headers['if-match']
  if (wanted === undefined || wanted === '*') return
  const tags = wanted.split(',').map(tag => tag.trim())
  if (!tags.every(tag => /^(W\/)?"[^"]*"$/.test(tag))) throw new OktaError(400, 'E0000242')
  const weak = (tag: string): string => tag.replace(/^W\//, '')
  if (!tags.some(tag => weak(tag) === weak(etag(user)))) throw new OktaError(412, 'E0000231')
}

/** The profile of a request, nulls included. Refuses a missing one on create. */
function profileOf(given: JsonObject): Record<string, Json> {
  const profile: Record<string, Json> = {}
  for (const [name, value] of Object.entries(part(given, 'profile') ?? {})) profile[name] = value ?? null
  return profile
}

function withDefaults(type: UserType, profile: Record<string, Json>): Record<string, Json> {
  const filled = { ...profile }
  for (const [name, attribute] of [...type.base, ...type.custom]) {
    if (attribute.default !== undefined && filled[name] === undefined) filled[name] = attribute.default
  }
  return filled
}

/** Groups named at creation: at most 20, writable ones, within the principal's reach; a confined principal must name some. */
function targetGroups(call: Call, given: JsonObject): readonly Group[] {
  const ids = [...new Set(stringsOf(given.groupIds))]
  if (stringsOf(given.groupIds).length > 20) {
    throw new OktaError(400, 'E0000093', { causes: ['The number of group targets is too large'] })
  }
  if (ids.length === 0 && confinedTo(call.principal, call.route.needs) !== undefined) throw forbidden()
  return ids.map(id => {
    const group = call.org.groups.get(id)
    if (group === undefined) throw notFound(id, 'UserGroup')
    requireWritable(call.org, group)
    if (!reachesGroup(call.principal, call.route.needs, group)) throw forbidden()
    return group
  })
}

/** Where a new user starts. Source: Okta, User status, creation scenarios. */
function firstStatus(call: Call, credentials: CredentialWrite): UserStatus {
  const expires = query(call, 'nextLogin') === 'changePassword'
  if (expires && credentials.password === undefined) throw new OktaError(400, 'E0000124')
  if (expires && !flag(call, 'activate', true)) throw new OktaError(400, 'E0000125')
  if (!flag(call, 'activate', true)) return 'STAGED'
  if (expires) return 'PASSWORD_EXPIRED'
  const federated = flag(call, 'provider', false) && ['FEDERATION', 'SOCIAL'].includes(credentials.provider?.type ?? '')
  return credentials.password !== undefined || federated || call.org.switches.passwordOptional
    ? 'ACTIVE'
    : 'PROVISIONED'
}

function typeOf(call: Call, given: JsonObject): UserType | undefined {
  const id = stringOr(part(given, 'type')?.id)
  if (id === undefined) return undefined
  const type = id === 'default' ? defaultType(call.org) : call.org.types.get(id)
  if (type === undefined) throw invalid('type', 'type: The user type does not exist')
  return type
}

function createUser(call: Call): SimulatedReply {
  const { org } = call
  const given = body(call)
  const type = typeOf(call, given) ?? defaultType(org)
  const named = profileOf(given)
  const profile = withDefaults(type, named)
  checkProfile({ org, type, next: profile, named: Object.keys(named) })
  requireKnown(org, Object.keys(named))
  const credentials = credentialWrite(part(given, 'credentials'))
  checkPassword(org, credentials, String(profile.login))
  const status = firstStatus(call, credentials)
  const groups = targetGroups(call, given)
  const awaited =
    org.switches.activationSeconds > 0 && (status === 'ACTIVE' || status === 'PROVISIONED') ? status : undefined
  const user = newUser(org, org.id('00u'), {
    status: awaited === undefined ? status : 'STAGED',
    typeId: type.id,
    credentials,
  })
  const realm = stringOr(given.realmId)
  if (realm !== undefined) user.realmId = realm
  user.profile = Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null))
  org.addUser(user)
  if (awaited !== undefined) beginActivation(org, user, awaited)
  rememberPassword(user, credentials)
  record(call, 'user.lifecycle.create', [userActor(user)])
  if (status !== 'STAGED') record(call, 'user.lifecycle.activate', [userActor(user)])
  for (const group of groups) {
    org.join(group, user, 'manual')
    record(call, 'group.user_membership.add', [userActor(user), groupActor(group)])
  }
  applyRules(org, user)
  return fullView(call, user)
}

function updateUser(call: Call, mode: 'merge' | 'replace'): SimulatedReply {
  const { org } = call
  const user = userOf(call)
  const given = body(call)
  checkIfMatch(call, user)
  if (user.status === 'DEPROVISIONED' && !org.switches.editDeactivatedUsers)
    throw notFound(call.parameters.user ?? '', 'User')
  if (user.transition !== null && user.transition.to !== 'DEPROVISIONED') throw new OktaError(409, 'E0000112')
  const named = profileOf(given)
  const wanted = typeOf(call, given)
  if (mode === 'merge' && wanted !== undefined && wanted.id !== user.typeId)
    throw invalid('type', 'type: The user type can only be changed by replacing the user')
  const type = wanted ?? org.types.get(user.typeId) ?? defaultType(org)
  const touchesProfile = given.profile !== undefined || mode === 'replace'
  const next = mode === 'merge' ? { ...user.profile, ...named } : kept(call, type, { user, named })
  if (touchesProfile) {
    requireOpen(call.principal, user, { named: Object.keys(named), next })
    checkMaster(org, user, { type, next })
    const dropped = mode === 'replace' ? Object.keys(user.profile).filter(name => next[name] === undefined) : []
    checkProfile({
      org,
      type,
      next,
      named: [...Object.keys(named), ...dropped.filter(name => attributeOf(type, name) !== undefined)],
      user,
    })
  }
  const credentials = credentialWrite(part(given, 'credentials'))
  checkPassword(org, credentials, String(next.login))
  if (flag(call, 'strict', false)) checkHistory(org, user, credentials)
  if (credentials.password?.kind === 'hash' && user.status !== 'STAGED')
    throw new OktaError(403, org.switches.hashedPasswordRefusal)
  applyUpdate(call, user, { type, credentials, next: touchesProfile ? next : undefined })
  return fullView(call, user)
}

/** A replaced profile: what the request says, and attributes that it left out and that its sender cannot write. */
function kept(
  call: Call,
  type: UserType,
  { user, named }: { readonly user: User; readonly named: Readonly<Record<string, Json>> },
): Record<string, Json> {
  const next: Record<string, Json> = { ...named }
  const isOpen = openAttributes(call.principal, 'okta.users.userprofile.manage', user)
  for (const [name, value] of Object.entries(user.profile)) {
    const isFixed = attributeOf(type, name)?.mutability === 'READ_ONLY' || isOpen?.(name) === false
    if (named[name] === undefined && isFixed) next[name] = value
  }
  return next
}

function applyUpdate(
  call: Call,
  user: User,
  to: { type: UserType; credentials: CredentialWrite; next: Readonly<Record<string, Json>> | undefined },
): void {
  const { org } = call
  if (to.next !== undefined) org.setProfile(user, to.next)
  if (to.type.id !== user.typeId) record(call, 'user.account.update_user_type', [userActor(user)])
  user.typeId = to.type.id
  if (to.credentials.provider !== undefined) user.provider = to.credentials.provider
  if (to.credentials.recovery !== undefined) user.recoveryQuestion = to.credentials.recovery.question
  if (to.credentials.password !== undefined) {
    user.hasPassword = true
    rememberPassword(user, to.credentials)
    user.passwordChanged = org.now()
    record(call, 'user.account.update_password', [userActor(user)])
  }
  org.touch(user)
  if (to.next !== undefined) record(call, 'user.account.update_profile', [userActor(user)])
  applyRules(org, user)
}

/** The first DELETE deactivates, a DELETE on a DEPROVISIONED user erases; the answers are alike. */
function deleteUser(call: Call): SimulatedReply {
  const user = userOf(call)
  if (user.status !== 'DEPROVISIONED') {
    deactivate(call, user)
    return noContent
  }
  const { orgContacts } = call.org.switches
  if (orgContacts.includes(user.id) || orgContacts.includes(String(user.profile.login))) throw forbidden()
  record(call, 'user.lifecycle.delete.initiated', [userActor(user)])
  call.org.eraseUser(user)
  record(call, 'user.lifecycle.delete.completed', [userActor(user)])
  return noContent
}

const read = { scope: 'okta.users.read', needs: 'okta.users.read' }

/** Create, read, list, update and delete. Source: Okta, Users API. */
export const userRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/users', ...read, bucket: 'users', withoutRole: 'empty', answer: listUsers },
  {
    method: 'POST',
    path: '/api/v1/users',
    scope: 'okta.users.manage',
    needs: 'okta.users.create',
    bucket: 'users',
    answer: createUser,
  },
  {
    method: 'GET',
    path: '/api/v1/users/:user',
    ...read,
    bucket: 'users-read',
    answer: call => fullView(call, call.parameters.user === 'me' ? (tokenOwner(call) ?? userOf(call)) : userOf(call)),
  },
  {
    method: 'POST',
    path: '/api/v1/users/:user',
    scope: 'okta.users.manage',
    needs: 'okta.users.userprofile.manage',
    bucket: 'users-write',
    answer: call => updateUser(call, 'merge'),
  },
  {
    method: 'PUT',
    path: '/api/v1/users/:user',
    scope: 'okta.users.manage',
    needs: 'okta.users.userprofile.manage',
    bucket: 'users-write',
    answer: call => updateUser(call, 'replace'),
  },
  {
    method: 'DELETE',
    path: '/api/v1/users/:user',
    scope: 'okta.users.manage',
    needs: 'okta.users.lifecycle.delete',
    bucket: 'users-write',
    answer: deleteUser,
  },
]
