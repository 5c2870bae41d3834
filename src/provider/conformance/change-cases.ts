import { expect } from 'vitest'
import type { AttributeName, EmployeeNumber } from '../../model/ids.ts'
import type { OperationVerb } from '../../model/plan.ts'
import type { Cases } from './case.ts'
import type { Scene } from './scene.ts'

function update(set: Readonly<Record<AttributeName, string | null>>): OperationVerb {
  return { kind: 'update', set, before: Object.fromEntries(Object.keys(set).map(name => [name, null])) }
}

function rename(from: string, to: string): OperationVerb {
  return { kind: 'update', set: {}, before: {}, login: { from, to } }
}

const names = (scene: Scene): { readonly title: string; readonly department: string } => ({
  title: scene.attribute('title') ?? 'title',
  department: scene.attribute('department') ?? 'department',
})

/** `update`, `set-manager`, `grant`, `revoke`. */
export const changeCases: Cases = {
  'updates the attributes named and leaves all others as they are': async scene => {
    const { title, department } = names(scene)
    const account = await scene.joined({ fields: { title: 'Analyst', department: 'Mathematics' } })
    const before = await scene.seen(account)
    expect(await scene.run(update({ [title]: 'Countess' }), { account })).toMatchObject({ kind: 'applied' })
    const after = await scene.seen(account)
    expect(after).toEqual({ ...before, attributes: { ...before?.attributes, [title]: 'Countess' } })
    expect(after?.attributes[department]).toBe('Mathematics')
  },
  'clears an attribute by null': async scene => {
    const { title } = names(scene)
    const account = await scene.joined({ fields: { title: 'Analyst', department: 'Mathematics' } })
    expect(await scene.run(update({ [title]: null }), { account })).toMatchObject({ kind: 'applied' })
    expect((await scene.seen(account))?.attributes).not.toHaveProperty(title)
    expect((await scene.read(account))?.attributes).not.toHaveProperty(title)
  },
  'updates to what is so already without changing anything': async scene => {
    const { title } = names(scene)
    const account = await scene.joined({ fields: { title: 'Analyst' } })
    const before = await scene.seen(account)
    expect(await scene.run(update({ [title]: 'Analyst' }), { account })).toMatchObject({ kind: 'applied' })
    expect(await scene.seen(account)).toEqual(before)
  },
  'does not let one attribute that is refused keep the others back, and names it': {
    needs: ['RefusedAttribute'],
    run: async scene => {
      const { refused } = scene.world
      if (refused === undefined)
        throw new Error('the world names no refused attribute and does not say that it lacks one')
      const { title, department } = names(scene)
      const account = await scene.joined({ fields: { title: 'Analyst' } })
      const set = { [title]: 'Countess', [refused.attribute]: refused.value, [department]: 'Engines' }
      const outcome = await scene.run(update(set), { account })
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'AttributeUnknown' })
      expect(outcome.kind === 'failed' && outcome.message).toContain(refused.attribute)
      const seen = (await scene.seen(account))?.attributes
      expect(seen).toMatchObject({ [title]: 'Countess', [department]: 'Engines' })
      expect(seen?.[refused.attribute]).not.toBe(refused.value)
    },
  },
  'renames the login, and keeps the account': async scene => {
    const account = await scene.joined()
    const to = scene.login('countess')
    expect(await scene.run(rename(scene.login('E1'), to), { account })).toMatchObject({ kind: 'applied', account })
    expect(await scene.seen(account)).toMatchObject({ login: to, number: 'E1' })
  },
  'does not rename to a login that somebody has': async scene => {
    const account = await scene.joined()
    const taken = scene.login('taken')
    await scene.tenant.seedAccount({ login: taken })
    const outcome = await scene.run(rename(scene.login('E1'), taken), { account })
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'LoginTaken' })
    expect((await scene.seen(account))?.login).toBe(scene.login('E1'))
  },
  'does not change an account that another source masters': {
    needs: ['MasteredAccounts'],
    run: async scene => {
      const { title } = names(scene)
      const account = await scene.tenant.seedAccount({ login: scene.login('E1'), mastered: true })
      const outcome = await scene.run(update({ [title]: 'Countess' }), { account })
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'ExternallyMastered' })
      expect((await scene.seen(account))?.attributes).not.toHaveProperty(title)
    },
  },
  'sets, replaces and clears the manager, and again without effect': async scene => {
    const account = await scene.joined({ number: 'E1' })
    for (const number of ['E2', 'E3']) {
      const id = await scene.joined({ number })
      const manager = { number: number as EmployeeNumber, id, displayName: 'Ada Lovelace' }
      for (const _time of ['first', 'second']) {
        const outcome = await scene.run({ kind: 'set-manager', manager }, { account, managerAccount: id })
        expect(outcome).toMatchObject({ kind: 'applied' })
        expect((await scene.read(account))?.manager).toBe(id)
        expect((await scene.seen(account))?.manager).toBe(id)
      }
    }
    for (const _time of ['first', 'second']) {
      expect(await scene.run({ kind: 'set-manager', manager: undefined }, { account })).toMatchObject({
        kind: 'applied',
      })
      expect(await scene.read(account)).not.toHaveProperty('manager')
    }
  },
  'grants and revokes, and again without effect, and leaves strangers in the group alone': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    const stranger = await scene.stranger()
    await scene.tenant.addMember(group.id, stranger)
    const account = await scene.joined()
    for (const _time of ['first', 'second']) {
      const outcome = await scene.run({ kind: 'grant', entitlement: group, mappings: ['engineering'] }, { account })
      expect(outcome).toMatchObject({ kind: 'applied' })
      expect(await scene.tenant.members(group.id)).toEqual(new Set([stranger, account]))
    }
    for (const _time of ['first', 'second']) {
      expect(await scene.run({ kind: 'revoke', entitlement: group }, { account })).toMatchObject({ kind: 'applied' })
      expect(await scene.tenant.members(group.id)).toEqual(new Set([stranger]))
    }
    expect(await scene.seen(account)).toBeDefined()
  },
  'grants and revokes an administrative unit': {
    needs: ['AdministrativeUnits'],
    run: async scene => {
      const unit = await scene.group({ name: 'Berlin', kind: 'AdministrativeUnit' })
      const account = await scene.joined()
      await scene.run({ kind: 'grant', entitlement: unit, mappings: ['berlin'] }, { account })
      expect(await scene.tenant.members(unit.id)).toEqual(new Set([account]))
      await scene.run({ kind: 'revoke', entitlement: unit }, { account })
      expect(await scene.tenant.members(unit.id)).toEqual(new Set())
    },
  },
  'says that a granted entitlement is gone, and takes a revoked one that is gone for done': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    const account = await scene.joined()
    await scene.tenant.removeGroup(group.id)
    const granted = await scene.run({ kind: 'grant', entitlement: group, mappings: ['engineering'] }, { account })
    expect(granted).toMatchObject({ kind: 'failed', reason: 'EntitlementMissing' })
    expect(await scene.run({ kind: 'revoke', entitlement: group }, { account })).toMatchObject({ kind: 'applied' })
  },
  'gives one outcome to each of many operations': async scene => {
    const group = await scene.group({ name: 'Engineering' })
    const numbers = Array.from({ length: 25 }, (_, index) => `E${index + 1}`)
    const created = await scene.runAll(numbers.map(number => scene.approved(scene.createVerb({ number }), { number })))
    const ids = created.flatMap(outcome => (outcome.kind === 'applied' && outcome.account ? [outcome.account] : []))
    expect(new Set(ids).size).toBe(25)
    const grants = ids.map(account => {
      return scene.approved({ kind: 'grant', entitlement: group, mappings: ['engineering'] }, { account })
    })
    const outcomes = await scene.runAll(grants)
    expect(new Set(outcomes.map(({ operation }) => operation))).toEqual(new Set(grants))
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(25).fill('applied'))
    expect(await scene.tenant.members(group.id)).toEqual(new Set(ids))
  },
}
