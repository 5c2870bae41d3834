import type { SimulatedReply } from '../kernel.ts'
import { body, type Call, ok, parameter, query, type Route, record } from './call.ts'
import { invalid, notFound, type OktaError } from './errors.ts'
import { type Expression, parseExpression, predicate, testsOf } from './expression.ts'
import { type JsonObject, stringOr } from './json.ts'
import type { Org } from './org.ts'
import { pageOf } from './paging.ts'
import type { PrincipalLimit } from './quota.ts'

const size = { byDefault: 20, max: 50 }

/** The org's default share of a principal that nobody has given another one. */
function byDefault(org: Org, principalId: string, principalType: PrincipalLimit['principalType']): PrincipalLimit {
  const at = org.apps.get(principalId)?.created ?? org.now()
  const system = 'okta.system'
  return {
    id: `prl${principalId.slice(3)}`,
    seq: 0,
    principalId,
    principalType,
    percentage: org.quota.share * 100,
    concurrencyPercentage: 50,
    created: at,
    createdBy: system,
    lastUpdate: at,
    lastUpdatedBy: system,
  }
}

/** Every app with a client and every API token, with the share it has. */
function every(org: Org): readonly PrincipalLimit[] {
  const clients = [...org.apps.values()].filter(app => app.signOnMode === 'OPENID_CONNECT')
  const known = [
    ...clients.map(app => org.principalLimits.get(app.id) ?? byDefault(org, app.id, 'OAUTH_CLIENT')),
    ...[...org.tokens.values()].map(
      token => org.principalLimits.get(token.id) ?? byDefault(org, token.id, 'SSWS_TOKEN'),
    ),
  ]
  return known.map((limit, index) => ({ ...limit, seq: index + 1 }))
}

function view(limit: PrincipalLimit): unknown {
  return {
    id: limit.id,
    orgId: '00o1',
    principalId: limit.principalId,
    principalType: limit.principalType,
    defaultPercentage: limit.percentage,
    defaultConcurrencyPercentage: limit.concurrencyPercentage,
    createdDate: shortTime(limit.created),
    createdBy: limit.createdBy,
    lastUpdate: shortTime(limit.lastUpdate),
    lastUpdatedBy: limit.lastUpdatedBy,
  }
}

/** Times of this API have no milliseconds. */
function shortTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

function refused(...causes: readonly string[]): OktaError {
  return invalid('principalRateLimitMediated', ...causes)
}

function parsedFilter(text: string | undefined): Expression {
  const expression = text === undefined ? undefined : parseExpression(text)
  const tests = expression === undefined ? [] : testsOf(expression)
  if (expression === undefined || tests.some(test => test.property !== 'principalType' || test.operator !== 'eq'))
    throw refused('The provided filter parameter did not contain the required attrbute filter "principalType"')
  return expression
}

/** This list links to its next page, but not to itself. */
/** This list does not name itself in a `Link` line. */
function list(call: Call): SimulatedReply {
  const expression = parsedFilter(query(call, 'filter'))
  const limits = every(call.org)
  const value = (limit: PrincipalLimit): unknown => limit.principalType
  const matches = predicate(expression, { value, isTime: () => false, ignoreCase: false })
  const page = pageOf(call, limits.filter(matches), { size, view })
  return { ...page, headers: page.headers.filter(([, link]) => !link.includes('rel="self"')) }
}

function percentage(given: JsonObject, name: string, otherwise: number): number {
  const value = given[name] ?? otherwise
  if (typeof value !== 'number' || value < 1 || value > 100)
    throw invalid(name, `${name}: The value must be from 1 to 100`)
  return value
}

function stored(call: Call, before: PrincipalLimit, given: JsonObject): PrincipalLimit {
  const { org, principal } = call
  const limit = {
    ...before,
    seq: before.seq === 0 ? org.next() : before.seq,
    percentage: percentage(given, 'defaultPercentage', before.percentage),
    concurrencyPercentage: percentage(given, 'defaultConcurrencyPercentage', before.concurrencyPercentage),
    lastUpdate: org.now(),
    lastUpdatedBy: principal.actor.id,
  }
  org.principalLimits.set(limit.principalId, limit)
  record(call, 'system.principal_rate_limit.update', [
    { id: limit.principalId, type: limit.principalType, alternateId: 'unknown', displayName: limit.principalId },
  ])
  return limit
}

function create(call: Call): SimulatedReply {
  const { org } = call
  const given = body(call)
  const type = given.principalType
  if (type !== 'SSWS_TOKEN' && type !== 'OAUTH_CLIENT')
    throw invalid('principalType', 'principalType: The value must be SSWS_TOKEN or OAUTH_CLIENT')
  const id = stringOr(given.principalId) ?? ''
  const exists = type === 'OAUTH_CLIENT' ? org.apps.has(id) : [...org.tokens.values()].some(token => token.id === id)
  if (!exists) throw notFound(id, type === 'OAUTH_CLIENT' ? 'PublicClientApp' : 'Token')
  if (org.principalLimits.has(id) || org.switches.principalLimitsExist) throw refused()
  const now = org.now()
  const by = call.principal.actor.id
  const limit = { ...byDefault(org, id, type), created: now, createdBy: by }
  return { status: 201, headers: [], body: view(stored(call, limit, given)) }
}

function limitOf(call: Call): PrincipalLimit {
  const id = parameter(call, 'limit')
  const limit = every(call.org).find(known => known.id === id)
  if (limit === undefined) throw notFound(id, 'PrincipalRateLimit')
  return limit
}

const all = '/api/v1/principal-rate-limits'
const read = {
  scope: 'okta.principalRateLimits.read',
  needs: 'okta.principalRateLimits.read',
  bucket: 'other',
} as const
const write = {
  scope: 'okta.principalRateLimits.manage',
  needs: 'okta.principalRateLimits.manage',
  bucket: 'other',
} as const

/** Which share of the org's rate limits each app and API token has. Source: Okta, Principal Rate Limits API. */
export const principalLimitRoutes: readonly Route[] = [
  { method: 'GET', path: all, ...read, answer: list },
  { method: 'POST', path: all, ...write, answer: create },
  { method: 'GET', path: `${all}/:limit`, ...read, answer: call => ok(view(limitOf(call))) },
  { method: 'PUT', path: `${all}/:limit`, ...write, answer: call => ok(view(stored(call, limitOf(call), body(call)))) },
]
