/*
 * How fast a whole company is planned, against the memory provider: `npm run bench`.
 *
 *   node bench/plan.ts [people] [mappings]
 *
 * Three situations, each planned several times; the median counts. "Steady" is the common pass: everything is as it should be.
 * "Joiners" plans an account for everybody. "Movers" has a tenth of the company change department.
 */

import type { Employee } from '../src/model/employee.ts'
import type { Manifests } from '../src/model/manifests.ts'
import { type MemoryProvider, memoryProvider } from '../src/provider/memory/index.ts'
import { RecordBook } from '../src/reconcile/record.ts'
import { executeRun, planRun, type World } from '../src/reconcile/run.ts'
import { employee, identityProvider, manifests, mapping } from '../test/support/builders.ts'
import { MemoryJournal } from '../test/support/world.ts'

const people = Number(process.argv[2] ?? 10_000)
const mappings = Number(process.argv[3] ?? 200)
const now = Date.UTC(2026, 2, 2, 9)
const everything = { percent: 100, atLeast: 1_000_000 }
const limits = { leave: everything, block: everything, revoke: everything, enable: everything, rename: everything }

/** Everybody is in five organisation groups; most mappings go by group, some by label, some by expression. */
function company(moved: boolean): Manifests {
  const employees: Employee[] = []
  for (let index = 0; index < people; index += 1) {
    const department = moved && index % 10 === 0 ? (index + 7) % mappings : index % mappings
    employees.push(
      employee({
        number: `${100_000 + index}`,
        name: `person-${index}`,
        labels: { site: `site-${index % 40}` },
        groups: [0, 1, 2, 3, 4].map(step => `team-${(department + step * 13) % mappings}`),
        fields: { title: index % 9 === 0 ? 'Principal Engineer' : 'Engineer', department: `Department ${department}` },
        ...(index > 0 ? { manager: `person-${Math.floor(index / 8)}` } : {}),
      }),
    )
  }
  const rules = Array.from({ length: mappings }, (_, index) => {
    const grants = [`Group ${index}`]
    const name = `mapping-${index}`
    if (index % 10 === 9)
      return mapping({
        name,
        grants,
        expression: `employee.title.startsWith('Principal') && employee.department == 'Department ${index}'`,
      })
    if (index % 10 === 8)
      return mapping({ name, grants, selector: { matchLabels: { site: `site-${index % 40}` }, matchExpressions: [] } })
    return mapping({ name, grants, groups: [`team-${index}`] })
  })
  const providers = [identityProvider({ guard: { limits } })]
  return manifests({ employees, mappings: rules, providers })
}

function worldOf(declared: Manifests, provider: MemoryProvider, journal: MemoryJournal): World {
  return {
    source: { read: async () => ({ manifests: [], findings: [], complete: true }), recheck: async () => 'Same' },
    parse: () => declared,
    connect: async () => provider,
    journal,
    book,
    by: 'here',
    actor: 'bench',
    approved: [],
    now: () => now,
    signal: new AbortController().signal,
  }
}

async function measured(name: string, world: World, rounds = 7): Promise<void> {
  const times: number[] = []
  let operations = 0
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    const run = await planRun(world)
    times.push(performance.now() - start)
    operations = run.providers.reduce((sum, one) => sum + ('plan' in one ? one.plan.operations.length : 0), 0)
  }
  times.sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)] ?? 0
  const perMinute = Math.round((people / median) * 60_000)
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20)
  console.log(
    `${name.padEnd(8)} ${median.toFixed(0).padStart(6)} ms median (${times[0]?.toFixed(0)}–${times.at(-1)?.toFixed(0)})  ` +
      `${perMinute.toLocaleString('en').padStart(11)} people/minute  ${operations.toLocaleString('en').padStart(9)} operations  ${memory} MiB RSS`,
  )
}

const groups = [
  ...['tenure-managed', 'tenure-managed-blocked'].map(name => ({ name, description: 'tenure owner=acme by=here' })),
  ...Array.from({ length: mappings }, (_, index) => ({ name: `Group ${index}` })),
]
console.log(`${people.toLocaleString('en')} people, ${mappings} mappings, one provider, Node ${process.version}`)
const journal = new MemoryJournal()
const book = new RecordBook([])
const provider = memoryProvider({ now: () => now, state: { groups } })
const before = company(false)
await measured('joiners', worldOf(before, provider, journal))
await executeRun(await planRun(worldOf(before, provider, journal)), worldOf(before, provider, journal))
await measured('steady', worldOf(before, provider, journal))
await measured('movers', worldOf(company(true), provider, journal))
