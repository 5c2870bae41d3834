import type { SimulatedReply } from '../kernel.ts'
import { bodyFields, type Call, type Fields, param, patchedFields, writtenFields } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { randomGuid } from './guid.ts'
import { checkObjectQuota } from './limits.ts'
import { graphDate, newProperties } from './new-object.ts'
import { shown } from './projection.ts'
import { callerRoles, checkRestricted, checkSensitive } from './protection.ts'
import { resolvedReference } from './references.ts'
import { badRequest, denied, type GraphError, invalidValues, json, noContent, notFound, synced } from './reply.ts'
import { ROLE } from './roles.ts'
import { freeNames } from './unique.ts'
import { checkWritable, invalidNamed, invalidValue, write } from './values.ts'
import type { World } from './world.ts'

const REQUIRED = ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile'] as const
const SENSITIVE = new Set(
  'accountEnabled userPrincipalName passwordProfile businessPhones mobilePhone otherMails'.split(' '),
)
const KEPT = new Set(['displayName', 'usageLocation', 'userPrincipalName', 'accountEnabled', 'mailNickname'])
/** What a cloud application may still write to a user whom a local directory masters. */
const CLOUD_MASTERED = new Set(
  'usageLocation employeeHireDate employeeLeaveDateTime preferredDataLocation otherMails passwordPolicies'.split(' '),
)
const PASSWORD_ROLES: ReadonlySet<string> = new Set([
  ROLE.globalAdministrator,
  ROLE.privilegedAuthenticationAdministrator,
  ROLE.userAdministrator,
])

/** The user a path names; throws 404. */
export function userOf(call: Call): DirectoryObject {
  const user = call.world.directory.user(param(call))
  if (user === undefined) throw notFound(param(call))
  return user
}

function domainOf(name: string): string {
  return name.slice(name.lastIndexOf('@') + 1).toLowerCase()
}

function checkName(world: World, name: string, id: string): void {
  const local = name.slice(0, name.lastIndexOf('@'))
  const verified = world.identity.domains.some(domain => domain.toLowerCase() === domainOf(name))
  if (!/^[A-Za-z0-9'.\-_!#^~]{1,64}$/.test(local)) throw invalidNamed('userPrincipalName')
  if (!verified) throw badRequest(world.switches.unverifiedDomainMessage, invalidNamed('userPrincipalName').details)
  const holder = world.directory.holder('userPrincipalName', name)
  if (holder !== undefined && holder !== id) throw taken(world, 'userPrincipalName')
}

function taken(world: World, property: string): GraphError {
  const details = world.switches.duplicateDetails ? [{ code: 'ObjectConflict', target: property }] : []
  return badRequest(`Another object with the same value for property ${property} already exists.`, details)
}

function checkMail(world: World, mail: string, id: string): void {
  for (const kind of ['SMTP', 'smtp']) {
    const holder = world.directory.holder('proxyAddresses', `${kind}:${mail}`)
    if (holder !== undefined && holder !== id) throw taken(world, 'proxyAddresses')
  }
}

function setMail(world: World, user: DirectoryObject, mail: string): void {
  const before = (user.properties.proxyAddresses ?? []) as string[]
  const others = before.filter(address => address.toLowerCase() !== `smtp:${mail.toLowerCase()}`)
  user.properties.proxyAddresses = [`SMTP:${mail}`, ...others.map(address => address.replace(/^SMTP:/, 'smtp:'))]
  for (const address of user.properties.proxyAddresses as string[])
    world.directory.claim('proxyAddresses', address, user.id)
}

function checkPassword(world: World, fields: Fields): void {
  const profile = fields.passwordProfile
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile)) throw invalidValues()
  const { password, ...rest } = profile as Fields
  for (const [name, value] of Object.entries(rest)) {
    if (!['forceChangePasswordNextSignIn', 'forceChangePasswordNextSignInWithMfa'].includes(name)) throw invalidValues()
    if (typeof value !== 'boolean') throw invalidValues()
  }
  if (typeof password !== 'string') return
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter(kind => kind.test(password)).length
  if (password.length < 8 || password.length > 256 || classes < 3) {
    throw badRequest(world.switches.weakPasswordMessage, [{ code: 'InvalidPassword', target: 'password' }])
  }
}

function missing(world: World, name: string): GraphError {
  const message = world.switches.missingValueMessage.replaceAll('{property}', name)
  return badRequest(message, [{ code: 'MissingValue', target: name }])
}

function checkNewUser(world: World, fields: Fields, id: string): void {
  for (const name of REQUIRED) {
    if (fields[name] === undefined || fields[name] === null || fields[name] === '') throw missing(world, name)
  }
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'manager@odata.bind' && world.switches.managerBindOnCreate) continue
    if (name === 'onPremisesExtensionAttributes' && !world.switches.extensionAttributesOnCreate) throw invalidValues()
    if (name === 'showInAddressList' && value !== null && world.switches.addressListOverBetaOnly) throw invalidValues()
    checkWritable('user', name, value)
  }
  checkName(world, String(fields.userPrincipalName), id)
  if (typeof fields.mail === 'string') checkMail(world, fields.mail, id)
  const profile = fields.passwordProfile as Fields | null
  if (typeof profile?.password !== 'string') throw missing(world, 'password')
  checkPassword(world, fields)
  const federated = world.identity.federatedDomains.some(
    domain => domain.toLowerCase() === domainOf(String(fields.userPrincipalName)),
  )
  if (federated && typeof fields.onPremisesImmutableId !== 'string') throw invalidNamed('onPremisesImmutableId')
}

function settable(fields: Fields): Record<string, unknown> {
  const { passwordProfile: _secret, 'manager@odata.bind': _manager, ...rest } = fields
  return Object.fromEntries(Object.entries(rest).filter(([name, value]) => value !== null && !name.includes('@')))
}

/** POST /users. */
export function createUser(call: Call): SimulatedReply {
  const { world } = call
  const fields = writtenFields(call)
  const id = randomGuid(world.random)
  checkNewUser(world, fields, id)
  checkObjectQuota(world)
  const given = structuredClone(settable(fields))
  const bind = fields['manager@odata.bind']
  const manager = typeof bind === 'string' ? resolvedReference(call, bind, ['user']) : undefined
  const user: DirectoryObject = {
    id,
    kind: 'user',
    properties: { ...newProperties(world, 'user', id, given), ...given },
  }
  world.directory.add(user)
  world.directory.claim('userPrincipalName', String(given.userPrincipalName), id)
  if (typeof given.mail === 'string') setMail(world, user, given.mail)
  if (manager !== undefined) world.directory.setManager(id, manager.id)
  const body = shown(world.directory, user, { select: undefined, expand: [], typed: false })
  return json({ '@odata.context': `${call.base}/$metadata#users/$entity`, ...body }, 201)
}

function checkSynced(user: DirectoryObject, names: readonly string[]): void {
  if (user.properties.onPremisesSyncEnabled !== true) return
  if (names.some(name => !CLOUD_MASTERED.has(name))) throw synced()
}

function checkPatch(call: Call, user: DirectoryObject, fields: Fields): void {
  const { world, application } = call
  const names = Object.keys(fields)
  const isBeta = call.base.endsWith('/beta')
  if (names.includes('showInAddressList') && world.switches.addressListOverBetaOnly && !isBeta) throw invalidValues()
  for (const [name, value] of Object.entries(fields)) {
    checkWritable('user', name, value)
    if (value === null && KEPT.has(name) && user.properties[name] !== undefined) throw invalidValue('user', name)
  }
  checkRestricted(world, application, user)
  if (names.some(name => SENSITIVE.has(name))) checkSensitive(world, application, user)
  if (names.includes('passwordProfile')) {
    if (!callerRoles(world, application).some(role => PASSWORD_ROLES.has(role))) throw denied()
    checkPassword(world, fields)
  }
  checkSynced(user, names)
  const { userPrincipalName, mail } = fields
  if (typeof userPrincipalName === 'string') checkName(world, userPrincipalName, user.id)
  if (typeof mail === 'string') checkMail(world, mail, user.id)
}

/** PATCH /users/{id}: all of it or nothing. */
export function updateUser(call: Call): SimulatedReply {
  const { world } = call
  const user = userOf(call)
  const fields = patchedFields(call, user)
  checkPatch(call, user, fields)
  const before = String(user.properties.userPrincipalName)
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'passwordProfile') user.properties.lastPasswordChangeDateTime = graphDate(world.clock.now())
    else write(user.properties, name, value)
  }
  const { userPrincipalName, mail } = fields
  if (typeof userPrincipalName === 'string') rename(world, user, before, userPrincipalName)
  if (typeof mail === 'string') setMail(world, user, mail)
  return noContent()
}

function rename(world: World, user: DirectoryObject, before: string, after: string): void {
  world.directory.release('userPrincipalName', before, user.id)
  world.directory.claim('userPrincipalName', after, user.id)
  const identities = (user.properties.identities ?? []) as readonly Fields[]
  user.properties.identities = identities.map(identity =>
    identity.signInType === 'userPrincipalName' ? { ...identity, issuerAssignedId: after } : identity,
  )
}

/** DELETE /users/{id}: to the bin, under a name that frees its userPrincipalName. */
export function deleteUser(call: Call): SimulatedReply {
  const { world, application } = call
  const user = userOf(call)
  checkRestricted(world, application, user)
  checkSensitive(world, application, user)
  freeNames(world.directory, user)
  world.directory.discard(user, world.clock.now())
  return noContent()
}

/** POST /users/{id}/revokeSignInSessions: nothing happens to the sessions of somebody who signs in elsewhere. */
export function revokeSessions(call: Call): SimulatedReply {
  const { world } = call
  const user = userOf(call)
  const isExternal = typeof user.properties.externalUserState === 'string'
  if (!isExternal) user.properties.signInSessionsValidFromDateTime = graphDate(world.clock.now())
  if (world.switches.revokeStatus === 204) return noContent()
  return json({ '@odata.context': `${call.base}/$metadata#Edm.Boolean`, value: true })
}

/** PUT /users/{id}/manager/$ref. */
export function setManager(call: Call): SimulatedReply {
  const { world, application } = call
  const user = userOf(call)
  const reference = bodyFields(call)['@odata.id']
  if (typeof reference !== 'string') throw invalidValues()
  checkRestricted(world, application, user)
  if (user.properties.onPremisesSyncEnabled === true) throw synced()
  const manager = resolvedReference(call, reference, ['user'])
  world.directory.setManager(user.id, manager.id)
  return noContent()
}

/** DELETE /users/{id}/manager/$ref. */
export function removeManager(call: Call): SimulatedReply {
  const { world, application } = call
  const user = userOf(call)
  checkRestricted(world, application, user)
  if (user.properties.onPremisesSyncEnabled === true) throw synced()
  if (world.directory.manager(user.id) === undefined) throw notFound('manager')
  world.directory.setManager(user.id, undefined)
  return noContent()
}
