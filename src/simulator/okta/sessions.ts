import type { SimulatedReply } from '../kernel.ts'
import { userActor } from './access.ts'
import { body, type Call, noContent, ok, origin, parameter, type Route, record } from './call.ts'
import { notFound, OktaError } from './errors.ts'
import { randomText } from './ids.ts'
import { stringOr } from './json.ts'
import type { User } from './objects.ts'
import type { Org } from './org.ts'
import { timestamp } from './time.ts'

interface Session {
  readonly id: string
  readonly user: User
  readonly created: number
  expires: number
}

/** Sessions of an org and the one-time tokens that open them; they are no part of its state, as a restart ends them all. */
interface Held {
  readonly sessions: Map<string, Session>
  readonly tokens: Map<string, { readonly user: User; readonly expires: number }>
}

const held = new WeakMap<Org, Held>()
const lifetime = 2 * 60 * 60 * 1000
const tokenLifetime = 5 * 60 * 1000

function heldBy(org: Org): Held {
  const found = held.get(org) ?? { sessions: new Map(), tokens: new Map() }
  held.set(org, found)
  return found
}

/** Ends a user's sessions. */
export function endSessionsOf(org: Org, user: User): void {
  user.sessions = 0
  const { sessions } = heldBy(org)
  for (const session of [...sessions.values()]) if (session.user === user) sessions.delete(session.id)
}

/** Primary authentication. Passwords are not kept, so any password signs in a user who has one and may. */
function authenticate(call: Call): SimulatedReply {
  const { org } = call
  const given = body(call)
  const user = org.userByLogin(stringOr(given.username) ?? '')
  if (user === undefined || !user.hasPassword || stringOr(given.password) === undefined)
    throw new OktaError(401, 'E0000004')
  if (user.status !== 'ACTIVE') throw new OktaError(401, 'E0000004')
  const token = `20111${randomText(org.random, 49)}`
  const expires = org.now() + tokenLifetime
  heldBy(org).tokens.set(token, { user, expires })
  user.lastLogin = org.now()
  const { login, firstName, lastName } = user.profile
  const profile = {
    login,
    firstName,
    lastName,
    locale: user.profile.locale ?? 'en_US',
    timeZone: user.profile.timezone ?? 'America/Los_Angeles',
  }
  return ok({
    expiresAt: timestamp(expires),
    status: 'SUCCESS',
    sessionToken: token,
    _embedded: { user: { id: user.id, passwordChanged: timestamp(user.passwordChanged), profile } },
    _links: { cancel: { href: `${origin(call)}/api/v1/authn/cancel`, hints: { allow: ['POST'] } } },
  })
}

/** Links lead to `me` where the session has just been opened, else to the session and the user themselves. */
function view(call: Call, session: Session, mine: boolean): SimulatedReply {
  const { user } = session
  const self = `${origin(call)}/api/v1/sessions/${mine ? 'me' : session.id}`
  return ok({
    id: session.id,
    userId: user.id,
    login: user.profile.login,
    createdAt: timestamp(session.created),
    expiresAt: timestamp(session.expires),
    status: 'ACTIVE',
    lastPasswordVerification: timestamp(session.created),
    lastFactorVerification: null,
    amr: ['pwd'],
    idp: { id: `00o${user.id.slice(3)}`, type: 'OKTA' },
    mfaActive: true,
    _links: {
      self: { href: self, hints: { allow: ['GET', 'DELETE'] } },
      refresh: { href: `${self}/lifecycle/refresh`, hints: { allow: ['POST'] } },
      user: {
        name: userActor(user).displayName,
        href: `${origin(call)}/api/v1/users/${mine ? 'me' : user.id}`,
        hints: { allow: ['GET'] },
      },
    },
  })
}

/** A session token opens one session. */
function createSession(call: Call): SimulatedReply {
  const { org } = call
  if (call.request.body.length === 0) throw new OktaError(400, 'E0000003')
  const { sessions, tokens } = heldBy(org)
  const token = stringOr(body(call).sessionToken) ?? ''
  const issued = tokens.get(token)
  if (issued === undefined || org.now() >= issued.expires) throw new OktaError(401, 'E0000004')
  tokens.delete(token)
  const session = {
    id: `102${randomText(org.random, 22)}`,
    user: issued.user,
    created: org.now(),
    expires: org.now() + lifetime,
  }
  sessions.set(session.id, session)
  issued.user.sessions += 1
  return view(call, session, true)
}

function sessionOf(call: Call): Session {
  const id = parameter(call, 'session')
  const session = heldBy(call.org).sessions.get(id)
  if (session === undefined || session.user.sessions === 0 || call.org.now() >= session.expires)
    throw notFound(id, 'AppSession')
  return session
}

function refresh(call: Call): SimulatedReply {
  const session = sessionOf(call)
  session.expires = call.org.now() + lifetime
  return view(call, session, false)
}

function endSession(call: Call): SimulatedReply {
  const session = sessionOf(call)
  heldBy(call.org).sessions.delete(session.id)
  session.user.sessions = Math.max(0, session.user.sessions - 1)
  record(call, 'user.session.end', [userActor(session.user)])
  return noContent
}

const read = { scope: 'okta.sessions.read', needs: 'okta.users.read', bucket: 'other' } as const
const write = { scope: 'okta.sessions.manage', needs: 'okta.users.lifecycle.clearSessions', bucket: 'other' } as const
const one = '/api/v1/sessions/:session'

/** Sign-in sessions. Source: Okta, Sessions API and Authentication API. */
export const sessionRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/v1/authn', ...read, answer: authenticate },
  { method: 'POST', path: '/api/v1/sessions', ...write, answer: createSession },
  { method: 'GET', path: one, ...read, answer: call => view(call, sessionOf(call), false) },
  { method: 'POST', path: `${one}/lifecycle/refresh`, ...write, answer: refresh },
  { method: 'DELETE', path: one, ...write, answer: endSession },
]
