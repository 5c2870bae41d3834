import { randomUUID } from 'node:crypto'
import type { SimulatedReply, SimulatedRequest } from '../kernel.ts'
import { secretState, signingIn } from './app-sign-in.ts'
import { checkAssertion } from './assertion.ts'
import { tokenLifetime } from './lifetime.ts'
import { OAuthError, oauthErrorReply } from './oauth-error.ts'
import { json } from './reply.ts'
import type { TokenMint } from './token.ts'
import { type Application, GRAPH_APP_ID, type World } from './world.ts'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const PUBLIC_GRAPH = 'https://graph.microsoft.com'

function isTenant(world: World, segment: string): boolean {
  const name = segment.toLowerCase()
  return name === world.identity.id || world.identity.domains.some(domain => domain.toLowerCase() === name)
}

function unknownTenant(segment: string): OAuthError {
  const text = `Tenant '${segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`
  return new OAuthError(400, 'invalid_request', 90002, text)
}

function openIdConfiguration(world: World, origin: string, tenant: string): SimulatedReply {
  const base = `${origin}/${tenant}`
  return json({
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${origin}/${world.identity.id}/v2.0`,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    msgraph_host: new URL(origin).host,
  })
}

function instanceDiscovery(origin: string, tenant: string): SimulatedReply {
  const { host } = new URL(origin)
  return json({
    tenant_discovery_endpoint: `${origin}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  })
}

function cloudMetadata(origin: string): SimulatedReply {
  return json({
    name: 'SimulatedCloud',
    portal: origin,
    authentication: { loginEndpoint: origin, audiences: [origin], tenant: 'common', identityProvider: 'AAD' },
    resourceManager: origin,
    microsoftGraphResourceId: origin,
    graph: origin,
    suffixes: {},
  })
}

const SIGN_IN_SCOPES = new Set(['openid', 'offline_access', 'profile', 'email'])

/** The scope without those of a sign-in, which some libraries always send along and which say nothing here. */
function resourceScope(scope: string | null): string | null {
  const kept = (scope ?? '').split(/\s+/).filter(name => name !== '' && !SIGN_IN_SCOPES.has(name))
  return kept.length === 0 ? null : kept.join(' ')
}

/** The resource a scope asks for, as the token's audience; throws for one the tenant does not know. */
function audienceOf(scope: string | null, origin: string, tenant: string): string {
  const resource = (scope ?? '').trim().replace(/\/?\.default$/, '')
  if (resource === PUBLIC_GRAPH || resource === GRAPH_APP_ID) return PUBLIC_GRAPH
  if (resource === origin || resource === `${origin}/`) return origin
  if (scope === null)
    throw new OAuthError(400, 'invalid_request', 90014, "The required field 'scope' is missing from the credential.")
  if (!scope.endsWith('/.default')) {
    throw new OAuthError(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
    )
  }
  const text = `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`
  throw new OAuthError(400, 'invalid_resource', 500011, text)
}

function clientOf(
  world: World,
  form: URLSearchParams,
  authorization: string | undefined,
): { application: Application; secret: string | null } {
  const basic = /^basic (.+)$/i.exec(authorization ?? '')?.[1]
  const [basicId, basicSecret] =
    basic === undefined ? [] : Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent)
  const clientId = form.get('client_id') ?? basicId ?? ''
  const application = signingIn(world, clientId)
  if (application === undefined) {
    throw new OAuthError(400, 'unauthorized_client', 700038, `${clientId} is not a valid application identifier.`)
  }
  return { application, secret: form.get('client_secret') ?? basicSecret ?? null }
}

async function authenticated(
  world: World,
  request: SimulatedRequest,
  form: URLSearchParams,
  audiences: string[],
): Promise<Application> {
  const { application, secret } = clientOf(world, form, request.headers.authorization)
  const assertion = form.get('client_assertion')
  if (assertion !== null && form.get('client_assertion_type') === ASSERTION_TYPE) {
    await checkAssertion(world, application, assertion, audiences)
    return application
  }
  if (secret === null) {
    const text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    throw new OAuthError(401, 'invalid_client', 7000218, text)
  }
  const state = secretState(world, application, secret)
  if (state === 'expired') {
    const text = `The provided client secret keys for app '${application.appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`
    throw new OAuthError(401, 'invalid_client', 7000222, text)
  }
  if (state === 'unknown') {
    const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.appId}'.`
    throw new OAuthError(401, 'invalid_client', 7000215, text)
  }
  return application
}

/** What an assertion may name as its audience, under the tenant. `oauth2/token` is the endpoint of older clients, which send `resource`. */
const ENDPOINTS = ['oauth2/v2.0/token', 'oauth2/token', 'v2.0']

async function token(
  world: World,
  mint: TokenMint,
  request: SimulatedRequest,
  tenant: string,
): Promise<SimulatedReply> {
  const form = new URLSearchParams(request.body.toString('utf8'))
  const grant = form.get('grant_type') ?? ''
  if (grant !== 'client_credentials') {
    throw new OAuthError(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${grant}'.`,
    )
  }
  const { origin } = request.url
  const names = [tenant, world.identity.id, ...world.identity.domains]
  const audiences = names.flatMap(name => ENDPOINTS.map(endpoint => `${origin}/${name}/${endpoint}`))
  const application = await authenticated(world, request, form, audiences)
  const resource = form.get('resource')
  const scope = resourceScope(form.get('scope')) ?? (resource === null ? null : `${resource}/.default`)
  const audience = audienceOf(scope, origin, world.identity.displayName)
  const seconds = tokenLifetime(world, form.get('claims'))
  const refresh = world.switches.refreshIn ? { refresh_in: Math.floor(seconds / 2) } : {}
  const lifetime = { expires_in: seconds, ext_expires_in: seconds, ...refresh }
  const access_token = mint.issue(world, application, { audience, seconds })
  const body = { token_type: 'Bearer', ...lifetime, access_token }
  return { ...json(body), headers: [['Cache-Control', 'no-store, no-cache']] }
}

/** Answers what the login host answers: discovery and tokens. Undefined where the path is none of it. */
export async function loginReply(
  world: World,
  mint: TokenMint,
  request: SimulatedRequest,
): Promise<SimulatedReply | undefined> {
  const [tenant = '', ...rest] = request.segments
  const path = rest.join('/').toLowerCase()
  const { origin } = request.url
  if (`${tenant}/${path}` === 'metadata/endpoints') return cloudMetadata(origin)
  if (`${tenant}/${path}` === 'common/discovery/instance') return instanceDiscovery(origin, world.identity.id)
  const known = ['v2.0/.well-known/openid-configuration', 'discovery/v2.0/keys', 'oauth2/v2.0/token', 'oauth2/token']
  if (!known.includes(path)) return undefined
  try {
    if (!isTenant(world, tenant)) throw unknownTenant(tenant)
    if (path === known[0]) return openIdConfiguration(world, origin, tenant)
    if (path === known[1]) return json(mint.jwks())
    return await token(world, mint, request, tenant)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const correlation = request.url.searchParams.get('client-request-id') ?? randomUUID()
    return oauthErrorReply(error, correlation, world)
  }
}
