import type { SimulatedReply } from '../kernel.ts'
import { userActor } from './access.ts'
import { openAttributes } from './attribute-access.ts'
import { type Call, flag, noContent, ok, origin, query, type Route, record, userOf } from './call.ts'
import { invalid, notFound, OktaError } from './errors.ts'
import { forgetFactors } from './factors.ts'
import { randomText } from './ids.ts'
import type { AnnouncedStatus, User, UserStatus } from './objects.ts'
import type { Org } from './org.ts'
import { applyRules } from './rules.ts'
import { endSessionsOf } from './sessions.ts'
import { timestamp } from './time.ts'
import { announceStatus, setStatus } from './transition.ts'
import { checkMasteredEnd, isOfDirectory } from './user-master.ts'
import { userView } from './user-view.ts'

function refuseUnless(user: User, allowed: readonly UserStatus[], code: string): void {
  if (!allowed.includes(user.status)) throw new OktaError(403, code)
}

/** ACTIVE where nothing is left for the user to do, else PROVISIONED. */
function activated(call: Call, user: User): AnnouncedStatus {
  const federated = user.provider.type === 'FEDERATION' || user.provider.type === 'SOCIAL'
  return user.hasPassword || federated || call.org.switches.passwordOptional ? 'ACTIVE' : 'PROVISIONED'
}

function activationReply(call: Call, sendsEmail: boolean): SimulatedReply {
  if (sendsEmail) return ok({})
  const token = randomText(call.org.random, 20)
  const path = call.org.switches.classicEngine ? `welcome/${token}` : `tokens/${token}/verify`
  return ok({ activationUrl: `${origin(call)}/${path}`, activationToken: token })
}

/** Puts a user into the status that activation leads to, at once or after the time that the org takes for it. */
export function beginActivation(org: Org, user: User, to: AnnouncedStatus): void {
  const { activationSeconds } = org.switches
  if (activationSeconds > 0) announceStatus(org, user, to, activationSeconds)
  else setStatus(org, user, to)
}

function activate(call: Call): SimulatedReply {
  const user = userOf(call)
  refuseUnless(user, ['STAGED', 'DEPROVISIONED'], 'E0000016')
  beginActivation(call.org, user, activated(call, user))
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
  checkMasteredEnd(org, user)
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
  if (isOfDirectory(user)) throw new OktaError(403, 'E0000032')
  const isBlocked = user.status === 'LOCKED_OUT' || (user.status === 'ACTIVE' && user.isBlocked === true)
  if (!isBlocked) throw new OktaError(403, 'E0000032', { causes: ['The user is not locked out.'] })
  delete user.isBlocked
  if (user.status === 'LOCKED_OUT') setStatus(call.org, user, 'ACTIVE')
  else call.org.touch(user)
  record(call, 'user.account.unlock_by_admin', [userActor(user)])
  return ok({})
}

function resetPassword(call: Call): SimulatedReply {
  const user = userOf(call)
  if (call.org.switches.resetPasswordNeedsSendEmail && query(call, 'sendEmail') === undefined)
    throw invalid('sendEmail', 'sendEmail: The field cannot be left blank')
  refuseUnless(
    user,
    ['ACTIVE', 'PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT'],
    call.org.switches.resetPasswordRefusal,
  )
  if (flag(call, 'revokeSessions', false)) endSessionsOf(call.org, user)
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

function expire(call: Call, from: readonly UserStatus[]): User {
  const user = userOf(call)
  refuseUnless(user, from, call.org.switches.expirePasswordRefusal)
  setStatus(call.org, user, 'PASSWORD_EXPIRED')
  record(call, 'user.account.expire_password', [userActor(user)])
  return user
}

function expirePassword(call: Call): SimulatedReply {
  const before = userOf(call).statusChanged
  const user = expire(call, ['ACTIVE', 'PASSWORD_EXPIRED'])
  const isOpen = openAttributes(call.principal, 'okta.users.read', user)
  const view = userView(call.org, user, { base: origin(call), links: 'all', isOpen })
  if (call.org.switches.expireShowsOldStatusChanged) view.statusChanged = timestamp(before)
  return ok(view)
}

function expireWithTempPassword(call: Call): SimulatedReply {
  const user = expire(call, ['ACTIVE'])
  user.hasPassword = true
  user.passwordChanged = call.org.now()
  if (flag(call, 'revokeSessions', false)) endSessionsOf(call.org, user)
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
