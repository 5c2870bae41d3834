import { describe, expect, it } from 'vitest'
import { employee, identityProvider } from '../../test/support/builders.ts'
import { TestWorld } from '../../test/support/world.ts'
import type { Finding, Reason } from '../model/origin.ts'
import type { Outcome, ProviderReport, RunReport } from '../model/plan.ts'
import { exitCodeOfApply, exitCodeOfPlan } from './exit-code.ts'

const limits = identityProvider().policy.guard.limits
const noBlocks = identityProvider({ guard: { limits: { ...limits, block: { percent: 0, atLeast: 0 } } } })
const paused = identityProvider({ paused: true })

const ada = employee()
const bob = employee({ number: 'E2', name: 'bob' })

/** Bob is employed; then what is declared makes the plan. */
async function planOf(declared: Parameters<TestWorld['declare']>[0]): Promise<RunReport> {
  const world = new TestWorld().declare({ employees: [bob] })
  await world.apply()
  return world.declare(declared).plan()
}

const nothing = await planOf({ employees: [bob] })
const changes = await planOf({ employees: [ada, bob] })
const withheld = await planOf({ employees: [ada], providers: [noBlocks] })
const refused = await planOf({ employees: [ada], providers: [paused] })

function withFinding(report: RunReport, severity: Finding['severity'], place: 'Run' | 'Provider' = 'Run'): RunReport {
  const finding: Finding = { severity, reason: 'ManifestInvalid', message: 'x', subject: { kind: 'Run', name: 'run' } }
  if (place === 'Run') return { ...report, findings: [finding] }
  return { ...report, providers: report.providers.map(one => ({ ...one, findings: [finding] })) }
}

function withProvider(report: RunReport, part: Partial<ProviderReport>): RunReport {
  return { ...report, providers: report.providers.map(one => ({ ...one, ...part })) }
}

/** The report with this outcome for its first operation. */
function withOutcome(report: RunReport, kind: Outcome['kind'], reason: Reason = 'LoginTaken'): RunReport {
  const operation = changes.providers[0]?.verdict?.plan.operations[0]
  if (!operation) throw new Error('the plan of changes has an operation')
  const outcome = { operation, kind, reason, message: 'because' } as Outcome
  return withProvider(report, { outcomes: [outcome] })
}

describe('the exit code of plan', () => {
  it.each<[string, RunReport, number]>([
    ['nothing to do', nothing, 0],
    ['changes', changes, 2],
    ['a withheld set before changes', withheld, 3],
    ['refused without a hash, so there is nothing to do', refused, 0],
    ['a warning changes nothing', withFinding(changes, 'Warning', 'Provider'), 2],
    ['a note changes nothing', withFinding(nothing, 'Info'), 0],
    ['an error in a manifest before a withheld set', withFinding(withheld, 'Error'), 1],
    ['an error of a provider before changes', withFinding(changes, 'Error', 'Provider'), 1],
    ['a manifest that cannot be read', { ...nothing, complete: false }, 1],
    ['a provider that was not read whole', withProvider(nothing, { error: 'cut off' }), 1],
  ])('%s', (_, report, code) => {
    expect(exitCodeOfPlan(report)).toBe(code)
  })
})

describe('the exit code of apply', () => {
  it.each<[string, RunReport, number]>([
    ['nothing to do', nothing, 0],
    ['everything applied', withOutcome(changes, 'applied'), 0],
    ['a failure', withOutcome(changes, 'failed'), 4],
    ['no answer', withOutcome(changes, 'unknown'), 4],
    ['a failure before a withheld set', withOutcome(withheld, 'failed'), 4],
    ['a withheld set', withOutcome(withheld, 'applied'), 3],
    ['skipped since the world moved on', withOutcome(changes, 'skipped', 'Unconfirmed'), 0],
    ['skipped since the run broke off', withOutcome(changes, 'skipped', 'ProviderFailed'), 4],
    ['an error in a manifest before a failure', withFinding(withOutcome(changes, 'failed'), 'Error'), 1],
    ['a provider that stopped, before a failure', withProvider(withOutcome(changes, 'failed'), { error: 'x' }), 1],
    ['a warning changes nothing', withFinding(withOutcome(changes, 'applied'), 'Warning'), 0],
    ['paused', refused, 0],
  ])('%s', (_, report, code) => {
    expect(exitCodeOfApply(report)).toBe(code)
  })

  it('has its cases from real plans', () => {
    expect(withheld.providers[0]?.verdict?.refusals.some(one => one.withheld)).toBe(true)
    expect(refused.providers[0]?.verdict?.refusals.map(one => one.reason)).toEqual(['Paused'])
  })
})
