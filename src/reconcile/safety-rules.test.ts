import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Employee } from '../model/employee.ts'
import { TransientError } from '../model/errors.ts'
import type { AccountId, EntitlementId } from '../model/ids.ts'
import type { Reason } from '../model/origin.ts'
import type { Outcome, RunReport } from '../model/plan.ts'
import type { LossClass } from '../model/provider.ts'
import type { MemoryAccount } from '../provider/memory/index.ts'
import type { Provider } from '../provider/provider.ts'

type Options = Parameters<typeof employee>[0]
const engineers = mapping({ groups: ['engineering'] })
const person = (number: string, options: Options = {}): Employee => employee({ number, name: `p${number}`, ...options })
const many = (count: number, options: Options = {}): Employee[] =>
  Array.from({ length: count }, (_, index) => person(`${index + 1}`, options))
const reasons = (report: RunReport): Reason[] =>
  report.providers.flatMap(one => one.findings.map(finding => finding.reason))
const refused = (report: RunReport): Reason[] =>
  report.providers.flatMap(one => one.verdict?.refusals.map(two => two.reason) ?? [])
const outcomes = (report: RunReport): readonly Outcome[] => report.providers.flatMap(one => one.outcomes)
const accounts = (world: TestWorld, number: string): MemoryAccount[] =>
  [...world.provider.tenant.accounts()].filter(one => one.attributes.employeeNumber === number)
const groupId = (world: TestWorld, name: string): EntitlementId =>
  world.provider.state().groups.find(one => one.name === name)?.id as EntitlementId

async function employed(
  people: readonly Employee[],
  options: { readonly mappings?: readonly ReturnType<typeof mapping>[] } = {},
): Promise<TestWorld> {
  const world = new TestWorld().declare({ employees: people, mappings: options.mappings ?? [] })
  await world.apply()
  return world
}

describe('rule 1, a drop beyond the block budget', () => {
  const tight = identityProvider({
    guard: {
      limits: { ...identityProvider().policy.guard.limits, block: { percent: 0, atLeast: 2 } },
      protected: [],
      approved: [],
    },
  })
  const joiner = person('99')

  /** Hides accounts from the nth snapshot on, or from some only. */
  async function read(hidden: readonly number[], problem = false): Promise<RunReport> {
    const world = await employed(many(6))
    await world.apply() // this one sees the six accounts, and trusts the count
    world.declare({ employees: [...many(6), joiner], mappings: [], providers: [tight] })
    let snapshots = 0
    let probes = 0
    world.around = (provider): Provider => ({
      ...provider,
      snapshot: (scope, signal) => {
        world.provider.fail({ snapshot: { hidden: hidden[snapshots] ?? 0 } })
        snapshots += 1
        return provider.snapshot(scope, signal)
      },
      probe: async signal => {
        probes += 1
        const probe = await provider.probe(signal)
        const broken = { severity: 'Error', missing: 'users.read', message: 'no user is visible' } as const
        return problem && probes > 1 ? { ...probe, problems: [broken] } : probe
      },
    })
    return world.apply()
  }

  it('is not believed when a second read does not agree', async () => {
    const report = await read([4, 0])
    expect([reasons(report), outcomes(report)]).toEqual([['ReadIncomplete'], []])
  })

  it('is not believed when the permission probe fails', async () => {
    const report = await read([4, 4], true)
    expect([reasons(report), outcomes(report)]).toEqual([['ReadIncomplete'], []])
  })

  it('is believed when a second read and the probe agree, and everybody missing is still read one by one', async () => {
    const report = await read([4, 4])
    expect([reasons(report), outcomes(report).map(one => one.operation.kind)]).toEqual([[], ['create']])
  })
})

describe('rule 5, a declared departure', () => {
  const leaver = person('1', { endDate: '2026-03-03' })

  it('goes although the catalogue cannot be read', async () => {
    const world = await employed([leaver, person('2')])
    world.around = provider => ({ ...provider, catalog: () => Promise.reject(new TransientError('no answer', false)) })
    const report = await world.advance(2).apply()
    expect([reasons(report), accounts(world, '1')[0]?.state]).toEqual([['ReadIncomplete'], 'Blocked'])
  })

  it('goes before three hundred joiners, and every block before any second step', async () => {
    const leavers = ['7001', '7002', '7003'].map(number =>
      person(number, { endDate: '2026-03-03', groups: ['engineering'] }),
    )
    const world = await employed(leavers, { mappings: [engineers] })
    world.advance(2).declare({ employees: [...many(300), ...leavers], mappings: [engineers] })
    const kinds = outcomes(await world.apply()).map(one => one.operation.kind)
    expect(kinds.slice(0, 3)).toEqual(['block', 'block', 'block'])
    expect(kinds.indexOf('create')).toBeGreaterThan(kinds.lastIndexOf('end-sessions'))
  })
})

describe('rule 8, the protected list', () => {
  it.each([
    ['a login', (_: string) => 'P1@EXAMPLE.com'],
    ['an account id', (id: string) => id],
    ['an e-mail address', (_: string) => 'mail@example.com'],
  ])('holds by %s', async (...[, named]) => {
    const world = await employed([person('1', { fields: { workEmail: 'p1@example.com' } })])
    const account = accounts(world, '1')[0]
    world.provider.tenant.edit(
      account?.id as AccountId,
      { attributes: { email: 'mail@example.com', workEmail: 'mail@example.com' } } as never,
    )
    const limits = identityProvider().policy.guard.limits
    const providers = [identityProvider({ guard: { limits, protected: [named(account?.id ?? '')], approved: [] } })]
    const report = await world
      .declare({
        employees: [person('1', { suspended: true, fields: { workEmail: 'p1@example.com' } })],
        mappings: [],
        providers,
      })
      .apply()
    expect([refused(report), accounts(world, '1')[0]?.state]).toEqual([['Protected'], 'Enabled'])
  })
})

describe('rule 9, an account that another directory masters', () => {
  it('keeps its attributes', async () => {
    const state = {
      accounts: [
        {
          id: 'x',
          login: 'p1@example.com',
          attributes: { employeeNumber: '1', title: 'Old' },
          masteredBy: 'a directory',
        },
      ],
    }
    const world = new TestWorld({ state }).declare({
      employees: [person('1', { fields: { title: 'New' } })],
      mappings: [],
    })
    const report = await world.apply()
    expect(reasons(report)).toContain('ExternallyMastered')
    expect(outcomes(report).map(one => one.operation.kind)).toEqual(['adopt'])
    expect(accounts(world, '1')[0]?.attributes.title).toBe('Old')
  })
})

describe('rule 10, a budget', () => {
  const grouped = { groups: ['engineering'] }
  const cases: readonly (readonly [LossClass, readonly Employee[], readonly Employee[]])[] = [
    ['leave', many(3), many(3, { suspended: true })],
    ['block', many(4), [person('4')]],
    ['revoke', many(3, grouped), many(3)],
    ['enable', many(3, { suspended: true }), many(3)],
    [
      'rename',
      many(3),
      many(3).map(one => ({ ...one, fields: { ...one.fields, workEmail: `new-${one.name}@example.com` } })),
    ],
  ]
  it.each(cases)('of class %s withholds what goes beyond it', async (...[limited, before, after]) => {
    const world = await employed(many(4, limited === 'revoke' ? grouped : {}), { mappings: [engineers] })
    await world.declare({ employees: before, mappings: [engineers] }).apply()
    const { limits } = identityProvider().policy.guard
    const guard = { limits: { ...limits, [limited]: { percent: 0, atLeast: 2 } }, protected: [], approved: [] }
    const report = await world
      .declare({ employees: after, mappings: [engineers], providers: [identityProvider({ guard })] })
      .apply()
    const withheld = report.providers[0]?.verdict?.refusals.map(one => [one.withheld?.class, one.withheld?.count])
    expect(withheld).toEqual([[limited, 3]])
  })
})

describe('rule 13, the grace', () => {
  const deleting = [identityProvider({ offboarding: { delete: true, graceDays: 10 } })]

  it.each([
    ['the last day, when that is the latest', 0, undefined],
    ['the provider’s own time, when that is later', 0, 5],
    ['the moment we saw it, when the manifest came late', 20, undefined],
  ])('runs from %s', async (...[, late, touched]) => {
    const world = new TestWorld({ offboarding: 'Delete' }).declare({
      employees: [person('1'), person('2')],
      mappings: [],
      providers: deleting,
    })
    await world.apply()
    world
      .advance(2 + Number(late))
      .declare({ employees: [person('1', { endDate: '2026-03-03' }), person('2')], mappings: [], providers: deleting })
    await world.apply()
    await world.apply()
    if (touched !== undefined) {
      world.advance(touched).provider.tenant.setState(accounts(world, '1')[0]?.id as AccountId, 'Blocked')
      world.provider.tenant.setState(accounts(world, '1')[0]?.id as AccountId, 'Departed')
    }
    await world.advance(9).apply()
    expect(world.provider.deletions).toBe(0)
    await world.advance(2).apply()
    expect(world.provider.deletions).toBe(1)
  })
})

describe('rule 14, what is ambiguous', () => {
  it('two marked accounts of one number are bound to nobody', async () => {
    const twins = ['x', 'y'].map(id => ({ id, login: `${id}@example.com`, attributes: { employeeNumber: '1' } }))
    const world = new TestWorld({ state: { accounts: twins } }).declare({ employees: [person('1')], mappings: [] })
    for (const { id } of twins) world.provider.tenant.setMember(groupId(world, 'tenure-managed'), id as AccountId, true)
    const report = await world.apply()
    expect([reasons(report), report.providers[0]?.plan?.operations]).toEqual([['AdoptionAmbiguous'], []])
  })

  it('somebody whose manifest must not be acted on is not touched, bound or not', async () => {
    const world = await employed([person('1'), person('2')])
    const report = await world
      .declare({
        employees: [person('1', { suspended: true }), person('2')],
        mappings: [],
        untouchable: new Set(['1']),
      })
      .apply()
    expect(report.providers[0]?.plan?.operations).toEqual([])
    expect(
      await world.declare({ employees: [person('2')], mappings: [], untouchable: new Set(['1']) }).planned(),
    ).toEqual([])
  })
})

describe('rule 16, a create whose answer was lost', () => {
  it('ends the person for this run, is recognised in the next, and never made twice', async () => {
    const world = new TestWorld({ groupsOnCreate: 0 }).declare({
      employees: [person('1', { groups: ['engineering'] })],
      mappings: [engineers],
    })
    world.provider.fail({ writes: [{ nth: 1, fault: 'Unanswered' }] })
    const first = await world.apply()
    expect(outcomes(first).map(one => `${one.kind} ${one.operation.kind}`)).toEqual(['unknown create', 'skipped grant'])
    await world.apply()
    expect([accounts(world, '1').length, await world.planned()]).toEqual([1, []])
  })

  it.each([
    ['was there long before', { createdAt: Date.UTC(2026, 0, 1) }],
    ['carries another number', { attributes: { employeeNumber: '5' } }],
  ])('is not taken for an account that %s', async (...[, stranger]) => {
    const world = new TestWorld().declare({
      employees: [person('1')],
      mappings: [],
      providers: [identityProvider({ adopt: 'Never' })],
    })
    world.provider.fail({ writes: [{ nth: 1, fault: 'Lost' }] })
    await world.apply()
    world.provider.fail({})
    world.provider.tenant.addAccount({ login: 'p1@example.com', createdAt: world.now, ...stranger })
    const report = await world.apply()
    expect(outcomes(report)).toEqual([])
    expect(reasons(report)[0]).toMatch(/AccountUnmanaged|AdoptionRefused/)
  })
})

describe('rule 17, the manifest behind an operation', () => {
  it('is read again before it, and one that has changed stops it', async () => {
    const world = await employed([person('1'), person('2')])
    world.recheck = async () => 'Changed'
    const report = await world
      .declare({ employees: [person('1', { suspended: true }), person('2'), person('3')], mappings: [] })
      .apply()
    const kinds = outcomes(report).map(one => `${one.kind} ${one.operation.kind}`)
    expect(kinds).toEqual(['skipped block', 'applied end-sessions', 'skipped create'])
  })
})

describe('rule 18, a skewed clock', () => {
  it('stops mapping windows and the end of a grace as well as days of employment', async () => {
    const window = mapping({ groups: ['engineering'], validUntil: '2026-03-02' })
    const world = await employed([person('1', { groups: ['engineering'] })], { mappings: [window] })
    world.around = provider => ({
      ...provider,
      probe: async signal => ({
        ...(await provider.probe(signal)),
        clock: { theirs: world.now, ours: world.now + 3_600_000 },
      }),
    })
    const report = await world.advance(2).apply()
    expect([refused(report), outcomes(report)]).toEqual([['ClockSkewed'], []])
  })
})

describe('what only observes', () => {
  it.each([{ mode: 'Observe' as const }, { paused: true }])('%j writes nothing down either', async policy => {
    const world = new TestWorld().declare({
      employees: [person('1')],
      mappings: [],
      providers: [identityProvider(policy)],
    })
    await world.apply()
    expect([world.journal.entries, world.provider.writes]).toEqual([[], 0])
  })
})
