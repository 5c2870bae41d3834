import type { SimulatedReply } from '../kernel.ts'
import { reachesUser, unseen } from './access.ts'
import { hasThroughGroup, loseApp, newAppUser, recordAppUser } from './app-access.ts'
import { passwordModes } from './app-defaults.ts'
import { appUserView } from './app-view.ts'
import { appOf } from './apps.ts'
import { body, type Call, noContent, ok, origin, parameter, part, query, type Route } from './call.ts'
import { forbidden, invalid, notFound, OktaError } from './errors.ts'
import { type JsonObject, stringOr } from './json.ts'
import type { App, AppUser, User } from './objects.ts'
import { type PageSize, pageOf } from './paging.ts'

const size: PageSize = { byDefault: 50, max: 500 }
const userSide = 'okta.users.appAssignment.manage'

/** The user an assignment is about: 404 if there is none, refused without the permission on the user's side. */
function assigned(call: Call, given: string): User {
  const user = call.org.findUser(given)
  if (user === undefined) throw notFound(given, 'User')
  if (!reachesUser(call.principal, userSide, user)) throw forbidden()
  return user
}

function heldOf(call: Call, app: App): AppUser {
  const given = parameter(call, 'user')
  const user = call.org.findUser(given)
  const held = user === undefined ? undefined : app.users.get(user.id)
  if (held === undefined) throw notFound(given, 'AppUser')
  return held
}

function view(call: Call, app: App, held: AppUser): unknown {
  return appUserView(call.org, app, held, { base: origin(call), expand: query(call, 'expand') })
}

function listAppUsers(call: Call): SimulatedReply {
  const app = appOf(call)
  const q = query(call, 'q')?.toLowerCase() ?? ''
  const starts = (held: AppUser): boolean => {
    const { firstName, lastName, email, login } = held.user.profile
    return [held.userName, firstName, lastName, email, login].some(value =>
      String(value ?? '')
        .toLowerCase()
        .startsWith(q),
    )
  }
  const users = q === '' ? app.users.values() : [...app.users.values()].filter(starts)
  return pageOf(call, users, { size, view: held => view(call, app, held) })
}

/** What the request sets; credentials that the app's scheme has no room for are refused. */
function applied(call: Call, app: App, held: AppUser, given: JsonObject): boolean {
  const credentials = part(given, 'credentials')
  const schemeOfApp = part(app.parts, 'credentials')?.scheme
  const password = credentials === undefined ? undefined : part(credentials, 'password')
  const barred = password !== undefined && !passwordModes.includes(app.signOnMode)
  if (credentials !== undefined && (barred || schemeOfApp === 'SHARED_USERNAME_AND_PASSWORD')) {
    throw new OktaError(400, 'E0000041', {
      summary: 'Credentials should not be set on this resource based on the scheme.',
      causes: ['User level credentials should not be provided for this scheme.'],
    })
  }
  const profile = part(given, 'profile')
  const barredAttribute = app.pushed.find(name => profile?.[name] !== undefined)
  if (barredAttribute !== undefined) {
    throw new OktaError(403, 'E0000075', {
      summary: `Cannot modify the ${barredAttribute} attribute because it has a field mapping and profile push is enabled.`,
    })
  }
  const userName = stringOr(credentials?.userName)
  const renamed = userName !== undefined && userName !== (held.userName ?? held.user.profile.login)
  if (userName !== undefined) held.userName = userName
  if (password !== undefined) held.passwordChanged = call.org.now()
  if (profile !== undefined) held.profile = { ...held.profile, ...profile }
  held.lastUpdated = call.org.now()
  return renamed
}

/** A user who is assigned by himself already is refused where the org does so. */
function refuseAgain({ org }: Call): void {
  const { appUserReassign } = org.switches
  if (appUserReassign === 'E0000062') throw new OktaError(409, 'E0000062')
  if (appUserReassign === 'E0000001')
    throw invalid('appUser', 'The specified user is already assigned to the application.')
}

function assign(call: Call): SimulatedReply {
  const { org } = call
  const app = appOf(call)
  const given = body(call)
  const id = stringOr(given.id) ?? ''
  if (id === '') throw invalid('id', 'id: The field cannot be left blank')
  const user = assigned(call, id)
  if (user.status === 'DEPROVISIONED') {
    throw new OktaError(403, 'E0000117')
  }
  const before = app.users.get(user.id)
  if (before?.scope === 'USER') refuseAgain(call)
  const held = before ?? newAppUser(org, user, 'USER')
  applied(call, app, held, given)
  held.scope = given.scope === 'GROUP' && hasThroughGroup(app, user) ? 'GROUP' : 'USER'
  app.users.set(user.id, held)
  note(call, before === undefined ? 'add' : 'update', app, user)
  return ok(view(call, app, held))
}

function note(call: Call, what: string, app: App, user: User): void {
  const { actor } = call.principal
  recordAppUser(call.org, `application.user_membership.${what}`, { app, user, actor, requestId: call.requestId })
}

function update(call: Call): SimulatedReply {
  const app = appOf(call)
  const held = heldOf(call, app)
  assigned(call, held.user.id)
  const given = body(call)
  const renamed = applied(call, app, held, given)
  if (given.scope === 'USER') held.scope = 'USER'
  if (given.scope === 'GROUP' && hasThroughGroup(app, held.user)) held.scope = 'GROUP'
  note(call, renamed ? 'change_username' : 'update', app, held.user)
  return ok(view(call, app, held))
}

function unassign(call: Call): SimulatedReply {
  const app = appOf(call)
  const held = heldOf(call, app)
  if (!reachesUser(call.principal, userSide, held.user)) throw unseen(call.org, held.user.id, 'AppUser')
  if (hasThroughGroup(app, held.user)) {
    throw new OktaError(403, 'E0000046', {
      summary: 'Deactivate application for user forbidden.',
      causes: ['The application cannot be unassigned from the user while their group memberships grant them access'],
    })
  }
  loseApp(call.org, app, held.user, { actor: call.principal.actor })
  return noContent
}

function getAppUser(call: Call): SimulatedReply {
  const app = appOf(call)
  return ok(view(call, app, heldOf(call, app)))
}

const all = '/api/v1/apps/:app/users'
const one = `${all}/:user`
const read = { scope: 'okta.apps.read', needs: 'okta.apps.read', bucket: 'apps' } as const
const write = { scope: 'okta.apps.manage', needs: 'okta.apps.assignment.manage', bucket: 'apps' } as const

/** Users of an app. Source: Okta, Application Users API. */
export const appUserRoutes: readonly Route[] = [
  { method: 'GET', path: all, ...read, answer: listAppUsers },
  { method: 'POST', path: all, ...write, answer: assign },
  { method: 'GET', path: one, ...read, answer: getAppUser },
  { method: 'POST', path: one, ...write, answer: update },
  { method: 'DELETE', path: one, ...write, answer: unassign },
]
