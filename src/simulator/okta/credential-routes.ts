import type { SimulatedReply } from '../kernel.ts'
import { userActor } from './access.ts'
import { body, type Call, flag, ok, origin, part, type Route, record, userOf } from './call.ts'
import { checkPassword, rememberPassword } from './credentials.ts'
import { invalid, notFound, OktaError } from './errors.ts'
import { randomText } from './ids.ts'
import { type JsonObject, stringOr } from './json.ts'
import type { User } from './objects.ts'
import { endSessionsOf } from './sessions.ts'
import { setStatus } from './transition.ts'
import { bareCredentials } from './user-view.ts'

/** The user of a call on credentials; a DEPROVISIONED one has none. */
function ownerOf(call: Call): User {
  const user = userOf(call)
  if (user.status === 'DEPROVISIONED') throw notFound(call.parameters.user ?? '', 'User')
  return user
}

function textIn(given: JsonObject | undefined, key: string, object: string): string {
  const value = stringOr(given?.[key])
  if (value === undefined || value === '') throw invalid(object, `${object}: The field cannot be left blank`)
  return value
}

function setPassword(call: Call, user: User, value: string): void {
  const write = { password: { kind: 'value', value } } as const
  checkPassword(call.org, write, String(user.profile.login))
  rememberPassword(user, write)
  user.hasPassword = true
  user.passwordChanged = call.org.now()
  record(call, 'user.account.update_password', [userActor(user)])
}

function credentials(user: User): SimulatedReply {
  return ok(bareCredentials(user, { password: true }))
}

/** Needs the old password, which the simulated org does not keep: any is right. */
function changePassword(call: Call): SimulatedReply {
  const user = ownerOf(call)
  const given = body(call)
  textIn(part(given, 'oldPassword'), 'value', 'oldPassword')
  const value = textIn(part(given, 'newPassword'), 'value', 'newPassword')
  if (!['ACTIVE', 'PASSWORD_EXPIRED', 'STAGED', 'RECOVERY'].includes(user.status)) throw new OktaError(403, 'E0000014')
  setPassword(call, user, value)
  if (user.status === 'PASSWORD_EXPIRED' || user.status === 'RECOVERY') setStatus(call.org, user, 'ACTIVE')
  if (given.revokeSessions === true) endSessionsOf(call.org, user)
  call.org.touch(user)
  return credentials(user)
}

function changeQuestion(call: Call): SimulatedReply {
  const user = ownerOf(call)
  const question = part(body(call), 'recovery_question')
  user.recoveryQuestion = textIn(question, 'question', 'recovery_question')
  textIn(question, 'answer', 'recovery_question')
  call.org.touch(user)
  return credentials(user)
}

/** Starts self-service recovery; without an email the link comes back. */
function forgotPassword(call: Call): SimulatedReply {
  const user = ownerOf(call)
  if (user.status !== 'ACTIVE' && user.status !== 'PASSWORD_EXPIRED' && user.status !== 'RECOVERY')
    throw new OktaError(403, 'E0000017')
  record(call, 'user.account.reset_password', [userActor(user)])
  if (flag(call, 'sendEmail', true)) return ok({})
  return ok({ resetPasswordUrl: `${origin(call)}/signin/reset-password/${randomText(call.org.random, 20)}` })
}

function recoverByQuestion(call: Call): SimulatedReply {
  const user = ownerOf(call)
  const given = body(call)
  if (user.recoveryQuestion === null) throw new OktaError(403, 'E0000017')
  textIn(part(given, 'recovery_question'), 'answer', 'recovery_question')
  setPassword(call, user, textIn(part(given, 'password'), 'value', 'password'))
  if (user.status === 'RECOVERY' || user.status === 'PASSWORD_EXPIRED') setStatus(call.org, user, 'ACTIVE')
  call.org.touch(user)
  return credentials(user)
}

const own = '/api/v1/users/:user/credentials'
const write = { method: 'POST', scope: 'okta.users.manage', bucket: 'users' } as const

/** Passwords and recovery questions. Source: Okta, User Credentials API. */
export const credentialRoutes: readonly Route[] = [
  { ...write, path: `${own}/change_password`, needs: 'okta.users.credentials.manage', answer: changePassword },
  { ...write, path: `${own}/change_recovery_question`, needs: 'okta.users.credentials.manage', answer: changeQuestion },
  { ...write, path: `${own}/forgot_password`, needs: 'okta.users.credentials.resetPassword', answer: forgotPassword },
  {
    ...write,
    path: `${own}/forgot_password_recovery_question`,
    needs: 'okta.users.credentials.resetPassword',
    answer: recoverByQuestion,
  },
]
