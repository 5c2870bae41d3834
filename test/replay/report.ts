import type { Cassette } from './cassette.ts'
import { type Outcome, replayed, type Switched } from './replay.ts'

/** How far the simulated org agrees with the recorded ones. */
export interface Report {
  readonly replayed: number
  readonly agreeing: number
  /** Why requests were not replayed, with how many. */
  readonly skipped: ReadonlyMap<string, number>
  readonly disagreements: readonly Outcome[]
  /** Agreeing and replayed requests by cassette, of those that have any. */
  readonly byCassette: ReadonlyMap<string, readonly [agreeing: number, replayed: number]>
}

/** Replays cassettes, each against an org of its own. */
export async function reportOf(
  cassettes: Iterable<Cassette>,
  privateKeyPem: string,
  switches: Switched = 'evident',
): Promise<Report> {
  const outcomes: Outcome[] = []
  for (const cassette of cassettes) outcomes.push(...(await replayed(cassette, privateKeyPem, switches)))
  const asked = outcomes.filter(outcome => outcome.skipped === undefined)
  const skipped = new Map<string, number>()
  for (const { skipped: why } of outcomes) if (why !== undefined) skipped.set(why, (skipped.get(why) ?? 0) + 1)
  const byCassette = new Map<string, readonly [number, number]>()
  for (const { cassette, disagrees } of asked) {
    const [agreeing, all] = byCassette.get(cassette) ?? [0, 0]
    byCassette.set(cassette, [agreeing + (disagrees.length === 0 ? 1 : 0), all + 1])
  }
  const disagreements = asked.filter(outcome => outcome.disagrees.length > 0)
  return { replayed: asked.length, agreeing: asked.length - disagreements.length, skipped, disagreements, byCassette }
}

/** The share of replayed requests whose answers agree, 0 to 100. */
export function agreement({ replayed: all, agreeing }: Report): number {
  return all === 0 ? 0 : (100 * agreeing) / all
}

/** The report as text: the total, every cassette, every disagreement, and what was not replayed. */
export function reportText(report: Report): string {
  const cassettes = [...report.byCassette].map(([name, [agreeing, all]]) => `  ${agreeing} of ${all}  ${name}`)
  const faults = report.disagreements.flatMap(({ cassette, index, request, disagrees }) => [
    `  ${cassette} #${index} ${request}`,
    ...disagrees.map(line => `    ${line}`),
  ])
  const skipped = [...report.skipped]
    .sort((left, right) => right[1] - left[1])
    .map(([why, count]) => `  ${count}  ${why}`)
  return [
    `${report.agreeing} of ${report.replayed} recorded answers agree: ${agreement(report).toFixed(2)} %`,
    'By cassette, agreeing of replayed:',
    ...cassettes,
    'Disagreements:',
    ...faults,
    'Not replayed:',
    ...skipped,
  ].join('\n')
}
