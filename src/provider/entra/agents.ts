import type { Dispatcher } from 'undici'

/** The connections in use, which can be replaced by new ones. */
export class Agents {
  readonly #open: () => Dispatcher
  #current: Dispatcher

  constructor(open: () => Dispatcher) {
    this.#open = open
    this.#current = open()
  }

  get current(): Dispatcher {
    return this.#current
  }

  /** New calls go over new connections; those under way end over the old ones. Nothing is done when `used` was replaced before. */
  renew(used: Dispatcher): void {
    if (used !== this.#current) return
    this.#current = this.#open()
    used.close().catch(() => undefined)
  }

  async destroy(): Promise<void> {
    await this.#current.destroy()
  }
}
