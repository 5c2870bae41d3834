import { createServerCertificate } from '../certificate.ts'
import { type Call, part } from './call.ts'
import { invalid } from './errors.ts'
import { randomText } from './ids.ts'
import { isObject, type Json, type JsonObject, stringOr } from './json.ts'
import type { App, AppSecret } from './objects.ts'
import type { Org } from './org.ts'

/** The name of an app whose writer gave none, by its sign-on mode; undefined for custom apps, which get one of their own. */
const names: Readonly<Record<string, string | undefined>> = {
  OPENID_CONNECT: 'oidc_client',
  BOOKMARK: 'bookmark',
  BASIC_AUTH: 'template_basic_auth',
  BROWSER_PLUGIN: 'template_swa',
  SECURE_PASSWORD_STORE: 'template_sps',
  WS_FEDERATION: 'template_wsfed',
  AUTO_LOGIN: undefined,
  SAML_2_0: undefined,
  SAML_1_1: undefined,
}
const partNames = ['accessibility', 'visibility', 'settings', 'credentials', 'profile', 'licensing']
/** How many keys a client can have. */
export const mostKeys = 50

/** What a request says about an app. */
export interface AppWrite {
  readonly label: string
  readonly name: string
  readonly signOnMode: string
  readonly parts: JsonObject
  readonly applicationType: string
  readonly tokenEndpointAuthMethod: string
  readonly requiresDpop: boolean
  readonly keys: readonly JsonObject[]
  readonly secrets: readonly AppSecret[]
}

function refuseBlank(name: string): never {
  throw invalid(name, `${name}: The field cannot be left blank`)
}

/** The sign-on mode that goes with a template. */
function modeOf(name: string | undefined): string {
  const found = Object.entries(names).find(([, template]) => template !== undefined && template === name)
  return found?.[0] ?? refuseBlank('signOnMode')
}

/** The app a request describes; `before` is what it replaces. Refuses what lacks a label or a known sign-on mode. */
export function appWrite(call: Call, given: JsonObject, before?: App): AppWrite {
  const template = stringOr(given.name) ?? before?.name
  const signOnMode = stringOr(given.signOnMode) ?? before?.signOnMode ?? modeOf(template)
  if (!(signOnMode in names)) throw invalid('signOnMode', 'signOnMode: The value is not a valid sign-on mode')
  const label = stringOr(given.label) ?? ''
  if (label.trim() === '') refuseBlank('label')
  const parts: Record<string, Json | undefined> = {}
  for (const name of partNames) if (isObject(given[name])) parts[name] = given[name]
  const settings = part(part(given, 'settings') ?? {}, 'oauthClient') ?? {}
  const client = part(part(given, 'credentials') ?? {}, 'oauthClient') ?? {}
  const applicationType =
    signOnMode === 'OPENID_CONNECT' ? (stringOr(settings.application_type) ?? before?.applicationType ?? 'web') : 'none'
  const method =
    stringOr(client.token_endpoint_auth_method) ??
    before?.tokenEndpointAuthMethod ??
    (applicationType === 'service' ? 'private_key_jwt' : 'client_secret_basic')
  return {
    label,
    name: before?.name ?? stringOr(given.name) ?? names[signOnMode] ?? customName(call.org, label),
    signOnMode,
    parts,
    applicationType,
    tokenEndpointAuthMethod: method,
    requiresDpop: dpopOf(settings, { applicationType, byDefault: call.org.switches.serviceAppsRequireDpop, before }),
    keys: keysOf(settings, before),
    secrets: secretsOf(call.org, { client, signOnMode, method, before }),
  }
}

function dpopOf(
  settings: JsonObject,
  of: { applicationType: string; byDefault: boolean; before: App | undefined },
): boolean {
  const said = settings.dpop_bound_access_tokens
  if (typeof said === 'boolean' || !of.byDefault) return said === true
  return of.before?.requiresDpop ?? of.applicationType === 'service'
}

function keysOf(settings: JsonObject, before: App | undefined): readonly JsonObject[] {
  const jwks = part(settings, 'jwks')
  if (jwks === undefined) return before?.keys ?? []
  const keys = Array.isArray(jwks.keys) ? jwks.keys.filter(isObject) : []
  if (keys.length > mostKeys) throw invalid('jwks', `jwks: An app can have at most ${mostKeys} keys`)
  return keys
}

function secretsOf(
  org: Org,
  of: { client: JsonObject; signOnMode: string; method: string; before: App | undefined },
): readonly AppSecret[] {
  if (of.signOnMode !== 'OPENID_CONNECT' || !of.method.startsWith('client_secret')) return []
  if (of.before !== undefined && of.before.secrets.length > 0) return of.before.secrets
  return [newSecret(org, stringOr(of.client.client_secret))]
}

/** A client secret that is made now. */
export function newSecret(org: Org, value = randomText(org.random, 64)): AppSecret {
  const now = org.now()
  return { id: org.id('ocs'), value, status: 'ACTIVE', created: now, lastUpdated: now }
}

function customName(org: Org, label: string): string {
  const slug = label.toLowerCase().replace(/[^a-z0-9]/g, '')
  const taken = new Set([...org.apps.values()].map(app => app.name))
  let number = 1
  while (taken.has(`acme_${slug}_${number}`)) number += 1
  return `acme_${slug}_${number}`
}

let certificate: string | undefined

/** A new certificate of an app as a JWK: all share one certificate, each has its own `kid`. */
export function newSigningKey(org: Org, years = 10): JsonObject {
  certificate ??= createServerCertificate().certPem.replace(/-----[^-]+-----|\s/g, '')
  const now = new Date(org.now())
  const end = new Date(now)
  end.setUTCFullYear(end.getUTCFullYear() + years)
  return {
    kty: 'RSA',
    created: now.toISOString(),
    lastUpdated: now.toISOString(),
    expiresAt: end.toISOString(),
    kid: randomText(org.random, 43),
    use: 'sig',
    x5c: [certificate],
    'x5t#S256': randomText(org.random, 43),
    e: 'AQAB',
    n: randomText(org.random, 342),
  }
}
