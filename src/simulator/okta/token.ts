import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from 'jose'
import type { SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { edgeNow } from '../skew.ts'
import { DpopError, type DpopNonces, proofThumbprint } from './dpop.ts'
import { isObject, stringsOf } from './json.ts'
import type { App } from './objects.ts'
import type { Org } from './org.ts'
import { isKnownScope } from './scopes.ts'
import type { Switches } from './switches.ts'
import { machineSeconds } from './time.ts'
import type { AccessTokens } from './tokens.ts'

/** A refusal of the token endpoint, which has its own shape. Source: Okta, OAuth 2.0 error codes. */
export class TokenError extends Error {
  readonly status: number
  readonly error: string
  readonly headers: SimulatedReply['headers']

  constructor(status: number, error: string, description: string, headers: SimulatedReply['headers'] = []) {
    super(description)
    this.status = status
    this.error = error
    this.headers = headers
  }
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
/** Grant types of the org authorization server, as its refusals list them. */
const serverGrantTypes = ['authorization_code', 'client_credentials', 'implicit', 'password', 'refresh_token']
const hour = 3600

function badClient(description: string): TokenError {
  return new TokenError(401, 'invalid_client', description)
}

/** `POST /oauth2/v1/token` of the org authorization server: client credentials with a signed assertion. */
export class TokenEndpoint {
  readonly #org: Org
  readonly #tokens: AccessTokens
  readonly #nonces: DpopNonces
  /** Ids of assertions already used, and when they may be forgotten (s since 1970). */
  readonly #used = new Map<string, number>()

  constructor(org: Org, tokens: AccessTokens, nonces: DpopNonces) {
    this.#org = org
    this.#tokens = tokens
    this.#nonces = nonces
  }

  /** Checks the client. Throws a TokenError for one that is not who it says. */
  async client(request: SimulatedRequest, form: URLSearchParams): Promise<App> {
    const grant = checkedGrant(request, form)
    const assertion = form.get('client_assertion') ?? ''
    const { header, claims } = parsedAssertion(assertion)
    const app = this.#app(form, claims)
    await checkSignature(app, assertion, header)
    this.#checkClaims(claims, `${request.url.origin}${request.url.pathname}`)
    requireGrantType(app, grant)
    return app
  }

  /** Issues a token to a client that has been checked. */
  async issue(request: SimulatedRequest, form: URLSearchParams, app: App): Promise<SimulatedReply> {
    const scopes = grantedScopes(form, app, this.#org.switches)
    if (!isOrgServer(request)) throw scopeUnknown(this.#org.switches)
    const thumbprint = app.requiresDpop ? await this.#proof(request) : undefined
    const { tokenSeconds } = this.#org.switches
    const token = await this.#tokens.issue({
      app,
      scopes,
      origin: request.url.origin,
      issued: this.#seconds(),
      expires: this.#seconds() + tokenSeconds,
      thumbprint,
    })
    const body = {
      token_type: thumbprint === undefined ? 'Bearer' : 'DPoP',
      expires_in: tokenSeconds,
      access_token: token,
      scope: scopes.join(' '),
    }
    return { status: 200, headers: [['pragma', 'no-cache']], body }
  }

  #seconds(): number {
    return Math.floor(edgeNow(this.#org.clock) / 1000)
  }

  #app(form: URLSearchParams, claims: JWTPayload): App {
    const { unknownClientStatus } = this.#org.switches
    const named = form.get('client_id')
    const unknown = new TokenError(unknownClientStatus, 'invalid_client', "Invalid value for 'client_id' parameter.")
    if (named !== null && !this.#org.apps.has(named)) throw unknown
    const app = this.#org.apps.get(String(claims.iss))
    if (app === undefined && claims.iss !== undefined && claims.iss === claims.sub) throw unknown
    if (app === undefined || (named !== null && named !== app.id)) {
      throw badClient('The issuer claim for client_assertion is not a valid client_id.')
    }
    if (claims.sub !== app.id) throw badClient('The subject claim for client_assertion is not a valid client_id.')
    if (app.status !== 'ACTIVE')
      throw badClient('Client authentication failed. Either the client or the client credentials are invalid.')
    if (app.applicationType !== 'service') {
      throw badClient(
        "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
      )
    }
    if (app.tokenEndpointAuthMethod !== 'private_key_jwt') throw secretUsed()
    if (app.keys.length === 0)
      throw badClient('The client does not have a JWKSet configured, but the client_assertion requires one.')
    return app
  }

  #checkClaims(claims: JWTPayload, endpoint: string): void {
    const now = this.#seconds()
    const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
    if (audience.length !== 1 || audience[0] !== endpoint) {
      throw badClient('The audience claim for client_assertion must be the endpoint invoked for the request.')
    }
    if (typeof claims.exp !== 'number')
      throw badClient("The client_assertion must contain the 'exp' claim as seconds since epoch.")
    const refused = lifetimeRefusal(claims.exp, claims.iat, now)
    if (refused !== undefined) {
      const machine = machineSeconds(this.#org)
      if (machine === undefined || lifetimeRefusal(claims.exp, claims.iat, machine) !== undefined)
        throw badClient(refused)
    }
    if (typeof claims.jti !== 'string') return
    for (const [id, end] of this.#used) if (end < now) this.#used.delete(id)
    const key = `${String(claims.iss)} ${claims.jti}`
    if (this.#used.has(key)) throw badClient('The client_assertion token has already been used.')
    this.#used.set(key, claims.exp)
  }

  async #proof(request: SimulatedRequest): Promise<string> {
    const proof = request.headers.dpop
    if (proof === undefined) throw new TokenError(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
    try {
      const machineNow = machineSeconds(this.#org)
      const used = this.#tokens.proofs
      return await proofThumbprint(proof, { request, used, nonces: this.#nonces, now: this.#seconds(), machineNow })
    } catch (cause) {
      if (!(cause instanceof DpopError)) throw cause
      if (cause.wantsNonce) {
        const headers = [['dpop-nonce', this.#nonces.current()]] as const
        throw new TokenError(400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.', headers)
      }
      throw new TokenError(400, 'invalid_dpop_proof', cause.message)
    }
  }
}

/** What is wrong with the times of an assertion at `now`, in seconds since 1970 like them; undefined for nothing. */
function lifetimeRefusal(exp: number, iat: number | undefined, now: number): string | undefined {
  if (exp <= now) return 'The client_assertion token is expired.'
  if (exp > now + hour) return 'The client_assertion token has an expiration too far into the future.'
  if (typeof iat === 'number' && iat > now) return 'The client_assertion token must be issued before the current time.'
  return undefined
}

function secretUsed(): TokenError {
  return badClient(
    'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
  )
}

/** The grant type a request asks for. Refuses requests without credentials that could be good. */
function checkedGrant(request: SimulatedRequest, form: URLSearchParams): string {
  const grant = form.get('grant_type')
  if (grant === null || grant === '') {
    throw new TokenError(
      400,
      'invalid_request',
      `The token request must specify a 'grant_type'. Valid values: [${serverGrantTypes.join(', ')}]`,
    )
  }
  if (!serverGrantTypes.includes(grant)) {
    throw new TokenError(
      400,
      'unsupported_grant_type',
      `The authorization grant type is not supported by the authorization server. Configured grant types: [${serverGrantTypes.join(', ')}].`,
    )
  }
  const hasSecret =
    form.has('client_secret') || request.headers.authorization?.toLowerCase().startsWith('basic ') === true
  if (!form.has('client_assertion') && hasSecret) throw secretUsed()
  if (!form.has('client_assertion') && !form.has('client_assertion_type'))
    throw badClient('No client credentials found.')
  if (form.get('client_assertion_type') !== assertionType) {
    throw new TokenError(400, 'invalid_request', 'The client_assertion_type is invalid.')
  }
  if ((form.get('client_assertion') ?? '') === '') throw badClient('No client credentials found.')
  return grant
}

/** The app may use the grant types of its settings; service apps have one. */
function requireGrantType(app: App, grant: string): void {
  const settings = app.parts.settings
  const client = isObject(settings) ? settings.oauthClient : undefined
  const said = isObject(client) ? stringsOf(client.grant_types) : []
  const configured = said.length === 0 ? ['client_credentials'] : said
  if (configured.includes(grant)) return
  const text = 'The client is not authorized to use the provided grant type. Configured grant types:'
  throw new TokenError(400, 'unauthorized_client', `${text} [${configured.join(', ')}].`)
}

function parsedAssertion(assertion: string): { header: ProtectedHeaderParameters; claims: JWTPayload } {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) }
  } catch {
    throw badClient('The parsing of the client_assertion failed.')
  }
}

async function checkSignature(app: App, assertion: string, header: ProtectedHeaderParameters): Promise<void> {
  const { alg, kid } = header
  if (alg === undefined || !algorithms.includes(alg))
    throw badClient('The client_assertion JWT signature algorithm is invalid.')
  const [only] = app.keys.length === 1 ? app.keys : []
  const unnamed = only !== undefined && (kid === undefined || only.kid === undefined)
  const key = unnamed ? only : app.keys.find(candidate => kid !== undefined && candidate.kid === kid)
  if (key === undefined) throw badClient('The client_assertion JWT kid is invalid.')
  try {
    await compactVerify(assertion, await importJWK(Object.fromEntries(Object.entries(key)), alg))
  } catch {
    throw badClient('The client_assertion signature is invalid.')
  }
}

/** What is both asked for and granted: a part is enough, nothing at all is refused. */
function grantedScopes(form: URLSearchParams, app: App, switches: Switches): readonly string[] {
  const asked = [...new Set((form.get('scope') ?? '').split(' ').filter(scope => scope !== ''))]
  if (asked.length === 0) throw new TokenError(400, 'invalid_scope', 'No scopes were requested.')
  if (asked.some(scope => !isKnownScope(scope))) throw scopeUnknown(switches)
  const granted = asked.filter(scope => app.grants.some(grant => grant.scopeId === scope))
  if (granted.length === 0)
    throw new TokenError(400, switches.noScopeGrantedError, 'You are not allowed any of the requested scopes.')
  return granted
}

function scopeUnknown({ unknownScopeDescription }: Switches): TokenError {
  return new TokenError(400, 'invalid_scope', unknownScopeDescription)
}

/** Whether the request goes to the org authorization server; custom ones know no scopes of the management API. */
function isOrgServer({ segments }: SimulatedRequest): boolean {
  return segments.length === 3
}
