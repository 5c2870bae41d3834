import type { SimulatedReply } from '../kernel.ts'
import { body, type Call, noContent, ok, origin, parameter, part, type Route, record } from './call.ts'
import { invalid, notFound } from './errors.ts'
import type { EventHook } from './event-hook.ts'
import { type JsonObject, stringOr, stringsOf } from './json.ts'
import { timestamp } from './time.ts'

const mostActive = 25
const mostTypes = 300
/** Event types that hooks never get, among those this org writes. Source: Okta, Event types, without `event-hook-eligible`. */
const notEligible = new Set([
  'user.lifecycle.delete.completed',
  'group.user_membership.rule.add_exclusion',
  'app.oauth2.token.grant.access_token',
  ...['activated', 'created', 'deactivated', 'deleted', 'updated', 'verified'].map(what => `event_hook.${what}`),
])

function view(hook: EventHook, base: string): unknown {
  const self = `${base}/api/v1/eventHooks/${hook.id}`
  const post = (name: string): unknown => ({ href: `${self}/lifecycle/${name}`, hints: { allow: ['POST'] } })
  const links =
    hook.status === 'ACTIVE'
      ? { self: { href: self }, verify: post('verify'), deactivate: post('deactivate') }
      : { activate: post('activate'), self: { href: self }, delete: { href: self, hints: { allow: ['DELETE'] } } }
  return {
    id: hook.id,
    status: hook.status,
    verificationStatus: hook.verified ? 'VERIFIED' : 'UNVERIFIED',
    name: hook.name,
    ...(hook.description === null ? {} : { description: hook.description }),
    created: timestamp(hook.created),
    createdBy: hook.createdBy,
    lastUpdated: timestamp(hook.lastUpdated),
    events: hook.events,
    channel: hook.channel,
    _links: links,
  }
}

function hookOf(call: Call): EventHook {
  const id = parameter(call, 'hook')
  const hook = call.org.eventHooks.get(id)
  if (hook === undefined) throw notFound(id, 'Webhook')
  return hook
}

interface HookWrite {
  readonly name: string
  readonly description: string | null
  readonly events: JsonObject
  readonly channel: JsonObject
}

function written(given: JsonObject): HookWrite {
  const name = stringOr(given.name) ?? ''
  if (name === '') throw invalid('name', 'name: The field cannot be left blank')
  const events = part(given, 'events')
  const channel = part(given, 'channel')
  const types = stringsOf(events?.items)
  if (events === undefined || types.length === 0) throw invalid('events', 'events: The field cannot be left blank')
  if (types.length > mostTypes) throw invalid('events', `events: A hook can have at most ${mostTypes} event types`)
  for (const type of types)
    if (notEligible.has(type)) throw invalid('events', `events: ${type} is not a valid event type`)
  const uri = stringOr(part(channel ?? {}, 'config')?.uri) ?? ''
  if (channel === undefined || !uri.startsWith('https://'))
    throw invalid('channel', 'channel.config.uri: The URI must use https')
  return {
    name,
    description: stringOr(given.description) ?? null,
    events: { type: 'EVENT_TYPE', ...events },
    channel: shown(channel),
  }
}

/** The secret of the auth scheme can be written and never read. */
function shown(channel: JsonObject): JsonObject {
  const config = part(channel, 'config') ?? {}
  const scheme = part(config, 'authScheme')
  const { value: _, ...readable } = scheme ?? {}
  const auth = scheme === undefined ? {} : { authScheme: readable }
  return { type: 'HTTP', version: '1.0.0', ...channel, config: { headers: [], method: 'POST', ...config, ...auth } }
}

function recordHook(call: Call, what: string, hook: EventHook): void {
  record(call, `event_hook.${what}`, [
    { id: hook.id, type: 'EventHook', alternateId: 'unknown', displayName: hook.name },
  ])
}

function requireRoom(call: Call, hook: EventHook): void {
  const others = [...call.org.eventHooks.values()].filter(
    other => other !== hook && other.status === 'ACTIVE' && other.verified,
  )
  if (others.length >= mostActive)
    throw invalid('eventHook', `eventHook: An org can have at most ${mostActive} active, verified event hooks`)
}

function create(call: Call): SimulatedReply {
  const { org, principal } = call
  const now = org.now()
  const hook: EventHook = {
    id: org.id('who'),
    seq: org.next(),
    ...written(body(call)),
    status: 'ACTIVE',
    verified: false,
    created: now,
    createdBy: principal.actor.id,
    lastUpdated: now,
  }
  org.eventHooks.set(hook.id, hook)
  recordHook(call, 'created', hook)
  return ok(view(hook, origin(call)))
}

/** A hook whose address changes must be verified again. */
function replace(call: Call): SimulatedReply {
  const hook = hookOf(call)
  const write = written(body(call))
  const moved = part(write.channel, 'config')?.uri !== part(hook.channel, 'config')?.uri
  Object.assign(hook, write, { verified: hook.verified && !moved, lastUpdated: call.org.now() })
  recordHook(call, 'updated', hook)
  return ok(view(hook, origin(call)))
}

function remove(call: Call): SimulatedReply {
  const hook = hookOf(call)
  call.org.eventHooks.delete(hook.id)
  recordHook(call, 'deleted', hook)
  return noContent
}

/** The challenge itself is never sent: a switch says how it ends. */
function verify(call: Call): SimulatedReply {
  const hook = hookOf(call)
  if (!call.org.switches.eventHookVerifies)
    throw invalid('eventHook', 'eventHook: The endpoint did not answer the verification challenge')
  if (!hook.verified && hook.status === 'ACTIVE') requireRoom(call, hook)
  return turned(call, hook, { verified: true }, 'verified')
}

function turned(call: Call, hook: EventHook, to: Partial<EventHook>, what: string): SimulatedReply {
  Object.assign(hook, to, { lastUpdated: call.org.now() })
  recordHook(call, what, hook)
  return ok(view(hook, origin(call)))
}

function activate(call: Call): SimulatedReply {
  const hook = hookOf(call)
  if (hook.verified) requireRoom(call, hook)
  return turned(call, hook, { status: 'ACTIVE' }, 'activated')
}

function listHooks(call: Call): SimulatedReply {
  return ok([...call.org.eventHooks.values()].map(hook => view(hook, origin(call))))
}

const all = '/api/v1/eventHooks'
const one = `${all}/:hook`
const read = { scope: 'okta.eventHooks.read', needs: 'okta.eventHooks.read', bucket: 'other' } as const
const write = { scope: 'okta.eventHooks.manage', needs: 'okta.eventHooks.manage', bucket: 'other' } as const

/** Event hooks as far as they are registered; nothing is ever delivered. Source: Okta, Event Hooks API. */
export const eventHookRoutes: readonly Route[] = [
  { method: 'GET', path: all, ...read, answer: listHooks },
  { method: 'POST', path: all, ...write, answer: create },
  { method: 'GET', path: one, ...read, answer: call => ok(view(hookOf(call), origin(call))) },
  { method: 'PUT', path: one, ...write, answer: replace },
  { method: 'DELETE', path: one, ...write, answer: remove },
  { method: 'POST', path: `${one}/lifecycle/verify`, ...write, answer: verify },
  { method: 'POST', path: `${one}/lifecycle/activate`, ...write, answer: activate },
  {
    method: 'POST',
    path: `${one}/lifecycle/deactivate`,
    ...write,
    answer: call => turned(call, hookOf(call), { status: 'INACTIVE' }, 'deactivated'),
  },
]
