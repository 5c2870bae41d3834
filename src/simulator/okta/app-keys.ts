import type { SimulatedReply } from '../kernel.ts'
import { appActor, hasPermission } from './access.ts'
import { jwkView } from './app-view.ts'
import { mostKeys, newSigningKey } from './app-write.ts'
import { appOf } from './apps.ts'
import { body, type Call, noContent, ok, origin, parameter, query, type Route, record } from './call.ts'
import { forbidden, invalid, notFound } from './errors.ts'
import type { JsonObject } from './json.ts'

function keyOf(call: Call): JsonObject {
  const kid = parameter(call, 'key')
  const key = appOf(call).signingKeys.find(candidate => candidate.kid === kid)
  if (key === undefined) throw notFound(kid, 'AppKey')
  return key
}

/** A new certificate; the app goes on to use the one it has. */
function generateKey(call: Call): SimulatedReply {
  const app = appOf(call)
  const years = Number(query(call, 'validityYears') ?? 2)
  if (!Number.isInteger(years) || years < 2 || years > 10)
    throw invalid('validityYears', 'validityYears: The value must be from 2 to 10')
  const key = newSigningKey(call.org, years)
  app.signingKeys = [...app.signingKeys, key]
  record(call, 'application.lifecycle.update', [{ ...appActor(app), type: 'AppInstance' }])
  return { status: 201, headers: [], body: key }
}

/** The app named by `targetAid` gets the certificate too. */
function cloneKey(call: Call): SimulatedReply {
  const key = keyOf(call)
  const id = query(call, 'targetAid') ?? ''
  const target = call.org.apps.get(id)
  if (target === undefined) throw notFound(id, 'AppInstance')
  target.signingKeys = [...target.signingKeys, key]
  record(call, 'application.lifecycle.update', [{ ...appActor(target), type: 'AppInstance' }])
  return { status: 201, headers: [], body: key }
}

function addJwk(call: Call): SimulatedReply {
  const app = appOf(call)
  const key = body(call)
  const bits = Buffer.from(typeof key.n === 'string' ? key.n : '', 'base64url').length * 8
  if (app.grants.length > 0 && !hasPermission(call.principal, 'okta.apps.grants.manage')) throw forbidden()
  if (app.keys.length >= mostKeys) throw invalid('jwks', `jwks: An app can have at most ${mostKeys} keys`)
  if (key.kty === 'RSA' && bits < 2048)
    throw invalid('JsonWebKey', "RSA key length in the 'jwks' is less than '2,048' bits for the given key.")
  app.keys = [...app.keys, key]
  record(call, 'application.lifecycle.update', [{ ...appActor(app), type: 'AppInstance' }])
  return { status: 201, headers: [], body: jwkView(key) }
}

const featureNames = ['USER_PROVISIONING', 'INBOUND_PROVISIONING']

/** No simulated app provisions: asking for it says so. */
function noFeature(call: Call): never {
  const { feature } = call.parameters
  if (feature !== undefined && !featureNames.includes(feature)) throw notFound(feature, 'PublicAppFeatureSetName')
  appOf(call)
  throw invalid('feature', 'Provisioning is not supported.')
}

/** Nobody signs in to a simulated app, so it has given out no refresh token. */
function noToken(call: Call): never {
  throw notFound(`${appOf(call).id}.${parameter(call, 'token')}`, 'OAuth2RefreshTokenTx')
}

function metadata(call: Call): SimulatedReply {
  const app = appOf(call)
  const certificate = app.signingKeys[0]?.x5c
  const base = origin(call)
  const text = `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="http://www.okta.com/${app.id}" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${Array.isArray(certificate) ? certificate.join('') : ''}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${base}/app/${app.name}/${app.id}/sso/saml"/><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${base}/app/${app.name}/${app.id}/sso/saml"/></md:IDPSSODescriptor></md:EntityDescriptor>`
  return { status: 200, headers: [['content-type', 'text/xml']], body: text }
}

const one = '/api/v1/apps/:app'
const read = { scope: 'okta.apps.read', needs: 'okta.apps.read', bucket: 'apps' } as const
const write = { scope: 'okta.apps.manage', needs: 'okta.apps.manage', bucket: 'apps' } as const

/** Certificates, keys, tokens and provisioning features of an app. Source: Okta, Application Key Credentials API. */
export const appKeyRoutes: readonly Route[] = [
  { method: 'GET', path: `${one}/credentials/keys`, ...read, answer: call => ok(appOf(call).signingKeys) },
  { method: 'GET', path: `${one}/credentials/keys/:key`, ...read, answer: call => ok(keyOf(call)) },
  { method: 'POST', path: `${one}/credentials/keys/generate`, ...write, answer: generateKey },
  { method: 'POST', path: `${one}/credentials/keys/:key/clone`, ...write, answer: cloneKey },
  { method: 'GET', path: `${one}/credentials/jwks`, ...read, answer: call => ok(appOf(call).keys.map(jwkView)) },
  { method: 'POST', path: `${one}/credentials/jwks`, ...write, answer: addJwk },
  { method: 'GET', path: `${one}/features`, ...read, answer: noFeature },
  { method: 'GET', path: `${one}/features/:feature`, ...read, answer: noFeature },
  {
    method: 'GET',
    path: `${one}/tokens`,
    ...read,
    answer: call => {
      appOf(call)
      return ok([])
    },
  },
  {
    method: 'DELETE',
    path: `${one}/tokens`,
    ...write,
    answer: call => {
      appOf(call)
      return noContent
    },
  },
  { method: 'GET', path: `${one}/tokens/:token`, ...read, answer: noToken },
  { method: 'DELETE', path: `${one}/tokens/:token`, ...write, answer: noToken },
  { method: 'GET', path: `${one}/sso/saml/metadata`, ...read, answer: metadata },
]
