import { expect } from 'vitest'
import { SnapshotError } from '../../model/errors.ts'
import type { Cases } from './case.ts'

/** `snapshot`. */
export const snapshotCases: Cases = {
  'holds nobody in a tenant where nobody is managed': async scene => {
    await scene.stranger()
    expect((await scene.snapshot()).accounts.size).toBe(0)
  },
  'holds the marked, the block-marked and the bound, and no stranger': async scene => {
    const marked = await scene.joined({ number: 'E1' })
    const blocked = await scene.joined({ number: 'E2' })
    await scene.tenant.removeMember(await scene.marker('Managed'), blocked)
    await scene.tenant.addMember(await scene.marker('Blocked'), blocked)
    const bound = await scene.stranger('bound')
    await scene.stranger()
    const { accounts } = await scene.snapshot([], [bound])
    expect([...accounts.keys()].sort()).toEqual([marked, blocked, bound].sort())
    const marks = [marked, blocked, bound].map(id => [accounts.get(id)?.marked, accounts.get(id)?.blockMarked])
    expect(marks).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ])
  },
  'leaves out a bound account that is gone, and that is no error': async scene => {
    const id = await scene.stranger()
    await scene.tenant.setState(id, 'Gone')
    const there = await scene.joined()
    expect([...(await scene.snapshot([], [id, there])).accounts.keys()]).toEqual([there])
  },
  'leaves out a bound account that lies in the bin': {
    needs: ['Bin'],
    run: async scene => {
      const id = await scene.joined()
      await scene.tenant.setState(id, 'Deleted')
      expect((await scene.snapshot([], [id])).accounts.size).toBe(0)
    },
  },
  'lists every member of an entitlement in scope, strangers included': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    const ours = await scene.joined({ grants: [] })
    const stranger = await scene.stranger()
    await scene.tenant.addMember(group.id, ours)
    await scene.tenant.addMember(group.id, stranger)
    const { members } = await scene.snapshot([group])
    expect(members.get(group.id)).toEqual(new Set([ours, stranger]))
  },
  'has an empty set for an entitlement nobody holds': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    expect((await scene.snapshot([group])).members).toEqual(new Map([[group.id, new Set()]]))
  },
  'lists the members of a group whose members a rule decides': {
    needs: ['ComputedGroups'],
    run: async scene => {
      const group = await scene.group({ name: 'Everyone in Sales', kind: 'Computed' })
      const stranger = await scene.stranger()
      await scene.tenant.addMember(group.id, stranger)
      expect((await scene.snapshot([group])).members.get(group.id)).toEqual(new Set([stranger]))
    },
  },
  'lists the members of an administrative unit': {
    needs: ['AdministrativeUnits'],
    run: async scene => {
      const unit = await scene.group({ name: 'Berlin', kind: 'AdministrativeUnit' })
      const stranger = await scene.stranger()
      await scene.tenant.addMember(unit.id, stranger)
      expect((await scene.snapshot([unit])).members.get(unit.id)).toEqual(new Set([stranger]))
    },
  },
  'shows accounts as a direct read does': async scene => {
    const manager = await scene.joined({ number: 'E2' })
    const id = await scene.joined({ number: 'E1', fields: { title: 'Analyst' } })
    await scene.tenant.setManager(id, manager)
    const account = (await scene.snapshot()).accounts.get(id)
    const read = await scene.read(id)
    expect(account).toMatchObject({
      id,
      login: scene.login('E1'),
      number: 'E1',
      state: 'Enabled',
      manager,
      marked: true,
    })
    const shown = [
      'login',
      'email',
      'number',
      'state',
      'status',
      'departed',
      'marked',
      'blockMarked',
      'attributes',
    ] as const
    for (const field of [...shown, 'manager'] as const) expect(account?.[field]).toEqual(read?.[field])
  },
  'shows what an administrator changed by hand': async scene => {
    const title = scene.attribute('title') ?? 'title'
    const id = await scene.joined({ fields: { title: 'Analyst' } })
    await scene.tenant.edit(id, { [title]: 'Countess' })
    expect((await scene.snapshot()).accounts.get(id)?.attributes[title]).toBe('Countess')
    await scene.tenant.edit(id, { [title]: null })
    expect((await scene.snapshot()).accounts.get(id)?.attributes).not.toHaveProperty(title)
  },
  'throws SnapshotError when a marker group is gone, rather than show nobody': async scene => {
    await scene.joined()
    await scene.tenant.removeGroup(await scene.marker('Managed'))
    await expect(scene.snapshot()).rejects.toThrow(SnapshotError)
  },
  'throws SnapshotError when an entitlement went since it was resolved, rather than show it empty': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    await scene.tenant.removeGroup(group.id)
    await expect(scene.snapshot([group])).rejects.toThrow(SnapshotError)
  },
  'throws SnapshotError when a list breaks off, and reads whole again afterwards': async scene => {
    const ids = [await scene.joined({ number: 'E1' }), await scene.joined({ number: 'E2' })]
    await scene.tenant.fail('ReadTruncated')
    await expect(scene.snapshot()).rejects.toThrow(SnapshotError)
    await scene.tenant.fail('None')
    expect([...(await scene.snapshot()).accounts.keys()].sort()).toEqual(ids.sort())
  },
  'never writes': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    const id = await scene.joined()
    const before = await scene.fingerprint()
    await scene.snapshot([group], [id])
    expect(await scene.fingerprint()).toBe(before)
  },
  'is a picture: later writes do not change it': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    const id = await scene.joined()
    const snapshot = await scene.snapshot([group])
    await scene.run({ kind: 'grant', entitlement: group, mappings: ['engineering'] }, { account: id })
    await scene.run({ kind: 'block', why: 'Suspension' }, { account: id })
    expect(snapshot.members.get(group.id)).toEqual(new Set())
    expect(snapshot.accounts.get(id)).toMatchObject({ state: 'Enabled', blockMarked: false })
  },
}
