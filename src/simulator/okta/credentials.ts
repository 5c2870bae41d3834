import { createHash } from 'node:crypto'
import { invalid, OktaError } from './errors.ts'
import { isObject, type JsonObject, stringOr } from './json.ts'
import type { User } from './objects.ts'
import type { Org } from './org.ts'

/** What a request says about a user's credentials; undefined parts are not spoken of. */
export interface CredentialWrite {
  readonly password?: { readonly kind: 'value' | 'hash' | 'hook'; readonly value?: string }
  readonly recovery?: { readonly question: string; readonly answer: string }
  readonly provider?: { readonly type: string; readonly name: string }
}

const algorithms = ['BCRYPT', 'SHA-512', 'SHA-256', 'SHA-1', 'MD5', 'PBKDF2']

/** Reads the `credentials` of a create or update. */
export function credentialWrite(credentials: JsonObject | undefined): CredentialWrite {
  if (credentials === undefined) return {}
  const password = passwordOf(credentials.password)
  const recovery = isObject(credentials.recovery_question) ? credentials.recovery_question : undefined
  const provider = isObject(credentials.provider) ? credentials.provider : undefined
  return {
    ...(password === undefined ? {} : { password }),
    ...(recovery === undefined
      ? {}
      : { recovery: { question: stringOr(recovery.question) ?? '', answer: stringOr(recovery.answer) ?? '' } }),
    ...(provider === undefined
      ? {}
      : { provider: { type: stringOr(provider.type) ?? 'OKTA', name: stringOr(provider.name) ?? 'OKTA' } }),
  }
}

function passwordOf(password: unknown): CredentialWrite['password'] {
  if (!isObject(password)) return undefined
  if (isObject(password.hash)) {
    if (!algorithms.includes(String(password.hash.algorithm))) {
      throw invalid('password', 'password: The hash algorithm is not supported')
    }
    return { kind: 'hash' }
  }
  if (isObject(password.hook)) return { kind: 'hook' }
  const value = stringOr(password.value)
  return value === undefined ? undefined : { kind: 'value', value }
}

/** Refuses a password against the default policy: 8 characters, upper and lower case, a digit, no part of the login. */
export function checkPassword(org: Org, write: CredentialWrite, login: string): void {
  const value = write.password?.value
  if (value === undefined) return
  const part = login.split('@')[0]?.toLowerCase() ?? ''
  const strong = value.length >= 8 && /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value)
  if (strong && (part.length < 4 || !value.toLowerCase().includes(part))) return
  throw againstPolicy(
    org,
    'Password requirements were not met. Password requirements: at least 8 characters, a lowercase letter, an uppercase letter, a number, no parts of your username.',
  )
}

/** Digests of the passwords a user has had; the passwords themselves are not kept. */
const history = new WeakMap<User, Set<string>>()

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

/** Keeps a password in mind for the history of the policy. */
export function rememberPassword(user: User, { password }: CredentialWrite): void {
  if (password?.value === undefined) return
  const had = history.get(user) ?? new Set()
  history.set(user, had.add(digest(password.value)))
}

/** Refuses a password the user has had before, as updates with `strict=true` do. */
export function checkHistory(org: Org, user: User, { password }: CredentialWrite): void {
  if (password?.value === undefined || history.get(user)?.has(digest(password.value)) !== true) return
  throw againstPolicy(org, 'Password has been used too recently')
}

function againstPolicy(org: Org, cause: string): OktaError {
  if (org.switches.passwordRefusal === 'E0000001') return invalid('password', `password: ${cause}`)
  return new OktaError(403, 'E0000080', { causes: [cause] })
}
