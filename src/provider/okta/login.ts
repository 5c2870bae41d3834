import { InvalidRequestError } from '../../model/errors.ts'
import { type OktaUser, userOf } from './account.ts'
import { faultOf } from './errors.ts'
import { Refused, type Writer } from './outcome.ts'
import { allItems } from './paging.ts'
import { anyOf, readUser, searchUsers } from './requests.ts'

/** Whether Okta refused because another account has the login. */
export function isLoginTaken(error: unknown): boolean {
  const causes = error instanceof InvalidRequestError ? (faultOf(error)?.causes ?? []) : []
  return causes.some(cause => /^login: .*already exists/i.test(cause))
}

/** The refusal that names who has the login. */
export async function loginTaken(writer: Writer, login: string, error: unknown): Promise<Refused> {
  const holder = await holderOf(writer, login)
  const who = holder === undefined ? 'an account the app cannot see' : described(holder, login)
  const message = `Login ${login} is taken by ${who}; adopt that account, change its login, or choose another one.`
  return new Refused('failed', 'LoginTaken', message, faultOf(error))
}

function described({ id, status, login: held }: OktaUser, login: string): string {
  const same = held.toLowerCase() === login.toLowerCase()
  return `account ${id}, which is ${status}${same ? '' : ` and has the login ${held}: Okta compares logins without case and accents`}`
}

/** Logins are taken by DEPROVISIONED users too, and compare without case and accents. Source: Okta, Core Okta API. */
async function holderOf({ client, signal }: Writer, login: string): Promise<OktaUser | undefined> {
  const spellings = [...new Set([login, withoutAccents(login)])]
  const reads = [
    ...spellings.map(one => () => client.send(readUser(one), signal).then(({ body }) => [userOf(body)])),
    () => allItems(client, searchUsers(anyOf('profile.login', spellings)), signal).then(users => users.map(userOf)),
  ]
  for (const read of reads) {
    const users = await read().catch(() => [])
    const holder = users.find(user => foldedLogin(user.login) === foldedLogin(login))
    if (holder !== undefined) return holder
  }
  return undefined
}

/** A login in the form in which Okta compares it. */
function foldedLogin(login: string): string {
  return withoutAccents(login).toLowerCase()
}

function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '')
}
