import type { Fields } from './call.ts'
import { METHOD_TYPES, type MethodType, PASSWORD_METHOD_ID } from './method-types.ts'
import { graphDate } from './new-object.ts'
import type { Method, PassPolicy } from './registered.ts'

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
