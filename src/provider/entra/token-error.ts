import { X509Certificate } from 'node:crypto'
import type { RetryPolicy } from '../../http/retry.ts'
import { AuthError, RateLimitError } from '../../model/errors.ts'
import { NotSentError, retryAfterMs, systemCode } from './errors.ts'

/** The last answer of the token service. */
export interface TokenAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: string
}

/** What the network said while a credential worked; its own errors do not carry it. */
export interface Heard {
  last: TokenAnswer | undefined
  failure: unknown
}

/** Whose token was asked for. */
export interface Asked {
  readonly clientId: string
  readonly authorityHost: string
  readonly retry: RetryPolicy
  /** PEM of the certificate in use, to say when it expired. */
  readonly pem: string | undefined
}

/** What a failed request for a token means to the caller: refused, wait, or try again. Holds no secret. */
export function tokenError(error: unknown, { last, failure }: Heard, options: Asked): Error {
  const host = new URL(options.authorityHost).host
  if (last?.status === 429) {
    const wait = retryAfterMs(last.retryAfter) ?? Math.min(5000, options.retry.maxMs)
    return new RateLimitError(`${host} asks to wait before giving a token.`, wait, { cause: error })
  }
  if (last !== undefined && last.status >= 500) {
    return new NotSentError(`${host} answered ${last.status} instead of giving a token.`, { cause: error })
  }
  if (last !== undefined && last.status >= 400) return new AuthError(refusalSentence(last, options), { cause: error })
  if (failure !== undefined || isTimeout(error)) {
    const words = systemCode(failure) ?? (failure instanceof Error ? failure.name : 'no answer in time')
    return new NotSentError(`No token from ${host}: ${words}; ${reachingAdvice(words)}.`, {
      cause: bareCause(failure ?? error),
    })
  }
  if (error instanceof AuthError) return error
  const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  return new AuthError(`No token for application ${options.clientId} from ${host}: ${words}`, { cause: error })
}

function reachingAdvice(words: string): string {
  const untrusted = /CERT|SELF_SIGNED|VERIFY/.test(words)
  return untrusted ? 'if it is a private host, trust its authority in caBundle' : 'check authorityHost and the network'
}

/** The cause without the request that it carries, since that holds the secret. */
function bareCause(error: unknown): Error {
  const code = systemCode(error)
  const bare = new Error(error instanceof Error ? error.message : String(error))
  return code === undefined ? bare : Object.assign(bare, { code })
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}

/** What to do about an error code of the token service ("Microsoft Entra authentication and authorization error codes"). */
const ADVICE: Readonly<Record<number, string>> = {
  7000215: 'give the value of a client secret of this application, not its id',
  7000222: 'the client secret has expired; make a new one for this application',
  700027: 'add this certificate to the application, or use one that is there and has not expired',
  7000214: 'add this certificate to the application',
  700016: 'check clientId and tenantId',
  700038: 'check clientId',
  90002: 'check tenantId',
  900023: 'check tenantId',
  700024: "the assertion's time is not now; check this machine's clock",
  70021: 'add a federated credential with the issuer and subject of the token to the application',
  700211: "the token's issuer matches no federated credential of the application",
  700212: "the token's audience matches no federated credential of the application",
  700213: "the token's subject matches no federated credential of the application",
  500011: 'check graphUrl',
}

function refusalSentence(heard: TokenAnswer, { clientId, authorityHost, pem }: Asked): string {
  const { description, codes, name } = oauthError(heard.body)
  const expired = pem === undefined ? undefined : expiredSince(pem)
  const advice =
    expired === undefined
      ? codes.map(code => ADVICE[code]).find(text => text !== undefined)
      : `the certificate expired on ${expired}; add a new one to the application and give it here`
  const words = description === '' ? `${name} (status ${heard.status})` : description
  const from = new URL(authorityHost).host
  return `${from} refused the credential of application ${clientId}: ${words}${advice === undefined ? '' : ` To mend it: ${advice}.`}`
}

/** The day a certificate ended, when that has passed by this machine's clock. */
function expiredSince(pem: string): string | undefined {
  try {
    const validTo = Date.parse(new X509Certificate(pem).validTo)
    return validTo < Date.now() ? new Date(validTo).toISOString().slice(0, 10) : undefined
  } catch {
    return undefined
  }
}

function oauthError(body: string): { readonly name: string; readonly description: string; readonly codes: number[] } {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    json = undefined
  }
  const fields = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  const description = typeof fields.error_description === 'string' ? fields.error_description : ''
  const codes = Array.isArray(fields.error_codes) ? fields.error_codes.map(Number) : []
  return {
    name: typeof fields.error === 'string' ? fields.error : 'an answer that is no OAuth error',
    description: (description.split(/\s*(?:Trace ID:|\r?\n)/)[0] ?? '').trim(),
    codes,
  }
}
