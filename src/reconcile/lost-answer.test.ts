import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { OperationKind } from '../model/plan.ts'
import type { JournalEntry } from '../model/record.ts'
import { RecordBook } from './record.ts'

const account = (world: TestWorld) =>
  [...world.provider.tenant.accounts()].find(one => one.attributes.employeeNumber === 'E1')
const groupOf = (world: TestWorld, name: string) => world.provider.state().groups.find(one => one.name === name)
const holds = (world: TestWorld, name: string): boolean =>
  groupOf(world, name)?.members.includes(account(world)?.id ?? ('' as never)) ?? false
const setMember = (world: TestWorld, name: string, on: boolean): void =>
  world.provider.tenant.setMember(groupOf(world, name)?.id as never, account(world)?.id as never, on)
const known = (world: TestWorld) =>
  new RecordBook(world.journal.entries).of('memory' as never).people.get('E1' as never)

/** Applies, and is killed when these operations had their effect and before anything was written down of it. */
async function killedAfter(world: TestWorld, ...operations: readonly OperationKind[]): Promise<void> {
  await world.apply()
  const { entries } = world.journal
  const first = entries.findIndex(entry => entry.kind === 'outcome' && operations.includes(entry.operation))
  expect(first).toBeGreaterThan(-1)
  const outcomes = (entry: JournalEntry): boolean => entry.kind === 'outcome' && operations.includes(entry.operation)
  world.journal.entries.splice(first, entries.length, ...entries.slice(first).filter(entry => !outcomes(entry)))
}

const additive = mapping({ mode: 'Additive' })

describe('a grant whose outcome was never written down', () => {
  it('is ours when it was given with the account: it goes when its mapping goes', async () => {
    const world = new TestWorld().declare({ employees: [employee()], mappings: [additive] })
    await killedAfter(world, 'create')
    await world.apply()
    expect(await world.planned()).toEqual([])
    world.declare({ employees: [employee()], mappings: [] })
    await world.apply()
    expect(holds(world, 'Engineering')).toBe(false)
  })

  it('is ours when it was given by itself, also when the mapping goes before the next run', async () => {
    const world = new TestWorld().declare({ employees: [employee()], mappings: [] })
    await world.apply()
    world.declare({ employees: [employee()], mappings: [additive] })
    await killedAfter(world, 'grant')
    world.declare({ employees: [employee()], mappings: [] })
    expect(await world.planned()).toEqual(['revoke ada Engineering'])
  })

  it('is not ours when it had no effect: whoever gives it later keeps it', async () => {
    const world = new TestWorld().declare({ employees: [employee()], mappings: [] })
    await world.apply()
    world.declare({ employees: [employee()], mappings: [additive] })
    await killedAfter(world, 'grant')
    setMember(world, 'Engineering', false)
    world.declare({ employees: [employee()], mappings: [mapping({ mode: 'Additive', groups: ['nobody'] })] })
    await world.apply()
    setMember(world, 'Engineering', true)
    expect(await world.planned()).toEqual([])
  })
})

it('a grant that was taken back is not ours any more, though the outcome was never written down', async () => {
  const nobody = mapping({ mode: 'Additive', groups: ['nobody'] })
  const world = new TestWorld().declare({ employees: [employee()], mappings: [additive] })
  await world.apply()
  world.declare({ employees: [employee()], mappings: [nobody] })
  await killedAfter(world, 'revoke')
  await world.apply()
  setMember(world, 'Engineering', true)
  expect(await world.planned()).toEqual([])
})

describe('a suspension whose block had its effect and no outcome', () => {
  it('still ends the sessions, once', async () => {
    const world = new TestWorld().declare({ employees: [employee()] })
    await world.apply()
    world.declare({ employees: [employee({ suspended: true })] })
    await killedAfter(world, 'block', 'end-sessions')
    expect(await world.planned()).toEqual(['end-sessions ada'])
    await world.apply()
    expect(await world.planned()).toEqual([])
  })
})

describe('a leaver whose block had its effect and no outcome', () => {
  it('is known to be blocked by us', async () => {
    const world = new TestWorld().declare({ employees: [employee()] })
    await world.apply()
    world.declare({ employees: [employee({ endDate: '2026-03-01' })] })
    await killedAfter(world, 'block')
    await world.apply()
    expect(known(world)?.blockedAt).toBeDefined()
  })
})

describe('a staged account that was made and marked, but not yet marked as blocked', () => {
  it('is recognised as ours: it gets the mark and is enabled on the first day', async () => {
    const world = new TestWorld().declare({ employees: [employee({ startDate: '2026-03-06' })] })
    await killedAfter(world, 'create')
    setMember(world, 'tenure-managed-blocked', false)
    await world.apply()
    expect(holds(world, 'tenure-managed-blocked')).toBe(true)
    await world.advance(4).apply()
    expect(account(world)?.state).toBe('Enabled')
  })
})

describe('a rename whose outcome was never written down', () => {
  it('is written down by the next run', async () => {
    const world = new TestWorld().declare({ employees: [employee()] })
    await world.apply()
    world.declare({ employees: [employee({ fields: { workEmail: 'countess@example.com' } })] })
    await killedAfter(world, 'update')
    expect(known(world)?.login).toBe('ada@example.com')
    await world.apply()
    expect(known(world)?.login).toBe('countess@example.com')
  })
})

describe('a restore whose outcome was never written down', () => {
  it('leaves nobody who could leave unseen: the departure after it still blocks', async () => {
    const offboarding = { delete: true, graceDays: 1, revokeGrants: true, revokeSessions: true }
    const providers = [identityProvider({ offboarding })]
    const world = new TestWorld({ offboarding: 'Delete' }).declare({ employees: [employee()], providers })
    await world.apply()
    world.declare({ employees: [employee({ endDate: '2026-03-01' })], providers })
    await world.apply()
    await world.apply()
    await world.advance(2).apply()
    expect(account(world)?.state).toBe('Deleted')
    world.declare({ employees: [employee()], providers })
    await killedAfter(world, 'restore', 'enable')
    await world.apply()
    expect(account(world)?.state).toBe('Enabled')
    world.declare({ employees: [employee({ endDate: '2026-03-03' })], providers })
    await world.advance(2).apply()
    expect(account(world)?.state).toBe('Departed')
  })
})

describe('a create that failed after one that got no answer', () => {
  it('does not make us forget that the first may have made the account', () => {
    const frame = { at: 1000, provider: 'memory', number: 'E1', operation: 'create' } as const
    const intent = {
      kind: 'intent',
      employee: 'ada',
      login: 'ada@example.com',
      detail: '',
      because: '',
      plan: '',
    } as const
    const entries = [
      { ...frame, ...intent, actor: 'test', id: 'first' },
      { ...frame, kind: 'outcome', id: 'first', result: 'unknown', facts: [] },
      { ...frame, ...intent, actor: 'test', id: 'second', at: 900_000 },
      { ...frame, kind: 'outcome', id: 'second', result: 'failed', facts: [] },
    ] as unknown as readonly JournalEntry[]
    const record = new RecordBook(entries).of('memory' as never).people.get('E1' as never)
    expect(record?.intent).toEqual({ login: 'ada@example.com', at: 1000 })
  })
})
