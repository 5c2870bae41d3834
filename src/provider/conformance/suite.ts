import { describe, test } from 'vitest'
import { accessCases } from './access-cases.ts'
import { appCases } from './app-cases.ts'
import { type Cases, kindsLeftOut, type Need } from './case.ts'
import { catalogCases } from './catalog-cases.ts'
import { changeCases } from './change-cases.ts'
import { deletionCases } from './deletion-cases.ts'
import { faultCases } from './fault-cases.ts'
import { incrementalCases } from './incremental-cases.ts'
import { joinerCases } from './joiner-cases.ts'
import { lookupCases } from './lookup-cases.ts'
import { markerCases } from './marker-cases.ts'
import { Scene } from './scene.ts'
import { schemaCases } from './schema-cases.ts'
import { snapshotCases } from './snapshot-cases.ts'
import { waveCases } from './wave-cases.ts'
import type { World } from './world.ts'

const SECTIONS: Readonly<Record<string, Cases>> = {
  'probe and claim': markerCases,
  catalog: catalogCases,
  canonicalize: schemaCases,
  snapshot: snapshotCases,
  'snapshot, incremental': incrementalCases,
  lookup: lookupCases,
  'apply, for joiners': joinerCases,
  'apply, for movers': changeCases,
  'apply, for who may sign in': accessCases,
  'apply, for deletion and return': deletionCases,
  apps: appCases,
  'apply, for many at once': waveCases,
  'when something goes wrong': faultCases,
}

/**
 * Registers the suite for one provider. `makeWorld` is called once for each case; a case that its world lacks something for is
 * skipped, and shows why.
 */
export function describeConformance(name: string, makeWorld: () => Promise<World>): void {
  describe(`${name} keeps the provider contract`, () => {
    for (const [section, cases] of Object.entries(SECTIONS)) {
      describe(section, () => {
        for (const [sentence, one] of Object.entries(cases)) {
          const { needs, run } = typeof one === 'function' ? { needs: [], run: one } : one
          test(sentence, async context => {
            const world = await makeWorld()
            try {
              const lack = lackOf(world, needs)
              if (lack !== undefined) context.skip(lack)
              if (!needs.includes('NoMarkers')) await claimed(world)
              await run(new Scene(world))
            } finally {
              await world.end()
            }
          })
        }
      })
    }
  })
}

function lackOf(world: World, needs: readonly Need[]): string | undefined {
  const { bin, groupsOnCreate } = world.provider.traits
  for (const need of needs) {
    if (need === 'NoMarkers') continue
    if (need === 'KindsLeftOut') {
      if (kindsLeftOut(world.provider).length === 0) return 'the provider supports every kind'
    } else if (need === 'Bin') {
      if (!bin) return 'the provider has no bin'
    } else if (need === 'GroupsOnCreate') {
      if (groupsOnCreate < 3) return 'a create carries no groups but the markers'
    } else if (world.lacks[need] !== undefined) return world.lacks[need]
  }
  return undefined
}

async function claimed({ provider }: World): Promise<void> {
  const state = await provider.claim({ owner: 'acme', by: 'conformance' }, new AbortController().signal)
  if (state.kind !== 'Found') throw new Error(`claim left the markers ${state.kind}`)
}
