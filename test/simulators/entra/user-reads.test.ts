import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, ref, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const SP = 'ffffffff-0000-4000-8000-00000000000a'
const DENIED = '403 Authorization_RequestDenied Insufficient privileges to complete the operation.'

const seeded = (permissions: readonly string[] | undefined, more: EntraState = {}): TestTenant =>
  testTenant({
    tenant: { domains: ['example.com', 'example.onmicrosoft.com'], federatedDomains: ['example.com'] },
    applications: [{ servicePrincipalId: SP, ...(permissions === undefined ? {} : { permissions }) }],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', displayName: 'Ada', manager: BOB },
      { id: BOB, userPrincipalName: 'bob@example.com', displayName: 'Bob' },
    ],
    ...more,
  })

const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'Users: read',
    says: 'a userPrincipalName that begins with $ is 400 in a path as it is and takes the form with parentheses, unless the switch says so',
    source: 'Microsoft Graph, Get user',
    unconfirmed: 'dollarNames',
  },
  async () => {
    const users = [{ userPrincipalName: '$odd@example.com' }]
    const strict = seeded(undefined, { users })
    expect((await strict.call('GET /users/$odd@example.com')).status).toBe(400)
    expect((await strict.call("GET /users('$odd@example.com')")).status).toBe(200)
    const open = seeded(undefined, { users, switches: { dollarNames: true } })
    expect((await open.call('GET /users/$odd@example.com')).body.userPrincipalName).toBe('$odd@example.com')
    expect((await open.call('PATCH /users/$odd@example.com', { city: 'Rome' })).status).toBe(204)
    expect((await open.call('GET /users/$count', undefined, { consistencylevel: 'eventual' })).status).toBe(200)
  },
)

rule(
  {
    area: 'Directory objects',
    says: 'getByIds takes up to 1000 ids, or as many as the switch says; one more is 400',
    source: 'Microsoft Graph, directoryObject: getByIds',
    unconfirmed: 'getByIdsLimit',
  },
  async () => {
    const ask = ({ call }: TestTenant, count: number): Promise<Answer> =>
      call('POST /directoryObjects/getByIds', { ids: Array.from({ length: count }, () => ADA) })
    const usual = seeded(undefined)
    expect([(await ask(usual, 1000)).status, outcome(await ask(usual, 1001)).slice(0, 22)]).toEqual([
      200,
      '400 Request_BadRequest',
    ])
    const fewer = seeded(undefined, { switches: { getByIdsLimit: 20 } })
    expect([(await ask(fewer, 20)).status, (await ask(fewer, 21)).status]).toEqual([200, 400])
  },
)

rule(
  {
    area: 'Tenant',
    says: 'the verifiedDomains of the organization say Federated or Managed as the authenticationType of the domain does',
    source: 'Microsoft Graph, verifiedDomain resource type; domain resource type',
  },
  async () => {
    const { call } = seeded(undefined)
    const [organization = {}] = (await call('GET /organization')).value
    const verified = organization.verifiedDomains as readonly Record<string, unknown>[]
    const types = verified.map(({ name, type }) => [name, type])
    expect(types).toEqual([
      ['example.com', 'Federated'],
      ['example.onmicrosoft.com', 'Managed'],
    ])
    const domains = (await call('GET /domains')).value
    expect(domains.map(({ id, authenticationType }) => [id, authenticationType])).toEqual(types)
  },
)

rule(
  {
    area: 'Permissions: users',
    says: 'User.ReadUpdate.All changes no user, unless the switch says so; it creates and deletes none in any case',
    source: 'Microsoft Graph permissions reference',
    unconfirmed: 'userReadUpdateAll',
  },
  async () => {
    const patch = ({ call }: TestTenant): Promise<Answer> => call(`PATCH /users/${ADA}`, { city: 'Rome' })
    expect(outcome(await patch(seeded(['User.ReadUpdate.All'])))).toBe(DENIED)
    const open = seeded(['User.ReadUpdate.All'], { switches: { userReadUpdateAll: true } })
    expect((await patch(open)).status).toBe(204)
    expect(outcome(await open.call(`DELETE /users/${ADA}`))).toBe(DENIED)
  },
)

rule(
  {
    area: 'Permissions: users',
    says: 'the manager is read with User.Read.All, not User.ReadBasic.All, and removed with User.ReadWrite.All; memberOf is read with GroupMember.ReadBasic.All, Group.ReadBasic.All or Directory.Read.All; deleting works with User.ReadWrite.All too',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const manager = `/users/${ADA}/manager`
    expect(outcome(await seeded(['User.ReadBasic.All']).call(`GET ${manager}`))).toBe(DENIED)
    expect((await seeded(['User.Read.All']).call(`GET ${manager}`)).body.id).toBe(BOB)
    expect(outcome(await seeded(['User.Read.All']).call(`DELETE ${manager}/$ref`))).toBe(DENIED)
    expect((await seeded(['User.ReadWrite.All']).call(`DELETE ${manager}/$ref`)).status).toBe(204)
    expect((await seeded(['User.ReadWrite.All']).call(`PUT ${manager}/$ref`, ref(BOB))).status).toBe(204)
    for (const permission of ['GroupMember.ReadBasic.All', 'Group.ReadBasic.All', 'Directory.Read.All'])
      expect((await seeded([permission]).call(`GET /users/${ADA}/memberOf`)).status).toBe(200)
    expect(outcome(await seeded(['User.Read.All']).call(`GET /users/${ADA}/memberOf`))).toBe(DENIED)
    expect((await seeded(['User.ReadWrite.All']).call(`DELETE /users/${ADA}`)).status).toBe(204)
    expect(outcome(await seeded(['User.ReadBasic.All']).call('GET /users/delta'))).toBe(DENIED)
  },
)

rule(
  {
    area: 'Permissions: administrators',
    says: 'a deleted user who holds an admin role is not restored or purged by an application without a higher role: 403 Authorization_RequestDenied',
    source: 'Microsoft Graph, Who can perform sensitive actions',
  },
  async () => {
    const item = `/directory/deletedItems/${ADA}`
    const roles = [{ role: 'Security Administrator', principal: ADA }]
    const binned = (roleAssignments: EntraState['roleAssignments']): EntraState => ({
      users: [{ id: ADA, userPrincipalName: 'ada@example.com', deletedDateTime: '2026-03-01T00:00:00Z' }],
      roleAssignments: roleAssignments ?? [],
    })
    const { call } = seeded(['User.ReadWrite.All'], binned(roles))
    expect(outcome(await call(`POST ${item}/restore`))).toBe(DENIED)
    expect(outcome(await call(`DELETE ${item}`))).toBe(DENIED)
    const higher = binned([...roles, { role: 'Global Administrator', principal: SP }])
    expect((await seeded(['User.ReadWrite.All'], higher).call(`POST ${item}/restore`)).status).toBe(200)
  },
)

rule(
  {
    area: 'Authentication methods',
    says: 'each kind has its own permission: UserAuthMethod-Phone, -MicrosoftAuthApp, -Passkey, -SoftwareOATH, -Email, -WindowsHello, -TAP and -Password.ReadWrite.All open that kind and no other',
    source: 'Microsoft Graph permissions reference',
  },
  async () => {
    const kinds = {
      Phone: 'phoneMethods',
      MicrosoftAuthApp: 'microsoftAuthenticatorMethods',
      Passkey: 'fido2Methods',
      SoftwareOATH: 'softwareOathMethods',
      Email: 'emailMethods',
      WindowsHello: 'windowsHelloForBusinessMethods',
      TAP: 'temporaryAccessPassMethods',
      Password: 'passwordMethods',
    }
    for (const [name, path] of Object.entries(kinds)) {
      const { call } = seeded([`UserAuthMethod-${name}.ReadWrite.All`])
      const opened: string[] = []
      for (const other of Object.values(kinds))
        if ((await call(`GET /users/${ADA}/authentication/${other}`)).status === 200) opened.push(other)
      expect([name, opened]).toEqual([name, [path]])
    }
  },
)

rule(
  {
    area: 'Temporary Access Pass',
    says: 'a user has one pass at most: a new one takes the place of one that is still valid, which is deleted',
    source: 'Microsoft Graph, Create temporaryAccessPassMethod',
  },
  async () => {
    const { call } = seeded(['UserAuthenticationMethod.ReadWrite.All'])
    const passes = `/users/${ADA}/authentication/temporaryAccessPassMethods`
    const first = (await call(`POST ${passes}`, {})).body.id
    const second = (await call(`POST ${passes}`, {})).body.id
    expect((await call(`GET ${passes}`)).value).toMatchObject([{ id: second, isUsable: true }])
    expect((await call(`GET ${passes}/${first}`)).status).toBe(404)
  },
)
