import { expect } from 'vitest'
import type { AccountId } from '../../model/ids.ts'
import type { OperationVerb } from '../../model/plan.ts'
import type { Cases } from './case.ts'
import type { Scene } from './scene.ts'

const DEPARTURE: OperationVerb = { kind: 'block', why: 'Departure' }
const DELETE: OperationVerb = { kind: 'delete' }

const restore = (scene: Scene): OperationVerb => ({ kind: 'restore', login: scene.login('E1') })

/** What is left of a deleted account: nothing, or an entry in the bin. */
async function remains(scene: Scene, id: AccountId): Promise<string> {
  return (await scene.seen(id))?.state ?? 'Gone'
}

/** An account that was in a group when it departed and was deleted. */
async function binned(scene: Scene): Promise<AccountId> {
  const account = await scene.joined()
  await scene.run(DEPARTURE, { account })
  await scene.run(DELETE, { account })
  expect(await remains(scene, account)).toBe('Deleted')
  return account
}

/** `delete` and `restore`. */
export const deletionCases: Cases = {
  'deletes who has departed with exactly one request, and takes it for done afterwards': async scene => {
    const account = await scene.joined()
    await scene.run(DEPARTURE, { account })
    expect(await scene.run(DELETE, { account })).toMatchObject({ kind: 'applied' })
    expect(await remains(scene, account)).toBe(scene.provider.traits.bin ? 'Deleted' : 'Gone')
    expect(await scene.tenant.deleteRequests()).toBe(1)
    expect(await scene.run(DELETE, { account })).toMatchObject({ kind: 'applied' })
    expect(await remains(scene, account)).toBe(scene.provider.traits.bin ? 'Deleted' : 'Gone')
    expect(await scene.tenant.deleteRequests()).toBe(1)
  },
  'does not delete who can sign in': async scene => {
    const account = await scene.joined()
    expect(await scene.run(DELETE, { account })).toMatchObject({ kind: 'failed', reason: 'Unconfirmed' })
    expect((await scene.seen(account))?.state).toBe('Enabled')
    expect(await scene.tenant.deleteRequests()).toBe(0)
  },
  'does not delete who is only suspended': {
    needs: ['ShallowBlock'],
    run: async scene => {
      const account = await scene.joined()
      await scene.run({ kind: 'block', why: 'Suspension' }, { account })
      expect(await scene.run(DELETE, { account })).toMatchObject({ kind: 'failed', reason: 'Unconfirmed' })
      expect((await scene.seen(account))?.state).toBe('Blocked')
      expect(await scene.tenant.deleteRequests()).toBe(0)
    },
  },
  'does not know what became of a delete that got no answer, and does not send it again': async scene => {
    for (const [index, fault] of (['WriteUnanswered', 'WriteLost'] as const).entries()) {
      const account = await scene.joined({ number: `E${index + 1}` })
      await scene.run(DEPARTURE, { account })
      const before = await scene.tenant.deleteRequests()
      await scene.tenant.fail(fault)
      expect((await scene.run(DELETE, { account })).kind).toBe('unknown')
      await scene.tenant.fail('None')
      expect((await scene.tenant.deleteRequests()) - before).toBeLessThanOrEqual(1)
    }
  },
  'takes a deleted person out of the snapshot and of every group': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    const account = await scene.joined()
    await scene.tenant.addMember(group.id, account)
    await scene.run(DEPARTURE, { account })
    await scene.run(DELETE, { account })
    const { accounts, members } = await scene.snapshot([group], [account])
    expect(accounts.has(account)).toBe(false)
    expect(members.get(group.id)).toEqual(new Set())
  },
  'sets a login free by deleting': async scene => {
    const account = await scene.joined()
    await scene.run(DEPARTURE, { account })
    await scene.run(DELETE, { account })
    expect(await scene.joined({ number: 'E1' })).not.toBe(account)
  },
  'restores from the bin: blocked, in both markers, with nothing it held before': {
    needs: ['Bin'],
    run: async scene => {
      const group = await scene.group({ name: 'Engineering' })
      const account = await scene.joined()
      await scene.tenant.addMember(group.id, account)
      await scene.run(DEPARTURE, { account })
      await scene.run(DELETE, { account })
      expect(await scene.run(restore(scene), { account })).toMatchObject({ kind: 'applied', account })
      expect(await scene.read(account)).toMatchObject({ state: 'Blocked', marked: true, blockMarked: true })
      expect((await scene.seen(account))?.login).toBe(scene.login('E1'))
      expect(await scene.tenant.members(group.id)).toEqual(new Set())
      const [found] = await scene.find({ kind: 'Id', id: account })
      expect(found?.held?.filter(({ readOnly }) => readOnly === undefined)).toEqual([])
    },
  },
  'restores somebody who was deleted while enabled as blocked all the same': {
    needs: ['Bin'],
    run: async scene => {
      const account = await scene.joined()
      await scene.tenant.setState(account, 'Deleted')
      expect(await scene.run(restore(scene), { account })).toMatchObject({ kind: 'applied' })
      expect(await scene.read(account)).toMatchObject({ state: 'Blocked', marked: true, blockMarked: true })
      expect((await scene.seen(account))?.state).not.toBe('Enabled')
    },
  },
  'does not restore over a login that somebody has by now': {
    needs: ['Bin'],
    run: async scene => {
      const account = await binned(scene)
      await scene.tenant.seedAccount({ login: scene.login('E1') })
      expect((await scene.run(restore(scene), { account })).kind).toBe('failed')
      expect(await remains(scene, account)).toBe('Deleted')
    },
  },
  'does not restore what is in no bin any more': {
    needs: ['Bin'],
    run: async scene => {
      const account = await binned(scene)
      await scene.tenant.setState(account, 'Gone')
      expect((await scene.run(restore(scene), { account })).kind).toBe('failed')
    },
  },
}
