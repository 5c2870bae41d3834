/** What sets the kinds of apps apart. Source: recorded responses of Okta orgs, 2025 and 2026. */
import type { App } from './objects.ts'

/** Okta's own apps, which no org made, with the name of their tile. */
const oktas: ReadonlyMap<string, string | undefined> = new Map([
  ['saasure', 'admin'],
  ['okta_enduser', undefined],
  ['okta_browser_plugin', undefined],
])

/** Whether the app is one of Okta's own: the Admin Console, the Dashboard, the browser plugin. */
export function isOktas(app: App): boolean {
  return oktas.has(app.name)
}

/** Whether the app is an OpenID Connect client of this org. Those of the catalog and Okta's own show no client. */
export function isClient(app: App): boolean {
  return app.signOnMode === 'OPENID_CONNECT' && app.name === 'oidc_client'
}

/** Whether the app is an OpenID Connect app of the catalog. */
export function isCatalogClient(app: App): boolean {
  return app.signOnMode === 'OPENID_CONNECT' && !isClient(app) && !isOktas(app)
}

/** Whether the app was made in this org, by whose name its own begins, and is none of the catalog's. */
export function isCustom(app: App): boolean {
  return /^[^_]+_.+_\d+$/.test(app.name)
}

/** Whether the app asks for a second factor for something outside of Okta and signs nobody in. */
export function isFactorOnly(app: App): boolean {
  return app.signOnMode === 'MFA_AS_SERVICE'
}

/** Whether the app has neither notes nor automatic launch: Okta's own, and custom ones that fill in a password. */
export function isPlain(app: App): boolean {
  return isOktas(app) || (isCustom(app) && app.signOnMode === 'AUTO_LOGIN')
}

/** Name of the app's tile, undefined where it has none. */
export function tileOf(app: App): string | undefined {
  if (isOktas(app)) return oktas.get(app.name)
  if (isFactorOnly(app)) return 'mfaAppHelpLink'
  return app.name === 'oidc_client' || isCustom(app) ? `${app.name}_link` : 'login'
}
