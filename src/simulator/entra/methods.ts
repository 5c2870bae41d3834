import type { Fields } from './call.ts'
import { METHOD_TYPES, type MethodType, PASSWORD_METHOD_ID } from './method-types.ts'
import { graphDate } from './new-object.ts'

/** One registered way of signing in. */
export interface Method {
  readonly id: string
  /** {@link MethodType.path}. */
  readonly path: string
  /** ISO 8601. */
  readonly createdDateTime: string
  properties: Fields
}

/** What the tenant's policy says of Temporary Access Passes; the names are Microsoft Graph's. */
export interface PassPolicy {
  readonly state: 'enabled' | 'disabled'
  readonly isUsableOnce: boolean
  /** Characters. */
  readonly defaultLength: number
  readonly defaultLifetimeInMinutes: number
  readonly minimumLifetimeInMinutes: number
  readonly maximumLifetimeInMinutes: number
}

/** A tenant's policy as it comes, but enabled, so that passes can be made. */
export const DEFAULT_PASS_POLICY: PassPolicy = {
  state: 'enabled',
  isUsableOnce: false,
  defaultLength: 8,
  defaultLifetimeInMinutes: 60,
  minimumLifetimeInMinutes: 60,
  maximumLifetimeInMinutes: 480,
}

/** The authentication methods of all users, and the policy for Temporary Access Passes. */
export class AuthenticationMethods {
  readonly #ofUsers = new Map<string, Method[]>()
  policy: PassPolicy = DEFAULT_PASS_POLICY

  /** What a user registered, oldest first, without the password. */
  registered(user: string): readonly Method[] {
    return this.#ofUsers.get(user) ?? []
  }

  /** Everyone who registered something. */
  users(): Iterable<string> {
    return this.#ofUsers.keys()
  }

  /** Registers a method. */
  add(user: string, method: Method): void {
    this.#ofUsers.set(user, [...this.registered(user), method])
  }

  /** Takes a method away. */
  remove(user: string, id: string): void {
    this.#ofUsers.set(
      user,
      this.registered(user).filter(method => method.id !== id),
    )
  }
}

/** The password method of a user, which is always there. */
export function passwordMethod(createdDateTime: string): Method {
  return { id: PASSWORD_METHOD_ID, path: 'passwordMethods', createdDateTime, properties: {} }
}

/** The kind of a method. */
export function typeOf(path: string): MethodType {
  const type = METHOD_TYPES.find(known => known.path === path)
  if (type === undefined) throw new Error(`There are no "${path}".`)
  return type
}

function passState(properties: Fields, policy: PassPolicy, now: number): Fields {
  const start = Date.parse(String(properties.startDateTime))
  const end = start + Number(properties.lifetimeInMinutes) * 60_000
  const reason =
    policy.state === 'disabled'
      ? 'DisabledByPolicy'
      : now < start
        ? 'NotYetValid'
        : now >= end
          ? 'Expired'
          : 'EnabledByPolicy'
  return { isUsable: reason === 'EnabledByPolicy', methodUsabilityReason: reason }
}

/** The JSON of a method; secrets are null. `now` in milliseconds since 1970 decides whether a pass is usable. */
export function methodBody(method: Method, policy: PassPolicy, now: number): Record<string, unknown> {
  const { path, fields } = typeOf(method.path)
  const state = path === 'temporaryAccessPassMethods' ? passState(method.properties, policy, now) : {}
  const all: Fields = { ...method.properties, ...state }
  const shown = Object.fromEntries(fields.map(name => [name, isSecret(name) ? null : (all[name] ?? unset(name))]))
  return { id: method.id, createdDateTime: method.createdDateTime, ...shown }
}

function isSecret(name: string): boolean {
  return name === 'password' || name === 'secretKey' || name === 'temporaryAccessPass'
}

function unset(name: string): unknown {
  return name === 'attestationCertificates' ? [] : null
}

/** A new Temporary Access Pass with its password. */
export function newPass(
  fields: Fields,
  policy: PassPolicy,
  moment: { readonly now: number; readonly random: () => number; readonly id: string },
): { readonly method: Method; readonly password: string } {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789*+#!'
  const password = Array.from(
    { length: policy.defaultLength },
    () => letters[Math.floor(moment.random() * letters.length)] ?? 'x',
  ).join('')
  const start = typeof fields.startDateTime === 'string' ? Date.parse(fields.startDateTime) : moment.now
  const properties = {
    isUsableOnce: policy.isUsableOnce || fields.isUsableOnce === true,
    lifetimeInMinutes: Number(fields.lifetimeInMinutes ?? policy.defaultLifetimeInMinutes),
    startDateTime: graphDate(Math.max(start, moment.now)),
  }
  const method = {
    id: moment.id,
    path: 'temporaryAccessPassMethods',
    createdDateTime: graphDate(moment.now),
    properties,
  }
  return { method, password }
}
