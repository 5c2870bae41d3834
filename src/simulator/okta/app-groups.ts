import type { SimulatedReply } from '../kernel.ts'
import { reachesGroup } from './access.ts'
import { assignGroup, groupTargets, unassignGroup } from './app-access.ts'
import { appGroupView } from './app-view.ts'
import { appOf } from './apps.ts'
import { body, type Call, noContent, ok, origin, parameter, part, query, type Route, record } from './call.ts'
import { forbidden, invalid, notFound, OktaError } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { App, AppGroup, Group } from './objects.ts'
import { limitOf, type PageSize, pageOf } from './paging.ts'

/** Pages have 20 to 200 items. */
const shortest = 20
const groupSide = 'okta.groups.appAssignment.manage'

function view(call: Call, app: App, held: AppGroup): unknown {
  return appGroupView(call.org, app, held, { base: origin(call), expand: query(call, 'expand') })
}

function writtenGroup(call: Call): Group {
  const id = parameter(call, 'group')
  const group = call.org.groups.get(id)
  if (group === undefined) throw notFound(id, 'UserGroup')
  if (!reachesGroup(call.principal, groupSide, group)) throw forbidden()
  return group
}

function heldOf(call: Call, app: App): AppGroup {
  const id = parameter(call, 'group')
  const held = app.groups.get(id)
  if (held === undefined) throw notFound(id, 'GroupAssignment')
  return held
}

function listAppGroups(call: Call): SimulatedReply {
  const app = appOf(call)
  const q = query(call, 'q')?.toLowerCase() ?? ''
  const named = (held: AppGroup): boolean =>
    String(held.group.profile.name ?? '')
      .toLowerCase()
      .startsWith(q)
  const size = sizeOf(call)
  return pageOf(call, [...app.groups.values()].filter(named), { size, view: held => view(call, app, held) })
}

/** What becomes of a limit below the shortest is the switches' choice. */
function sizeOf(call: Call): PageSize {
  const short = call.org.switches.shortAppGroupPages
  const size = { byDefault: shortest, max: 200 }
  if (short === 'lengthened') return { ...size, min: shortest }
  if (short === 'E0000001' && limitOf(call, size) < shortest)
    throw invalid('limit', `limit: The limit must be from ${shortest} to ${size.max}`)
  return size
}

function priorityOf(given: JsonObject, byDefault: number): number {
  const { priority } = given
  if (priority === undefined || priority === null) return byDefault
  if (typeof priority !== 'number' || !Number.isInteger(priority) || priority < 0 || priority > 100)
    throw invalid('priority', 'priority: The value must be an integer from 0 to 100')
  return priority
}

/** Assigns, or changes what is assigned. Without a priority the group comes after the others. */
function put(call: Call): SimulatedReply {
  const { org } = call
  const app = appOf(call)
  const group = writtenGroup(call)
  const given = body(call)
  const before = app.groups.get(group.id)
  const next = Math.max(-1, ...[...app.groups.values()].map(held => held.priority)) + 1
  const priority = priorityOf(given, before?.priority ?? next)
  const profile = part(given, 'profile') ?? {}
  if (before !== undefined) {
    Object.assign(before, { priority, profile, lastUpdated: org.now() })
    record(call, 'group.application_assignment.update', groupTargets(app, group))
    return ok(view(call, app, before))
  }
  const held = { seq: org.next(), group, priority, profile, lastUpdated: org.now() }
  record(call, 'group.application_assignment.add', groupTargets(app, group))
  assignGroup(org, app, held, call.principal.actor)
  return ok(view(call, app, held))
}

interface Operation {
  readonly op: string
  readonly path: readonly string[]
  readonly value: Json | undefined
}

function operations(call: Call): readonly Operation[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(call.request.body.toString('utf8'))
  } catch {
    throw new OktaError(400, 'E0000003')
  }
  if (!Array.isArray(parsed) || !parsed.every(isObject)) throw new OktaError(400, 'E0000003')
  return parsed.map(({ op, path, value }) => ({
    op: String(op),
    path: String(path).split('/').slice(1),
    value,
  }))
}

function patch(call: Call): SimulatedReply {
  const app = appOf(call)
  const group = writtenGroup(call)
  const held = heldOf(call, app)
  let { priority } = held
  const profile: Record<string, Json | undefined> = { ...held.profile }
  for (const { op, path, value } of operations(call)) {
    const [first, name] = path
    if (!['add', 'replace', 'remove'].includes(op)) throw invalid('op', 'op: The operation is not supported')
    if (first === 'priority') priority = priorityOf({ priority: value }, priority)
    else if (first !== 'profile') throw invalid('path', 'path: The value is not supported')
    else if (name === undefined) Object.assign(profile, isObject(value) ? value : {})
    else if (op === 'remove') delete profile[name]
    else profile[name] = value ?? null
  }
  Object.assign(held, { priority, profile, lastUpdated: call.org.now() })
  record(call, 'group.application_assignment.update', groupTargets(app, group))
  return ok(view(call, app, held))
}

function unassign(call: Call): SimulatedReply {
  const app = appOf(call)
  const group = writtenGroup(call)
  heldOf(call, app)
  record(call, 'group.application_assignment.remove', groupTargets(app, group))
  unassignGroup(call.org, app, group, call.principal.actor)
  return noContent
}

function getAppGroup(call: Call): SimulatedReply {
  const app = appOf(call)
  return ok(view(call, app, heldOf(call, app)))
}

const all = '/api/v1/apps/:app/groups'
const one = `${all}/:group`
const read = { scope: 'okta.apps.read', needs: 'okta.apps.read', bucket: 'apps' } as const
const write = { scope: 'okta.apps.manage', needs: 'okta.apps.assignment.manage', bucket: 'apps' } as const

/** Groups of an app. Source: Okta, Application Groups API. */
export const appGroupRoutes: readonly Route[] = [
  { method: 'GET', path: all, ...read, answer: listAppGroups },
  { method: 'GET', path: one, ...read, answer: getAppGroup },
  { method: 'PUT', path: one, ...write, answer: put },
  { method: 'PATCH', path: one, ...write, answer: patch },
  { method: 'DELETE', path: one, ...write, answer: unassign },
]
