import type { SimulatedReply } from '../kernel.ts'
import { appActor } from './access.ts'
import { appOf } from './apps.ts'
import { body, type Call, noContent, ok, origin, parameter, query, type Route, record } from './call.ts'
import { invalid, notFound, OktaError } from './errors.ts'
import { stringOr } from './json.ts'
import { newGrant } from './load-apps.ts'
import type { App, AppGrant } from './objects.ts'
import { isKnownScope } from './scopes.ts'
import { timestamp } from './time.ts'

function grantView(call: Call, app: App, grant: AppGrant): unknown {
  const base = origin(call)
  const self = `${base}/api/v1/apps/${app.id}`
  return {
    id: grant.id,
    status: 'ACTIVE',
    created: timestamp(grant.created),
    createdBy: { id: grant.createdBy, type: 'User' },
    lastUpdated: timestamp(grant.created),
    issuer: base,
    clientId: app.id,
    scopeId: grant.scopeId,
    source: 'ADMIN',
    ...(call.request.method === 'POST' || query(call, 'expand') === 'scope'
      ? { _embedded: { scope: { id: grant.scopeId } } }
      : {}),
    _links: {
      app: { href: self, title: app.label },
      self: { href: `${self}/grants/${grant.id}`, hints: { allow: ['GET', 'DELETE'] } },
      client: { href: `${base}/oauth2/v1/clients/${app.id}`, title: app.label },
    },
  }
}

function grantOf(call: Call, app: App): AppGrant {
  const id = parameter(call, 'grant')
  const grant = app.grants.find(candidate => candidate.id === id)
  if (grant === undefined) throw notFound(id, 'OAuth2ScopeConsentGrant')
  return grant
}

function recordGrant(call: Call, what: 'grant' | 'revoke', app: App): void {
  record(call, `app.oauth2.admin.consent.${what}`, [{ ...appActor(app), type: 'AppInstance' }])
}

function grant(call: Call): SimulatedReply {
  const app = appOf(call)
  const scopeId = stringOr(body(call).scopeId) ?? ''
  if (!isKnownScope(scopeId)) throw invalid('scopeId', 'scopeId: The scope does not exist')
  if (app.grants.some(given => given.scopeId === scopeId))
    throw new OktaError(409, 'E0000126', { summary: 'The grant already exists.' })
  const added = newGrant(call.org, scopeId, call.principal.actor.id)
  app.grants = [...app.grants, added]
  recordGrant(call, 'grant', app)
  return { status: call.org.switches.appShape === '2020' ? 200 : 201, headers: [], body: grantView(call, app, added) }
}

function revoke(call: Call): SimulatedReply {
  const app = appOf(call)
  const gone = grantOf(call, app)
  app.grants = app.grants.filter(given => given !== gone)
  recordGrant(call, 'revoke', app)
  return noContent
}

const one = '/api/v1/apps/:app'
const write = { scope: 'okta.appGrants.manage', needs: 'okta.apps.grants.manage', bucket: 'apps' } as const
const read = { scope: 'okta.appGrants.read', needs: 'okta.apps.read', bucket: 'apps' } as const

function listGrants(call: Call): SimulatedReply {
  const app = appOf(call)
  return ok(app.grants.map(given => grantView(call, app, given)))
}

function getGrant(call: Call): SimulatedReply {
  const app = appOf(call)
  return ok(grantView(call, app, grantOf(call, app)))
}

/** Scopes of an app. Source: Okta, Application Grants API. */
export const appGrantRoutes: readonly Route[] = [
  { method: 'GET', path: `${one}/grants`, ...read, answer: listGrants },
  { method: 'POST', path: `${one}/grants`, ...write, answer: grant },
  { method: 'GET', path: `${one}/grants/:grant`, ...read, answer: getGrant },
  { method: 'DELETE', path: `${one}/grants/:grant`, ...write, answer: revoke },
]
