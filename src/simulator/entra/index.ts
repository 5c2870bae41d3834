import { randomUUID } from 'node:crypto'
import type { JWK } from 'jose'
import { published } from '../exchange.ts'
import type { Refusal, SimulatedReply, SimulatedRequest, Tenant, TenantClock } from '../kernel.ts'
import { signingIn } from './app-sign-in.ts'
import { batchReply } from './batch.ts'
import type { Call } from './call.ts'
import { consistentReply, type LastWrites } from './consistency.ts'
import { dumpState, loadState } from './load.ts'
import { loginReply } from './login.ts'
import { GRAPH_PAGES } from './page.ts'
import { checkPermissions } from './permissions.ts'
import { costOf, Quotas } from './quota.ts'
import { refusedCall, refusedLogin } from './refusal.ts'
import { errorReply, GraphError, type QuotaFigures, type RequestIds, withGraphHeaders } from './reply.ts'
import { findRoute, pathPattern, plainSegments, withDollarNames } from './router.ts'
import type { EntraState, FederatedCredential } from './state.ts'
import { TokenMint } from './token.ts'
import { type Application, emptyWorld, type World } from './world.ts'

export type { EntraState, FederatedCredential, ObjectState } from './state.ts'

/** Answers a request inside a batch; may put a fault before or after `next`. */
export type Intercept = (request: SimulatedRequest, next: () => SimulatedReply) => SimulatedReply

/** What a simulated Entra tenant is made of. `random` makes its ids, so that a seed repeats them. */
export interface EntraOptions {
  readonly clock: TenantClock
  readonly random: () => number
  readonly state?: EntraState
}

/** A simulated Entra tenant with its token service. The credentials are those of its first application. */
export interface EntraTenant extends Tenant {
  readonly name: 'entra'
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  state(): EntraState
  /** Lets the first application sign its assertions with this certificate (PEM). */
  registerCertificate(pem: string): void
  /** Lets the first application use tokens of another issuer, whose keys the tenant then holds. */
  registerFederatedCredential(credential: FederatedCredential, keys: readonly JWK[]): void
  /** Called for every request inside a `$batch`. */
  intercept(intercept: Intercept): void
}

const VERSIONS = new Set(['v1.0', 'beta'])

class SimulatedEntra implements EntraTenant {
  readonly name = 'entra'
  readonly pages = GRAPH_PAGES
  readonly #world: World
  readonly #mint = new TokenMint()
  #quotas = new Quotas()
  #lastWrites: LastWrites = new Map()
  #intercept: Intercept = (_request, next) => next()

  constructor({ clock, random, state }: EntraOptions) {
    this.#world = emptyWorld(clock, random)
    if (state !== undefined) this.load(state)
  }

  get tenantId(): string {
    return this.#world.identity.id
  }

  get clientId(): string {
    return this.#first().appId
  }

  get clientSecret(): string {
    return this.#first().secrets[0] ?? ''
  }

  registerCertificate(pem: string): void {
    this.#first().certificates.push(pem)
  }

  registerFederatedCredential(credential: FederatedCredential, keys: readonly JWK[]): void {
    this.#first().federatedCredentials.push(credential)
    this.#world.issuers.set(credential.issuer, keys)
  }

  intercept(intercept: Intercept): void {
    this.#intercept = intercept
  }

  state(): EntraState {
    return dumpState(this.#world)
  }

  turn(feature: 'quota' | 'lag', on: boolean): void {
    this.#world.switches = { ...this.#world.switches, [feature]: on }
  }

  load(state: unknown): void {
    loadState(this.#world, state)
    this.#quotas = new Quotas()
    this.#lastWrites = new Map()
  }

  pattern(request: SimulatedRequest): string {
    const [version = '', ...rest] = plainSegments(request.segments)
    if (VERSIONS.has(version)) return `/${version}/${pathPattern(request.method, rest)}`
    if (version === 'metadata' || version === 'common' || request.segments.length < 2) return request.url.pathname
    return `/*/${request.segments.slice(1).join('/')}`
  }

  async handle(request: SimulatedRequest): Promise<SimulatedReply> {
    this.#world.directory.sweepBin(this.#world.clock.now())
    if (VERSIONS.has(request.segments[0] ?? '')) return this.#graph(request, false)
    const reply = (await loginReply(this.#world, this.#mint, request)) ?? { status: 404, headers: [] }
    return published('entra', request, reply)
  }

  refuse(request: SimulatedRequest, why: Refusal): SimulatedReply {
    if (!VERSIONS.has(request.segments[0] ?? '')) return published('entra', request, refusedLogin(why, this.#world))
    const ids = this.#ids(request)
    return published(
      'entra',
      request,
      withGraphHeaders(refusedCall(why, ids, this.#world), ids, { units: 1, percentage: undefined }),
    )
  }

  #ids(request: SimulatedRequest): RequestIds {
    const clientRequestId = request.headers['client-request-id'] ?? randomUUID()
    return { requestId: randomUUID(), clientRequestId, now: this.#world.clock.now() }
  }

  #first(): Application {
    const [first] = this.#world.applications
    if (first === undefined) throw new Error('entra.applications: the tenant has none.')
    return first
  }

  #graph(request: SimulatedRequest, batched: boolean): SimulatedReply {
    const ids = this.#ids(request)
    const figures: QuotaFigures = { units: 1, percentage: undefined }
    return published('entra', request, withGraphHeaders(this.#safe(request, batched, ids, figures), ids, figures))
  }

  #safe(request: SimulatedRequest, batched: boolean, ids: RequestIds, figures: QuotaFigures): SimulatedReply {
    try {
      return this.#routed(request, batched, ids, figures)
    } catch (error) {
      if (!(error instanceof GraphError)) throw error
      return errorReply(error, ids)
    }
  }

  #routed(request: SimulatedRequest, batched: boolean, ids: RequestIds, figures: QuotaFigures): SimulatedReply {
    const world = this.#world
    const { appid, roles } = this.#mint.check(world, request.headers.authorization)
    const application = signingIn(world, appid)
    if (application === undefined)
      throw new GraphError(401, 'InvalidAuthenticationToken', 'The application was not found.')
    const [version = '', ...segments] = plainSegments(request.segments)
    if (segments[0] === '$batch' && segments.length === 1 && request.method === 'POST' && !batched) {
      return batchReply(request, world.switches, inner => this.#intercept(inner, () => this.#graph(inner, true)))
    }
    const path = world.switches.dollarNames ? withDollarNames(segments) : segments
    const { route, params } = findRoute(request.method, path)
    figures.units = costOf(request, route.cost, world.switches)
    if (world.switches.quota) {
      const users = world.directory.all('user').size
      const charge = { request, cost: figures.units, appId: appid, tenantId: world.identity.id, users }
      const verdict = this.#quotas.charge(charge, world.switches, ids)
      figures.percentage = verdict.percentage
      if (verdict.refused !== undefined) return verdict.refused
    }
    const base = `${request.url.origin}/${version}`
    const call: Call = { world, request, base, params, application, permissions: new Set(roles) }
    checkPermissions(call, route.needs)
    return consistentReply(call, route, this.#lastWrites)
  }
}

/** Makes a simulated Entra tenant; an empty one with one application unless a state says more. */
export function entraTenant(options: EntraOptions): EntraTenant {
  return new SimulatedEntra(options)
}
