import { describe, expect, it } from 'vitest'
import { ref, START, testTenant } from './testkit.ts'

const NEW_USER = {
  accountEnabled: true,
  displayName: 'Ada Lovelace',
  mailNickname: 'ada',
  userPrincipalName: 'ada@example.com',
  passwordProfile: { password: 'Tr0ub4dor&3', forceChangePasswordNextSignIn: true },
}

describe('creating a user', () => {
  it('answers 201 with the default properties only', async () => {
    const { call } = testTenant()
    const { status, body } = await call('POST /users', { ...NEW_USER, department: 'Maths', employeeId: 'E1' })
    expect(status).toBe(201)
    expect(Object.keys(body).sort()).toEqual(
      '@odata.context businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'
        .split(' ')
        .sort(),
    )
    const stored = await call(
      `GET /users/${body.id}?$select=department,employeeId,accountEnabled,userType,createdDateTime`,
    )
    expect(stored.body).toMatchObject({
      department: 'Maths',
      employeeId: 'E1',
      accountEnabled: true,
      userType: 'Member',
      createdDateTime: '2026-03-02T09:00:00Z',
    })
  })

  it.each(['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile'])(
    'refuses one without %s',
    async name => {
      const { [name as keyof typeof NEW_USER]: _left, ...rest } = NEW_USER
      const { status, code } = await testTenant().call('POST /users', rest)
      expect([status, code]).toEqual([400, 'Request_BadRequest'])
    },
  )

  it('refuses a userPrincipalName that is taken, in any case of letters', async () => {
    const { call } = testTenant({ users: [{ userPrincipalName: 'ADA@example.com' }] })
    const { status, code, message } = await call('POST /users', NEW_USER)
    expect([status, code, message]).toEqual([
      400,
      'Request_BadRequest',
      'Another object with the same value for property userPrincipalName already exists.',
    ])
  })

  it('refuses a mail address that another user holds', async () => {
    const { call } = testTenant({ users: [{ userPrincipalName: 'x@example.com', mail: 'ada@example.com' }] })
    const { message } = await call('POST /users', { ...NEW_USER, mail: 'ada@example.com' })
    expect(message).toBe('Another object with the same value for property proxyAddresses already exists.')
  })

  it.each(['ada@elsewhere.com', 'a b@example.com', 'ada', 'äda@example.com'])(
    'refuses the userPrincipalName %s',
    async userPrincipalName => {
      const { body, message } = await testTenant().call('POST /users', { ...NEW_USER, userPrincipalName })
      expect(message).toBe('Property userPrincipalName is invalid.')
      expect(body.error).toMatchObject({ details: [{ target: 'userPrincipalName', code: 'InvalidValue' }] })
    },
  )

  it.each<[string, object]>([
    ['an unknown property', { favouriteColour: 'red' }],
    ['a value of the wrong type', { department: 7 }],
    ['an employeeId of 17 characters', { employeeId: 'x'.repeat(17) }],
    ['a department of 65 characters', { department: 'x'.repeat(65) }],
    ['a usageLocation that is no country', { usageLocation: 'Germany' }],
    ['two business phones', { businessPhones: ['1', '2'] }],
    ['a read-only property', { onPremisesSyncEnabled: true }],
    ['a weak password', { passwordProfile: { password: 'password' } }],
    ['extension attributes, which take a PATCH', { onPremisesExtensionAttributes: { extensionAttribute1: 'x' } }],
    ['a manager, which takes a reference', { 'manager@odata.bind': 'https://graph.microsoft.com/v1.0/users/x' }],
  ])('refuses %s', async (_what, extra) => {
    const { tenant, call } = testTenant()
    const { status, code } = await call('POST /users', { ...NEW_USER, ...extra })
    expect([status, code]).toEqual([400, 'Request_BadRequest'])
    expect(tenant.state().users).toEqual([])
  })

  it('asks for onPremisesImmutableId under a federated domain', async () => {
    const { call } = testTenant({ tenant: { domains: ['example.com'], federatedDomains: ['example.com'] } })
    expect((await call('POST /users', NEW_USER)).status).toBe(400)
    expect((await call('POST /users', { ...NEW_USER, onPremisesImmutableId: 'abc' })).status).toBe(201)
  })
})

describe('changing a user', () => {
  const seeded = () =>
    testTenant({
      users: [
        { userPrincipalName: 'ada@example.com', department: 'Maths', mail: 'ada@example.com' },
        { userPrincipalName: 'grace@example.com' },
      ],
    })

  it('leaves what is omitted, clears what is null and answers 204 without a body', async () => {
    const { call } = seeded()
    const patched = await call('PATCH /users/ada@example.com', { jobTitle: 'Countess', department: null })
    expect([patched.status, patched.header('content-type')]).toEqual([204, undefined])
    const { body } = await call('GET /users/ada@example.com?$select=jobTitle,department,mail')
    expect(body).toMatchObject({ jobTitle: 'Countess', department: null, mail: 'ada@example.com' })
  })

  it.each(['displayName', 'usageLocation'])('cannot clear %s, but may leave it unset', async name => {
    const { call } = seeded()
    await call('PATCH /users/ada@example.com', { displayName: 'Ada', usageLocation: 'GB' })
    expect((await call('PATCH /users/ada@example.com', { [name]: null })).status).toBe(400)
    expect((await seeded().call('PATCH /users/ada@example.com', { usageLocation: null })).status).toBe(204)
  })

  it('changes nothing when one property of several is refused', async () => {
    const { call } = seeded()
    expect((await call('PATCH /users/ada@example.com', { jobTitle: 'x', employeeId: 'x'.repeat(17) })).status).toBe(400)
    expect((await call('GET /users/ada@example.com')).body.jobTitle).toBeNull()
  })

  it('merges extension attributes one by one', async () => {
    const { call } = seeded()
    await call('PATCH /users/ada@example.com', {
      onPremisesExtensionAttributes: { extensionAttribute1: 'a', extensionAttribute2: 'b' },
    })
    await call('PATCH /users/ada@example.com', { onPremisesExtensionAttributes: { extensionAttribute1: null } })
    const { body } = await call('GET /users/ada@example.com?$select=onPremisesExtensionAttributes')
    expect(body.onPremisesExtensionAttributes).toMatchObject({
      extensionAttribute1: null,
      extensionAttribute2: 'b',
      extensionAttribute15: null,
    })
  })

  it('adds an SMTP address when mail changes and keeps the one before as an alias', async () => {
    const { call } = seeded()
    await call('PATCH /users/ada@example.com', { mail: 'a.l@example.com' })
    const { body } = await call('GET /users/ada@example.com?$select=proxyAddresses')
    expect(body.proxyAddresses).toEqual(['SMTP:a.l@example.com', 'smtp:ada@example.com'])
  })

  it('can be found under a new userPrincipalName, and no longer under the one before', async () => {
    const { call } = seeded()
    await call('PATCH /users/ada@example.com', { userPrincipalName: 'al@example.com' })
    expect((await call('GET /users/AL@example.com')).status).toBe(200)
    expect((await call('GET /users/ada@example.com')).code).toBe('Request_ResourceNotFound')
  })

  it('ends sessions by moving signInSessionsValidFromDateTime', async () => {
    const { call, clock } = seeded()
    clock.advance(60_000)
    expect((await call('POST /users/ada@example.com/revokeSignInSessions')).body).toMatchObject({ value: true })
    const { body } = await call('GET /users/ada@example.com?$select=signInSessionsValidFromDateTime')
    expect(body.signInSessionsValidFromDateTime).toBe(`${new Date(START + 60_000).toISOString().slice(0, 19)}Z`)
  })

  it('refuses writes to a synced user but not its usageLocation', async () => {
    const { call } = testTenant({ users: [{ userPrincipalName: 's@example.com', onPremisesSyncEnabled: true }] })
    const { status, message } = await call('PATCH /users/s@example.com', { department: 'x' })
    expect([status, message]).toEqual([400, expect.stringContaining('on-premises mastered Directory Sync objects')])
    expect((await call('PATCH /users/s@example.com', { usageLocation: 'DE' })).status).toBe(204)
  })

  it('never takes properties that SharePoint keeps, and lists none of them', async () => {
    const { call } = seeded()
    expect((await call('PATCH /users/ada@example.com', { skills: ['x'] })).status).toBe(403)
    expect([(await call('GET /users?$select=skills')).status]).toEqual([501])
  })

  it('changes a password only for an application with a role', async () => {
    const { call, tenant } = seeded()
    const patch = { passwordProfile: { password: 'Tr0ub4dor&3' } }
    expect((await call('PATCH /users/ada@example.com', patch)).status).toBe(403)
    tenant.load({ ...tenant.state(), roleAssignments: [{ role: 'User Administrator', principal: tenant.clientId }] })
    expect((await call('PATCH /users/ada@example.com', patch)).status).toBe(204)
    expect((await call('GET /users/ada@example.com?$select=passwordProfile')).body.passwordProfile).toBeNull()
  })
})

describe('the manager of a user', () => {
  const seeded = () =>
    testTenant({
      users: [
        { id: '00000000-0000-4000-8000-000000000001', userPrincipalName: 'ada@example.com' },
        { id: '00000000-0000-4000-8000-000000000002', userPrincipalName: 'grace@example.com' },
      ],
    })
  const GRACE = '00000000-0000-4000-8000-000000000002'

  it('is set by reference, shown by $expand in lists and objects, and removed', async () => {
    const { call } = seeded()
    expect((await call('GET /users/ada@example.com/manager')).status).toBe(404)
    expect(
      (
        await call('PUT /users/ada@example.com/manager/$ref', {
          '@odata.id': `https://localhost:8443/v1.0/users/${GRACE}`,
        })
      ).status,
    ).toBe(204)
    const manager = { '@odata.type': '#microsoft.graph.user', id: GRACE }
    const list = await call('GET /users?$select=id&$expand=manager($select=id)')
    expect(list.value.map(user => user.manager)).toEqual([manager, undefined])
    expect((await call('GET /users/ada@example.com?$expand=manager($select=id)')).body.manager).toEqual(manager)
    expect((await call('DELETE /users/ada@example.com/manager/$ref')).status).toBe(204)
    expect((await call('DELETE /users/ada@example.com/manager/$ref')).status).toBe(404)
  })

  it('cannot be one who is not there', async () => {
    const { status, message } = await seeded().call(
      'PUT /users/ada@example.com/manager/$ref',
      ref('00000000-0000-4000-8000-00000000000f'),
    )
    expect([status, message]).toEqual([
      404,
      expect.stringContaining("Resource '00000000-0000-4000-8000-00000000000f' does not exist"),
    ])
  })
})
