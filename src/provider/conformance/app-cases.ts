import { expect } from 'vitest'
import type { Entitlement } from '../../model/entitlement.ts'
import type { AccountId } from '../../model/ids.ts'
import type { Case, Cases } from './case.ts'
import type { Scene } from './scene.ts'

const withApps = (run: (scene: Scene) => Promise<void>): Case => ({ needs: ['Apps'], run })

const grant = (entitlement: Entitlement) => ({ kind: 'grant', entitlement, mappings: ['engineering'] }) as const
const revoke = (entitlement: Entitlement) => ({ kind: 'revoke', entitlement }) as const

/** An employee whom the product gave the app. */
async function withApp(scene: Scene, app: Entitlement): Promise<AccountId> {
  const account = await scene.joined()
  expect(await scene.run(grant(app), { account })).toMatchObject({ kind: 'applied' })
  return account
}

/** `catalog`, `snapshot` and `apply` for apps. */
export const appCases: Cases = {
  'resolves an app by its exact name, which a longer one is not': withApps(async scene => {
    const id = await scene.tenant.seedGroup({ name: 'GitHub', kind: 'App' })
    await scene.tenant.seedGroup({ name: 'GitHub Enterprise', kind: 'App' })
    expect(await scene.resolve('GitHub', 'App')).toEqual({
      kind: 'Found',
      entitlement: { kind: 'App', id, name: 'GitHub', privileged: false },
    })
    expect(await scene.resolve('GitHub Enter', 'App')).toEqual({ kind: 'Missing' })
  }),
  'tells an app from a group of the same name': withApps(async scene => {
    const app = await scene.group({ name: 'Wiki', kind: 'App' })
    const group = await scene.group({ name: 'Wiki' })
    expect([app.kind, group.kind]).toEqual(['App', 'Group'])
    expect(app.id).not.toBe(group.id)
  }),
  'calls two apps of one name ambiguous': withApps(async scene => {
    for (let made = 0; made < 2; made += 1) await scene.tenant.seedGroup({ name: 'CRM', kind: 'App' })
    expect(await scene.resolve('CRM', 'App')).toMatchObject({ kind: 'Ambiguous', ids: { length: 2 } })
  }),
  'gives an app and takes it back, and again without effect, and leaves strangers in it alone': withApps(
    async scene => {
      const app = await scene.group({ name: 'GitHub', kind: 'App' })
      const [account, stranger] = [await scene.joined(), await scene.stranger()]
      await scene.tenant.addMember(app.id, stranger)
      for (let round = 0; round < 2; round += 1) {
        expect(await scene.run(grant(app), { account })).toMatchObject({ kind: 'applied' })
        expect(await scene.tenant.members(app.id)).toEqual(new Set([account, stranger]))
      }
      for (let round = 0; round < 2; round += 1) {
        expect(await scene.run(revoke(app), { account })).toMatchObject({ kind: 'applied' })
        expect(await scene.tenant.members(app.id)).toEqual(new Set([stranger]))
      }
    },
  ),
  'takes an app from somebody who is blocked': withApps(async scene => {
    const app = await scene.group({ name: 'GitHub', kind: 'App' })
    const account = await withApp(scene, app)
    await scene.tenant.setState(account, 'Blocked')
    expect(await scene.run(revoke(app), { account })).toMatchObject({ kind: 'applied' })
    expect(await scene.tenant.members(app.id)).toEqual(new Set())
  }),
  'lists everybody who has an app of the scope, strangers included, and nobody for an app nobody has': withApps(
    async scene => {
      const [used, unused] = [
        await scene.group({ name: 'GitHub', kind: 'App' }),
        await scene.group({ name: 'Wiki', kind: 'App' }),
      ]
      const [account, stranger] = [await withApp(scene, used), await scene.stranger()]
      await scene.tenant.addMember(used.id, stranger)
      const { members } = await scene.snapshot([used, unused])
      expect(members.get(used.id)).toEqual(new Set([account, stranger]))
      expect(members.get(unused.id)).toEqual(new Set())
    },
  ),
  'says that an app that is granted is gone, and takes one that is revoked for done': withApps(async scene => {
    const app = await scene.group({ name: 'GitHub', kind: 'App' })
    const account = await withApp(scene, app)
    await scene.tenant.removeGroup(app.id)
    expect(await scene.run(grant(app), { account })).toMatchObject({ kind: 'failed', reason: 'EntitlementMissing' })
    expect(await scene.run(revoke(app), { account })).toMatchObject({ kind: 'applied' })
  }),
}
