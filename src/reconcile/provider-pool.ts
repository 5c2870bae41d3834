import type { Instant } from '../model/ids.ts'
import type { IdentityProvider } from '../model/provider.ts'
import type { Provider } from '../provider/provider.ts'
import { withLedger } from './ledger.ts'

/** Connected providers, each under its ledger, made once for each set of settings. */
export class ProviderPool {
  readonly #connect: (declared: IdentityProvider) => Provider
  readonly #now: () => Instant
  readonly #open = new Map<string, { readonly settings: string; readonly provider: Provider }>()

  constructor(connect: (declared: IdentityProvider) => Provider, now: () => Instant) {
    this.#connect = connect
    this.#now = now
  }

  /** The provider that a manifest describes. Throws ManifestError when its settings cannot be used. */
  async get(declared: IdentityProvider): Promise<Provider> {
    const { name } = declared.policy
    const settings = JSON.stringify([declared.connection, declared.baseDir])
    const known = this.#open.get(name)
    if (known?.settings === settings) return known.provider
    await known?.provider.close()
    this.#open.delete(name)
    const provider = withLedger(this.#connect(declared), this.#now)
    this.#open.set(name, { settings, provider })
    return provider
  }

  async close(): Promise<void> {
    for (const { provider } of this.#open.values()) await provider.close()
    this.#open.clear()
  }
}
