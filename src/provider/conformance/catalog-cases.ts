import { expect } from 'vitest'
import type { EntitlementName } from '../../model/entitlement.ts'
import { entitlementKey } from '../../model/keys.ts'
import { type Cases, kindsLeftOut } from './case.ts'

/** `catalog`. */
export const catalogCases: Cases = {
  'resolves a group by its exact name': async scene => {
    const id = await scene.tenant.seedGroup({ name: 'Engineering' })
    const resolution = await scene.resolve('Engineering')
    expect(resolution).toEqual({
      kind: 'Found',
      entitlement: { kind: 'Group', id, name: 'Engineering', privileged: false },
    })
  },
  'resolves a group by id:…, and tells its name': async scene => {
    const id = await scene.tenant.seedGroup({ name: 'Engineering' })
    expect(await scene.resolve(`id:${id}`)).toMatchObject({ kind: 'Found', entitlement: { id, name: 'Engineering' } })
  },
  'resolves a name with quotes, signs and spaces in it': async scene => {
    const name = `R&D "Core" + O'Neil's 50% / #1`
    const id = await scene.tenant.seedGroup({ name })
    expect(await scene.resolve(name)).toMatchObject({ kind: 'Found', entitlement: { id, name } })
  },
  'does not take a longer name for the one asked for': async scene => {
    await scene.tenant.seedGroup({ name: 'Engineering-Core' })
    expect(await scene.resolve('Engineering')).toEqual({ kind: 'Missing' })
  },
  'takes the exact one of two names that begin alike': async scene => {
    await scene.tenant.seedGroup({ name: 'Engineering-Core' })
    const id = await scene.tenant.seedGroup({ name: 'Engineering' })
    expect(await scene.resolve('Engineering')).toMatchObject({ kind: 'Found', entitlement: { id } })
  },
  'says that an id nothing has any more is missing': async scene => {
    const id = await scene.tenant.seedGroup({ name: 'Engineering' })
    await scene.tenant.removeGroup(id)
    expect(await scene.resolve(`id:${id}`)).toEqual({ kind: 'Missing' })
  },
  'calls two groups of one name ambiguous, and names both': {
    needs: ['SameNamedGroups'],
    run: async scene => {
      const ids = [await scene.tenant.seedGroup({ name: 'Sales' }), await scene.tenant.seedGroup({ name: 'Sales' })]
      const resolution = await scene.resolve('Sales')
      expect(resolution?.kind).toBe('Ambiguous')
      expect(resolution?.kind === 'Ambiguous' && [...resolution.ids].sort()).toEqual(ids.sort())
    },
  },
  'resolves many names at once, each under its own key': async scene => {
    const names = Array.from({ length: 25 }, (_, index): EntitlementName => ({ kind: 'Group', name: `Team ${index}` }))
    for (const { name } of names.slice(1)) await scene.tenant.seedGroup({ name })
    const { entitlements } = await scene.provider.catalog(names, scene.signal)
    const kinds = names.map(name => entitlements.get(entitlementKey(name))?.kind)
    expect(kinds).toEqual(['Missing', ...Array(24).fill('Found')])
  },
  'marks a group whose members a rule decides as computed': {
    needs: ['ComputedGroups'],
    run: async scene => {
      expect(await scene.group({ name: 'Everyone in Sales', kind: 'Computed' })).toMatchObject({ readOnly: 'Computed' })
    },
  },
  'marks the vendor’s own group as built in': {
    needs: ['BuiltInGroups'],
    run: async scene => {
      expect(await scene.group({ name: 'Built by the vendor', kind: 'BuiltIn' })).toMatchObject({ readOnly: 'BuiltIn' })
    },
  },
  'marks a group that a directory syncs': {
    needs: ['SyncedGroups'],
    run: async scene => {
      const { readOnly } = await scene.group({ name: 'From the directory', kind: 'Synced' })
      expect(['Synced', 'AppOwned']).toContain(readOnly)
    },
  },
  'marks a group that gives administrative rights as privileged': {
    needs: ['PrivilegedGroups'],
    run: async scene => {
      expect(await scene.group({ name: 'Help desk', privileged: true })).toMatchObject({ privileged: true })
    },
  },
  'tells an administrative unit from a group of the same name': {
    needs: ['AdministrativeUnits'],
    run: async scene => {
      const unit = await scene.tenant.seedGroup({ name: 'Berlin', kind: 'AdministrativeUnit' })
      expect(await scene.resolve('Berlin', 'AdministrativeUnit')).toMatchObject({
        kind: 'Found',
        entitlement: { kind: 'AdministrativeUnit', id: unit },
      })
      expect(await scene.resolve('Berlin')).toEqual({ kind: 'Missing' })
      expect(await scene.resolve(`id:${unit}`)).toEqual({ kind: 'Missing' })
    },
  },
  'says why it supports no other kind of entitlement': {
    needs: ['KindsLeftOut'],
    run: async scene => {
      for (const kind of kindsLeftOut(scene.provider)) {
        const resolution = await scene.resolve('Anything', kind)
        expect(resolution?.kind).toBe('Unsupported')
        expect(resolution?.kind === 'Unsupported' && resolution.why).toMatch(/support|has no/)
      }
    },
  },
}
