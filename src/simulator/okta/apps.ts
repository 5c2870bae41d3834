import type { SimulatedReply } from '../kernel.ts'
import { body, type Call, groupOf, ok, origin, parameter, type Route, userOf } from './call.ts'
import { invalid, notFound, OktaError } from './errors.ts'
import { stringOr } from './json.ts'
import type { App } from './objects.ts'
import { pageOf, pageReply } from './paging.ts'
import { isKnownScope } from './scopes.ts'
import { timestamp } from './time.ts'

function appView(app: App, base: string): unknown {
  return {
    id: app.id,
    orn: `orn:okta:idp:00o1:apps:oidc_client:${app.id}`,
    name: app.name,
    label: app.label,
    status: app.status,
    created: timestamp(app.created),
    lastUpdated: timestamp(app.lastUpdated),
    features: [],
    signOnMode: 'OPENID_CONNECT',
    credentials: {
      oauthClient: {
        autoKeyRotation: true,
        client_id: app.id,
        token_endpoint_auth_method: app.tokenEndpointAuthMethod,
      },
    },
    settings: {
      oauthClient: {
        application_type: app.applicationType,
        grant_types: ['client_credentials'],
        response_types: ['token'],
        dpop_bound_access_tokens: app.requiresDpop,
        jwks: { keys: app.keys },
      },
    },
    _links: { self: { href: `${base}/api/v1/apps/${app.id}` } },
  }
}

function appOf(call: Call): App {
  const id = parameter(call, 'app')
  const app = call.org.apps.get(id)
  if (app === undefined) throw notFound(id, 'AppInstance')
  return app
}

function listApps(call: Call): SimulatedReply {
  const apps = [...call.org.apps.values()].map((app, index) => ({ app, seq: index + 1 }))
  return pageOf(call, apps, { size: { byDefault: 20, max: 200 }, view: item => appView(item.app, origin(call)) })
}

function grantView(app: App, scopeId: string, base: string): unknown {
  return { id: `oag${app.id.slice(3)}`, status: 'ACTIVE', scopeId, clientId: app.id, issuer: base, source: 'ADMIN' }
}

function grant(call: Call): SimulatedReply {
  const app = appOf(call)
  const scopeId = stringOr(body(call).scopeId) ?? ''
  if (!isKnownScope(scopeId)) throw invalid('scopeId', 'scopeId: The scope does not exist')
  if (app.scopes.includes(scopeId)) throw new OktaError(409, 'E0000126', { summary: 'The grant already exists.' })
  app.scopes = [...app.scopes, scopeId]
  return { status: 201, headers: [], body: grantView(app, scopeId, origin(call)) }
}

const read = { scope: 'okta.apps.read', needs: 'okta.apps.read' }

/** Apps as far as a service app can look at itself; assignments of users and groups to apps are not simulated yet. */
export const appRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/apps', ...read, bucket: 'apps', withoutRole: 'empty', answer: listApps },
  {
    method: 'GET',
    path: '/api/v1/apps/:app',
    ...read,
    bucket: 'apps-id',
    answer: call => ok(appView(appOf(call), origin(call))),
  },
  {
    method: 'GET',
    path: '/api/v1/apps/:app/grants',
    scope: 'okta.appGrants.read',
    needs: 'okta.apps.read',
    bucket: 'apps',
    answer: call => ok(appOf(call).scopes.map(scope => grantView(appOf(call), scope, origin(call)))),
  },
  {
    method: 'POST',
    path: '/api/v1/apps/:app/grants',
    scope: 'okta.appGrants.manage',
    needs: 'okta.apps.grants.manage',
    bucket: 'apps',
    answer: grant,
  },
  {
    method: 'GET',
    path: '/api/v1/groups/:group/apps',
    scope: 'okta.groups.read',
    needs: 'okta.groups.read',
    bucket: 'groups',
    answer: call => {
      groupOf(call)
      return pageReply(call, [], undefined)
    },
  },
  {
    method: 'GET',
    path: '/api/v1/users/:user/appLinks',
    scope: 'okta.users.read',
    needs: 'okta.users.read',
    bucket: 'users',
    answer: call => {
      userOf(call)
      return ok([])
    },
  },
]
