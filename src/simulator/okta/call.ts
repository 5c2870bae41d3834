import type { SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { type Principal, reachesGroup, reachesUser, unseen } from './access.ts'
import { notFound, OktaError } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { Actor, Group, User } from './objects.ts'
import type { Org } from './org.ts'
import type { BucketName } from './quota.ts'

/** One operation of the API: what it answers to and which gates stand before it. */
export interface Route {
  readonly method: string
  /** `/api/v1/users/:user/groups`; a part with a colon is a parameter. */
  readonly path: string
  /** OAuth scope the access token must carry. */
  readonly scope: string
  /** Admin permission the principal's roles must carry, in the vocabulary of custom roles. */
  readonly needs: string
  readonly bucket: BucketName
  /** What a principal without the permission gets: an empty list, or 403 E0000006 (the default). */
  readonly withoutRole?: 'empty'
  /** Whether anybody may ask, without credentials. */
  readonly open?: true
  answer(call: Call): SimulatedReply
}

/** One request on its way through an operation. */
export interface Call {
  readonly org: Org
  readonly request: SimulatedRequest
  readonly principal: Principal
  readonly route: Route
  readonly parameters: Readonly<Record<string, string>>
  readonly requestId: string
}

/** An answer with a JSON body. */
export function ok(body: unknown, headers: SimulatedReply['headers'] = []): SimulatedReply {
  return { status: 200, headers, body }
}

/** 204: done, nothing to say. */
export const noContent: SimulatedReply = { status: 204, headers: [] }

/** A path parameter of the call's route. Throws on a route that has no such parameter. */
export function parameter(call: Call, name: string): string {
  const value = call.parameters[name]
  if (value === undefined) throw new Error(`route ${call.route.path} has no parameter ${name}`)
  return value
}

/** A query parameter, undefined when absent. */
export function query(call: Call, name: string): string | undefined {
  return call.request.url.searchParams.get(name) ?? undefined
}

/** A query parameter that is true or false. */
export function flag(call: Call, name: string, byDefault: boolean): boolean {
  const value = query(call, name)
  return value === undefined ? byDefault : value.toLowerCase() === 'true'
}

/** Scheme and host the client used: links lead back to it. */
export function origin(call: Call): string {
  return call.request.url.origin
}

/** The body as a JSON object. Refuses with E0000003 what is none; an absent body is an empty object. */
export function body(call: Call): JsonObject {
  const text = call.request.body.toString('utf8')
  if (text.trim() === '') return {}
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new OktaError(400, 'E0000003')
  }
  if (!isObject(parsed)) throw new OktaError(400, 'E0000003')
  return parsed
}

/** A JSON value of the body that must be an object. */
export function part(from: JsonObject, name: string): JsonObject | undefined {
  const value: Json | undefined = from[name]
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw new OktaError(400, 'E0000003')
  return value
}

/** The user a path names by id, login (one without a slash) or short name; 404 if there is none, refused if out of the principal's reach. */
export function userOf(call: Call, options: { name?: string; needs?: string } = {}): User {
  const given = parameter(call, options.name ?? 'user')
  if (given.includes('/')) throw notFound(given, 'User')
  const user = given === 'me' ? call.org.users.get(call.principal.userId ?? '') : call.org.findUser(given)
  if (user === undefined) throw notFound(given, 'User')
  if (!reachesUser(call.principal, options.needs ?? call.route.needs, user)) throw unseen(call.org, given, 'User')
  return user
}

/** The group a path names by id; 404 if there is none, refused if out of the principal's reach. */
export function groupOf(call: Call, options: { name?: string; needs?: string } = {}): Group {
  const given = parameter(call, options.name ?? 'group')
  const group = call.org.groups.get(given)
  if (group === undefined) throw notFound(given, 'UserGroup')
  if (!reachesGroup(call.principal, options.needs ?? call.route.needs, group))
    throw unseen(call.org, given, 'UserGroup')
  return group
}

/** Writes what happened into the System Log. */
export function record(call: Call, eventType: string, targets: readonly Actor[], actor = call.principal.actor): void {
  call.org.record({ eventType, actor, targets, requestId: call.requestId, requestUri: call.request.url.pathname })
}
