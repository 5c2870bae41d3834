import { invalid, OktaError } from './errors.ts'
import type { Json } from './json.ts'
import type { Attribute, User, UserType } from './objects.ts'
import type { Org } from './org.ts'
import { unsaidLengths } from './schema-base.ts'

/** Attributes every profile shows, null where unset, in this order. */
export const alwaysShown = ['firstName', 'lastName', 'mobilePhone', 'secondEmail', 'login', 'email'] as const

const taken = 'An object with this field already exists in the current organization'
const blank = 'The field cannot be left blank'
const unsupported = 'Characters outside the basic multilingual plane are not supported'
const beyondPlane = /[\u{10000}-\u{10FFFF}]/u
const pattern = 'Does not match required pattern'
const emailForm = /^[^\s@"(),:;<>[\]\\]+@[^\s@.]+(\.[^\s@.]+)*$/u

/** The attribute of a user type, base or custom. */
export function attributeOf(type: UserType, name: string): Attribute | undefined {
  return type.base.get(name) ?? type.custom.get(name)
}

/** What a profile write is checked against. */
export interface ProfileWrite {
  readonly org: Org
  readonly type: UserType
  /** The profile as it would be afterwards. */
  readonly next: Readonly<Record<string, Json>>
  /** The names the request spelled out. */
  readonly named: readonly string[]
  /** The user as he is, undefined for a new one. */
  readonly user?: User | undefined
}

/** Refuses a profile that does not fit the user type: unknown, read-only, missing, malformed or taken values. */
export function checkProfile(write: ProfileWrite): void {
  const { org, type, user } = write
  const unknown = write.named.filter(name => attributeOf(type, name) === undefined)
  if (unknown.length > 0) {
    const causes = unknown.map(name => `Property name '${name}' is not defined in profile`)
    throw invalid(user === undefined ? 'newUser' : org.switches.updateObjectName, ...causes)
  }
  checkMutability(write)
  const faults: [name: string, fault: string][] = []
  for (const [name, attribute] of [...type.base, ...type.custom]) {
    const fault = faultOf(write, name, attribute)
    if (fault !== undefined) faults.push([name, fault])
  }
  const first = faults[0]
  const namesObject = user !== undefined && org.switches.updateSummaryNames === 'object'
  const object = namesObject ? org.switches.updateObjectName : first?.[0]
  if (object !== undefined && first !== undefined)
    throw invalid(object, ...faults.map(([name, fault]) => `${name}: ${fault}`))
}

function checkMutability({ type, named, next, user }: ProfileWrite): void {
  for (const name of named) {
    const attribute = attributeOf(type, name)
    const before = user?.profile[name] ?? null
    if (attribute === undefined || same(before, next[name] ?? null)) continue
    if (attribute.profilePush === true)
      throw new OktaError(403, 'E0000075', {
        summary: `Cannot modify the ${name} attribute because it has a field mapping and profile push is enabled.`,
      })
    const summary = (word: string): string => `Cannot modify the ${name} attribute because it is ${word}.`
    if (attribute.mutability === 'READ_ONLY') throw new OktaError(403, 'E0000077', { summary: summary('read-only') })
    if (attribute.mutability === 'IMMUTABLE' && user !== undefined && before !== null) {
      throw new OktaError(403, 'E0000078', { summary: summary('immutable') })
    }
  }
}

function faultOf({ org, next, user }: ProfileWrite, name: string, attribute: Attribute): string | undefined {
  const value = next[name]
  if (value === undefined || value === null || value === '') {
    if (
      name === 'firstName' ||
      name === 'lastName' ||
      name === 'login' ||
      name === 'email' ||
      value === undefined ||
      value === null
    ) {
      return attribute.required === true ? blank : undefined
    }
    return attribute.required === true ? blank : valueFault(name, attribute, value)
  }
  if (user !== undefined && same(user.profile[name] ?? null, value)) return undefined
  const fault = valueFault(name, attribute, value)
  if (fault !== undefined) return fault
  if (!isTaken(org, name, { attribute, value, user })) return undefined
  return name === 'login' ? taken : org.switches.takenAttributeCause
}

function isTaken(org: Org, name: string, at: { attribute: Attribute; value: Json; user: User | undefined }): boolean {
  if (name === 'login') {
    const owner = org.userByLogin(String(at.value))
    return owner !== undefined && owner !== at.user
  }
  if (at.attribute.unique !== 'UNIQUE_VALIDATED') return false
  return [...org.usersWith(name, String(at.value))].some(other => other !== at.user)
}

function valueFault(name: string, attribute: Attribute, value: Json): string | undefined {
  if (attribute.type === 'array') return arrayFault(attribute, value)
  if (attribute.type === 'string') {
    return typeof value === 'string' ? textFault(name, attribute, value) : 'The value must be a string'
  }
  if (attribute.type === 'boolean') return typeof value === 'boolean' ? undefined : 'The value must be a boolean'
  if (typeof value !== 'number' || (attribute.type === 'integer' && !Number.isInteger(value))) {
    return attribute.type === 'integer' ? 'The value must be an integer' : 'The value must be a number'
  }
  if (attribute.minimum !== undefined && value < attribute.minimum)
    return `The value must be at least ${attribute.minimum}`
  if (attribute.maximum !== undefined && value > attribute.maximum)
    return `The value must be at most ${attribute.maximum}`
  return enumFault(attribute, value)
}

function arrayFault(attribute: Attribute, value: Json): string | undefined {
  if (!Array.isArray(value)) return 'The value must be an array'
  if (value.some(item => typeof item === 'string' && beyondPlane.test(item))) return unsupported
  const type = attribute.items?.type
  const fits = (item: unknown): boolean =>
    type === 'integer' ? Number.isInteger(item) : type === undefined || typeof item === type
  return value.every(fits) ? undefined : `Every value must be of the type ${String(type)}`
}

function textFault(name: string, attribute: Attribute, value: string): string | undefined {
  if (beyondPlane.test(value)) return unsupported
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = { ...unsaidLengths[name], ...attribute }
  const free = name === 'login' && attribute.pattern === '.+'
  if (value.length > maxLength || (value.length < minLength && !free)) {
    return `String lengths should be within ${minLength} to ${maxLength} characters`
  }
  if (name === 'login' && (attribute.pattern === null || attribute.pattern === undefined)) {
    return emailForm.test(value) ? undefined : 'Username must be in the form of an email address'
  }
  if (typeof attribute.pattern === 'string' && !new RegExp(`^(?:${attribute.pattern})$`, 'u').test(value))
    return pattern
  return fitsFormat(attribute.format, value) ? enumFault(attribute, value) : pattern
}

function enumFault(attribute: Attribute, value: Json): string | undefined {
  const allowed = attribute.oneOf?.map(choice => choice.const) ?? attribute.enum
  return allowed === undefined || allowed.includes(value) ? undefined : 'The value is not one of the allowed values'
}

function fitsFormat(format: string | undefined, value: string): boolean {
  if (value === '') return true
  if (format === 'email') return emailForm.test(value)
  if (format === 'uri') return URL.canParse(value) || value.startsWith('/')
  if (format === 'country-code') return /^[A-Z]{2}$/.test(value)
  if (format === 'language-code' || format === 'locale') return /^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$/.test(value)
  return format !== 'timezone' || isZone(value)
}

function isZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}

function same(left: Json, right: Json): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right)
}
