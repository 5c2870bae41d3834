import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { RunReport } from '../model/plan.ts'
import { exitCodeOfApply } from './exit-code.ts'

export interface MetricsOptions {
  /** Version of the product, for `tenure_build_info`. */
  readonly version?: string
  /** Name of the loop in the `controller` label; `tenure` when not given. */
  readonly controller?: string
}

/** Figures that belong to no provider; gives what takes a run's. */
export function runFigures(registry: Registry, options: MetricsOptions): (report: RunReport) => void {
  const showLoop = loopFigures(registry, options.controller ?? 'tenure')
  const objects = new Gauge({
    name: 'tenure_objects',
    help: 'Declared objects, by kind and whether they can be used.',
    labelNames: ['kind', 'state'],
    registers: [registry],
  })
  for (const kind of objectKinds) for (const state of ['Valid', 'Faulty']) objects.set({ kind, state }, 0)
  const build = new Gauge({
    name: 'tenure_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers: [registry],
  })
  build.set({ version: options.version ?? 'unknown', node: process.version }, 1)
  return report => {
    for (const [kind, state, count] of objectCounts(report)) objects.set({ kind, state }, count)
    showLoop(report)
  }
}

/** Names and results of controller-runtime, so that dashboards made for it work unchanged. */
function loopFigures(registry: Registry, controller: string): (report: RunReport) => void {
  const reconciles = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Runs of the loop, by result.',
    labelNames: ['controller', 'result'],
    registers: [registry],
  })
  const errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Runs of the loop that ended with an error or with failed operations.',
    labelNames: ['controller'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'How long a run of the loop takes, in seconds.',
    labelNames: ['controller'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600],
    registers: [registry],
  })
  for (const result of ['success', 'error', 'requeue', 'requeue_after']) reconciles.inc({ controller, result }, 0)
  errors.inc({ controller }, 0)
  duration.zero({ controller })
  return report => {
    const code = exitCodeOfApply(report)
    const bad = code === 1 || code === 4
    reconciles.inc({ controller, result: bad ? 'error' : 'success' })
    if (bad) errors.inc({ controller })
    duration.observe({ controller }, Math.max(0, report.finishedAt - report.startedAt) / 1000)
  }
}

const objectKinds = ['Employee', 'GroupMapping', 'IdentityProvider'] as const

function objectCounts(report: RunReport): readonly (readonly [kind: string, state: string, count: number])[] {
  const valid = { Employee: report.employees, GroupMapping: report.mappings, IdentityProvider: report.providers.length }
  const faulty = (kind: string): number => {
    const found = report.findings.filter(one => one.severity === 'Error' && one.subject.kind === kind)
    return new Set(found.map(one => one.subject.name)).size
  }
  return objectKinds.flatMap(kind => [[kind, 'Valid', valid[kind]] as const, [kind, 'Faulty', faulty(kind)] as const])
}
