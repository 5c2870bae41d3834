import type { History } from './company.ts'
import { CrashWorld } from './world.ts'

/** A few worlds, made when first needed, each used by one test at a time. */
export class WorldPool {
  readonly #histories: readonly History[]
  readonly #size: number
  readonly #all: Promise<CrashWorld>[] = []
  readonly #free: CrashWorld[] = []
  readonly #waiting: ((world: CrashWorld) => void)[] = []

  constructor(histories: readonly History[], size: number) {
    this.#histories = histories
    this.#size = size
  }

  /** Lends a world for as long as the work lasts. */
  async with(work: (world: CrashWorld) => Promise<void>): Promise<void> {
    const world = await this.#take()
    try {
      await work(world)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(world)
      else this.#free.push(world)
    }
  }

  async close(): Promise<void> {
    for (const made of await Promise.allSettled(this.#all)) if (made.status === 'fulfilled') await made.value.close()
  }

  async #take(): Promise<CrashWorld> {
    const free = this.#free.pop()
    if (free) return free
    if (this.#all.length < this.#size) {
      const made = CrashWorld.play(this.#histories)
      this.#all.push(made)
      return await made
    }
    return await new Promise(resolve => this.#waiting.push(resolve))
  }
}
