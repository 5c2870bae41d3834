import type { SimulatedReply } from '../kernel.ts'
import { userActor } from './access.ts'
import { type Call, flag, noContent, ok, origin, query, type Route, record, userOf } from './call.ts'
import { invalid, notFound, OktaError } from './errors.ts'
import { forgetFactors } from './factors.ts'
import { randomText } from './ids.ts'
import type { User, UserStatus } from './objects.ts'
import { applyRules } from './rules.ts'
import { endSessionsOf } from './sessions.ts'
import { announceStatus, setStatus } from './transition.ts'
import { userView } from './user-view.ts'

function refuseUnless(user: User, allowed: readonly UserStatus[], code: string): void {
  if (!allowed.includes(user.status)) throw new OktaError(403, code)
}

/** ACTIVE where nothing is left for the user to do, else PROVISIONED. */
function activated(call: Call, user: User): UserStatus {
  const federated = user.provider.type === 'FEDERATION' || user.provider.type === 'SOCIAL'
  return user.hasPassword || federated || call.org.switches.passwordOptional ? 'ACTIVE' : 'PROVISIONED'
}

function activationReply(call: Call, sendsEmail: boolean): SimulatedReply {
  if (sendsEmail) return ok({})
  const token = randomText(call.org.random, 20)
  return ok({ activationUrl: `${origin(call)}/tokens/${token}/verify`, activationToken: token })
}

function activate(call: Call): SimulatedReply {
  const user = userOf(call)
  refuseUnless(user, ['STAGED', 'DEPROVISIONED'], 'E0000016')
  setStatus(call.org, user, activated(call, user))
  user.activated = call.org.now()
  record(call, 'user.lifecycle.activate', [userActor(user)])
  applyRules(call.org, user)
  return activationReply(call, flag(call, 'sendEmail', true))
}

function reactivate(call: Call): SimulatedReply {
  const user = userOf(call)
  refuseUnless(user, ['PROVISIONED', 'RECOVERY'], 'E0000038')
  call.org.touch(user)
  record(call, 'user.lifecycle.reactivate', [userActor(user)])
  return activationReply(call, flag(call, 'sendEmail', false))
}

function suspend(call: Call): SimulatedReply {
  const user = userOf(call)
  if (!call.org.switches.suspendFrom.includes(user.status))
    throw invalid('suspendUser', 'Cannot suspend a user that is not active')
  setStatus(call.org, user, 'SUSPENDED')
  record(call, 'user.lifecycle.suspend', [userActor(user)])
  return ok({})
}

function unsuspend(call: Call): SimulatedReply {
  const user = userOf(call)
  if (user.status !== 'SUSPENDED') throw invalid('suspendUser', 'Cannot unsuspend a user that is not suspended')
  setStatus(call.org, user, 'ACTIVE')
  record(call, 'user.lifecycle.unsuspend', [userActor(user)])
  return ok({})
}

/** Deactivates, at once or (with `Prefer: respond-async` and the switches set so) after a while; returns the status to answer. */
export function deactivate(call: Call, user: User): number {
  const { org } = call
  const isAsync = /respond-async/i.test(call.request.headers.prefer ?? '')
  record(call, 'user.lifecycle.deactivate', [userActor(user)])
  if (isAsync && org.switches.asyncSeconds > 0) announceStatus(org, user, 'DEPROVISIONED', org.switches.asyncSeconds)
  else setStatus(org, user, 'DEPROVISIONED')
  return isAsync ? org.switches.asyncStatus : 200
}

function deactivateUser(call: Call): SimulatedReply {
  const user = userOf(call)
  if (user.status === 'DEPROVISIONED') throw notFound(call.parameters.user ?? '', 'User')
  const status = deactivate(call, user)
  if (status === 200 && call.org.switches.deactivateStatus === 204) return noContent
  return { status, headers: [], body: {} }
}

function unlock(call: Call): SimulatedReply {
  const user = userOf(call)
  if (user.status !== 'LOCKED_OUT') throw new OktaError(403, 'E0000032', { causes: ['The user is not locked out.'] })
  setStatus(call.org, user, 'ACTIVE')
  record(call, 'user.account.unlock_by_admin', [userActor(user)])
  return ok({})
}

function resetPassword(call: Call): SimulatedReply {
  const user = userOf(call)
  refuseUnless(
    user,
    ['ACTIVE', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT'],
    call.org.switches.resetPasswordRefusal,
  )
  if (flag(call, 'revokeSessions', false)) user.sessions = 0
  record(call, 'user.account.reset_password', [userActor(user)])
  if (query(call, 'provider') === 'FEDERATION') {
    user.provider = { type: 'FEDERATION', name: 'FEDERATION' }
    user.hasPassword = false
    setStatus(call.org, user, 'ACTIVE')
    return ok({})
  }
  if (user.provider.type === 'FEDERATION') user.provider = { type: 'OKTA', name: 'OKTA' }
  setStatus(call.org, user, 'RECOVERY')
  if (flag(call, 'sendEmail', true)) return ok({})
  return ok({ resetPasswordUrl: `${origin(call)}/reset_password/${randomText(call.org.random, 20)}` })
}

function expire(call: Call): User {
  const user = userOf(call)
  refuseUnless(user, ['ACTIVE', 'PASSWORD_EXPIRED'], 'E0000038')
  setStatus(call.org, user, 'PASSWORD_EXPIRED')
  record(call, 'user.account.expire_password', [userActor(user)])
  return user
}

function expirePassword(call: Call): SimulatedReply {
  return ok(userView(call.org, expire(call), { base: origin(call), links: 'all' }))
}

function expireWithTempPassword(call: Call): SimulatedReply {
  const user = expire(call)
  user.hasPassword = true
  user.passwordChanged = call.org.now()
  if (flag(call, 'revokeSessions', false)) user.sessions = 0
  return ok({ tempPassword: randomText(call.org.random, 8) })
}

function resetFactors(call: Call): SimulatedReply {
  const user = userOf(call)
  if (user.status === 'DEPROVISIONED') throw notFound(call.parameters.user ?? '', 'User')
  forgetFactors(user)
  record(call, 'user.mfa.factor.reset_all', [userActor(user)])
  return ok({})
}

function endSessions(call: Call): SimulatedReply {
  const user = userOf(call)
  endSessionsOf(call.org, user)
  record(call, 'user.session.clear', [userActor(user)])
  return noContent
}

function lifecycleRoute(name: string, needs: string, answer: Route['answer']): Route {
  return {
    method: 'POST',
    path: `/api/v1/users/:user/lifecycle/${name}`,
    scope: 'okta.users.manage',
    needs,
    bucket: 'users',
    answer,
  }
}

/** The status machine of a user. Source: Okta, User lifecycle and User status. */
export const lifecycleRoutes: readonly Route[] = [
  lifecycleRoute('activate', 'okta.users.lifecycle.activate', activate),
  lifecycleRoute('reactivate', 'okta.users.lifecycle.activate', reactivate),
  lifecycleRoute('suspend', 'okta.users.lifecycle.suspend', suspend),
  lifecycleRoute('unsuspend', 'okta.users.lifecycle.unsuspend', unsuspend),
  lifecycleRoute('deactivate', 'okta.users.lifecycle.deactivate', deactivateUser),
  lifecycleRoute('unlock', 'okta.users.lifecycle.unlock', unlock),
  lifecycleRoute('reset_password', 'okta.users.credentials.resetPassword', resetPassword),
  lifecycleRoute('expire_password', 'okta.users.credentials.expirePassword', expirePassword),
  lifecycleRoute('expire_password_with_temp_password', 'okta.users.credentials.expirePassword', expireWithTempPassword),
  lifecycleRoute('reset_factors', 'okta.users.credentials.resetFactors', resetFactors),
  {
    method: 'DELETE',
    path: '/api/v1/users/:user/sessions',
    scope: 'okta.users.manage',
    needs: 'okta.users.lifecycle.clearSessions',
    bucket: 'users',
    answer: endSessions,
  },
]
