import { expect } from 'vitest'
import type { EntraState } from '../../../src/simulator/entra/index.ts'
import { type Answer, binds, type TestTenant, testTenant } from '../../../src/simulator/entra/testkit.ts'
import { rule } from '../rule.ts'

const ADA = 'aaaaaaaa-0000-4000-8000-000000000001'
const BOB = 'aaaaaaaa-0000-4000-8000-000000000002'
const CYN = 'aaaaaaaa-0000-4000-8000-000000000003'
const ENG = 'bbbbbbbb-0000-4000-8000-000000000001'
const E5 = '06ebc4ee-1bb5-47dd-8120-11324bc54e06'
const F3 = '66b55226-6b4f-492c-910c-a3b7a3c9d993'
const TEAMS = '57ff2da0-773e-42df-b2af-ffb7a2317929'

const seeded = (more: EntraState = {}): TestTenant =>
  testTenant({
    tenant: { id: 'dddddddd-0000-4000-8000-00000000000a', displayName: 'Example', domains: ['example.com'] },
    applications: [
      {
        permissions: [
          'LicenseAssignment.ReadWrite.All',
          'Directory.Read.All',
          'Group.ReadWrite.All',
          'User.ReadWrite.All',
        ],
      },
    ],
    subscribedSkus: [
      {
        skuId: E5,
        skuPartNumber: 'SPE_E5',
        enabled: 1,
        servicePlans: [{ servicePlanId: TEAMS, servicePlanName: 'TEAMS1' }],
      },
      { skuId: F3, skuPartNumber: 'SPE_F1' },
    ],
    users: [
      { id: ADA, userPrincipalName: 'ada@example.com', usageLocation: 'GB' },
      { id: BOB, userPrincipalName: 'bob@example.com', usageLocation: 'GB' },
      { id: CYN, userPrincipalName: 'cyn@example.com' },
    ],
    groups: [{ id: ENG, displayName: 'Eng', members: ['ada@example.com', 'bob@example.com'] }],
    ...more,
  })

const change = (add: readonly string[], remove: readonly string[] = []): Record<string, unknown> => ({
  addLicenses: add.map(skuId => ({ skuId, disabledPlans: [] })),
  removeLicenses: remove,
})
const outcome = ({ status, code, message }: Answer): string => `${status} ${code} ${message}`
const states = async ({ call }: TestTenant, user: string): Promise<unknown> =>
  (await call(`GET /users/${user}?$select=licenseAssignmentStates`)).body.licenseAssignmentStates

rule(
  {
    area: 'Licences: products',
    says: 'GET /subscribedSkus lists products with skuId, skuPartNumber, prepaidUnits, consumedUnits and servicePlans; the id joins tenant and skuId',
    source: 'Microsoft Graph, List subscribedSkus',
  },
  async () => {
    const { call, tenant } = seeded()
    await call(`POST /users/${ADA}/assignLicense`, change([E5]))
    const { value } = await call('GET /subscribedSkus')
    expect(value[0]).toEqual({
      id: `${tenant.tenantId}_${E5}`,
      accountId: tenant.tenantId,
      accountName: 'Example',
      appliesTo: 'User',
      capabilityStatus: 'Enabled',
      consumedUnits: 1,
      prepaidUnits: { enabled: 1, suspended: 0, warning: 0, lockedOut: 0 },
      servicePlans: [
        { servicePlanId: TEAMS, servicePlanName: 'TEAMS1', provisioningStatus: 'Success', appliesTo: 'User' },
      ],
      skuId: E5,
      skuPartNumber: 'SPE_E5',
      subscriptionIds: [],
    })
    expect((await call(`GET /subscribedSkus/${tenant.tenantId}_${F3}`)).body.skuPartNumber).toBe('SPE_F1')
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'assignLicense is 200 with the user; assignedLicenses, licenseDetails and licenseAssignmentStates follow at once, with assignedByGroup null and state Active',
    source: 'Microsoft Graph, user: assignLicense',
  },
  async () => {
    const tenant = seeded()
    const body = { addLicenses: [{ skuId: E5, disabledPlans: [TEAMS] }], removeLicenses: [] }
    const answer = await tenant.call(`POST /users/${ADA}/assignLicense`, body)
    expect([answer.status, answer.body.id]).toEqual([200, ADA])
    const { body: user } = await tenant.call(`GET /users/${ADA}?$select=assignedLicenses`)
    expect(user.assignedLicenses).toEqual([{ disabledPlans: [TEAMS], skuId: E5 }])
    expect(await states(tenant, ADA)).toMatchObject([
      { skuId: E5, assignedByGroup: null, state: 'Active', error: 'None' },
    ])
    expect((await tenant.call(`GET /users/${ADA}/licenseDetails`)).value).toMatchObject([
      { skuId: E5, skuPartNumber: 'SPE_E5', servicePlans: [{ servicePlanId: TEAMS, provisioningStatus: 'Disabled' }] },
    ])
    expect((await tenant.call(`POST /users/${ADA}/assignLicense`, change([F3], [E5]))).status).toBe(200)
    expect((await tenant.call(`GET /users/${ADA}/licenseDetails`)).value).toMatchObject([{ skuId: F3 }])
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'addLicenses and removeLicenses are both required',
    source: 'Microsoft Graph, user: assignLicense',
  },
  async () => {
    const { call } = seeded()
    const { addLicenses, removeLicenses } = change([E5])
    expect((await call(`POST /users/${ADA}/assignLicense`, { addLicenses })).message).toMatch(/removeLicenses/)
    expect((await call(`POST /users/${ADA}/assignLicense`, { removeLicenses })).status).toBe(400)
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'a user without usageLocation is 400 Request_BadRequest "License assignment cannot be done for user with invalid usage location."',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    expect(outcome(await seeded().call(`POST /users/${CYN}/assignLicense`, change([E5])))).toBe(
      '400 Request_BadRequest License assignment cannot be done for user with invalid usage location.',
    )
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'no seat left is 400 Request_BadRequest "Subscription with SKU {skuId} does not have any available licenses."; the seat of who goes to the bin is free',
    source: 'Error texts that several public clients expect of Microsoft Graph',
  },
  async () => {
    const { call } = seeded()
    await call(`POST /users/${ADA}/assignLicense`, change([E5]))
    expect(outcome(await call(`POST /users/${BOB}/assignLicense`, change([E5])))).toBe(
      `400 Request_BadRequest Subscription with SKU ${E5} does not have any available licenses.`,
    )
    expect((await call(`POST /users/${ADA}/assignLicense`, change([E5]))).status).toBe(200)
    await call(`DELETE /users/${ADA}`)
    expect((await call(`POST /users/${BOB}/assignLicense`, change([E5]))).status).toBe(200)
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'a licence that the user does not hold, or only through a group, cannot be removed: 400',
    source: 'Microsoft Graph, user: assignLicense',
  },
  async () => {
    const { call } = seeded({
      groups: [{ id: ENG, displayName: 'Eng', members: [ADA], assignedLicenses: [{ skuId: E5 }] }],
    })
    expect(outcome(await call(`POST /users/${BOB}/assignLicense`, change([], [E5])))).toBe(
      '400 Request_BadRequest User does not have a corresponding license.',
    )
    expect(outcome(await call(`POST /users/${ADA}/assignLicense`, change([], [E5])))).toMatch(
      /^400 Request_BadRequest User license is inherited from a group membership/,
    )
  },
)

rule(
  {
    area: 'Licences: users',
    says: 'overlapping assignments to one user are 409 Directory_ConcurrencyViolation',
    source: 'Error texts that several public clients expect of Microsoft Graph',
    unconfirmed: 'concurrentWriteMs',
  },
  async () => {
    const { call, clock } = seeded({ switches: { concurrentWriteMs: 1000 } })
    expect((await call(`POST /users/${ADA}/assignLicense`, change([E5]))).status).toBe(200)
    const second = await call(`POST /users/${ADA}/assignLicense`, change([F3]))
    expect([second.status, second.code]).toEqual([409, 'Directory_ConcurrencyViolation'])
    clock.advance(2000)
    expect((await call(`POST /users/${ADA}/assignLicense`, change([F3]))).status).toBe(200)
  },
)

rule(
  {
    area: 'Licences: groups',
    says: 'assignLicense of a group is accepted and handed to the members later: QueuedForProcessing, ProcessingInProgress, ProcessingComplete',
    source: 'Microsoft Graph, group: assignLicense',
    unconfirmed: 'licenceSeconds',
  },
  async () => {
    const tenant = seeded({ switches: { licenceSeconds: 60 } })
    const { call, clock } = tenant
    const processing = async (): Promise<unknown> =>
      (await call(`GET /groups/${ENG}?$select=licenseProcessingState`)).body.licenseProcessingState
    const answer = await call(`POST /groups/${ENG}/assignLicense`, change([F3]))
    expect([answer.status, answer.body.id]).toEqual([202, ENG])
    expect([await processing(), await states(tenant, ADA)]).toEqual([{ state: 'QueuedForProcessing' }, []])
    clock.advance(30_000)
    expect([await processing(), await states(tenant, ADA)]).toEqual([{ state: 'ProcessingInProgress' }, []])
    clock.advance(30_000)
    expect(await processing()).toEqual({ state: 'ProcessingComplete' })
    expect(await states(tenant, ADA)).toMatchObject([{ skuId: F3, assignedByGroup: ENG, state: 'Active' }])
  },
)

rule(
  {
    area: 'Licences: groups',
    says: 'a member for whom there is no seat has state Error with CountViolation, the group hasMembersWithLicenseErrors, and reprocessLicenseAssignment tries again',
    source: 'Microsoft Graph, licenseAssignmentState resource type',
  },
  async () => {
    const tenant = seeded({ switches: { licenceSeconds: 0 } })
    const { call } = tenant
    await call(`POST /groups/${ENG}/assignLicense`, change([E5]))
    expect(await states(tenant, BOB)).toMatchObject([
      { skuId: E5, assignedByGroup: ENG, state: 'Error', error: 'CountViolation' },
    ])
    expect((await call('GET /groups?$filter=hasMembersWithLicenseErrors eq true')).value).toMatchObject([{ id: ENG }])
    expect((await call(`GET /groups/${ENG}/membersWithLicenseErrors`)).value).toMatchObject([{ id: BOB }])
    await call(`DELETE /users/${ADA}`)
    expect((await call(`POST /users/${BOB}/reprocessLicenseAssignment`)).status).toBe(200)
    expect(await states(tenant, BOB)).toMatchObject([{ skuId: E5, state: 'Active' }])
  },
)

rule(
  {
    area: 'Licences: groups',
    says: 'who joins a licensed group gets its licences, who leaves loses them, and members of nested groups get none',
    source: 'Microsoft Entra, Group-based licensing',
  },
  async () => {
    const tenant = seeded({
      switches: { licenceSeconds: 0 },
      groups: [
        { id: ENG, displayName: 'Eng', members: ['Inner'], assignedLicenses: [{ skuPartNumber: 'SPE_F1' }] },
        { displayName: 'Inner', members: ['bob@example.com'] },
      ],
    })
    await tenant.call(`PATCH /groups/${ENG}`, { 'members@odata.bind': binds(CYN) })
    expect(await states(tenant, CYN)).toMatchObject([{ skuId: F3, assignedByGroup: ENG, state: 'Active' }])
    expect(await states(tenant, BOB)).toEqual([])
    await tenant.call(`DELETE /groups/${ENG}/members/${CYN}/$ref`)
    expect(await states(tenant, CYN)).toEqual([])
  },
)
