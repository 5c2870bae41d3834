import { seededRandom } from '../../src/simulator/index.ts'
import type { StageName } from './company.ts'

/** A moment at which the program is killed. */
export interface Moment {
  readonly id: string
  readonly stage: StageName
  readonly side: 'before' | 'after'
  /** What is counted: requests of any kind, requests that change something, or fsyncs. */
  readonly of: 'request' | 'write' | 'fsync'
  /** Where among all of that stage, from 0 to 1: the same moment while the program does the same. */
  readonly at: number
  /** Only before an fsync: how much of the bytes not yet synced outlives a power cut; absent: all, as after a plain kill. */
  readonly kept?: number
}

const kinds = [
  ['before', 'write'],
  ['before', 'fsync'],
  ['after', 'write'],
  ['after', 'fsync'],
  ['before', 'request'],
  ['before', 'fsync', 'PowerCut'],
  ['after', 'write'],
  ['after', 'fsync'],
  ['before', 'write'],
  ['after', 'request'],
] as const

const stages: readonly (readonly [StageName, number])[] = [
  ['founding', 12],
  ['changes', 15],
  ['returns', 9],
  ['leaving', 4],
  ['erasing', 5],
  ['restoring', 5],
]

/** Fifty moments of one seed, spread over all stages and over each stage from its beginning to its end. */
export function moments(seed: number): readonly Moment[] {
  const random = seededRandom(seed)
  const all: Moment[] = []
  for (const [stage, count] of stages) {
    for (let slot = 0; slot < count; slot += 1) {
      const [side, of, cut] = kinds[all.length % kinds.length] ?? kinds[0]
      const at = (slot + random()) / count
      const kept = random()
      const lost = cut === undefined ? {} : { kept }
      all.push({ id: `${all.length + 1}`, stage, side, of, at, ...lost })
    }
  }
  return all
}

/** The number of the request or fsync a moment means, counted from 1, when there are so many. */
export function numberOf({ at }: Moment, count: number): number {
  return Math.min(count, 1 + Math.floor(at * count))
}

/** A moment in words, for titles. */
export function said({ side, of, at, stage, kept }: Moment): string {
  const cut = kept === undefined ? '' : ', and the power fails with it'
  return `${side} ${of === 'fsync' ? 'an fsync' : `a ${of}`} at ${Math.round(at * 100)} % of "${stage}"${cut}`
}

/** The same moment, a tenth earlier. */
export function earlier(moment: Moment): Moment {
  return { ...moment, at: moment.at * 0.9 }
}
