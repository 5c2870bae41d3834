import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { AuthError, RateLimitError, TransientError } from '../../model/errors.ts'
import type { Instant } from '../../model/ids.ts'
import { faultFrom, type HeaderReader, retryAfterMs } from './errors.ts'
import { objectOf, textOf } from './json.ts'
import { signingKey } from './key.ts'

/** An access token and what it allows. Okta grants the scopes it can and leaves out the others without a word. */
export interface AccessToken {
  readonly value: string
  readonly scopes: ReadonlySet<string>
  readonly expiresAt: Instant
  /** From when on a new one is wanted. */
  readonly renewAt: Instant
}

/** Gives the one token in use. The vendor's SDK would ask for one per parallel call and take a refusal for a token. */
export interface TokenSource {
  /** A valid token: the one there is, or one fetch shared by all who ask. Throws AuthError, RateLimitError, TransientError. */
  get(): Promise<AccessToken>
  /** Okta refused this token: forget it, unless a newer one is there already. */
  reject(value: string): void
}

/** What the token endpoint answered. */
export interface TokenReply {
  readonly status: number
  readonly header: HeaderReader
  readonly body: unknown
}

/** Everything a token request needs. */
export interface TokenOptions {
  readonly orgUrl: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly privateKey: () => Promise<string>
  readonly keyId?: string
  readonly now: () => Instant
  /** Sends the form to the address; throws TransientError when no answer came. */
  readonly post: (url: string, form: string) => Promise<TokenReply>
}

/** Keeps a token and renews it five minutes early; a token that still works outlives a failed renewal. */
export function tokenSource(mint: () => Promise<AccessToken>, now: () => Instant): TokenSource {
  let current: AccessToken | undefined
  let pending: Promise<AccessToken> | undefined
  const renew = (): Promise<AccessToken> => {
    pending ??= mint()
      .then(token => {
        current = token
        return token
      })
      .finally(() => {
        pending = undefined
      })
    return pending
  }
  const get = async (): Promise<AccessToken> => {
    const held = current
    if (held !== undefined && now() < held.renewAt) return held
    try {
      return await renew()
    } catch (error) {
      if (held !== undefined && held === current && now() < held.expiresAt && !(error instanceof AuthError)) return held
      throw error
    }
  }
  return {
    get,
    reject: value => {
      if (current?.value === value) current = undefined
    },
  }
}

/** Asks Okta for a token with a signed assertion. The private key is read anew each time, so a changed one is taken up. */
export async function mintToken(options: TokenOptions): Promise<AccessToken> {
  const first = await request(options, options.now())
  const theirs = Date.parse(first.header('date') ?? '')
  if (first.status === 200) return tokenOf(first, options)
  const skewed = isAboutTime(first.body) && Math.abs(theirs - options.now()) > 30_000
  const last = skewed ? await request(options, theirs) : first
  if (last.status === 200) return tokenOf(last, options)
  throw tokenError(last, options)
}

/** Okta refuses assertions that are expired, or made in the future, by its own clock. */
function isAboutTime(body: unknown): boolean {
  return /expired|too far into the future|before the current time/i.test(textOf(objectOf(body).error_description) ?? '')
}

async function request(options: TokenOptions, at: Instant): Promise<TokenReply> {
  const url = `${options.orgUrl}/oauth2/v1/token`
  const { key, algorithm, keyId } = signingKey(await options.privateKey(), options.keyId)
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
    .setIssuer(options.clientId)
    .setSubject(options.clientId)
    .setAudience(url)
    .setJti(randomUUID())
    .setExpirationTime(Math.floor(at / 1000) + 300)
    .sign(key)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: options.scopes.join(' '),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  })
  return options.post(url, form.toString())
}

function tokenOf(reply: TokenReply, options: TokenOptions): AccessToken {
  const { access_token, expires_in, scope } = objectOf(reply.body)
  const value = textOf(access_token)
  if (value === undefined) throw new TransientError('Okta answered the token request without a token.', true)
  const lifeMs = (typeof expires_in === 'number' ? expires_in : 3600) * 1000
  const now = options.now()
  const scopes = textOf(scope)?.split(/\s+/) ?? options.scopes
  return {
    value,
    scopes: new Set(scopes),
    expiresAt: now + lifeMs,
    renewAt: now + lifeMs - Math.min(300_000, lifeMs / 5),
  }
}

/** The error for a refused token request. `answered` is true throughout: no call of the API has been sent. */
function tokenError(reply: TokenReply, options: TokenOptions): Error {
  const { status, header } = reply
  const said = objectOf(reply.body)
  const cause = faultFrom(status, { errorCode: said.error, errorSummary: said.error_description, ...said }, header)
  if (status === 429)
    return new RateLimitError('Okta asks to wait before another token request.', retryAfterMs(header), { cause })
  if (status >= 500) return new TransientError(`Okta failed on the token request (${cause.words}).`, true, { cause })
  const hint = hintFor(textOf(said.error) ?? '', textOf(said.error_description) ?? '', options)
  return new AuthError(`Okta gives app ${options.clientId} no token (${cause.words}): ${hint}.`, { cause })
}

/** What to do about a refusal. Source: Okta, OAuth 2.0 error codes of the org authorization server. */
function hintFor(error: string, description: string, { clientId, scopes, orgUrl }: TokenOptions): string {
  if (error === 'consent_required' || error === 'invalid_scope')
    return `on its tab "Okta API Scopes", grant the app the scopes it asks for: ${scopes.join(' ')}`
  if (/dpop/i.test(error))
    return 'switch off "Require Demonstrating Proof of Possession (DPoP)" in the general settings of the app'
  if (/signature|kid|JWKSet/i.test(description))
    return `the private key does not match a public key of app ${clientId}; register its public half there, or give the key that is registered`
  if (/expired|future|current time/i.test(description)) return 'the clock of this machine is wrong; set it right'
  if (/private_key_jwt|application_type/.test(description))
    return 'make it an API Services app whose client authentication is "Public key / Private key"'
  if (/client_id|issuer|subject/i.test(description)) return `${orgUrl} knows no such client; check orgUrl and clientId`
  return `check at ${orgUrl} that the app exists, is active and has the public half of the private key`
}
