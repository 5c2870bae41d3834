import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Employee } from '../model/employee.ts'
import { JournalError } from '../model/errors.ts'
import type { Operation, OperationKind, RunReport } from '../model/plan.ts'
import type { JournalEntry } from '../model/record.ts'
import type { Provider } from '../provider/provider.ts'
import { RecordBook } from './record.ts'
import { executeRun, planRun, type World } from './run.ts'

const engineers = mapping({ groups: ['engineering'] })
const person = (number: string, options: Parameters<typeof employee>[0] = {}): Employee =>
  employee({ number, name: `p${number}`, ...options })
const engineer = (number: string, options: Parameters<typeof employee>[0] = {}): Employee =>
  person(number, { groups: ['engineering'], ...options })
const numbered = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, index) => String(from + index).padStart(3, '0'))
const all = { percent: 100, atLeast: 1000 }
const roomy = { limits: { leave: all, block: all, revoke: all, enable: all, rename: all } }
const deleting = { offboarding: { delete: true, graceDays: 1 }, guard: roomy }

const accountOf = (world: TestWorld, number: string) =>
  [...world.provider.tenant.accounts()].find(one => one.attributes.employeeNumber === number)
const outcomesOf = (report: RunReport): string[] =>
  report.providers.flatMap(one =>
    one.outcomes.map(out => `${out.kind} ${out.operation.kind} ${out.operation.person.employee}`),
  )

/** The chain around a test's world, with another way to read a manifest again or to write things down. */
async function applied(world: TestWorld, other: Partial<World> = {}): Promise<RunReport> {
  const chain: World = {
    source: { read: async () => ({ manifests: [], findings: [], complete: true }), recheck: async () => 'Same' },
    parse: () => world.declared,
    connect: async () => world.around(world.provider),
    journal: world.journal,
    book: new RecordBook(world.journal.entries),
    by: 'here',
    actor: 'test',
    approved: [],
    now: () => world.now,
    signal: new AbortController().signal,
    ...other,
  }
  return executeRun(await planRun(chain), chain)
}

async function employed(
  people: readonly Employee[],
  options: Parameters<typeof identityProvider>[0] = {},
): Promise<TestWorld> {
  const world = new TestWorld(options.offboarding?.delete ? { offboarding: 'Delete' } : {})
  world.declare({
    employees: people,
    mappings: [engineers],
    providers: [identityProvider({ guard: roomy, ...options })],
  })
  await world.apply()
  return world
}

describe('who goes out', () => {
  it('is blocked before the first of 300 joiners is made', async () => {
    const leaver = person('999', { endDate: '2026-03-03' })
    const world = await employed([leaver])
    const { providers, mappings } = world.declared
    world.advance(2).declare({ employees: [...numbered(300).map(one => person(one)), leaver], mappings, providers })
    const outcomes = outcomesOf(await world.apply())
    expect(outcomes[0]).toBe('applied block p999')
    expect(outcomes.filter(one => one.startsWith('applied create'))).toHaveLength(300)
    expect(outcomes.findIndex(one => one.includes('create'))).toBeGreaterThan(
      outcomes.indexOf('applied end-sessions p999'),
    )
  })

  it('is blocked before anybody else who goes out has a second step, however many they are', async () => {
    const leavers = numbered(150).map(one => engineer(one, { endDate: '2026-03-03' }))
    const world = await employed(leavers)
    const kinds = (await world.advance(2).apply()).providers.flatMap(one => one.outcomes).map(one => one.operation.kind)
    expect(kinds.slice(0, 150)).toEqual(Array(150).fill('block'))
    expect(kinds.slice(150)).toHaveLength(300)
    expect(kinds.slice(150)).not.toContain('block')
  })
})

it('a plan says what it does in the order it does it: leavers, joiners, movers, repairs', async () => {
  const world = await employed([engineer('1'), engineer('2'), engineer('4')])
  const marker = world.provider.state().groups.find(one => one.name === 'tenure-managed')
  world.provider.tenant.setMember(marker?.id as never, accountOf(world, '1')?.id as never, false)
  const employees = [engineer('1'), person('2'), person('3'), engineer('4', { suspended: true })]
  const { providers } = world.declared
  expect(await world.declare({ employees, mappings: [engineers], providers }).planned()).toEqual([
    'block p4',
    'end-sessions p4',
    'create p3 Enabled',
    'revoke p2 Engineering',
    'mark p1 Managed',
  ])
})

describe('a manifest that has changed since the plan was made', () => {
  interface Scene {
    readonly before?: readonly Employee[]
    readonly after: readonly Employee[]
    /** Days that pass, run by run, before the operation is due. */
    readonly days?: readonly number[]
    readonly options?: Parameters<typeof identityProvider>[0]
  }
  const left = [engineer('1', { endDate: '2026-03-03' })]
  const scenes: readonly (readonly [OperationKind, Scene])[] = [
    ['create', { after: [person('1')] }],
    ['block', { before: [person('1')], after: [person('1', { suspended: true })] }],
    [
      'enable',
      { before: [person('1', { startDate: '2026-03-03' })], after: [person('1', { startDate: '2026-03-02' })] },
    ],
    ['revoke', { before: [engineer('1')], after: [person('1')] }],
    ['delete', { before: left, after: left, days: [2, 0, 2], options: deleting }],
    ['restore', { before: left, after: [person('1')], days: [2, 0, 2, 0], options: deleting }],
  ]

  it.each(scenes)(
    'stops a %s, which is neither announced nor sent',
    async (kind, { before, after, days = [], options }) => {
      const world = await employed(before ?? [], options)
      for (const count of days.slice(0, -1)) await world.advance(count).apply()
      const { providers, mappings } = world.declared
      world.advance(days.at(-1) ?? 0).declare({ employees: after, mappings, providers })
      const [written, seen] = [world.provider.state(), world.journal.entries.length]
      const asked: Operation[] = []
      const recheck = async (operation: Operation): Promise<'Same' | 'Changed'> => {
        asked.push(operation)
        return operation.kind === kind ? 'Changed' : 'Same'
      }
      const source: World['source'] = { read: async () => ({ manifests: [], findings: [], complete: true }), recheck }
      const report = await applied(world, { source })
      const stopped = report.providers.flatMap(one => one.outcomes).filter(one => one.operation.kind === kind)
      expect(asked.map(one => one.kind)).toContain(kind)
      expect(stopped).toMatchObject([{ kind: 'skipped', reason: 'Unconfirmed' }])
      const announced = world.journal.entries.slice(seen).filter(one => one.kind === 'intent' && one.operation === kind)
      expect(announced).toEqual([])
      expect(accountOf(world, '1')?.state).toBe(
        written.accounts.find(one => one.attributes.employeeNumber === '1')?.state,
      )
      const again = await applied(world)
      expect(outcomesOf(again)).toContain(`applied ${kind} p1`)
    },
  )

  it('stops nobody but that one person', async () => {
    const world = await employed([])
    world.declare({ employees: [person('1'), person('2')], mappings: [] })
    const recheck: World['source']['recheck'] = async ({ person: { employee } }) =>
      employee === 'p1' ? 'Changed' : 'Same'
    const report = await applied(world, {
      source: { read: async () => ({ manifests: [], findings: [], complete: true }), recheck },
    })
    expect(outcomesOf(report)).toEqual(['skipped create p1', 'applied create p2'])
    expect([accountOf(world, '1'), accountOf(world, '2')?.state]).toEqual([undefined, 'Enabled'])
  })
})

describe('a journal that cannot be written', () => {
  /** Keeps what it is given until the first entry that `breaks` names. */
  function breaking(world: TestWorld, breaks: (entry: JournalEntry) => boolean): World['journal'] {
    let broken = false
    return {
      entries: world.journal.entries,
      append: async entries => {
        broken ||= entries.some(breaks)
        if (broken) throw new JournalError('the disk is full')
        await world.journal.append(entries)
      },
    }
  }

  it('before an operation is sent: nothing is sent, and everything says that it was skipped', async () => {
    const world = await employed([person('1')])
    const { writes } = world.provider
    const everybody = numbered(120).map(one => engineer(one))
    world.declare({ employees: [engineer('1', { suspended: true }), ...everybody], mappings: [engineers] })
    const report = await applied(world, { journal: breaking(world, entry => entry.kind === 'intent') })
    const provider = report.providers[0]
    expect(world.provider.writes).toBe(writes)
    expect(provider?.outcomes).toHaveLength(provider?.verdict?.plan.operations.length ?? 0)
    expect(new Set(provider?.outcomes.map(one => one.kind))).toEqual(new Set(['skipped']))
    expect(provider?.error).toContain('the disk is full')
  })

  it('before what was learned is written down: nothing is sent either', async () => {
    const world = await employed([])
    world.declare({ employees: [person('1')], mappings: [engineers], providers: [identityProvider({ guard: roomy })] })
    world.journal.entries.length = 0
    const report = await applied(world, { journal: breaking(world, () => true) })
    expect([world.provider.writes, report.providers[0]?.outcomes]).toEqual([0, []])
    expect(report.providers[0]?.error).toContain('the disk is full')
  })

  it('after an operation was sent: what was done is told, and nothing more is sent', async () => {
    const world = await employed([engineer('1')])
    world.declare({ employees: [engineer('1', { suspended: true }), person('2')], mappings: [engineers] })
    const report = await applied(world, { journal: breaking(world, entry => entry.kind === 'outcome') })
    expect(outcomesOf(report)).toEqual(['applied block p1', 'skipped end-sessions p1', 'skipped create p2'])
    expect([accountOf(world, '1')?.state, accountOf(world, '2')]).toEqual(['Blocked', undefined])
    expect(report.providers[0]?.error).toContain('the disk is full')
  })

  it('is asked before every call: whatever reaches the provider was announced', async () => {
    const world = await employed([engineer('1', { endDate: '2026-03-03' }), person('2')])
    world.advance(2).declare({
      employees: [engineer('1', { endDate: '2026-03-03' }), engineer('2'), person('3')],
      mappings: [engineers],
    })
    const sent: string[] = []
    world.around = provider => ({
      ...provider,
      apply: (operations, signal) => {
        const open = world.journal.entries.flatMap(one =>
          one.kind === 'intent' ? [`${one.operation} ${one.number}`] : [],
        )
        for (const {
          kind,
          person: { number },
        } of operations) {
          sent.push(kind)
          expect(open).toContain(`${kind} ${number}`)
        }
        return provider.apply(operations, signal)
      },
    })
    await applied(world)
    expect(sent).toEqual(expect.arrayContaining(['block', 'end-sessions', 'revoke', 'create', 'grant']))
  })
})

describe('one person’s failure', () => {
  it('ends what stands on it and leaves everybody else alone', async () => {
    const world = new TestWorld({ groupsOnCreate: 1 }).declare({
      employees: ['1', '2'].map(one => engineer(one)),
      mappings: [engineers],
    })
    world.provider.fail({ writes: [{ nth: 1, fault: 'Refused' }] })
    expect(outcomesOf(await world.apply())).toEqual([
      'failed create p1',
      'skipped grant p1',
      'applied create p2',
      'applied grant p2',
    ])
  })

  it('to take somebody over leaves that account alone altogether', async () => {
    const stranger = { login: 'p1@example.com', attributes: { employeeNumber: '1' } }
    const world = new TestWorld({ state: { accounts: [stranger], groups: [{ name: 'Engineering' }] } })
    world.declare({ employees: [engineer('1')], mappings: [engineers] })
    world.provider.fail({ writes: [{ nth: 1, fault: 'Refused' }] })
    const [adoption, ...others] = outcomesOf(await world.apply())
    expect([adoption, new Set(others.map(one => one.split(' ')[0]))]).toEqual(['failed adopt p1', new Set(['skipped'])])
    expect(world.provider.writes).toBe(0)
  })

  it('to hear of a block ends them for this run, and the next one goes on from what it reads', async () => {
    const world = await employed([engineer('1', { endDate: '2026-03-03' }), engineer('2', { endDate: '2026-03-03' })])
    world.advance(2).provider.fail({ writes: [{ nth: 2, fault: 'Unanswered' }] })
    expect(outcomesOf(await world.apply()).filter(one => one.endsWith('p1'))).toEqual([
      'unknown block p1',
      'skipped end-sessions p1',
      'skipped revoke p1',
    ])
    expect([accountOf(world, '1')?.state, accountOf(world, '2')?.state]).toEqual(['Blocked', 'Blocked'])
    world.provider.fail({})
    expect(await world.planned()).toEqual(['end-sessions p1', 'revoke p1 Engineering'])
  })

  it('in one step of a departure does not hold up the next', async () => {
    const world = await employed([engineer('1', { endDate: '2026-03-03' })])
    world.advance(2).provider.fail({ writes: [{ nth: 3, fault: 'Refused' }] })
    expect(outcomesOf(await world.apply())).toEqual(['applied block p1', 'failed end-sessions p1', 'applied revoke p1'])
    world.provider.fail({})
    expect(await world.planned()).toEqual(['end-sessions p1'])
  })
})

it('a run that is stopped sends nothing more and says so of every operation', async () => {
  const world = await employed([])
  world.declare({ employees: numbered(420).map(one => person(one)), mappings: [] })
  const stop = new AbortController()
  world.around = provider => ({
    ...provider,
    apply: async function* (operations, signal) {
      for await (const outcome of provider.apply(operations, signal)) {
        yield outcome
        stop.abort()
      }
    },
  })
  const outcomes = outcomesOf(await applied(world, { signal: stop.signal }))
  const done = outcomes.filter(one => one.startsWith('applied')).length
  expect(outcomes).toHaveLength(420)
  // One of each of the three waves under way, and nobody of the fourth was even announced.
  expect(done).toBeLessThanOrEqual(3)
  expect([...world.provider.tenant.accounts()]).toHaveLength(done)
  expect(world.journal.entries.filter(one => one.kind === 'intent').length).toBeLessThanOrEqual(300)
})

it('waves of different people are under way side by side, and nobody has two steps at once', async () => {
  const world = await employed([])
  world.declare({
    employees: numbered(350).map(one => engineer(one)),
    mappings: [mapping({ groups: ['engineering'], grants: ['Engineering', 'Sales'] })],
  })
  const underWay = new Set<string>()
  let [most, twice] = [0, 0]
  world.around = provider => ({
    ...provider,
    apply: async function* (operations, signal) {
      for (const { person: of } of operations) if (underWay.has(of.number)) twice += 1
      for (const { person: of } of operations) underWay.add(of.number)
      most = Math.max(most, underWay.size)
      for await (const outcome of provider.apply(operations, signal)) {
        await new Promise(resolve => setImmediate(resolve))
        underWay.delete(outcome.operation.person.number)
        yield outcome
      }
    },
  })
  await applied(world)
  expect(twice).toBe(0)
  expect([most > 100, most <= 300]).toEqual([true, true])
  world.around = provider => provider
  expect(await world.planned()).toEqual([])
})

describe('a leaver whom the vendor lets nobody block while they are an administrator', () => {
  /** Refuses to block whoever is in the group `Admins`, as a vendor does. */
  const refusingAdmins =
    (world: TestWorld) =>
    (provider: Provider): Provider => ({
      ...provider,
      async *apply(operations, signal) {
        const admins = world.provider.state().groups.find(group => group.name === 'Admins')
        for (const operation of operations) {
          const isRefused = operation.kind === 'block' && admins?.members.includes(operation.account ?? ('' as never))
          if (isRefused) yield { operation, kind: 'failed', reason: 'LeaverNotBlocked', message: 'an administrator' }
          else yield* provider.apply([operation], signal)
        }
      },
    })

  it('is blocked in the same run, once the administrative rights are gone', async () => {
    const world = new TestWorld({ state: { groups: [{ name: 'Admins', privileged: true }] } }).declare({
      employees: [engineer('1')],
      mappings: [mapping({ groups: ['engineering'], grants: ['Admins'], allowPrivileged: true })],
      providers: [identityProvider({ guard: roomy })],
    })
    await world.apply()
    world.around = refusingAdmins(world)
    world.declare({ ...world.declared, employees: [engineer('1', { endDate: '2026-03-01' })] })
    const report = await world.apply()
    expect(outcomesOf(report)).toEqual(['applied end-sessions p1', 'applied revoke p1', 'applied block p1'])
    expect(accountOf(world, '1')?.state).toBe('Blocked')
    expect(await world.planned()).toEqual([])
  })
})

it('a manifest that cannot be read again stops that one person, and nothing is under way when the run ends', async () => {
  const world = await employed([])
  world.declare({ employees: numbered(350).map(one => person(one)), mappings: [] })
  const recheck: World['source']['recheck'] = async ({ person: { employee } }) => {
    if (employee === 'p001') throw new Error('EIO: i/o error')
    return 'Same'
  }
  const source: World['source'] = { read: async () => ({ manifests: [], findings: [], complete: true }), recheck }
  const outcomes = (await applied(world, { source })).providers.flatMap(one => one.outcomes)
  expect(outcomes).toHaveLength(350)
  expect(outcomes.filter(one => one.kind !== 'applied')).toMatchObject([
    { kind: 'skipped', message: expect.stringContaining('EIO: i/o error') },
  ])
  const ids = (kind: JournalEntry['kind']): string[] =>
    world.journal.entries.flatMap(one => (one.kind === kind && 'id' in one ? [one.id] : []))
  expect(ids('outcome').toSorted()).toEqual(ids('intent').toSorted())
})

it('a provider that gives up in the middle leaves an outcome for everybody: unknown for those it told nothing of', async () => {
  const world = await employed([])
  world.declare({ employees: numbered(130).map(one => person(one)), mappings: [] })
  world.around = provider => ({
    ...provider,
    apply: async function* (operations, signal) {
      if (operations.length < 100) return yield* provider.apply(operations, signal)
      for await (const outcome of provider.apply(operations.slice(0, 10), signal)) yield outcome
      throw new Error('out of memory')
    },
  })
  const outcomes = (await applied(world)).providers.flatMap(one => one.outcomes)
  expect(outcomes).toHaveLength(130)
  const untold = outcomes.filter(one => one.kind !== 'applied')
  expect(untold).toHaveLength(90)
  expect(untold[0]).toMatchObject({ kind: 'unknown', message: 'the provider gave up: out of memory' })
  world.around = provider => provider
  await applied(world)
  expect([...world.provider.tenant.accounts()]).toHaveLength(130)
})
