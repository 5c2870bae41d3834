import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { AuthError, RateLimitError, TransientError } from '../../model/errors.ts'
import type { Instant } from '../../model/ids.ts'
import type { Possession } from './dpop.ts'
import { faultFrom, type HeaderReader, retryAfterMs } from './errors.ts'
import { objectOf, textOf } from './json.ts'
import { signingKey } from './key.ts'

/** An access token and what it allows. Okta grants the scopes it can and leaves out the others without a word. */
export interface AccessToken {
  readonly value: string
  /** How it is shown: `DPoP` needs a proof with every call. */
  readonly scheme: 'Bearer' | 'DPoP'
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
  readonly possession: Possession
  /** Sends the form to the address; throws TransientError when no answer came. */
  readonly post: (url: string, form: string, headers: Readonly<Record<string, string>>) => Promise<TokenReply>
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

/** What a second try may mend: our clock, a proof of possession, its nonce, or a key that was changed meanwhile. */
type Remedy = 'Clock' | 'Proof' | 'Nonce' | 'Key'

/**
 * Asks Okta for a token with a signed assertion. The private key is read anew each time, and once more where Okta does not know it, so
 * a changed one is taken up. Whether the app wants proofs of possession is learnt from the answer.
 */
export async function mintToken(options: TokenOptions): Promise<AccessToken> {
  const tried = new Set<Remedy>()
  let at = options.now()
  let key = await options.privateKey()
  for (;;) {
    const reply = await request(options, { at, key })
    if (reply.status === 200) return tokenOf(reply, options)
    const remedy = remedyFor(reply, options)
    if (remedy === undefined || tried.has(remedy)) throw tokenError(reply, options)
    tried.add(remedy)
    if (remedy === 'Clock') at = theirTime(reply)
    if (remedy === 'Proof' || remedy === 'Nonce') options.possession.want(reply.header('dpop-nonce'))
    if (remedy !== 'Key') continue
    const another = await options.privateKey()
    if (another === key) throw tokenError(reply, options)
    key = another
  }
}

function theirTime(reply: TokenReply): Instant {
  return Date.parse(reply.header('date') ?? '')
}

function remedyFor(reply: TokenReply, { now, possession }: TokenOptions): Remedy | undefined {
  const said = objectOf(reply.body)
  const error = textOf(said.error)
  const description = textOf(said.error_description) ?? ''
  if (error === 'use_dpop_nonce') return 'Nonce'
  if (isAboutTime(description) && Math.abs(theirTime(reply) - now()) > 30_000) return 'Clock'
  if (error === 'invalid_dpop_proof' && !possession.wanted) return 'Proof'
  return error === 'invalid_client' && isAboutKey(description) ? 'Key' : undefined
}

/** Okta refuses assertions and proofs that are expired, or made in the future, by its own clock. */
function isAboutTime(description: string): boolean {
  return /expired|too far into the future|before the current time|\biat\b/i.test(description)
}

function isAboutKey(description: string): boolean {
  return /signature|kid|JWKSet/i.test(description)
}

async function request(
  options: TokenOptions,
  { at, key: text }: { readonly at: Instant; readonly key: string },
): Promise<TokenReply> {
  const url = `${options.orgUrl}/oauth2/v1/token`
  const { key, algorithm, keyId } = signingKey(text, options.keyId)
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
  return options.post(url, form.toString(), await options.possession.forToken(url, at))
}

function tokenOf(reply: TokenReply, options: TokenOptions): AccessToken {
  const { access_token, expires_in, scope, token_type } = objectOf(reply.body)
  const value = textOf(access_token)
  if (value === undefined) throw new TransientError('Okta answered the token request without a token.', true)
  const lifeMs = (typeof expires_in === 'number' ? expires_in : 3600) * 1000
  const now = options.now()
  const scopes = textOf(scope)?.split(/\s+/) ?? options.scopes
  return {
    value,
    scheme: /^dpop$/i.test(textOf(token_type) ?? '') ? 'DPoP' : 'Bearer',
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
    return 'it does not take our proof of possession; switch off "Require Demonstrating Proof of Possession (DPoP)" in the general settings of the app'
  if (isAboutKey(description))
    return `the private key does not match a public key of app ${clientId}; register its public half there, or give the key that is registered`
  if (/expired|future|current time/i.test(description)) return 'the clock of this machine is wrong; set it right'
  if (/private_key_jwt|application_type/.test(description))
    return 'make it an API Services app whose client authentication is "Public key / Private key"'
  if (/client_id|issuer|subject/i.test(description)) return `${orgUrl} knows no such client; check orgUrl and clientId`
  return `check at ${orgUrl} that the app exists, is active and has the public half of the private key`
}
