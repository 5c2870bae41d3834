/** What Okta adds to an app that its writer said nothing about. Source: recorded responses of Okta orgs from 2020 to 2026. */
import { isClient, isCustom, isFactorOnly, isOktas, isPlain, tileOf } from './app-kinds.ts'
import type { JsonObject } from './json.ts'
import type { App } from './objects.ts'
import type { Switches } from './switches.ts'

/** Sign-on modes with a user name and password at the app. */
export const passwordModes = ['AUTO_LOGIN', 'BASIC_AUTH', 'BROWSER_PLUGIN', 'SECURE_PASSWORD_STORE']

const settingsOfTemplate: Readonly<Record<string, JsonObject>> = {
  bookmark: { requestIntegration: false, url: null },
  template_basic_auth: { loginUrlRegex: null, authURL: null, url: null },
  template_swa: {
    loginUrlRegex: null,
    usernameField: null,
    redirectUrl: null,
    buttonField: null,
    checkbox: null,
    passwordField: null,
    url: null,
  },
  template_swa3field: {
    loginUrlRegex: null,
    extraFieldSelector: null,
    extraFieldValue: null,
    redirectUrl: null,
    userNameSelector: null,
    passwordSelector: null,
    buttonSelector: null,
    targetURL: null,
  },
}

const customSaml: JsonObject = {
  defaultRelayState: null,
  ssoAcsUrl: null,
  idpIssuer: `http://www.okta.com/\${org.externalKey}`,
  audience: null,
  recipient: null,
  destination: null,
  subjectNameIdTemplate: `\${user.userName}`,
  subjectNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  responseSigned: true,
  assertionSigned: true,
  signatureAlgorithm: 'RSA_SHA256',
  digestAlgorithm: 'SHA256',
  honorForceAuthn: true,
  authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  spIssuer: null,
  requestCompressed: false,
  attributeStatements: [],
  inlineHooks: [],
  acsEndpoints: [],
  allowMultipleAcsEndpoints: false,
  slo: { enabled: false },
}

/** What releases have added to and taken from `settings.signOn` of a custom SAML app. */
const laterSaml: JsonObject = { assertionEncryption: { enabled: false }, samlSignedRequestEnabled: false }
const earlierSaml: JsonObject = { participateSlo: { enabled: false } }

const catalogSaml: JsonObject = {
  defaultRelayState: null,
  ssoAcsUrlOverride: null,
  audienceOverride: null,
  recipientOverride: null,
  destinationOverride: null,
  attributeStatements: [],
}

/** `settings` before what the writer said. */
export function settingsBase(app: App, { appShape, previewOrg }: Switches): JsonObject {
  const recent = appShape === 'current'
  const saml = app.signOnMode.startsWith('SAML')
  return {
    app: settingsOfTemplate[app.name] ?? {},
    ...(appShape === '2020' ? { extendedProperties: null } : {}),
    notifications: { vpn: { network: { connection: 'DISABLED' }, message: null, helpUrl: null } },
    ...(recent ? { manualProvisioning: false, implicitAssignment: false } : {}),
    ...(recent && previewOrg ? { emOptInStatus: 'NONE' } : {}),
    ...(appShape === '2020' || isPlain(app) ? {} : { notes: { admin: null, enduser: null } }),
    ...(saml ? { signOn: isCustom(app) ? { ...customSaml, ...(recent ? laterSaml : earlierSaml) } : catalogSaml } : {}),
  }
}

/** `settings.oauthClient` before what the writer said. */
export function clientBase(app: App, { appShape }: Switches): JsonObject {
  const isService = app.applicationType === 'service'
  return {
    client_uri: null,
    logo_uri: null,
    redirect_uris: [],
    response_types: isService ? ['token'] : ['code'],
    grant_types: [isService ? 'client_credentials' : 'authorization_code'],
    ...(appShape === '2020' ? {} : { consent_method: 'TRUSTED' }),
    issuer_mode: 'DYNAMIC',
    ...(appShape === '2020'
      ? {}
      : { idp_initiated_login: { mode: 'DISABLED', default_scope: [] }, wildcard_redirect: 'DISABLED' }),
  }
}

/** `credentials` before what the writer said. */
export function credentialsBase(app: App): JsonObject {
  const kid =
    app.signOnMode.startsWith('SAML') || app.signOnMode === 'OPENID_CONNECT' ? app.signingKeys[0]?.kid : undefined
  return {
    ...(passwordModes.includes(app.signOnMode) ? { scheme: 'EDIT_USERNAME_AND_PASSWORD', revealPassword: false } : {}),
    userNameTemplate: { template: `\${source.login}`, type: 'BUILT_IN' },
    signing: kid === undefined ? {} : { kid },
  }
}

/** `visibility` before what the writer said: the tiles of OpenID Connect apps are hidden, but for Okta's own. */
export function visibilityBase(app: App, { appShape }: Switches): JsonObject {
  const hidden = isFactorOnly(app) || (app.signOnMode === 'OPENID_CONNECT' && !isOktas(app))
  const tile = tileOf(app)
  return {
    ...(appShape === '2020' || isPlain(app) ? {} : { autoLaunch: false }),
    autoSubmitToolbar: false,
    hide: { iOS: hidden, web: hidden },
    appLinks: tile === undefined ? {} : { [tile]: true },
  }
}

/** `universalLogout`, which preview orgs spell out. */
export function universalLogout(app: App, { appShape, previewOrg }: Switches): Record<string, unknown> {
  if (appShape !== 'current') return {}
  if (!previewOrg) return { universalLogout: null }
  const more = isClient(app)
    ? { supportType: 'PARTIAL', identityStack: 'NOT_SHARED', protocol: 'GLOBAL_TOKEN_REVOCATION' }
    : {}
  return { universalLogout: { status: more.supportType === undefined ? 'UNSUPPORTED' : 'DISABLED', ...more } }
}
