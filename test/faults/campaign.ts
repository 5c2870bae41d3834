import { expect } from 'vitest'
import type { RunReport } from '../../src/model/plan.ts'
import type { SimulatedClock } from '../../src/simulator/index.ts'
import { duplicatesIn } from '../crash/view.ts'
import { HurriedTime } from '../support/hurried-time.ts'
import { type LiveOptions, LiveWorld } from '../support/live-world.ts'
import { seenFromOutside } from '../support/outside.ts'
import { Choice, companyOf, type Stage, tenantsBefore, type Vendor } from './company.ts'
import { troubles } from './trouble.ts'

/** How many companies there are; each lives through many kinds of trouble. */
const companies = 40
/** Passes that must do once there are no faults any more, the one that finds nothing left included. */
const settlingPasses = 4
const minuteMs = 60_000

/** A clock that waiting moves, and patience with an answer that ends soon: whatever hangs here hangs for good. */
const impatient = (clock: SimulatedClock): LiveOptions => ({
  time: new HurriedTime(clock),
  retry: { tries: 4, baseMs: 20, maxMs: 90_000, random: () => 0.5 },
  requestTimeoutMs: 400,
  concurrency: 4,
})

/**
 * Seeded companies live through seeded trouble: faults of one vendor and of the network strike while each stage of a history is applied.
 * Once they stop, everything must be exactly as in a history without any.
 */
export class Campaign {
  readonly #world: LiveWorld
  readonly #vendor: Vendor
  readonly #undisturbed = new Map<number, Promise<unknown>>()

  constructor(world: LiveWorld, vendor: Vendor) {
    this.#world = world
    this.#vendor = vendor
  }

  static async start(vendor: Vendor): Promise<Campaign> {
    return new Campaign(await LiveWorld.start({ now: '2026-03-02T09:00:00Z' }, impatient), vendor)
  }

  close(): Promise<void> {
    return this.#world.close()
  }

  /** Plays one run; rejects with what is not as it must be. */
  async run(seed: number): Promise<void> {
    const company = seed % companies
    const expected = await this.#undisturbedView(company)
    const choice = new Choice(seed + 1)
    await this.#play(companyOf(company, this.#vendor), () => {
      if (choice.often(0.1)) return 1
      for (const fault of troubles(choice, this.#vendor)) this.#world.simulator.faults.add(fault)
      return 1 + choice.under(2)
    })
    expect(duplicatesIn(this.#world.simulator), 'two accounts of one person').toEqual([])
    expect(await this.#view()).toEqual(expected)
  }

  #undisturbedView(company: number): Promise<unknown> {
    const known = this.#undisturbed.get(company)
    if (known) return known
    const played = this.#play(companyOf(company, this.#vendor), () => 1)
    const view = played.then(() => this.#view())
    this.#undisturbed.set(company, view)
    return view
  }

  async #view(): Promise<unknown> {
    return withoutLateMarks(await seenFromOutside(this.#world.simulator))
  }

  /** Plays a history. `during` arms faults for a stage and says how many passes are made under them. */
  async #play(history: readonly Stage[], during: () => number): Promise<void> {
    const world = this.#world
    const [first] = history
    if (first === undefined) return
    await world.begin(tenantsBefore(), first.now)
    for (const stage of history) {
      world.declare(stage.declared)
      world.clock.set(stage.now)
      const passes = during()
      for (let pass = 0; pass < passes; pass += 1) await this.#pass(stage)
      world.simulator.faults.clear()
      await this.#settle(stage)
    }
  }

  async #pass(stage: Stage): Promise<RunReport> {
    const report = await this.#world.apply()
    expect(this.#blockedAmong(stage.atWork), 'blocked although they work').toEqual([])
    this.#world.clock.advance(7 * minuteMs)
    return report
  }

  /** Without faults a few passes must do, the last of them in a process that knows nothing but the record. */
  async #settle(stage: Stage): Promise<void> {
    this.#world.clock.set(stage.now + 4 * 60 * minuteMs)
    let report = await this.#pass(stage)
    for (let pass = 1; pass < settlingPasses && !isQuiet(report); pass += 1) {
      if (pass + 1 === settlingPasses) await this.#world.restart()
      report = await this.#pass(stage)
    }
    expect(operationsOf(report), `still to be done; ${whyNot(report)}`).toEqual([])
    expect(report.providers.map(one => one.error)).toEqual([undefined])
  }

  /** Logins of people at work who cannot sign in. */
  #blockedAmong(atWork: ReadonlySet<string>): string[] {
    const { okta, entra } = this.#world.simulator.tenants
    const suspended = (okta.state().users ?? []).filter(
      ({ status }) => status === 'SUSPENDED' || status === 'DEPROVISIONED',
    )
    const disabled = (entra.state().users ?? []).filter(({ accountEnabled }) => accountEnabled === false)
    return [
      ...suspended.map(({ profile }) => String(profile.login)),
      ...disabled.map(({ userPrincipalName }) => String(userPrincipalName)),
    ].filter(login => atWork.has(login))
  }
}

type People = Readonly<Record<string, { readonly status?: string; readonly groups: readonly string[] }>>

/** Okta puts nobody into a group once they are deactivated: the mark that could not be written before stays away for good. */
function withoutLateMarks(view: unknown): unknown {
  const { okta, ...others } = view as { readonly okta: People }
  const people = Object.entries(okta).map(([login, one]) => {
    const groups = one.groups.filter(name => one.status !== 'DEPROVISIONED' || name !== 'tenure-managed-blocked')
    return [login, { ...one, groups }]
  })
  return { ...others, okta: Object.fromEntries(people) }
}

function isQuiet({ providers }: RunReport): boolean {
  return providers.every(one => one.error === undefined && (one.plan?.operations ?? []).length === 0)
}

function operationsOf(report: RunReport): string[] {
  return report.providers.flatMap(({ provider, plan }) =>
    (plan?.operations ?? []).map(
      one => `${provider} ${one.kind} ${one.person.employee} ${'entitlement' in one ? one.entitlement.name : ''}`,
    ),
  )
}

/** What stood in the way in a pass, for the message of a failure. */
function whyNot(report: RunReport): string {
  const words = report.providers.flatMap(({ outcomes, verdict, findings }) => [
    ...outcomes.flatMap(one => ('message' in one ? [`${one.kind} ${one.operation.kind}: ${one.message}`] : [])),
    ...(verdict?.refusals ?? []).map(one => `${one.check}: ${one.message}`),
    ...findings.filter(one => one.severity !== 'Info').map(one => one.message),
  ])
  return words.join('; ')
}
