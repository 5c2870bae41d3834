import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EntraScene, entraScene } from '../../../test/support/entra-scene.ts'
import type { OperationVerb } from '../../model/plan.ts'

const signal = new AbortController().signal
let scene: EntraScene

beforeEach(async () => {
  scene = await entraScene()
})
afterEach(async () => {
  await scene.tenant.close()
})

test('a second grant of an administrative unit, which the vendor calls a conflict, is success', async () => {
  const unit = scene.entitlement('AdministrativeUnit', {})
  const id = scene.seed('ada')
  const grant: OperationVerb = { kind: 'grant', entitlement: unit, mappings: ['m'] }
  expect([(await scene.run(grant, id)).kind, (await scene.run(grant, id)).kind]).toEqual(['applied', 'applied'])
  expect(scene.membersOf(unit.id)).toEqual([id])
})

test('the same words about a conflict are no success while the person is not in the unit', async () => {
  const unit = scene.entitlement('AdministrativeUnit', {})
  const id = scene.seed('ada')
  const message = 'A conflicting object with one or more of the specified property values is present in the directory.'
  const body = { error: { code: 'Request_BadRequest', message } }
  scene.tenant.simulator.faults.add({ method: 'POST', path: '/v1.0/directory/*', fault: 'status', status: 400, body })
  expect(await scene.run({ kind: 'grant', entitlement: unit, mappings: ['m'] }, id)).toMatchObject({ kind: 'failed' })
})

test.each([404, 400] as const)(
  'revoking what is not held is success, whether the vendor says %i or not',
  async status => {
    scene.tenant.set({ switches: { ...scene.tenant.state.switches, removeNonMemberStatus: status } })
    const group = scene.entitlement('Group', {})
    expect(await scene.run({ kind: 'revoke', entitlement: group }, scene.seed('ada'))).toMatchObject({
      kind: 'applied',
    })
  },
)

test('a 404 of a revoke is no success while the person is still in the group', async () => {
  const id = scene.seed('ada')
  const group = scene.entitlement('Group', { members: [id] })
  scene.tenant.simulator.faults.add({ method: 'DELETE', path: '/v1.0/groups/*', fault: 'status', status: 404 })
  expect(await scene.run({ kind: 'revoke', entitlement: group }, id)).toMatchObject({ kind: 'failed' })
})

const DYNAMIC = { groupTypes: ['DynamicMembership'], membershipRule: 'x' }

test.each([
  ['a group that a rule fills', 'Group', DYNAMIC, 'EntitlementComputed', /rule/],
  ['a synced group', 'Group', { onPremisesSyncEnabled: true }, 'EntitlementOwnedElsewhere', /synced/],
  [
    'a restricted unit',
    'AdministrativeUnit',
    { isMemberManagementRestricted: true },
    'EntitlementOwnedElsewhere',
    /restricted/,
  ],
  ['a unit that a rule fills', 'AdministrativeUnit', { membershipType: 'Dynamic' }, 'EntitlementComputed', /rule/],
] as const)(
  '%s is resolved as read-only, and refused before anything is sent',
  async (_name, kind, object, reason, why) => {
    const target = scene.entitlement(kind, object)
    const catalog = await scene.provider.catalog([{ kind, name: 'Target' }], signal)
    const resolution = catalog.entitlements.get(`${kind}:Target`)
    if (resolution?.kind !== 'Found') throw new Error('not found')
    const id = scene.seed('ada')
    const outcome = await scene.run({ kind: 'grant', entitlement: resolution.entitlement, mappings: ['m'] }, id)
    expect(outcome).toMatchObject({ kind: 'failed', reason })
    expect('message' in outcome && outcome.message).toMatch(why)
    expect(scene.tenant.requests('POST', /members/)).toBe(0)
    expect(scene.membersOf(target.id)).toEqual([])
  },
)

test('a group that has become rule-filled since it was resolved is recognised behind the 403', async () => {
  const target = scene.entitlement('Group', DYNAMIC)
  const outcome = await scene.run({ kind: 'grant', entitlement: target, mappings: ['m'] }, scene.seed('ada'))
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'EntitlementComputed' })
})

test('a role-assignable group says which permission its members need', async () => {
  const target = scene.entitlement('Group', { isAssignableToRole: true, securityEnabled: true })
  const outcome = await scene.run({ kind: 'grant', entitlement: target, mappings: ['m'] }, scene.seed('ada'))
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'PermissionMissing' })
  expect('message' in outcome && outcome.message).toContain('RoleManagement.ReadWrite.Directory')
})
