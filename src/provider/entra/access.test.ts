import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EntraScene, entraScene } from '../../../test/support/entra-scene.ts'

const DYNAMIC = { groupTypes: ['DynamicMembership'], membershipRule: 'x' }
let scene: EntraScene

beforeEach(async () => {
  scene = await entraScene()
})
afterEach(async () => {
  await scene.tenant.close()
})

test('an administrator who leaves and cannot be blocked is told loudly, with the words of the vendor', async () => {
  const id = scene.admin(scene.seed('root'))
  const outcome = await scene.run({ kind: 'block', why: 'Departure' }, id)
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'LeaverNotBlocked' })
  expect('message' in outcome && outcome.message).toMatch(/can still sign in.*403 Authorization_RequestDenied/)
  expect(scene.tenant.user(id)?.accountEnabled).toBe(true)
})

test('who comes back from the bin is disabled at once and stripped, but for what rules give and our marks', async () => {
  const id = scene.seed('ada')
  const group = scene.entitlement('Group', { displayName: 'Engineering', members: [id] })
  const unit = scene.entitlement('AdministrativeUnit', { displayName: 'Berlin', members: [id] })
  const computed = scene.entitlement('Group', { displayName: 'Everyone', ...DYNAMIC, members: [id] })
  scene.bin(id)
  expect(await scene.run({ kind: 'restore', login: 'ada@example.com' }, id)).toMatchObject({
    kind: 'applied',
    account: id,
    login: 'ada@example.com',
  })
  expect(scene.tenant.user(id)).toMatchObject({ accountEnabled: false, userPrincipalName: 'ada@example.com' })
  expect([group, unit, computed].map(one => scene.membersOf(one.id).includes(id))).toEqual([false, false, true])
  expect([scene.marked('tenure-managed', id), scene.marked('tenure-managed-blocked', id)]).toEqual([true, true])
})

test('a restore that cannot strip everything fails, so that nobody is let in with old rights', async () => {
  const id = scene.seed('ada')
  scene.entitlement('Group', { displayName: 'Engineering', members: [id] })
  scene.bin(id)
  scene.tenant.simulator.faults.add({ method: 'DELETE', path: '/v1.0/groups/*', fault: 'status', status: 403 })
  expect(await scene.run({ kind: 'restore', login: 'ada@example.com' }, id)).toMatchObject({ kind: 'failed' })
  expect(scene.tenant.user(id)?.accountEnabled).toBe(false)
  expect(scene.marked('tenure-managed-blocked', id)).toBe(false)
})

test('a block is marked first, proven by a read, and waits for a read that still shows the state before', async () => {
  const id = scene.seed('ada')
  const stale = { ...scene.tenant.user(id), accountEnabled: true, id }
  scene.tenant.simulator.faults.add({
    method: 'GET',
    path: `/v1.0/users/${id}`,
    fault: 'status',
    status: 200,
    body: stale,
    count: 3,
  })
  expect(await scene.run({ kind: 'block', why: 'Departure' }, id)).toMatchObject({ kind: 'applied' })
  expect(scene.tenant.user(id)?.accountEnabled).toBe(false)
  expect(scene.marked('tenure-managed-blocked', id)).toBe(true)
  expect(scene.tenant.requests('GET', /^\/v1\.0\/users\/\*$/)).toBe(4)
})

test('a block that never shows is not called done', async () => {
  const id = scene.seed('ada')
  const stale = { id, accountEnabled: true }
  scene.tenant.simulator.faults.add({
    method: 'GET',
    path: `/v1.0/users/${id}`,
    fault: 'status',
    status: 200,
    body: stale,
  })
  expect(await scene.run({ kind: 'block', why: 'Departure' }, id)).toMatchObject({
    kind: 'failed',
    reason: 'Unconfirmed',
  })
})

test('no mark keeps a leaver from being blocked', async () => {
  const id = scene.seed('ada')
  scene.tenant.simulator.faults.add({ method: 'POST', path: '/v1.0/groups/*', fault: 'status', status: 500 })
  const outcome = await scene.run({ kind: 'block', why: 'Departure' }, id)
  expect(outcome).toMatchObject({ kind: 'applied' })
  expect(outcome.kind === 'applied' && outcome.note).toMatch(/blocked mark is missing/)
  expect(scene.tenant.user(id)?.accountEnabled).toBe(false)
})

test('a delete is sent once, whatever becomes of its answer', async () => {
  const id = scene.seed('ada', { accountEnabled: false })
  scene.tenant.simulator.faults.add({ method: 'DELETE', path: '/v1.0/users/*', fault: 'resetAfter' })
  expect(await scene.run({ kind: 'delete' }, id)).toMatchObject({ kind: 'unknown' })
  expect(scene.tenant.requests('DELETE', /users/)).toBe(1)
})
