import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Employee } from '../model/employee.ts'
import { TransientError } from '../model/errors.ts'
import type { AccountId, EntitlementId } from '../model/ids.ts'
import type { Reason } from '../model/origin.ts'
import type { RunReport } from '../model/plan.ts'
import type { MemoryAccount } from '../provider/memory/index.ts'

type Options = Parameters<typeof employee>[0]
const engineers = mapping({ groups: ['engineering'] })
const person = (number: string, options: Options = {}): Employee => employee({ number, name: `p${number}`, ...options })
const limit = (atLeast: number) => ({ percent: 0, atLeast })
const budgets = (own: Readonly<Record<string, { percent: number; atLeast: number }>>) => {
  const all = { percent: 100, atLeast: 100 }
  return {
    limits: { leave: all, block: all, revoke: all, enable: all, rename: all, ...own },
    protected: [],
    approved: [],
  }
}
const deleting = (graceDays: number) => identityProvider({ offboarding: { delete: true, graceDays } })

const reasons = (report: RunReport): Reason[] =>
  report.providers.flatMap(one => one.findings.map(finding => finding.reason))
const refused = (report: RunReport): Reason[] =>
  report.providers.flatMap(one => one.verdict?.refusals.map(two => two.reason) ?? [])
const applied = (report: RunReport, kind: string): number =>
  report.providers.flatMap(one => one.outcomes).filter(one => one.operation.kind === kind && one.kind === 'applied')
    .length
const accountOf = (world: TestWorld, number: string): MemoryAccount | undefined =>
  [...world.provider.tenant.accounts()].find(one => one.attributes.employeeNumber === number)
const groupOf = (world: TestWorld, name: string): EntitlementId =>
  world.provider.state().groups.find(one => one.name === name)?.id as EntitlementId
const idOf = (world: TestWorld, number: string): AccountId => accountOf(world, number)?.id as AccountId

describe('the grace before a deletion', () => {
  it('is not used up by an old suspension, whatever makes the person a leaver then', async () => {
    for (const leaves of [
      { employees: [person('2')] },
      { employees: [person('1', { suspended: true, endDate: '2026-03-03' }), person('2')] },
    ]) {
      const world = new TestWorld().declare({
        employees: [person('1'), person('2')],
        mappings: [],
        providers: [deleting(30)],
      })
      await world.apply()
      world.declare({
        employees: [person('1', { suspended: true }), person('2')],
        mappings: [],
        providers: [deleting(30)],
      })
      await world.apply()
      world.advance(60).declare({ ...leaves, mappings: [], providers: [deleting(30)] })
      await world.apply()
      await world.apply()
      expect(world.provider.deletions).toBe(0)
      await world.advance(31).apply()
      expect(world.provider.deletions).toBe(1)
    }
  })

  it('that ends for everybody at once, since deletion was switched on, counts as a block', async () => {
    const people = ['1', '2', '3'].map(number => person(number, { endDate: '2026-03-03' }))
    const world = new TestWorld().declare({ employees: people, mappings: [] })
    await world.apply()
    await world.advance(2).apply()
    await world.apply()
    const providers = [identityProvider({ offboarding: { delete: true }, guard: budgets({ block: limit(2) }) })]
    const report = await world.advance(100).declare({ employees: people, mappings: [], providers }).apply()
    expect([refused(report), world.provider.deletions]).toEqual([['OverBudget'], 0])
  })

  it('never begins under a legal hold that was declared from the first commit on', async () => {
    const world = new TestWorld().declare({
      employees: [person('1', { retain: true }), person('2')],
      mappings: [],
      providers: [deleting(1)],
    })
    await world.apply()
    world.declare({ employees: [person('2')], mappings: [], providers: [deleting(1)] })
    await world.apply()
    await world.advance(40).apply()
    await world.apply()
    expect([world.provider.deletions, accountOf(world, '1')?.state]).toEqual([0, 'Blocked'])
  })
})

describe('a number', () => {
  it('of a second account, listed as a previous one, hides nobody: both accounts are told of', async () => {
    const world = new TestWorld().declare({ employees: [person('1'), person('2')], mappings: [] })
    await world.apply()
    const report = await world.declare({ employees: [person('2', { previousNumbers: ['1'] })], mappings: [] }).apply()
    expect(reasons(report)).toContain('AdoptionAmbiguous')
  })

  it('changed by hand makes no leaver and no joiner of one person', async () => {
    const world = new TestWorld().declare({ employees: [person('1', { name: 'ada' })], mappings: [] })
    await world.apply()
    const report = await world.declare({ employees: [person('7', { name: 'ada' })], mappings: [] }).apply()
    expect(report.providers[0]?.plan?.operations).toEqual([])
    expect(report.providers[0]?.findings).toMatchObject([{ reason: 'ManifestInvalid', severity: 'Error' }])
    expect(accountOf(world, '1')?.state).toBe('Enabled')
  })
})

describe('an entitlement that mappings still name', () => {
  it.each([
    ['is ambiguous', (world: TestWorld) => world.provider.tenant.addGroup({ name: 'Engineering' })],
    [
      'was renamed',
      (world: TestWorld) => {
        const { groups, ...state } = world.provider.state()
        world.provider.load({
          ...state,
          groups: groups.map(one => (one.name === 'Engineering' ? { ...one, name: 'Builders' } : one)),
        })
      },
    ],
  ])('is taken from nobody while it %s, nor after that is mended', async (...[, change]) => {
    const world = new TestWorld().declare({
      employees: [person('1', { groups: ['engineering'] })],
      mappings: [engineers],
    })
    await world.apply()
    change(world)
    const members = (): number =>
      world.provider.state().groups.reduce((sum, one) => sum + (one.members.includes(idOf(world, '1')) ? 1 : 0), 0)
    const before = members()
    await world.apply()
    await world.apply()
    expect(members()).toBe(before)
  })

  it('and that was deleted at the provider leaves everything else readable', async () => {
    const world = new TestWorld().declare({
      employees: [person('1', { groups: ['engineering'] })],
      mappings: [engineers],
    })
    await world.apply()
    world.provider.tenant.removeGroup(groupOf(world, 'Engineering'))
    expect(reasons(await world.apply())).toEqual(['EntitlementMissing'])
    const report = await world.declare({ employees: [person('1'), person('2')], mappings: [] }).apply()
    expect([reasons(report), accountOf(world, '2')?.state]).toEqual([[], 'Enabled'])
  })
})

describe('budgets', () => {
  it('that withhold suspensions end no sessions either', async () => {
    const everybody = ['1', '2', '3']
    const providers = [identityProvider({ guard: budgets({ leave: limit(2) }) })]
    const world = new TestWorld().declare({ employees: everybody.map(one => person(one)), mappings: [], providers })
    await world.apply()
    const report = await world
      .declare({ employees: everybody.map(one => person(one, { suspended: true })), mappings: [], providers })
      .apply()
    expect([refused(report), applied(report, 'end-sessions')]).toEqual([['OverBudget'], 0])
  })

  it('count people let back in although the record of their block is lost', async () => {
    const everybody = ['1', '2', '3']
    const providers = [identityProvider({ guard: budgets({ enable: limit(1) }) })]
    const world = new TestWorld().declare({ employees: everybody.map(one => person(one)), mappings: [], providers })
    await world.apply()
    await world
      .declare({ employees: everybody.map(one => person(one, { suspended: true })), mappings: [], providers })
      .apply()
    world.journal.entries.length = 0
    for (const _ of [1, 2]) {
      const report = await world
        .declare({ employees: everybody.map(one => person(one)), mappings: [], providers })
        .apply()
      expect([refused(report), applied(report, 'enable')]).toEqual([['OverBudget'], 0])
    }
  })
})

describe('adoption', () => {
  const stranger = { id: 'x', login: 'shared@example.com', attributes: { workEmail: 'shared@example.com' } }
  const sharing = (number: string): Employee => person(number, { fields: { workEmail: 'shared@example.com' } })

  it('gives one account to one person, never to two', async () => {
    const world = new TestWorld({ state: { accounts: [stranger] } })
    world.declare({
      employees: [sharing('1'), sharing('2')],
      mappings: [],
      providers: [identityProvider({ adopt: 'ByEmail' })],
    })
    const report = await world.apply()
    expect(report.providers[0]?.plan?.operations).toEqual([])
    expect(reasons(report)).toEqual(['AdoptionAmbiguous', 'AdoptionAmbiguous'])
  })

  it('is not smuggled in by a mark that somebody else set while our record is whole', async () => {
    const accounts = [{ id: 'ceo', login: 'p9@example.com', attributes: { employeeNumber: '9' } }]
    const never = [identityProvider({ adopt: 'Never' })]
    const world = new TestWorld({ state: { accounts } }).declare({
      employees: [person('1')],
      mappings: [],
      providers: never,
    })
    await world.apply()
    world.provider.tenant.setMember(groupOf(world, 'tenure-managed'), 'ceo' as AccountId, true)
    const report = await world
      .declare({ employees: [person('1'), person('9')], mappings: [], providers: never })
      .apply()
    expect([report.providers[0]?.plan?.operations, reasons(report)]).toEqual([[], ['AccountUnmanaged']])
  })
})

describe('a declared departure', () => {
  const leaver = person('1', { endDate: '2026-03-03' })

  it('goes although creating is switched off and the record is lost', async () => {
    const world = new TestWorld().declare({ employees: [leaver], mappings: [] })
    await world.apply()
    world.journal.entries.length = 0
    const providers = [identityProvider({ lifecycle: { create: false } })]
    await world
      .advance(2)
      .declare({ employees: [leaver], mappings: [], providers })
      .apply()
    await world.apply()
    expect(accountOf(world, '1')?.state).toBe('Blocked')
  })

  it('goes although somebody else cannot be looked up and no list can be read', async () => {
    const world = new TestWorld().declare({ employees: [leaver, person('2')], mappings: [] })
    await world.apply()
    world.advance(2).declare({ employees: [leaver, person('2'), person('3')], mappings: [] })
    world.around = provider => ({
      ...provider,
      lookup: (keys, signal) =>
        keys.some(key => key.kind !== 'Id')
          ? Promise.reject(new TransientError('the search is down', true))
          : provider.lookup(keys, signal),
    })
    const report = await world.apply()
    expect([report.providers[0]?.error, accountOf(world, '3')]).toEqual([
      'a direct read failed: the search is down',
      undefined,
    ])
    expect(accountOf(world, '1')?.state).toBe('Blocked')
  })
})

describe('a right to write that is missing', () => {
  const problem = {
    severity: 'Error',
    writing: true,
    missing: 'groups.manage',
    message: 'nobody can be marked',
  } as const

  it('stops everything but declared departures, which may not need it', async () => {
    const leaver = person('1', { endDate: '2026-03-03' })
    const world = new TestWorld().declare({ employees: [leaver], mappings: [] })
    await world.apply()
    world.around = provider => ({
      ...provider,
      probe: async signal => ({ ...(await provider.probe(signal)), problems: [problem] }),
    })
    const report = await world
      .advance(2)
      .declare({ employees: [leaver, person('2')], mappings: [] })
      .apply()
    expect([accountOf(world, '1')?.state, accountOf(world, '2')]).toEqual(['Blocked', undefined])
    expect(reasons(report)).toEqual(['PermissionMissing', 'ReadIncomplete'])
  })
})

describe('lists that lag behind', () => {
  it('neither repeat a grant nor make us forget that it is ours', async () => {
    const additive = mapping({ groups: ['engineering'], mode: 'Additive' })
    const world = new TestWorld({ readLagMs: 300_000 }).declare({ employees: [person('1')], mappings: [additive] })
    await world.apply()
    await world
      .advance(1)
      .declare({ employees: [person('1', { groups: ['engineering'] })], mappings: [additive] })
      .apply()
    expect(await world.planned()).toEqual([])
    // The list does not show the grant yet; the account itself does.
    await world.declare({ employees: [person('1')], mappings: [additive] }).apply()
    expect(world.provider.state().groups.find(group => group.name === 'Engineering')?.members).toEqual([])
    expect(await world.advance(1).planned()).toEqual([])
  })

  it('that come short make no grant of ours be forgotten: it is taken back all the same', async () => {
    const additive = mapping({ groups: ['engineering'], mode: 'Additive' })
    const world = new TestWorld().declare({
      employees: [person('1', { groups: ['engineering'] })],
      mappings: [additive],
    })
    await world.apply()
    let short = true
    world.around = provider => ({
      ...provider,
      snapshot: async (scope, signal) => {
        const snapshot = await provider.snapshot(scope, signal)
        return short
          ? { ...snapshot, members: new Map([...snapshot.members.keys()].map(id => [id, new Set()])) }
          : snapshot
      },
    })
    world.declare({ employees: [person('1')], mappings: [additive] })
    expect(await world.planned()).toEqual(['revoke p1 Engineering'])
    await world.apply()
    short = false
    expect(world.provider.state().groups.find(group => group.name === 'Engineering')?.members).toEqual([])
    expect(await world.planned()).toEqual([])
  })

  it('do not end the sessions of somebody over and over whose block had no answer', async () => {
    const world = new TestWorld().declare({ employees: [person('1')], mappings: [] })
    await world.apply()
    world.around = provider => ({
      ...provider,
      async *apply(operations, signal) {
        for await (const outcome of provider.apply(operations, signal)) {
          const { operation } = outcome
          if (operation.kind !== 'block') yield outcome
          else yield { operation, kind: 'failed', reason: 'Unconfirmed', message: 'it looks enabled still' }
        }
      },
    })
    world.declare({ employees: [person('1', { suspended: true })], mappings: [] })
    await world.apply()
    await world.apply()
    expect(await world.planned()).toEqual([])
  })
})

describe('a block', () => {
  it('newer than ours, with our mark gone, is not ours to lift', async () => {
    const away = { leaves: [{ from: '2026-03-01', until: '2026-03-10', access: 'Block' }] as never }
    const world = new TestWorld().declare({ employees: [person('1', { startDate: '2026-01-01' })], mappings: [] })
    await world.apply()
    await world.declare({ employees: [person('1', away)], mappings: [] }).apply()
    world.advance(1).provider.tenant.setState(idOf(world, '1'), 'Enabled')
    world.provider.tenant.setMember(groupOf(world, 'tenure-managed-blocked'), idOf(world, '1'), false)
    world.provider.tenant.setState(idOf(world, '1'), 'Blocked')
    const report = await world.declare({ employees: [person('1')], mappings: [] }).apply()
    expect([reasons(report), accountOf(world, '1')?.state]).toEqual([['BlockedElsewhere'], 'Blocked'])
  })
})
