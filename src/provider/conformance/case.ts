import type { EntitlementKind } from '../../model/entitlement.ts'
import type { Provider } from '../provider.ts'
import type { Scene } from './scene.ts'
import type { Feature } from './world.ts'

/** What a case needs beside a tenant. `NoMarkers`: the suite does not claim first; `Bin`, `GroupsOnCreate`: see `Traits`. `KindsLeftOut`: kinds it does not support. */
export type Need = Feature | 'NoMarkers' | 'Bin' | 'GroupsOnCreate' | 'KindsLeftOut'

const KINDS: readonly EntitlementKind[] = ['Group', 'App', 'AdministrativeUnit', 'DirectoryRole', 'License']

/** Kinds of entitlements that a provider does not support. */
export function kindsLeftOut({ traits }: Provider): readonly EntitlementKind[] {
  return KINDS.filter(kind => !traits.entitlementKinds.includes(kind))
}

/** What a case does, and what it needs; a sentence names it. */
export type Case =
  | ((scene: Scene) => Promise<void>)
  | { readonly needs: readonly Need[]; run(scene: Scene): Promise<void> }

/** Cases by the sentence that each proves. */
export type Cases = Readonly<Record<string, Case>>
