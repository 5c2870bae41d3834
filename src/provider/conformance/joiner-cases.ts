import { expect } from 'vitest'
import type { AccountId } from '../../model/ids.ts'
import type { Cases } from './case.ts'

const NOBODY = '00000000-0000-4000-8000-000000000000' as AccountId

/** `create`, `adopt`, `mark`, `unmark`. */
export const joinerCases: Cases = {
  'creates an enabled account with its number, login, attributes and mark': async scene => {
    const id = await scene.joined({ fields: { title: 'Analyst', department: 'Mathematics' } })
    const seen = await scene.seen(id)
    expect(seen).toMatchObject({ login: scene.login('E1'), number: 'E1', state: 'Enabled' })
    const title = scene.attribute('title') ?? 'title'
    const department = scene.attribute('department') ?? 'department'
    expect(seen?.attributes).toMatchObject({ [title]: 'Analyst', [department]: 'Mathematics' })
    expect(await scene.marks(id)).toEqual({ managed: true, blocked: false })
    expect(await scene.read(id)).toMatchObject({ number: 'E1', state: 'Enabled', departed: false, marked: true })
  },
  'creates a staged account that cannot sign in, in both markers': async scene => {
    const id = await scene.joined({ state: 'Staged' })
    expect((await scene.seen(id))?.state).not.toBe('Enabled')
    expect(await scene.marks(id)).toEqual({ managed: true, blocked: true })
    expect(['Staged', 'Blocked']).toContain((await scene.read(id))?.state)
  },
  'shows a staged account as staged': {
    needs: ['StagedState'],
    run: async scene => {
      const id = await scene.joined({ state: 'Staged' })
      expect((await scene.read(id))?.state).toBe('Staged')
      expect((await scene.seen(id))?.state).toBe('Staged')
    },
  },
  'gives grants together with the account': {
    needs: ['GroupsOnCreate'],
    run: async scene => {
      const group = await scene.group({ name: 'Engineering' })
      const id = await scene.joined({ grants: [group] })
      expect(await scene.tenant.members(group.id)).toEqual(new Set([id]))
    },
  },
  'does not create over a login that somebody has, and says who': async scene => {
    const holder = await scene.tenant.seedAccount({ login: scene.login('E1') })
    const before = await scene.fingerprint()
    const outcome = await scene.run(scene.createVerb())
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'LoginTaken' })
    expect(outcome.kind === 'failed' && outcome.message).toContain(holder)
    expect(await scene.fingerprint()).toBe(before)
  },
  'does not create over the login of somebody who has departed': async scene => {
    const holder = await scene.tenant.seedAccount({ login: scene.login('E1'), state: 'Departed' })
    const outcome = await scene.run(scene.createVerb())
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'LoginTaken' })
    expect(outcome.kind === 'failed' && outcome.message).toContain(holder)
  },
  'adopts by adding to the marker, and changes nothing else': async scene => {
    const id = await scene.tenant.seedAccount({ login: scene.login('E1'), number: 'E1' })
    const before = await scene.tenant.accounts()
    const outcome = await scene.run({ kind: 'adopt', how: 'Adoption' }, { account: id })
    expect(outcome).toMatchObject({ kind: 'applied', account: id })
    expect(await scene.marks(id)).toEqual({ managed: true, blocked: false })
    expect(await scene.tenant.accounts()).toEqual(before)
  },
  'adopts a second time without changing anything': async scene => {
    const id = await scene.joined()
    const before = await scene.fingerprint()
    expect(await scene.run({ kind: 'adopt', how: 'Marked' }, { account: id })).toMatchObject({ kind: 'applied' })
    expect(await scene.fingerprint()).toBe(before)
  },
  'refuses to adopt an account that is gone': async scene => {
    const id = await scene.stranger()
    await scene.tenant.setState(id, 'Gone')
    for (const account of [id, NOBODY]) {
      const outcome = await scene.run({ kind: 'adopt', how: 'Adoption' }, { account })
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'AdoptionRefused' })
    }
  },
  'refuses to adopt an account that has been deactivated': {
    needs: ['ShallowBlock'],
    run: async scene => {
      const account = await scene.tenant.seedAccount({ login: scene.login('E1'), state: 'Departed' })
      const outcome = await scene.run({ kind: 'adopt', how: 'Adoption' }, { account })
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'AdoptionRefused' })
      expect(await scene.marks(account)).toEqual({ managed: false, blocked: false })
    },
  },
  'binds a marked account again that has been deactivated, without changing anything': {
    needs: ['ShallowBlock'],
    run: async scene => {
      const account = await scene.joined()
      await scene.tenant.setState(account, 'Departed')
      const before = await scene.fingerprint()
      expect(await scene.run({ kind: 'adopt', how: 'Marked' }, { account })).toMatchObject({ kind: 'applied', account })
      expect(await scene.fingerprint()).toBe(before)
    },
  },
  'refuses to adopt an account that lies in the bin': {
    needs: ['Bin'],
    run: async scene => {
      const account = await scene.tenant.seedAccount({ login: scene.login('E1'), state: 'Deleted' })
      const outcome = await scene.run({ kind: 'adopt', how: 'Adoption' }, { account })
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'AdoptionRefused' })
    },
  },
  'marks and unmarks with either marker, and again without effect': async scene => {
    const account = await scene.stranger()
    const expected = [
      [
        { kind: 'mark', marker: 'Managed' },
        { managed: true, blocked: false },
      ],
      [
        { kind: 'mark', marker: 'Blocked' },
        { managed: true, blocked: true },
      ],
      [
        { kind: 'unmark', marker: 'Managed' },
        { managed: false, blocked: true },
      ],
      [
        { kind: 'unmark', marker: 'Blocked' },
        { managed: false, blocked: false },
      ],
    ] as const
    for (const [verb, marks] of expected) {
      for (const _time of ['first', 'second']) {
        expect(await scene.run(verb, { account })).toMatchObject({ kind: 'applied' })
        expect(await scene.marks(account)).toEqual(marks)
      }
    }
    expect((await scene.seen(account))?.state).toBe('Enabled')
  },
  'skips a mark that the tenant cannot give to an account that has been deactivated': {
    needs: ['ShallowBlock'],
    run: async scene => {
      const account = await scene.tenant.seedAccount({ login: scene.login('E1'), state: 'Departed' })
      expect(await scene.run({ kind: 'mark', marker: 'Blocked' }, { account })).toMatchObject({ kind: 'skipped' })
    },
  },
}
