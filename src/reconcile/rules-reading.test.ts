import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Employee } from '../model/employee.ts'
import { PermissionError, SnapshotError, TransientError } from '../model/errors.ts'
import type { Reason } from '../model/origin.ts'
import type { RunReport } from '../model/plan.ts'
import type { Probe } from '../model/provider.ts'
import { RecordBook } from './record.ts'

/** What a run may infer from what it read, and what goes on without any of it. */

type Options = Parameters<typeof employee>[0]
const engineers = mapping({ groups: ['engineering'] })
const person = (number: string, options: Options = {}): Employee => employee({ number, name: `p${number}`, ...options })
const engineer = (number: string, options: Options = {}): Employee =>
  person(number, { groups: ['engineering'], ...options })
const ten = (options: Options = {}): Employee[] =>
  Array.from({ length: 10 }, (_, index) => engineer(`${index}`, options))
const all = { percent: 100, atLeast: 100 }
const ofBlocks = (atLeast: number) => ({
  limits: { leave: all, block: { percent: 0, atLeast }, revoke: all, enable: all, rename: all },
})

const reasons = (report: RunReport): Reason[] => report.providers.flatMap(one => one.findings.map(two => two.reason))
const outcomesOf = (report: RunReport): string[] =>
  report.providers.flatMap(one =>
    one.outcomes.map(out => `${out.kind} ${out.operation.kind} ${out.operation.person.employee}`),
  )
const accountOf = (world: TestWorld, number: string) =>
  [...world.provider.tenant.accounts()].find(one => one.attributes.employeeNumber === number)
const holds = (world: TestWorld, number: string, name: string): boolean => {
  const group = world.provider.state().groups.find(one => one.name === name)
  return group?.members.includes(accountOf(world, number)?.id as never) ?? false
}

describe('a read that shows far fewer accounts than the last one we trusted', () => {
  const joiner = person('joiner')

  interface Reads {
    /** How many accounts each list leaves out, read by read. */
    readonly hidden: readonly number[]
    /** What the probe finds wrong, probe by probe. */
    readonly problems?: readonly Probe['problems'][]
    readonly budget?: number
  }

  /** Ten people are employed; then one more is declared, who gets an account only if the provider was read whole. */
  async function reading({ hidden, problems = [], budget = 2 }: Reads) {
    const providers = [identityProvider({ guard: ofBlocks(budget) })]
    const world = new TestWorld().declare({ employees: ten(), mappings: [engineers], providers })
    for (const _ of ['gives them accounts', 'reads and trusts ten']) await world.apply()
    let reads = 0
    let probes = 0
    world.around = provider => ({
      ...provider,
      probe: async signal => ({ ...(await provider.probe(signal)), problems: problems[probes++] ?? [] }),
      snapshot: (scope, signal) => {
        world.provider.fail({ snapshot: { hidden: hidden[reads] ?? hidden.at(-1) ?? 0 } })
        reads += 1
        return provider.snapshot(scope, signal)
      },
    })
    const report = await world.declare({ employees: [...ten(), joiner], mappings: [engineers], providers }).apply()
    const { trustedAccounts } = new RecordBook(world.journal.entries).of('memory' as never)
    const joined = accountOf(world, 'joiner') !== undefined
    return { world, report, reads, probes, joined, trustedAccounts }
  }
  const missing: Probe['problems'] = [{ severity: 'Error', missing: 'users.read', message: 'accounts cannot be read' }]
  const warning: Probe['problems'] = [{ severity: 'Warning', missing: 'roles.read', message: 'roles cannot be read' }]

  it('is not trusted before a second one, and not when that one disagrees', async () => {
    for (const hidden of [
      [3, 0],
      [3, 4],
      [5, 3],
    ]) {
      const { report, reads, joined, trustedAccounts } = await reading({ hidden })
      expect([hidden, reads, joined, reasons(report)]).toEqual([hidden, 2, false, ['ReadIncomplete']])
      expect(report.providers[0]?.error).toContain(
        `${10 - (hidden[0] ?? 0)} managed accounts were read, 10 at the last`,
      )
      expect(trustedAccounts).toBe(10)
    }
  })

  it('is not trusted when the second one agrees and the probe finds a right missing', async () => {
    const { report, joined, probes, trustedAccounts } = await reading({ hidden: [3, 3], problems: [[], missing] })
    expect([joined, probes, trustedAccounts]).toEqual([false, 2, 10])
    expect(reasons(report)).toContain('ReadIncomplete')
  })

  it('is trusted when the second one agrees and the probe finds nothing that stops reading', async () => {
    for (const problems of [[], [[], warning]]) {
      const { report, joined, reads, probes, trustedAccounts } = await reading({ hidden: [3, 3], problems })
      expect([joined, reads, probes, trustedAccounts]).toEqual([true, 2, 2, 7])
      expect(reasons(report)).not.toContain('ReadIncomplete')
    }
  })

  it('is trusted at once when the drop is within the budget of blocks', async () => {
    const { joined, reads, probes } = await reading({ hidden: [3, 0], budget: 3 })
    expect([joined, reads, probes]).toEqual([true, 1, 1])
  })

  it('takes nothing from anybody, trusted or not', async () => {
    for (const hidden of [
      [3, 0],
      [3, 3],
    ]) {
      const { world } = await reading({ hidden })
      expect(ten().map(({ number }) => [accountOf(world, number)?.state, holds(world, number, 'Engineering')])).toEqual(
        Array(10).fill(['Enabled', true]),
      )
    }
  })
})

describe('a declared departure', () => {
  const leaver = engineer('1', { endDate: '2026-03-03' })
  const suspended = engineer('2', { suspended: true })
  const unavailable = new TransientError('the list is down', true)
  const failures = [
    ['the catalogue cannot be read', { catalog: () => Promise.reject(unavailable) }],
    ['the catalogue lacks a right', { catalog: () => Promise.reject(new PermissionError('groups cannot be read')) }],
    ['the lists break off', { snapshot: () => Promise.reject(new SnapshotError('a page came twice')) }],
    ['the lists lack a right', { snapshot: () => Promise.reject(new PermissionError('accounts cannot be read')) }],
  ] as const

  it.each(failures)(
    'goes although %s, with its sessions and all it holds, and nobody else moves',
    async (...[, broken]) => {
      const before = [leaver, engineer('2'), person('3')]
      const world = new TestWorld().declare({ employees: before, mappings: [engineers] })
      await world.apply()
      world.around = provider => ({ ...provider, ...broken })
      const after = [leaver, suspended, person('3', { fields: { title: 'Countess' } }), person('4')]
      const report = await world
        .advance(2)
        .declare({ employees: after, mappings: [engineers] })
        .apply()
      expect(outcomesOf(report).sort()).toEqual([
        'applied block p1',
        'applied block p2',
        'applied end-sessions p1',
        'applied end-sessions p2',
        'applied revoke p1',
      ])
      expect([accountOf(world, '1')?.state, holds(world, '1', 'Engineering')]).toEqual(['Blocked', false])
      expect(accountOf(world, '4')).toBeUndefined()
      expect(reasons(report)).toContain('ReadIncomplete')
    },
  )

  it('of somebody whose Employee is gone is none: it waits for a whole read', async () => {
    const world = new TestWorld().declare({ employees: [person('1'), person('3')], mappings: [] })
    await world.apply()
    world.provider.fail({ snapshot: 'Torn' })
    expect(outcomesOf(await world.declare({ employees: [person('3')], mappings: [] }).apply())).toEqual([])
    world.provider.fail({})
    expect(outcomesOf(await world.apply())).toContain('applied block p1')
  })
})

describe('a clock that differs from the provider’s', () => {
  const skewed = (world: TestWorld, minutes: number): void => {
    world.around = provider => ({
      ...provider,
      probe: async signal => ({
        ...(await provider.probe(signal)),
        clock: { theirs: world.now + minutes * 60_000, ours: world.now },
      }),
    })
  }

  it('deletes nobody whose grace is over, until it is set right', async () => {
    const providers = [identityProvider({ offboarding: { delete: true, graceDays: 1 } })]
    const leaver = person('1', { endDate: '2026-03-03' })
    const world = new TestWorld({ offboarding: 'Delete' }).declare({ employees: [leaver], mappings: [], providers })
    for (const days of [0, 2, 0]) await world.advance(days).apply()
    skewed(world, -6)
    const report = await world.advance(2).apply()
    expect([world.provider.deletions, reasons(report)]).toEqual([0, ['ClockSkewed']])
    skewed(world, -4)
    await world.apply()
    expect(world.provider.deletions).toBe(1)
  })

  it('neither opens nor closes the window of a mapping; what has none goes on', async () => {
    const opens = mapping({ name: 'opens', grants: ['Sales'], validFrom: '2026-03-04' })
    const closes = mapping({ name: 'closes', grants: ['Engineering'], validUntil: '2026-03-03' })
    const plain = mapping({ name: 'plain', grants: ['Everybody'], groups: ['plain'] })
    const groups = [{ name: 'Engineering' }, { name: 'Sales' }, { name: 'Everybody' }]
    const mappings = [opens, closes, plain]
    const world = new TestWorld({ state: { groups } }).declare({ employees: [person('1')], mappings })
    await world.apply()
    const held = (): boolean[] => groups.map(({ name }) => holds(world, '1', name))
    expect(held()).toEqual([true, false, false])
    skewed(world, 6)
    await world
      .advance(2)
      .declare({ employees: [person('1', { groups: ['plain'] })], mappings })
      .apply()
    expect(held()).toEqual([true, false, true])
    skewed(world, 0)
    await world.apply()
    expect(held()).toEqual([false, true, true])
  })
})
