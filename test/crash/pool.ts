import type { History, StageName } from './company.ts'
import { CrashWorld, type Undisturbed } from './world.ts'

/** A few worlds, each used by one test at a time, and what they know of undisturbed runs. */
export class WorldPool {
  readonly #worlds: CrashWorld[] = []
  readonly #free: CrashWorld[] = []
  readonly #waiting: ((world: CrashWorld) => void)[] = []
  readonly #undisturbed = new Map<StageName, Undisturbed>()

  /** Plays each history once undisturbed, in a world of its own. */
  async open(histories: readonly History[]): Promise<void> {
    // All of them are waited for, so that none still plays when the worlds are closed.
    const played = await Promise.allSettled(
      histories.map(async (history, index) => {
        const world = await CrashWorld.start(index)
        this.#worlds.push(world)
        for (const one of await world.play(history)) this.#undisturbed.set(one.stage.name, one)
        this.#free.push(world)
      }),
    )
    for (const one of played) if (one.status === 'rejected') throw one.reason
  }

  undisturbed(name: StageName): Undisturbed {
    const found = this.#undisturbed.get(name)
    if (!found) throw new Error(`no history has a stage ${name}`)
    return found
  }

  /** Lends a world for as long as the work lasts. */
  async with(work: (world: CrashWorld) => Promise<void>): Promise<void> {
    const world = this.#free.pop() ?? (await new Promise<CrashWorld>(resolve => this.#waiting.push(resolve)))
    try {
      await work(world)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(world)
      else this.#free.push(world)
    }
  }

  async close(): Promise<void> {
    for (const world of this.#worlds) await world.close()
  }
}
