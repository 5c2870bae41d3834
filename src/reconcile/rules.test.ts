import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Employee } from '../model/employee.ts'
import type { RunReport } from '../model/plan.ts'
import type { LossClass } from '../model/provider.ts'
import { RecordBook } from './record.ts'

type Options = Parameters<typeof employee>[0]
const engineers = mapping({ groups: ['engineering'] })
const person = (number: string, options: Options = {}): Employee => employee({ number, name: `p${number}`, ...options })
const engineer = (number: string, options: Options = {}): Employee =>
  person(number, { groups: ['engineering'], ...options })
const three = (options: Options = {}): Employee[] => ['1', '2', '3'].map(number => engineer(number, options))
const keeper = person('9')

const all = { percent: 100, atLeast: 100 }
const budgets = (own: Partial<Record<LossClass, number>> = {}) => {
  const limits = { leave: all, block: all, revoke: all, enable: all, rename: all }
  const tight = Object.entries(own).map(([one, atLeast]) => [one, { percent: 0, atLeast }])
  return { limits: { ...limits, ...Object.fromEntries(tight) } }
}

const outcomesOf = (report: RunReport): string[] =>
  report.providers.flatMap(one =>
    one.outcomes.map(out => `${out.kind} ${out.operation.kind} ${out.operation.person.employee}`),
  )
const accountsOf = (world: TestWorld, number: string) =>
  [...world.provider.tenant.accounts()].filter(one => one.attributes.employeeNumber === number)
const stateOf = (world: TestWorld, number: string): string | undefined => accountsOf(world, number)[0]?.state
const holds = (world: TestWorld, number: string, name: string): boolean => {
  const group = world.provider.state().groups.find(one => one.name === name)
  return accountsOf(world, number).some(one => group?.members.includes(one.id))
}
const recordOf = (world: TestWorld) => new RecordBook(world.journal.entries).of('memory' as never)

describe('a budget counts each class from the manifests on', () => {
  interface Scene {
    readonly before: readonly Employee[]
    readonly between?: readonly Employee[]
    readonly after: readonly Employee[]
  }
  const scenes: readonly (readonly [LossClass, string, Scene])[] = [
    ['leave', 'departures', { before: three(), after: three({ endDate: '2026-03-01' }) }],
    ['leave', 'suspensions', { before: three(), after: three({ suspended: true }) }],
    [
      'leave',
      'leaves of absence',
      {
        before: three(),
        after: three({ leaves: [{ from: '2026-03-01', until: '2026-03-10', access: 'Block' }] as never }),
      },
    ],
    ['block', 'deleted Employees', { before: three(), after: [] }],
    ['revoke', 'lost groups', { before: three(), after: three({ groups: [] }) }],
    ['enable', 'suspensions lifted', { before: three(), between: three({ suspended: true }), after: three() }],
    ['enable', 'people who come back', { before: three(), between: three({ endDate: '2026-03-01' }), after: three() }],
    [
      'rename',
      'new logins',
      {
        before: three(),
        after: ['1', '2', '3'].map(one => engineer(one, { fields: { workEmail: `new${one}@example.com` } })),
      },
    ],
  ]
  const withBudget = async ({ before, between, after }: Scene, guard: ReturnType<typeof budgets>) => {
    const world = new TestWorld()
    const declare = (people: readonly Employee[], limits = budgets()): TestWorld =>
      world.declare({
        employees: [...people, keeper],
        mappings: [engineers],
        providers: [identityProvider({ guard: limits })],
      })
    await declare(before).apply()
    if (between) for (const _ of [1, 2]) await declare(between).apply()
    declare(after, guard)
    return world
  }

  it.each(scenes)(
    '%s: three %s with room for two are withheld, all three, and nothing is written',
    async (...[one, , scene]) => {
      const world = await withBudget(scene, budgets({ [one]: 2 }))
      const state = JSON.stringify(world.provider.state())
      const report = await world.apply()
      expect(report.providers[0]?.verdict?.refusals[0]).toMatchObject({
        reason: 'OverBudget',
        withheld: { class: one, count: 3, limit: 2 },
      })
      const done = report.providers.flatMap(two => two.outcomes).filter(two => two.operation.kind !== 'grant')
      expect(done).toEqual([])
      if (one !== 'enable') expect(JSON.stringify(world.provider.state())).toBe(state)
      else expect(['1', '2', '3'].map(number => stateOf(world, number))).toEqual(Array(3).fill('Blocked'))
    },
  )

  it('a restore out of the bin lets somebody in too, and counts so', async () => {
    const providers = (guard: ReturnType<typeof budgets>) => [
      identityProvider({ guard, offboarding: { delete: true, graceDays: 1 } }),
    ]
    const world = new TestWorld({ offboarding: 'Delete' })
    world.declare({ employees: three({ endDate: '2026-03-03' }), mappings: [], providers: providers(budgets()) })
    for (const days of [0, 2, 0, 2]) await world.advance(days).apply()
    expect(world.provider.deletions).toBe(3)
    world.declare({ employees: three(), mappings: [], providers: providers(budgets({ enable: 2 })) })
    await world.apply()
    expect(['1', '2', '3'].map(number => stateOf(world, number))).toEqual(Array(3).fill('Deleted'))
  })
})

describe('somebody who must not be touched', () => {
  const untouchable = new Set(['1'])

  it('keeps the account they have, whatever is declared of them or nothing at all', async () => {
    for (const employees of [
      [person('1', { suspended: true }), keeper],
      [engineer('1', { endDate: '2026-03-01' }), keeper],
      [keeper],
    ]) {
      const world = new TestWorld().declare({ employees: [engineer('1'), keeper], mappings: [engineers] })
      await world.apply()
      const report = await world.declare({ employees, mappings: [engineers], untouchable }).apply()
      expect([report.providers[0]?.plan?.operations, stateOf(world, '1')]).toEqual([[], 'Enabled'])
      await world.declare({ employees, mappings: [engineers] }).apply()
      expect([stateOf(world, '1'), holds(world, '1', 'Engineering')]).not.toEqual(['Enabled', true])
    }
  })

  it('gets none when they have none', async () => {
    const world = new TestWorld().declare({ employees: [person('1'), keeper], mappings: [], untouchable })
    expect(outcomesOf(await world.apply())).toEqual(['applied create p9'])
  })

  it('is bound again by nobody while the record is lost', async () => {
    const world = new TestWorld().declare({ employees: [person('1'), keeper], mappings: [] })
    await world.apply()
    world.journal.entries.length = 0
    await world.declare({ employees: [person('1'), keeper], mappings: [], untouchable }).apply()
    expect([...recordOf(world).people.keys()]).toEqual(['9'])
  })
})

describe('a provider that is only looked at', () => {
  const looking = [
    ['paused', { paused: true }],
    ['observed', { mode: 'Observe' }],
    ['owned by somebody else', { owner: 'someone-else' }],
  ] as const

  it.each(looking)(
    '%s: nothing is written into the record, of the first run or of later ones',
    async (...[, options]) => {
      const world = new TestWorld().declare({
        employees: [engineer('1')],
        mappings: [engineers],
        providers: [identityProvider(options)],
      })
      await world.apply()
      expect([world.journal.entries, world.provider.writes]).toEqual([[], 0])
      await world.declare({ employees: [engineer('1'), engineer('2')], mappings: [engineers] }).apply()
      const [first] = accountsOf(world, '1')
      world.provider.tenant.setState(first?.id as never, 'Blocked')
      const [entries, { writes }] = [world.journal.entries.length, world.provider]
      const providers = [identityProvider(options)]
      await world
        .declare({ employees: [engineer('1'), person('2', { endDate: '2026-03-01' })], mappings: [], providers })
        .apply()
      expect([world.journal.entries.length, world.provider.writes]).toEqual([entries, writes])
      await world.declare({ employees: [engineer('1'), keeper], mappings: [] }).apply()
      expect(world.journal.entries.length).toBeGreaterThan(entries)
    },
  )
})

describe('a create that got no answer', () => {
  it.each([
    ['had its effect', 'Unanswered'],
    ['had none', 'Lost'],
  ] as const)(
    'and %s ends the person for this run; the next one settles it, with one account and no second',
    async (...[, fault]) => {
      const world = new TestWorld({ groupsOnCreate: 1 })
      world.declare({ employees: [engineer('1'), engineer('2')], mappings: [engineers] })
      world.provider.fail({ writes: [{ nth: 1, fault }] })
      const first = outcomesOf(await world.apply())
      expect(first.filter(one => one.endsWith('p1'))).toEqual(['unknown create p1', 'skipped grant p1'])
      expect(first.filter(one => one.endsWith('p2'))).toEqual(['applied create p2', 'applied grant p2'])
      expect(accountsOf(world, '1')).toHaveLength(fault === 'Lost' ? 0 : 1)
      world.provider.fail({})
      const [settled] = outcomesOf(await world.apply())
      expect(settled).toBe(fault === 'Lost' ? 'applied create p1' : 'applied adopt p1')
      const [only, other] = accountsOf(world, '1')
      expect([only?.id, other]).toEqual([recordOf(world).people.get('1' as never)?.account, undefined])
      expect([holds(world, '1', 'Engineering'), holds(world, '1', 'tenure-managed')]).toEqual([true, true])
      expect(await world.planned()).toEqual([])
    },
  )
})
