import type { Instant, ProviderName } from '../model/ids.ts'
import type { ProviderPolicy } from '../model/provider.ts'

/** When each provider was last read whole: between two whole reads, what has changed is enough. */
export class ReadSchedule {
  readonly #wholeAt = new Map<ProviderName, Instant>()

  /** Whether what changed since the last whole read is enough now. */
  isIncremental({ name, fullReadEveryMs }: ProviderPolicy, now: Instant): boolean {
    const at = this.#wholeAt.get(name)
    return at !== undefined && now >= at && now - at < fullReadEveryMs
  }

  /** The provider was read whole then. */
  noteWhole(name: ProviderName, at: Instant): void {
    this.#wholeAt.set(name, at)
  }

  /** Something went wrong with it: it is read whole the next time. */
  forget(name: ProviderName): void {
    this.#wholeAt.delete(name)
  }
}
