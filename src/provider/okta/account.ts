import type { Account, AccountState } from '../../model/account.ts'
import type { AccountId, AttributeName, EmployeeNumber, Instant } from '../../model/ids.ts'
import { MalformedError } from './errors.ts'
import { type JsonObject, objectOf, textOf } from './json.ts'
import type { OktaOptions } from './options.ts'
import type { Reader } from './reader.ts'
import { oktaTraits } from './schema.ts'
import { textOfValue } from './values.ts'

/** A user as Okta shows it, its needed fields parsed. */
export interface OktaUser {
  readonly id: AccountId
  readonly status: string
  /** A status that is announced and not reached yet. */
  readonly transitioningTo: string | undefined
  readonly login: string
  readonly profile: JsonObject
  readonly createdAt: Instant | undefined
  readonly statusChangedAt: Instant | undefined
  /** `OKTA`, or the directory or source that checks the password. */
  readonly credentialProvider: string | undefined
}

/** Parses a user of an answer. Throws MalformedError when it is none. */
export function userOf(json: unknown): OktaUser {
  const user = objectOf(json)
  const profile = objectOf(user.profile)
  const id = textOf(user.id)
  const status = textOf(user.status)
  const login = textOf(profile.login)
  if (id === undefined || status === undefined || login === undefined) {
    throw new MalformedError('Okta showed a user without id, status or login.', true)
  }
  return {
    id: id as AccountId,
    status,
    transitioningTo: textOf(user.transitioningToStatus),
    login,
    profile,
    createdAt: instantOf(user.created),
    statusChangedAt: instantOf(user.statusChanged),
    credentialProvider: textOf(objectOf(objectOf(user.credentials).provider).type),
  }
}

/** Who is in what: what the account itself does not say. */
export interface Standing {
  readonly marked: boolean
  readonly blockMarked: boolean
  readonly admin?: boolean
}

/** Who masters a profile of which only a refused write told that Okta does not. */
export const anotherSystem = 'another system'

/** The account of a user. Types of attributes that it shows are learnt. */
export function accountOf(
  user: OktaUser,
  standing: Standing,
  { options, learnt }: Pick<Reader, 'options' | 'learnt'>,
): Account {
  learnt.observe(user.profile, options.extraAttributes)
  const email = textOf(user.profile.email)
  const number = textOf(user.profile.employeeNumber)
  const manager = textOf(user.profile.managerId)
  const masteredBy = masterOf(user) ?? (learnt.isMastered(user.id) ? anotherSystem : undefined)
  return {
    id: user.id,
    login: user.login,
    state: stateOf(user.status),
    status: user.status,
    departed: isDeparted(user.status, options.offboardingAction),
    ...(user.status === 'DEPROVISIONED' ? { deactivated: true } : {}),
    attributes: attributesOf(user.profile, options.extraAttributes),
    ...standing,
    ...(email === undefined ? {} : { email }),
    ...(number === undefined ? {} : { number: number as EmployeeNumber }),
    ...(manager === undefined ? {} : { manager: manager as AccountId }),
    ...(user.createdAt === undefined ? {} : { createdAt: user.createdAt }),
    ...(user.statusChangedAt === undefined ? {} : { stateSince: user.statusChangedAt }),
    ...(masteredBy === undefined ? {} : { masteredBy }),
  }
}

/** `PROVISIONED` can be invited to, `LOCKED_OUT` and the like come back by themselves. Source: Okta, User status. */
export function stateOf(status: string): AccountState {
  if (status === 'STAGED') return 'Staged'
  return status === 'SUSPENDED' || status === 'DEPROVISIONED' ? 'Blocked' : 'Enabled'
}

/** Whether the status is as deep as a departure goes under the offboarding action. */
export function isDeparted(status: string, action: OktaOptions['offboardingAction']): boolean {
  return action === 'Suspend' ? stateOf(status) !== 'Enabled' : status === 'DEPROVISIONED'
}

const attributeNames = oktaTraits.attributes.map(attribute => attribute.to)

function attributesOf(profile: JsonObject, extra: readonly AttributeName[]): Record<AttributeName, string> {
  const attributes: Record<AttributeName, string> = {}
  for (const name of [...attributeNames, ...extra]) {
    const value = textOfValue(profile[name])
    if (value !== undefined && name !== oktaTraits.loginAttribute) attributes[name] = value
  }
  return attributes
}

const ownProviders = new Set(['OKTA', 'IMPORT', 'FEDERATION', 'SOCIAL'])

/** The directory that owns the account: Okta itself also stands behind imported hashes and federated sign-in. */
function masterOf(user: OktaUser): string | undefined {
  const provider = user.credentialProvider
  return provider === undefined || ownProviders.has(provider) ? undefined : provider
}

function instantOf(value: unknown): Instant | undefined {
  const at = Date.parse(textOf(value) ?? '')
  return Number.isFinite(at) ? at : undefined
}
