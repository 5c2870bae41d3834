import { Registry } from 'prom-client'
import type { RunReport } from '../model/plan.ts'
import { ProviderFigures } from './metrics-provider.ts'
import { type MetricsOptions, runFigures } from './metrics-run.ts'

/** Figures of the loop in the text format of Prometheus. */
export interface Metrics {
  /** Takes the figures of one run. */
  publish(report: RunReport): Promise<void>
  /** Everything, as a scrape reads it. */
  text(): Promise<string>
  /** Media type of `text`. */
  readonly contentType: string
}

/**
 * Figures under their own registry, so that several can live in one process. Labels are names of providers and fixed words: never a
 * person, a group, an id or a URL. Every combination of labels is there from the first run of its provider on, with 0.
 */
export function metricsOf(options: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  const providers = new ProviderFigures(registry)
  const showRun = runFigures(registry, options)
  return {
    async publish(report) {
      providers.show(report)
      showRun(report)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
