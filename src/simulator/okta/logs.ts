import type { SimulatedReply } from '../kernel.ts'
import { type Call, query, type Route } from './call.ts'
import { invalid, OktaError } from './errors.ts'
import { type Expression, parseExpression, predicate, testsOf } from './expression.ts'
import type { LogEntry } from './objects.ts'
import { cursorOf, cursorText, selfLink } from './paging.ts'
import { parseTime } from './time.ts'

const day = 86_400_000

const messages: Readonly<Record<string, string>> = {
  'user.lifecycle.create': 'Create okta user',
  'user.lifecycle.activate': 'Activate Okta user',
  'user.lifecycle.deactivate': 'Deactivate Okta user',
  'user.lifecycle.suspend': 'Suspend Okta user',
  'user.lifecycle.unsuspend': 'Unsuspend Okta user',
  'user.lifecycle.reactivate': 'Reactivate Okta user',
  'user.lifecycle.delete.initiated': 'Delete Okta user initiated',
  'user.lifecycle.delete.completed': 'Delete Okta user completed',
  'user.account.update_profile': 'Update user profile for Okta',
  'user.session.clear': 'Clear user session',
  'group.user_membership.add': 'Add user to group membership',
  'group.user_membership.remove': 'Remove user from group membership',
  'group.lifecycle.create': 'Create Okta group',
  'group.lifecycle.delete': 'Delete Okta group',
  'group.profile.update': 'Update Okta group profile',
}

function entryView(entry: LogEntry): Record<string, unknown> {
  return {
    actor: { ...entry.actor, detailEntry: null },
    client: { userAgent: null, zone: 'null', device: 'Unknown', id: null, ipAddress: null, geographicalContext: null },
    displayMessage: messages[entry.eventType] ?? entry.eventType,
    eventType: entry.eventType,
    outcome: { result: 'SUCCESS', reason: null },
    published: new Date(entry.at).toISOString(),
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    severity: 'INFO',
    debugContext: { debugData: { requestId: entry.requestId, requestUri: entry.requestUri } },
    legacyEventType: null,
    transaction: { type: 'WEB', id: entry.requestId, detail: {} },
    uuid: entry.uuid,
    version: '0',
    request: { ipChain: [] },
    target: entry.targets.map(target => ({ ...target, detailEntry: null })),
  }
}

/** The values under a dotted name such as `target.id`; lists are looked through. */
function entryValue(entry: LogEntry, property: string): unknown {
  let current: unknown[] = [property.startsWith('target') ? { target: entry.targets } : entryView(entry)]
  for (const step of property.split('.')) {
    current = current.flatMap(value => {
      const next: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined
      return Array.isArray(next) ? next : next === undefined || next === null ? [] : [next]
    })
  }
  return current
}

function filterOf(call: Call): (entry: LogEntry) => boolean {
  const text = query(call, 'filter')
  const words = (query(call, 'q') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  if (words.length > 10 || words.some(word => word.length > 40))
    throw invalid('q', 'q: At most 10 keywords of 40 characters each')
  const says = (entry: LogEntry): boolean => {
    const content = words.length === 0 ? '' : JSON.stringify(entryView(entry)).toLowerCase()
    return words.every(word => content.includes(word))
  }
  if (text === undefined) return says
  const expression: Expression = parseExpression(text, { not: true })
  if (testsOf(expression).some(test => test.property === 'published')) throw new OktaError(400, 'E0000053')
  const matches = predicate(expression, { value: entryValue, isTime: () => false, ignoreCase: true })
  return entry => matches(entry) && says(entry)
}

function timeOf(call: Call, name: string): number | undefined {
  const text = query(call, name)
  if (text === undefined) return undefined
  const ms = parseTime(text)
  if (ms === undefined) throw invalid(name, `${name}: The date format is not valid`)
  return ms
}

interface Window {
  readonly since: number
  readonly until: number | undefined
  readonly after: number
}

/** Where reading starts and ends: a cursor wins over `since`, which reaches back 7 days unless said otherwise. */
function windowOf(call: Call): Window {
  const now = call.org.clock.now()
  const cursor = cursorOf(call)
  const until = timeOf(call, 'until')
  const since = timeOf(call, 'since')
  if (cursor !== undefined) {
    const [after, from] = cursor
    if (typeof after !== 'number' || typeof from !== 'number') throw invalid('after', 'after: must be a valid value')
    return { since: from, until, after }
  }
  if (since !== undefined && since < now - 180 * day) throw new OktaError(400, 'E0000053')
  return { since: since ?? (until ?? now) - 7 * day, until, after: 0 }
}

function listLogs(call: Call): SimulatedReply {
  const limit = Math.min(Number(query(call, 'limit') ?? 100), 1000)
  if (!Number.isInteger(limit) || limit < 0) throw invalid('limit', 'limit: must be a valid value')
  const window = windowOf(call)
  const wanted = filterOf(call)
  const descending = query(call, 'sortOrder')?.toUpperCase() === 'DESCENDING'
  const inWindow = (entry: LogEntry): boolean =>
    entry.at >= window.since && (window.until === undefined || entry.at < window.until) && wanted(entry)
  const beyond = (entry: LogEntry): boolean =>
    window.after === 0 || (descending ? entry.seq < window.after : entry.seq > window.after)
  const found = call.org.log.filter(entry => beyond(entry) && inWindow(entry))
  if (descending) found.reverse()
  const page = found.slice(0, limit)
  const polling = window.until === undefined && !descending
  return logReply(call, page, { window, more: polling || found.length > limit })
}

/** A polling read always shows the way on, even from an empty page. */
function logReply(call: Call, page: readonly LogEntry[], at: { window: Window; more: boolean }): SimulatedReply {
  const { url } = call.request
  const links: [string, string][] = [['link', selfLink(url)]]
  if (at.more) {
    const newest = call.org.log.at(-1)?.seq ?? 0
    const seen = page.at(-1)?.seq ?? (at.window.after === 0 ? newest : at.window.after)
    const rest = [...url.searchParams].filter(([name]) => name !== 'after' && name !== 'since')
    const search = new URLSearchParams([['after', cursorText([seen, at.window.since])], ...rest])
    links.push(['link', `<${url.origin}${url.pathname}?${search}>; rel="next"`])
  }
  return { status: 200, headers: links, body: page.map(entryView) }
}

/** The System Log. Source: Okta, System Log API. */
export const logRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/logs',
    scope: 'okta.logs.read',
    needs: 'okta.logs.read',
    bucket: 'logs',
    answer: listLogs,
  },
]
