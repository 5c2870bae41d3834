import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const TENANT = 'dddddddd-0000-4000-8000-00000000000a'
const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const E5 = '06ebc4ee-1bb5-47dd-8120-11324bc54e06'

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    tenant: { id: TENANT, domains: ['example.com'] },
    applications: [{ permissions: ['LicenseAssignment.ReadWrite.All', 'Directory.Read.All'] }],
    subscribedSkus: [{ skuId: E5, skuPartNumber: 'SPE_E5', enabled: 1 }],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', usageLocation: 'GB' },
      { id: BOB, userPrincipalName: 'bob@example.com', usageLocation: 'GB' },
    ],
    groups: [{ id: ENG, displayName: 'Eng', members: [ADA], assignedLicenses: [{ skuId: E5 }] }],
    ...more,
  })

const change = (add: readonly string[], remove: readonly string[] = []): Record<string, unknown> => ({
  addLicenses: add.map(skuId => ({ skuId, disabledPlans: [] })),
  removeLicenses: remove,
})
const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`

rule(
  {
    area: 'Licences: groups',
    says: 'assignLicense of a group is 202 with the group in the body and a location header that ends in Microsoft.DirectoryServices.Group',
    source: 'Microsoft Graph, group: assignLicense',
  },
  async () => {
    const { status, body, header } = await seeded().call(`POST /groups/${ENG}/assignLicense`, change([], [E5]))
    expect([status, body.id, body.displayName]).toEqual([202, ENG, 'Eng'])
    expect(header('location')).toMatch(
      new RegExp(`^https://.+/v2/${TENANT}/directoryObjects/${ENG}/Microsoft.DirectoryServices.Group$`),
    )
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'assignLicense of a user is 200, or 202 by switch; the user is in the body either way',
    source: 'Microsoft Graph, user: assignLicense',
    unconfirmed: 'userLicenceStatus',
  },
  async () => {
    for (const userLicenceStatus of [200, 202] as const) {
      const { call } = seeded({ groups: [], switches: { userLicenceStatus } })
      const answer = await call(`POST /users/${ADA}/assignLicense`, change([E5]))
      expect([answer.status, answer.body.id]).toEqual([userLicenceStatus, ADA])
    }
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'without addLicenses or removeLicenses it is 400 "One or more parameters of the operation \'assignLicense\' are missing from the request payload. The missing parameters are: removeLicenses."',
    source: 'Issues of microsoftgraph/msgraph-sdk-powershell',
  },
  async () => {
    const { call } = seeded()
    const { removeLicenses: _removed, ...onlyAdd } = change([E5])
    for (const path of [`/users/${BOB}`, `/groups/${ENG}`])
      expect(outcome(await call(`POST ${path}/assignLicense`, onlyAdd))).toBe(
        "400 Request_BadRequest One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: removeLicenses.",
      )
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'a product that the tenant has not subscribed to is 400 Request_BadRequest "License {skuId} does not correspond to a valid company License."',
    source: 'CLI for Microsoft 365; HelloID connectors',
  },
  async () => {
    const unknown = '0118a350-71fc-4ec3-8f0c-6a1cb8867561'
    expect(outcome(await seeded().call(`POST /users/${BOB}/assignLicense`, change([unknown])))).toBe(
      `400 Request_BadRequest License ${unknown} does not correspond to a valid company License.`,
    )
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'the words for a product without a free seat are a switch, in which {skuId} stands for the product',
    source: 'Error texts that several public clients expect of Microsoft Graph',
    unconfirmed: 'noSeatMessage',
  },
  async () => {
    const take = async (more: EntraState): Promise<string> =>
      outcome(await seeded(more).call(`POST /users/${BOB}/assignLicense`, change([E5])))
    expect(await take({})).toBe(
      `400 Request_BadRequest Subscription with SKU ${E5} does not have any available licenses.`,
    )
    expect(await take({ switches: { noSeatMessage: 'No {skuId} left.' } })).toBe(
      `400 Request_BadRequest No ${E5} left.`,
    )
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'the removal of a licence that comes through a group is 400 Request_BadRequest "User license is inherited from a group membership and it cannot be removed directly from the user."; the words are a switch',
    source: 'Error texts that several public clients expect of Microsoft Graph',
    unconfirmed: 'inheritedLicenceMessage',
  },
  async () => {
    const remove = async (more: EntraState): Promise<string> =>
      outcome(await seeded(more).call(`POST /users/${ADA}/assignLicense`, change([], [E5])))
    expect(await remove({})).toBe(
      '400 Request_BadRequest User license is inherited from a group membership and it cannot be removed directly from the user.',
    )
    expect(await remove({ switches: { inheritedLicenceMessage: 'It is inherited.' } })).toBe(
      '400 Request_BadRequest It is inherited.',
    )
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'a user whom a local directory masters is given licences and roles like any other',
    source: 'Microsoft Graph, Update user',
  },
  async () => {
    const { call } = seeded({
      applications: [{ permissions: ['LicenseAssignment.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'] }],
      users: [{ id: ADA, userPrincipalName: 'ada@example.com', usageLocation: 'GB', onPremisesSyncEnabled: true }],
      groups: [],
    })
    expect((await call(`POST /users/${ADA}/assignLicense`, change([E5]))).status).toBe(200)
    const assignment = {
      roleDefinitionId: '4a5d8f65-41da-4de4-8968-e035b65339cf',
      principalId: ADA,
      directoryScopeId: '/',
    }
    expect((await call('POST /roleManagement/directory/roleAssignments', assignment)).status).toBe(201)
  },
)

const EXCHANGE_1 = '9aaf7827-d63c-4b61-89c3-182f06f82e5c'
const EXCHANGE_2 = 'efb87545-963c-4e0d-99df-69c6916d9eb0'
const DEFENDER = '4828c8ec-dc2e-4779-b502-87ac9ce28ab7'
const E1 = '18181a46-0d4e-45cd-891e-60aabd171b4e'
const ADD_ON = '66b55226-6b4f-492c-910c-a3b7a3c9d993'
const subscribedSkus = [
  {
    skuId: E5,
    skuPartNumber: 'SPE_E5',
    servicePlans: [{ servicePlanId: EXCHANGE_2, servicePlanName: 'EXCHANGE_ENTERPRISE', excludes: [EXCHANGE_1] }],
    prohibitedIn: ['KP'],
  },
  {
    skuId: E1,
    skuPartNumber: 'STANDARDPACK',
    servicePlans: [{ servicePlanId: EXCHANGE_1, servicePlanName: 'EXCHANGE_S_STANDARD' }],
  },
  {
    skuId: ADD_ON,
    skuPartNumber: 'THREAT_INTELLIGENCE',
    servicePlans: [{ servicePlanId: DEFENDER, servicePlanName: 'THREAT_INTELLIGENCE', dependsOn: [EXCHANGE_2] }],
  },
]

rule(
  {
    area: 'Licences: users',
    says: 'products whose plans exclude each other are 400 Request_BadRequest "License assignment failed because service plans {id}, {id} are mutually exclusive."; a plan that lacks another is "… service plan {id} depends on the service plan(s) {id}", on removal too; all in one call works',
    source: 'Microsoft Entra, Identify and resolve license assignment problems for a group',
  },
  async () => {
    const { call } = seeded({ subscribedSkus, groups: [{ id: ENG, displayName: 'Eng' }] })
    for (const path of [`/users/${ADA}`, `/groups/${ENG}`]) {
      const assign = async (add: readonly string[], remove: readonly string[] = []): Promise<string> =>
        outcome(await call(`POST ${path}/assignLicense`, change(add, remove)))
      expect(await assign([E5, E1])).toBe(
        `400 Request_BadRequest License assignment failed because service plans ${EXCHANGE_2}, ${EXCHANGE_1} are mutually exclusive.`,
      )
      const lacking = `400 Request_BadRequest License assignment failed because service plan ${DEFENDER} depends on the service plan(s) ${EXCHANGE_2}`
      expect(await assign([ADD_ON])).toBe(lacking)
      expect(await assign([ADD_ON, E5])).toMatch(/^20[02] /)
      expect(await assign([], [E5])).toBe(lacking)
    }
  },
)

rule(
  {
    area: 'Licences: groups',
    says: 'a member whom a product of the group does not go with has state Error with MutuallyExclusiveViolation, DependencyViolation or ProhibitedInUsageLocationViolation, and what he has works on',
    source: 'Microsoft Graph, licenseAssignmentState resource type',
  },
  async () => {
    const errorOf = async (user: Record<string, unknown>, groupHas: string): Promise<unknown> => {
      const group = { id: ENG, displayName: 'Eng', members: [ADA], assignedLicenses: [{ skuId: groupHas }] }
      const users = [{ id: ADA, userPrincipalName: 'ada@example.com', usageLocation: 'GB', ...user }]
      const { call } = seeded({ subscribedSkus, users, groups: [group] })
      const { body } = await call(`GET /users/${ADA}?$select=licenseAssignmentStates,assignedLicenses`)
      const states = body.licenseAssignmentStates as readonly Record<string, unknown>[]
      const inherited = states.find(({ assignedByGroup }) => assignedByGroup === ENG)
      return [inherited?.state, inherited?.error, (body.assignedLicenses as readonly unknown[]).length]
    }
    expect(await errorOf({ assignedLicenses: [{ skuId: E1 }] }, E5)).toEqual(['Error', 'MutuallyExclusiveViolation', 1])
    expect(await errorOf({ usageLocation: 'KP' }, E5)).toEqual(['Error', 'ProhibitedInUsageLocationViolation', 0])
    expect(await errorOf({}, ADD_ON)).toEqual(['Error', 'DependencyViolation', 0])
    expect(await errorOf({ assignedLicenses: [{ skuId: E5 }] }, ADD_ON)).toEqual(['Active', 'None', 2])
  },
)
