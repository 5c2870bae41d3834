import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { published } from '../exchange.ts'
import type { Refusal, SimulatedReply, SimulatedRequest, Tenant, TenantClock } from '../kernel.ts'
import { appActor, hasPermission, type Principal, systemActor } from './access.ts'
import type { Call, Route } from './call.ts'
import { ok } from './call.ts'
import { DpopNonces } from './dpop.ts'
import { dumpState } from './dump.ts'
import { errorBody, forbidden, OktaError, translated } from './errors.ts'
import { Field } from './field.ts'
import { type Identified, identified, scopeRefusal } from './gate.ts'
import { newId, randomText } from './ids.ts'
import { isObject, type JsonObject } from './json.ts'
import { Limiter, withStanding } from './limiter.ts'
import { loadState } from './load.ts'
import type { App } from './objects.ts'
import { Org } from './org.ts'
import { oktaPages } from './paging.ts'
import { quotaOff, quotaOn } from './quota.ts'
import { playedRefusal } from './refusal.ts'
import { Router } from './router.ts'
import { routes } from './routes.ts'
import type { OktaState } from './state.ts'
import { TokenEndpoint, TokenError } from './token.ts'
import { AccessTokens } from './tokens.ts'
import { settleTransitions } from './transition.ts'

/** A simulated Okta org, and the credentials with which its first app and its API token reach it. */
export interface OktaTenant extends Tenant {
  readonly name: 'okta'
  readonly apiToken: string
  readonly clientId: string
  /** PKCS#8 PEM of the RSA key whose public half the service app has. */
  readonly privateKeyPem: string
  state(): OktaState
}

export interface OktaTenantOptions {
  readonly clock: TenantClock
  readonly random: () => number
  readonly state?: OktaState
  /** PKCS#8 PEM of an RSA key for the service app; absent: a new one. */
  readonly privateKeyPem?: string
}

const router = new Router(routes)

class OktaOrg implements OktaTenant {
  readonly name = 'okta' as const
  readonly pages = oktaPages
  readonly apiToken: string
  readonly clientId: string
  readonly privateKeyPem: string
  readonly #clock: TenantClock
  readonly #random: () => number
  readonly #publicKey: JsonObject
  readonly #tokens: AccessTokens
  readonly #nonces: DpopNonces
  readonly #limiter = new Limiter()
  /** What has been turned on or off by hand; it outlives a change of state that does not say otherwise. */
  readonly #turned = new Map<'quota' | 'lag', boolean>()
  #org: Org
  #endpoint: TokenEndpoint

  constructor(options: OktaTenantOptions) {
    this.#clock = options.clock
    this.#random = options.random
    this.clientId = newId(options.random, '0oa')
    this.apiToken = `00${randomText(options.random, 40)}`
    const key = options.privateKeyPem === undefined ? newKey() : createPrivateKey(options.privateKeyPem)
    this.privateKeyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString()
    this.#publicKey = publicJwk(key)
    this.#tokens = new AccessTokens(options.random)
    this.#nonces = new DpopNonces(options.random)
    this.#org = this.#loaded(options.state ?? {})
    this.#endpoint = new TokenEndpoint(this.#org, this.#tokens, this.#nonces)
  }

  async handle(request: SimulatedRequest): Promise<SimulatedReply> {
    const requestId = randomText(this.#random, 26)
    const org = this.#org
    org.lag.begin()
    settleTransitions(org)
    const serve = (): Promise<SimulatedReply> => this.#answer(request, requestId)
    const tooMany = (): SimulatedReply => this.#refusal(new OktaError(429, 'E0000047'))
    const reply = await (org.quota.enforced ? this.#limiter.among(org, serve, tooMany) : serve())
    return this.#sent(request, requestId, reply)
  }

  refuse(request: SimulatedRequest, why: Refusal): SimulatedReply {
    const requestId = randomText(this.#random, 26)
    const errorId = `oae${randomText(this.#random, 17)}`
    return this.#sent(request, requestId, playedRefusal(request, why, { errorId, now: this.#clock.now() }))
  }

  pattern(request: SimulatedRequest): string {
    return router.pattern(request.method, request.segments) ?? request.url.pathname
  }

  state(): OktaState {
    return dumpState(this.#org)
  }

  turn(feature: 'quota' | 'lag', on: boolean): void {
    this.#turned.set(feature, on)
    turnFeature(this.#org, feature, on)
  }

  load(state: unknown): void {
    this.#org = this.#loaded(state)
    this.#endpoint = new TokenEndpoint(this.#org, this.#tokens, this.#nonces)
  }

  #sent(request: SimulatedRequest, requestId: string, reply: SimulatedReply): SimulatedReply {
    const headers = [...this.#standardHeaders(requestId, reply), ...reply.headers]
    return published('okta', request, { ...reply, headers })
  }

  #loaded(state: unknown): Org {
    const org = new Org(this.#clock, this.#random)
    const own = { clientId: this.clientId, apiToken: this.apiToken, publicKey: this.#publicKey }
    loadState(org, new Field(state, 'okta'), own)
    for (const [feature, on] of this.#turned) if (!saysEnforced(state, feature)) turnFeature(org, feature, on)
    return org
  }

  #standardHeaders(requestId: string, reply: SimulatedReply): SimulatedReply['headers'] {
    return [
      ['date', new Date(this.#clock.now()).toUTCString()],
      ...(reply.body === undefined ? [] : ([['content-type', 'application/json']] as const)),
      ['cache-control', 'no-cache, no-store'],
      ['x-okta-request-id', requestId],
      ['set-cookie', `JSESSIONID=${sessionId(requestId)}; Path=/; Secure; HttpOnly`],
      ['server', 'nginx'],
    ]
  }

  async #answer(request: SimulatedRequest, requestId: string): Promise<SimulatedReply> {
    try {
      if (/^oauth2\/([^/]+\/)?v1\/token$/.test(request.segments.join('/'))) return await this.#token(request)
      return await this.#operation(request, requestId)
    } catch (cause) {
      if (!(cause instanceof OktaError)) throw cause
      return this.#refusal(cause)
    }
  }

  #refusal(cause: OktaError): SimulatedReply {
    const told = this.#org.switches.translatedErrors ? translated(cause) : cause
    return { status: cause.status, headers: [], body: errorBody(told, `oae${randomText(this.#random, 17)}`) }
  }

  async #token(request: SimulatedRequest): Promise<SimulatedReply> {
    if (request.method !== 'POST')
      return withStanding(
        this.#refusal(new OktaError(405, 'E0000022')),
        this.#limiter.peek(this.#org, 'token', 'unknown'),
      )
    const form = formOf(request)
    try {
      const app = await this.#endpoint.client(request, form)
      const standing = this.#limiter.draw(this.#org, 'token', { actor: appActor(app), counted: app.id })
      if (standing.exceeded) return withStanding(this.#tokenLimit(), standing)
      const reply = await this.#endpoint.issue(request, form, app).catch((cause: unknown) => tokenRefusal(cause))
      if (reply.status === 200) recordToken(this.#org, app)
      return withStanding(reply, standing)
    } catch (cause) {
      return withStanding(tokenRefusal(cause), this.#limiter.peek(this.#org, 'token', 'unknown'))
    }
  }

  #tokenLimit(): SimulatedReply {
    const refusal = this.#refusal(new OktaError(429, 'E0000047'))
    if (this.#org.switches.tokenLimitBody === 'E0000047') return refusal
    const body = {
      error: 'too_many_requests',
      error_description: 'API call exceeded rate limit due to too many requests.',
    }
    return { ...refusal, body }
  }

  async #operation(request: SimulatedRequest, requestId: string): Promise<SimulatedReply> {
    const found = router.find(request.method, request.segments)
    if (found.kind === 'route' && found.route.open === true) {
      const call = { org: this.#org, request, principal: anybody, requestId, ...found }
      return withStanding(this.#answered(call), this.#limiter.peek(this.#org, found.route.bucket, 'unknown'))
    }
    const bucket = found.kind === 'route' ? found.route.bucket : 'other'
    const identity = await this.#identity(request)
    if ('refusal' in identity) return withStanding(identity.refusal, this.#limiter.peek(this.#org, bucket, 'unknown'))
    const { principal } = identity
    if (found.kind !== 'route') {
      const code =
        found.kind === 'method'
          ? new OktaError(405, 'E0000022')
          : new OktaError(404, 'E0000007', { summary: `Not found: Resource not found: ${request.url.pathname}` })
      return withStanding(this.#refusal(code), this.#limiter.draw(this.#org, bucket, principal))
    }
    const standing = this.#limiter.draw(this.#org, bucket, principal)
    if (standing.exceeded) return withStanding(this.#refusal(new OktaError(429, 'E0000047')), standing)
    const call: Call = {
      org: this.#org,
      request,
      principal,
      requestId,
      route: found.route,
      parameters: found.parameters,
    }
    return withStanding(this.#gated(call), standing)
  }

  async #identity(request: SimulatedRequest): Promise<Identified> {
    try {
      return await identified(this.#org, this.#tokens, request)
    } catch (cause) {
      if (cause instanceof OktaError) return { refusal: this.#refusal(cause) }
      throw cause
    }
  }

  #answered(call: Call): SimulatedReply {
    try {
      return call.route.answer(call)
    } catch (cause) {
      if (cause instanceof OktaError) return this.#refusal(cause)
      throw cause
    }
  }

  #gated(call: Call): SimulatedReply {
    const { request, route, principal } = call
    try {
      if (lacksLength(request))
        throw new OktaError(411, 'E0000003', { summary: 'A request with this method needs a Content-Length.' })
      const refusal = scopeRefusal(this.#org, request, { principal, scope: route.scope })
      if (refusal !== undefined) return refusal
      if (this.#org.switches.featuresOff.some(start => request.url.pathname.startsWith(start)))
        throw new OktaError(401, 'E0000015')
      if (!hasPermission(principal, route.needs)) return withoutRole(route, principal)
      return this.#answered(call)
    } catch (cause) {
      if (cause instanceof OktaError) return this.#refusal(cause)
      throw cause
    }
  }
}

/** Who sends a request that needs no credentials. */
const anybody: Principal = { actor: systemActor, scopes: undefined, roles: [], userId: null, counted: 'unknown' }

function turnFeature(org: Org, feature: 'quota' | 'lag', on: boolean): void {
  if (feature === 'lag') org.lag.turn(on)
  else {
    const { concurrency, latencyMs, share } = org.quota
    org.quota = { ...(on ? quotaOn(share) : quotaOff), share, concurrency, latencyMs }
  }
}

/** Whether a state says by itself if a feature is on. */
function saysEnforced(state: unknown, feature: 'quota' | 'lag'): boolean {
  const said = isObject(state) ? state[feature] : undefined
  return isObject(said) && said.enforced !== undefined
}

function withoutRole(route: Route, principal: Principal): SimulatedReply {
  if (route.withoutRole === 'empty' && principal.scopes !== undefined) return ok([])
  throw forbidden()
}

function lacksLength(request: SimulatedRequest): boolean {
  const { method, headers, body } = request
  if ((method !== 'POST' && method !== 'PUT') || body.length > 0) return false
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
}

/** The fields of a token request; those the body does not have may stand in the query. */
function formOf(request: SimulatedRequest): URLSearchParams {
  const form = new URLSearchParams(request.body.toString('utf8'))
  for (const [name, value] of request.url.searchParams) if (!form.has(name)) form.set(name, value)
  return form
}

/** 32 hexadecimal digits that follow from a request's id. */
function sessionId(requestId: string): string {
  return Buffer.from(requestId).toString('hex').slice(0, 32).toUpperCase()
}

function recordToken(org: Org, app: App): void {
  const target = { id: `AT.${app.id}`, type: 'access_token', alternateId: 'unknown', displayName: 'Access Token' }
  const eventType = 'app.oauth2.token.grant.access_token'
  org.record({ eventType, actor: appActor(app), targets: [target], requestId: '', requestUri: '/oauth2/v1/token' })
}

function tokenRefusal(cause: unknown): SimulatedReply {
  if (!(cause instanceof TokenError)) throw cause
  return {
    status: cause.status,
    headers: cause.headers,
    body: { error: cause.error, error_description: cause.message },
  }
}

function newKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
}

function publicJwk(key: KeyObject): JsonObject {
  const jwk: unknown = createPublicKey(key).export({ format: 'jwk' })
  if (!isObject(jwk)) throw new Error('the generated key has no JWK form')
  return { ...jwk, kid: 'tenant-key', use: 'sig', alg: 'RS256' }
}

/** A simulated Okta org whose rules follow `clock` and whose ids follow `random`. Throws an Error on a wrong state. */
export function oktaTenant(options: OktaTenantOptions): OktaTenant {
  return new OktaOrg(options)
}
