import { afterEach, expect, test } from 'vitest'
import { EntraScene } from '../../../test/support/entra-scene.ts'
import { entraTenant } from '../../../test/support/entra-tenant.ts'
import type { Entitlement, EntitlementKind, Resolution } from '../../model/entitlement.ts'
import type { AccountId, EntitlementId } from '../../model/ids.ts'
import { entitlementKey } from '../../model/keys.ts'
import type { OperationVerb, Outcome } from '../../model/plan.ts'
import type { EntraState } from '../../simulator/entra/index.ts'

const signal = new AbortController().signal
let scene: EntraScene

afterEach(async () => {
  await scene.tenant.close()
})

const READER = 'e1c1f7a0-5a54-4c3a-9a51-7f4c0f6f1a01'
const WRITER = 'e1c1f7a0-5a54-4c3a-9a51-7f4c0f6f1a02'
const ROBOT = 'e1c1f7a0-5a54-4c3a-9a51-7f4c0f6f1a03'
const OLD = 'e1c1f7a0-5a54-4c3a-9a51-7f4c0f6f1a04'

const role = (id: string, value: string, more: object = {}) => ({
  id,
  value,
  displayName: `${value} of things`,
  description: value,
  isEnabled: true,
  allowedMemberTypes: ['User'],
  ...more,
})

const payroll = {
  displayName: 'Payroll',
  appRoles: [
    role(READER, 'Reader'),
    role(WRITER, 'Writer'),
    role(ROBOT, 'Robot', { allowedMemberTypes: ['Application'] }),
    role(OLD, 'Old', { isEnabled: false }),
  ],
}

const PERMISSIONS = [
  'User.ReadWrite.All',
  'GroupMember.ReadWrite.All',
  'Group.ReadWrite.All',
  'AdministrativeUnit.ReadWrite.All',
  'Application.Read.All',
  'AppRoleAssignment.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'LicenseAssignment.ReadWrite.All',
]

const people = ['ada', 'bob', 'cyd'].map(name => ({
  userPrincipalName: `${name}@example.com`,
  displayName: name,
  usageLocation: 'GB',
}))

async function start(state: EntraState = {}): Promise<void> {
  scene = new EntraScene(
    await entraTenant({
      users: people,
      servicePrincipals: [payroll],
      subscribedSkus: [{ skuPartNumber: 'SPE_E3', enabled: 2 }],
      applications: [{ permissions: PERMISSIONS }],
      ...state,
      groups: [{ displayName: 'tenure-managed' }, { displayName: 'tenure-managed-blocked' }, ...(state.groups ?? [])],
    }),
  )
}

const idOf = (name: string): AccountId =>
  String(scene.tenant.state.users?.find(user => user.userPrincipalName === `${name}@example.com`)?.id) as AccountId

async function resolved(kind: EntitlementKind, name: string): Promise<Resolution | undefined> {
  return (await scene.provider.catalog([{ kind, name }], signal)).entitlements.get(entitlementKey({ kind, name }))
}

async function found(kind: EntitlementKind, name: string): Promise<Entitlement> {
  const resolution = await resolved(kind, name)
  if (resolution?.kind !== 'Found') throw new Error(`${kind} ${name} is ${resolution?.kind ?? 'not resolved'}`)
  return resolution.entitlement
}

const grant = (entitlement: Entitlement): OperationVerb => ({ kind: 'grant', entitlement, mappings: [] })
const revoke = (entitlement: Entitlement): OperationVerb => ({ kind: 'revoke', entitlement })

async function holders(entitlement: Entitlement) {
  const snapshot = await scene.provider.snapshot({ bound: [], entitlements: [entitlement] }, signal)
  const names = (ids: ReadonlySet<AccountId> | undefined): string[] =>
    ['ada', 'bob', 'cyd'].filter(name => ids?.has(idOf(name)) === true)
  return {
    direct: names(snapshot.members.get(entitlement.id)),
    inherited: names(snapshot.inherited?.get(entitlement.id)),
  }
}

async function held(name: string): Promise<readonly (readonly [EntitlementKind, EntitlementId])[]> {
  const [result] = await scene.provider.lookup([{ kind: 'Id', id: idOf(name) }], signal)
  return (result?.accounts[0]?.held ?? []).map(one => [one.kind, one.id] as const)
}

const message = (outcome: Outcome): string => ('message' in outcome ? outcome.message : '')

test.each<readonly [EntitlementKind, string]>([
  ['App', 'Payroll'],
  ['App', 'Payroll/Reader'],
  ['App', 'Payroll/Writer of things'],
  ['DirectoryRole', 'Helpdesk Administrator'],
  ['License', 'SPE_E3'],
  ['AdministrativeUnit', 'West'],
])('%s %s is given, seen by everybody who reads, taken, and both twice do no harm', async (kind, name) => {
  await start({ administrativeUnits: [{ displayName: 'West' }] })
  const entitlement = await found(kind, name)
  expect(entitlement.privileged).toBe(kind === 'DirectoryRole')
  for (let twice = 0; twice < 2; twice += 1)
    expect(await scene.run(grant(entitlement), idOf('ada'))).toMatchObject({ kind: 'applied' })
  expect(await holders(entitlement)).toEqual({ direct: ['ada'], inherited: [] })
  expect(await held('ada')).toEqual([[kind, entitlement.id]])
  for (let twice = 0; twice < 2; twice += 1)
    expect(await scene.run(revoke(entitlement), idOf('ada'))).toMatchObject({ kind: 'applied' })
  expect(await holders(entitlement)).toEqual({ direct: [], inherited: [] })
  expect(await held('ada')).toEqual([])
})

test('what comes through a group is inherited: not missing, and not held directly', async () => {
  await start({
    groups: [{ displayName: 'Staff', isAssignableToRole: true, members: ['bob@example.com'] }],
    appRoleAssignments: [{ principal: 'Staff', resource: 'Payroll', appRoleId: READER }],
    roleAssignments: [{ role: 'Helpdesk Administrator', principal: 'Staff' }],
  })
  for (const [kind, name] of [
    ['App', 'Payroll/Reader'],
    ['DirectoryRole', 'Helpdesk Administrator'],
  ] as const) {
    const entitlement = await found(kind, name)
    expect(await scene.run(grant(entitlement), idOf('ada'))).toMatchObject({ kind: 'applied' })
    expect(await holders(entitlement)).toEqual({ direct: ['ada'], inherited: ['bob'] })
  }
  expect((await held('bob')).map(([kind]) => kind)).toEqual(['Group'])
})

test('a licence of a group is inherited, is not taken from its members, and a direct one is', async () => {
  await start({
    groups: [
      { displayName: 'Licensed', members: ['bob@example.com'], assignedLicenses: [{ skuPartNumber: 'SPE_E3' }] },
    ],
  })
  scene.tenant.simulator.clock.advance(120_000)
  const licence = await found('License', 'SPE_E3')
  expect(await scene.run(grant(licence), idOf('ada'))).toMatchObject({ kind: 'applied' })
  expect(await holders(licence)).toEqual({ direct: ['ada'], inherited: ['bob'] })
  expect(await scene.run(revoke(licence), idOf('bob'))).toMatchObject({ kind: 'applied' })
  expect(await holders(licence)).toEqual({ direct: ['ada'], inherited: ['bob'] })
  expect((await held('bob')).map(([kind]) => kind)).toEqual(['Group'])
})

test('a licence that has no seat left, or nobody knows the country of, says so for that one person', async () => {
  await start({ users: [...people, { userPrincipalName: 'dan@example.com', displayName: 'dan' }] })
  const licence = await found('License', 'SPE_E3')
  const dan = await scene.run(grant(licence), idOf('dan'))
  expect(dan).toMatchObject({ kind: 'failed' })
  expect(message(dan)).toMatch(/SPE_E3 needs a usage location.*address\.country/)
  for (const name of ['ada', 'bob']) await scene.run(grant(licence), idOf(name))
  expect(message(await scene.run(grant(licence), idOf('cyd')))).toMatch(/No seat of the licence SPE_E3 is free/)
})

test('a name that may mean two things, or a role that no user can hold, is said and not guessed', async () => {
  await start({
    servicePrincipals: [payroll, { displayName: 'Twin' }, { displayName: 'Twin' }, { displayName: 'Payroll/Reader' }],
  })
  expect(await resolved('App', 'Twin')).toMatchObject({
    kind: 'Ambiguous',
    ids: [expect.any(String), expect.any(String)],
  })
  expect(await resolved('App', 'Payroll/Reader')).toMatchObject({ kind: 'Ambiguous' })
  expect(await resolved('App', 'Payroll/Robot')).toMatchObject({
    kind: 'Unsupported',
    why: expect.stringMatching(/applications/),
  })
  expect(await resolved('App', 'Payroll/Old')).toMatchObject({
    kind: 'Unsupported',
    why: expect.stringMatching(/disabled/),
  })
  expect(await resolved('App', 'Payroll/None')).toEqual({ kind: 'Missing' })
  expect(await resolved('DirectoryRole', 'King')).toEqual({ kind: 'Missing' })
  expect(await resolved('License', 'SPE_E9')).toEqual({ kind: 'Missing' })
})

test('a kind that the application may not read names the permission, and stops nothing else', async () => {
  await start({ applications: [{ permissions: ['User.ReadWrite.All', 'GroupMember.ReadWrite.All'] }] })
  for (const [kind, permission] of [
    ['App', 'Application.Read.All'],
    ['DirectoryRole', 'RoleManagement.Read.Directory'],
    ['License', 'LicenseAssignment.Read.All'],
    ['AdministrativeUnit', 'AdministrativeUnit.Read.All'],
  ] as const) {
    expect(await resolved(kind, 'x')).toMatchObject({ kind: 'Unsupported', why: expect.stringContaining(permission) })
  }
  expect(await resolved('Group', 'tenure-managed')).toMatchObject({ kind: 'Found' })
})

test('an id names any of them, and stays the same through its name', async () => {
  await start()
  for (const [kind, name] of [
    ['App', 'Payroll'],
    ['App', 'Payroll/Reader'],
    ['DirectoryRole', 'Helpdesk Administrator'],
    ['License', 'SPE_E3'],
  ] as const) {
    const { id } = await found(kind, name)
    expect((await found(kind, `id:${id}`)).id).toBe(id)
  }
})
