import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { create, idsOf, linksOf, login, orgWith, password, profile, refused, silent } from './people.ts'

const one = '/api/v1/users/u1'
const lifecycle = `${one}/lifecycle`
const search = (text: string, more = ''): string => `/api/v1/users?search=${encodeURIComponent(text)}${more}`

/** Opens a session of Ada's and returns its path. */
async function signIn(org: Bench): Promise<string> {
  const signedIn = await org.ask('POST', '/api/v1/authn', { body: { username: login, password: 'x' } })
  const body = { sessionToken: signedIn.body.at('sessionToken') }
  return `/api/v1/sessions/${(await org.ask('POST', '/api/v1/sessions', { body })).body.at('id')}`
}

rule(
  {
    area: 'Users: the object',
    says: 'transitioningToStatus and realmId stand between passwordChanged and type, and only ACTIVE, PROVISIONED or DEPROVISIONED is announced',
    source: 'Okta, OpenAPI description of the management API',
  },
  async () => {
    const at = '2030-01-01T00:00:00.000Z'
    const org = orgWith(
      'ACTIVE',
      { transitioningTo: { status: 'DEPROVISIONED', at } },
      { switches: { realmId: 'guo1' } },
    )
    const keys = Object.keys(Object((await org.ask('GET', one)).body.value))
    expect(keys.slice(7, 11)).toEqual(['passwordChanged', 'transitioningToStatus', 'realmId', 'type'])
    expect(() => orgWith('ACTIVE', { transitioningTo: { status: 'SUSPENDED', at } })).toThrow('must be one of')
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'answers to POST, PUT and expire_password carry the full _links as GET of one user does',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const full = linksOf(await org.ask('GET', one))
    expect(full).toHaveLength(11)
    expect(linksOf(await org.ask('POST', one, { body: { profile: { title: 'x' } } }))).toEqual(full)
    expect(linksOf(await org.ask('PUT', one, { body: { profile } }))).toEqual(full)
    expect(linksOf(await org.ask('POST', `${lifecycle}/expire_password`))).toEqual(full)
    expect(linksOf(await create(bench(), { credentials: password }))).toEqual(full)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a body without a profile is 400 E0000001',
    source: 'Okta, Users API: create a user',
  },
  async () => {
    refused(await bench().ask('POST', '/api/v1/users', { body: { credentials: password } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'realmId of the body is the realm of the user, in orgs that have realms',
    source: 'Okta, Users API: create a user',
  },
  async () => {
    const org = bench({ switches: { realmId: 'guo1' } })
    const reply = await create(org, { realmId: 'guo2' })
    expect(reply.body.at('realmId')).toBe('guo2')
    const again = bench(org.tenant.state())
    expect((await again.ask('GET', `/api/v1/users/${login}`)).body.at('realmId')).toBe('guo2')
    expect((await create(bench(), { realmId: 'guo2' })).body.at('realmId')).toBeUndefined()
  },
)

rule(
  {
    area: 'Users: create',
    says: 'characters outside the basic multilingual plane are refused in arrays too',
    source: 'Okta, Users API: profile object',
  },
  async () => {
    const org = bench({ attributes: { tags: { title: 'T', type: 'array', items: { type: 'string' } } } })
    refused(await create(org, { profile: { ...profile, tags: ['fine', 'rocket 🚀'] } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Users: read',
    says: 'omitCredentialsLinks leaves out changePassword, changeRecoveryQuestion, forgotPassword, resetPassword, resetFactors and unlock, and no credentials',
    source: 'Okta, OpenAPI description of the management API',
  },
  async () => {
    const headers = { 'content-type': 'application/json; okta-response=omitCredentialsLinks' }
    const reply = await orgWith('ACTIVE').ask('GET', one, { headers })
    expect(linksOf(reply)).toEqual(['deactivate', 'expirePassword', 'schema', 'self', 'suspend', 'type'])
    expect(reply.body.at('credentials', 'password')).toEqual({})
    expect(linksOf(await orgWith('LOCKED_OUT').ask('GET', one, { headers }))).not.toContain('unlock')
  },
)

rule(
  {
    area: 'Users: list',
    says: 'okta-response and expand=classification hold for lists as for single users',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const org = orgWith('ACTIVE', { transitioningTo: { status: 'DEPROVISIONED', at: '2030-01-01T00:00:00.000Z' } })
    const words = 'omitCredentials,omitCredentialsLinks, omitTransitioningToStatus'
    const headers = { 'content-type': `application/json; okta-response="${words}"` }
    const plain = (await org.ask('GET', '/api/v1/users')).body
    expect([plain.at(0, 'credentials', 'password'), plain.at(0, 'transitioningToStatus')]).toEqual([
      {},
      'DEPROVISIONED',
    ])
    const { body } = await org.ask('GET', '/api/v1/users?expand=classification', { headers })
    expect([body.at(0, 'credentials'), body.at(0, 'transitioningToStatus')]).toEqual([undefined, undefined])
    expect(body.at(0, '_embedded', 'classification', 'type')).toBe('STANDARD')
  },
)

rule(
  {
    area: 'Users: list',
    says: 'id stands in a projection whether fields names it or not',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const { body } = await orgWith('ACTIVE').ask('GET', '/api/v1/users?fields=status,profile:(firstName, lastName)')
    const names = { firstName: 'Ada', lastName: 'Lovelace' }
    expect(body.value).toEqual([{ id: 'u1', status: 'ACTIVE', profile: names }])
  },
)

rule(
  {
    area: 'Users: list',
    says: 'q takes a limit of up to 200, and refuses one that is no positive number',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    refused(await orgWith('ACTIVE').ask('GET', '/api/v1/users?q=Ada&limit=0'), 400, 'E0000001')
    const users = Array.from({ length: 202 }, (_, index) => ({
      profile: { ...profile, login: `p${index}@example.com` },
    }))
    expect((await bench({ users }).ask('GET', '/api/v1/users?q=Ada&limit=500')).body.list).toHaveLength(200)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a partial update that names another type than the user has is 400 E0000001; his own is taken',
    source: 'Okta, Users API: update a user',
  },
  async () => {
    const org = orgWith('ACTIVE', {}, { userTypes: [{ id: 'otyC', name: 'contractor' }] })
    refused(await org.ask('POST', one, { body: { profile: { title: 'x' }, type: { id: 'otyC' } } }), 400, 'E0000001')
    const type = (await org.ask('GET', one)).body.at('type')
    const reply = await org.ask('POST', one, { body: { profile: { title: 'x' }, type } })
    expect([reply.status, reply.body.at('profile', 'title')]).toEqual([200, 'x'])
  },
)

rule(
  {
    area: 'Users: update',
    says: 'PUT keeps to If-Match, strict and the mastering system as POST does',
    source: 'Okta, Users API: replace a user',
  },
  async () => {
    const put = (org: Bench, query = '', headers = {}) =>
      org.ask('PUT', `${one}${query}`, { body: { profile, credentials: password }, headers })
    const org = orgWith('ACTIVE')
    refused(await put(org, '', { 'if-match': 'W/"other"' }), 412, 'E0000231', "ETag value doesn't match.")
    refused(await put(org, '', { 'if-match': 'other' }), 400, 'E0000242')
    const etag = String((await org.ask('GET', one)).headers.get('etag'))
    expect((await put(org, '', { 'if-match': etag })).status).toBe(200)
    refused(await put(org, '', { 'if-match': etag }), 412, 'E0000231')
    refused(await put(org, '?strict=true'), 403, 'E0000080')
    refused(await put(orgWith('ACTIVE', { profileMaster: 'ACTIVE_DIRECTORY' })), 403, 'E0000023')
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a required attribute that is set to null is 400 E0000001, cause {name}: The field cannot be left blank',
    source: 'Okta, API overview: errors',
  },
  async () => {
    const reply = await orgWith('ACTIVE').ask('POST', one, { body: { profile: { lastName: null } } })
    refused(reply, 400, 'E0000001', 'Api validation failed: lastName', 'lastName: The field cannot be left blank')
  },
)

rule(
  {
    area: 'Users: search',
    says: 'what ne would say is said with lt and or; not is 400 E0000031 Invalid search criteria.',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const users = (['ACTIVE', 'STAGED', 'SUSPENDED'] as const).map((status, index) => ({
      id: `u${index + 1}`,
      status,
      profile: { ...profile, login: `p${index}@example.com` },
    }))
    const org = bench({ users })
    expect(idsOf(await org.ask('GET', search('(status lt "STAGED" or status gt "STAGED")')))).toEqual(['u1', 'u3'])
    refused(await org.ask('GET', search('not (status eq "STAGED")')), 400, 'E0000031', 'Invalid search criteria.')
  },
)

rule(
  {
    area: 'Users: search',
    says: 'an incremental pull works with lastUpdated ge and sortBy=lastUpdated; diacritics count in values',
    source: 'Okta, Users API: list all users',
  },
  async () => {
    const users = ['03', '01', '02'].map((day, index) => ({
      id: `u${index + 1}`,
      profile: { ...profile, lastName: index === 0 ? 'Bröck' : 'Brock', login: `p${index}@example.com` },
      lastUpdated: `2026-02-${day}T00:00:00.000Z`,
    }))
    const org = bench({ users })
    const since = search('lastUpdated ge "2026-02-02T00:00:00.000Z"', '&sortBy=lastUpdated')
    expect(idsOf(await org.ask('GET', since))).toEqual(['u3', 'u1'])
    expect(idsOf(await org.ask('GET', search('profile.lastName eq "brock"')))).toEqual(['u2', 'u3'])
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'unlock works for users of Okta itself: one of Active Directory or LDAP is 403 E0000032 though LOCKED_OUT',
    source: 'Okta, User Lifecycle API: unlock a user',
  },
  async () => {
    for (const type of ['ACTIVE_DIRECTORY', 'LDAP']) {
      const org = orgWith('LOCKED_OUT', { provider: { type, name: 'corp' } })
      const reply = await org.ask('POST', `${lifecycle}/unlock`)
      refused(reply, 403, 'E0000032', 'Unlock is not allowed for this user.')
    }
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'unlock also works for an ACTIVE user who is blocked from unknown devices, which expand=blocks and GET of his blocks show',
    source: 'Okta, User Lifecycle API: unlock a user',
  },
  async () => {
    const org = orgWith('ACTIVE', { blocked: true })
    const block = [{ type: 'DEVICE_BASED', appliesTo: 'UNKNOWN_DEVICES' }]
    expect((await org.ask('GET', `${one}?expand=blocks`)).body.at('_embedded', 'blocks')).toEqual(block)
    expect((await org.ask('GET', `${one}/blocks`)).body.value).toEqual(block)
    const again = bench(org.tenant.state())
    expect((await again.ask('POST', `${lifecycle}/unlock`)).body.value).toEqual({})
    expect((await again.ask('GET', `${one}/blocks`)).body.value).toEqual([])
    refused(await again.ask('POST', `${lifecycle}/unlock`), 403, 'E0000032')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'expire_password_with_temp_password is for ACTIVE users: another is 403',
    source: 'Okta, User Credentials API',
    unconfirmed: 'expirePasswordRefusal',
  },
  async () => {
    for (const status of ['PASSWORD_EXPIRED', 'SUSPENDED', 'PROVISIONED']) {
      const reply = await orgWith(status).ask('POST', `${lifecycle}/expire_password_with_temp_password`)
      refused(reply, 403, 'E0000038')
    }
  },
)

rule(
  {
    area: 'Users: sessions',
    says: 'DELETE of the sessions, revokeSessions=true and suspension end a session for good; without revokeSessions it lives on',
    source: 'Okta, User Sessions API',
  },
  async () => {
    const ends = async (method: string, path: string): Promise<boolean> => {
      const org = orgWith('ACTIVE')
      const session = await signIn(org)
      await org.ask(method, path)
      return (await org.ask('GET', session)).status === 404
    }
    expect(await ends('DELETE', `${one}/sessions`)).toBe(true)
    for (const name of ['reset_password', 'expire_password_with_temp_password']) {
      expect(await ends('POST', `${lifecycle}/${name}?sendEmail=false&revokeSessions=true`), name).toBe(true)
      expect(await ends('POST', `${lifecycle}/${name}?sendEmail=false`), name).toBe(false)
    }
    const org = orgWith('ACTIVE')
    const before = await signIn(org)
    await org.ask('POST', `${lifecycle}/suspend`)
    await org.ask('POST', `${lifecycle}/unsuspend`)
    expect((await org.ask('GET', await signIn(org))).status).toBe(200)
    refused(await org.ask('GET', before), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Users: sessions',
    says: 'DELETE of the sessions is 204 in every status',
    source: "Okta's SDK for .NET, integration tests",
  },
  async () => {
    for (const status of ['STAGED', 'PROVISIONED', 'SUSPENDED', 'LOCKED_OUT', 'DEPROVISIONED'])
      silent(await orgWith(status).ask('DELETE', `${one}/sessions`))
  },
)

rule(
  {
    area: 'Users: side effects',
    says: 'second factors survive suspension, deactivation and a new activation',
    source: 'Okta Help Center, Deactivate and delete user accounts',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const body = { factorType: 'sms', provider: 'OKTA', profile: { phoneNumber: '+12345678901' } }
    await org.ask('POST', `${one}/factors`, { body })
    for (const name of ['suspend', 'deactivate', 'activate']) {
      await org.ask('POST', `${lifecycle}/${name}`)
      expect((await org.ask('GET', `${one}/factors`)).body.list, name).toHaveLength(1)
    }
    const reply = await org.ask('GET', one)
    expect([reply.body.at('status'), reply.body.at('credentials', 'password')]).toEqual(['PROVISIONED', undefined])
  },
)

rule(
  {
    area: 'Users: delete',
    says: 'DELETE with Prefer: respond-async is 204 too; while the deactivation is under way another DELETE does not erase',
    source: 'Okta, Users API: delete a user',
    unconfirmed: 'asyncSeconds',
  },
  async () => {
    const headers = { prefer: 'respond-async' }
    const org = orgWith('ACTIVE', {}, { switches: { asyncSeconds: 5, asyncStatus: 202 } })
    silent(await org.ask('DELETE', one, { headers }))
    silent(await org.ask('DELETE', one, { headers }))
    expect((await org.ask('GET', one)).body.at('transitioningToStatus')).toBe('DEPROVISIONED')
    org.clock.advance(5)
    expect((await org.ask('GET', one)).body.at('status')).toBe('DEPROVISIONED')
    silent(await org.ask('DELETE', one, { headers }))
    refused(await org.ask('GET', one), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'email has 5 to 100 characters, secondEmail and primaryPhone 100 at most; profileUrl is a URL, preferredLanguage a language code',
    source: 'Okta, Users API: profile object',
  },
  async () => {
    const write = (name: string, value: string) => create(bench(), { profile: { ...profile, [name]: value } })
    const long = `${'a'.repeat(60)}@${'b'.repeat(40)}.example.com`
    const wrong: readonly (readonly [string, string])[] = [
      ['email', 'a@b'],
      ['email', long],
      ['secondEmail', long],
      ['primaryPhone', '1'.repeat(101)],
      ['profileUrl', 'no address'],
      ['preferredLanguage', 'English'],
    ]
    for (const [name, value] of wrong) refused(await write(name, value), 400, 'E0000001')
    const good = { primaryPhone: '1'.repeat(100), profileUrl: 'https://example.com/ada', preferredLanguage: 'en-GB' }
    for (const [name, value] of Object.entries(good)) expect((await write(name, value)).status, name).toBe(200)
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'the schema of a type is written by its id as the default one is by default, and of an unknown id it is 404 E0000007',
    source: 'Okta, Schemas API',
  },
  async () => {
    const org = bench({ userTypes: [{ id: 'otyC', schemaId: 'oscC', name: 'contractor' }] })
    const body = { definitions: { custom: { properties: { firm: { title: 'Firm', type: 'string' } } } } }
    await org.ask('POST', '/api/v1/meta/schemas/user/oscC', { body })
    const custom = async (id: string) =>
      (await org.ask('GET', `/api/v1/meta/schemas/user/${id}`)).body.at('definitions', 'custom', 'properties')
    expect([Object.keys(Object(await custom('oscC'))), await custom('default')]).toEqual([['firm'], {}])
    refused(await org.ask('GET', '/api/v1/meta/schemas/user/oscNone'), 404, 'E0000007')
  },
)

rule(
  {
    area: 'User types',
    says: 'the default type, and one that users have, is 403 E0000142 This User Type cannot be deleted.',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = orgWith('ACTIVE', { type: 'otyC' }, { userTypes: [{ id: 'otyC', name: 'contractor' }] })
    for (const id of ['otyC', 'default'])
      refused(
        await org.ask('DELETE', `/api/v1/meta/types/user/${id}`),
        403,
        'E0000142',
        'This User Type cannot be deleted.',
      )
  },
)

rule(
  {
    area: 'Linked objects: values',
    says: 'links are written under the primary name: PUT and DELETE under the associated one are 404 (LinkedObjectProperty)',
    source: 'Okta, Linked Objects API',
  },
  async () => {
    const end = (name: string) => ({ name, title: name, description: '' })
    const linkedObjects = [{ primary: end('manager'), associated: end('subordinate') }]
    const org = orgWith('ACTIVE', {}, { linkedObjects })
    const boss = (await create(org, { profile: { ...profile, login: 'boss@example.com' } })).body.at('id')
    const text = 'Not found: Resource not found: subordinate (LinkedObjectProperty)'
    refused(await org.ask('PUT', `/api/v1/users/${boss}/linkedObjects/subordinate/u1`), 404, 'E0000007', text)
    refused(await org.ask('DELETE', `/api/v1/users/${boss}/linkedObjects/subordinate`), 404, 'E0000007', text)
    silent(await org.ask('DELETE', `${one}/linkedObjects/manager`))
  },
)
