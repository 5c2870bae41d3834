import { expect } from 'vitest'
import type { ReadScope, Snapshot } from '../../model/account.ts'
import type { Entitlement } from '../../model/entitlement.ts'
import type { AccountId } from '../../model/ids.ts'
import type { Cases } from './case.ts'
import type { Scene } from './scene.ts'

interface Company {
  readonly people: readonly AccountId[]
  readonly group: Entitlement
  read(more?: Partial<ReadScope>): Promise<Snapshot>
  /** An incremental read, which must show what a whole one shows. */
  changes(more?: Partial<ReadScope>): Promise<Snapshot>
}

/** Three people of ours in a group, read whole once. */
async function company(scene: Scene): Promise<Company> {
  const group = await scene.group({ name: 'Engineering' })
  const people: AccountId[] = []
  for (const number of ['E1', 'E2', 'E3']) {
    const id = await scene.joined({ number })
    await scene.tenant.addMember(group.id, id)
    people.push(id)
  }
  const read = async (more: Partial<ReadScope> = {}): Promise<Snapshot> =>
    scene.provider.snapshot({ bound: people, entitlements: [group], ...more }, scene.signal)
  await read()
  const changes = async (more: Partial<ReadScope> = {}): Promise<Snapshot> => {
    const changed = await read({ ...more, incremental: true })
    const whole = await read(more)
    expect(sorted(changed)).toEqual(sorted(whole))
    return changed
  }
  return { people, group, read, changes }
}

function sorted({ accounts, members }: Snapshot): unknown {
  return { accounts: new Map([...accounts].sort()), members: new Map([...members].sort()) }
}

/** `snapshot` with `incremental`: what changed by hand since the last read shows as it would in a whole one. */
export const incrementalCases: Cases = {
  'shows the same when nothing happened': async scene => {
    const { changes, read } = await company(scene)
    const before = await read()
    expect(sorted(await changes())).toEqual(sorted(before))
  },
  'shows attributes that were changed by hand': async scene => {
    const { people, changes } = await company(scene)
    const title = scene.attribute('title') ?? ''
    const account = people[0] as AccountId
    await scene.tenant.edit(account, { [title]: 'Grand Vizier' })
    expect((await changes()).accounts.get(account)?.attributes[title]).toBe('Grand Vizier')
    await scene.tenant.edit(account, { [title]: null })
    expect((await changes()).accounts.get(account)?.attributes[title]).toBeUndefined()
  },
  'shows who was put into a group and who was taken out': async scene => {
    const { people, group, changes } = await company(scene)
    const stranger = await scene.stranger()
    await scene.tenant.addMember(group.id, stranger)
    await scene.tenant.removeMember(group.id, people[1] as AccountId)
    const { members } = await changes()
    expect(members.get(group.id)).toEqual(new Set([people[0], people[2], stranger]))
  },
  'shows a mark that was taken off, and a block by hand': async scene => {
    const { people, changes } = await company(scene)
    await scene.tenant.removeMember(await scene.marker('Managed'), people[0] as AccountId)
    await scene.tenant.setState(people[1] as AccountId, 'Departed')
    const { accounts } = await changes()
    expect(accounts.get(people[0] as AccountId)?.marked).toBe(false)
    expect(accounts.get(people[1] as AccountId)?.state).toBe('Blocked')
  },
  'shows what we did ourselves': async scene => {
    const { people, group, changes } = await company(scene)
    const account = people[2] as AccountId
    await scene.run({ kind: 'revoke', entitlement: group }, { account })
    await scene.run({ kind: 'block', why: 'Suspension' }, { account })
    const joined = await scene.joined({ number: 'E4', grants: [group] })
    const { accounts, members } = await changes({ bound: [...people, joined] })
    expect(accounts.get(account)).toMatchObject({ state: 'Blocked', blockMarked: true })
    expect(members.get(group.id)?.has(account)).toBe(false)
    expect(accounts.get(joined)?.marked).toBe(true)
  },
  'reads whole what has come into its scope': async scene => {
    const { people, group, changes } = await company(scene)
    const another = await scene.group({ name: 'Analysts' })
    const bound = await scene.stranger('bound')
    await scene.tenant.addMember(another.id, bound)
    const { accounts, members } = await changes({ bound: [...people, bound], entitlements: [group, another] })
    expect(members.get(another.id)).toEqual(new Set([bound]))
    expect(accounts.get(bound)?.marked).toBe(false)
  },
}
