import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { employee, identityProvider, mapping } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Employee } from '../model/employee.ts'
import type { GroupMapping } from '../model/mapping.ts'
import type { MemoryOptions, MemorySeed } from '../provider/memory/index.ts'
import { withLedger } from './ledger.ts'

const groups = ['engineering', 'sales', 'london'] as const
const entitlements = ['Engineering', 'Sales', 'Everybody-London'] as const
const days = ['2026-01-01', '2026-02-27', '2026-03-01', '2026-03-02', '2026-03-04', '2026-03-20'] as const

const person = (index: number): fc.Arbitrary<Employee> =>
  fc
    .record({
      groups: fc.subarray([...groups]),
      title: fc.option(fc.constantFrom('Engineer', 'Director'), { nil: undefined }),
      startDate: fc.constantFrom(...days),
      endDate: fc.option(fc.constantFrom(...days), { nil: undefined }),
      suspended: fc.boolean(),
      away: fc.boolean(),
      manager: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
      timeZone: fc.constantFrom('UTC', 'Pacific/Auckland', 'America/Los_Angeles'),
    })
    .map(({ title, endDate, startDate, away, manager, ...rest }) =>
      employee({
        ...rest,
        number: `N${index}`,
        name: `p${index}`,
        startDate: endDate !== undefined && endDate < startDate ? endDate : startDate,
        ...(endDate === undefined ? {} : { endDate }),
        ...(manager === undefined ? {} : { manager: `p${manager}` }),
        fields: title === undefined ? {} : { title },
        leaves: away ? ([{ from: '2026-02-20', until: '2026-03-10', access: 'Block' }] as never) : [],
      }),
    )

const people = fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }).chain(indexes => fc.tuple(...indexes.map(person)))

const rule = (name: string): fc.Arbitrary<GroupMapping> =>
  fc
    .record({
      groups: fc.subarray([...groups], { minLength: 1 }),
      mode: fc.constantFrom('Authoritative' as const, 'Additive' as const),
      onDelete: fc.constantFrom('Revoke' as const, 'Retain' as const),
      grants: fc.subarray([...entitlements], { minLength: 1 }),
      expression: fc.option(
        fc.constantFrom("employee.title == 'Director'", "has(employee.title) && employee.title == 'Engineer'"),
        {
          nil: undefined,
        },
      ),
    })
    .map(({ expression, ...rest }) => mapping({ name, ...rest, ...(expression === undefined ? {} : { expression }) }))

const rules = fc.subarray(['a', 'b', 'c']).chain(names => fc.tuple(...names.map(rule)))

/** Accounts that are none of ours, some with the number or the login of someone declared. */
const strangers = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('s1', 's2', 's3', 's4'),
    login: fc.constantFrom('p0@example.com', 'p1@example.com', 'guest@example.com', 'root@example.com'),
    state: fc.constantFrom('Enabled' as const, 'Blocked' as const),
    carries: fc.option(fc.constantFrom('N0', 'N2', 'X9'), { nil: undefined }),
  }),
  { selector: one => one.login, maxLength: 3 },
)

const companies = fc.record({
  before: people,
  after: people,
  mappingsBefore: rules,
  mappingsAfter: rules,
  strangers,
  adopt: fc.constantFrom('Never' as const, 'ByEmployeeNumber' as const),
  deletes: fc.boolean(),
  limit: fc.constantFrom(0, 1, 100),
  days: fc.integer({ min: 0, max: 60 }),
})

type Company = typeof companies extends fc.Arbitrary<infer C> ? C : never

function seedOf(company: Company): MemorySeed {
  const accounts = company.strangers
    .filter((one, index, all) => all.findIndex(other => other.id === one.id) === index)
    .map(({ carries, ...one }) => ({ ...one, attributes: carries === undefined ? {} : { employeeNumber: carries } }))
  const members = accounts.map(one => one.id)
  return { accounts, groups: entitlements.map((name, index) => ({ name, members: members.slice(index) })) }
}

function worldOf(company: Company, options: MemoryOptions = {}, tight = false): TestWorld {
  const world = new TestWorld({
    ...options,
    state: seedOf(company),
    ...(company.deletes ? { offboarding: 'Delete' as const } : {}),
  })
  const limit = tight ? { percent: 0, atLeast: company.limit } : { percent: 100, atLeast: 100 }
  const limits = { leave: limit, block: limit, revoke: limit, enable: limit, rename: limit }
  const providers = [
    identityProvider({
      adopt: company.adopt,
      offboarding: { delete: company.deletes, graceDays: 14 },
      guard: { limits, protected: [], approved: [] },
    }),
  ]
  return world.declare({ employees: company.before, mappings: company.mappingsBefore, providers })
}

async function moved(company: Company, world: TestWorld): Promise<TestWorld> {
  await world.apply()
  const { providers } = world.declared
  return world
    .advance(company.days)
    .declare({ employees: company.after, mappings: company.mappingsAfter, providers: [...providers] })
}

describe('laws of the chain', () => {
  it('after a plan was applied, a second run plans nothing and writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(companies, async company => {
        // An account adopted from a stranger may hold the login of somebody else: that person gets theirs in the run after.
        const adopted = company.strangers.filter(
          one => one.carries === undefined || one.login === `p${one.carries.slice(1)}@example.com`,
        )
        const world = worldOf({ ...company, strangers: adopted })
        await world.apply()
        expect(await world.planned()).toEqual([])
        await moved(company, world)
        await world.apply()
        await world.apply() // the second step of a deletion whose grace is over already
        expect(await world.planned()).toEqual([])
        const { writes } = world.provider
        await world.apply()
        expect(world.provider.writes).toBe(writes)
      }),
      { numRuns: 150 },
    )
  })

  it('reads that lag behind our own writes cause no second write, and what lagged is right once it shows', async () => {
    await fc.assert(
      fc.asyncProperty(companies, fc.boolean(), async (company, bin) => {
        const world = worldOf({ ...company, strangers: [] }, { readLagMs: 20_000, bin })
        const ledgered = withLedger(world.provider, () => world.now)
        world.around = () => ledgered
        for (const move of [async () => world, async () => moved(company, world)]) {
          await move()
          await world.apply()
          await world.apply() // the second step of a deletion whose grace is over already
          const { writes } = world.provider
          for (let soon = 0; soon < 3; soon += 1) await world.apply()
          expect(world.provider.writes).toBe(writes)
          world.now += 30_000
          expect(await world.planned()).toEqual([])
        }
      }),
      { numRuns: 150 },
    )
  })

  it('the order of manifests, accounts and groups does not change the plan', async () => {
    await fc.assert(
      fc.asyncProperty(companies, async company => {
        const one = await moved(company, worldOf(company))
        const other = await moved(company, worldOf(company))
        const reversed = {
          ...other.declared,
          employees: [...company.after].reverse(),
          mappings: [...company.mappingsAfter].reverse(),
        }
        other.declared = reversed
        const [a, b] = [await one.plan(), await other.plan()]
        expect(a.providers[0]?.plan?.hash).toBe(b.providers[0]?.plan?.hash)
        expect(await one.planned()).toEqual(await other.planned())
      }),
      { numRuns: 100 },
    )
  })

  it('what the guard refused never reaches the provider', async () => {
    await fc.assert(
      fc.asyncProperty(companies, async company => {
        const world = await moved(company, worldOf(company, {}, true))
        const report = await world.apply()
        const provider = report.providers[0]
        const refused = new Set(provider?.verdict?.refusals.flatMap(refusal => refusal.operations))
        for (const outcome of provider?.outcomes ?? []) {
          const { operation } = outcome
          const same = [...refused].some(
            one =>
              one.kind === operation.kind &&
              one.person.number === operation.person.number &&
              one.kind !== 'grant' &&
              one.kind !== 'revoke' &&
              one.kind !== 'unmark' &&
              one.kind !== 'mark',
          )
          expect(same && outcome.kind === 'applied').toBe(false)
        }
        for (const refusal of provider?.verdict?.refusals ?? [])
          if (refusal.withheld) expect(refusal.withheld.count).toBeGreaterThan(refusal.withheld.limit)
      }),
      { numRuns: 150 },
    )
  })

  it('no stranger is ever named by an operation or changed', async () => {
    await fc.assert(
      fc.asyncProperty(companies, async company => {
        const never: Company = { ...company, adopt: 'Never' }
        const world = worldOf(never)
        const ids = new Set(never.strangers.map(one => one.id))
        const seen = (): unknown => world.provider.state().accounts.filter(one => ids.has(one.id as never))
        const held = (): unknown =>
          world.provider.state().groups.map(group => [group.name, group.members.filter(id => ids.has(id as never))])
        const before = JSON.stringify([seen(), held()])
        await moved(never, world)
        const report = await world.apply()
        for (const operation of report.providers[0]?.plan?.operations ?? [])
          if (operation.target.kind === 'Bound') expect(ids.has(operation.target.account.id as never)).toBe(false)
        expect(JSON.stringify([seen(), held()])).toBe(before)
      }),
      { numRuns: 150 },
    )
  })

  it('an approved hash releases exactly that set, once more of it changes it is withheld again', async () => {
    await fc.assert(
      fc.asyncProperty(companies, async company => {
        const world = await moved(company, worldOf(company, {}, true))
        const withheld =
          (await world.plan()).providers[0]?.verdict?.refusals.flatMap(refusal => refusal.withheld ?? []) ?? []
        world.approved = withheld.map(one => one.hash)
        const after = (await world.plan()).providers[0]?.verdict
        for (const { hash } of withheld) expect(after?.released).toContain(hash)
        world.approved = withheld.map(() => `sha256:${'0'.repeat(64)}` as never)
        const wrong =
          (await world.plan()).providers[0]?.verdict?.refusals.flatMap(refusal => refusal.withheld ?? []) ?? []
        expect(wrong.map(one => one.hash)).toEqual(withheld.map(one => one.hash))
      }),
      { numRuns: 100 },
    )
  })
})
