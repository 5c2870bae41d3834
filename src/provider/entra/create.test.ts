import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EntraScene, entraScene } from '../../../test/support/entra-scene.ts'
import type { AccountId } from '../../model/ids.ts'
import type { OperationVerb } from '../../model/plan.ts'

const signal = new AbortController().signal
let scene: EntraScene

beforeEach(async () => {
  scene = await entraScene()
})
afterEach(async () => {
  await scene.tenant.close()
})

const created = (more: Partial<Extract<OperationVerb, { kind: 'create' }>> = {}): OperationVerb => ({
  kind: 'create',
  state: 'Enabled',
  login: 'ada@example.com',
  attributes: { displayName: 'Ada', employeeId: '7' },
  grants: [],
  ...more,
})

test('a create whose answer is lost is unknown, is sent once, and the next one finds the login taken', async () => {
  scene.tenant.simulator.faults.add({ method: 'POST', path: '/v1.0/users', fault: 'resetAfter', count: 1 })
  expect(await scene.run(created())).toMatchObject({ kind: 'unknown' })
  expect(scene.tenant.requests('POST', /^\/v1\.0\/users$/)).toBe(1)
  const again = await scene.run(created())
  expect(again).toMatchObject({ kind: 'failed', reason: 'LoginTaken' })
  expect('message' in again && again.message).toContain(String(scene.tenant.state.users?.[0]?.id))
  expect(scene.tenant.state.users).toHaveLength(1)
})

test('a create that the gateway answers with 504 after its effect is unknown too', async () => {
  const fault = { method: 'POST', path: '/v1.0/users', fault: 'status', status: 504, applied: true, count: 1 } as const
  scene.tenant.simulator.faults.add(fault)
  expect(await scene.run(created())).toMatchObject({ kind: 'unknown' })
  expect(scene.tenant.state.users).toHaveLength(1)
})

test('nobody is created where there is no marker', async () => {
  scene.tenant.set({ groups: [] })
  expect(await scene.run(created())).toMatchObject({ kind: 'failed', reason: 'MarkerMissing' })
  expect(scene.tenant.state.users ?? []).toHaveLength(0)
})

test('a new account that cannot be marked is told with its id and a note', async () => {
  scene.tenant.simulator.faults.add({
    method: 'POST',
    path: '/v1.0/groups/*/members/$ref',
    fault: 'status',
    status: 403,
  })
  const outcome = await scene.run(created({ state: 'Staged' }))
  expect(outcome).toMatchObject({ kind: 'applied', account: scene.tenant.state.users?.[0]?.id })
  expect(outcome.kind === 'applied' && outcome.note).toMatch(/managed mark is missing.*blocked mark is missing/s)
})

test('a staged account cannot sign in, is in both markers, and has its number even when no attribute says it', async () => {
  const outcome = await scene.run(created({ state: 'Staged', attributes: { displayName: 'Ada' } }))
  const id = (outcome.kind === 'applied' ? outcome.account : undefined) as AccountId
  expect(scene.tenant.user(id)).toMatchObject({ accountEnabled: false, employeeId: '7', mailNickname: 'ada' })
  expect([scene.marked('tenure-managed', id), scene.marked('tenure-managed-blocked', id)]).toEqual([true, true])
})

test('one bad value does not keep somebody from being created; it is named and the rest is written', async () => {
  const attributes = { displayName: 'Ada', jobTitle: 'Analyst', mail: 'no-address', mobilePhone: '+44 7' }
  const outcome = await scene.run(created({ attributes }))
  expect(outcome).toMatchObject({ kind: 'applied' })
  expect(outcome.kind === 'applied' && outcome.note).toMatch(/Not written: mail:/)
  expect(scene.tenant.state.users?.[0]).toMatchObject({ jobTitle: 'Analyst', mobilePhone: '+44 7', employeeId: '7' })
})

test('extension attributes, which a create refuses, are written right after it', async () => {
  const name = 'onPremisesExtensionAttributes.extensionAttribute3'
  scene.reconnect({ extraAttributes: [name] })
  const outcome = await scene.run(created({ attributes: { displayName: 'Ada', [name]: 'M' } }))
  expect(outcome).not.toHaveProperty('note')
  const account = outcome.kind === 'applied' ? outcome.account : undefined
  const [found] = await scene.provider.lookup([{ kind: 'Id', id: account as AccountId }], signal)
  expect(found?.accounts[0]?.account.attributes).toMatchObject({ [name]: 'M' })
})

test('a new account that replicas have not heard of yet is waited for', async () => {
  const body = {
    error: {
      code: 'Request_BadRequest',
      message: 'The source resource object or one of the objects being referenced do not exist.',
    },
  }
  scene.tenant.simulator.faults.add({
    method: 'POST',
    path: '/v1.0/groups/*/members/$ref',
    fault: 'status',
    status: 400,
    body,
    count: 2,
  })
  const outcome = await scene.run(created())
  expect(outcome).toMatchObject({ kind: 'applied' })
  expect(outcome).not.toHaveProperty('note')
  expect(scene.marked('tenure-managed', String(scene.tenant.state.users?.[0]?.id) as AccountId)).toBe(true)
})

test('a login outside the tenant says that its domain is not verified', async () => {
  const outcome = await scene.run(created({ login: 'ada@elsewhere.example' }))
  expect(outcome).toMatchObject({ kind: 'failed' })
  expect('message' in outcome && outcome.message).toMatch(/ada@elsewhere\.example.*verified domain/)
})

test('neither password nor secret nor token is in any outcome', async () => {
  const outcomes = [
    await scene.run(created()),
    await scene.run(created()),
    await scene.run({ kind: 'end-sessions' }, scene.seed('x')),
  ]
  const text = JSON.stringify(outcomes)
  expect(text).not.toContain(scene.tenant.simulator.entra.clientSecret)
  expect(text).not.toMatch(/Bearer|eyJ|passwordProfile/)
})

test('a credential that is refused once the user is there leaves the create applied, with a note', async () => {
  scene.tenant.simulator.faults.add({ provider: 'entra', path: '/v1.0/groups/*', fault: 'expiredToken' })
  const outcome = await scene.run(created())
  expect(outcome).toMatchObject({ kind: 'applied', account: scene.tenant.state.users?.[0]?.id })
  expect('note' in outcome && outcome.note).toMatch(/token/i)
})
