import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunReport } from '../../src/model/plan.ts'
import type { SimulatedClock } from '../../src/simulator/index.ts'
import { duplicatesIn } from '../crash/view.ts'
import { HurriedTime } from '../support/hurried-time.ts'
import { type LiveOptions, LiveWorld } from '../support/live-world.ts'
import { seenFromOutside } from '../support/outside.ts'
import { Choice, companyOf, type Stage, tenantsBefore } from './company.ts'
import { troubles } from './trouble.ts'

/*
 * Seeded companies live through seeded trouble: faults of both vendors and of the network strike while each stage of a history is
 * applied. Once they stop, everything must be exactly as in a history without any. Play one run alone with FAULT_RUN=1234, more of them
 * with FAULT_RUNS=20000 (`npm run campaign`).
 */
const runs = Number(process.env.FAULT_RUNS ?? 2000)
const only = process.env.FAULT_RUN
const companies = 40
const chunk = 100
const chunks = Array.from({ length: Math.ceil(runs / chunk) }, (_, index) => index * chunk)

/** A clock that waiting moves, and patience with an answer that ends soon: whatever hangs here hangs for good. */
const impatient = (clock: SimulatedClock): LiveOptions => ({
  time: new HurriedTime(clock),
  retry: { tries: 4, baseMs: 20, maxMs: 90_000, random: () => 0.5 },
  requestTimeoutMs: 400,
})

let world: LiveWorld
const undisturbed = new Map<number, Promise<unknown>>()
beforeAll(async () => {
  world = await LiveWorld.start({ now: '2026-03-02T09:00:00Z' }, impatient)
})
afterAll(() => world.close())

const minuteMs = 60_000

/** Plays a history. `during` arms faults for a stage and says how many passes are made under them. */
async function play(history: readonly Stage[], during: (stage: number) => number): Promise<void> {
  const [first] = history
  if (first === undefined) return
  await world.begin(tenantsBefore(), first.now)
  for (const [index, stage] of history.entries()) {
    world.declare(stage.declared)
    world.clock.set(stage.now)
    const passes = during(index)
    for (let pass = 0; pass < passes; pass += 1) {
      await world.apply()
      expect(blockedAmong(stage.atWork), 'blocked although they work').toEqual([])
      world.clock.advance(7 * minuteMs)
    }
    world.simulator.faults.clear()
    await settle(stage)
  }
}

/** Without faults a few passes must do; the plan is empty then, and a pass writes nothing. */
async function settle(stage: Stage): Promise<void> {
  world.clock.set(stage.now + 4 * 60 * minuteMs)
  let last: RunReport | undefined
  for (let pass = 0; pass < 3; pass += 1) {
    last = await world.apply()
    expect(blockedAmong(stage.atWork), 'blocked although they work').toEqual([])
    world.clock.advance(7 * minuteMs)
  }
  await world.restart()
  const report = await world.plan()
  expect(operationsOf(report), `still to be done after three passes without faults; ${whyNot(last)}`).toEqual([])
  expect(report.providers.map(one => one.error)).toEqual([undefined, undefined])
}

function operationsOf(report: RunReport): string[] {
  return report.providers.flatMap(({ provider, plan }) =>
    (plan?.operations ?? []).map(
      one => `${provider} ${one.kind} ${one.person.employee} ${'entitlement' in one ? one.entitlement.name : ''}`,
    ),
  )
}

/** What stood in the way in a pass, for the message of a failure. */
function whyNot(report: RunReport | undefined): string {
  const failed = (report?.providers ?? []).flatMap(({ outcomes, verdict, findings }) => [
    ...outcomes.flatMap(one => ('message' in one ? [`${one.kind} ${one.operation.kind}: ${one.message}`] : [])),
    ...(verdict?.refusals ?? []).map(one => `${one.check}: ${one.message}`),
    ...findings.filter(one => one.severity !== 'Info').map(one => one.message),
  ])
  return failed.join('; ')
}

/** Logins of people at work who cannot sign in. */
function blockedAmong(atWork: ReadonlySet<string>): string[] {
  const { okta, entra } = world.simulator.tenants
  const suspended = (okta.state().users ?? []).filter(
    ({ status }) => status === 'SUSPENDED' || status === 'DEPROVISIONED',
  )
  const disabled = (entra.state().users ?? []).filter(({ accountEnabled }) => accountEnabled === false)
  return [
    ...suspended.map(({ profile }) => `${String(profile.login)}`),
    ...disabled.map(({ userPrincipalName }) => `${String(userPrincipalName)}`),
  ].filter(login => atWork.has(login))
}

async function undisturbedView(company: number): Promise<unknown> {
  const known = undisturbed.get(company)
  if (known) return known
  const view = play(companyOf(company), () => 1).then(() => seenFromOutside(world.simulator))
  undisturbed.set(company, view)
  return view
}

async function disturbed(run: number): Promise<void> {
  const company = run % companies
  const expected = await undisturbedView(company)
  const choice = new Choice(run + 1)
  await play(companyOf(company), () => {
    if (choice.often(0.2)) return 1
    for (const fault of troubles(choice)) world.simulator.faults.add(fault)
    return 1 + choice.under(2)
  })
  expect(duplicatesIn(world.simulator), 'two accounts of one person').toEqual([])
  expect(await seenFromOutside(world.simulator)).toEqual(expected)
}

describe.runIf(only === undefined)('after whatever trouble, everything is as if there had been none', () => {
  it.each(chunks)(`runs %i to ${chunk - 1} more`, { timeout: 600_000 }, async from => {
    for (let run = from; run < Math.min(runs, from + chunk); run += 1)
      await disturbed(run).catch((error: unknown) => {
        throw new Error(
          `run ${run} (play it alone with FAULT_RUN=${run}): ${error instanceof Error ? error.message : error}`,
          { cause: error },
        )
      })
  })
})

describe.runIf(only !== undefined)('one run alone', () => {
  it(`run ${only}`, { timeout: 60_000 }, () => disturbed(Number(only)))
})
