import { clientBase, credentialsBase, settingsBase, universalLogout, visibilityBase } from './app-defaults.ts'
import { isCatalogClient, isClient, isFactorOnly } from './app-kinds.ts'
import { groupView } from './group-view.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { App, AppGroup, AppUser } from './objects.ts'
import type { Org } from './org.ts'
import type { Switches } from './switches.ts'
import { timestamp } from './time.ts'
import { userView } from './user-view.ts'

/** An object with what `over` says instead of what `under` says, object by object. */
function overlaid(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...under }
  for (const [name, value] of Object.entries(over)) {
    const before = merged[name]
    merged[name] = isObject(before) && isObject(value) ? overlaid(before, value) : value
  }
  return merged
}

function part(app: App, name: string): JsonObject {
  const value = app.parts[name]
  return isObject(value) ? value : {}
}

function credentialsView(app: App, { appShape }: Switches): JsonObject {
  const said = overlaid(credentialsBase(app), part(app, 'credentials'))
  if (!isClient(app)) return said
  const pkce = app.applicationType === 'native' || app.applicationType === 'browser'
  const client = overlaid(
    { autoKeyRotation: true, ...(appShape === '2020' ? {} : { pkce_required: pkce }) },
    isObject(said.oauthClient) ? withoutSecret(said.oauthClient) : {},
  )
  const own = {
    client_id: app.id,
    token_endpoint_auth_method: app.tokenEndpointAuthMethod,
  }
  return { ...said, oauthClient: { ...client, ...own } }
}

/** What a writer says about his client's secret is not shown again. */
function withoutSecret({ client_secret: _, ...shown }: JsonObject): JsonObject {
  return shown
}

function settingsView(app: App, switches: Switches): JsonObject {
  const said = overlaid(settingsBase(app, switches), part(app, 'settings'))
  if (!isClient(app)) return said
  const asked = isObject(said.oauthClient) ? said.oauthClient : {}
  const refreshes = Array.isArray(asked.grant_types) && asked.grant_types.includes('refresh_token')
  const refresh = refreshes ? { refresh_token: { rotation_type: 'STATIC' } } : {}
  const client = overlaid({ ...clientBase(app, switches), ...refresh }, asked)
  const own = {
    application_type: app.applicationType,
    ...(switches.appShape === '2020' ? {} : { dpop_bound_access_tokens: app.requiresDpop }),
    ...(app.keys.length === 0 ? {} : { jwks: { keys: app.keys.map(jwkView) } }),
  }
  return { ...said, oauthClient: { ...client, ...own } }
}

/** A key of a client as JSON, with the id and status that Okta gives it. */
export function jwkView(key: JsonObject): JsonObject {
  return { id: `pks${String(key.kid ?? '').slice(0, 17)}`, status: 'ACTIVE', ...key }
}

/** Tiles that a writer names stand for all tiles. */
function visibilityView(app: App, switches: Switches): JsonObject {
  const said = part(app, 'visibility')
  const tiles = isObject(said.appLinks) && Object.keys(said.appLinks).length > 0 ? { appLinks: said.appLinks } : {}
  return { ...overlaid(visibilityBase(app, switches), said), ...tiles }
}

/** An app as JSON. Source: Okta, Applications API. */
export function appView(org: Org, app: App, base: string): Record<string, unknown> {
  const { switches } = org
  const { profile, licensing } = app.parts
  return {
    id: app.id,
    ...(switches.appShape === 'current' ? { orn: `orn:okta:idp:00o1:apps:${app.name}:${app.id}` } : {}),
    name: app.name,
    label: app.label,
    status: app.status,
    lastUpdated: timestamp(app.lastUpdated),
    created: timestamp(app.created),
    accessibility: overlaid(
      { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
      part(app, 'accessibility'),
    ),
    visibility: visibilityView(app, switches),
    features: app.features,
    signOnMode: app.signOnMode,
    credentials: credentialsView(app, switches),
    ...universalLogout(app, switches),
    settings: settingsView(app, switches),
    ...(profile === undefined ? {} : { profile }),
    ...(licensing === undefined ? {} : { licensing }),
    _links: linksView(app, base, switches),
  }
}

/** Ids of the policies every app has until somebody assigns another. */
const enrolment = 'rst1profileenrol15d7'
const signOn = 'rst1defaultsignon5d7'

function linksView(app: App, base: string, switches: Switches): Record<string, unknown> {
  const { appShape } = switches
  const self = `${base}/api/v1/apps/${app.id}`
  const turn = (what: string): unknown => ({ href: `${self}/lifecycle/${what}` })
  const recent = appShape === 'current'
  const ruled = recent && !isFactorOnly(app)
  const secrets = isCatalogClient(app) || (isClient(app) && app.tokenEndpointAuthMethod !== 'none')
  const { appLinks } = visibilityView(app, switches)
  return {
    ...helpLinks(app, base),
    ...(appShape === '2020' ? {} : { uploadLogo: { href: `${self}/logo`, hints: { allow: ['POST'] } } }),
    appLinks: Object.keys(isObject(appLinks) ? appLinks : {}).map(name => ({
      name,
      href: `${base}/home/${app.name}/${app.id}/aln1`,
      type: 'text/html',
    })),
    ...(ruled ? { profileEnrollment: { href: `${base}/api/v1/policies/${enrolment}` } } : {}),
    ...(app.status === 'ACTIVE' ? {} : { activate: turn('activate') }),
    ...(recent ? { policies: { href: `${self}/policies`, hints: { allow: ['PUT'] } } } : {}),
    groups: { href: `${self}/groups` },
    logo: [{ name: 'medium', href: `${base}/assets/img/logos/default.png`, type: 'image/png' }],
    ...(recent && secrets ? { clientCredentials: [{ name: 'secrets', href: `${self}/credentials/secrets` }] } : {}),
    ...(ruled ? { accessPolicy: { href: `${base}/api/v1/policies/${app.policy ?? signOn}` } } : {}),
    users: { href: `${self}/users` },
    ...(app.status === 'ACTIVE' ? { deactivate: turn('deactivate') } : {}),
  }
}

/** Where the set-up of apps is explained that sign people in by a protocol and are none of the org's own clients. */
function helpLinks(app: App, base: string): Record<string, unknown> {
  const help = (mode: string): unknown => ({
    href: `${base}/app/${app.name}/${app.id}/setup/help/${mode}/external-doc`,
    type: 'text/html',
  })
  if (isCatalogClient(app)) return { help: help('OPENID_CONNECT') }
  if (!app.signOnMode.startsWith('SAML')) return {}
  const metadata = { href: `${base}/api/v1/apps/${app.id}/sso/saml/metadata`, type: 'application/xml' }
  return { help: help('SAML_2_0'), metadata }
}

/** A user's place in an app as JSON; `expand=user` embeds him. Source: Okta, Application Users API. */
export function appUserView(
  org: Org,
  app: App,
  held: AppUser,
  shown: { readonly base: string; readonly expand?: string | undefined },
): Record<string, unknown> {
  const { user } = held
  const base = shown.base
  return {
    id: user.id,
    externalId: null,
    created: timestamp(held.created),
    lastUpdated: timestamp(held.lastUpdated),
    scope: held.scope,
    status: 'ACTIVE',
    statusChanged: timestamp(held.statusChanged),
    passwordChanged: timestamp(held.passwordChanged),
    syncState: 'DISABLED',
    credentials: {
      userName: held.userName ?? user.profile.login,
      ...(held.passwordChanged === null ? {} : { password: {} }),
    },
    profile: held.profile,
    _links: {
      app: { href: `${base}/api/v1/apps/${app.id}` },
      user: { href: `${base}/api/v1/users/${user.id}` },
    },
    ...(shown.expand === 'user' ? { _embedded: { user: userView(org, user, { base, links: 'self' }) } } : {}),
  }
}

/** A group's place in an app as JSON; `expand=group` embeds it. Source: Okta, Application Groups API. */
export function appGroupView(
  org: Org,
  app: App,
  held: AppGroup,
  shown: { readonly base: string; readonly expand?: string | undefined },
): Record<string, unknown> {
  const { group } = held
  const self = `${shown.base}/api/v1/apps/${app.id}`
  const embedded =
    shown.expand === 'group'
      ? { _embedded: { group: groupView(org, group, { base: shown.base }) } }
      : shown.expand === 'metadata'
        ? { _embedded: { metadata: { credentials: {}, profile: {} } } }
        : {}
  return {
    id: group.id,
    lastUpdated: timestamp(held.lastUpdated),
    priority: held.priority,
    profile: held.profile,
    _links: {
      app: { href: self },
      self: { href: `${self}/groups/${group.id}` },
      group: { href: `${shown.base}/api/v1/groups/${group.id}` },
    },
    ...embedded,
  }
}
