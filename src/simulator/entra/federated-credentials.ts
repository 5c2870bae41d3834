import type { SimulatedReply } from '../kernel.ts'
import { appOf } from './applications.ts'
import { type Call, type Fields, param, patchedFields, writtenFields } from './call.ts'
import { bodiesReply, bodyReply } from './collection.ts'
import type { DirectoryObject } from './directory.ts'
import { randomGuid } from './guid.ts'
import { badRequest, GraphError, invalidValues, noContent, notFound, quotaExceeded } from './reply.ts'
import { invalidValue } from './values.ts'

/** Whose tokens an application accepts in place of a secret, as Microsoft Graph shows it. */
export interface FederatedIdentity {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly subject: string
  readonly description: string | null
  readonly audiences: readonly string[]
}

const MOST = 20
const LONGEST: Readonly<Record<string, number>> = { name: 120, issuer: 600, subject: 600, description: 600 }
const PROPERTIES = new Set(['name', 'issuer', 'subject', 'description', 'audiences'])

/** The federated identity credentials of an application, oldest first. */
export function federatedOf({ properties }: DirectoryObject): readonly FederatedIdentity[] {
  return (properties.federatedIdentityCredentials ?? []) as readonly FederatedIdentity[]
}

const where = ({ id }: DirectoryObject): string => `applications('${id}')/federatedIdentityCredentials`

/** GET /applications/{id}/federatedIdentityCredentials: at most twenty, on one page. */
export function listFederated(call: Call): SimulatedReply {
  const application = appOf('application', call)
  const bodies = federatedOf(application).map(credential => ({ ...credential }))
  return bodiesReply(call, where(application), bodies)
}

function credentialOf(call: Call, application: DirectoryObject): FederatedIdentity {
  const key = param(call, 1)
  const named = /^name='?(.+?)'?$/i.exec(key)?.[1] ?? key
  const found = federatedOf(application).find(({ id, name }) => id === key.toLowerCase() || name === named)
  if (found === undefined) throw notFound(key)
  return found
}

/** GET /applications/{id}/federatedIdentityCredentials/{id or name}. */
export function getFederated(call: Call): SimulatedReply {
  const application = appOf('application', call)
  return bodyReply(call, where(application), { ...credentialOf(call, application) })
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string') throw invalidValues()
  if (value === '' || value.length > (LONGEST[name] ?? 600)) throw invalidValue('application', name)
  if (name === 'name' && !/^[\w.~-]+$/.test(value)) throw invalidValue('application', name)
}

function checkAudiences(value: unknown): void {
  if (!Array.isArray(value) || !value.every(audience => typeof audience === 'string')) throw invalidValues()
  if (value.length !== 1 || value.some(audience => audience.length > 600))
    throw invalidValue('application', 'audiences')
}

function checkFields(fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!PROPERTIES.has(name)) throw invalidValues()
    if (name === 'description' && (value === null || value === '')) continue
    if (name !== 'audiences') checkText(name, value)
    else checkAudiences(value)
  }
}

function checkUnique(application: DirectoryObject, { id, name, issuer, subject }: FederatedIdentity): void {
  const others = federatedOf(application).filter(other => other.id !== id)
  if (others.some(other => other.name === name)) {
    const message = `FederatedIdentityCredential with name ${name} already exists.`
    throw new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message)
  }
  if (!others.some(other => other.issuer === issuer && other.subject === subject)) return
  const message = `The combination of issuer and subject must be unique for the application. Issuer ${issuer} and Subject: ${subject} already exist. paramName: FederatedIdentityCredential.Subject, paramValue: ${subject}, objectType: Microsoft.Online.DirectoryServices.Application`
  throw new GraphError(400, 'InvalidFederatedIdentityCredentialValue', message)
}

/** POST /applications/{id}/federatedIdentityCredentials. */
export function createFederated(call: Call): SimulatedReply {
  const application = appOf('application', call)
  const fields = writtenFields(call)
  for (const name of ['name', 'issuer', 'subject', 'audiences']) {
    if (fields[name] === undefined || fields[name] === null) {
      throw badRequest(`A value is required for property '${name}' of resource 'FederatedIdentityCredential'.`, [
        { code: 'MissingValue', target: name },
      ])
    }
  }
  checkFields(fields)
  const { name, issuer, subject, audiences, description } = fields as unknown as FederatedIdentity
  const id = randomGuid(call.world.random)
  const credential: FederatedIdentity = { id, name, issuer, subject, description: description || null, audiences }
  checkUnique(application, credential)
  if (federatedOf(application).length >= MOST) {
    const { code, message } = quotaExceeded()
    throw new GraphError(call.world.switches.federatedLimitStatus, code, message)
  }
  application.properties.federatedIdentityCredentials = [...federatedOf(application), credential]
  return bodyReply(call, where(application), { ...credential }, 201)
}

/** PATCH /applications/{id}/federatedIdentityCredentials/{id or name}: all but the name. */
export function updateFederated(call: Call): SimulatedReply {
  const application = appOf('application', call)
  const before = credentialOf(call, application)
  const fields = patchedFields(call, before)
  checkFields(fields)
  if (fields.name !== undefined && fields.name !== before.name) throw invalidValue('application', 'name')
  const after = { ...before, ...fields } as FederatedIdentity
  const kept = { ...after, description: after.description || null }
  checkUnique(application, kept)
  application.properties.federatedIdentityCredentials = federatedOf(application).map(credential =>
    credential.id === before.id ? kept : credential,
  )
  return noContent()
}

/** DELETE /applications/{id}/federatedIdentityCredentials/{id or name}. */
export function deleteFederated(call: Call): SimulatedReply {
  const application = appOf('application', call)
  const gone = credentialOf(call, application)
  application.properties.federatedIdentityCredentials = federatedOf(application).filter(({ id }) => id !== gone.id)
  return noContent()
}
