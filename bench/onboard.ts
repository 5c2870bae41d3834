/*
 * How close onboarding comes to what the vendors allow: `npm run bench:onboard`.
 *
 *   node bench/onboard.ts [people] [groups] [speed]
 *
 * Everybody is hired on one day and put into every group, at a simulated Okta org and a simulated Entra tenant with rate limits and lag
 * on, on a clock that runs `speed` times as fast as the machine's. Shown for each provider: the time it took on that clock, the refusals
 * for rate limits, and how much of the allowed share of its most used limit was drawn. A second pass must write nothing.
 */

import { setTimeout as wait } from 'node:timers/promises'
import type { Time } from '../src/http/time.ts'
import type { Manifests } from '../src/model/manifests.ts'
import type { RunReport } from '../src/model/plan.ts'
import type { RequestCount, SimulatedClock } from '../src/simulator/index.ts'
import {
  employee,
  entitlementName,
  identityProvider,
  manifests,
  mapping,
  providerName,
} from '../test/support/builders.ts'
import { LiveWorld } from '../test/support/live-world.ts'

const people = Number(process.argv[2] ?? 2000)
const groups = Number(process.argv[3] ?? 20)
const speed = Number(process.argv[4] ?? 20)
const percent = 50
const everything = { percent: 100, atLeast: 1_000_000 }
const limits = { leave: everything, block: everything, revoke: everything, enable: everything, rename: everything }
const groupNames = Array.from({ length: groups }, (_, index) => `Team-${String(index).padStart(2, '0')}`)

/** The machine's time, so many times as fast. */
function hurried(clock: SimulatedClock): Time {
  return {
    now: () => clock.now(),
    sleep: async (ms, signal) => {
      await wait(ms / speed, undefined, signal === undefined ? {} : { signal })
    },
  }
}

function company(provider: string): Manifests {
  const employees = Array.from({ length: people }, (_, index) =>
    employee({
      number: `${100_000 + index}`,
      name: `person-${index}`,
      groups: ['staff'],
      fields: { title: 'Engineer' },
    }),
  )
  const entitlements = groupNames.map(name => entitlementName('Group', name))
  const rule = mapping({
    name: 'staff',
    groups: ['staff'],
    grants: [{ provider: providerName(provider), entitlements }],
  })
  const declared = identityProvider({ name: provider, guard: { limits, protected: [], approved: [] } })
  return manifests({ employees, mappings: [rule], providers: [declared] })
}

const description = 'tenure owner=acme by=here'
const markers = ['tenure-managed', 'tenure-managed-blocked']
const seed = {
  version: 1,
  okta: { groups: [...markers.map(name => ({ name, description })), ...groupNames.map(name => ({ name }))] },
  entra: {
    tenant: { domains: ['example.com'] },
    groups: [
      ...markers.map(displayName => ({ displayName, description })),
      ...groupNames.map(displayName => ({ displayName })),
    ],
  },
}

/** Okta's limits for one app, calls a minute: half of what an org has. Source: Okta, Rate limits. */
const oktaLimits = { users: 300, groups: 250 } as const
/** Source: Microsoft Graph, Identity and access service limits. */
const graphWritesPerMinute = 1200

function sum(counts: readonly RequestCount[], of: (row: RequestCount) => boolean): number {
  return counts.filter(of).reduce((total, row) => total + row.count, 0)
}

function isOktaUsers({ method, path }: RequestCount): boolean {
  return path === '/api/v1/users' || (path.startsWith('/api/v1/users/*/') && method !== '')
}

/** How many calls of a minute the provider might have drawn on its most used limit, and how many it has. */
function use(
  provider: string,
  counts: readonly RequestCount[],
): readonly { readonly of: string; readonly drawn: number; readonly allowedPerMinute: number }[] {
  if (provider === 'entra') {
    const writes = sum(
      counts,
      row =>
        row.provider === 'entra' &&
        row.method !== 'GET' &&
        row.path.startsWith('/v1.0/') &&
        !row.path.endsWith('$batch'),
    )
    return [{ of: 'writes', drawn: writes, allowedPerMinute: (graphWritesPerMinute * percent) / 100 }]
  }
  const okta = counts.filter(row => row.provider === 'okta')
  return [
    { of: 'users', drawn: sum(okta, isOktaUsers), allowedPerMinute: (oktaLimits.users * percent) / 100 },
    {
      of: 'groups',
      drawn: sum(okta, row => /^\/api\/v1\/groups(\/\*\/.*)?$/.test(row.path)),
      allowedPerMinute: (oktaLimits.groups * percent) / 100,
    },
  ]
}

function tally(report: RunReport): string {
  const counts = new Map<string, number>()
  for (const { outcomes } of report.providers)
    for (const one of outcomes) counts.set(one.kind, (counts.get(one.kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')
}

async function onboard(provider: string): Promise<boolean> {
  const world = await LiveWorld.start({ seed, quota: 'on', lag: 'on', now: '2026-03-02T09:00:00Z', speed }, clock => ({
    time: hurried(clock),
    quotaPercent: percent,
  }))
  try {
    world.declare(company(provider))
    const from = world.clock.now()
    const report = await world.apply()
    const minutes = (world.clock.now() - from) / 60_000
    const counts = world.simulator.requests()
    const refused = sum(counts, row => row.status === 429)
    console.log(
      `${provider}: ${people} people x ${groups} groups in ${minutes.toFixed(1)} minutes of its clock; ${tally(report)}; ${refused} times 429`,
    )
    for (const { of, drawn, allowedPerMinute } of use(provider, counts))
      console.log(
        `  ${of}: ${drawn} calls, ${((100 * drawn) / (allowedPerMinute * minutes)).toFixed(1)} % of the allowed ${allowedPerMinute} a minute`,
      )
    for (const row of [...counts].sort((a, b) => b.count - a.count).slice(0, 8))
      console.log(`    ${row.method} ${row.path} ${row.status}: ${row.count}`)
    world.simulator.forgetRequests()
    const second = await world.apply()
    const writes = sum(
      world.simulator.requests(),
      row => row.method !== 'GET' && !/token$|\$batch$|getByIds$/.test(row.path),
    )
    console.log(`  second pass: ${tally(second) || 'nothing to do'}, ${writes} writes`)
    return (
      refused === 0 && writes === 0 && report.providers.every(one => one.outcomes.every(out => out.kind === 'applied'))
    )
  } finally {
    await world.close()
  }
}

const chosen = process.argv[5]
for (const provider of ['okta', 'entra'])
  if (chosen === undefined || chosen === provider) if (!(await onboard(provider))) process.exitCode = 1
