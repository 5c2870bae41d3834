import { afterEach, expect, test } from 'vitest'
import { EntraScene } from '../../../test/support/entra-scene.ts'
import { entraTenant } from '../../../test/support/entra-tenant.ts'
import type { Deliver, FirstCredential } from '../../model/credential.ts'
import type { AccountId } from '../../model/ids.ts'
import type { EntraState } from '../../simulator/entra/index.ts'

let scene: EntraScene
let id: AccountId

afterEach(async () => {
  await scene.tenant.close()
})

async function start(deliver: Deliver | undefined, state: EntraState = {}): Promise<FirstCredential[]> {
  const delivered: FirstCredential[] = []
  const permissions = ['User.ReadWrite.All', 'GroupMember.ReadWrite.All', 'UserAuthMethod-TAP.ReadWrite.All']
  const groups = [{ displayName: 'tenure-managed' }, { displayName: 'tenure-managed-blocked' }]
  scene = new EntraScene(await entraTenant({ groups, applications: [{ permissions }], ...state }))
  scene.reconnect({
    ...(deliver === undefined
      ? {}
      : {
          deliver: async credential => {
            delivered.push(credential)
            await deliver(credential)
          },
        }),
  })
  id = scene.seed('ada')
  return delivered
}

const kept: Deliver = async () => undefined
const passes = () =>
  (scene.tenant.state.authenticationMethods ?? []).filter(({ type }) => type === 'temporaryAccessPassMethods')

test('a pass for one sign-in is made and delivered, with the person it is for and how long it lasts', async () => {
  const delivered = await start(kept)
  expect(await scene.run({ kind: 'issue-credential' }, id)).toMatchObject({ kind: 'applied', account: id })
  const [credential] = delivered
  expect(credential).toMatchObject({
    number: '7',
    employee: 'ada',
    login: 'ada@example.com',
    what: 'Temporary Access Pass',
  })
  expect(credential?.secret.length).toBeGreaterThanOrEqual(8)
  const hours = ((credential?.validUntil ?? 0) - (credential?.validFrom ?? 0)) / 3_600_000
  expect(hours).toBe(8)
  expect(passes()).toHaveLength(1)
  expect(passes()[0]).toMatchObject({ isUsableOnce: true })
})

test('a day is asked for where the policy allows a day, and the policy decides where it allows less than eight hours', async () => {
  const most = async (maximumLifetimeInMinutes: number): Promise<number> => {
    const delivered = await start(kept, { temporaryAccessPassPolicy: { maximumLifetimeInMinutes } })
    await scene.run({ kind: 'issue-credential' }, id)
    const [credential] = delivered
    return ((credential?.validUntil ?? 0) - (credential?.validFrom ?? 0)) / 60_000
  }
  expect(await most(43_200)).toBe(1440)
  await scene.tenant.close()
  expect(await most(120)).toBe(60)
})

test('a second pass takes the place of the first', async () => {
  const delivered = await start(kept)
  await scene.run({ kind: 'issue-credential' }, id)
  const [first] = passes()
  await scene.run({ kind: 'issue-credential' }, id)
  expect(new Set(delivered.map(({ secret }) => secret)).size).toBe(2)
  expect(passes()).toHaveLength(1)
  expect(passes()[0]?.id).not.toBe(first?.id)
  expect(scene.tenant.requests('DELETE', /temporaryAccessPassMethods/)).toBe(1)
})

test('a pass that cannot be delivered is deleted again, and is told to nobody', async () => {
  const delivered = await start(async ({ secret }) => {
    throw new Error(`could not write ${secret}`)
  })
  const outcome = await scene.run({ kind: 'issue-credential' }, id)
  expect(outcome).toMatchObject({ kind: 'failed' })
  expect(JSON.stringify(outcome)).toMatch(/could not be delivered, and it was deleted again: could not write …/)
  expect(JSON.stringify(outcome)).not.toContain(delivered[0]?.secret)
  expect(passes()).toEqual([])
})

test('without a place to deliver to none is made', async () => {
  await start(undefined)
  expect(await scene.run({ kind: 'issue-credential' }, id)).toMatchObject({
    kind: 'failed',
    reason: 'ConfigurationInvalid',
  })
  expect(passes()).toEqual([])
})

test('a tenant whose policy knows no passes says where to enable them', async () => {
  await start(kept, { temporaryAccessPassPolicy: { state: 'disabled' } })
  const outcome = await scene.run({ kind: 'issue-credential' }, id)
  expect('message' in outcome && outcome.message).toMatch(/authentication methods policy/)
})

test('a missing permission for passes is only missed by whoever delivers them', async () => {
  await start(kept, { applications: [{ permissions: ['User.ReadWrite.All', 'GroupMember.ReadWrite.All'] }] })
  const { signal } = new AbortController()
  const missing = async () => (await scene.provider.probe(signal)).problems.map(problem => problem.missing)
  expect(await missing()).toContain('UserAuthMethod-TAP.ReadWrite.All')
  scene.reconnect({})
  expect(await missing()).not.toContain('UserAuthMethod-TAP.ReadWrite.All')
})
