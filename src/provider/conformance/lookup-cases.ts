import { expect } from 'vitest'
import type { EmployeeNumber } from '../../model/ids.ts'
import type { Cases } from './case.ts'

/** `lookup`. */
export const lookupCases: Cases = {
  'gives one result for each key, in the order of the keys, empty where there is nobody': async scene => {
    const id = await scene.tenant.seedAccount({ login: scene.login('grace'), number: 'E7' })
    const keys = [
      { kind: 'Login', login: scene.login('nobody') },
      { kind: 'Id', id },
      { kind: 'Number', number: 'E404' as EmployeeNumber },
      { kind: 'Number', number: 'E7' as EmployeeNumber },
    ] as const
    const results = await scene.provider.lookup(keys, scene.signal)
    expect(results.map(({ key }) => key)).toEqual(keys)
    const found = results.map(({ accounts }) => accounts.map(({ account }) => account.id))
    expect(found).toEqual([[], [id], [], [id]])
  },
  'finds a stranger by employee number, by login whatever its case, and by e-mail': async scene => {
    const email = scene.login('grace.hopper')
    const id = await scene.tenant.seedAccount({ login: scene.login('grace'), number: 'E7', email })
    const keys = [
      { kind: 'Number', number: 'E7' as EmployeeNumber },
      { kind: 'Login', login: scene.login('grace').toUpperCase() },
      { kind: 'Email', email },
    ] as const
    for (const key of keys) expect((await scene.find(key)).map(({ account }) => account.id)).toEqual([id])
  },
  'finds both of two accounts that carry one employee number': async scene => {
    const first = await scene.tenant.seedAccount({ login: scene.login('grace'), number: 'E7' })
    const second = await scene.tenant.seedAccount({ login: scene.login('grace2'), number: 'E7' })
    const found = await scene.find({ kind: 'Number', number: 'E7' as EmployeeNumber })
    expect(found.map(({ account }) => account.id).sort()).toEqual([first, second].sort())
  },
  'does not take a longer login, or number, for the one asked for': async scene => {
    await scene.tenant.seedAccount({ login: scene.login('joann'), number: 'E77' })
    expect(await scene.find({ kind: 'Login', login: scene.login('ann') })).toEqual([])
    expect(await scene.find({ kind: 'Number', number: 'E7' as EmployeeNumber })).toEqual([])
  },
  'finds a login and a number with a quote in them': async scene => {
    const login = scene.login("o'neil")
    const id = await scene.tenant.seedAccount({ login, number: "E'7" })
    expect((await scene.find({ kind: 'Login', login })).map(({ account }) => account.id)).toEqual([id])
    const byNumber = await scene.find({ kind: 'Number', number: "E'7" as EmployeeNumber })
    expect(byNumber.map(({ account }) => account.id)).toEqual([id])
  },
  'finds who has departed, by number and by login': async scene => {
    const id = await scene.tenant.seedAccount({ login: scene.login('grace'), number: 'E7', state: 'Departed' })
    const keys = [
      { kind: 'Number', number: 'E7' as EmployeeNumber },
      { kind: 'Login', login: scene.login('grace') },
      { kind: 'Id', id },
    ] as const
    for (const key of keys) {
      const [found] = await scene.find(key)
      expect(found?.account).toMatchObject({ id, state: 'Blocked', departed: true })
    }
  },
  'finds who lies in the bin, by id, by number and by the login they had': {
    needs: ['Bin'],
    run: async scene => {
      const id = await scene.tenant.seedAccount({ login: scene.login('grace'), number: 'E7', state: 'Deleted' })
      const keys = [
        { kind: 'Number', number: 'E7' as EmployeeNumber },
        { kind: 'Login', login: scene.login('grace') },
        { kind: 'Id', id },
      ] as const
      for (const key of keys) {
        const [found] = await scene.find(key)
        expect(found?.account).toMatchObject({ id, state: 'Deleted', departed: true, login: scene.login('grace') })
      }
    },
  },
  'finds nobody under the id of an account that was erased': async scene => {
    const id = await scene.stranger()
    await scene.tenant.setState(id, 'Gone')
    expect(await scene.find({ kind: 'Id', id })).toEqual([])
  },
  'tells by id everything the person holds but the markers': async scene => {
    const mapped = await scene.group({ name: 'Engineering' })
    const unmapped = await scene.group({ name: 'Chess club' })
    await scene.group({ name: 'Not theirs' })
    const id = await scene.joined()
    await scene.tenant.addMember(mapped.id, id)
    await scene.tenant.addMember(unmapped.id, id)
    const [found] = await scene.find({ kind: 'Id', id })
    const written = found?.held?.filter(({ readOnly }) => readOnly === undefined) ?? []
    expect(written.map(({ id: held }) => held).sort()).toEqual([mapped.id, unmapped.id].sort())
    expect(written.map(({ name }) => name).sort()).toEqual(['Chess club', 'Engineering'])
    expect(found?.account).toMatchObject({ marked: true, blockMarked: false })
  },
  'tells nothing of what a person holds for other keys': async scene => {
    await scene.joined()
    const [found] = await scene.find({ kind: 'Number', number: 'E1' as EmployeeNumber })
    expect(found?.account.marked).toBe(true)
    expect(found).not.toHaveProperty('held')
  },
  'flags the computed among what a person holds': {
    needs: ['ComputedGroups'],
    run: async scene => {
      const group = await scene.group({ name: 'Everyone in Sales', kind: 'Computed' })
      const id = await scene.joined()
      await scene.tenant.addMember(group.id, id)
      const [found] = await scene.find({ kind: 'Id', id })
      expect(found?.held?.find(({ id: held }) => held === group.id)).toMatchObject({ readOnly: 'Computed' })
    },
  },
  'flags the privileged among what a person holds': {
    needs: ['PrivilegedGroups'],
    run: async scene => {
      const group = await scene.group({ name: 'Help desk', privileged: true })
      const id = await scene.joined()
      await scene.tenant.addMember(group.id, id)
      const [found] = await scene.find({ kind: 'Id', id })
      expect(found?.held?.find(({ id: held }) => held === group.id)).toMatchObject({ privileged: true })
    },
  },
  'lists the administrative units a person is in': {
    needs: ['AdministrativeUnits'],
    run: async scene => {
      const unit = await scene.group({ name: 'Berlin', kind: 'AdministrativeUnit' })
      const id = await scene.joined()
      await scene.tenant.addMember(unit.id, id)
      const [found] = await scene.find({ kind: 'Id', id })
      expect(found?.held).toContainEqual(unit)
    },
  },
  'tells a staged account from a blocked one': {
    needs: ['StagedState'],
    run: async scene => {
      const staged = await scene.tenant.seedAccount({ login: scene.login('ada'), state: 'Staged' })
      const blocked = await scene.tenant.seedAccount({ login: scene.login('grace'), state: 'Blocked' })
      expect([(await scene.read(staged))?.state, (await scene.read(blocked))?.state]).toEqual(['Staged', 'Blocked'])
    },
  },
  'says who holds an administrator’s role, and who does not': {
    needs: ['Admins'],
    run: async scene => {
      const admin = await scene.tenant.seedAccount({ login: scene.login('root'), admin: true })
      expect([(await scene.read(admin))?.admin, (await scene.read(await scene.stranger()))?.admin]).toEqual([
        true,
        false,
      ])
    },
  },
  'says that another source masters an account': {
    needs: ['MasteredAccounts'],
    run: async scene => {
      const id = await scene.tenant.seedAccount({ login: scene.login('ada'), mastered: true })
      expect((await scene.read(id))?.masteredBy).toMatch(/./)
      expect(await scene.read(await scene.stranger())).not.toHaveProperty('masteredBy')
    },
  },
}
