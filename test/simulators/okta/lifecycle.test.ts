import { expect } from 'vitest'
import { bench } from '../../../src/simulator/okta/testing/ask.ts'
import { rule } from '../rule.ts'
import { create, idsOf, orgWith, password, profile, refused, silent } from './people.ts'

const lifecycle = '/api/v1/users/u1/lifecycle'
const statuses = ['STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'SUSPENDED']
const notNow = "This operation is not allowed in the user's current status."

async function statusOf(org: ReturnType<typeof bench>): Promise<unknown> {
  return (await org.ask('GET', '/api/v1/users/u1')).body.at('status')
}

rule(
  {
    area: 'Users: lifecycle',
    says: 'every lifecycle operation on an unknown user is 404 E0000007',
    source: "Okta's SDK for .NET, integration tests",
  },
  async () => {
    const names = 'activate reactivate suspend unsuspend deactivate unlock reset_password expire_password reset_factors'
    for (const name of [...names.split(' '), 'expire_password_with_temp_password'])
      refused(await bench().ask('POST', `/api/v1/users/nobody/lifecycle/${name}?sendEmail=false`), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'activate of a STAGED user is 200 {} and makes him PROVISIONED, or ACTIVE where a password exists',
    source: 'Okta, User Lifecycle API',
  },
  async () => {
    const org = orgWith('STAGED')
    const reply = await org.ask('POST', `${lifecycle}/activate`)
    expect([reply.status, reply.body.value, await statusOf(org)]).toEqual([200, {}, 'PROVISIONED'])
    const other = orgWith('STAGED', { password: true })
    await other.ask('POST', `${lifecycle}/activate`)
    expect(await statusOf(other)).toBe('ACTIVE')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'activate with sendEmail=false answers activationUrl and activationToken',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await orgWith('STAGED').ask('POST', `${lifecycle}/activate?sendEmail=false`)
    expect(Object.keys(Object(reply.body.value)).sort()).toEqual(['activationToken', 'activationUrl'])
    expect(reply.body.at('activationUrl')).toBe(`http://acme.test/tokens/${reply.body.at('activationToken')}/verify`)
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'activate of any user but a STAGED or DEPROVISIONED one is 403 E0000016 Activation failed because the user is already active',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    for (const status of statuses.filter(name => name !== 'STAGED'))
      refused(
        await orgWith(status).ask('POST', `${lifecycle}/activate`),
        403,
        'E0000016',
        'Activation failed because the user is already active',
      )
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'activate of a DEPROVISIONED user makes him PROVISIONED; whether his old password is still there is not told',
    source: 'Okta, User status',
    unconfirmed: 'passwordSurvivesDeactivation',
  },
  async () => {
    for (const [survives, status] of [
      [false, 'PROVISIONED'],
      [true, 'ACTIVE'],
    ] as const) {
      const org = orgWith('ACTIVE', {}, { switches: { passwordSurvivesDeactivation: survives } })
      await org.ask('POST', `${lifecycle}/deactivate`)
      expect((await org.ask('POST', `${lifecycle}/activate`)).status).toBe(200)
      expect(await statusOf(org)).toBe(status)
    }
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'reactivate of a PROVISIONED or RECOVERY user is 200, with sendEmail=false as activate; sendEmail is false where not said',
    source: 'Okta, User Lifecycle API',
  },
  async () => {
    for (const status of ['PROVISIONED', 'RECOVERY']) {
      const reply = await orgWith(status).ask('POST', `${lifecycle}/reactivate`)
      expect([reply.status, typeof reply.body.at('activationToken')]).toEqual([200, 'string'])
    }
    expect((await orgWith('PROVISIONED').ask('POST', `${lifecycle}/reactivate?sendEmail=true`)).body.value).toEqual({})
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: "reactivate of a user in another status is 403 E0000038 This operation is not allowed in the user's current status.",
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    for (const status of ['STAGED', 'ACTIVE', 'SUSPENDED', 'DEPROVISIONED'])
      refused(await orgWith(status).ask('POST', `${lifecycle}/reactivate`), 403, 'E0000038', notNow)
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'suspend of an ACTIVE user is 200 {} and makes him SUSPENDED',
    source: 'Okta, User Lifecycle API',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const reply = await org.ask('POST', `${lifecycle}/suspend`)
    expect([reply.status, reply.body.value, await statusOf(org)]).toEqual([200, {}, 'SUSPENDED'])
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'suspend of a SUSPENDED, STAGED or DEPROVISIONED user is 400 E0000001 Api validation failed: suspendUser, cause Cannot suspend a user that is not active',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const texts = ['Api validation failed: suspendUser', 'Cannot suspend a user that is not active']
    for (const status of ['SUSPENDED', 'STAGED', 'DEPROVISIONED'])
      refused(await orgWith(status).ask('POST', `${lifecycle}/suspend`), 400, 'E0000001', ...texts)
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'suspend of a PROVISIONED, PASSWORD_EXPIRED, RECOVERY or LOCKED_OUT user is refused as documented, although a link offers it',
    source: 'Okta, User Lifecycle API',
    unconfirmed: 'suspendFrom',
  },
  async () => {
    for (const status of ['PROVISIONED', 'PASSWORD_EXPIRED', 'RECOVERY', 'LOCKED_OUT']) {
      refused(await orgWith(status).ask('POST', `${lifecycle}/suspend`), 400, 'E0000001')
      const lenient = orgWith(status, {}, { switches: { suspendFrom: ['ACTIVE', status] } })
      expect((await lenient.ask('POST', `${lifecycle}/suspend`)).status).toBe(200)
    }
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'unsuspend of a SUSPENDED user is 200 {} and makes him ACTIVE',
    source: 'Okta, User Lifecycle API',
  },
  async () => {
    const org = orgWith('SUSPENDED')
    const reply = await org.ask('POST', `${lifecycle}/unsuspend`)
    expect([reply.status, reply.body.value, await statusOf(org)]).toEqual([200, {}, 'ACTIVE'])
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'unsuspend of another user is 400 E0000001 Api validation failed: suspendUser, cause Cannot unsuspend a user that is not suspended',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const texts = ['Api validation failed: suspendUser', 'Cannot unsuspend a user that is not suspended']
    for (const status of ['ACTIVE', 'STAGED', 'DEPROVISIONED'])
      refused(await orgWith(status).ask('POST', `${lifecycle}/unsuspend`), 400, 'E0000001', ...texts)
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'deactivate of any user who is not DEPROVISIONED, STAGED ones too, is 200 {} and shows at once',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    for (const status of statuses) {
      const org = orgWith(status)
      const reply = await org.ask('POST', `${lifecycle}/deactivate`)
      expect([status, reply.status, reply.body.value, await statusOf(org)]).toEqual([status, 200, {}, 'DEPROVISIONED'])
    }
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'some orgs of 2020 answer a deactivation with 204',
    source: 'Recorded responses of an Okta org',
    unconfirmed: 'deactivateStatus',
  },
  async () => {
    const org = orgWith('ACTIVE', {}, { switches: { deactivateStatus: 204 } })
    silent(await org.ask('POST', `${lifecycle}/deactivate`))
    expect(await statusOf(org)).toBe('DEPROVISIONED')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'deactivate of a DEPROVISIONED user is 404 E0000007, as of one who never was',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await orgWith('DEPROVISIONED').ask('POST', `${lifecycle}/deactivate`)
    refused(reply, 404, 'E0000007', 'Not found: Resource not found: u1 (User)')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'deactivate with Prefer: respond-async is 200 or 202 and may show transitioningToStatus for a while',
    source: "Okta's SDK for .NET, integration tests",
    unconfirmed: 'asyncStatus',
  },
  async () => {
    const headers = { prefer: 'respond-async' }
    expect((await orgWith('ACTIVE').ask('POST', `${lifecycle}/deactivate`, { headers })).status).toBe(200)
    const org = orgWith('ACTIVE', {}, { switches: { asyncStatus: 202, asyncSeconds: 5 } })
    expect((await org.ask('POST', `${lifecycle}/deactivate`, { headers })).status).toBe(202)
    const during = await org.ask('GET', '/api/v1/users/u1')
    expect([during.body.at('status'), during.body.at('transitioningToStatus')]).toEqual(['ACTIVE', 'DEPROVISIONED'])
    org.clock.advance(5)
    const after = await org.ask('GET', '/api/v1/users/u1')
    expect([after.body.at('status'), after.body.at('transitioningToStatus')]).toEqual(['DEPROVISIONED', undefined])
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'how long a deactivation with Prefer: respond-async takes is not told',
    source: 'Okta, User Lifecycle API',
    unconfirmed: 'asyncSeconds',
  },
  async () => {
    const headers = { prefer: 'respond-async' }
    const org = orgWith('ACTIVE')
    await org.ask('POST', `${lifecycle}/deactivate`, { headers })
    expect(await statusOf(org)).toBe('DEPROVISIONED')
    const slow = orgWith('ACTIVE', {}, { switches: { asyncSeconds: 60 } })
    await slow.ask('POST', `${lifecycle}/deactivate`, { headers })
    slow.clock.advance(59)
    expect(await statusOf(slow)).toBe('ACTIVE')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'unlock of a LOCKED_OUT user is 200 {} and makes him ACTIVE; of another it is 403 E0000032 Unlock is not allowed for this user., cause The user is not locked out.',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('LOCKED_OUT')
    const reply = await org.ask('POST', `${lifecycle}/unlock`)
    expect([reply.status, reply.body.value, await statusOf(org)]).toEqual([200, {}, 'ACTIVE'])
    const texts = ['Unlock is not allowed for this user.', 'The user is not locked out.']
    refused(await orgWith('ACTIVE').ask('POST', `${lifecycle}/unlock`), 403, 'E0000032', ...texts)
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'reset_password makes an ACTIVE user RECOVERY and answers {}, with sendEmail=false a resetPasswordUrl',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const reply = await org.ask('POST', `${lifecycle}/reset_password?sendEmail=true`)
    expect([reply.body.value, await statusOf(org)]).toEqual([{}, 'RECOVERY'])
    const silently = await orgWith('ACTIVE').ask('POST', `${lifecycle}/reset_password?sendEmail=false`)
    expect(String(silently.body.at('resetPasswordUrl'))).toMatch(/^http:\/\/acme\.test\/reset_password\/\w{20}$/)
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'reset_password with provider=FEDERATION makes the user federated, the default call makes him an Okta one again',
    source: 'Okta, User Lifecycle API',
  },
  async () => {
    const org = orgWith('ACTIVE')
    await org.ask('POST', `${lifecycle}/reset_password?provider=FEDERATION&sendEmail=false`)
    const federated = await org.ask('GET', '/api/v1/users/u1')
    expect([federated.body.at('status'), federated.body.at('credentials', 'provider', 'type')]).toEqual([
      'ACTIVE',
      'FEDERATION',
    ])
    await org.ask('POST', `${lifecycle}/reset_password?sendEmail=false`)
    expect((await org.ask('GET', '/api/v1/users/u1')).body.at('credentials', 'provider', 'type')).toBe('OKTA')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'which code reset_password has in a status it cannot handle, E0000038 or E0000017, is not told',
    source: 'Okta, Error codes',
    unconfirmed: 'resetPasswordRefusal',
  },
  async () => {
    const path = `${lifecycle}/reset_password?sendEmail=false`
    refused(await orgWith('DEPROVISIONED').ask('POST', path), 403, 'E0000038', notNow)
    const other = orgWith('STAGED', {}, { switches: { resetPasswordRefusal: 'E0000017' } })
    refused(await other.ask('POST', path), 403, 'E0000017', 'Password reset failed')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'expire_password answers the whole user, who is PASSWORD_EXPIRED',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await orgWith('ACTIVE').ask('POST', `${lifecycle}/expire_password`)
    expect([reply.status, reply.body.at('id'), reply.body.at('status')]).toEqual([200, 'u1', 'PASSWORD_EXPIRED'])
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'expire_password_with_temp_password answers tempPassword alone, and ends sessions with revokeSessions=true',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const reply = await org.ask('POST', `${lifecycle}/expire_password_with_temp_password?revokeSessions=true`)
    expect(Object.keys(Object(reply.body.value))).toEqual(['tempPassword'])
    expect(await statusOf(org)).toBe('PASSWORD_EXPIRED')
  },
)

rule(
  {
    area: 'Users: lifecycle',
    says: 'reset_factors is 200 {} and takes the second factors away',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE')
    await org.ask('POST', '/api/v1/users/u1/factors', {
      body: { factorType: 'sms', provider: 'OKTA', profile: { phoneNumber: '+12345678901' } },
    })
    expect((await org.ask('GET', '/api/v1/users/u1/factors')).body.list).toHaveLength(1)
    const reply = await org.ask('POST', `${lifecycle}/reset_factors`)
    expect([reply.status, reply.body.value]).toEqual([200, {}])
    expect((await org.ask('GET', '/api/v1/users/u1/factors')).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Users: sessions',
    says: 'DELETE /users/{id}/sessions is 204, again and again; of an unknown user it is 404',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE')
    silent(await org.ask('DELETE', '/api/v1/users/u1/sessions?oauthTokens=false&forgetDevices=true'))
    silent(await org.ask('DELETE', '/api/v1/users/u1/sessions'))
    refused(await org.ask('DELETE', '/api/v1/users/nobody/sessions'), 404, 'E0000007')
  },
)

rule(
  {
    area: 'Users: delete',
    says: 'the first DELETE of a user is 204 and deactivates, the second is 204 and erases, the third is 404 E0000007',
    source: 'Okta, Users API: delete a user',
  },
  async () => {
    const org = orgWith('ACTIVE')
    silent(await org.ask('DELETE', '/api/v1/users/u1?sendEmail=false'))
    expect(await statusOf(org)).toBe('DEPROVISIONED')
    silent(await org.ask('DELETE', '/api/v1/users/u1'))
    refused(await org.ask('DELETE', '/api/v1/users/u1'), 404, 'E0000007', 'Not found: Resource not found: u1 (User)')
  },
)

rule(
  {
    area: 'Users: side effects',
    says: 'suspension and deactivation end the sessions of a user',
    source: 'Okta Help Center, Deactivate and delete user accounts',
  },
  async () => {
    for (const name of ['suspend', 'deactivate']) {
      const org = orgWith('ACTIVE')
      const signedIn = await org.ask('POST', '/api/v1/authn', { body: { username: profile.login, password: 'x' } })
      const body = { sessionToken: signedIn.body.at('sessionToken') }
      const path = `/api/v1/sessions/${(await org.ask('POST', '/api/v1/sessions', { body })).body.at('id')}`
      expect((await org.ask('GET', path)).status).toBe(200)
      await org.ask('POST', `${lifecycle}/${name}`)
      refused(await org.ask('GET', path), 404, 'E0000007')
      refused(
        await org.ask('POST', '/api/v1/authn', { body: { username: profile.login, password: 'x' } }),
        401,
        'E0000004',
      )
    }
  },
)

rule(
  {
    area: 'Users: side effects',
    says: 'suspend keeps admin roles, deactivate takes them',
    source: 'Okta Help Center, Deactivate and delete user accounts',
  },
  async () => {
    const org = orgWith('ACTIVE', { roles: ['HELP_DESK_ADMIN'] })
    await org.ask('POST', `${lifecycle}/suspend`)
    expect((await org.ask('GET', '/api/v1/users/u1/roles')).body.list).toHaveLength(1)
    await org.ask('POST', `${lifecycle}/deactivate`)
    expect((await org.ask('GET', '/api/v1/users/u1/roles')).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Users: side effects',
    says: 'memberships survive suspension and deactivation and go with the second delete',
    source: 'Okta Help Center, Deactivate and delete user accounts',
  },
  async () => {
    const org = orgWith('ACTIVE', {}, { groups: [{ id: 'g1', name: 'Engineering', members: ['u1'] }] })
    for (const name of ['suspend', 'deactivate']) {
      await org.ask('POST', `${lifecycle}/${name}`)
      expect(idsOf(await org.ask('GET', '/api/v1/users/u1/groups')), name).toContain('g1')
    }
    await org.ask('DELETE', '/api/v1/users/u1')
    expect((await org.ask('GET', '/api/v1/groups/g1/users')).body.value).toEqual([])
  },
)

rule(
  {
    area: 'Users: side effects',
    says: 'links to other users survive suspension and deactivation and go with the second delete',
    source: 'Okta Help Center, Deactivate and delete user accounts',
  },
  async () => {
    const org = bench({
      linkedObjects: [
        {
          primary: { name: 'manager', title: 'Manager', description: '' },
          associated: { name: 'subordinate', title: 'Subordinate', description: '' },
        },
      ],
      users: [
        { id: 'u2', profile: { ...profile, login: 'boss@example.com' } },
        { id: 'u1', profile, linked: { manager: 'u2' } },
      ],
    })
    const held = async () => (await org.ask('GET', '/api/v1/users/u2/linkedObjects/subordinate')).body.list.length
    for (const name of ['suspend', 'deactivate']) {
      await org.ask('POST', `${lifecycle}/${name}`)
      expect(await held(), name).toBe(1)
    }
    await org.ask('DELETE', '/api/v1/users/u1')
    expect(await held()).toBe(0)
  },
)

rule(
  {
    area: 'Users: credentials',
    says: 'change_password, change_recovery_question and forgot_password_recovery_question answer password, recovery_question and provider, without emails',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const own = '/api/v1/users/u1/credentials'
    const question = { question: 'Which horse?', answer: 'the correct one' }
    const changed = await org.ask('POST', `${own}/change_password`, {
      body: { oldPassword: { value: 'Old-Horse-7' }, newPassword: { value: 'Correct-Horse-9' } },
    })
    expect(changed.body.value).toEqual({ password: {}, provider: { type: 'OKTA', name: 'OKTA' } })
    const body = { ...password, recovery_question: question }
    for (const name of ['change_recovery_question', 'forgot_password_recovery_question'])
      expect((await org.ask('POST', `${own}/${name}`, { body })).body.value, name).toEqual({
        password: {},
        recovery_question: { question: 'Which horse?' },
        provider: { type: 'OKTA', name: 'OKTA' },
      })
  },
)

rule(
  {
    area: 'Users: credentials',
    says: 'forgot_password with sendEmail=false answers a resetPasswordUrl under /signin/reset-password',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const reply = await orgWith('ACTIVE').ask('POST', '/api/v1/users/u1/credentials/forgot_password?sendEmail=false')
    expect(String(reply.body.at('resetPasswordUrl'))).toMatch(/^http:\/\/acme\.test\/signin\/reset-password\//)
  },
)

rule(
  {
    area: 'Users: factors',
    says: 'an enrolled sms factor is PENDING_ACTIVATION with the links resend, activate, self and user; once removed it is 404 (UserFactor)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = orgWith('ACTIVE')
    const factor = await org.ask('POST', '/api/v1/users/u1/factors', {
      body: { factorType: 'sms', provider: 'OKTA', profile: { phoneNumber: '+12345678901' } },
    })
    expect([factor.status, factor.body.at('status')]).toEqual([200, 'PENDING_ACTIVATION'])
    expect(Object.keys(Object(factor.body.at('_links')))).toEqual(['resend', 'activate', 'self', 'user'])
    const path = `/api/v1/users/u1/factors/${factor.body.at('id')}`
    silent(await org.ask('DELETE', path))
    const texts = [`Not found: Resource not found: ${factor.body.at('id')} (UserFactor)`]
    refused(await org.ask('GET', path), 404, 'E0000007', ...texts)
  },
)

rule(
  {
    area: 'Sessions',
    says: 'a session token from /authn opens one session; another token is 401 E0000004 Authentication failed',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    await create(org, { credentials: password })
    const signedIn = await org.ask('POST', '/api/v1/authn', {
      body: { username: profile.login, password: password.password.value },
    })
    const sessionToken = signedIn.body.at('sessionToken')
    const session = await org.ask('POST', '/api/v1/sessions', { body: { sessionToken } })
    expect([session.status, session.body.at('status'), session.body.at('login')]).toEqual([
      200,
      'ACTIVE',
      profile.login,
    ])
    const again = await org.ask('POST', '/api/v1/sessions', { body: { sessionToken } })
    refused(again, 401, 'E0000004', 'Authentication failed')
  },
)

rule(
  {
    area: 'Sessions',
    says: 'a session that has ended is 404 E0000007 (AppSession)',
    source: 'Recorded responses of an Okta org',
  },
  async () => {
    const org = bench()
    await create(org, { credentials: password })
    const signedIn = await org.ask('POST', '/api/v1/authn', { body: { username: profile.login, password: 'x' } })
    const opened = await org.ask('POST', '/api/v1/sessions', {
      body: { sessionToken: signedIn.body.at('sessionToken') },
    })
    const path = `/api/v1/sessions/${opened.body.at('id')}`
    expect((await org.ask('GET', path)).status).toBe(200)
    silent(await org.ask('DELETE', path))
    refused(
      await org.ask('GET', path),
      404,
      'E0000007',
      `Not found: Resource not found: ${opened.body.at('id')} (AppSession)`,
    )
  },
)
