/** What Okta adds to an app that its writer said nothing about. Source: recorded responses of Okta orgs from 2020 to 2026. */
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
  participateSlo: { enabled: false },
}

const catalogSaml: JsonObject = {
  defaultRelayState: null,
  ssoAcsUrlOverride: null,
  audienceOverride: null,
  recipientOverride: null,
  destinationOverride: null,
  attributeStatements: [],
}

/** Whether the app was made in this org and is none of the catalog's. */
function isCustom(app: App): boolean {
  return app.name.startsWith('acme_')
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
    ...(appShape === '2020' ? {} : { notes: { admin: null, enduser: null } }),
    ...(saml ? { signOn: isCustom(app) ? customSaml : catalogSaml } : {}),
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

/** Name of the link to an app's tile. */
export function tileOf(app: App): string {
  return app.name === 'oidc_client' || isCustom(app) ? `${app.name}_link` : 'login'
}

/** `visibility` before what the writer said: OpenID Connect apps have no tile. */
export function visibilityBase(app: App, { appShape }: Switches): JsonObject {
  const hidden = app.signOnMode === 'OPENID_CONNECT'
  return {
    ...(appShape === '2020' ? {} : { autoLaunch: false }),
    autoSubmitToolbar: false,
    hide: { iOS: hidden, web: hidden },
    appLinks: { [tileOf(app)]: true },
  }
}

/** `universalLogout`, which preview orgs spell out. */
export function universalLogout(app: App, { appShape, previewOrg }: Switches): Record<string, unknown> {
  if (appShape !== 'current') return {}
  if (!previewOrg) return { universalLogout: null }
  const more =
    app.signOnMode === 'OPENID_CONNECT'
      ? { supportType: 'PARTIAL', identityStack: 'NOT_SHARED', protocol: 'GLOBAL_TOKEN_REVOCATION' }
      : {}
  return { universalLogout: { status: more.supportType === undefined ? 'UNSUPPORTED' : 'DISABLED', ...more } }
}
