import type { Provider } from '../provider.ts'
import { applyOperations } from './apply.ts'
import { Binder } from './binder.ts'
import { canonicalDesired } from './canonicalize.ts'
import { readCatalog } from './catalog.ts'
import { type EntraOptions, entraClient } from './client.ts'
import type { Keeper } from './keeping.ts'
import { lookupAccounts } from './lookup.ts'
import { markerBook } from './markers.ts'
import { type DomainNotes, probeTenant } from './probe.ts'
import { entraTraits } from './schema.ts'
import { readSnapshot } from './snapshot.ts'

export type { EntraOptions } from './client.ts'
export type { EntraCredential } from './token-options.ts'

/** Microsoft Entra ID through Microsoft Graph v1.0. Nothing is loaded or sent before the first call. */
export function entraProvider(options: EntraOptions): Provider {
  const client = entraClient(options)
  const book = markerBook(client)
  const binder = new Binder()
  const domains: DomainNotes = { read: undefined }
  const keeper: Keeper = { view: undefined }
  return {
    traits: entraTraits,
    probe: (signal, how) => probeTenant({ client: client.at('Leaver'), book, kinds: how?.kinds, domains, signal }),
    claim: (owner, signal) => book.claim(owner, signal),
    catalog: (names, signal) => readCatalog(client.at('Sweep'), names, signal),
    canonicalize: (desired, catalog) => canonicalDesired(desired, catalog),
    snapshot: (scope, signal) => readSnapshot({ client: client.at('Sweep'), book, keeper, signal }, scope),
    lookup: (keys, signal) => lookupAccounts(client.at('Leaver'), book, { keys, signal }),
    apply: (operations, signal) => applyOperations({ client, book, binder, signal }, operations),
    close: () => client.close(),
  }
}
