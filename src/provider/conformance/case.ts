import type { Scene } from './scene.ts'
import type { Feature } from './world.ts'

/** What a case needs beside a tenant. `NoMarkers`: the suite does not claim first; `Bin`, `GroupsOnCreate`: see `Traits`. */
export type Need = Feature | 'NoMarkers' | 'Bin' | 'GroupsOnCreate'

/** What a case does, and what it needs; a sentence names it. */
export type Case =
  | ((scene: Scene) => Promise<void>)
  | { readonly needs: readonly Need[]; run(scene: Scene): Promise<void> }

/** Cases by the sentence that each proves. */
export type Cases = Readonly<Record<string, Case>>
