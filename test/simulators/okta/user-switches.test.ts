import { expect } from 'vitest'
import { type Bench, bench } from '../../../src/simulator/okta/testing/ask.ts'
import { bearer } from '../../../src/simulator/okta/testing/token.ts'
import { rule } from '../rule.ts'
import { create, idsOf, login, orgWith, password, profile, refused, silent } from './people.ts'

const one = '/api/v1/users/u1'
const lifecycle = `${one}/lifecycle`
const notNow = "This operation is not allowed in the user's current status."
const search = (text: string): string => `/api/v1/users?search=${encodeURIComponent(text)}`
const master = { profileMaster: 'ACTIVE_DIRECTORY' }

/** Status and announced status of a user. */
async function standing(org: Bench, path = one): Promise<unknown> {
  const { body } = await org.ask('GET', path)
  return [body.at('status'), body.at('transitioningToStatus')]
}

rule(
  {
    area: 'Users: update',
    says: 'a login that is taken is 400 E0000001 with the cause of a create; whether the summary names login or the object is not told',
    source: 'Okta, API overview: errors',
    unconfirmed: 'updateSummaryNames',
  },
  async () => {
    const cause = 'login: An object with this field already exists in the current organization'
    const write = async (switches = {}) => {
      const org = orgWith('ACTIVE', {}, { switches })
      await create(org, { profile: { ...profile, login: 'b@example.com' } })
      return org.ask('POST', one, { body: { profile: { login: 'B@example.com' } } })
    }
    refused(await write(), 400, 'E0000001', 'Api validation failed: login', cause)
    refused(await write({ updateSummaryNames: 'object' }), 400, 'E0000001', 'Api validation failed: user', cause)
  },
)

rule(
  {
    area: 'Schema: users',
    says: 'the cause for a value of a unique custom attribute that somebody else has is not told; by default it is the one of a taken login',
    source: 'Okta, Schemas API',
    unconfirmed: 'takenAttributeCause',
  },
  async () => {
    const attributes = { badge: { title: 'Badge', type: 'string', unique: 'UNIQUE_VALIDATED' } as const }
    const causeIn = async (switches = {}) => {
      const org = orgWith('ACTIVE', { profile: { ...profile, badge: 'B7' } }, { attributes, switches })
      const reply = await create(org, { profile: { ...profile, login: 'b@example.com', badge: 'B7' } })
      refused(reply, 400, 'E0000001')
      return reply.texts
    }
    const taken = 'badge: An object with this field already exists in the current organization'
    expect(await causeIn()).toEqual(['Api validation failed: badge', taken])
    expect((await causeIn({ takenAttributeCause: 'Must be unique' }))[1]).toBe('badge: Must be unique')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'expire_password in a status it cannot handle is 403; whether its code is E0000038 is not told',
    source: 'Okta, Error codes',
    unconfirmed: 'expirePasswordRefusal',
  },
  async () => {
    const other = { switches: { expirePasswordRefusal: 'E0000014' } as const }
    for (const status of ['STAGED', 'SUSPENDED', 'DEPROVISIONED']) {
      refused(await orgWith(status).ask('POST', `${lifecycle}/expire_password`), 403, 'E0000038', notNow)
      const reply = await orgWith(status, {}, other).ask('POST', `${lifecycle}/expire_password`)
      refused(reply, 403, 'E0000014', 'Update of credentials failed')
    }
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'statusChanged in the answer of expire_password may be the one before; the next GET is right',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'expireShowsOldStatusChanged',
  },
  async () => {
    const old = '2026-01-01T00:00:00.000Z'
    const changed = async (switches = {}) => {
      const org = orgWith('ACTIVE', { statusChanged: old }, { switches })
      const reply = await org.ask('POST', `${lifecycle}/expire_password`)
      return [reply, await org.ask('GET', one)].map(answer => answer.body.at('statusChanged'))
    }
    const now = '2026-03-02T09:00:00.000Z'
    expect(await changed()).toEqual([now, now])
    expect(await changed({ expireShowsOldStatusChanged: true })).toEqual([old, now])
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'reset_password without sendEmail, which is documented as required, sends an email or is 400 E0000001',
    source: 'Okta, User Credentials API: reset a password',
    unconfirmed: 'resetPasswordNeedsSendEmail',
  },
  async () => {
    expect((await orgWith('ACTIVE').ask('POST', `${lifecycle}/reset_password`)).body.value).toEqual({})
    const strict = orgWith('ACTIVE', {}, { switches: { resetPasswordNeedsSendEmail: true } })
    refused(await strict.ask('POST', `${lifecycle}/reset_password`), 400, 'E0000001')
    expect((await strict.ask('POST', `${lifecycle}/reset_password?sendEmail=true`)).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'activation is asynchronous: until it is done the user shows transitioningToStatus, and updates are 409 E0000112',
    source: 'Okta, User Lifecycle API: activate a user',
    unconfirmed: 'activationSeconds',
  },
  async () => {
    const org = orgWith('STAGED', { password: true }, { switches: { activationSeconds: 5 } })
    await org.ask('POST', `${lifecycle}/activate`)
    expect(await standing(org)).toEqual(['STAGED', 'ACTIVE'])
    refused(await org.ask('POST', one, { body: { profile: { title: 'x' } } }), 409, 'E0000112')
    org.clock.advance(5)
    const after = await org.ask('GET', one)
    expect([after.body.at('status'), after.body.at('transitioningToStatus')]).toEqual(['ACTIVE', undefined])
    expect(after.body.at('activated')).toBe('2026-03-02T09:00:05.000Z')
    const at = orgWith('STAGED', { password: true })
    await at.ask('POST', `${lifecycle}/activate`)
    expect(await standing(at)).toEqual(['ACTIVE', undefined])
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a user created with a password becomes ACTIVE through transitioningToStatus; how long that takes is not told',
    source: 'Okta, Users API: create a user',
    unconfirmed: 'activationSeconds',
  },
  async () => {
    const org = bench({ switches: { activationSeconds: 5 } })
    const reply = await create(org, { credentials: password })
    expect([reply.body.at('status'), reply.body.at('transitioningToStatus')]).toEqual(['STAGED', 'ACTIVE'])
    org.clock.advance(5)
    expect(await standing(org, `/api/v1/users/${login}`)).toEqual(['ACTIVE', undefined])
    const other = await create(org, { profile: { ...profile, login: 'b@example.com' } })
    expect(other.body.at('transitioningToStatus')).toBe('PROVISIONED')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'the activationUrl of an org on the Classic Engine leads to /welcome/{token}',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'classicEngine',
  },
  async () => {
    const org = orgWith('STAGED', {}, { switches: { classicEngine: true } })
    const { body } = await org.ask('POST', `${lifecycle}/activate?sendEmail=false`)
    expect(body.at('activationUrl')).toBe(`http://acme.test/welcome/${body.at('activationToken')}`)
    expect((await org.ask('GET', '/.well-known/okta-organization')).body.at('pipeline')).toBe('v1')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a STAGED user with a password has no statusChanged, but for one recording of 2025',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'stagedShowsStatusChanged',
  },
  async () => {
    const changed = async (credentials: unknown, switches = {}) =>
      (await create(bench({ switches }), { credentials }, '?activate=false')).body.at('statusChanged')
    const shown = { stagedShowsStatusChanged: true }
    expect(await changed(password)).toBeNull()
    expect(await changed(password, shown)).toBe('2026-03-02T09:00:00.000Z')
    expect(await changed(undefined, shown)).toBeNull()
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a hashed password for a user who is not STAGED is 403; whether its code is E0000014 Update of credentials failed is not told',
    source: 'Okta, Users API: imported hashed password',
    unconfirmed: 'hashedPasswordRefusal',
  },
  async () => {
    const body = { credentials: { password: { hash: { algorithm: 'BCRYPT', value: 'x' } } } }
    refused(await orgWith('ACTIVE').ask('POST', one, { body }), 403, 'E0000014', 'Update of credentials failed')
    const other = orgWith('ACTIVE', {}, { switches: { hashedPasswordRefusal: 'E0000006' } })
    refused(await other.ask('POST', one, { body }), 403, 'E0000006')
  },
)

rule(
  {
    area: 'Users: update',
    says: 'attributes that Okta masters itself can be changed in a profile that another system masters, where sourcing is told apart by attribute',
    source: 'Okta, Schemas API: attribute-level sourcing',
    unconfirmed: 'masteredRefusal',
  },
  async () => {
    const attributes = { badge: { title: 'Badge', type: 'string', master: { type: 'OKTA' } } as const }
    const body = { profile: { badge: 'B7' } }
    refused(await orgWith('ACTIVE', master, { attributes }).ask('POST', one, { body }), 403, 'E0000023')
    const finer = orgWith('ACTIVE', master, { attributes, switches: { masteredRefusal: 'changed-attribute' } })
    expect((await finer.ask('POST', one, { body })).body.at('profile', 'badge')).toBe('B7')
    refused(await finer.ask('POST', one, { body: { profile: { title: 'x' } } }), 403, 'E0000023')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'a user whose profile another system masters typically cannot be deactivated from Okta: 403 E0000023; it differs by system',
    source: 'Okta, Error codes',
    unconfirmed: 'masteredDeactivation',
  },
  async () => {
    const org = orgWith('ACTIVE', master)
    refused(await org.ask('POST', `${lifecycle}/deactivate`), 403, 'E0000023')
    refused(await org.ask('DELETE', one), 403, 'E0000023')
    expect((await org.ask('POST', `${lifecycle}/suspend`)).status).toBe(200)
    const lenient = orgWith('ACTIVE', master, { switches: { masteredDeactivation: 'allowed' } })
    expect((await lenient.ask('POST', `${lifecycle}/deactivate`)).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: delete',
    says: 'the technical and the billing contact of the org cannot be deleted',
    source: 'Okta Help Center, Deactivate and delete user accounts',
    unconfirmed: 'orgContacts',
  },
  async () => {
    const org = orgWith('DEPROVISIONED', {}, { switches: { orgContacts: [login] } })
    refused(await org.ask('DELETE', one), 403, 'E0000006')
    expect((await org.ask('GET', one)).body.at('status')).toBe('DEPROVISIONED')
    silent(await orgWith('DEPROVISIONED').ask('DELETE', one))
  },
)

rule(
  {
    area: 'Linked objects: values',
    says: 'PUT of a primary is documented for OAuth alone; recordings set it with an API token',
    source: 'Okta, OpenAPI description of the management API',
    unconfirmed: 'linkedPutNeedsOAuth',
  },
  async () => {
    const end = (name: string) => ({ name, title: name, description: '' })
    const put = async (switches: Readonly<Record<string, boolean>>, as?: (org: Bench) => Promise<string>) => {
      const linkedObjects = [{ primary: end('manager'), associated: end('subordinate') }]
      const org = orgWith('ACTIVE', {}, { linkedObjects, switches })
      const id = (await create(org, { profile: { ...profile, login: 'boss@example.com' } })).body.at('id')
      const options = as === undefined ? {} : { as: await as(org) }
      return org.ask('PUT', `${one}/linkedObjects/manager/${id}`, options)
    }
    silent(await put({}))
    refused(await put({ linkedPutNeedsOAuth: true }), 403, 'E0000006')
    silent(await put({ linkedPutNeedsOAuth: true }, bearer))
  },
)

rule(
  {
    area: 'Users: search',
    says: 'paging of search ended at 50,000 users in 2019; whether there is an end today is not told',
    source: 'Okta, Release notes 2019',
    unconfirmed: 'searchPagingCap',
  },
  async () => {
    const users = ['u1', 'u2', 'u3', 'u4'].map(id => ({ id, profile: { ...profile, login: `${id}@example.com` } }))
    const seen = async (switches = {}) => {
      const org = bench({ users, switches })
      const ids: unknown[] = []
      let path: string | undefined = `${search('status eq "ACTIVE"')}&limit=2`
      while (path !== undefined) {
        const page: Awaited<ReturnType<Bench['ask']>> = await org.ask('GET', path)
        ids.push(...idsOf(page))
        path = page.links.map(line => /^<http:\/\/acme\.test([^>]+)>; rel="next"/.exec(line)?.[1]).find(Boolean)
      }
      return ids
    }
    expect(await seen()).toEqual(['u1', 'u2', 'u3', 'u4'])
    expect(await seen({ searchPagingCap: 3 })).toEqual(['u1', 'u2', 'u3'])
  },
)

rule(
  {
    area: 'Users: search',
    says: 'a search that the index cannot serve is 503 E0000100 Unable to perform search query.',
    source: 'Okta, Error codes',
    unconfirmed: 'searchFailsEvery',
  },
  async () => {
    const org = orgWith('ACTIVE', {}, { switches: { searchFailsEvery: 2 } })
    expect((await org.ask('GET', search('id eq "u1"'))).status).toBe(200)
    refused(await org.ask('GET', search('id eq "u1"')), 503, 'E0000100', 'Unable to perform search query.')
    expect((await org.ask('GET', search('id eq "u1"'))).status).toBe(200)
    expect((await org.ask('GET', '/api/v1/users')).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: search',
    says: 'a search over profiles that no longer fit a changed schema is 409 E0000145, until they have followed',
    source: 'Okta, Error codes',
    unconfirmed: 'staleProfilesSeconds',
  },
  async () => {
    const attributes = { badge: { title: 'Badge', type: 'string' } as const }
    const org = orgWith('ACTIVE', {}, { attributes, switches: { staleProfilesSeconds: 5 } })
    const change = (properties: unknown) =>
      org.ask('POST', '/api/v1/meta/schemas/user/default', { body: { definitions: { custom: { properties } } } })
    await change({ other: { title: 'Other', type: 'string' } })
    expect((await org.ask('GET', search('id eq "u1"'))).status).toBe(200)
    await change({ badge: null })
    const text =
      'Some users returned by the search cannot be parsed because the user schema has been changed to be inconsistent with their stale profile data.'
    refused(await org.ask('GET', search('id eq "u1"')), 409, 'E0000145', text)
    expect((await org.ask('GET', one)).status).toBe(200)
    org.clock.advance(5)
    expect((await org.ask('GET', search('id eq "u1"'))).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'before 2026.08.2 a valid attribute was now and then "not defined in profile"; the same request again succeeds',
    source: 'Okta, Release notes 2026.08.2',
    unconfirmed: 'unknownAttributeFlakeEvery',
  },
  async () => {
    const org = bench({ switches: { unknownAttributeFlakeEvery: 2 } })
    expect((await create(org)).status).toBe(200)
    const body = { profile: { ...profile, login: 'b@example.com', title: 'Countess' } }
    const texts = ['Api validation failed: newUser', "Property name 'title' is not defined in profile"]
    refused(await create(org, body), 400, 'E0000001', ...texts)
    expect((await create(org, body)).status).toBe(200)
  },
)

rule(
  {
    area: 'Answers',
    says: 'errorCode alone is promised: texts may change or be translated, as a French E0000006 shows',
    source: 'Okta, Error codes',
    unconfirmed: 'translatedErrors',
  },
  async () => {
    const org = orgWith(
      'ACTIVE',
      {},
      { groups: [{ id: 'ad', name: 'AD', type: 'APP_GROUP' }], switches: { translatedErrors: true } },
    )
    const french = "Vous n'êtes pas autorisé à effectuer l'action demandée"
    refused(await org.ask('PUT', '/api/v1/groups/ad/users/u1'), 403, 'E0000006', french)
    refused(await create(org), 400, 'E0000001', 'Erreur E0000001', 'login: valeur non valide')
  },
)
