import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const PASSWORD = '28c10230-6103-485e-b985-444c60001490'
const ROOT = `/users/${ADA}/authentication`
const PASSES = `${ROOT}/temporaryAccessPassMethods`

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    applications: [
      { permissions: ['UserAuthenticationMethod.ReadWrite.All', 'Policy.ReadWrite.AuthenticationMethod'] },
    ],
    users: [{ id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada' }],
    authenticationMethods: [
      { user: ADA, type: 'phoneMethods', phoneNumber: '+44 2079460000', phoneType: 'mobile' },
      { user: ADA, type: 'microsoftAuthenticatorMethods', displayName: 'Pixel' },
      { user: ADA, type: 'fido2Methods', displayName: 'Key', model: 'YubiKey' },
      { user: ADA, type: 'softwareOathMethods', secretKey: 'hidden' },
      { user: ADA, type: 'emailMethods', emailAddress: 'ada@x.org' },
      { user: ADA, type: 'windowsHelloForBusinessMethods', displayName: 'Laptop', keyStrength: 'normal' },
      { user: ADA, type: 'platformCredentialMethods', displayName: 'Mac', platform: 'macOS' },
      { user: ADA, type: 'externalAuthenticationMethods', displayName: 'Duo', configurationId: 'c1' },
    ],
    ...more,
  })

const outcome = ({ status, code }: Answer): string => `${status} ${code}`

rule(
  {
    area: 'Authentication methods',
    says: 'GET authentication/methods lists every kind with @odata.type; the password has the id 28c10230-6103-485e-b985-444c60001490 and is never shown',
    source: 'Microsoft Graph, Authentication methods API overview',
  },
  async () => {
    const { call } = seeded()
    const { value } = await call(`GET ${ROOT}/methods`)
    expect(value.map(method => String(method['@odata.type']).replace('#microsoft.graph.', ''))).toEqual([
      'passwordAuthenticationMethod',
      'phoneAuthenticationMethod',
      'microsoftAuthenticatorAuthenticationMethod',
      'fido2AuthenticationMethod',
      'softwareOathAuthenticationMethod',
      'emailAuthenticationMethod',
      'windowsHelloForBusinessAuthenticationMethod',
      'platformCredentialAuthenticationMethod',
      'externalAuthenticationMethod',
    ])
    expect(value[0]).toMatchObject({ id: PASSWORD, password: null })
    expect(value[4]).toMatchObject({ secretKey: null })
    expect((await call(`GET ${ROOT}/methods/${PASSWORD}`)).status).toBe(200)
  },
)

rule(
  {
    area: 'Authentication methods',
    says: 'each kind has its own list and is deleted there with 204; the password cannot be deleted',
    source: 'Microsoft Graph, Authentication methods API overview',
  },
  async () => {
    const { call } = seeded()
    for (const kind of [
      'phoneMethods',
      'microsoftAuthenticatorMethods',
      'fido2Methods',
      'softwareOathMethods',
      'emailMethods',
      'windowsHelloForBusinessMethods',
      'platformCredentialMethods',
      'externalAuthenticationMethods',
    ]) {
      const [method] = (await call(`GET ${ROOT}/${kind}`)).value
      expect([kind, (await call(`GET ${ROOT}/${kind}/${method?.id}`)).status]).toEqual([kind, 200])
      expect([kind, (await call(`DELETE ${ROOT}/${kind}/${method?.id}`)).status]).toEqual([kind, 204])
      expect([kind, (await call(`DELETE ${ROOT}/${kind}/${method?.id}`)).status]).toEqual([kind, 404])
    }
    expect((await call(`GET ${ROOT}/methods`)).value).toHaveLength(1)
    expect((await call(`DELETE ${ROOT}/passwordMethods/${PASSWORD}`)).status).toBe(405)
    expect((await call(`DELETE ${ROOT}/phoneMethods/${PASSWORD}`)).status).toBe(404)
  },
)

rule(
  {
    area: 'Authentication methods',
    says: 'a phone is registered with 201, one of each phoneType, and changed with 204',
    source: 'Microsoft Graph, Create phoneAuthenticationMethod',
  },
  async () => {
    const { call } = seeded({ authenticationMethods: [] })
    const phone = { phoneNumber: '+1 2065555555', phoneType: 'mobile' }
    const { status, body } = await call(`POST ${ROOT}/phoneMethods`, phone)
    expect([status, body.phoneNumber, body.smsSignInState]).toEqual([201, '+1 2065555555', 'notEnabled'])
    expect((await call(`POST ${ROOT}/phoneMethods`, phone)).status).toBe(400)
    expect((await call(`POST ${ROOT}/phoneMethods`, { ...phone, phoneType: 'pager' })).status).toBe(400)
    expect((await call(`PATCH ${ROOT}/phoneMethods/${body.id}`, { phoneNumber: '+1 2065555556' })).status).toBe(204)
    expect((await call(`POST ${ROOT}/emailMethods`, { emailAddress: 'x@y.org' })).status).toBe(201)
    expect((await call(`POST ${ROOT}/fido2Methods`, { displayName: 'x' })).status).toBe(405)
  },
)

rule(
  {
    area: 'Authentication methods',
    says: 'resetPassword is refused to an application, whatever it may do',
    source: 'Microsoft Graph, authenticationMethod: resetPassword',
  },
  async () => {
    const answer = await seeded().call(`POST ${ROOT}/methods/${PASSWORD}/resetPassword`, { newPassword: 'Xyz12345!' })
    expect(outcome(answer)).toBe('403 Authorization_RequestDenied')
  },
)

rule(
  {
    area: 'Authentication methods',
    says: 'the default method may be refused to be deleted before the others',
    source: 'Microsoft Graph, Authentication methods API overview',
    unconfirmed: 'defaultMethodLast',
  },
  async () => {
    const first = async ({ call }: TestTenant): Promise<Answer> => {
      const [phone] = (await call(`GET ${ROOT}/phoneMethods`)).value
      return call(`DELETE ${ROOT}/phoneMethods/${phone?.id}`)
    }
    expect((await first(seeded())).status).toBe(204)
    expect(outcome(await first(seeded({ switches: { defaultMethodLast: true } })))).toBe('400 Request_BadRequest')
  },
)

rule(
  {
    area: 'Authentication methods',
    says: 'methods take UserAuthenticationMethod permissions, or the permission of the kind alone',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const { call } = seeded({
      applications: [{ permissions: ['UserAuthMethod-TAP.ReadWrite.All', 'User.ReadWrite.All'] }],
    })
    expect((await call(`POST ${PASSES}`, {})).status).toBe(201)
    expect(outcome(await call(`GET ${ROOT}/methods`))).toBe('403 Authorization_RequestDenied')
    expect(outcome(await call(`GET ${ROOT}/phoneMethods`))).toBe('403 Authorization_RequestDenied')
  },
)

rule(
  {
    area: 'Authentication methods',
    says: 'the methods of an administrator are not changed by an application without a higher role',
    source: 'Microsoft Graph, Who can perform sensitive actions',
  },
  async () => {
    const roleAssignments = [{ role: 'Global Administrator', principal: ADA }]
    const { call } = seeded({ roleAssignments })
    expect(outcome(await call(`POST ${PASSES}`, {}))).toBe('403 Authorization_RequestDenied')
    const [phone] = (await call(`GET ${ROOT}/phoneMethods`)).value
    expect(outcome(await call(`DELETE ${ROOT}/phoneMethods/${phone?.id}`))).toBe('403 Authorization_RequestDenied')
  },
)

rule(
  {
    area: 'Temporary Access Pass',
    says: 'POST is 201 and the only answer that holds the pass; GET shows temporaryAccessPass null',
    source: 'Microsoft Graph, Create temporaryAccessPassMethod',
  },
  async () => {
    const { call } = seeded()
    const { status, body } = await call(`POST ${PASSES}`, { lifetimeInMinutes: 120, isUsableOnce: true })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      isUsable: true,
      isUsableOnce: true,
      lifetimeInMinutes: 120,
      methodUsabilityReason: 'EnabledByPolicy',
      startDateTime: '2026-03-02T09:00:00Z',
      createdDateTime: '2026-03-02T09:00:00Z',
    })
    expect(String(body.temporaryAccessPass)).toHaveLength(8)
    const [listed] = (await call(`GET ${PASSES}`)).value
    expect(listed).toMatchObject({ id: body.id, temporaryAccessPass: null, isUsable: true })
    expect((await call(`DELETE ${PASSES}/${body.id}`)).status).toBe(204)
    expect((await call(`GET ${PASSES}`)).value).toEqual([])
  },
)

rule(
  {
    area: 'Temporary Access Pass',
    says: 'the defaults and limits are those of the policy: defaultLength, defaultLifetimeInMinutes, minimum and maximum, isUsableOnce, and state',
    source: 'Metadata of Microsoft Graph v1.0',
  },
  async () => {
    const { call } = seeded()
    const policy = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass'
    expect((await call(`GET ${policy}`)).body).toMatchObject({
      id: 'TemporaryAccessPass',
      state: 'enabled',
      defaultLength: 8,
      defaultLifetimeInMinutes: 60,
      minimumLifetimeInMinutes: 60,
      maximumLifetimeInMinutes: 480,
      isUsableOnce: false,
    })
    expect((await call(`POST ${PASSES}`, {})).body).toMatchObject({ lifetimeInMinutes: 60, isUsableOnce: false })
    for (const lifetimeInMinutes of [59, 481])
      expect(outcome(await call(`POST ${PASSES}`, { lifetimeInMinutes }))).toBe('400 Request_BadRequest')
    const changed = { defaultLength: 12, isUsableOnce: true }
    expect((await call(`PATCH ${policy}`, changed)).status).toBe(204)
    const { body } = await call(`POST ${PASSES}`, {})
    expect([String(body.temporaryAccessPass).length, body.isUsableOnce]).toEqual([12, true])
    await call(`PATCH ${policy}`, { state: 'disabled' })
    expect(outcome(await call(`POST ${PASSES}`, {}))).toBe('400 Request_BadRequest')
    expect((await call(`GET ${PASSES}`)).value).toMatchObject([
      { isUsable: false, methodUsabilityReason: 'DisabledByPolicy' },
    ])
  },
)

rule(
  {
    area: 'Temporary Access Pass',
    says: 'a pass is NotYetValid before its start and Expired after its lifetime; a new one takes the place of the one before',
    source: 'Microsoft Graph, Create temporaryAccessPassMethod',
  },
  async () => {
    const { call, clock } = seeded()
    await call(`POST ${PASSES}`, { startDateTime: '2026-03-02T10:00:00Z', lifetimeInMinutes: 60 })
    const reason = async (): Promise<unknown> => (await call(`GET ${PASSES}`)).value[0]?.methodUsabilityReason
    expect(await reason()).toBe('NotYetValid')
    clock.advance(3_600_000)
    expect(await reason()).toBe('EnabledByPolicy')
    clock.advance(3_600_000)
    expect(await reason()).toBe('Expired')
    await call(`POST ${PASSES}`, {})
    expect((await call(`GET ${PASSES}`)).value).toMatchObject([{ isUsable: true }])
  },
)
