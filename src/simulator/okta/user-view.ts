import { type AttributeTest, openProfile } from './attribute-access.ts'
import type { Json } from './json.ts'
import type { User } from './objects.ts'
import type { Org } from './org.ts'
import { alwaysShown } from './profile.ts'
import { timestamp } from './time.ts'

/** Parts of a user that a client may ask to leave out with `okta-response`. */
export interface Omitted {
  readonly credentials: boolean
  readonly links: boolean
  readonly transition: boolean
}

/** Reads `Content-Type: application/json; okta-response="omitCredentials,…"`. */
export function omittedBy(contentType: string | undefined): Omitted {
  const wanted =
    /okta-response="?([^";]*)"?/i
      .exec(contentType ?? '')?.[1]
      ?.split(',')
      .map(word => word.trim()) ?? []
  return {
    credentials: wanted.includes('omitCredentials'),
    links: wanted.includes('omitCredentialsLinks'),
    transition: wanted.includes('omitTransitioningToStatus'),
  }
}

const nothingOmitted: Omitted = { credentials: false, links: false, transition: false }

/** A user as JSON. `links: 'self'` is what lists show, `'all'` what single users show. Source: Okta, Users API. */
export function userView(
  org: Org,
  user: User,
  shown: {
    readonly base: string
    readonly links: 'self' | 'all'
    readonly omitted?: Omitted
    /** Which attributes the reader may see; absent: all. */
    readonly isOpen?: AttributeTest | undefined
  },
): Record<string, unknown> {
  const omitted = shown.omitted ?? nothingOmitted
  return {
    id: user.id,
    status: user.status,
    created: timestamp(user.created),
    activated: timestamp(user.activated),
    statusChanged: timestamp(user.statusChanged),
    lastLogin: timestamp(user.lastLogin),
    lastUpdated: timestamp(user.lastUpdated),
    passwordChanged: timestamp(user.passwordChanged),
    ...(user.transition !== null && !omitted.transition ? { transitioningToStatus: user.transition.to } : {}),
    ...(org.switches.realmId !== '' && shown.links === 'all' ? { realmId: user.realmId ?? org.switches.realmId } : {}),
    type: { id: user.typeId },
    profile: openProfile(profileView(user.profile), shown.isOpen),
    ...(omitted.credentials ? {} : { credentials: credentialsView(org, user) }),
    _links:
      shown.links === 'self'
        ? { self: { href: `${shown.base}/api/v1/users/${user.id}` } }
        : links(org, user, { base: shown.base, omitted }),
  }
}

/** What blocks a user although he is ACTIVE: devices that Okta does not know. */
export function blocksOf(user: User): readonly unknown[] {
  return user.isBlocked === true ? [{ type: 'DEVICE_BASED', appliesTo: 'UNKNOWN_DEVICES' }] : []
}

/** A user's view with his classification embedded. */
export function classified(view: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...view, _embedded: { classification: { type: 'STANDARD', lastUpdated: view.created } } }
}

function profileView(profile: Readonly<Record<string, Json>>): Record<string, Json> {
  const view: Record<string, Json> = {}
  for (const name of alwaysShown) view[name] = profile[name] ?? null
  for (const name in profile) view[name] ??= profile[name] ?? null
  return view
}

function credentialsView(org: Org, user: User): unknown {
  const emails = user.hasPassword && org.switches.credentialEmails
  return {
    ...(user.hasPassword ? { password: {} } : {}),
    ...(emails ? { emails: emailsOf(user) } : {}),
    ...bareCredentials(user, { password: false }),
  }
}

/** The addresses of a user: the primary one, and the secondary one where it is set. */
function emailsOf(user: User): unknown {
  const email = (value: Json | undefined, type: string): unknown[] =>
    value === undefined ? [] : [{ value, status: 'VERIFIED', type }]
  return [...email(user.profile.email, 'PRIMARY'), ...email(user.profile.secondEmail, 'SECONDARY')]
}

/** Credentials as the operations on them answer: without the emails. `password` says whether to show that there is one. */
export function bareCredentials(user: User, shown: { readonly password: boolean }): Record<string, unknown> {
  return {
    ...(shown.password && user.hasPassword ? { password: {} } : {}),
    ...(user.recoveryQuestion !== null ? { recovery_question: { question: user.recoveryQuestion } } : {}),
    provider: { type: user.provider.type, name: user.provider.name },
  }
}

const active = [
  'suspend',
  'schema',
  'resetPassword',
  'forgotPassword',
  'expirePassword',
  'changeRecoveryQuestion',
  'self',
  'resetFactors',
  'type',
  'changePassword',
  'deactivate',
]
const recovering = ['schema', 'resetPassword', 'reactivate', 'self', 'resetFactors', 'type', 'deactivate']

/** Which links a user of each status offers. RECOVERY and LOCKED_OUT follow from what those statuses allow. */
const linkNames: Readonly<Record<User['status'], readonly string[]>> = {
  STAGED: ['activate', 'resetFactors', 'schema', 'self', 'type'],
  PROVISIONED: ['suspend', 'schema', 'resetPassword', 'reactivate', 'self', 'resetFactors', 'type', 'deactivate'],
  ACTIVE: active,
  PASSWORD_EXPIRED: active,
  RECOVERY: recovering,
  LOCKED_OUT: ['unlock', ...active.slice(1)],
  SUSPENDED: ['deactivate', 'resetFactors', 'schema', 'self', 'type', 'unsuspend'],
  DEPROVISIONED: ['schema', 'activate', 'self', 'resetFactors', 'type', 'delete'],
}

const credentialPaths: Readonly<Record<string, string>> = {
  forgotPassword: 'credentials/forgot_password',
  changeRecoveryQuestion: 'credentials/change_recovery_question',
  changePassword: 'credentials/change_password',
}

/** Links that `omitCredentialsLinks` leaves out. */
const ofCredentials = new Set([...Object.keys(credentialPaths), 'resetPassword', 'resetFactors', 'unlock'])

const lifecyclePaths: Readonly<Record<string, string>> = {
  resetPassword: 'reset_password',
  expirePassword: 'expire_password',
  resetFactors: 'reset_factors',
}

/** Recorded: without realms only users with a password offer it (and SUSPENDED ones, who had one), with realms all do. */
function hasFactors({ switches }: Org, user: User): boolean {
  return switches.factorLinks && (user.hasPassword || user.status === 'SUSPENDED' || switches.realmId !== '')
}

function links(org: Org, user: User, shown: { base: string; omitted: Omitted }): Record<string, unknown> {
  const self = `${shown.base}/api/v1/users/${user.id}`
  const found: Record<string, unknown> = {}
  for (const name of linkNames[user.status]) {
    const credential = credentialPaths[name]
    if (shown.omitted.links && ofCredentials.has(name)) continue
    if (name === 'resetFactors' && !hasFactors(org, user)) continue
    if (name === 'forgotPassword' && org.switches.forgotPasswordNeedsQuestion && user.recoveryQuestion === null)
      continue
    if (name === 'self') found[name] = { href: self }
    else if (name === 'schema')
      found[name] = { href: `${shown.base}/api/v1/meta/schemas/user/${org.types.get(user.typeId)?.schemaId ?? ''}` }
    else if (name === 'type') found[name] = { href: `${shown.base}/api/v1/meta/types/user/${user.typeId}` }
    else if (name === 'delete') found[name] = { href: self, method: 'DELETE' }
    else found[name] = { href: `${self}/${credential ?? `lifecycle/${lifecyclePaths[name] ?? name}`}`, method: 'POST' }
  }
  return found
}
