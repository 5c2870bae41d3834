import type { SimulatedReply } from '../kernel.ts'
import { type AppKind, appOf } from './applications.ts'
import { bodyFields, type Call, type Fields } from './call.ts'
import type { DirectoryObject } from './directory.ts'
import { randomGuid } from './guid.ts'
import { graphDate } from './new-object.ts'
import { badRequest, invalidValues, json, noContent } from './reply.ts'
import type { World } from './world.ts'

/** A password of an application or service principal as its object holds it; `secretText` is shown once. */
export interface AppPassword {
  readonly customKeyIdentifier: null
  readonly displayName: string | null
  /** ISO 8601, as `startDateTime`. */
  readonly endDateTime: string
  /** The first three characters. */
  readonly hint: string
  readonly keyId: string
  readonly secretText: string
  readonly startDateTime: string
}

const FIELDS = new Set([
  'customKeyIdentifier',
  'displayName',
  'endDateTime',
  'hint',
  'keyId',
  'secretText',
  'startDateTime',
])

/** The passwords of an application or service principal, oldest first. */
export function passwordsOf({ properties }: DirectoryObject): readonly AppPassword[] {
  return (properties.passwordCredentials ?? []) as readonly AppPassword[]
}

function given(call: Call): Fields {
  if (call.request.body.length === 0) return {}
  const { passwordCredential = {}, ...others } = bodyFields(call)
  if (Object.keys(others).length > 0 || typeof passwordCredential !== 'object' || Array.isArray(passwordCredential))
    throw invalidValues()
  const fields = (passwordCredential ?? {}) as Fields
  if (Object.keys(fields).some(name => !name.startsWith('@') && !FIELDS.has(name))) throw invalidValues()
  return fields
}

function time(value: unknown, usual: number): number {
  if (value === undefined || value === null) return usual
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at)) throw invalidValues()
  return at
}

function twoYearsAfter(start: number): number {
  const end = new Date(start)
  return end.setUTCFullYear(end.getUTCFullYear() + 2)
}

/** Forty characters, as Entra makes them. */
function newSecret({ random }: World): string {
  const hex = `${randomGuid(random)}${randomGuid(random)}`.replaceAll('-', '')
  const text = Buffer.from(hex.slice(0, 56), 'hex').toString('base64url')
  return `${text.slice(0, 3)}8Q~${text.slice(3, 37)}`
}

/** POST …/addPassword: makes a password, good for two years unless the request says otherwise. */
export const addPassword =
  (kind: AppKind) =>
  (call: Call): SimulatedReply => {
    const { world } = call
    const object = appOf(kind, call)
    const { displayName = null, startDateTime, endDateTime } = given(call)
    if (displayName !== null && typeof displayName !== 'string') throw invalidValues()
    const start = time(startDateTime, world.clock.now())
    const end = time(endDateTime, twoYearsAfter(start))
    if (end <= start) throw invalidValues()
    const secretText = newSecret(world)
    const password: AppPassword = {
      customKeyIdentifier: null,
      displayName,
      endDateTime: graphDate(end),
      hint: secretText.slice(0, 3),
      keyId: randomGuid(world.random),
      secretText,
      startDateTime: graphDate(start),
    }
    object.properties.passwordCredentials = [...passwordsOf(object), password]
    return json({ '@odata.context': `${call.base}/$metadata#microsoft.graph.passwordCredential`, ...password })
  }

/** POST …/removePassword. */
export const removePassword =
  (kind: AppKind) =>
  (call: Call): SimulatedReply => {
    const object = appOf(kind, call)
    const { keyId } = bodyFields(call)
    if (typeof keyId !== 'string') throw invalidValues()
    const left = passwordsOf(object).filter(password => password.keyId !== keyId.toLowerCase())
    if (left.length === passwordsOf(object).length) throw badRequest(call.world.switches.unknownPasswordMessage)
    object.properties.passwordCredentials = left
    return noContent()
  }
