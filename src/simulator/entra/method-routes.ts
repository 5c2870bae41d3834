import type { SimulatedReply } from '../kernel.ts'
import { type Call, type Fields, param, writtenFields } from './call.ts'
import { bodiesReply } from './collection.ts'
import type { DirectoryObject } from './directory.ts'
import { randomGuid } from './guid.ts'
import { METHOD_TYPES, type MethodType } from './method-types.ts'
import { methodBody, newPass, passwordMethod, typeOf } from './methods.ts'
import { graphDate } from './new-object.ts'
import { checkRestricted, checkSensitive } from './protection.ts'
import type { Method, PassPolicy } from './registered.ts'
import { badRequest, denied, invalidValues, json, noContent, notFound } from './reply.ts'
import { userOf } from './user-writes.ts'

const PHONE_TYPES = new Set(['mobile', 'alternateMobile', 'office'])
const POLICY_PATH = 'policies/authenticationMethodsPolicy/authenticationMethodConfigurations'

function methodsOf(call: Call, user: DirectoryObject): readonly Method[] {
  const since = String(user.properties.lastPasswordChangeDateTime ?? user.properties.createdDateTime)
  return [passwordMethod(since), ...call.world.methods.registered(user.id)]
}

function methodOf(call: Call, user: DirectoryObject, path?: string): Method {
  const id = param(call, 1).toLowerCase()
  const found = methodsOf(call, user).find(method => method.id === id && (path === undefined || method.path === path))
  if (found === undefined) throw notFound(param(call, 1))
  return found
}

function body(call: Call, method: Method): Record<string, unknown> {
  return methodBody(method, call.world.methods.policy, call.world.clock.now())
}

function typedBody(call: Call, method: Method): Record<string, unknown> {
  return { '@odata.type': `#microsoft.graph.${typeOf(method.path).type}`, ...body(call, method) }
}

function context(user: DirectoryObject, path: string): string {
  return `users('${user.id}')/authentication/${path}`
}

function entity(call: Call, where: string, shown: Record<string, unknown>, status = 200): SimulatedReply {
  return json({ '@odata.context': `${call.base}/$metadata#${where}/$entity`, ...shown }, status)
}

function checkChangeable(call: Call, user: DirectoryObject): void {
  checkRestricted(call.world, call.application, user)
  checkSensitive(call.world, call.application, user)
}

/** GET /users/{id}/authentication/methods. */
export function listMethods(call: Call): SimulatedReply {
  const user = userOf(call)
  const bodies = methodsOf(call, user).map(method => typedBody(call, method))
  return bodiesReply(call, context(user, 'methods'), bodies)
}

/** GET /users/{id}/authentication/methods/{id}. */
export function getMethod(call: Call): SimulatedReply {
  const user = userOf(call)
  return entity(call, context(user, 'methods'), typedBody(call, methodOf(call, user)))
}

/** POST /users/{id}/authentication/methods/{id}/resetPassword: never for an application without a user. */
export function resetPassword(): SimulatedReply {
  throw denied()
}

/** GET /users/{id}/authentication/{kind}. */
export const listKind =
  ({ path }: MethodType) =>
  (call: Call): SimulatedReply => {
    const user = userOf(call)
    const methods = methodsOf(call, user).filter(method => method.path === path)
    const bodies = methods.map(method => body(call, method))
    return bodiesReply(call, context(user, path), bodies)
  }

/** GET /users/{id}/authentication/{kind}/{id}. */
export const getKind =
  ({ path }: MethodType) =>
  (call: Call): SimulatedReply => {
    const user = userOf(call)
    return entity(call, context(user, path), body(call, methodOf(call, user, path)))
  }

function checkDefaultLast(call: Call, user: DirectoryObject, method: Method): void {
  if (!call.world.switches.defaultMethodLast) return
  const factors = call.world.methods.registered(user.id).filter(({ path }) => path !== 'temporaryAccessPassMethods')
  if (factors.length > 1 && factors[0]?.id === method.id)
    throw badRequest('The default authentication method cannot be deleted while there are other methods.')
}

/** DELETE /users/{id}/authentication/{kind}/{id}. */
export const deleteKind =
  ({ path }: MethodType) =>
  (call: Call): SimulatedReply => {
    const user = userOf(call)
    const method = methodOf(call, user, path)
    checkChangeable(call, user)
    checkDefaultLast(call, user, method)
    call.world.methods.remove(user.id, method.id)
    return noContent()
  }

function checkFields(fields: Fields, known: readonly string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!known.includes(name) || typeof value !== 'string') throw invalidValues()
    if (name === 'phoneType' && !PHONE_TYPES.has(value)) throw invalidValues()
    if (name === 'phoneNumber' && !/^\+\d{1,3} ?[\dx ]{4,}$/.test(value)) throw invalidValues()
    if (name === 'emailAddress' && !/^[^@\s]+@[^@\s]+$/.test(value)) throw invalidValues()
  }
}

function checkPhoneFree(call: Call, user: DirectoryObject, fields: Fields): void {
  const same = call.world.methods
    .registered(user.id)
    .some(({ path, properties }) => path === 'phoneMethods' && properties.phoneType === fields.phoneType)
  if (same) throw badRequest(`A phone of the type '${String(fields.phoneType)}' exists already for the user.`)
}

/** POST /users/{id}/authentication/{kind}, where an administrator may register such a method. */
export const createKind =
  ({ path, create = [] }: MethodType) =>
  (call: Call): SimulatedReply => {
    const user = userOf(call)
    checkChangeable(call, user)
    const fields = writtenFields(call)
    checkFields(fields, create)
    if (create.some(name => fields[name] === undefined)) throw invalidValues()
    if (path === 'phoneMethods') checkPhoneFree(call, user, fields)
    const more = path === 'phoneMethods' ? { smsSignInState: 'notEnabled' } : {}
    const createdDateTime = graphDate(call.world.clock.now())
    const method = { id: randomGuid(call.world.random), path, createdDateTime, properties: { ...fields, ...more } }
    call.world.methods.add(user.id, method)
    return entity(call, context(user, path), body(call, method), 201)
  }

/** PATCH /users/{id}/authentication/{kind}/{id}. */
export const updateKind =
  ({ path, update }: MethodType) =>
  (call: Call): SimulatedReply => {
    const user = userOf(call)
    const method = methodOf(call, user, path)
    checkChangeable(call, user)
    const fields = writtenFields(call)
    checkFields(fields, update)
    method.properties = { ...method.properties, ...fields }
    return noContent()
  }

function checkPass(fields: Fields, policy: PassPolicy): void {
  const { isUsableOnce, lifetimeInMinutes, startDateTime, ...others } = fields
  if (Object.keys(others).length > 0) throw invalidValues()
  if (isUsableOnce !== undefined && isUsableOnce !== null && typeof isUsableOnce !== 'boolean') throw invalidValues()
  if (startDateTime !== undefined && Number.isNaN(Date.parse(String(startDateTime)))) throw invalidValues()
  if (policy.state === 'disabled')
    throw badRequest('Temporary Access Pass is not enabled by the authentication methods policy.')
  const minutes = Number(lifetimeInMinutes ?? policy.defaultLifetimeInMinutes)
  const { minimumLifetimeInMinutes: least, maximumLifetimeInMinutes: most } = policy
  if (!Number.isInteger(minutes) || minutes < least || minutes > most)
    throw badRequest(`The lifetime must be between ${least} and ${most} minutes.`)
}

/** POST /users/{id}/authentication/temporaryAccessPassMethods: the only answer that holds the pass. A second one replaces the first. */
export function createPass(call: Call): SimulatedReply {
  const user = userOf(call)
  const { clock, methods, random } = call.world
  checkChangeable(call, user)
  const fields = call.request.body.length === 0 ? {} : writtenFields(call)
  checkPass(fields, methods.policy)
  const { method, password } = newPass(fields, methods.policy, { now: clock.now(), random, id: randomGuid(random) })
  for (const { id, path } of methods.registered(user.id)) if (path === method.path) methods.remove(user.id, id)
  methods.add(user.id, method)
  const shown = { ...body(call, method), temporaryAccessPass: password }
  return entity(call, context(user, method.path), shown, 201)
}

/** GET of the policy for Temporary Access Passes. */
export function getPassPolicy(call: Call): SimulatedReply {
  const type = '#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration'
  const shown = { '@odata.type': type, id: 'TemporaryAccessPass', excludeTargets: [], ...call.world.methods.policy }
  return entity(call, POLICY_PATH, shown)
}

/** PATCH of the policy for Temporary Access Passes. */
export function updatePassPolicy(call: Call): SimulatedReply {
  const { methods } = call.world
  for (const [name, value] of Object.entries(writtenFields(call))) {
    if (!(name in methods.policy)) throw invalidValues()
    if (typeof value !== typeof methods.policy[name as keyof PassPolicy]) throw invalidValues()
    methods.policy = { ...methods.policy, [name]: value }
  }
  return noContent()
}

/** The kinds of methods by path. */
export const KINDS: readonly MethodType[] = METHOD_TYPES
