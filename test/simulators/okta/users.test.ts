import { expect } from 'vitest'
import { bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { create, linksOf, login, orgWith, password, profile, refused } from './people.ts'

const second = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.000Z$/
const active = [
  'changePassword',
  'changeRecoveryQuestion',
  'deactivate',
  'expirePassword',
  'forgotPassword',
  'resetFactors',
  'resetPassword',
  'schema',
  'self',
  'suspend',
  'type',
]

rule(
  {
    area: 'Users: the object',
    says: 'a user has the keys id, status, created, activated, statusChanged, lastLogin, lastUpdated, passwordChanged, type, profile, credentials and _links, in this order',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await create(bench(), { credentials: password })
    expect(Object.keys(Object(reply.body.value)).join()).toBe(
      'id,status,created,activated,statusChanged,lastLogin,lastUpdated,passwordChanged,type,profile,credentials,_links',
    )
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'times are whole seconds, as YYYY-MM-DDTHH:MM:SS.000Z',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    org.clock.advance(0.75)
    const reply = await create(org, { credentials: password })
    for (const name of ['created', 'activated', 'statusChanged', 'lastUpdated', 'passwordChanged'])
      expect(String(reply.body.at(name)), name).toMatch(second)
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'ids have 20 characters and begin with 00u (user), 00g (group), oty (type), osc (schema) and 0pr (rule)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    const user = await create(org)
    const group = await org.group('Engineering')
    const made = await org.ask('POST', '/api/v1/groups/rules', {
      body: {
        type: 'group_rule',
        name: 'R',
        conditions: { expression: { value: 'user.city=="x"', type: 'urn:okta:expression:1.0' } },
        actions: { assignUserToGroups: { groupIds: [group] } },
      },
    })
    const schema = String(user.body.at('_links', 'schema', 'href'))
      .split('/')
      .at(-1)
    const ids = [user.body.at('id'), group, user.body.at('type', 'id'), schema, made.body.at('id')].map(String)
    expect(ids.map(id => id.length)).toEqual([20, 20, 20, 20, 20])
    expect(ids.map(id => id.slice(0, 3))).toEqual(['00u', '00g', 'oty', 'osc', '0pr'])
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'profile always shows firstName, lastName, mobilePhone, secondEmail, login and email, null where unset; other unset attributes are left out',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await create(bench(), { profile: { ...profile, title: null, city: 'Paris' } })
    expect(reply.body.at('profile')).toEqual({ ...profile, mobilePhone: null, secondEmail: null, city: 'Paris' })
    expect(Object.keys(Object(reply.body.at('profile'))).slice(0, 6)).toEqual([
      'firstName',
      'lastName',
      'mobilePhone',
      'secondEmail',
      'login',
      'email',
    ])
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'credentials always show the provider; password and emails only where a password is set',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    expect((await create(bench())).body.at('credentials')).toEqual({ provider: { type: 'OKTA', name: 'OKTA' } })
    expect((await create(bench(), { credentials: password })).body.at('credentials')).toEqual({
      password: {},
      emails: [{ value: login, status: 'VERIFIED', type: 'PRIMARY' }],
      provider: { type: 'OKTA', name: 'OKTA' },
    })
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'a secondary email stands among the emails as SECONDARY',
    source: 'Published answers of the Users API',
  },
  async () => {
    const reply = await create(bench(), {
      profile: { ...profile, secondEmail: 'b@example.com' },
      credentials: password,
    })
    expect(reply.body.at('credentials', 'emails', 1)).toEqual({
      value: 'b@example.com',
      status: 'VERIFIED',
      type: 'SECONDARY',
    })
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'an org with realms shows realmId in single users and no credentials.emails',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'realmId',
  },
  async () => {
    const org = bench({ switches: { realmId: 'guo1', credentialEmails: false } })
    const reply = await create(org, { credentials: password })
    expect([reply.body.at('realmId'), reply.body.at('credentials', 'emails')]).toEqual(['guo1', undefined])
    expect((await org.ask('GET', '/api/v1/users')).body.at(0, 'realmId')).toBeUndefined()
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'whether credentials show emails depends on the org',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'credentialEmails',
  },
  async () => {
    const reply = await create(bench({ switches: { credentialEmails: false } }), { credentials: password })
    expect(reply.body.at('credentials')).toEqual({ password: {}, provider: { type: 'OKTA', name: 'OKTA' } })
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'an org whose policy wants a recovery question offers forgotPassword only to users who have one',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'forgotPasswordNeedsQuestion',
  },
  async () => {
    const org = orgWith('ACTIVE', {}, { switches: { forgotPasswordNeedsQuestion: true } })
    expect(linksOf(await org.ask('GET', '/api/v1/users/u1'))).not.toContain('forgotPassword')
    await org.ask('POST', '/api/v1/users/u1/credentials/change_recovery_question', {
      body: { password: { value: 'x' }, recovery_question: { question: 'Which?', answer: 'that' } },
    })
    expect(linksOf(await org.ask('GET', '/api/v1/users/u1'))).toContain('forgotPassword')
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'a STAGED user without a password has the links activate, schema, self and type, and no deactivate',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await orgWith('STAGED').ask('GET', '/api/v1/users/u1')
    expect(linksOf(reply)).toEqual(['activate', 'schema', 'self', 'type'])
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'users with a password offer resetFactors, in orgs with realms all users, in orgs of 2020 nobody',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'factorLinks',
  },
  async () => {
    const offered = async (status: string, switches = {}) =>
      linksOf(await orgWith(status, {}, { switches }).ask('GET', '/api/v1/users/u1')).includes('resetFactors')
    expect([await offered('ACTIVE'), await offered('STAGED')]).toEqual([true, false])
    expect(await offered('STAGED', { realmId: 'guo1' })).toBe(true)
    expect(await offered('ACTIVE', { factorLinks: false })).toBe(false)
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'a PROVISIONED user has the links deactivate, reactivate, resetPassword, schema, self, suspend and type',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const links = 'deactivate,reactivate,resetPassword,schema,self,suspend,type'
    expect(linksOf(await orgWith('PROVISIONED').ask('GET', '/api/v1/users/u1')).join()).toBe(links)
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'ACTIVE and PASSWORD_EXPIRED users have the eleven links of changing passwords, suspension and deactivation',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    for (const status of ['ACTIVE', 'PASSWORD_EXPIRED'])
      expect(linksOf(await orgWith(status).ask('GET', '/api/v1/users/u1')), status).toEqual(active)
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'a SUSPENDED user has the links deactivate, resetFactors, schema, self, type and unsuspend',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const links = ['deactivate', 'resetFactors', 'schema', 'self', 'type', 'unsuspend']
    expect(linksOf(await orgWith('SUSPENDED').ask('GET', '/api/v1/users/u1'))).toEqual(links)
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'a DEPROVISIONED user has the links activate, delete with the method DELETE, schema, self and type',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await orgWith('DEPROVISIONED').ask('GET', '/api/v1/users/u1')
    expect(linksOf(reply)).toEqual(['activate', 'delete', 'schema', 'self', 'type'])
    expect(reply.body.at('_links', 'delete')).toEqual({ href: 'http://acme.test/api/v1/users/u1', method: 'DELETE' })
  },
)

rule(
  {
    area: 'Users: the object',
    says: 'items of a list carry _links.self alone',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await orgWith('ACTIVE').ask('GET', '/api/v1/users')
    expect(reply.body.at(0, '_links')).toEqual({ self: { href: 'http://acme.test/api/v1/users/u1' } })
  },
)

rule(
  {
    area: 'Answers',
    says: 'every answer has date, cache-control: no-cache, no-store, x-okta-request-id, server: nginx and lower-case x-rate-limit headers',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const { headers } = await bench().ask('GET', '/api/v1/users')
    expect(headers.get('cache-control')).toBe('no-cache, no-store')
    expect([headers.get('content-type'), headers.get('server')]).toEqual(['application/json', 'nginx'])
    for (const name of [
      'date',
      'x-okta-request-id',
      'x-rate-limit-limit',
      'x-rate-limit-remaining',
      'x-rate-limit-reset',
    ])
      expect(headers.has(name), name).toBe(true)
  },
)

rule(
  {
    area: 'Answers',
    says: 'a refusal has errorCode, errorSummary, errorLink (the code), errorId (oae…) and errorCauses with an errorSummary each',
    source: 'Okta, Error codes',
  },
  async () => {
    const reply = await create(bench(), { profile: { ...profile, login: 'nobody' } })
    expect(Object.keys(Object(reply.body.value))).toEqual([
      'errorCode',
      'errorSummary',
      'errorLink',
      'errorId',
      'errorCauses',
    ])
    expect([reply.body.at('errorLink'), String(reply.body.at('errorId')).slice(0, 3)]).toEqual(['E0000001', 'oae'])
    expect(reply.body.at('errorCauses')).toEqual([
      { errorSummary: 'login: Username must be in the form of an email address' },
    ])
  },
)

rule(
  {
    area: 'Answers',
    says: 'POST and PUT without a body need Content-Length: 0, else 411',
    source: 'Okta, Users API',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const path = '/api/v1/users/u1/lifecycle/suspend'
    const headers: Record<string, string> = {}
    expect(
      (await org.ask('POST', path, { headers: Object.assign(headers, { 'content-length': undefined }) })).status,
    ).toBe(411)
    expect((await org.ask('POST', path)).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'POST /users is 200, never 201; activate is true where not said, so a user without a password is PROVISIONED',
    source: 'Okta, Users API: create a user',
  },
  async () => {
    const reply = await create(bench())
    expect([reply.status, reply.body.at('status'), reply.body.at('passwordChanged')]).toEqual([
      200,
      'PROVISIONED',
      null,
    ])
    expect(reply.body.at('activated')).toBe(reply.body.at('statusChanged'))
    expect(reply.body.at('activated')).not.toBeNull()
  },
)

rule(
  {
    area: 'Users: create',
    says: 'an org with optional passwords makes a user without one ACTIVE at once',
    source: 'Okta, User status: creation scenarios',
    unconfirmed: 'passwordOptional',
  },
  async () => {
    expect((await create(bench({ switches: { passwordOptional: true } }))).body.at('status')).toBe('ACTIVE')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'activate=false is STAGED, with or without a password, and activated and statusChanged are null',
    source: 'Okta, User status: creation scenarios',
  },
  async () => {
    for (const credentials of [undefined, password]) {
      const reply = await create(bench(), { credentials }, '?activate=false')
      expect(['status', 'activated', 'statusChanged'].map(name => reply.body.at(name))).toEqual(['STAGED', null, null])
    }
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a password with activate=true is ACTIVE',
    source: 'Okta, User status: creation scenarios',
  },
  async () => {
    expect((await create(bench(), { credentials: password }, '?activate=true')).body.at('status')).toBe('ACTIVE')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'nextLogin=changePassword with a password is PASSWORD_EXPIRED',
    source: 'Okta, User status: creation scenarios',
  },
  async () => {
    const reply = await create(bench(), { credentials: password }, '?activate=true&nextLogin=changePassword')
    expect(reply.body.at('status')).toBe('PASSWORD_EXPIRED')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'nextLogin=changePassword without a password is 400 E0000124, with activate=false 400 E0000125',
    source: 'Okta, Error codes',
  },
  async () => {
    refused(await create(bench(), {}, '?nextLogin=changePassword'), 400, 'E0000124')
    const both = '?nextLogin=changePassword&activate=false'
    refused(await create(bench(), { credentials: password }, both), 400, 'E0000125')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'provider=true with a FEDERATION or SOCIAL provider is ACTIVE, with activate=false STAGED',
    source: 'Okta, User status: creation scenarios',
  },
  async () => {
    for (const type of ['FEDERATION', 'SOCIAL']) {
      const credentials = { provider: { type, name: type } }
      expect((await create(bench(), { credentials }, '?provider=true')).body.at('status')).toBe('ACTIVE')
      const staged = await create(bench(), { credentials }, '?provider=true&activate=false')
      expect([staged.body.at('status'), staged.body.at('credentials', 'provider', 'type')]).toEqual(['STAGED', type])
    }
  },
)

rule(
  {
    area: 'Users: create',
    says: 'more than 20 groupIds are 400 E0000093 Target count limit exceeded, cause The number of group targets is too large; 20 are taken',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = bench()
    const groupIds: string[] = []
    for (let index = 0; index < 21; index += 1) groupIds.push(await org.group(`G${index}`))
    const many = await create(org, { groupIds })
    refused(many, 400, 'E0000093', 'Target count limit exceeded', 'The number of group targets is too large')
    const reply = await create(org, { groupIds: groupIds.slice(0, 20) })
    expect(reply.status).toBe(200)
    const groups = await org.ask('GET', `/api/v1/users/${reply.body.at('id')}/groups`)
    expect(groups.body.list).toHaveLength(21)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a built-in or app group among the groupIds is refused and no user comes into being',
    source: 'Okta, Users API: create a user',
  },
  async () => {
    const org = bench({ groups: [{ id: 'ad', name: 'AD', type: 'APP_GROUP' }] })
    refused(await create(org, { groupIds: ['ad'] }), 403, 'E0000006')
    refused(await org.ask('GET', `/api/v1/users/${login}`), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a password as a hash (BCRYPT, SHA-512, SHA-256, SHA-1, MD5 or PBKDF2) or from a hook makes the provider IMPORT; other algorithms are refused',
    source: 'Okta, Users API: create a user',
  },
  async () => {
    for (const algorithm of ['BCRYPT', 'SHA-512', 'SHA-256', 'SHA-1', 'MD5', 'PBKDF2']) {
      const reply = await create(bench(), { credentials: { password: { hash: { algorithm, value: 'x' } } } })
      const provider = reply.body.at('credentials', 'provider')
      expect([reply.body.at('status'), provider]).toEqual(['ACTIVE', { type: 'IMPORT', name: 'IMPORT' }])
    }
    const hook = await create(bench(), { credentials: { password: { hook: { type: 'default' } } } })
    expect(hook.body.at('credentials', 'provider', 'type')).toBe('IMPORT')
    refused(await create(bench(), { credentials: { password: { hash: { algorithm: 'ROT13' } } } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a taken login is 400 E0000001 Api validation failed: login, cause login: An object with this field already exists in the current organization; without regard to case and diacritics',
    source: 'Okta, API overview: errors',
  },
  async () => {
    const org = orgWith('ACTIVE')
    for (const taken of [login, 'ADA@example.com', 'ádä@example.com'])
      refused(
        await create(org, { profile: { ...profile, login: taken } }),
        400,
        'E0000001',
        'Api validation failed: login',
        'login: An object with this field already exists in the current organization',
      )
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a DEPROVISIONED user keeps his login, which is free again when he has been erased',
    source: 'Okta, Users API: create a user',
  },
  async () => {
    const org = orgWith('DEPROVISIONED')
    refused(await create(org), 400, 'E0000001')
    await org.ask('DELETE', '/api/v1/users/u1')
    expect((await create(org)).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'email is not unique',
    source: 'Okta, Users API: profile object',
  },
  async () => {
    const org = orgWith('ACTIVE')
    expect((await create(org, { profile: { ...profile, login: 'other@example.com' } })).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a missing login is 400 E0000001, cause login: The field cannot be left blank',
    source: 'Okta, API overview: errors',
  },
  async () => {
    const { login: _, ...rest } = profile
    const blank = 'login: The field cannot be left blank'
    refused(await create(bench(), { profile: rest }), 400, 'E0000001', 'Api validation failed: login', blank)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a login that is no email address is 400 E0000001, cause login: Username must be in the form of an email address, unless the schema says otherwise',
    source: 'Okta, API overview: errors',
  },
  async () => {
    const given = { profile: { ...profile, login: 'adalovelace' } }
    const cause = 'login: Username must be in the form of an email address'
    refused(await create(bench(), given), 400, 'E0000001', 'Api validation failed: login', cause)
    const free = bench({ userTypes: [{ name: 'user', default: true, base: { login: { pattern: '.+' } } }] })
    expect((await create(free, given)).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a bad email is 400 E0000001 Api validation failed: email, cause email: Does not match required pattern',
    source: 'Okta, API overview: errors',
  },
  async () => {
    const reply = await create(bench(), { profile: { ...profile, email: 'nobody' } })
    refused(reply, 400, 'E0000001', 'Api validation failed: email', 'email: Does not match required pattern')
  },
)

rule(
  {
    area: 'Users: create',
    says: "an unknown attribute is 400 E0000001 Api validation failed: newUser, cause Property name 'notValid' is not defined in profile",
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await create(bench(), { profile: { ...profile, notValid: 'x' } })
    const cause = "Property name 'notValid' is not defined in profile"
    refused(reply, 400, 'E0000001', 'Api validation failed: newUser', cause)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a body that is no JSON object is 400 E0000003 The request body was not well-formed.',
    source: 'Okta, Error codes',
  },
  async () => {
    for (const body of ['{"profile":', '[]', '"x"'])
      refused(
        await bench().ask('POST', '/api/v1/users', { body }),
        400,
        'E0000003',
        'The request body was not well-formed.',
      )
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a password against the policy is 403 E0000080, or 400 E0000001 with a cause that begins with password:',
    source: 'Okta, Error codes',
    unconfirmed: 'passwordRefusal',
  },
  async () => {
    const weak = { credentials: { password: { value: 'short' } } }
    refused(await create(bench(), weak), 403, 'E0000080')
    const other = await create(bench({ switches: { passwordRefusal: 'E0000001' } }), weak)
    refused(other, 400, 'E0000001')
    expect(other.texts[1]).toMatch(/^password: /)
  },
)

rule(
  {
    area: 'Users: create',
    says: 'characters outside the basic multilingual plane are refused',
    source: 'Okta, Users API: profile object',
  },
  async () => {
    refused(await create(bench(), { profile: { ...profile, nickName: 'Ada 🚀' } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Users: create',
    says: 'a user without a type gets the default one; another type is named by its id',
    source: 'Okta, User Types API',
  },
  async () => {
    const org = bench({ userTypes: [{ id: 'otyC', name: 'contractor' }] })
    const byDefault = (await org.ask('GET', '/api/v1/meta/types/user/default')).body.at('id')
    expect((await create(org)).body.at('type', 'id')).toBe(byDefault)
    const other = await create(org, { profile: { ...profile, login: 'b@example.com' }, type: { id: 'otyC' } })
    expect(other.body.at('type')).toEqual({ id: 'otyC' })
  },
)

rule(
  {
    area: 'Users: read',
    says: 'a user is found by id, by login and by the part of the login before its @ where that means one user',
    source: 'Okta, Users API: retrieve a user',
  },
  async () => {
    const org = orgWith('ACTIVE')
    for (const name of ['u1', login, 'ada'])
      expect((await org.ask('GET', `/api/v1/users/${name}`)).body.at('id')).toBe('u1')
    await create(org, { profile: { ...profile, login: 'ada@example.org' } })
    refused(await org.ask('GET', '/api/v1/users/ada'), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Users: read',
    says: 'a login with a slash cannot be asked for, not even encoded; other characters can be encoded',
    source: 'Okta, Users API: retrieve a user',
  },
  async () => {
    const org = bench({ users: [{ id: 'u1', profile: { ...profile, login: 'a/b@example.com' } }] })
    refused(await org.ask('GET', '/api/v1/users/a%2Fb@example.com'), 404, 'E0000007')
    expect((await org.ask('GET', '/api/v1/users/u1')).status).toBe(200)
    const plus = bench({ users: [{ id: 'u1', profile: { ...profile, login: 'a+b@example.com' } }] })
    expect((await plus.ask('GET', '/api/v1/users/a%2Bb%40example.com')).body.at('id')).toBe('u1')
  },
)

rule(
  {
    area: 'Users: read',
    says: 'an unknown user is 404 E0000007 Not found: Resource not found: {as given} (User)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('GET', '/api/v1/users/No-Body')
    refused(reply, 404, 'E0000007', 'Not found: Resource not found: No-Body (User)')
  },
)

rule(
  {
    area: 'Users: read',
    says: 'a DEPROVISIONED user is returned; after the second delete it is 404',
    source: 'Okta, Users API: delete a user',
  },
  async () => {
    const org = orgWith('ACTIVE')
    await org.ask('DELETE', '/api/v1/users/u1')
    expect((await org.ask('GET', '/api/v1/users/u1')).body.at('status')).toBe('DEPROVISIONED')
    await org.ask('DELETE', '/api/v1/users/u1')
    refused(await org.ask('GET', '/api/v1/users/u1'), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Users: read',
    says: 'okta-response in the Content-Type leaves out credentials, their links and transitioningToStatus',
    source: 'Okta, Users API: retrieve a user',
  },
  async () => {
    const org = orgWith('ACTIVE', { transitioningTo: { status: 'DEPROVISIONED', at: '2030-01-01T00:00:00.000Z' } })
    expect((await org.ask('GET', '/api/v1/users/u1')).body.at('transitioningToStatus')).toBe('DEPROVISIONED')
    const words = 'omitCredentials,omitCredentialsLinks,omitTransitioningToStatus'
    const reply = await org.ask('GET', '/api/v1/users/u1', {
      headers: { 'content-type': `application/json; okta-response="${words}"` },
    })
    expect([reply.body.at('credentials'), reply.body.at('transitioningToStatus')]).toEqual([undefined, undefined])
    expect(linksOf(reply)).not.toContain('changePassword')
  },
)

rule(
  {
    area: 'Users: read',
    says: 'expand=blocks and expand=classification embed what they name',
    source: 'Okta, Users API: retrieve a user',
  },
  async () => {
    const org = orgWith('ACTIVE')
    expect((await org.ask('GET', '/api/v1/users/u1?expand=blocks')).body.at('_embedded', 'blocks')).toEqual([])
    const reply = await org.ask('GET', '/api/v1/users/u1?expand=classification')
    expect(reply.body.at('_embedded', 'classification', 'type')).toBe('STANDARD')
  },
)

rule(
  {
    area: 'Users: read',
    says: 'a single user comes with an ETag, which changes with the user',
    source: 'Okta, Users API: retrieve a user',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const before = (await org.ask('GET', '/api/v1/users/u1')).headers.get('etag')
    expect(before).toMatch(/^W\/"[^"]+"$/)
    await org.ask('POST', '/api/v1/users/u1', { body: { profile: { title: 'Countess' } } })
    expect((await org.ask('GET', '/api/v1/users/u1')).headers.get('etag')).not.toBe(before)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'POST changes what the profile names, leaves the rest, and clears what is null',
    source: 'Okta, Users API: update a user',
  },
  async () => {
    const org = orgWith('ACTIVE', { profile: { ...profile, title: 'Analyst', city: 'London' } })
    const reply = await org.ask('POST', '/api/v1/users/u1', { body: { profile: { title: null, nickName: 'A' } } })
    expect([reply.status, reply.body.at('profile', 'title')]).toEqual([200, undefined])
    expect([reply.body.at('profile', 'city'), reply.body.at('profile', 'nickName')]).toEqual(['London', 'A'])
  },
)

rule(
  {
    area: 'Users: update',
    says: 'PUT replaces the profile: what it leaves out goes, and what is required must be there',
    source: 'Okta, Users API: replace a user',
  },
  async () => {
    const org = orgWith('ACTIVE', { profile: { ...profile, title: 'Analyst' } })
    const reply = await org.ask('PUT', '/api/v1/users/u1', { body: { profile } })
    expect([reply.status, reply.body.at('profile', 'title')]).toEqual([200, undefined])
    refused(await org.ask('PUT', '/api/v1/users/u1', { body: { profile: { login, email: login } } }), 400, 'E0000001')
  },
)

rule(
  {
    area: 'Users: update',
    says: 'only PUT changes the user type',
    source: 'Okta, Users API: replace a user',
  },
  async () => {
    const org = orgWith('ACTIVE', {}, { userTypes: [{ id: 'otyC', name: 'contractor' }] })
    const body = { profile, type: { id: 'otyC' } }
    expect((await org.ask('POST', '/api/v1/users/u1', { body })).body.at('type', 'id')).not.toBe('otyC')
    expect((await org.ask('PUT', '/api/v1/users/u1', { body })).body.at('type', 'id')).toBe('otyC')
  },
)

rule(
  {
    area: 'Users: update',
    says: "If-Match with another ETag is 412 E0000231 ETag value doesn't match., a malformed one 400 E0000242 ETag syntax is invalid.",
    source: 'Okta, Users API: update a user',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const etag = String((await org.ask('GET', '/api/v1/users/u1')).headers.get('etag'))
    const body = { profile: { title: 'Countess' } }
    const wrong = { body, headers: { 'if-match': 'W/"other"' } }
    refused(await org.ask('POST', '/api/v1/users/u1', wrong), 412, 'E0000231', "ETag value doesn't match.")
    const malformed = { body, headers: { 'if-match': 'other' } }
    refused(await org.ask('POST', '/api/v1/users/u1', malformed), 400, 'E0000242', 'ETag syntax is invalid.')
    expect((await org.ask('POST', '/api/v1/users/u1', { body, headers: { 'if-match': etag } })).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'an update cannot change the status, and can set credentials',
    source: 'Okta, Users API: update a user',
  },
  async () => {
    const org = orgWith('PROVISIONED', { password: false })
    const reply = await org.ask('POST', '/api/v1/users/u1', { body: { status: 'SUSPENDED', credentials: password } })
    expect([reply.body.at('status'), reply.body.at('credentials', 'password')]).toEqual(['PROVISIONED', {}])
  },
)

rule(
  {
    area: 'Users: update',
    says: 'strict=true holds a new password to the history of the policy too',
    source: 'Okta, Users API: update a user',
  },
  async () => {
    const org = bench()
    const own = `/api/v1/users/${(await create(org, { credentials: password })).body.at('id')}`
    refused(await org.ask('POST', `${own}?strict=true`, { body: { credentials: password } }), 403, 'E0000080')
    expect((await org.ask('POST', own, { body: { credentials: password } })).status).toBe(200)
    const other = { credentials: { password: { value: 'Staple-Battery-8' } } }
    expect((await org.ask('POST', `${own}?strict=true`, { body: other })).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a hashed password can be changed only while the user is STAGED',
    source: 'Okta, Users API: imported hashed password',
  },
  async () => {
    const body = { credentials: { password: { hash: { algorithm: 'BCRYPT', value: 'x' } } } }
    expect((await orgWith('STAGED').ask('POST', '/api/v1/users/u1', { body })).status).toBe(200)
    expect((await orgWith('ACTIVE').ask('POST', '/api/v1/users/u1', { body })).status).toBe(403)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a SUSPENDED user can be edited; a DEPROVISIONED one is 404 E0000007 (User), as if unknown',
    source: 'Okta, Users API: update a user',
  },
  async () => {
    const body = { profile: { title: 'Countess' } }
    expect((await orgWith('SUSPENDED').ask('POST', '/api/v1/users/u1', { body })).status).toBe(200)
    for (const method of ['POST', 'PUT']) {
      const reply = await orgWith('DEPROVISIONED').ask(method, '/api/v1/users/u1', { body })
      refused(reply, 404, 'E0000007', 'Not found: Resource not found: u1 (User)')
    }
  },
)

rule(
  {
    area: 'Users: update',
    says: 'an org with the option of December 2025 lets profiles of DEPROVISIONED users be edited',
    source: 'Okta, Release notes 2025',
    unconfirmed: 'editDeactivatedUsers',
  },
  async () => {
    const org = orgWith('DEPROVISIONED', {}, { switches: { editDeactivatedUsers: true } })
    const reply = await org.ask('POST', '/api/v1/users/u1', { body: { profile: { title: 'Countess' } } })
    expect([reply.status, reply.body.at('status')]).toEqual([200, 'DEPROVISIONED'])
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a profile that another system masters is 403 E0000023 Operation failed because user profile is mastered under another system',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = orgWith('ACTIVE', { profileMaster: 'ACTIVE_DIRECTORY' })
    const reply = await org.ask('POST', '/api/v1/users/u1', { body: { profile: { title: 'Countess' } } })
    refused(reply, 403, 'E0000023', 'Operation failed because user profile is mastered under another system')
  },
)

rule(
  {
    area: 'Users: update',
    says: 'whether a write that changes nothing is refused for a mastered profile too is not told',
    source: 'Okta, Error codes',
    unconfirmed: 'masteredRefusal',
  },
  async () => {
    const body = { profile: { firstName: 'Ada' } }
    const master = { profileMaster: 'ACTIVE_DIRECTORY' }
    refused(await orgWith('ACTIVE', master).ask('POST', '/api/v1/users/u1', { body }), 403, 'E0000023')
    const finer = orgWith('ACTIVE', master, { switches: { masteredRefusal: 'changed-attribute' } })
    expect((await finer.ask('POST', '/api/v1/users/u1', { body })).status).toBe(200)
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a READ_ONLY attribute is 403 E0000077, an IMMUTABLE one that is set 403 E0000078, one with profile push 403 E0000075',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = orgWith(
      'ACTIVE',
      { profile: { ...profile, fixed: 'a' } },
      {
        attributes: {
          badge: { title: 'Badge', type: 'string', mutability: 'READ_ONLY' },
          fixed: { title: 'Fixed', type: 'string', mutability: 'IMMUTABLE' },
          pushed: { title: 'Pushed', type: 'string', profilePush: true },
        },
      },
    )
    const write = (name: string) => org.ask('POST', '/api/v1/users/u1', { body: { profile: { [name]: 'b' } } })
    refused(await write('badge'), 403, 'E0000077', 'Cannot modify the badge attribute because it is read-only.')
    refused(await write('fixed'), 403, 'E0000078', 'Cannot modify the fixed attribute because it is immutable.')
    refused(await write('pushed'), 403, 'E0000075')
  },
)

rule(
  {
    area: 'Users: update',
    says: 'a user who is still being activated is 409 E0000112',
    source: 'Okta, Error codes',
  },
  async () => {
    const org = orgWith('STAGED', { transitioningTo: { status: 'ACTIVE', at: '2030-01-01T00:00:00.000Z' } })
    refused(
      await org.ask('POST', '/api/v1/users/u1', { body: { profile: { title: 'x' } } }),
      409,
      'E0000112',
      'Cannot update this user because they are still being activated. Please try again in a few minutes.',
    )
  },
)

rule(
  {
    area: 'Users: update',
    says: 'which object a refused update names in Api validation failed: … is not told',
    source: 'Okta, API overview: errors',
    unconfirmed: 'updateObjectName',
  },
  async () => {
    const body = { profile: { notValid: 'x' } }
    expect((await orgWith('ACTIVE').ask('POST', '/api/v1/users/u1', { body })).texts[0]).toBe(
      'Api validation failed: user',
    )
    const other = orgWith('ACTIVE', {}, { switches: { updateObjectName: 'login' } })
    expect((await other.ask('POST', '/api/v1/users/u1', { body })).texts[0]).toBe('Api validation failed: login')
  },
)

rule(
  {
    area: 'Users: update',
    says: 'lastUpdated moves with the profile and the status, not with memberships',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE', {}, { groups: [{ id: 'g1', name: 'Engineering' }] })
    const updated = async () => (await org.ask('GET', '/api/v1/users/u1')).body.at('lastUpdated')
    const first = await updated()
    org.clock.advance(10)
    await org.ask('PUT', '/api/v1/groups/g1/users/u1')
    expect(await updated()).toBe(first)
    await org.ask('POST', '/api/v1/users/u1', { body: { profile: { title: 'x' } } })
    expect(await updated()).toBe('2026-03-02T09:00:10.000Z')
    org.clock.advance(10)
    await org.ask('POST', '/api/v1/users/u1/lifecycle/suspend')
    expect(await updated()).toBe('2026-03-02T09:00:20.000Z')
  },
)

rule(
  {
    area: 'Users: read',
    says: 'GET /users/me is the user to whom the API token belongs',
    source: 'Okta, Users API: retrieve the current user',
  },
  async () => {
    const org = bench({
      users: [{ id: 'u1', profile, roles: ['SUPER_ADMIN'] }],
      tokens: [{ value: 'mine', name: 'mine', user: 'u1' }],
    })
    expect((await org.ask('GET', '/api/v1/users/me', { as: 'SSWS mine' })).body.at('id')).toBe('u1')
    const nobodys = await bench().ask('GET', '/api/v1/users/me')
    expect([nobodys.status, nobodys.body.at('status')]).toEqual([200, 'ACTIVE'])
  },
)

rule(
  {
    area: 'Org',
    says: 'GET /.well-known/okta-organization needs no credentials and tells the id and the pipeline (idx)',
    source: 'Okta, Org Setting API: well-known org metadata',
  },
  async () => {
    const reply = await bench().ask('GET', '/.well-known/okta-organization', { as: '' })
    expect([reply.status, reply.body.at('pipeline')]).toEqual([200, 'idx'])
    expect(Object.keys(Object(reply.body.value))).toEqual(['id', 'pipeline', '_links'])
  },
)

rule(
  {
    area: 'Org',
    says: 'GET /org tells id, subdomain, companyName, status and the contact data of the org',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await bench().ask('GET', '/api/v1/org')
    expect([reply.status, reply.body.at('status'), reply.body.at('subdomain')]).toEqual([200, 'ACTIVE', 'acme'])
  },
)

rule(
  {
    area: 'Users: read',
    says: 'lists of what a user does not have (grants, clients, identity providers, app links) are empty, not refused',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE')
    for (const name of ['grants', 'clients', 'idps', 'appLinks', 'roles', 'factors', 'blocks'])
      expect((await org.ask('GET', `/api/v1/users/u1/${name}`)).body.value, name).toEqual([])
  },
)
