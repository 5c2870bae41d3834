import { expect } from 'vitest'
import type { AccountId } from '../../model/ids.ts'
import type { BlockReason, OperationVerb } from '../../model/plan.ts'
import type { Cases } from './case.ts'
import type { Scene } from './scene.ts'

const ENABLE: OperationVerb = { kind: 'enable', first: false }
const REASONS: readonly BlockReason[] = ['Departure', 'Suspension', 'Leave']

const block = (why: BlockReason): OperationVerb => ({ kind: 'block', why })

/** The account can sign in, as the tenant and as a direct read say. */
async function canSignIn(scene: Scene, id: AccountId): Promise<boolean> {
  const [seen, read] = [await scene.seen(id), await scene.read(id)]
  expect(seen?.state === 'Enabled').toBe(read?.state === 'Enabled')
  return seen?.state === 'Enabled'
}

/** `enable`, `block`, `end-sessions`. */
export const accessCases: Cases = {
  'enables a staged account, takes it out of the blocked marker, and again without effect': async scene => {
    const account = await scene.joined({ state: 'Staged' })
    for (const first of [true, false]) {
      expect(await scene.run({ kind: 'enable', first }, { account })).toMatchObject({ kind: 'applied', account })
      expect(await canSignIn(scene, account)).toBe(true)
      expect(await scene.marks(account)).toEqual({ managed: true, blocked: false })
    }
  },
  'takes an account that is enabled already out of the blocked marker': async scene => {
    const account = await scene.joined()
    await scene.tenant.addMember(await scene.marker('Blocked'), account)
    expect(await scene.run(ENABLE, { account })).toMatchObject({ kind: 'applied' })
    expect(await scene.marks(account)).toEqual({ managed: true, blocked: false })
  },
  'blocks for whatever reason, with the blocked marker, and keeps what the person holds': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    for (const [index, why] of REASONS.entries()) {
      const account = await scene.joined({ number: `E${index + 1}` })
      await scene.tenant.addMember(group.id, account)
      expect(await scene.run(block(why), { account })).toMatchObject({ kind: 'applied', account })
      expect(await canSignIn(scene, account)).toBe(false)
      expect(await scene.read(account)).toMatchObject({ state: 'Blocked', blockMarked: true, marked: true })
      expect(await scene.tenant.members(group.id)).toContain(account)
    }
  },
  'leaves a departed account behind when the reason is a departure': async scene => {
    const account = await scene.joined()
    await scene.run(block('Departure'), { account })
    expect((await scene.read(account))?.departed).toBe(true)
    expect((await scene.seen(account))?.state).toBe('Departed')
    expect((await scene.snapshot([], [account])).accounts.get(account)).toMatchObject({
      state: 'Blocked',
      departed: true,
    })
  },
  'lifts each block of ours': async scene => {
    for (const [index, why] of REASONS.entries()) {
      const account = await scene.joined({ number: `E${index + 1}` })
      await scene.run(block(why), { account })
      expect(await scene.run(ENABLE, { account })).toMatchObject({ kind: 'applied' })
      expect(await canSignIn(scene, account)).toBe(true)
      expect(await scene.marks(account)).toEqual({ managed: true, blocked: false })
    }
  },
  'goes beyond a suspension of ours when the person departs': {
    needs: ['ShallowBlock'],
    run: async scene => {
      const account = await scene.joined()
      await scene.run(block('Suspension'), { account })
      expect((await scene.read(account))?.departed).toBe(false)
      expect((await scene.seen(account))?.state).toBe('Blocked')
      expect(await scene.run(block('Departure'), { account })).toMatchObject({ kind: 'applied' })
      expect((await scene.read(account))?.departed).toBe(true)
      expect((await scene.seen(account))?.state).toBe('Departed')
    },
  },
  'blocks a leaver who was only ever staged': async scene => {
    const account = await scene.joined({ state: 'Staged' })
    expect(await scene.run(block('Departure'), { account })).toMatchObject({ kind: 'applied' })
    expect(await canSignIn(scene, account)).toBe(false)
    expect(await scene.read(account)).toMatchObject({ departed: true, blockMarked: true })
  },
  'takes a block of ours that stands for done': async scene => {
    for (const [index, why] of REASONS.entries()) {
      const account = await scene.joined({ number: `E${index + 1}` })
      await scene.run(block(why), { account })
      const before = await scene.fingerprint()
      expect(await scene.run(block(why), { account })).toMatchObject({ kind: 'applied' })
      expect(await scene.fingerprint()).toBe(before)
    }
  },
  'does not take a block that somebody else made for ours': async scene => {
    for (const [index, why] of REASONS.entries()) {
      const account = await scene.joined({ number: `E${index + 1}` })
      await scene.tenant.setState(account, 'Departed')
      const outcome = await scene.run(block(why), { account })
      expect(outcome).toMatchObject({ kind: 'skipped', reason: 'BlockedElsewhere' })
      expect(await scene.marks(account)).toEqual({ managed: true, blocked: false })
    }
  },
  'does not call a suspended account departed': {
    needs: ['ShallowBlock'],
    run: async scene => {
      const account = await scene.joined()
      await scene.tenant.setState(account, 'Blocked')
      expect(await scene.read(account)).toMatchObject({ state: 'Blocked', departed: false })
      const outcome = await scene.run(block('Suspension'), { account })
      expect(outcome).toMatchObject({ kind: 'skipped', reason: 'BlockedElsewhere' })
    },
  },
  'blocks even while the blocked marker is gone, and notes that': async scene => {
    const account = await scene.joined()
    await scene.tenant.removeGroup(await scene.marker('Blocked'))
    const outcome = await scene.run(block('Departure'), { account })
    expect(outcome).toMatchObject({ kind: 'applied' })
    expect(outcome.kind === 'applied' && outcome.note).toMatch(/./)
    expect((await scene.seen(account))?.state).toBe('Departed')
  },
  'either blocks an administrator or says loudly that the leaver is not blocked': {
    needs: ['Admins'],
    run: async scene => {
      const account = await scene.tenant.seedAccount({ login: scene.login('root'), admin: true })
      const outcome = await scene.run(block('Departure'), { account })
      if (outcome.kind !== 'applied') expect(outcome).toMatchObject({ kind: 'failed', reason: 'LeaverNotBlocked' })
      expect(await canSignIn(scene, account)).toBe(outcome.kind !== 'applied')
    },
  },
  'does not claim to have blocked, or enabled, an account that is gone': async scene => {
    const account = await scene.stranger()
    await scene.tenant.setState(account, 'Gone')
    for (const verb of [block('Departure'), block('Leave'), ENABLE]) {
      const { kind } = await scene.run(verb, { account })
      expect(['failed', 'skipped']).toContain(kind)
    }
  },
  'blocks strangers never by mistake: only the account named': async scene => {
    const stranger = await scene.stranger()
    const before = await scene.seen(stranger)
    const account = await scene.joined()
    await scene.run(block('Departure'), { account })
    expect(await scene.seen(stranger)).toEqual(before)
    expect(await scene.marks(stranger)).toEqual({ managed: false, blocked: false })
  },
  'signs the person out everywhere': {
    needs: ['Sessions'],
    run: async scene => {
      const account = await scene.joined()
      await scene.tenant.signIn(account)
      expect(await scene.tenant.signedIn(account)).toBe(true)
      expect(await scene.run({ kind: 'end-sessions' }, { account })).toMatchObject({ kind: 'applied' })
      expect(await scene.tenant.signedIn(account)).toBe(false)
    },
  },
  'ends the sessions of somebody who has none, or is blocked, without complaint': async scene => {
    const account = await scene.joined()
    expect(await scene.run({ kind: 'end-sessions' }, { account })).toMatchObject({ kind: 'applied' })
    await scene.run(block('Departure'), { account })
    expect(await scene.run({ kind: 'end-sessions' }, { account })).toMatchObject({ kind: 'applied' })
  },
}
