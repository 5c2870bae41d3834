import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { SimulatedReply, SimulatedRequest, Tenant, TenantClock } from '../kernel.ts'
import { hasPermission, type Principal } from './access.ts'
import type { Call, Route } from './call.ts'
import { ok } from './call.ts'
import { DpopNonces } from './dpop.ts'
import { dumpState } from './dump.ts'
import { errorBody, forbidden, OktaError } from './errors.ts'
import { Field } from './field.ts'
import { identified, scopeRefusal } from './gate.ts'
import { newId, randomText } from './ids.ts'
import { isObject, type JsonObject } from './json.ts'
import { loadState } from './load.ts'
import { Org } from './org.ts'
import { oktaPages } from './paging.ts'
import { type BucketName, Buckets, type Standing } from './quota.ts'
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
  readonly #buckets = new Buckets()
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
    settleTransitions(this.#org)
    const reply = await this.#answer(request, requestId)
    return { ...reply, headers: [...this.#standardHeaders(requestId, reply), ...reply.headers] }
  }

  pattern(request: SimulatedRequest): string {
    return router.pattern(request.method, request.segments) ?? request.url.pathname
  }

  state(): OktaState {
    return dumpState(this.#org)
  }

  load(state: unknown): void {
    this.#org = this.#loaded(state)
    this.#endpoint = new TokenEndpoint(this.#org, this.#tokens, this.#nonces)
  }

  #loaded(state: unknown): Org {
    const org = new Org(this.#clock, this.#random)
    loadState(org, new Field(state, 'okta'), {
      clientId: this.clientId,
      apiToken: this.apiToken,
      publicKey: this.#publicKey,
    })
    return org
  }

  #standardHeaders(requestId: string, reply: SimulatedReply): SimulatedReply['headers'] {
    return [
      ['date', new Date(this.#clock.now()).toUTCString()],
      ...(reply.body === undefined ? [] : ([['content-type', 'application/json']] as const)),
      ['cache-control', 'no-cache, no-store'],
      ['x-okta-request-id', requestId],
      ['server', 'nginx'],
    ]
  }

  async #answer(request: SimulatedRequest, requestId: string): Promise<SimulatedReply> {
    try {
      if (request.segments.join('/') === 'oauth2/v1/token') return await this.#token(request)
      return await this.#operation(request, requestId)
    } catch (cause) {
      if (!(cause instanceof OktaError)) throw cause
      return this.#refusal(cause)
    }
  }

  #refusal(cause: OktaError): SimulatedReply {
    return { status: cause.status, headers: [], body: errorBody(cause, `oae${randomText(this.#random, 17)}`) }
  }

  async #token(request: SimulatedRequest): Promise<SimulatedReply> {
    if (request.method !== 'POST') throw new OktaError(405, 'E0000022')
    const form = new URLSearchParams(request.body.toString('utf8'))
    try {
      const app = await this.#endpoint.client(request, form)
      const standing = this.#draw('token', app.id)
      if (standing.exceeded) return withStanding(this.#refusal(new OktaError(429, 'E0000047')), standing)
      const reply = await this.#endpoint.issue(request, form, app).catch((cause: unknown) => tokenRefusal(cause))
      return withStanding(reply, standing)
    } catch (cause) {
      return tokenRefusal(cause)
    }
  }

  async #operation(request: SimulatedRequest, requestId: string): Promise<SimulatedReply> {
    const found = router.find(request.method, request.segments)
    const who = identified(this.#org, this.#tokens, request)
    const identity = who instanceof Promise ? await who : who
    if ('refusal' in identity) return withStanding(identity.refusal, this.#draw('other', 'unknown'))
    const { principal } = identity
    if (found.kind !== 'route') {
      const code =
        found.kind === 'method'
          ? new OktaError(405, 'E0000022')
          : new OktaError(404, 'E0000007', { summary: `Not found: Resource not found: ${request.url.pathname}` })
      return withStanding(this.#refusal(code), this.#draw('other', principal.actor.id))
    }
    const standing = this.#draw(found.route.bucket, principal.actor.id)
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

  #gated(call: Call): SimulatedReply {
    const { request, route, principal } = call
    try {
      if (lacksLength(request))
        throw new OktaError(411, 'E0000003', { summary: 'A request with this method needs a Content-Length.' })
      const refusal = scopeRefusal(this.#org, request, { principal, scope: route.scope })
      if (refusal !== undefined) return refusal
      if (!hasPermission(principal, route.needs)) return withoutRole(route, principal)
      return route.answer(call)
    } catch (cause) {
      if (cause instanceof OktaError) return this.#refusal(cause)
      throw cause
    }
  }

  #draw(bucket: BucketName, principal: string): Standing {
    return this.#buckets.draw(this.#org.quota, bucket, { principal, now: this.#clock.now() })
  }
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

function withStanding(reply: SimulatedReply, standing: Standing): SimulatedReply {
  const headers: SimulatedReply['headers'] = [
    ['x-rate-limit-limit', String(standing.limit)],
    ['x-rate-limit-remaining', String(standing.remaining)],
    ['x-rate-limit-reset', String(standing.reset)],
    ...reply.headers,
  ]
  return { ...reply, headers }
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
