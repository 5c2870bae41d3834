import type { SimulatedReply } from '../kernel.ts'
import { appActor, hasPermission, reachesApp, reachesEveryApp, unseen } from './access.ts'
import { unassignGroup } from './app-access.ts'
import { appUserView, appView } from './app-view.ts'
import { appWrite, newSigningKey } from './app-write.ts'
import {
  body,
  type Call,
  flag,
  groupOf,
  noContent,
  ok,
  origin,
  parameter,
  query,
  type Route,
  record,
  userOf,
} from './call.ts'
import { forbidden, invalid, notFound, OktaError } from './errors.ts'
import { type Expression, parseExpression, predicate, required, testsOf } from './expression.ts'
import { isObject } from './json.ts'
import type { App } from './objects.ts'
import { type PageSize, pageOf } from './paging.ts'

const size: PageSize = { byDefault: 20, max: 200 }
const filterProperties = new Set(['status', 'name', 'id', 'user.id', 'group.id', 'credentials.signing.kid'])

/** The app a path names by id; 404 if there is none, refused if out of the principal's reach. */
export function appOf(call: Call, needs = call.route.needs): App {
  const id = parameter(call, 'app')
  const app = call.org.apps.get(id)
  if (app === undefined) throw notFound(id, 'AppInstance')
  if (!reachesApp(call.principal, needs, app)) throw unseen(call.org, id, 'AppInstance')
  return app
}

function listApps(call: Call): SimulatedReply {
  const text = query(call, 'filter')
  const expression = text === undefined ? undefined : filterOf(text)
  const expanded = expandedUser(call, expression)
  const q = query(call, 'q')?.toLowerCase() ?? ''
  const matches = expression === undefined ? () => true : matcher(expression)
  const base = origin(call)
  const named = (app: App): boolean => app.name.toLowerCase().startsWith(q) || app.label.toLowerCase().startsWith(q)
  const apps = [...call.org.apps.values()].filter(
    app => reachesApp(call.principal, call.route.needs, app) && matches(app) && named(app),
  )
  const view = (app: App): unknown => {
    const held = expanded === undefined ? undefined : app.users.get(expanded)
    if (held === undefined) return appView(call.org, app, base)
    return { ...appView(call.org, app, base), _embedded: { user: appUserView(call.org, app, held, { base }) } }
  }
  return pageOf(call, apps, { size, view })
}

function filterOf(text: string): Expression {
  const expression = parseExpression(text)
  if (testsOf(expression).some(test => !filterProperties.has(test.property) || test.operator !== 'eq'))
    throw new OktaError(400, 'E0000031')
  return expression
}

function matcher(expression: Expression): (app: App) => boolean {
  return predicate<App>(expression, { value: appValue, isTime: () => false, ignoreCase: false })
}

function appValue(app: App, property: string): unknown {
  switch (property) {
    case 'user.id':
      return [...app.users.keys()]
    case 'group.id':
      return [...app.groups.keys()]
    case 'credentials.signing.kid':
      return app.signingKeys[0]?.kid
    case 'id':
      return app.id
    case 'name':
      return app.name
    default:
      return app.status
  }
}

/** `expand=user/{id}` works beside a filter for the same user alone. */
function expandedUser(call: Call, expression: Expression | undefined): string | undefined {
  const expand = query(call, 'expand')
  if (expand === undefined || expand === '') return undefined
  const id = /^user\/(.+)$/.exec(expand)?.[1]
  const tests = expression === undefined ? [] : required(expression)
  if (id === undefined || !tests.some(test => test.property === 'user.id' && test.value === id))
    throw invalid('RequestParams', 'Expand query is malformed.')
  return id
}

function recordApp(call: Call, what: string, app: App): void {
  record(call, `application.lifecycle.${what}`, [{ ...appActor(app), type: 'AppInstance' }])
}

function createApp(call: Call): SimulatedReply {
  const { org } = call
  if (!reachesEveryApp(call.principal, call.route.needs)) throw forbidden()
  const write = appWrite(call, body(call))
  requireRoom(call)
  const now = org.now()
  const admin = org.switches.publicClientAppAdmins && write.applicationType === 'service'
  const app: App = {
    ...write,
    id: org.id('0oa'),
    seq: org.next(),
    status: flag(call, 'activate', true) ? 'ACTIVE' : 'INACTIVE',
    created: now,
    lastUpdated: now,
    features: [],
    signingKeys: write.signOnMode === 'BOOKMARK' ? [] : [newSigningKey(org)],
    pushed: [],
    policy: null,
    users: new Map(),
    groups: new Map(),
    grants: [],
    roles: admin ? [org.role('SUPER_ADMIN')] : [],
  }
  org.apps.set(app.id, app)
  recordApp(call, 'create', app)
  return ok(withSecret(app, appView(org, app, origin(call))))
}

/** Refuses another app where the org has as many active ones as it may. */
function requireRoom({ org }: Call): void {
  const most = org.switches.mostActiveApps
  if (most === 0) return
  const active = [...org.apps.values()].filter(app => app.status === 'ACTIVE').length
  if (active >= most)
    throw invalid(
      'generalSettings',
      'Cannot create application instance. Maximum number of instances has been reached.',
    )
}

/** The secret is shown once: in the answer that creates the app. */
function withSecret(app: App, view: Record<string, unknown>): Record<string, unknown> {
  const secret = app.secrets[0]?.value
  const { credentials } = view
  if (secret === undefined || !isObject(credentials) || !isObject(credentials.oauthClient)) return view
  return {
    ...view,
    credentials: { ...credentials, oauthClient: { ...credentials.oauthClient, client_secret: secret } },
  }
}

/** Once an app has scopes, its keys are the business of super admins. */
function replaceApp(call: Call): SimulatedReply {
  const app = appOf(call)
  const write = appWrite(call, body(call), app)
  const turnsKeys = JSON.stringify(write.keys) !== JSON.stringify(app.keys)
  if (turnsKeys && app.grants.length > 0 && !hasPermission(call.principal, 'okta.apps.grants.manage')) throw forbidden()
  Object.assign(app, write)
  app.lastUpdated = call.org.now()
  recordApp(call, 'update', app)
  return ok(appView(call.org, app, origin(call)))
}

function deleteApp(call: Call): SimulatedReply {
  const app = appOf(call)
  if (app.status === 'ACTIVE')
    throw new OktaError(403, 'E0000056', { causes: ['The application must be deactivated before deletion.'] })
  for (const { group } of [...app.groups.values()]) unassignGroup(call.org, app, group, call.principal.actor)
  call.org.apps.delete(app.id)
  recordApp(call, 'delete', app)
  return noContent
}

function turnApp(call: Call, status: App['status']): SimulatedReply {
  const app = appOf(call)
  if (app.status !== status) {
    app.status = status
    app.lastUpdated = call.org.now()
    recordApp(call, status === 'ACTIVE' ? 'activate' : 'deactivate', app)
  }
  return ok({})
}

function listGroupApps(call: Call): SimulatedReply {
  const group = groupOf(call)
  const apps = [...(call.org.appsByGroup.get(group.id) ?? [])].sort((left, right) => left.seq - right.seq)
  return pageOf(call, apps, { size, view: app => appView(call.org, app, origin(call)) })
}

/** The tiles of a user's dashboard: fewer than the apps he has. */
function listAppLinks(call: Call): SimulatedReply {
  const user = userOf(call)
  const base = origin(call)
  const shown = [...call.org.apps.values()].filter(
    app => app.status === 'ACTIVE' && app.users.has(user.id) && !isHidden(app),
  )
  return ok(
    shown.map((app, index) => ({
      id: user.id,
      label: app.label,
      linkUrl: `${base}/home/${app.name}/${app.id}/aln1`,
      logoUrl: `${base}/assets/img/logos/default.png`,
      appName: app.name,
      appInstanceId: app.id,
      appAssignmentId: `0ua${user.id.slice(3)}`,
      credentialsSetup: false,
      hidden: false,
      sortOrder: index,
    })),
  )
}

function isHidden(app: App): boolean {
  const visibility = app.parts.visibility
  const hide = isObject(visibility) ? visibility.hide : undefined
  return app.applicationType === 'service' || (isObject(hide) && hide.web === true)
}

function assignPolicy(call: Call): SimulatedReply {
  const app = appOf(call)
  app.policy = parameter(call, 'policy')
  app.lastUpdated = call.org.now()
  recordApp(call, 'update', app)
  return noContent
}

const read = { scope: 'okta.apps.read', needs: 'okta.apps.read' }
const write = { scope: 'okta.apps.manage', needs: 'okta.apps.manage' }
const one = '/api/v1/apps/:app'

/** Apps themselves. Source: Okta, Applications API. */
export const appRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/apps', ...read, bucket: 'apps', withoutRole: 'empty', answer: listApps },
  { method: 'POST', path: '/api/v1/apps', ...write, bucket: 'apps', answer: createApp },
  {
    method: 'GET',
    path: one,
    ...read,
    bucket: 'apps-id',
    answer: call => ok(appView(call.org, appOf(call), origin(call))),
  },
  { method: 'PUT', path: one, ...write, bucket: 'apps-id', answer: replaceApp },
  { method: 'DELETE', path: one, ...write, bucket: 'apps-id', answer: deleteApp },
  {
    method: 'POST',
    path: `${one}/lifecycle/activate`,
    ...write,
    bucket: 'apps',
    answer: call => turnApp(call, 'ACTIVE'),
  },
  {
    method: 'POST',
    path: `${one}/lifecycle/deactivate`,
    ...write,
    bucket: 'apps',
    answer: call => turnApp(call, 'INACTIVE'),
  },
  { method: 'PUT', path: `${one}/policies/:policy`, ...write, bucket: 'apps', answer: assignPolicy },
  {
    method: 'GET',
    path: '/api/v1/groups/:group/apps',
    scope: 'okta.groups.read',
    needs: 'okta.groups.read',
    bucket: 'groups',
    answer: listGroupApps,
  },
  {
    method: 'GET',
    path: '/api/v1/users/:user/appLinks',
    scope: 'okta.users.read',
    needs: 'okta.users.read',
    bucket: 'users',
    answer: listAppLinks,
  },
]
