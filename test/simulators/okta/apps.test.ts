import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { token } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { idsOf, profile, refused } from './apps-cast.ts'

const bookmark = {
  name: 'bookmark',
  label: 'Wiki',
  signOnMode: 'BOOKMARK',
  settings: { app: { url: 'https://a.test' } },
}
const oidc = {
  name: 'oidc_client',
  label: 'Portal',
  signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic' } },
  settings: {
    oauthClient: { application_type: 'web', redirect_uris: ['https://a.test/cb'], grant_types: ['authorization_code'] },
  },
}

async function made(org: Bench, body: unknown = bookmark): Promise<string> {
  return String((await org.ask('POST', '/api/v1/apps', { body })).body.at('id'))
}

function keys(value: unknown): string {
  return Object.keys(Object(value)).join()
}

rule(
  {
    area: 'Apps: the object',
    says: 'a new bookmark has id, orn, name, label, status ACTIVE, lastUpdated, created, accessibility, visibility, features, signOnMode, credentials, universalLogout, settings and _links, with its defaults filled in',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('POST', '/api/v1/apps', { body: bookmark })
    expect(reply.status).toBe(200)
    expect(keys(reply.body.value)).toBe(
      'id,orn,name,label,status,lastUpdated,created,accessibility,visibility,features,signOnMode,credentials,universalLogout,settings,_links',
    )
    expect(reply.body.at('settings', 'app')).toEqual({ requestIntegration: false, url: 'https://a.test' })
    expect(reply.body.at('visibility')).toEqual({
      autoLaunch: false,
      autoSubmitToolbar: false,
      hide: { iOS: false, web: false },
      appLinks: { login: true },
    })
    expect(keys(reply.body.at('_links'))).toBe(
      'uploadLogo,appLinks,profileEnrollment,policies,groups,logo,accessPolicy,users,deactivate',
    )
    expect(String(reply.body.at('id'))).toMatch(/^0oa.{17}$/)
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'an OpenID Connect app shows its client under credentials.oauthClient and settings.oauthClient, and its client_secret in the answer that creates it alone',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const reply = await org.ask('POST', '/api/v1/apps', { body: oidc })
    const id = String(reply.body.at('id'))
    expect(String(reply.body.at('credentials', 'oauthClient', 'client_secret'))).toHaveLength(64)
    expect(reply.body.at('settings', 'oauthClient', 'consent_method')).toBe('TRUSTED')
    const read = await org.ask('GET', `/api/v1/apps/${id}`)
    expect(read.body.at('credentials', 'oauthClient')).toEqual({
      autoKeyRotation: true,
      pkce_required: false,
      client_id: id,
      token_endpoint_auth_method: 'client_secret_basic',
    })
    expect((await org.ask('GET', `/api/v1/apps/${id}/credentials/secrets`)).body.at(0, 'client_secret')).toBe(
      reply.body.at('credentials', 'oauthClient', 'client_secret'),
    )
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'a custom SAML app gets a name of the org, a certificate whose kid stands under credentials.signing, and the links help and metadata',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const signOn = {
      ssoAcsUrl: 'https://a.test',
      audience: 'a',
      recipient: 'https://a.test',
      destination: 'https://a.test',
    }
    const reply = await org.ask('POST', '/api/v1/apps', {
      body: { label: 'Payroll', signOnMode: 'SAML_2_0', settings: { signOn } },
    })
    const id = String(reply.body.at('id'))
    expect(String(reply.body.at('name'))).toMatch(/_payroll_1$/)
    expect(reply.body.at('settings', 'signOn', 'ssoAcsUrl')).toBe('https://a.test')
    const listed = await org.ask('GET', `/api/v1/apps/${id}/credentials/keys`)
    expect(listed.body.at(0, 'kid')).toBe(reply.body.at('credentials', 'signing', 'kid'))
    expect(keys(listed.body.at(0))).toBe('kty,created,lastUpdated,expiresAt,kid,use,x5c,x5t#S256,e,n')
    expect(String(reply.body.at('_links', 'metadata', 'href'))).toMatch(/\/sso\/saml\/metadata$/)
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'recordings of 2020 and 2022 lack orn, universalLogout and the policy links',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'appShape',
  },
  async () => {
    const shapes = []
    for (const appShape of ['2020', '2022'] as const) {
      const reply = await bench({ switches: { appShape } }).ask('POST', '/api/v1/apps', { body: bookmark })
      shapes.push(keys(reply.body.value).includes('orn'), keys(reply.body.at('settings')))
    }
    expect(shapes).toEqual([false, 'app,extendedProperties,notifications', false, 'app,notifications,notes'])
  },
)

rule(
  {
    area: 'Apps: the object',
    says: 'a preview org, which is the default, spells out universalLogout and settings.emOptInStatus; another has null and no such setting',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'previewOrg',
  },
  async () => {
    const reply = await bench().ask('POST', '/api/v1/apps', { body: bookmark })
    expect([reply.body.at('universalLogout'), reply.body.at('settings', 'emOptInStatus')]).toEqual([
      { status: 'UNSUPPORTED' },
      'NONE',
    ])
    const other = await bench({ switches: { previewOrg: false } }).ask('POST', '/api/v1/apps', { body: bookmark })
    expect(other.body.at('universalLogout')).toBeNull()
    expect(keys(other.body.at('settings'))).not.toContain('emOptInStatus')
  },
)

rule(
  {
    area: 'Apps: writing',
    says: 'activate=false creates the app INACTIVE, with a link to activate it',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('POST', '/api/v1/apps?activate=false', { body: bookmark })
    expect([reply.body.at('status'), keys(reply.body.at('_links')).includes('deactivate')]).toEqual(['INACTIVE', false])
    expect(String(reply.body.at('_links', 'activate', 'href'))).toMatch(/\/lifecycle\/activate$/)
  },
)

rule(
  {
    area: 'Apps: writing',
    says: 'PUT replaces label and settings whole and keeps the name',
    source: 'Okta, Applications API',
  },
  async () => {
    const org = bench()
    const id = await made(org, { ...bookmark, visibility: { hide: { web: true } } })
    const reply = await org.ask('PUT', `/api/v1/apps/${id}`, { body: { ...bookmark, label: 'Handbook' } })
    expect([reply.status, reply.body.at('label'), reply.body.at('name')]).toEqual([200, 'Handbook', 'bookmark'])
    expect(reply.body.at('visibility', 'hide', 'web')).toBe(false)
  },
)

rule(
  {
    area: 'Apps: writing',
    says: 'the lifecycle operations activate and deactivate answer 200 {}',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const id = await made(org)
    for (const [what, status] of [
      ['deactivate', 'INACTIVE'],
      ['activate', 'ACTIVE'],
    ]) {
      const reply = await org.ask('POST', `/api/v1/apps/${id}/lifecycle/${what}`)
      expect([reply.status, reply.body.value]).toEqual([200, {}])
      expect((await org.ask('GET', `/api/v1/apps/${id}`)).body.at('status')).toBe(status)
    }
  },
)

rule(
  {
    area: 'Apps: writing',
    says: 'DELETE of an active app is 403 E0000056 "The application must be deactivated before deletion."; of an inactive one 204, then 404 (AppInstance)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const id = await made(org)
    refused(await org.ask('DELETE', `/api/v1/apps/${id}`), 403, 'E0000056', [
      'Delete application forbidden.',
      'The application must be deactivated before deletion.',
    ])
    await org.ask('POST', `/api/v1/apps/${id}/lifecycle/deactivate`)
    expect((await org.ask('DELETE', `/api/v1/apps/${id}`)).status).toBe(204)
    refused(await org.ask('GET', `/api/v1/apps/${id}`), 404, 'E0000007', [
      `Not found: Resource not found: ${id} (AppInstance)`,
    ])
  },
)

rule(
  {
    area: 'Apps: listing',
    says: 'q finds what a name or label starts with, and pages follow the next link',
    source: 'Okta, Applications API',
  },
  async () => {
    const org = bench({ apps: [{ label: 'Tenure' }] })
    for (const label of ['Alpha', 'Beta', 'Bravo']) await made(org, { ...bookmark, label })
    const labels = async (path: string): Promise<unknown> =>
      (await org.ask('GET', path)).body.list.map(app => app.at('label'))
    expect(await labels('/api/v1/apps?q=b')).toEqual(['Alpha', 'Beta', 'Bravo'])
    expect(await labels('/api/v1/apps?q=br')).toEqual(['Bravo'])
    const first = await org.ask('GET', '/api/v1/apps?limit=3')
    const next = /<([^>]*)>; rel="next"/.exec(first.links[1] ?? '')?.[1] ?? ''
    expect(first.body.list).toHaveLength(3)
    expect(await labels(next)).toEqual(['Bravo'])
  },
)

rule(
  {
    area: 'Apps: listing',
    says: 'filter takes status, name, id, user.id, group.id and credentials.signing.kid with eq; anything else is 400',
    source: 'Okta, Applications API',
  },
  async () => {
    const org = bench({
      users: [{ id: 'u1', profile: profile('ada@example.com') }],
      groups: [{ id: 'g1', name: 'One' }],
      apps: [
        { id: 'a1', label: 'Tenure' },
        { id: 'a2', signOnMode: 'BOOKMARK', label: 'Wiki', users: ['u1'], groups: ['g1'] },
      ],
    })
    const found = async (filter: string): Promise<unknown> =>
      idsOf(await org.ask('GET', `/api/v1/apps?filter=${encodeURIComponent(filter)}`))
    expect(await found('status eq "ACTIVE"')).toEqual(['a1', 'a2'])
    expect(await found('name eq "bookmark"')).toEqual(['a2'])
    expect(await found('id eq "a1"')).toEqual(['a1'])
    expect(await found('user.id eq "u1"')).toEqual(['a2'])
    expect(await found('group.id eq "g1"')).toEqual(['a2'])
    expect(await found('credentials.signing.kid eq "none"')).toEqual([])
    expect((await org.ask('GET', '/api/v1/apps?filter=label%20eq%20%22x%22')).code).toBe('E0000031')
  },
)

rule(
  {
    area: 'Apps: listing',
    says: 'expand=user/{id} embeds the app user beside a filter for the same user; without it 400 E0000001 "Expand query is malformed."',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench({
      users: [{ id: 'u1', profile: profile('ada@example.com') }],
      apps: [{ label: 'Tenure' }, { id: 'a2', signOnMode: 'BOOKMARK', label: 'Wiki', users: ['u1'] }],
    })
    const filter = encodeURIComponent('user.id eq "u1"')
    const reply = await org.ask('GET', `/api/v1/apps?filter=${filter}&expand=user/u1`)
    expect(reply.body.at(0, '_embedded', 'user', 'scope')).toBe('USER')
    refused(await org.ask('GET', '/api/v1/apps?expand=user/u1'), 400, 'E0000001', [
      'Api validation failed: RequestParams',
      'Expand query is malformed.',
    ])
  },
)

rule(
  {
    area: 'Apps: listing',
    says: 'a cursor the org never gave out is 400 E0000029 "Invalid cursor."',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    refused(await bench().ask('GET', '/api/v1/apps?after=00u1testcursorvalue&limit=1'), 400, 'E0000029', [
      'Invalid paging request.',
      'Invalid cursor.',
    ])
  },
)

rule(
  {
    area: 'Apps: grants',
    says: 'granting a scope is 201 with status, createdBy, issuer, clientId, scopeId, source ADMIN and links; the token endpoint gives it from then on; revoking is 204',
    source: 'Okta, Application Grants API',
  },
  async () => {
    const org = bench({ apps: [{ scopes: ['okta.groups.read'] }] })
    const grants = `/api/v1/apps/${org.tenant.clientId}/grants`
    const scope = async (): Promise<unknown> =>
      (await token(org, { form: { scope: 'okta.groups.read okta.users.read' } })).body.at('scope')
    expect(await scope()).toBe('okta.groups.read')
    const body = { scopeId: 'okta.users.read', issuer: 'http://acme.test' }
    const given = await org.ask('POST', grants, { body })
    expect(given.status).toBe(201)
    expect(keys(given.body.value)).toBe(
      'id,status,created,createdBy,lastUpdated,issuer,clientId,scopeId,source,_embedded,_links',
    )
    expect((await org.ask('GET', grants)).body.at(1, 'scopeId')).toBe('okta.users.read')
    expect(await scope()).toBe('okta.groups.read okta.users.read')
    expect((await org.ask('DELETE', `${grants}/${given.body.at('id')}`)).status).toBe(204)
    expect(await scope()).toBe('okta.groups.read')
  },
)

rule(
  {
    area: 'Apps: grants',
    says: 'only a super admin grants scopes, and only a super admin turns the keys of an app that has some: 403 E0000006',
    source: 'Okta, Implement OAuth for Okta with a service app',
  },
  async () => {
    const org = bench({
      apps: [{ id: 'a1', scopes: ['okta.users.read'] }],
      users: [{ id: 'u1', profile: profile('admin@example.com'), roles: ['APP_ADMIN'] }],
      tokens: [{}, { value: 'app-admin', user: 'u1' }],
    })
    const as = 'SSWS app-admin'
    expect((await org.ask('POST', '/api/v1/apps/a1/grants', { as, body: { scopeId: 'okta.users.read' } })).code).toBe(
      'E0000006',
    )
    const body = {
      label: 'Tenure',
      signOnMode: 'OPENID_CONNECT',
      settings: { oauthClient: { application_type: 'service', jwks: { keys: [] } } },
    }
    expect((await org.ask('PUT', '/api/v1/apps/a1', { as, body })).code).toBe('E0000006')
    expect((await org.ask('PUT', '/api/v1/apps/a1', { body })).status).toBe(200)
  },
)

rule(
  {
    area: 'Apps: grants',
    says: 'the org setting "Public client app admins" makes new service apps super admins',
    source: 'Okta, Implement OAuth for Okta with a service app',
    unconfirmed: 'publicClientAppAdmins',
  },
  async () => {
    const body = {
      label: 'S',
      signOnMode: 'OPENID_CONNECT',
      settings: { oauthClient: { application_type: 'service' } },
    }
    for (const [publicClientAppAdmins, roles] of [
      [false, []],
      [true, ['SUPER_ADMIN']],
    ] as const) {
      const org = bench({ switches: { publicClientAppAdmins } })
      const held = await org.ask('GET', `/oauth2/v1/clients/${await made(org, body)}/roles`)
      expect(held.body.list.map(role => role.at('type'))).toEqual(roles)
    }
  },
)

rule(
  {
    area: 'Apps: keys and secrets',
    says: 'a new certificate is 201, and can be cloned into another app',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const [first, second] = [await made(org, oidc), await made(org, oidc)]
    const key = await org.ask('POST', `/api/v1/apps/${first}/credentials/keys/generate?validityYears=2`)
    expect(key.status).toBe(201)
    const kid = String(key.body.at('kid'))
    const clone = `/api/v1/apps/${first}/credentials/keys/${kid}/clone?targetAid=${second}`
    expect((await org.ask('POST', clone)).status).toBe(201)
    expect((await org.ask('GET', `/api/v1/apps/${second}/credentials/keys/${kid}`)).body.at('kid')).toBe(kid)
  },
)

rule(
  {
    area: 'Apps: keys and secrets',
    says: 'an app has at most two client secrets; an inactive one offers activate and delete, an active one deactivate',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const path = `/api/v1/apps/${await made(org, oidc)}/credentials/secrets`
    const added = await org.ask('POST', path)
    expect([added.status, keys(added.body.value)]).toEqual([
      201,
      'id,created,lastUpdated,status,client_secret,secret_hash,_links',
    ])
    expect((await org.ask('POST', path)).status).toBe(400)
    const one = `${path}/${added.body.at('id')}`
    const off = await org.ask('POST', `${one}/lifecycle/deactivate`)
    expect([off.body.at('status'), keys(off.body.at('_links'))]).toEqual(['INACTIVE', 'activate,delete'])
    expect((await org.ask('DELETE', one)).status).toBe(204)
  },
)

rule(
  {
    area: 'Apps: keys and secrets',
    says: 'a JWK with an RSA key under 2,048 bits is 400 E0000001, and so are more than 50 keys',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const id = await made(org, oidc)
    refused(
      await org.ask('POST', `/api/v1/apps/${id}/credentials/jwks`, {
        body: { kty: 'RSA', kid: 'k', n: 'AQAB', e: 'AQAB' },
      }),
      400,
      'E0000001',
      [
        'Api validation failed: JsonWebKey',
        "RSA key length in the 'jwks' is less than '2,048' bits for the given key.",
      ],
    )
    const keys = Array.from({ length: 51 }, (_, index) => ({ kty: 'RSA', kid: `k${index}` }))
    const settings = { oauthClient: { ...oidc.settings.oauthClient, jwks: { keys } } }
    expect((await org.ask('PUT', `/api/v1/apps/${id}`, { body: { ...oidc, settings } })).code).toBe('E0000001')
  },
)

rule(
  {
    area: 'Apps: provisioning',
    says: 'features of an app without provisioning are 400 E0000001 "Provisioning is not supported.", unknown features 404 (PublicAppFeatureSetName)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const id = await made(org)
    refused(await org.ask('GET', `/api/v1/apps/${id}/features`), 400, 'E0000001', [
      'Api validation failed: feature',
      'Provisioning is not supported.',
    ])
    refused(await org.ask('GET', `/api/v1/apps/${id}/features/NONE`), 404, 'E0000007', [
      'Not found: Resource not found: NONE (PublicAppFeatureSetName)',
    ])
  },
)
