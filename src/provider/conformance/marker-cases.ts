import { expect } from 'vitest'
import { AuthError } from '../../model/errors.ts'
import { blockedMarkerOf } from '../../model/keys.ts'
import type { Cases } from './case.ts'

const FIVE_MINUTES_MS = 300_000

/** `probe` and `claim`. */
export const markerCases: Cases = {
  'names both marker groups, and what to write in them, while there are none': {
    needs: ['NoMarkers'],
    run: async scene => {
      const { marker } = await scene.provider.probe(scene.signal)
      const { marker: name } = scene.world
      expect(marker).toMatchObject({ kind: 'Missing', names: [name, blockedMarkerOf(name)] })
      const descriptions = marker.kind === 'Missing' ? marker.descriptions : []
      expect(descriptions).toHaveLength(2)
      for (const description of descriptions) expect(description).toMatch(/^tenure owner=.+ by=.+$/)
    },
  },
  'probes without writing': {
    needs: ['NoMarkers'],
    run: async scene => {
      const before = await scene.fingerprint()
      await scene.provider.probe(scene.signal)
      expect(await scene.fingerprint()).toBe(before)
    },
  },
  'claims by making both marker groups with the owner in their descriptions': {
    needs: ['NoMarkers'],
    run: async scene => {
      const state = await scene.provider.claim({ owner: 'acme', by: 'a-directory' }, scene.signal)
      expect(state).toEqual({ kind: 'Found', owner: 'acme', by: 'a-directory' })
      const { marker } = scene.world
      const made = (await scene.tenant.groups()).filter(
        ({ name }) => name === marker || name === blockedMarkerOf(marker),
      )
      expect(made.map(({ description }) => description)).toEqual(Array(2).fill('tenure owner=acme by=a-directory'))
    },
  },
  'reads back the owner it wrote': async scene => {
    const { marker } = await scene.provider.probe(scene.signal)
    expect(marker).toEqual({ kind: 'Found', owner: 'acme', by: 'conformance' })
  },
  'claims a second time without changing anything': async scene => {
    const before = await scene.fingerprint()
    await scene.provider.claim({ owner: 'acme', by: 'conformance' }, scene.signal)
    expect(await scene.fingerprint()).toBe(before)
  },
  'takes over by writing another owner, and keeps the members': async scene => {
    const id = await scene.joined()
    const state = await scene.provider.claim({ owner: 'globex', by: 'elsewhere' }, scene.signal)
    expect(state).toEqual({ kind: 'Found', owner: 'globex', by: 'elsewhere' })
    expect((await scene.provider.probe(scene.signal)).marker).toEqual(state)
    expect(await scene.marks(id)).toEqual({ managed: true, blocked: false })
  },
  'finds marker groups that somebody made by hand, without an owner': {
    needs: ['NoMarkers'],
    run: async scene => {
      await scene.tenant.seedGroup({ name: scene.world.marker })
      await scene.tenant.seedGroup({ name: blockedMarkerOf(scene.world.marker) })
      const { marker } = await scene.provider.probe(scene.signal)
      expect(marker).toMatchObject({ kind: 'Found' })
      expect(marker.kind === 'Found' && marker.owner).toBeUndefined()
    },
  },
  'does not take a group whose name only begins like the marker for it': {
    needs: ['NoMarkers'],
    run: async scene => {
      await scene.tenant.seedGroup({ name: `${scene.world.marker}-others` })
      expect((await scene.provider.probe(scene.signal)).marker).toMatchObject({ kind: 'Missing' })
    },
  },
  'says that the blocked marker is missing when it alone is gone': async scene => {
    await scene.tenant.removeGroup(await scene.marker('Blocked'))
    const { marker } = await scene.provider.probe(scene.signal)
    expect(marker).toMatchObject({ kind: 'Missing' })
    expect(marker.kind === 'Missing' && marker.names).toContain(blockedMarkerOf(scene.world.marker))
  },
  'calls two groups of the marker’s name ambiguous, and claims neither': {
    needs: ['SameNamedGroups'],
    run: async scene => {
      await scene.tenant.seedGroup({ name: scene.world.marker })
      const before = await scene.fingerprint()
      const ambiguous = { kind: 'Ambiguous', name: scene.world.marker }
      expect((await scene.provider.probe(scene.signal)).marker).toEqual(ambiguous)
      expect(await scene.provider.claim({ owner: 'globex', by: 'elsewhere' }, scene.signal)).toEqual(ambiguous)
      expect(await scene.fingerprint()).toBe(before)
    },
  },
  'says who we are, what the time is there, and that nothing is missing when every right is granted': async scene => {
    const { identity, clock, problems } = await scene.provider.probe(scene.signal)
    expect(identity).not.toBe('')
    expect(clock).toBeDefined()
    expect(Math.abs((clock?.theirs ?? 0) - (clock?.ours ?? Number.NaN))).toBeLessThan(FIVE_MINUTES_MS)
    expect(problems.filter(({ severity }) => severity === 'Error')).toEqual([])
  },
  'throws AuthError for a credential that the tenant rejects': async scene => {
    await scene.tenant.fail('CredentialRejected')
    const error: unknown = await scene.provider.probe(scene.signal).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AuthError)
    expect((error as AuthError).message).not.toMatch(/PRIVATE KEY|eyJ/)
  },
}
