import { expect } from 'vitest'
import { bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { refused } from './apps-cast.ts'

const keys = (value: unknown): string => Object.keys(Object(value)).join()
const bookmark = { name: 'bookmark', label: 'Wiki', signOnMode: 'BOOKMARK' }
/** What newer orgs that are no previews show. */
const plain = { previewOrg: false }

rule(
  {
    area: 'Apps: the object',
    says: "Okta's own apps saasure, okta_enduser and okta_browser_plugin show no client, no notes and no automatic launch; saasure has the tile admin, the others have none",
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({
      switches: plain,
      apps: [
        { label: 'Tenure' },
        ...['saasure', 'okta_enduser', 'okta_browser_plugin'].map(name => ({ id: name, name, label: name })),
      ].map(app => ({ ...app, applicationType: 'id' in app ? 'web' : 'service' })),
    })
    const tiles = []
    for (const name of ['saasure', 'okta_enduser', 'okta_browser_plugin']) {
      const { body } = await org.ask('GET', `/api/v1/apps/${name}`)
      expect(keys(body.at('visibility'))).toBe('autoSubmitToolbar,hide,appLinks')
      expect(body.at('visibility', 'hide')).toEqual({ iOS: false, web: false })
      expect(keys(body.at('settings'))).toBe('app,notifications,manualProvisioning,implicitAssignment')
      expect(keys(body.at('credentials'))).toBe('userNameTemplate,signing')
      expect(keys(body.at('_links'))).toBe(
        'uploadLogo,appLinks,profileEnrollment,policies,groups,logo,accessPolicy,users,deactivate',
      )
      tiles.push([body.at('visibility', 'appLinks'), body.at('_links', 'appLinks', 0, 'name')])
    }
    expect(tiles).toEqual([
      [{ admin: true }, 'admin'],
      [{}, undefined],
      [{}, undefined],
    ])
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'an OpenID Connect app of the catalog shows no client, and the links help and clientCredentials; its tile is hidden',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const app = { id: 'a2', name: 'sample-app', label: 'Sample', applicationType: 'web' }
    const org = bench({ switches: plain, apps: [{ label: 'Tenure' }, app] })
    const { body } = await org.ask('GET', '/api/v1/apps/a2')
    expect([keys(body.at('credentials')), keys(body.at('settings'))]).toEqual([
      'userNameTemplate,signing',
      'app,notifications,manualProvisioning,implicitAssignment,notes',
    ])
    expect(keys(body.at('_links'))).toBe(
      'help,uploadLogo,appLinks,profileEnrollment,policies,groups,logo,clientCredentials,accessPolicy,users,deactivate',
    )
    expect(body.at('visibility', 'hide')).toEqual({ iOS: true, web: true })
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'an app for a second factor alone, MFA_AS_SERVICE, has policies but neither profileEnrollment nor accessPolicy, and the hidden tile mfaAppHelpLink',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const app = { id: 'a2', name: 'mfa_rdp', label: 'RDP', signOnMode: 'MFA_AS_SERVICE' }
    const org = bench({ switches: plain, apps: [{ label: 'Tenure' }, app] })
    const { body } = await org.ask('GET', '/api/v1/apps/a2')
    expect(keys(body.at('_links'))).toBe('uploadLogo,appLinks,policies,groups,logo,users,deactivate')
    expect([body.at('visibility', 'appLinks'), body.at('visibility', 'hide', 'web')]).toEqual([
      { mfaAppHelpLink: true },
      true,
    ])
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'a client that authenticates by nothing, a native or browser app with PKCE, has no link clientCredentials',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    for (const [method, has] of [
      ['none', false],
      ['client_secret_basic', true],
      ['private_key_jwt', true],
    ] as const) {
      const body = {
        name: 'oidc_client',
        label: method,
        signOnMode: 'OPENID_CONNECT',
        credentials: { oauthClient: { token_endpoint_auth_method: method } },
        settings: { oauthClient: { application_type: 'native', grant_types: ['authorization_code'] } },
      }
      const reply = await org.ask('POST', '/api/v1/apps', { body })
      expect(reply.body.at('_links', 'clientCredentials') !== undefined).toBe(has)
    }
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'the keys of a client stand under settings.oauthClient.jwks with the id (pks…) and the status ACTIVE that Okta gives them',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const oauthClient = { application_type: 'service', jwks: { keys: [{ kty: 'RSA', kid: 'k1', e: 'AQAB', n: 'x' }] } }
    const reply = await bench().ask('POST', '/api/v1/apps', {
      body: { name: 'oidc_client', label: 'S', signOnMode: 'OPENID_CONNECT', settings: { oauthClient } },
    })
    const key = reply.body.at('settings', 'oauthClient', 'jwks', 'keys', 0)
    expect(key).toEqual({
      id: expect.stringMatching(/^pks/),
      status: 'ACTIVE',
      kty: 'RSA',
      kid: 'k1',
      e: 'AQAB',
      n: 'x',
    })
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'an INACTIVE app has the link activate behind profileEnrollment, and none to deactivate',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('POST', '/api/v1/apps?activate=false', { body: bookmark })
    expect(keys(reply.body.at('_links'))).toBe(
      'uploadLogo,appLinks,profileEnrollment,activate,policies,groups,logo,accessPolicy,users',
    )
  },
)

rule(
  {
    area: 'Apps: writing',
    says: 'an org that has all the active apps its plan allows refuses another with 400 E0000001 "Cannot create application instance. Maximum number of instances has been reached."',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'mostActiveApps',
  },
  async () => {
    const org = bench({ switches: { mostActiveApps: 2 } })
    const make = () => org.ask('POST', '/api/v1/apps', { body: bookmark })
    const first = await make()
    expect(first.status).toBe(200)
    refused(await make(), 400, 'E0000001', [
      'Api validation failed: generalSettings',
      'Cannot create application instance. Maximum number of instances has been reached.',
    ])
    await org.ask('POST', `/api/v1/apps/${first.body.at('id')}/lifecycle/deactivate`)
    expect((await make()).status).toBe(200)
    const free = bench()
    for (let count = 0; count < 3; count += 1)
      expect((await free.ask('POST', '/api/v1/apps', { body: bookmark })).status).toBe(200)
  },
)

rule(
  {
    area: 'Apps: listing',
    says: 'a page has 20 apps where no limit is said, 200 at most',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const apps = Array.from({ length: 201 }, (_, index) => ({ ...bookmark, label: `A${index}` }))
    const org = bench({ apps: [{ label: 'Tenure' }, ...apps] })
    const page = await org.ask('GET', '/api/v1/apps')
    expect([page.body.list.length, page.links[0]]).toEqual([20, '<http://acme.test/api/v1/apps?limit=20>; rel="self"'])
    expect((await org.ask('GET', '/api/v1/apps?limit=1000')).body.list).toHaveLength(200)
  },
)
