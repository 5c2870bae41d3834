import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EntraScene, entraScene } from '../../../test/support/entra-scene.ts'
import type { EmployeeNumber } from '../../model/ids.ts'
import type { OperationVerb } from '../../model/plan.ts'

let scene: EntraScene

beforeEach(async () => {
  scene = await entraScene()
})
afterEach(async () => {
  await scene.tenant.close()
})

test('what an administrator may not have changed is refused by name while the rest is written', async () => {
  const id = scene.admin(scene.seed('root', { jobTitle: 'Old', mobilePhone: '1' }))
  const set = { jobTitle: 'New', mobilePhone: '2', department: 'IT' }
  const outcome = await scene.run({ kind: 'update', set, before: {} }, id)
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'PermissionMissing' })
  expect('message' in outcome && outcome.message).toMatch(/^Not written: mobilePhone: .*403/)
  expect(scene.tenant.user(id)).toMatchObject({ jobTitle: 'New', department: 'IT', mobilePhone: '1' })
  expect(scene.tenant.requests('PATCH', /users/)).toBe(2)
})

test('clearing one nested attribute keeps its sibling', async () => {
  const id = scene.seed('ada', { employeeOrgData: { division: 'Product', costCenter: 'C1' } })
  const outcome = await scene.run({ kind: 'update', set: { 'employeeOrgData.costCenter': null }, before: {} }, id)
  expect(outcome).toMatchObject({ kind: 'applied' })
  expect(scene.tenant.user(id)?.employeeOrgData).toMatchObject({ division: 'Product', costCenter: null })
})

test('an attribute that the on-premises directory masters is told apart from one that is wrong', async () => {
  const id = scene.seed('ada', { onPremisesSyncEnabled: true })
  const outcome = await scene.run({ kind: 'update', set: { jobTitle: 'New' }, before: {} }, id)
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'ExternallyMastered' })
})

test('a rename changes the login and keeps the account; a taken one names its holder', async () => {
  const id = scene.seed('ada')
  const holder = scene.seed('grace', { employeeId: '8' })
  const rename = (to: string): OperationVerb => ({
    kind: 'update',
    set: { jobTitle: 'New' },
    before: {},
    login: { from: 'ada@example.com', to },
  })
  expect(await scene.run(rename('ada.king@example.com'), id)).toMatchObject({
    kind: 'applied',
    login: 'ada.king@example.com',
  })
  expect(scene.tenant.user(id)?.userPrincipalName).toBe('ada.king@example.com')
  const taken = await scene.run(rename('grace@example.com'), id)
  expect(taken).toMatchObject({ kind: 'failed', reason: 'LoginTaken' })
  expect('message' in taken && taken.message).toMatch(new RegExp(`${holder}.*employeeId 8`))
})

test('the manager of a guest is set and cleared, and again without effect', async () => {
  const guest = scene.seed('partner.com#EXT#')
  const manager = scene.seed('boss')
  const ref = { number: '1' as EmployeeNumber, id: manager, displayName: 'Boss' }
  const set: OperationVerb = { kind: 'set-manager', manager: ref }
  expect(await scene.run(set, guest, manager)).toMatchObject({ kind: 'applied' })
  expect(scene.tenant.user(guest)?.manager).toBeDefined()
  const clear: OperationVerb = { kind: 'set-manager', manager: undefined }
  expect([(await scene.run(clear, guest)).kind, (await scene.run(clear, guest)).kind]).toEqual(['applied', 'applied'])
  expect(scene.tenant.user(guest)?.manager).toBeUndefined()
})
